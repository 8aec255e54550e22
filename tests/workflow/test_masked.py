"""Where a refuge is, and who asked to stay unknown, leaves the hub by no way that nobody chose."""

from dataclasses import replace

import pytest

from tests import factory
from tests.workflow.conftest import Front
from triage.domain.contact import Contact
from triage.domain.decision import DecisionVersion
from triage.domain.errors import NotAllowedError
from triage.domain.fact import entered
from triage.domain.pack import Copy, Removal
from triage.export import document, trail_file
from triage.storage import contacts
from triage.workflow import audit, audit_export, earlier, happened, match, pack, people, screen

REFUGE = ("3 Haven Row", "NM9 9ZZ", "01632 960044")
WHO = ("Hetty Lock", "01632 960555", "hetty@allotments.example")


def of_refuge() -> Contact:
    held = factory.contact(rating="green")
    line, postcode, phone = (entered(w, by="rosei", at=factory.NOW) for w in REFUGE)
    home = replace(held.content.address, line=line, postcode=postcode, phone=phone, is_refuge=True)
    name, phone, mail, yes = (entered(w, by="rosei", at=factory.NOW) for w in (*WHO, "yes"))
    told = replace(held.content.referrer, name=name, phone=phone, email=mail, anonymous=yes)
    return replace(held, content=replace(held.content, address=home, referrer=told))


def at_refuge(front: Front) -> Contact:
    return front.bring(of_refuge())


@pytest.fixture
def sent(front: Front) -> DecisionVersion:
    return front.proposed(at_refuge(front), team=("north_assessment",))


def told_of(words: str) -> list[str]:
    return [w for w in (*REFUGE, *WHO) if w in words or w.replace(" ", "") in words]


def test_the_document_for_the_council_says_neither(sent: DecisionVersion) -> None:
    made = document._contact(sent) | {"address": document._address(sent.address)}
    assert told_of(repr(made)) == []
    assert made["address"]["isRefuge"] == "yes"
    assert made["referrer"]["anonymous"] == "yes"


def test_every_copy_leaves_both_out_and_only_a_leader_puts_them_back(
    front: Front, sent: DecisionVersion
) -> None:
    kept = {Removal.ADDRESS, Removal.REFERRER}
    for copy in pack.plan(front.ruth, sent.id).copies:
        assert kept <= copy.removals
    for missing, words in ((Removal.ADDRESS, "where a refuge is"), (Removal.REFERRER, "unknown")):
        team = Copy(
            number=1,
            recipient="North assessment team",
            by="by hand",
            removals=frozenset(kept - {missing}),
        )
        with pytest.raises(NotAllowedError, match=words):
            pack._may_tell_who_reported_it(front.ruth, sent, team)
        pack._may_tell_who_reported_it(front.priya, sent, team)


def test_no_record_and_no_partner_is_compared_with_where_it_is(front: Front) -> None:
    contact = at_refuge(front)
    asked = earlier.persons(contact.content, factory.NOW)
    records = earlier.own_records(front.ruth, contact)
    assert asked
    assert records
    assert told_of(repr((asked, records))) == []
    front.people.hold(factory.record())
    assert told_of(repr(match.look_up(front.ruth, contact.id))) == []


def test_nobody_is_found_by_living_there(front: Front) -> None:
    contact = at_refuge(front)
    with front.store.read() as tx:
        assert contacts.mentioning(tx, postcode=REFUGE[1]) == []
        assert contacts.ids_about(tx, REFUGE[1], with_restricted=True) == frozenset()
        assert [c.id for c in contacts.mentioning(tx, names=["Rowe"])] == [contact.id]


@pytest.mark.parametrize(
    ("path", "new", "why"),
    [
        ("address.line", "16 Larch Court", "the address of a refuge"),
        ("referrer.name", "Hattie Lock", "who asked to stay unknown"),
        ("referrer.phone", "01632 960556", "who asked to stay unknown"),
    ],
)
def test_the_trail_does_not_say_it_either(front: Front, path: str, new: str, why: str) -> None:
    contact = at_refuge(front)
    screen.change_fact(front.ruth, contact, path, entered(new, by="rosei", at=factory.NOW))
    [change] = front.events()[-1:]
    whole = audit.look_at(front.priya, change.seq)
    assert (whole.changes, whole.facts) == ((), ())
    assert why in whole.held_back
    path_out = audit_export.export_trail(
        front.priya, audit.Wanted(), "Counsel", front.folder, with_names=True
    )
    taken = trail_file.open_trail_file(path_out.read_bytes(), people.trust_list(front.priya))
    assert new not in str(taken.claims)
    with front.store.read() as tx:
        [told] = happened.told(front.tom, tx, front.read(contact), [change])
    assert told.words.startswith("put ")
    assert new not in told.words
    assert told_of(told.words) == []
