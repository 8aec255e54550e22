"""Reading a form beside its original: a machine fills in, a person confirms."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import factory
from tests.workflow.conftest import Front
from triage.domain.contact import Contact, ContactState
from triage.domain.draft import NotRead
from triage.domain.errors import NotFoundError, NotReadyError
from triage.domain.fact import FactState, Place, read
from triage.storage import drafts
from triage.workflow import fields, queue, reading, screen

UNUSED = Place(
    file="letter.txt", part="body", start=40, end=80, words="Rob picks her up on Mondays"
)


def arrived(front: Front) -> Contact:
    """A contact read from a letter, its birth date in two readings."""
    child = replace(
        factory.child(),
        dob=read("2024-05-06", note="Written 06/05/24.", alternatives=("2024-06-05",)),
    )
    contact = front.bring(factory.contact(child))
    told = replace(
        factory.draft(contact.content),
        unused=(UNUSED,),
        not_read=(NotRead(place=UNUSED, what="Body map", why="Drawings are never read."),),
    )
    with front.store.write() as tx:
        drafts.put(tx, contact.id, told)
    return contact


def test_left_to_do_names_what_is_unclear_unread_and_unused(front: Front) -> None:
    view = reading.reading(front.ruth, arrived(front).id)
    assert [(t.kind, t.path, t.choices) for t in view.todo] == [
        ("check", "children.c1.dob", ("2024-05-06", "2024-06-05")),
        ("not read", "", ()),
        ("not used", "", ()),
    ]
    assert front.kinds() == ["contact.viewed"]
    assert view.draft is not None


def test_choosing_a_reading_settles_it(front: Front) -> None:
    contact = arrived(front)
    with pytest.raises(NotReadyError, match="1 fact is still to check"):
        reading.make_contact(front.ruth, contact)
    chosen = reading.choose(front.ruth, contact, "children.c1.dob", "2024-06-05")
    dob = chosen.content.children[0].dob
    assert (dob.value, dob.state, dob.alternatives) == ("2024-06-05", FactState.CONFIRMED, ())
    made = reading.make_contact(front.ruth, chosen)
    assert (made.state, made.assigned_to) == (ContactState.SCREENING, "rosei")
    assert not [
        f for _, f in fields.facts_of(made.content) if f.state is FactState.READ and f.known
    ]
    [row] = queue.queue(front.ruth).rows
    assert not row.to_read


def test_accepting_clear_ones_leaves_what_is_to_check(front: Front) -> None:
    accepted = reading.accept_clear(front.ruth, arrived(front))
    states = {path: fact.state for path, fact in fields.facts_of(accepted.content) if fact.known}
    assert states.pop("children.c1.dob") is FactState.TO_CHECK
    assert set(states.values()) == {FactState.CONFIRMED}
    left = reading.make_contact(front.ruth, accepted, leave_to_check=True)
    assert left.state is ContactState.SCREENING, "an urgent contact does not wait for a date"


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("household", "other.0"),
        ("date", "other.0"),
        ("seen", "other.0"),
        ("child_words", "child_words.0"),
        ("raises", "raises_risk.0"),
        ("lowers", "lowers_risk.0"),
        ("person", "adults.a2.name"),
        ("children.c1.school", "children.c1.school"),
        ("safe_contact", "safe_contact"),
    ],
)
def test_marked_words_keep_the_place_they_came_from(front: Front, target: str, path: str) -> None:
    contact = arrived(front)
    marked = reading.mark(front.ruth, contact, target, UNUSED)
    fact = fields.fact_at(marked.content, path)
    assert fact is not None
    assert (fact.value, fact.state, fact.by) == (UNUSED.words, FactState.ENTERED, "rosei")
    [place] = fact.places
    assert (place.file, place.start, place.end, place.words) == (
        "letter.txt",
        40,
        80,
        UNUSED.words,
    )
    view = reading.reading(front.ruth, contact.id)
    assert "not used" not in [t.kind for t in view.todo]


def test_words_that_are_nothing_are_done_with(front: Front) -> None:
    contact = arrived(front)
    assert reading.mark(front.ruth, contact, "nothing", UNUSED) == contact
    assert "not used" not in [t.kind for t in reading.reading(front.ruth, contact.id).todo]
    with pytest.raises(NotReadyError, match="Choose some words"):
        reading.mark(front.ruth, contact, "seen", replace(UNUSED, words="  "))
    with pytest.raises(NotFoundError, match="no field"):
        reading.mark(front.ruth, contact, "children.c1.shoe_size", UNUSED)


def test_two_windows_marking_one_field_meet(front: Front) -> None:
    contact = arrived(front)
    reading.mark(front.ruth, contact, "safe_contact", UNUSED)
    with pytest.raises(screen.FactConflict):
        reading.mark(front.tom, contact, "safe_contact", replace(UNUSED, words="After six."))


def test_not_for_us_is_set_aside_with_its_reason_and_comes_back(front: Front) -> None:
    contact = arrived(front)
    aside = reading.not_for_us(front.ruth, contact, "A newsletter.")
    assert aside.set_aside_reason == "not a contact: A newsletter."
    assert screen.reopen(front.ruth, aside, "Page 3 asks for help.").content == contact.content


def test_original_that_is_not_there_says_so(front: Front) -> None:
    with pytest.raises(NotFoundError, match="no such original"):
        reading.original_bytes(front.ruth, arrived(front).id, "letter.txt")


@given(st.sampled_from([path for path, _ in fields.facts_of(factory.content())]), st.text())
def test_fact_put_at_a_path_is_found_there_and_nowhere_else(path: str, words: str) -> None:
    before = factory.content()
    after = fields.with_fact(before, path, read(words))
    assert fields.fact_at(after, path) == read(words)
    others = dict(fields.facts_of(after))
    del others[path]
    assert others == {p: f for p, f in fields.facts_of(before) if p != path}


@pytest.mark.parametrize(
    "path", ["", "children", "children.c1", "children.c1.name", "other.x", "said.0", "a.b.c", "."]
)
def test_path_of_no_field_is_refused_with_a_sentence(path: str) -> None:
    with pytest.raises(NotFoundError, match="Nothing was changed"):
        fields.fact_at(factory.content(), path)
