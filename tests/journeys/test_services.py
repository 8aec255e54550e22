"""Services by keys alone: find one, add it, refer a family, and follow it until it is accepted."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QTextEdit,
    QWidget,
)
from shiboken6 import isValid

from tests.journeys.conftest import Seat
from triage.domain.service_referral import Agreed, ReferralState
from triage.partners.directory import DirectoryError, Listing
from triage.workflow import decide, directories, services
from ui.tour_drive import find, focused, is_there, name_of, press, row_where, type_into

Sit = Callable[[str], Seat]
FACTORS = ("injury_parent", "saw_or_heard", "not_located")
LIST = "Services that fit"


def with_factors(seat: Seat) -> UUID:
    """Maya's contact is open, and says what raises the risk."""
    contact_id = seat.open("Maya Rowe")
    assert isinstance(contact_id, UUID)
    held = decide.decision_again(seat.desk(), contact_id).answers.get("raises")
    version = held.version if held else 0
    decide.save_answer(seat.desk(), contact_id, "raises", FACTORS, version)
    seat.settled()
    return contact_id


def at_services(seat: Seat) -> QAbstractItemView:
    seat.press("Ctrl+4")
    seat.wait(lambda: seat.bench.window.current() == "services")
    seat.wait(lambda: seat.bench.services.list.model.rowCount())
    seat.settled()
    return find(seat.window, LIST, QAbstractItemView)


def look_for(seat: Seat, words: str) -> None:
    seat.press("Ctrl+F")
    field = focused()
    assert name_of(field) == "Find a service, guidance or contact"
    type_into(field, words)
    seat.wait(lambda: seat.bench.services.filters.wanted().words == words)
    seat.wait(lambda: not seat.bench.services.filters._typing.is_waiting())
    seat.settled()


def to_list(seat: Seat) -> QAbstractItemView:
    """F6 until the list has the focus."""
    for _ in range(8):
        if name_of(focused()) == LIST:
            break
        seat.press("F6")
    view = focused()
    assert isinstance(view, QAbstractItemView)
    assert name_of(view) == LIST
    return view


def stand_on(view: QAbstractItemView, says: str) -> None:
    goal = row_where(view, says)
    press(view, "Home")
    for _ in range(200):
        if view.currentIndex().row() == goal:
            return
        press(view, "Down")
    pytest.fail(f"{says} was not come to by the arrow keys.")


def box(seat: Seat, title: str) -> QWidget:
    seat.wait(lambda: is_there_box(seat, title))
    found = seat.bench.services._box
    assert found is not None
    return found


def is_there_box(seat: Seat, title: str) -> bool:
    found = seat.bench.services._box
    if found is None or not isValid(found):
        return False
    return found.isVisible() and title in found.accessibleName()


def gone(seat: Seat, asked: QWidget) -> None:
    """The box has closed, and the window is in front again."""
    seat.wait(lambda: not isValid(asked) or not asked.isVisible())
    seat.window.activateWindow()
    seat.wait(seat.window.isActiveWindow)
    seat.settled()


def test_a_family_is_referred_and_followed_to_acceptance_by_keys_alone(sit: Sit) -> None:
    seat = sit("rosei")
    contact_id = with_factors(seat)
    at_services(seat)
    look_for(seat, "lantern")
    view = to_list(seat)
    stand_on(view, "Lantern children's group, ")
    seat.press("A")
    seat.wait(lambda: "In decision" in spoken(view, "Lantern"))
    assert added(seat, contact_id) == ("Lantern children's group",)
    seat.press("Ctrl+Z")
    seat.wait(lambda: "In decision" not in spoken(view, "Lantern"))
    assert added(seat, contact_id) == ()
    seat.settled()

    seat.press("R")
    asked = box(seat, "Refer to Lantern")
    assert seat.bench.services.not_kept() == ""
    type_into(find(asked, "What the service should know", QTextEdit), " Maya heard it all.")
    assert "into the box" in seat.bench.services.not_kept(), (
        "named before the window closes without it"
    )
    press(find(asked, "Save the draft", QPushButton), "Space")
    gone(seat, asked)
    (made,) = services.look(seat.desk(), contact_id).referrals
    assert (made.state, made.people_names) == (ReferralState.DRAFT, ("Maya",))
    assert "Maya heard it all." in made.words

    view.setFocus()
    seat.press("Ctrl+Return")
    asked = box(seat, "Send R-26-00001")
    choice = find(asked, "How it was sent", QComboBox)
    choice.setFocus()
    press(choice, "Down")
    press(find(asked, "It was sent", QPushButton), "Space")
    seat.wait(lambda: "nobody has asked yet" in refusal(asked))
    press(find(asked, "Yes", QPushButton), "Space")
    press(find(asked, "It was sent", QPushButton), "Space")
    gone(seat, asked)
    (made,) = services.look(seat.desk(), contact_id).referrals
    assert (made.state, made.agreed, made.last.how) == (ReferralState.SENT, Agreed.YES, "rang")

    view.setFocus()
    seat.press("R")
    asked = box(seat, "What Lantern children's group says")
    type_into(find(asked, "In their words", QTextEdit), "Starts on Tuesday.")
    press(find(asked, "Record", QPushButton), "Space")
    gone(seat, asked)
    (made,) = services.look(seat.desk(), contact_id).referrals
    assert (made.state, made.last.words) == (ReferralState.ACCEPTED, "Starts on Tuesday.")
    seat.wait(lambda: "Accepted" in spoken(view, "Lantern"))


def added(seat: Seat, contact_id: UUID) -> object:
    return decide.decision_again(seat.desk(), contact_id).value("services")


def refusal(asked: QWidget) -> str:
    return asked.banner.words.text()  # type: ignore[attr-defined,no-any-return]


def spoken(view: QAbstractItemView, says: str) -> str:
    index = view.model().index(row_where(view, says), 0)
    return str(index.data(Qt.ItemDataRole.AccessibleTextRole))


def test_suggestions_name_their_factors_and_are_added_with_space(sit: Sit) -> None:
    seat = sit("rosei")
    contact_id = with_factors(seat)
    at_services(seat)
    add = find(seat.window, "Add Northmere domestic abuse helpline to the decision", QPushButton)
    assert "because of: Injury to parent" in name_of(add)
    add.setFocus()
    press(add, "Space")
    seat.wait(
        lambda: decide.decision_again(seat.desk(), contact_id).value("services") == ("da_helpline",)
    )
    seat.settled()
    assert not is_there(seat.window, "Add Northmere domestic abuse helpline", QPushButton)


def test_the_decisions_services_part_suggests_as_factors_are_ticked(sit: Sit) -> None:
    seat = sit("rosei")
    contact_id = seat.open("Maya Rowe")
    assert isinstance(contact_id, UUID)
    pane = seat.bench.triage.decision
    assert pane.reveal("services")
    seat.settled()
    assert "Nothing is called for yet" in seat.read_aloud()
    factors = pane.form.field("raises")
    if factors is None:
        assert pane.reveal("raises")
        factors = pane.form.field("raises")
    assert factors is not None
    factors.choose(("not_located",))
    seat.settled()
    add = find(seat.window, "Add Safe at Home locks, because of: Adult not located", QPushButton)
    add.setFocus()
    press(add, "Space")
    seat.wait(lambda: added(seat, contact_id) == ("Safe at Home locks",))
    seat.settled()
    assert "In decision" in seat.read_aloud()
    press(find(seat.window, "All services", QPushButton), "Space")
    seat.wait(lambda: seat.bench.window.current() == "services")


def test_a_row_says_everything_its_columns_show(sit: Sit) -> None:
    seat = sit("rosei")
    with_factors(seat)
    view = at_services(seat)
    said = spoken(view, "Lantern children's group")
    for words in ("ages 5-11", "for Maya", "km", "Free", "wait 2 weeks", "assured 3 Sep 2026"):
        assert words in said


def test_hidden_services_are_counted_explained_and_shown_when_asked(sit: Sit) -> None:
    seat = sit("rosei")
    with_factors(seat)
    view = at_services(seat)
    free = find(seat.window, "Free", QPushButton)
    press(free, "Space")
    seat.settled()
    assert "costs money" in seat.bench.services.filters.hidden.words.text()
    assert all("Sandplay" not in str(r) for r in _rows(view))
    press(find(seat.window, "Show them", QPushButton), "Space")
    seat.settled()
    assert "hidden by your choices: costs money" in spoken(view, "Sandplay")


def _rows(view: QAbstractItemView) -> list[object]:
    model = view.model()
    return [model.index(r, 0).data() for r in range(model.rowCount())]


def test_nothing_fits_offers_to_go_further_and_alt_r_clears_everything(sit: Sit) -> None:
    seat = sit("rosei")
    with_factors(seat)
    at_services(seat)
    to_list(seat)
    look_for(seat, "zebra")
    assert "Nothing fits. Go further" in seat.read_aloud()
    seat.press("Alt+R")
    seat.settled()
    screen = seat.bench.services
    seat.wait(lambda: screen.list.model.rowCount() >= 62)
    assert screen.filters.wanted().needs == frozenset()
    assert screen.filters.wanted().words == ""


def test_a_service_unchecked_for_a_year_cannot_be_referred_to(sit: Sit) -> None:
    seat = sit("rosei")
    contact_id = with_factors(seat)
    at_services(seat)
    look_for(seat, "tideway")
    view = to_list(seat)
    assert "Cannot refer" in spoken(view, "Tideway")
    stand_on(view, "Tideway")
    seat.press("R")
    seat.wait(lambda: "more than twelve months ago" in seat.bench.window.toast.words())
    assert services.look(seat.desk(), contact_id).referrals == ()


def test_the_last_list_stays_with_words_when_the_directory_fails(sit: Sit) -> None:
    seat = sit("rosei")
    at_services(seat)

    class Away:
        def read(self, today: object) -> Listing:
            raise DirectoryError("The directory could not be reached.")

    directories.copy_now(replace(seat.desk(), directories={"northmere": Away()}), "northmere")
    seat.press("F5")
    seat.settled()
    seat.wait(lambda: "The last list is shown." in seat.bench.services.list.banner.words.text())
    assert seat.bench.services.list.model.rowCount() >= 62


def test_what_was_wrong_with_the_directorys_list_can_be_read(sit: Sit) -> None:
    seat = sit("rosei")
    at_services(seat)
    press(find(seat.window, "7 faults in the directory's list", QPushButton), "Space")
    told = seat.bench.services.findChild(QMessageBox)
    assert isinstance(told, QMessageBox)
    assert "gave 66" in told.informativeText()
    assert "it has no name" in told.informativeText()
    told.close()


def test_guidance_and_local_contacts_stand_below_the_services_found(sit: Sit) -> None:
    seat = sit("rosei")
    at_services(seat)
    look_for(seat, "violence home")
    view = to_list(seat)
    stand_on(view, "Violence at home, A child who sees")
    seat.settled()
    assert seat.bench.services.card.name.text() == "Violence at home"
    assert "victim of it in their own right" in seat.bench.services.card.summary.text()
    stand_on(view, "Domestic abuse adviser in the hub")
    assert "01632 960 141" in spoken(view, "Domestic abuse adviser in the hub")


def test_without_a_contact_the_directory_is_searched_by_age_and_postcode(sit: Sit) -> None:
    seat = sit("rosei")
    view = at_services(seat)
    type_into(find(seat.window, "Age of the child", QLineEdit), "3")
    type_into(find(seat.window, "From, a postcode", QLineEdit), "NM3 4QT")
    seat.wait(lambda: not seat.bench.services.filters._typing.is_waiting())
    seat.settled()
    assert "0.6" in spoken(view, "Little Voices")
    assert all("Girls together" not in str(r) for r in _rows(view))
    type_into(find(seat.window, "From, a postcode", QLineEdit), "X")
    seat.wait(lambda: not seat.bench.services.filters._typing.is_waiting())
    seat.settled()
    assert "Distance not known" in seat.bench.services.filters.origin.accessibleDescription()


def test_blurred_no_name_of_the_family_stands_on_the_screen(sit: Sit) -> None:
    seat = sit("rosei")
    with_factors(seat)
    view = at_services(seat)
    seat.press("F9")
    seat.settled()
    names = ("Maya", "Theo", "Carla", "Rowe", "NM3 4QT")
    chips = [w.words() for w in seat.bench.services.filters.people.chips()]
    words = seat.bench.services.filters.origin.text()
    said = "\n".join([seat.read_aloud(), *chips, words, *(spoken_rows(view))])
    assert [name for name in names if name in said] == []
    assert chips[0] == "Child\u00a01, 7"
    assert len(set(chips)) == len(chips), "told apart all the same"


def spoken_rows(view: QAbstractItemView) -> list[str]:
    model = view.model()
    role = Qt.ItemDataRole.AccessibleTextRole
    return [str(model.index(r, 0).data(role)) for r in range(model.rowCount())]
