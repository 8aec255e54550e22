"""The window: screens stacked under the top bar, with keys, toasts, lock, blur and help.

It knows nothing of contacts. Screens are added by the composition root; what the window
cannot do itself it asks for by signals.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from ui.actions import Actions
from ui.errors import plain_box
from ui.icons import menu_icon
from ui.jobs import Jobs
from ui.shell.dialogs import IdleBox, KeysBox, LockCover
from ui.shell.help import HelpBox
from ui.shell.idle import IdleWatch
from ui.shell.menus import Menus
from ui.shell.notices import NoticeBar
from ui.shell.pane_walk import PaneWalk
from ui.shell.put_away import PutAway
from ui.shell.screen import OPTIONAL_ACTS, Screen, has_own
from ui.shell.search import SearchList
from ui.shell.status_bar import StatusBar
from ui.shell.tab_chain import chain, tab_stops
from ui.shell.top_bar import TopBar
from ui.theme import theme
from ui.widgets.toast import announce

CHAIN_MS = 30
"""Tab is chained anew so long after a screen was filled: a turn of its own, once for all panes."""


class MainWindow(QWidget):
    """The one window of the program.

    `search_asked` gives words to look for (answer with `search.show_found`); `search_chosen`
    a key found; `blur_changed` the privacy blur; `unlock_asked` a PIN typed on the lock
    (answer with `unlock()` or `refuse_unlock()`); `switch_user_asked`, `change_pin_asked`;
    `closing` comes before the window goes, so that what is waiting is saved.
    """

    search_asked = Signal(str)
    search_chosen = Signal(str)
    blur_changed = Signal(bool)
    unlock_asked = Signal(str)
    switch_user_asked = Signal()
    change_pin_asked = Signal()
    locked = Signal()
    screen_changed = Signal(str)
    theme_chosen = Signal(str)
    text_scale_chosen = Signal(float)
    closing = Signal()

    def __init__(
        self,
        hub_name: str,
        clock: Callable[[], datetime],
        *,
        practice: bool = False,
        marking: str = "OFFICIAL-SENSITIVE",
        idle_lock: bool = True,
    ) -> None:
        super().__init__()
        t = theme()
        self.setWindowTitle(f"Fanlight · {hub_name}")
        self.setWindowIcon(menu_icon("fanlight", t.colour("accent")))
        self._screens: dict[str, QWidget] = {}
        self._planned: dict[str, tuple[Callable[[], QWidget], str]] = {}
        self._under: dict[str, str] = {}
        self._trail: list[str] = []
        self._strips: list[QWidget] = []
        self.menus = Menus(self)
        self._user = ""
        self._blurred = False
        self._focus_left: QWidget | None = None
        words = "Practice data, fictional people" if practice else ""
        self.top = TopBar(marking, words, self)
        self.stack = QStackedWidget(self)
        warn, lock = t.minutes("idleWarnMin"), t.minutes("idleLockMin")
        self.status = StatusBar(clock, lock, self)
        column = QVBoxLayout(self)
        column.setSpacing(0)
        column.setContentsMargins(0, 0, 0, 0)
        self.notices = NoticeBar(self)
        column.addWidget(self.top)
        column.addWidget(self.notices)
        column.addWidget(self.stack, 1)
        column.addWidget(self.status)
        self.actions_ = Actions(self)
        self.toast = self.status.toast
        self.actions_.kept_back = lambda act: self.toast.refuse(f"Your role does not have “{act}”.")
        self.search = SearchList(self.top.search, self.actions_, self.menus.commands, self)
        self.search.not_here.connect(
            lambda act: self.toast.refuse(f"“{act}” has nothing to do on this screen.")
        )
        self.search.asked.connect(self.search_asked)
        self.search.chosen.connect(self.search_chosen)
        self.search.help_asked.connect(self.open_page)
        self.panes = PaneWalk(self)
        self._jobs: Jobs | None = None
        self._told_not_kept = self._all_came_back = self._tried_again = False
        self._cover = LockCover(self)
        self._put_away = PutAway(self)
        self._locked_for = ""
        self._cover.pin_given.connect(self.unlock_asked)
        self._cover.switch_asked.connect(self.switch_user_asked)
        self.idle = IdleWatch(warn, lock, self)
        self.idle.warned.connect(self._warn_idle)
        self.idle.expired.connect(self.lock)
        self._idle_lock = idle_lock
        self._chain_timer = QTimer(self)
        self._chain_timer.setSingleShot(True)
        self._chain_timer.setInterval(CHAIN_MS)
        self._chain_timer.timeout.connect(self.chain_tabs)
        self.toast.changed.connect(self._chain_timer.start)
        self.top.tabs.chosen.connect(self._tab_chosen)
        self.top.tabs.tabBarClicked.connect(self._tab_clicked)
        self.top.menu.clicked.connect(self.menus.open_main)
        self.top.blur.clicked.connect(self.toggle_blur)
        self.top.help.clicked.connect(self.open_help)
        self.top.user.clicked.connect(self.menus.open_user)
        self.status.text_size.clicked.connect(self.menus.open_text_size)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_moved)
        self._set_own_acts()
        self.setMinimumSize(t.px(640), t.px(480))

    # ---- screens --------------------------------------------------------

    def add_screen(
        self,
        key: str,
        widget: QWidget,
        title: str,
        icon: str | None = None,
        *,
        tab: bool = True,
        under: str | None = None,
    ) -> None:
        """Add a screen; one without a tab belongs `under` the tab of another.

        A screen whose title is an act of the key map gets that act's key.
        """
        self.plan_screen(key, lambda: widget, title, icon, tab=tab, under=under)
        self.screen_of(key)

    def plan_screen(
        self,
        key: str,
        build: Callable[[], QWidget],
        title: str,
        icon: str | None = None,
        *,
        tab: bool = True,
        under: str | None = None,
    ) -> None:
        """As `add_screen`, for a screen that is built when it is first wanted."""
        self._planned[key] = (build, title)
        if tab:
            self.top.tabs.blockSignals(True)
            self.top.tabs.add(key, title, icon)
            self.top.tabs.blockSignals(False)
        else:
            self._under[key] = under or key
        with suppress(KeyError):
            self.actions_.set(title, lambda: self.show_screen(key))
        self.top.fit(self.top.width())

    def is_built(self, key: str) -> bool:
        """Whether a screen has been built, or is still only planned."""
        return key in self._screens

    def screen_of(self, key: str) -> QWidget:
        """A screen by its key, built now if it was not yet; KeyError when there is none."""
        if key in self._planned:
            build, title = self._planned[key]
            widget = self._screens[key] = build()
            del self._planned[key]
            widget.setAccessibleName(title)
            self.stack.addWidget(widget)
            if isinstance(widget, Screen):
                widget.said.connect(self.toast.say)
                widget.noted.connect(self.toast.note)
                widget.refused.connect(self.toast.refuse)
                widget.undo_offered.connect(self._offer_undo)
                widget.panes_changed.connect(self._chain_timer.start)
                widget.back_asked.connect(self.go_back)
                if self._blurred:
                    widget.set_blur(True)
        return self._screens[key]

    def _offer_undo(self, words: str, undo: Callable[[], None]) -> None:
        self.toast.say(words, act=undo)

    def current(self) -> str | None:
        """The key of the screen in front."""
        return self._trail[-1] if self._trail else None

    def show_screen(self, key: str, *, under: str | None = None) -> None:
        """Bring a screen to the front, telling the one before that it is left; `under` another
        tab from now on than it was added under."""
        widget = self.screen_of(key)
        if under is not None:
            self._under[key] = under
        before = self.current()
        if before == key:
            return
        self.toast.leave_screen()
        if before is not None:
            old = self._screens[before]
            if isinstance(old, Screen):
                old.left()
        if key in self._trail:
            self._trail.remove(key)
        self._trail.append(key)
        tab = self._under.get(key, key)
        if tab not in self._under:
            self.top.tabs.blockSignals(True)
            self.top.tabs.set_value(tab)
            self.top.tabs.blockSignals(False)
        self.stack.setCurrentWidget(widget)
        if isinstance(widget, Screen):
            widget.entered()
        self._set_screen_acts(widget)
        self._chain_timer.start()
        self._bring_focus(widget)
        self.screen_changed.emit(key)

    def _bring_focus(self, widget: QWidget, near: QWidget | None = None) -> None:
        """Into the screen in front, unless it has taken the focus itself; into the pane `near`
        was in, where something there can be stood on."""
        focus = self.focusWidget()
        if focus is not None and widget.isAncestorOf(focus):
            return
        panes = list(widget.panes()) if isinstance(widget, Screen) else []
        if near is not None:
            panes.sort(key=lambda pane: not pane.isAncestorOf(near))
        for pane in (*panes, widget):
            # A hidden pane's parts could take the focus, and nobody would see where it is.
            stops = tab_stops(pane) if pane.isVisibleTo(self) else []
            if stops:
                stops[0].setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def _focus_moved(self, old: QWidget | None, _new: QWidget | None) -> None:
        """What had the focus may have gone from the screen: Qt then takes whatever comes next in
        the chain, be it the status line. Looked at once the screen has done what it does."""
        front = self.stack.currentWidget()
        if old is not None and front is not None and front.isAncestorOf(old):
            QTimer.singleShot(0, self, partial(self._keep_in_screen, old))

    def _keep_in_screen(self, old: QWidget) -> None:
        front, focus = self.stack.currentWidget(), QApplication.focusWidget()
        if front is None or (isValid(old) and (old.isVisible() or not front.isAncestorOf(old))):
            return
        away = focus is None or self.top.isAncestorOf(focus) or self.status.isAncestorOf(focus)
        if away and self.isActiveWindow() and self.stack.isEnabled():
            self._bring_focus(front, old if isValid(old) else None)

    def remove_screen(self, key: str) -> None:
        """Take a screen away that has done its work, so that no step leads back to it."""
        widget = self._screens.pop(key)
        self._under.pop(key, None)
        if key in self._trail:
            self._trail.remove(key)
        self.stack.removeWidget(widget)
        widget.deleteLater()

    def go_back(self) -> None:
        """To the screen before this one."""
        if len(self._trail) < 2:
            return
        self.show_screen(self._trail[-2])

    def add_strip(self, strip: QWidget) -> None:
        """Something said above every screen, where it says anything."""
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(1, strip)
        self._strips.append(strip)
        self._chain_timer.start()

    def set_count(self, key: str, count: int | None) -> None:
        """The number on a screen's tab."""
        self.top.tabs.set_count(key, count)
        self.top.fit(self.top.width())

    def show_tab(self, key: str, shown: bool) -> None:
        """Show a screen's tab, or leave it out for those whom it is not for."""
        self.top.tabs.set_shown(key, shown)
        self.top.fit(self.top.width())

    def chain_tabs(self) -> None:
        """Set the Tab order of the whole window to what the eye sees."""
        chain(self)

    # ---- people, saving, blur, lock -------------------------------------

    def set_user(self, name: str, role: str) -> None:
        """Who is at the desk. What was said to the one before goes."""
        if name != self._user:
            self.toast.dismiss()
        self._user = name
        self.top.user.set_user(name, role)

    @property
    def blurred(self) -> bool:
        """Whether names and words of families are hidden."""
        return self._blurred

    def toggle_blur(self) -> None:
        """Hide or show names and words of families, on every screen."""
        self._blurred = not self._blurred
        self.top.blur.setChecked(self._blurred)
        for widget in self._screens.values():
            if isinstance(widget, Screen):
                widget.set_blur(self._blurred)
        self.notices.set_hidden(self._blurred)
        self.toast.set_hidden(self._blurred)  # it may name a child; Ctrl Z undoes all the same
        self.blur_changed.emit(self._blurred)
        announce(self, "Names are hidden." if self._blurred else "Names are shown.")

    def lock(self) -> None:
        """Cover the window until its person's PIN comes."""
        if self._cover.isVisible():
            return
        for widget in self._screens.values():
            if isinstance(widget, Screen) and widget.isVisible():
                widget.save_now()
        self.idle.stop()
        self._focus_left = self.focusWidget()
        self._set_open(False)
        self._put_away.put_away()
        self._locked_for = self._user
        self._cover.cover(self._user or "Nobody")
        self.locked.emit()

    def set_lock_after(self, minutes: int) -> None:
        """Lock after so many minutes that nobody touches the window, warned of before."""
        t = theme()
        lead = t.minutes("idleLockMin") - t.minutes("idleWarnMin")
        self.idle.set_minutes(minutes - lead, minutes)
        self.status.set_lock_after(minutes)

    def is_locked(self) -> bool:
        """Whether the window is covered."""
        return self._cover.isVisible()

    def unlock(self) -> None:
        """The PIN was right: show the screens again, where they were."""
        self._cover.open_up()
        self._set_open(True)
        left, same_person = self._focus_left, self._user == self._locked_for
        self._focus_left = None
        if same_person and left is not None and isValid(left) and left.isVisible():
            left.setFocus(Qt.FocusReason.OtherFocusReason)
        elif (front := self.stack.currentWidget()) is not None:
            self._bring_focus(front)
        self._put_away.bring_back(same_person=same_person)
        if self._idle_lock:
            self.idle.start()

    def _set_open(self, is_open: bool) -> None:
        for part in (self.stack, self.top, self.notices, *self._strips, self.status):
            part.setEnabled(is_open)
        self.actions_.suspend(not is_open)

    def refuse_unlock(self, words: str) -> None:
        """The PIN was not right; say so."""
        self._cover.refuse(words)

    def _warn_idle(self, seconds: int) -> None:
        box = IdleBox(self, seconds)
        box.stayed.connect(self.idle.touch)
        box.lock_asked.connect(self.lock)
        box.open()

    # ---- acts -----------------------------------------------------------

    def _set_own_acts(self) -> None:
        own: dict[str, Callable[[], object]] = {
            "All keys": self.open_keys,
            "Guidance for this field": self.open_help,
            "Next pane": lambda: self.panes.step(1),
            "Previous pane": lambda: self.panes.step(-1),
            "Next part still needed": lambda: self._ask_needed(1),
            "Previous part still needed": lambda: self._ask_needed(-1),
            "Next contact": lambda: self._ask_contact(1),
            "Previous contact": lambda: self._ask_contact(-1),
            "Privacy blur on or off": self.toggle_blur,
            "Lock now": self.lock,
            "Menu": self.menus.open_main,
            "Full screen": self.toggle_full_screen,
            "Search or run a command": self.focus_search,
            "Close or step back": self.step_back,
            "Larger text": lambda: self.change_text(1),
            "Smaller text": lambda: self.change_text(-1),
            "Text 100 %": lambda: self.change_text(0),
        }
        for act, slot in own.items():
            self.actions_.set(act, slot)

    def _set_screen_acts(self, widget: QWidget) -> None:
        for act, method in OPTIONAL_ACTS.items():
            leaves = method == "save_now" and has_own(widget, "keep_for_later")
            own = "keep_for_later" if leaves else method
            slot = getattr(widget, own) if has_own(widget, own) else None
            self.actions_.set(act, slot)

    def _front(self) -> Screen | None:
        widget = self.stack.currentWidget()
        return widget if isinstance(widget, Screen) else None

    def _ask_needed(self, step: int) -> None:
        front = self._front()
        if front is not None:
            front.next_needed(step)

    def _ask_contact(self, step: int) -> None:
        front = self._front()
        if front is not None:
            front.next_contact(step)

    def step_back(self) -> None:
        """Esc: close what is open, else go back a screen that has no tab of its own."""
        if self.search.give_up():
            return
        front = self._front()
        if front is not None and front.step_back():
            return
        if self.current() in self._under:
            self.go_back()

    def focus_search(self) -> None:
        """Ctrl K."""
        self.search.begin()

    def toggle_full_screen(self) -> None:
        """F11."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def change_text(self, step: int) -> None:
        """Larger (1), smaller (-1) or 100 % (0)."""
        scale = theme().step_text_scale(step)
        self.top.fit(self.top.width())
        self._chain_timer.start()
        self.text_scale_chosen.emit(scale)
        announce(self, f"Text {round(scale * 100)} %")

    def choose_theme(self, name: str) -> None:
        """Light, dark, high contrast or as the computer."""
        theme().set_theme(name)
        self.theme_chosen.emit(name)

    def open_help(self) -> None:
        """F1: the note about the field in hand, else the screen's page of the manual."""
        front = self._front()
        if front is not None and front.show_guidance():
            return
        topic = front.help_topic() if front is not None else ""
        self.open_page(topic or (self.current() or "triage"))

    def open_page(self, topic: str) -> None:
        """A page of the manual."""
        HelpBox(self, topic).open()

    def open_keys(self) -> None:
        """Shift F1."""
        KeysBox(self, self.actions_.ever()).open()

    # ---- Qt -------------------------------------------------------------

    def _tab_chosen(self, key: str) -> None:
        self.show_screen(key)

    def _tab_clicked(self, at: int) -> None:
        """A click on the tab that is marked leads out of a screen under it."""
        keys = self.top.tabs.keys()
        if 0 <= at < len(keys) and keys[at] == self.top.tabs.value():
            self.show_screen(keys[at])

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to count idle time."""
        super().showEvent(event)
        handle = self.windowHandle()
        if self._idle_lock and handle is not None:
            self.idle.watch(handle)
            self.idle.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the cover over everything."""
        super().resizeEvent(event)
        if self._cover.isVisible():
            self._cover.setGeometry(self.rect())

    def wait_for(self, jobs: Jobs) -> None:
        """Before closing, wait for what is on its way to the store by these."""
        self._jobs = jobs

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let screens save, wait until all of it has come back from the store, and go; the first
        time not over what is not kept."""
        if not self._all_came_back:
            self._tried_again = False
            self._save_front()
            if self._waits_for_store():
                self.toast.note("Saving what was typed, then closing.")
                event.ignore()
                return
            if self._tell_not_kept():
                event.ignore()
                return
        self.closing.emit()
        self.idle.stop()
        self.toast.dismiss()
        super().closeEvent(event)

    def _save_front(self) -> None:
        front = self._front()
        if front is not None:
            front.left()

    def _waits_for_store(self) -> bool:
        if self._jobs is None or not self._jobs.awaits_store():
            return False
        self._jobs.after_store(self._came_back, owner=self)
        return True

    def _came_back(self) -> None:
        """All that was sent has come back, kept or not: close, unless something was not."""
        if self._tell_not_kept():
            return
        if not self._tried_again:
            # Also what was refused a moment ago: once more, before it is closed without.
            self._tried_again = self._told_not_kept
            self._save_front()
        if not self._waits_for_store():
            self._all_came_back = True
            self.close()

    def _tell_not_kept(self) -> bool:
        """Say what closing would lose, the first time."""
        screens = [s for s in self._screens.values() if isinstance(s, Screen)]
        words = next(filter(None, (screen.not_kept() for screen in screens)), "")
        tell = bool(words) and not self._told_not_kept
        self._told_not_kept = bool(words)
        if tell:
            plain_box(self, "Some of what was typed is not saved", words).open()
        return tell
