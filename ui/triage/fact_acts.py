"""Putting facts, concerns and who may know right, from the open contact; each can be undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QWidget

from triage.domain.contact import Contact
from triage.domain.fact import Fact, FactState
from triage.workflow import concerns, fields, naming, screen, unsent_facts
from triage.workflow.desk import Desk
from triage.workflow.screen import FactConflict
from ui.desk import DeskHolder
from ui.errors import sentence
from ui.jobs import Jobs
from ui.shell.asking import ConflictBox
from ui.triage.acts import Acts
from ui.triage.fact_boxes import ONE_ANSWER, Changes, FactsBox, label_of, shown_fact
from ui.triage.header import spell_moment
from ui.triage.opened import Opened
from ui.widgets.menu import Menu

_SEARCHED = frozenset({"given", "family", "name", "dob", "sex", "nhs_number", "postcode", "line"})


@dataclass(frozen=True, slots=True)
class _Saved:
    """What was kept of some changes: the contact, the paths, who else changed the rest, and
    whether any is on this desk only."""

    contact: Contact
    paths: tuple[str, ...]
    conflicts: tuple[FactConflict, ...]
    here: bool


class FactActs(QObject):
    """Says what was done through `acts`; `searched_by` when a fact that partners are searched by
    is another now; `kept_here` has the contact and what was done while the hub is away."""

    searched_by = Signal()
    kept_here = Signal(object, str)

    def __init__(self, holder: DeskHolder, jobs: Jobs, acts: Acts, over: QWidget) -> None:
        super().__init__(over)
        self._holder, self._jobs, self._acts, self._over = holder, jobs, acts, over
        self._settling = False

    # ---- facts ------------------------------------------------------------

    def put_right(self, opened: Opened, person: str) -> FactsBox:
        """Ask for the facts of a person, or with "" of the address, and keep what differs."""
        desk, contact = self._holder.current(), opened.view.contact
        box = FactsBox(
            self._over.window(),
            contact.content,
            person,
            by=desk.worker.id,
            at=desk.now(),
            today=opened.today,
            spell=partial(_spelt, opened),
        )
        box.given.connect(lambda changes: self._keep(desk, contact, changes))
        box.open()
        return box

    def _keep(self, desk: Desk, base: Contact, changes: Changes) -> None:
        def work() -> _Saved:
            saved, seen, here, kept, met = base, base, False, [], []
            for path, fact in changes.facts.items():
                try:
                    was = unsent_facts.change_fact(desk, seen, path, fact)
                    saved = was.value
                    if was.here:
                        seen, here = was.value, True
                    kept.append(path)
                except FactConflict as conflict:
                    met.append(conflict)
            return _Saved(saved, tuple(kept), tuple(met), here)

        def done(saved: _Saved) -> None:
            if saved.here:
                words = f"{_told(changes, saved)}. It is kept here until the hub answers."
                self.kept_here.emit(saved.contact, words)
            elif saved.paths:
                self._acts.done.emit(_told(changes, saved), self._undo(desk, base, saved))
                if any(p.rpartition(".")[2] in _SEARCHED for p in saved.paths):
                    self.searched_by.emit()
            self._ask_next(desk, changes.who, saved.contact, saved.conflicts)

        self._run(work, done)

    def _undo(self, desk: Desk, base: Contact, saved: _Saved) -> Callable[[], None]:
        def work() -> None:
            for path in saved.paths:
                before = fields.fact_at(base.content, path)
                screen.change_fact(desk, saved.contact, path, before or Fact())

        return lambda: self._run(work, lambda _: self._acts.done.emit("Put back", None))

    def settle(self, opened: Opened) -> None:
        """Show what was typed of this contact while the hub was away and somebody else changed."""
        desk, contact = self._holder.current(), opened.view.contact
        met = unsent_facts.met(desk, contact.id)
        if met and not self._settling:
            self._settling = True
            self._ask_next(desk, contact.reference, contact, met)

    def _ask_next(
        self, desk: Desk, who: str, contact: Contact, conflicts: Sequence[FactConflict]
    ) -> None:
        if not conflicts:
            self._settling = False
            return
        met, *others = conflicts
        box = ConflictBox(
            self._over.window(),
            f"“{label_of(met.path)}” of {who}",
            ("Yours", shown_fact(met.path, met.yours)),
            ("Theirs", shown_fact(met.path, met.theirs)),
            met.who,
        )

        def settle(kept: str) -> None:
            if kept == "theirs":
                unsent_facts.give_way(desk, contact.id, met.path)
                self._acts.done.emit(f"{met.who}’s answer stays", None)
                self._ask_next(desk, who, contact, others)
                return

            def work() -> Contact:
                now = screen.look_again(desk, contact.id).contact
                chosen = met.yours if kept == "mine" else _both(met)
                return unsent_facts.change_fact(desk, now, met.path, chosen).value

            def done(now: Contact) -> None:
                words = "Yours is kept" if kept == "mine" else "Both are kept"
                self._acts.done.emit(words, None)
                self._ask_next(desk, who, now, others)

            self._run(work, done)

        box.kept.connect(settle)
        box.open()

    # ---- concerns -----------------------------------------------------------

    def offer_concerns(self, opened: Opened, below: QWidget) -> Menu:
        """A menu of the profile's concerns that are not named yet."""
        menu = Menu(below, "Add a concern")
        named = opened.view.contact.content.concerns
        for code in opened.desk.profile.codes_on("concerns", opened.today):
            if code.code not in named:
                action = menu.addAction(code.label.replace("&", "&&"))
                action.triggered.connect(partial(self._add_concern, opened, code.code))
        menu.popup(below.mapToGlobal(QPoint(0, below.height())))
        return menu

    def _add_concern(self, opened: Opened, code: str, _checked: bool = False) -> None:
        words = f"“{naming.concern_label(opened.desk.profile, code)}” added"
        self._name(opened, (*opened.view.contact.content.concerns, code), words)

    def take_off_concern(self, opened: Opened, code: str) -> None:
        """Take a concern off; Undo puts it back where it stood."""
        words = f"“{naming.concern_label(opened.desk.profile, code)}” taken off"
        held = opened.view.contact.content.concerns
        self._name(opened, tuple(c for c in held if c != code), words)

    def _name(self, opened: Opened, named: Sequence[str], words: str) -> None:
        desk, contact = self._holder.current(), opened.view.contact
        before = contact.content.concerns

        def back() -> None:
            self._run(
                lambda: concerns.name_concerns(desk, contact.id, before),
                lambda _: self._acts.done.emit("Put back", None),
            )

        self._run(
            lambda: concerns.name_concerns(desk, contact.id, named),
            lambda _: self._acts.done.emit(words, back),
        )

    def _run(self, work: Callable[[], object], done: Callable[..., None]) -> None:
        self._jobs.run(
            work,
            done,
            lambda fault: self._acts.failed.emit(sentence(fault)),
            owner=self,
            lane="store",
        )


def _told(changes: Changes, saved: _Saved) -> str:
    if len(saved.paths) == 1:
        return f"{changes.who}: “{label_of(saved.paths[0])}” put right"
    return f"{changes.who}: {len(saved.paths)} facts put right"


def _both(met: FactConflict) -> Fact:
    """Both answers in one fact: side by side where they are words, else theirs with yours as the
    other reading, to be checked by a person."""
    yours, theirs = met.yours, met.theirs
    if theirs is None or not theirs.known:
        return yours
    if not yours.known or yours.value == theirs.value:
        return theirs
    if met.path.rpartition(".")[2] in ONE_ANSWER:
        note = f"Two people gave different answers: {shown_fact(met.path, yours)} is the other."
        return replace(
            theirs, state=FactState.TO_CHECK, alternatives=(yours.value,), note=note, by=yours.by
        )
    return replace(yours, value=f"{theirs.value}; {yours.value}")


def _spelt(opened: Opened, fact: Fact) -> str:
    """Where a fact comes from, in a few words."""
    if fact.by and fact.at is not None:
        who = opened.names.get(fact.by, fact.by)
        return f"{who}, {spell_moment(opened, fact.at)}"
    if not fact.known:
        return ""
    return "To check" if fact.state is FactState.TO_CHECK else "As it was read"
