"""What else can be done with the open contact: a menu, each act with its reason asked first."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from triage.domain.contact import Contact, ContactState
from triage.domain.restriction import RestrictedKind
from triage.domain.worker import May
from triage.workflow import claims, concerns, screen
from triage.workflow.desk import Desk
from ui.triage.acts import Acts
from ui.triage.opened import Opened

Act = Callable[[Desk, str], Contact]


def open_more(over: QWidget, acts: Acts, opened: Opened) -> QMenu:
    """Show under `over` what can be done with the contact as it stands."""
    menu = QMenu(over)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, True)
    contact, may = opened.view.contact, opened.desk.worker.may
    if not may(May.SCREEN):
        pass
    elif opened.view.read_only_why:
        again = _add(menu, acts, contact, "Reopen…", screen.reopen, "reopened")
        again.setEnabled(contact.state is not ContactState.AWAITING_SIGN_OFF)
    else:
        _add_open(menu, acts, opened)
    menu.addSeparator()
    menu.addAction("Corrections of this record…").triggered.connect(acts.corrections_asked)
    if not contact.restricted and may(May.SCREEN):
        kinds = menu.addMenu("Restrict this contact")
        for kind in RestrictedKind:
            act = partial(_restrict, kind)
            _add(kinds, acts, contact, f"{kind.value}…", act, "restricted")
    elif contact.restricted and may(May.OPEN_RESTRICTED):
        _add(menu, acts, contact, "Lift the restriction…", concerns.open_up, "is open to all")
    menu.popup(over.mapToGlobal(QPoint(0, over.height())))
    return menu


def _add_open(menu: QMenu, acts: Acts, opened: Opened) -> None:
    contact = opened.view.contact
    hand_over = menu.addAction("Hand over…")
    hand_over.triggered.connect(partial(_hand_over, acts, contact))
    if contact.assigned_to:
        _add(menu, acts, contact, "Put back for anyone…", claims.release, "put back")
    if contact.state is ContactState.AWAITING_INFORMATION:
        _add(menu, acts, contact, "Go on with it…", screen.resume, "is not paused any more")
    else:
        _add(menu, acts, contact, "Pause…", screen.pause, "paused")
    menu.addSeparator()
    for pair in opened.pairs[:3]:
        words = f"Set aside, it repeats {pair.reference}…"
        act = partial(_set_aside, "duplicate", contact, pair.other)
        acts_to = partial(_ask, acts, contact, words, act, "set aside")
        menu.addAction(words.replace("&", "&&")).triggered.connect(acts_to)
    for kind, words in (("error", "Set aside as an error…"), ("not a contact", _NOT_ONE)):
        act = partial(_set_aside, kind, contact, None)
        menu.addAction(words).triggered.connect(
            partial(_ask, acts, contact, words, act, "set aside")
        )


def _restrict(kind: RestrictedKind, desk: Desk, contact: Contact, why: str) -> Contact:
    return concerns.restrict(desk, contact, why, kind)


_NOT_ONE = "Set aside, it is not a contact…"


def _hand_over(acts: Acts, contact: Contact, _checked: bool = False) -> None:
    acts.hand_over(contact.id, contact.reference)


def _set_aside(kind: str, contact: Contact, stays: Contact | None, desk: Desk, why: str) -> Contact:
    return screen.set_aside(desk, contact.id, kind, why, stays.id if stays else None)


def _add(
    menu: QMenu,
    acts: Acts,
    contact: Contact,
    words: str,
    act: Callable[[Desk, Contact, str], Contact],
    done: str,
) -> QAction:
    def go(desk: Desk, why: str) -> Contact:
        return act(desk, contact, why)

    action = menu.addAction(words)
    action.triggered.connect(partial(_ask, acts, contact, words, go, done))
    return action


def _ask(
    acts: Acts, contact: Contact, words: str, act: Act, done: str, _checked: bool = False
) -> None:
    title = f"{words.rstrip('…')}: {contact.reference}"
    acts.ask_and_do(title, words.split(",")[0].rstrip("…"), act, f"{contact.reference} {done}")
