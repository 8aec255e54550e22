"""The shapes and words of the Triage screen at every width and size."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible

from tests.ui.triage_room import Room, maya, other, searched
from triage.domain.contact import ContactState
from triage.domain.fact import read
from triage.domain.lookup import EvidenceRow
from triage.storage import contacts
from triage.workflow import match
from ui.shell.tab_chain import tab_stops
from ui.theme import theme
from ui.titles import shorter as fewer_words
from ui.triage.arrange import shape_of
from ui.triage.boxes import as_iso
from ui.triage.chronology_view import ITEM
from ui.triage.header import _led_by
from ui.triage.matches import Card, _worth_showing
from ui.triage.story import paragraphs, story_view, unwrapped, with_quotes
from ui.widgets.text import Text


@pytest.mark.parametrize(
    ("width", "scale", "shape"),
    [
        (1920, 1.0, "wide"),
        (1600, 1.0, "wide"),
        (1366, 1.0, "tabs"),
        (1920, 1.5, "tabs"),
        (1366, 1.5, "single"),
        (911, 1.0, "single"),
    ],
)
def test_middle_becomes_tabs_and_then_one_pane(width: int, scale: float, shape: str) -> None:
    assert shape_of(width, scale)[0] == shape


def test_full_width_gives_the_measures_of_the_design() -> None:
    assert shape_of(1920, 1.0) == ("wide", 372, 590)
    assert shape_of(1366, 1.0) == ("tabs", 284, 416)


@pytest.mark.parametrize(("width", "scale"), [(1920, 1.0), (1366, 1.0), (911, 1.0), (1920, 1.5)])
def test_each_control_has_a_name_and_no_label_is_clipped(
    room: Room, width: int, scale: float
) -> None:
    theme().set_text_scale(scale)
    room.window.resize(width, 900)
    searched(room)
    for part in ("queue", "contact", "decision"):
        room.screen.arrangement.go_to(part)
        for stop in tab_stops(room.screen):
            interface = QAccessible.queryAccessibleInterface(stop)
            assert interface.text(QAccessible.Text.Name), stop
        for label in room.screen.findChildren(Text):
            if label.isVisible() and not label._elide and not label.wordWrap():
                needed = label.fontMetrics().horizontalAdvance(label.text())
                assert needed <= label.width() + 1, label.text()


def test_single_pane_goes_where_the_keys_go(room: Room) -> None:
    room.window.resize(911, 720)
    contact = room.bring(maya())
    room.show()
    assert room.screen.arrangement.shape() == "single"
    room.open(contact)
    assert room.screen.queue.isVisible()
    assert not room.screen.decision.isVisible()
    room.screen.next_needed(1)
    assert room.screen.decision.isVisible()
    assert not room.screen.queue.isVisible()


def test_chronology_is_walked_by_arrows_in_lanes_and_time(room: Room) -> None:
    contact = searched(room)
    card = room.screen.match.current()
    assert isinstance(card, Card)
    match.link(room.desk, card.subject, card.candidate)
    room.screen.refresh()
    room.wait(lambda: room.screen.chronology.count() == 2)
    chart = room.screen.chronology.chart
    chart.setFocus()
    chart.setCurrentIndex(chart.model().index(1, 0))
    assert chart.currentIndex().data(ITEM).reference == contact.reference
    room.press(Qt.Key.Key_Down, chart)
    assert chart.currentIndex().data(ITEM).lane == "Plans"
    at = chart.visualRect(chart.currentIndex()).center()
    assert chart.indexAt(QPoint(at)) == chart.currentIndex()


def test_quotes_are_bold_where_they_stand_and_nowhere_else() -> None:
    spans = with_quotes("He said “no more” and\nleft it.", ["no more", "and left", "not in it"])
    assert [(s.text, s.bold) for s in spans] == [
        ("He said ", False),
        ("“no more”", True),
        (" ", False),
        ("and\nleft", True),
        (" it.", False),
    ]


def test_breaks_of_a_page_are_taken_out_and_those_of_a_writer_stay() -> None:
    long = "On Saturday about 8.15 when her coat came off I saw a bruise on her left"
    assert unwrapped(f"{long}\nforearm.\nParents") == f"{long} forearm.\nParents"
    assert unwrapped(f"{long}\n\nThen") == f"{long}\n\nThen"
    assert unwrapped(f"{long}\n- one") == f"{long}\n- one"
    assert unwrapped(f"{long}\nTold: yes") == f"{long}\nTold: yes"
    assert unwrapped("Short line\nanother") == "Short line\nanother"
    assert unwrapped("") == ""


def test_paragraphs_stand_apart_and_lists_do_not() -> None:
    long = "Police went to the home at 23:40 after a neighbour rang about shouting next door."
    assert paragraphs(f"{long}\n{long}") == f"{long}\n\n{long}"
    assert paragraphs(f"{long}\n- {long}") == f"{long}\n- {long}"
    assert paragraphs(f"{long}\nShort.\n\n{long}") == f"{long}\nShort.\n\n{long}"


def test_a_reason_does_not_say_no_twice(room: Room) -> None:
    contact = maya(assigned_to="rosei", state=ContactState.SCREENING)
    told = replace(
        contact.content,
        family_informed=read("no"),
        family_informed_reason=read("No - it could raise the risk"),
    )
    room.show()
    room.open(room.bring(replace(contact, content=told)))
    assert room.screen._opened is not None
    assert "Family not told: it could raise the risk" in story_view(room.screen._opened).facts


@pytest.mark.parametrize(
    ("rest", "shorter"),
    [
        ("7, + Theo 3", ("7, +1", "+1")),
        ("about 5, + Ruby about 9, Ada", ("about 5, +2", "+2")),
        ("7, + Theo 3, Ida 1, 2 more", ("7, +4", "+4")),
        ("14", ()),
    ],
)
def test_a_queue_row_counts_children_it_has_no_room_to_name(
    rest: str, shorter: tuple[str, ...]
) -> None:
    assert fewer_words(rest) == (rest, *shorter)


def test_a_restricted_record_hides_its_decision_too(room: Room) -> None:
    shut = room.bring(maya(restricted=True))
    room.show()
    room.screen.open_contact(shut.id)
    room.wait(lambda: "restricted" in room.screen.empty._title.text())
    assert room.screen.decision._empty._title.text() == "The decision is hidden"


def test_not_many_things_take_the_focus(room: Room) -> None:
    searched(room)
    assert len(tab_stops(room.window)) <= 60


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("14/03/2019", "2019-03-14"),
        ("14.3.2019", "2019-03-14"),
        ("2019-03-14", "2019-03-14"),
        ("", ""),
        ("31/02/2019", None),
        ("spring", None),
    ],
)
def test_days_are_read_the_british_way(words: str, day: str | None) -> None:
    assert as_iso(words) == day


def test_five_hundred_rows_are_shown_and_found(room: Room) -> None:
    many = [other(f"C-26-1{n:04}", f"Kid{n}", minutes=n) for n in range(500)]
    with room.store.write() as tx:
        for contact in many:
            contacts.insert(tx, contact)
    room.show()
    assert len(room.screen.queue.model.rows()) == 500


def test_a_row_that_speaks_against_is_shown_however_many_rows_there_are() -> None:
    fields = ("name", "dob", "address", "postcode", "school", "mother", "phone", "nhs_number")
    rows = [evidence(field, "same") for field in fields]
    rows += [evidence("sex", "different"), evidence("gp", "same")]
    shown = [r.field for r in _worth_showing(rows)]
    assert shown == [*fields[:7], "sex"]
    against = [evidence(field, "different") for field in (*fields, "sex", "gp")]
    assert _worth_showing(against) == against


def evidence(field: str, level: str) -> EvidenceRow:
    return EvidenceRow(field=field, left="1", right="2", level=level, detail=level, weight=1.0)


@pytest.mark.parametrize(
    ("label", "led"),
    [("One working day", "One working day:"), ("Green: decide by", "Green: decide by")],
)
def test_a_clocks_chip_has_one_colon_before_its_time(label: str, led: str) -> None:
    assert _led_by(label) == led
