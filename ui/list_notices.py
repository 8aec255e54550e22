"""Partners' lists that need a look: said in a strip above the screens until it was seen, once a
day, and found in the menu for as long as it is so."""

from __future__ import annotations

import json
import logging
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from triage.domain.spelling import counted
from triage.domain.worker import May
from triage.workflow import naming
from ui.desk import DeskHolder
from ui.errors import plain_box
from ui.widgets.banner import BannerStrip
from ui.widgets.buttons import Button
from ui.widgets.toast import announce

if TYPE_CHECKING:
    from ui.shell.window import MainWindow

log = logging.getLogger(__name__)

FILE = "lists-seen.json"
LINE = "Partners' lists that need a look…"
TITLE = "Partners' lists need a look"
WORDS = "Contacts can be worked on. Tell IT what is listed here:"


class ListStrip(BannerStrip):
    """Hidden until something is said. `shown_asked` asks to read all of it, `seen` lets it go."""

    shown_asked = Signal()
    seen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.show_all = Button("Show which", "list", dense=True)
        self.let_go = Button("Seen for today", "check", "quiet", dense=True)
        self.show_all.clicked.connect(self.shown_asked)
        self.let_go.clicked.connect(self.seen)
        self.banner.add_action(self.show_all)
        self.banner.add_action(self.let_go)

    def say(self, how_many: int) -> None:
        """Say that so many lists need a look."""
        verb = "needs" if how_many == 1 else "need"
        strong = f"{counted(how_many, 'list')} of partners {verb} a look."
        self.banner.show_words(strong, "Contacts can be worked on.")
        self.show()
        announce(self, self.banner.words.text())


class ListNotices(QObject):
    """Tells who looks people up or sees to the lists; `folder` remembers what was seen today."""

    def __init__(
        self, holder: DeskHolder, window: MainWindow, folder: Path, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._holder, self._window, self._file = holder, window, folder / FILE
        self._problems: tuple[str, ...] = ()
        self.strip = ListStrip()
        self.strip.shown_asked.connect(self.show_all)
        self.strip.seen.connect(self._keep_seen)
        window.add_strip(self.strip)
        window.menus.add_item("keeping", LINE, self.show_all, self._concerned)
        holder.changed.connect(self._tell)

    def lists_read(self, problems: tuple[str, ...]) -> None:
        """Every list was read, but for these."""
        self._problems = problems
        self._tell()

    def show_all(self) -> None:
        """All that is to be told, in a box; it is seen by that."""
        plain_box(self._window, TITLE, "\n\n".join((WORDS, *self._problems))).open()
        self._keep_seen()

    def _concerned(self) -> bool:
        may = self._holder.current().worker.may
        return bool(self._problems) and any(map(may, (May.RECEIVE, May.LINK, May.CONFIGURE)))

    def _tell(self) -> None:
        if self._concerned() and self._mark() not in self._seen_today():
            self.strip.say(len(self._problems))
        else:
            self.strip.hide()
        self._window.chain_tabs()

    def _keep_seen(self) -> None:
        kept = {"day": self._today(), "seen": sorted({*self._seen_today(), self._mark()})}
        try:
            self._file.write_text(json.dumps(kept), encoding="utf-8")
        except OSError as fault:
            log.warning("That lists were seen could not be kept: %s", fault.strerror)
        self.strip.hide()
        self._window.chain_tabs()

    def _seen_today(self) -> frozenset[str]:
        """The marks of today; none where nothing was seen, or where the file is damaged."""
        try:
            kept = json.loads(self._file.read_text(encoding="utf-8"))
            return frozenset(kept["seen"]) if kept["day"] == self._today() else frozenset()
        except (OSError, ValueError, KeyError, TypeError):
            return frozenset()

    def _today(self) -> str:
        desk = self._holder.current()
        return naming.local_day(desk.profile, desk.now()).isoformat()

    def _mark(self) -> str:
        """Of this person and these problems: another person, or another problem, is told anew."""
        told = json.dumps((self._holder.current().worker.id, *self._problems))
        return sha256(told.encode()).hexdigest()
