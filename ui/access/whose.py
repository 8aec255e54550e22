"""The way to a copy of what is held: from the open contact, for whom the profile lets make one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from triage.domain.contact import Contact
from triage.domain.worker import May
from triage.workflow import naming
from ui.desk import DeskHolder
from ui.jobs import Jobs
from ui.shell.dialogs import AskBox
from ui.shell.window import MainWindow
from ui.widgets.editor import Choice
from ui.widgets.text import Text

if TYPE_CHECKING:
    from ui.access.screen import AccessScreen

KEY, TITLE = "access", "Copy of what is held"
LINE = "Copy of what is held…"
_WORDS = (
    "Everything held about the child is gathered, from every contact about them. That you read it "
    "is recorded with each. Nothing is made before you have decided about everybody else in it."
)
NO_CONTACT = "Open a contact about the child first: Ctrl K finds it by what you know."
NO_CHILD = "This contact names no child. Open another one about the child: Ctrl K finds it."


class WhoseBox(AskBox):
    """Asks which child of a contact. `given` has the child's key."""

    given = Signal(str)

    def __init__(self, parent: QWidget | None, contact: Contact, *, hidden: bool) -> None:
        super().__init__(parent, "users", TITLE, _WORDS)
        content = contact.content
        names = [
            (child.key, f"Child {n}" if hidden else naming.child_name(child, content.adults))
            for n, child in enumerate(content.children, 1)
        ]
        self.child = Choice("Whose copy", names)
        self.child.set_value(names[0][0])
        self.body.addWidget(Text(f"Whose copy, of {contact.reference}", "label", weight=600))
        self.body.addWidget(self.child)
        self.add_answer("cancel", "Cancel")
        self.add_answer("go", "Gather it", "primary", "Enter")
        self.answered.connect(self._go)
        self.child.setFocus()

    def _go(self, key: str) -> None:
        if not self.isVisible():
            return
        if key == "go":
            self.given.emit(self.child.value() or "")
        self.done(0)


class Whose(QObject):
    """Plans the screen, and asks whose copy it is to be. `opened` gives the open contact."""

    def __init__(
        self,
        window: MainWindow,
        holder: DeskHolder,
        jobs: Jobs,
        opened: Callable[[], Contact | None],
    ) -> None:
        super().__init__(window)
        self._window, self._holder, self._jobs, self._opened = window, holder, jobs, opened
        self.box: WhoseBox | None = None
        window.plan_screen(KEY, self._build, TITLE, tab=False, under="triage")
        may = lambda: holder.current().worker.may(May.SIGN)  # noqa: E731
        window.menus.add_item("keeping", LINE, self.ask, may)

    def _build(self) -> AccessScreen:
        from ui.access.screen import AccessScreen

        screen = AccessScreen(self._holder, self._jobs)
        screen.saved_changed.connect(self._window.status.set_saved)
        return screen

    def ask(self) -> None:
        """Ask which child of the open contact, then gather what is held."""
        contact = self._opened()
        if contact is None or not contact.content.children:
            self._window.toast.refuse(NO_CONTACT if contact is None else NO_CHILD)
            return
        box = self.box = WhoseBox(self._window, contact, hidden=self._window.blurred)

        def go(child: str) -> None:
            self._window.show_screen(KEY)
            cast("AccessScreen", self._window.screen_of(KEY)).start(contact.id, child)

        box.given.connect(go)
        box.open()
