"""The left pane: what is looked for. Each choice says how many services there are of it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from triage.domain.directory import Only, Order, Wanted
from triage.domain.service import Helped, Need, Reach
from triage.domain.spelling import WEEKDAYS
from triage.workflow.services import Family, Finding
from ui.actions import bind_list
from ui.printing.ticks import Tick
from ui.services import wording
from ui.theme import theme
from ui.widgets.banner import Banner
from ui.widgets.buttons import Button
from ui.widgets.chips import ChipGroup, ChipOption
from ui.widgets.editor import Choice, LineField, Pause
from ui.widgets.group import BareGroup
from ui.widgets.keycap import KeyHints
from ui.widgets.pane import Body, Pane, Scroll
from ui.widgets.segments import Segments
from ui.widgets.text import Text

ANY = "any"
_WITHIN = (("2", "2 km"), ("5", "5 km"), ("10", "10 km"), ("20", "20 km"), (ANY, "Anywhere"))
_WAYS = (
    (Reach.IN_PERSON, "In person"),
    (Reach.PHONE, "By phone"),
    (Reach.ONLINE, "Online"),
    (Reach.VISITS, "At home or school"),
)
_HINTS = (("Ctrl F", "search"), ("F6", "results"), ("Alt R", "clear all"))
_OLDEST = 120


class FilterPane(Pane):
    """Tells `changed` whenever something else is looked for; `show_hidden` asks for those that
    only a choice keeps out, `faults_asked` for what was wrong with the directory's list."""

    changed = Signal()
    show_hidden = Signal()
    faults_asked = Signal()
    cleared = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Find a service", "", parent=parent)
        self._people: tuple[Helped, ...] = ()
        self._order = Order.NEED
        self._body = Body(gap=4)
        self._column = self._body.column
        self._typing = Pause(self)
        self._typing.setInterval(120)
        self._typing.due.connect(self.changed)
        self.words = LineField(
            "Find a service, guidance or contact", "Service, worry or word", icon="search"
        )
        self.words.typed.connect(lambda _: self._typing.touch())
        self._column.addWidget(self.words)
        self.needs = ChipGroup((), "What is needed")
        self.needs.toggled_key.connect(self._told)
        self._add("What is needed", self.needs)
        self.people = ChipGroup((), "For whom")
        self.people.toggled_key.connect(self._told)
        self._whom = self._add("For whom", self.people)
        self.age = LineField("Age of the child", "Any age")
        self.age.typed.connect(lambda _: self._typing.touch())
        self._age = self._add("Age of the child", self.age)
        self._places()
        self.cost = Segments((("free", "Free"), (ANY, "Any")), "Cost", dense=True)
        self.cost.set_value(ANY)
        self.cost.chosen.connect(self._told)
        self._add("Cost", self.cost)
        self.ways: dict[Reach, Tick] = {}
        self.only: dict[Only, Tick] = {}
        self._ticks("How", [(reach, words) for reach, words in _WAYS], self.ways)
        self._days()
        self._ticks("Only show", [(only, only.value) for only in Only], self.only)
        self.hidden = Banner("info")
        self.show_them = Button("Show them", kind="link")
        self.show_them.clicked.connect(self.show_hidden)
        self._column.addSpacing(theme().px(6))
        self._column.addWidget(self.hidden)
        self._column.addWidget(self.show_them, 0, Qt.AlignmentFlag.AlignLeft)
        self.show_them.hide()
        self.faults = Button("", kind="link", dense=True)
        self.faults.setToolTip("What of the directory's list could not be used")
        self.faults.clicked.connect(self.faults_asked)
        self._column.addStretch(1)
        self._column.addWidget(self.faults, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(Scroll(self._body, "What to look for"))
        self.foot.addWidget(KeyHints(_HINTS))
        self._keys = bind_list(
            self, "services, audit filters", {"Clear all": self.clear_all}, inside=True
        )

    def landing(self) -> QWidget:
        """The words."""
        return self.words

    def _add(self, title: str, widget: QWidget) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, theme().px(5), 0, 0)
        column.setSpacing(theme().px(4))
        column.addWidget(Text(title, "small", weight=600))
        column.addWidget(widget)
        self._column.addWidget(box)
        return box

    def _beside(self, *pairs: tuple[str, QWidget]) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(0, theme().px(5), 0, 0)
        row.setSpacing(theme().px(8))
        for title, widget in pairs:
            column = QVBoxLayout()
            column.setSpacing(theme().px(4))
            column.addWidget(Text(title, "small", weight=600))
            column.addWidget(widget)
            row.addLayout(column, 1)
        self._column.addLayout(row)

    def _places(self) -> None:
        self.within = Choice("Within", _WITHIN)
        self.within.set_value(ANY)
        self.within.chosen.connect(self._told)
        self.origin = LineField("From, a postcode", "A postcode")
        self.origin.typed.connect(lambda _: self._typing.touch())
        self._beside(("Within", self.within), ("From", self.origin))

    def _days(self) -> None:
        days = ((ANY, "Any day"), *((str(i), d) for i, d in enumerate(WEEKDAYS)))
        self.day = Choice("Day", days)
        self.day.set_value(ANY)
        self.day.chosen.connect(self._told)
        self.language = Choice("Language", ((ANY, "Any language"),))
        self.language.set_value(ANY)
        self.language.chosen.connect(self._told)
        self._beside(("Day", self.day), ("Language", self.language))

    def _ticks(self, title: str, named: list[tuple[Reach | Only, str]], kept: dict) -> None:  # type: ignore[type-arg]
        group = BareGroup(title)
        column = QVBoxLayout(group)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for key, words in named:
            tick = Tick(words)
            policy = tick.sizePolicy()
            policy.setHorizontalPolicy(policy.Policy.Expanding)
            tick.setSizePolicy(policy)
            tick.clicked.connect(self._told)
            kept[key] = tick
            column.addWidget(tick)
        self._add(title, group)

    # ---- what is shown -----------------------------------------------------------

    def set_needs(self, needs: tuple[Need, ...]) -> None:
        """The needs of the hub's profile."""
        self.needs.set_options([ChipOption(n.code, n.label) for n in needs])

    def show_family(self, family: Family | None, *, anew: bool) -> None:
        """Whom is helped and from where. `anew` chooses what the factors call for."""
        self._people = family.people if family else ()
        self.people.set_options([ChipOption(p.key, wording.person(p)) for p in self._people])
        self._whom.setVisible(bool(self._people))
        self._age.setVisible(not self._people)
        if anew:
            self.needs.set_values(family.needs if family else ())
            self.people.set_values([p.key for p in self._people])
            self.origin.put("" if family is None or family.is_refuge else family.postcode)

    def show_finding(self, finding: Finding) -> None:
        """How many services there are of each kind, and what the choices hide."""
        for reach, tick in self.ways.items():
            tick.set(right=str(finding.counts.get(reach, 0)))
        for only, tick in self.only.items():
            tick.set(right=str(finding.counts.get(only, 0)))
        self.language.set_options(((ANY, "Any language"), *((w, w) for w in finding.languages)))
        if self.language.value() is None:
            self.language.set_value(ANY)
        self.set_title("Find a service", f"{finding.found.of} in all")
        wrong = sum(len(c.reports) for c in finding.copies)
        self.faults.setVisible(wrong > 0)
        self.faults.set_text(f"{wrong} fault{'' if wrong == 1 else 's'} in the directory's list")
        head, why = wording.hidden_words(finding.found)
        self.hidden.setVisible(bool(head))
        self.show_them.setVisible(bool(head))
        if head:
            self.hidden.show_words(f"{head}.", why)
        unknown = bool(self.origin.text().strip()) and finding.origin is None
        self.origin.set_wrong(unknown)
        self.origin.setToolTip(
            "Where this postcode is, is not known here: distances are not shown." if unknown else ""
        )
        self.origin.setAccessibleDescription(
            "Distance not known from this postcode" if unknown else ""
        )

    # ---- what is wanted ------------------------------------------------------------

    def wanted(self) -> Wanted:
        """What is looked for."""
        within, day, language = self.within.value(), self.day.value(), self.language.value()
        return Wanted(
            words=self.words.text(),
            needs=frozenset(self.needs.values()),
            people=self._wanted_people(),
            within_km=None if within in (None, ANY) else float(within or 0),
            free=self.cost.value() == "free",
            reach=frozenset(r for r, tick in self.ways.items() if tick.isChecked()),
            days=frozenset() if day in (None, ANY) else frozenset({int(day or 0)}),
            language="" if language in (None, ANY) else str(language),
            only=frozenset(o for o, tick in self.only.items() if tick.isChecked()),
            order=self._order,
        )

    def _wanted_people(self) -> tuple[Helped, ...]:
        if self._people:
            chosen = set(self.people.values())
            return tuple(p for p in self._people if p.key in chosen)
        typed = self.age.text().strip()
        if typed.isdecimal() and int(typed) <= _OLDEST:
            years = int(typed)
            return (Helped(key="age", name=f"Aged {years}", age=years, adult=years >= 18),)
        return ()

    def postcode(self) -> str:
        """Where from."""
        return self.origin.text()

    def order(self) -> Order:
        """Which comes first."""
        return self._order

    def set_order(self, order: Order) -> None:
        """Another first."""
        self._order = order
        self.changed.emit()

    def clear_all(self) -> None:
        """Alt R: nothing is left out any more."""
        self.words.put("")
        self.needs.set_values(())
        self.people.set_values(())
        self.age.put("")
        for choice in (self.within, self.day, self.language):
            choice.set_value(ANY)
        self.cost.set_value(ANY)
        for tick in (*self.ways.values(), *self.only.values()):
            tick.setChecked(False)
        self.cleared.emit()
        self.changed.emit()

    def widen(self) -> None:
        """Go further: any distance, any cost, any way, and nothing asked for only."""
        wanted = self.wanted()
        if wanted == replace(wanted, within_km=None, free=False) and not wanted.only:
            self.clear_all()
            return
        self.within.set_value(ANY)
        self.cost.set_value(ANY)
        for tick in (*self.ways.values(), *self.only.values()):
            tick.setChecked(False)
        for choice in (self.day, self.language):
            choice.set_value(ANY)
        self.changed.emit()

    def _told(self, *_: object) -> None:
        self.changed.emit()
