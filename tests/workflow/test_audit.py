"""An auditor sees who saw and did what, and why; a restricted family is told to nobody by it."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from tests import factory
from tests.workflow.conftest import Front
from triage.domain.errors import (
    NotAllowedError,
    NotFoundError,
    NotReadyError,
    SignatureError,
)
from triage.domain.event import Event
from triage.domain.oversight import Unusual
from triage.domain.trail import Change, Deed, changes_of, deed_of, detail_of, facts_of, reason_of
from triage.export import trail_file, verify
from triage.storage.tables import event as table
from triage.workflow import audit, audit_export, claims, concerns, decide, people, screen
from triage.workflow.audit import Wanted
from triage.workflow.desk import Desk

WHY = "Monthly check"


def amir(front: Front) -> Desk:
    return front.of(factory.AMIR)


def test_each_kind_of_event_is_found_as_the_deed_it_is() -> None:
    kinds = {
        Deed.REASON: "access.broke_glass access.reason",
        Deed.PRINTED: "pack.issued export.document_saved audit.exported access.exported "
        "handover.printed",
        Deed.LOOKED: "contact.viewed decision.opened original.opened pack.previewed "
        "contact.changes_seen night.seen audit.searched audit.noted",
        Deed.DESK: "worker.signed_in worker.refused worker.key_revoked",
        Deed.SIGNED: "decision.signed decision.sent_back",
        Deed.LINKED: "match.linked match.not_same match.undone contact.joined contact.taken_apart",
        Deed.SENT: "request.sent export.attempted service.referred match.asked match.answered",
        Deed.CHANGED: "contact.rated decision.saved decision.proposed access.draft_kept",
    }
    assert set(kinds) == set(Deed)
    for deed, named in kinds.items():
        assert {deed_of(kind) for kind in named.split()} == {deed}


def told(kind: str, detail: object) -> Event:
    said = detail if isinstance(detail, str) else json.dumps(detail)
    return Event(
        seq=1, kind=kind, contact_id=None, by="rosei", at=factory.NOW, detail=said, hash="",
        previous="",
    )  # fmt: skip


def test_an_event_says_what_it_changed_and_what_else_it_holds() -> None:
    rated = {"before": "amber", "now": "red", "why": "Hurt", "of": ["a", "b"], "urgent": True}
    event = told("contact.rated", {**rated, "left": None})
    assert changes_of(event) == (Change(label="Rating", before="amber", after="red"),)
    assert facts_of(event) == (("Of", "a, b"), ("Urgent", "yes"))
    assert reason_of(event) == "Hurt"
    fact = told("contact.fact_changed", {"path": "c1.school", "before": "", "after": "Brookfold"})
    assert changes_of(fact) == (Change(label="School", before="", after="Brookfold"),)
    given_up = told("contact.released", {"before": "rosei"})
    assert changes_of(given_up) == (Change(label="With", before="rosei", after=""),)
    for none in ({"before": "x"}, {"now": "x"}):
        assert changes_of(told("of.a_later_kind", none)) == ()
    saved = told("decision.saved", {"key": "step_down", "now": "Yes"})
    before = told("decision.saved", {"key": "step_down", "now": "No"})
    assert changes_of(saved, before) == (Change(label="Step down", before="No", after="Yes"),)
    assert reason_of(saved) == "Answer “step down”"
    assert reason_of(told("decision.proposed", {"number": 2, "why": ""})) == "Version 2"


@pytest.mark.parametrize("detail", ["{", "[1]", '"red"', ""])
def test_an_event_that_was_altered_so_that_nobody_can_read_it_is_shown_all_the_same(
    detail: str,
) -> None:
    event = told("contact.rated", detail)
    assert (detail_of(event), reason_of(event), changes_of(event), facts_of(event)) == (
        {}, "", (), (),
    )  # fmt: skip


def test_only_who_looks_after_the_trail_may_read_it(front: Front) -> None:
    front.bring(factory.contact())
    for act in (
        lambda d: audit.open_trail(d, WHY),
        lambda d: audit.search(d, Wanted(), WHY),
        lambda d: audit.look_again(d, Wanted()),
        lambda d: audit.page(d, Wanted()),
        lambda d: audit.look_at(d, 1),
        lambda d: audit.check_chain(d),
        lambda d: audit.keep_note(d, 1, "x"),
        lambda d: audit_export.export_trail(d, Wanted(), "me", front.folder),
    ):
        with pytest.raises(NotAllowedError):
            act(front.ruth)


def test_looking_for_somebody_is_kept_with_whom_and_why(front: Front) -> None:
    with pytest.raises(NotReadyError):
        audit.search(amir(front), Wanted(about="Rowe"), "  ")
    audit.search(amir(front), Wanted(), WHY)
    assert front.kinds() == []
    audit.search(amir(front), Wanted(about=" Rowe ", by="tbell", since=factory.NOW), WHY)
    (kept,) = front.events()
    assert (kept.kind, kept.by) == ("audit.searched", "akhan")
    said = {"about": "Rowe", "by": "tbell", "since": factory.NOW.isoformat(), "why": WHY}
    assert detail_of(kept) == said
    for alone in (Wanted(by="tbell"), Wanted(about="Rowe"), Wanted(words="aunt")):
        before = front.seq
        audit.search(amir(front), replace(alone, until=factory.NOW), WHY)
        (kept,) = front.events(before)
        assert detail_of(kept)["until"] == factory.NOW.isoformat()


def test_search_by_person_child_deed_and_time(front: Front) -> None:
    maya = front.bring(factory.contact(reference="C-26-00001"))
    other = front.bring(
        factory.contact(factory.child(given="Iris", family="Vane"), reference="C-26-00002")
    )
    screen.open_contact(front.ruth, maya.id)
    front.watch.move(hours=2)
    screen.rate(front.tom, maya, "red")
    claims.claim(front.ruth, other)
    desk = amir(front)

    def seen(**wanted: object) -> list[tuple[str, str, str]]:
        found = audit.look_again(desk, replace(Wanted(), **wanted))
        assert found.fits == len(found.page.rows)
        return [(r.who, r.what, r.reference) for r in found.page.rows]

    looked = ("Ruth Osei", "Looked at the contact", "C-26-00001")
    rated = ("Tom Bell", "Rated the contact", "C-26-00001")
    taken = ("Ruth Osei", "Took the contact", "C-26-00002")
    assert seen() == [taken, rated, looked]
    assert seen(about="maya rowe") == [rated, looked]
    assert seen(about="c-26-00002") == [taken]
    assert seen(about="Carla Rowe") == [taken, rated, looked]  # the mother in both
    assert seen(by="tbell") == [rated]
    assert seen(deeds=frozenset({Deed.LOOKED})) == [looked]
    assert seen(until=factory.NOW + timedelta(hours=1)) == [looked]
    assert seen(words="red") == [rated]
    assert seen(about="Nobody Known") == []
    counts = audit.look_again(desk, Wanted(by="tbell"))
    assert (counts.fits, counts.in_time) == (1, 3)
    assert counts.deeds == {Deed.LOOKED: 1, Deed.CHANGED: 2}
    assert [(p.who, p.count) for p in counts.people] == [("Ruth Osei", 2), ("Tom Bell", 1)]


def test_pages_go_to_the_oldest_and_back(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "AT_ONCE", 4)
    contact = front.bring(factory.contact())
    for _ in range(10):
        screen.open_contact(front.ruth, contact.id)
    desk = amir(front)
    first = audit.look_again(desk, Wanted()).page
    assert ([r.seq for r in first.rows], first.newer, first.older) == ([10, 9, 8, 7], False, True)
    assert audit.look_again(desk, Wanted()).fits == 10
    second = audit.page(desk, Wanted(), below=7)
    assert ([r.seq for r in second.rows], second.newer, second.older) == ([6, 5, 4, 3], True, True)
    oldest = audit.page(desk, Wanted(), above=0)
    assert ([r.seq for r in oldest.rows], oldest.newer, oldest.older) == ([4, 3, 2, 1], True, False)
    newest = audit.page(desk, Wanted(), above=6)
    assert ([r.seq for r in newest.rows], newest.newer, newest.older) == (
        [10, 9, 8, 7],
        False,
        True,
    )


def test_an_event_shows_before_and_after_and_what_went_with_it(front: Front) -> None:
    contact = front.bring(factory.contact())
    screen.open_contact(front.ruth, contact.id)
    front.watch.move(minutes=11)
    screen.open_contact(front.ruth, contact.id)
    front.watch.move(minutes=9)
    decide.save_answer(front.ruth, contact.id, "raises", ("injury_parent",), 0)
    decide.save_answer(front.ruth, contact.id, "analysis", "x" * 90, 0)
    decide.save_answer(front.ruth, contact.id, "raises", ("injury_parent", "not_located"), 1)
    desk, last = amir(front), front.seq
    whole = audit.look_at(desk, last)
    assert whole.changes == (
        Change(label="Raises", before="injury_parent", after="injury_parent, not_located"),
    )
    assert [r.seq for r in whole.beside] == [last - 1, last - 2, last - 3]
    assert "90 characters" in audit.look_at(desk, last - 1).changes[0].after
    audit.keep_note(desk, last - 1, "Of the one before.")
    audit.keep_note(desk, last, " Follows the police reply. ")
    assert [w for _, _, w in audit.look_at(desk, last).remarks] == ["Follows the police reply."]
    assert len(whole.seal) == len("B81D-40E6-77A2")


def test_a_restricted_family_is_named_nowhere_to_an_auditor_and_is_to_a_leader(
    front: Front,
) -> None:
    contact = front.bring(factory.contact())
    screen.rate(front.ruth, contact, "red")
    concerns.restrict(front.priya, contact.id, "Maya's aunt works here")
    desk = amir(front)
    shown = repr(audit.look_again(desk, Wanted())) + "".join(
        repr(audit.look_at(desk, n)) for n in range(1, front.seq + 1)
    )
    for word in ("Maya", "Rowe", contact.reference, "aunt", "red'"):
        assert word not in shown
    assert "Restricted record" in shown
    assert audit.look_again(desk, Wanted(about="Maya Rowe")).fits == 0
    assert audit.look_again(desk, Wanted(restricted=True)).fits == 2
    # Else whoever types names learns which record each is in.
    assert audit.look_again(desk, Wanted(words="aunt")).fits == 0
    assert audit.look_again(front.priya, Wanted(words="aunt")).fits > 0
    assert "Maya Rowe" in repr(audit.look_again(front.priya, Wanted(about="Maya Rowe")))


def test_what_an_event_of_a_restricted_record_holds_is_for_who_may_open_it(front: Front) -> None:
    contact = front.looked_up(factory.contact())
    screen.rate(front.ruth, contact, "red")
    asked, rated = (front.kinds().index(kind) + 1 for kind in ("match.asked", "contact.rated"))
    concerns.restrict(front.priya, contact.id, "Maya's aunt works here")
    for seq in (asked, rated):
        held = audit.look_at(amir(front), seq)
        assert (held.changes, held.facts) == ((), ())
        assert held.held_back.startswith("This is about a restricted record")
    shown = [audit.look_at(front.priya, seq) for seq in (asked, rated)]
    assert [w.held_back for w in shown] == ["", ""]
    assert (bool(shown[0].facts), bool(shown[1].changes)) == (True, True)


def test_nothing_is_noted_on_an_event_that_is_not_there(front: Front) -> None:
    for act in (
        lambda d: audit.look_at(d, 7),
        lambda d: audit.keep_note(d, 7, "Of nothing."),
    ):
        with pytest.raises(NotFoundError, match="no event 7"):
            act(amir(front))
    assert front.kinds() == []


def test_questions_are_asked_answered_and_asked_anew_at_another_look(front: Front) -> None:
    contact = front.bring(factory.contact(factory.child(family="Bell"), reference="C-26-00001"))
    screen.open_contact(front.tom, contact.id)
    desk = amir(front)

    def own_name() -> audit.Asked:
        (found,) = [
            a for a in audit.look_again(desk, Wanted()).asked if a.question.why is Unusual.OWN_NAME
        ]
        return found

    first = own_name()
    assert "Tom Bell looked at C-26-00001" in first.question.sentence
    assert (first.asked_at, first.reply) == (None, "")
    audit.ask_why(desk, first.question, "By telephone")
    assert own_name().asked_at is not None
    audit.record_reply(desk, first.question, "No kin of mine.")
    assert own_name().reply == "No kin of mine."
    screen.open_contact(front.tom, contact.id)
    assert (own_name().asked_at, own_name().reply) == (None, "")


def test_questions_of_the_newest_looks_alone_say_since_when(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = front.bring(factory.contact(factory.child(family="Bell")))
    screen.open_contact(front.tom, contact.id)
    front.watch.now += timedelta(hours=1)
    for _ in range(2):
        screen.open_contact(front.ruth, contact.id)
    desk = amir(front)
    assert audit.look_again(desk, Wanted()).asked_since is None
    monkeypatch.setattr(audit, "MOST_LOOKS", 2)
    found = audit.look_again(desk, Wanted())
    assert found.asked_since == front.watch.now
    assert Unusual.OWN_NAME not in {a.question.why for a in found.asked}


def test_chain_is_checked_from_where_it_was_whole_and_a_fault_is_named(front: Front) -> None:
    contact = front.bring(factory.contact())
    for _ in range(3):
        screen.open_contact(front.ruth, contact.id)
    desk = amir(front)
    first = audit.check_chain(desk)
    assert (first.seq, first.fault) == (3, "")
    again = audit.check_chain(desk, first)
    assert (again.seq, again.fault) == (4, "")
    assert '"whole":true' in front.events()[-1].detail
    with front.store.write() as tx:
        tx.connection.execute(update(table).where(table.c.seq == 2).values(by="tbell"))
    assert audit.check_chain(desk, again).fault == "", "all up to there was whole then"
    broken = audit.check_chain(desk)
    assert (broken.seq, broken.fault) == (0, "Event 2 was altered after it was written.")
    assert '"whole":false' in front.events()[-1].detail
    # What was once found broken is looked for from the beginning, wherever it was whole before.
    assert audit.check_chain(desk, replace(again, fault="Broken.")).fault == broken.fault
    with pytest.raises(NotReadyError, match="nothing was exported"):
        audit_export.export_trail(
            desk, Wanted(), "Governance", front.folder, known=replace(again, fault="Broken.")
        )
    assert list(front.folder.glob("trail-*")) == []
    assert audit_export.export_trail(desk, Wanted(), "Governance", front.folder, known=again)


def _parts(path: object) -> tuple[list[dict[str, str]], bytes]:
    data = path.read_bytes()  # type: ignore[attr-defined]
    with zipfile.ZipFile(io.BytesIO(data)) as held:
        table = held.read("events.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(table))), data


def test_export_is_signed_recorded_and_names_no_family_unless_asked(front: Front) -> None:
    contact = front.bring(factory.contact(rating="amber"))
    screen.rate(front.ruth, contact, "red", "=HYPERLINK(1) for Maya")
    hidden = front.bring(factory.contact(reference="C-26-00009", restricted=True))
    screen.rate(front.priya, hidden, "green", "Kin")
    desk = amir(front)
    wanted = Wanted(about="Rowe", by="rosei", words="maya")
    path = audit_export.export_trail(desk, wanted, "Governance", front.folder)
    rows, data = _parts(path)
    assert [(r["who"], r["about"], r["why"]) for r in rows] == [
        ("Ruth Osei", contact.reference, "")
    ]
    told = front.events()[-1]
    assert (told.kind, told.by) == ("audit.exported", "akhan")
    assert "Governance" in told.detail
    jwks = people.trust_list(desk)
    claims = trail_file.open_trail_file(data, jwks).claims
    assert "Maya" not in str((rows, claims))
    assert claims["wanted"] == {"by": "rosei"}
    assert path.stat().st_mode & 0o077 == 0
    assert "taken out by Amir Khan" in verify.verify_file(path, jwks)

    path = audit_export.export_trail(desk, wanted, "Counsel", front.folder, with_names=True)
    asked = trail_file.open_trail_file(path.read_bytes(), jwks).claims["wanted"]
    assert asked == {"about": "Rowe", "by": "rosei", "contains": "maya"}
    named, _ = _parts(
        audit_export.export_trail(desk, Wanted(), "Counsel", front.folder, with_names=True)
    )
    by_about = {r["about"]: r for r in named}
    full = by_about[f"{contact.reference} Maya Rowe 7"]
    assert full["why"] == "'=HYPERLINK(1) for Maya"  # no spreadsheet takes it for a formula
    assert (full["before"], full["after"]) == ("Rating: amber", "Rating: red")
    assert (by_about["Restricted record"]["why"], by_about["Restricted record"]["after"]) == (
        "",
        "",
    )


def test_an_export_that_was_altered_is_found(front: Front) -> None:
    front.bring(factory.contact())
    screen.open_contact(front.ruth, front.bring(factory.contact(reference="C-26-00003")).id)
    desk = amir(front)
    data = audit_export.export_trail(desk, Wanted(), "Governance", front.folder).read_bytes()
    jwks = people.trust_list(desk)
    with zipfile.ZipFile(io.BytesIO(data)) as held:
        table, signed = held.read("events.csv"), held.read("events.jws")
    for forged in (
        {"events.csv": table.replace(b"Ruth", b"Sana"), "events.jws": signed},
        {"events.csv": table, "events.jws": signed[:-4] + b"AAAA"},
        {"events.csv": table, "events.jws": signed, "more.txt": b""},
    ):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as made:
            for name, part in forged.items():
                made.writestr(name, part)
        with pytest.raises(SignatureError):
            trail_file.open_trail_file(out.getvalue(), jwks)
    with pytest.raises(SignatureError):
        trail_file.open_trail_file(b"PK\x03\x04 not a zip", jwks)


def test_export_needs_the_key_and_a_place_and_leaves_no_event_without_a_file(front: Front) -> None:
    screen.open_contact(front.ruth, front.bring(factory.contact()).id)
    desk = amir(front)
    before = front.seq
    with pytest.raises(Exception, match="could not be written"):
        audit_export.export_trail(desk, Wanted(), "Governance", front.folder / "nowhere")
    with pytest.raises(NotReadyError, match="nothing to export"):
        audit_export.export_trail(desk, Wanted(by="siqbal"), "Governance", front.folder)
    with pytest.raises(NotReadyError, match="More than 0 events fit"):
        audit.sought_events(desk, Wanted(), most=0)
    assert len(audit.sought_events(desk, Wanted(), most=1)) == 1
    desk.signer.lock()
    with pytest.raises(NotAllowedError):
        audit_export.export_trail(desk, Wanted(), "Governance", front.folder)
    assert front.seq == before
    people.revoke_key(front.priya, "akhan", "Lost")
    with pytest.raises(NotAllowedError, match="revoked"):
        audit_export.export_trail(amir(front), Wanted(), "Governance", front.folder)
    assert list(front.folder.glob("trail-*")) == []


def test_older_events_are_left_out_and_that_is_said_unless_it_is_asked_about_somebody(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "MOST_LOOKED_THROUGH", 4)
    contact = front.bring(factory.contact(reference="C-26-00001"))
    screen.rate(front.tom, contact, "red")
    for _ in range(6):
        front.watch.move(minutes=1)
        screen.open_contact(front.ruth, contact.id)
    desk, looked = amir(front), frozenset({Deed.LOOKED, Deed.CHANGED})

    found = audit.look_again(desk, Wanted(deeds=looked))
    assert ([r.seq for r in found.page.rows], found.older_left_out) == ([7, 6, 5, 4], True)
    assert found.counted_since is not None
    assert (found.fits, found.in_time, found.deeds) == (4, 4, {Deed.LOOKED: 4})
    with pytest.raises(NotReadyError, match="Nothing was exported"):
        audit_export.export_trail(desk, Wanted(deeds=looked), "Governance", front.folder)
    for whose in (Wanted(about="Rowe", deeds=looked), Wanted()):
        whole = audit.look_again(desk, whose)
        assert ([r.seq for r in whole.page.rows][-1], whole.older_left_out) == (1, False)
        assert whole.in_time == 4
    # Few events are hers, so they are all looked through; those of Ruth are too many.
    tom = audit.look_again(desk, Wanted(by="tbell", deeds=looked))
    assert ([r.seq for r in tom.page.rows], tom.older_left_out) == ([1], False)
    assert audit.look_again(desk, Wanted(by=front.ruth.worker.id, deeds=looked)).older_left_out
    earlier = audit.look_again(desk, Wanted(until=found.counted_since, deeds=looked))
    assert ([r.seq for r in earlier.page.rows], earlier.older_left_out) == ([3, 2, 1], False)


def test_words_are_looked_for_in_so_many_events_and_no_more(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = front.bring(factory.contact())
    for rating in ("red", "amber", "green"):
        screen.rate(front.ruth, contact.id, rating)
    desk = front.of(factory.AMIR)
    monkeypatch.setattr(audit, "MOST_OPENED", 2)
    before = front.seq
    with pytest.raises(NotReadyError, match="Nothing was searched"):
        audit.search(desk, Wanted(words="red"), "Monthly check")
    with pytest.raises(NotReadyError, match="Nothing was searched"):
        audit.look_again(desk, Wanted(words="red"))
    with pytest.raises(NotReadyError, match="Nothing was searched"):
        audit_export.export_trail(desk, Wanted(words="red"), "Governance", front.folder)
    assert front.seq == before
    assert audit.look_again(desk, Wanted(words="red", by="siqbal")).fits == 0
    monkeypatch.setattr(audit, "MOST_OPENED", 3)
    assert audit.search(desk, Wanted(words="red"), "Monthly check").fits > 0
