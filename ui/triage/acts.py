"""What can be done with a contact, each with its reason asked first and its undo offered after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from triage.domain.contact import Adult, Child, Contact
from triage.domain.decision import Answer, SavedAnswer
from triage.domain.fact import NOT_SAID, Fact, entered
from triage.domain.lookup import Verdict, VerdictKind
from triage.domain.worker import Worker
from triage.workflow import claims, decide, join, match, people, unsent_facts
from triage.workflow.desk import Desk
from triage.workflow.unsent import Kept
from ui.desk import DeskHolder
from ui.errors import sentence
from ui.jobs import Jobs
from ui.triage.boxes import AddPersonBox, HandOverBox, NewPerson, Reason, ReasonBox
from ui.triage.matches import Card
from ui.widgets.rag import rating_word

T = TypeVar("T")
HERE = "kept here until the hub answers"
AT_ONCE = "Undone at once by the person who did it"
_DONE = {
    VerdictKind.SAME: "{} linked",
    VerdictKind.NOT_SAME: "{} put aside: not the same person",
    VerdictKind.UNSURE: "{} kept as not sure",
}


class Acts(QObject):
    """`done` gives (what was done, what undoes it or None); `failed` a sentence. Both mean that
    what is shown is to be read again. `kept_here` has a contact as it will be once the hub answers,
    and what was done. `corrections_asked` is about the open contact."""

    corrections_asked = Signal()
    done = Signal(str, object)
    failed = Signal(str)
    kept_here = Signal(object, str)

    def __init__(self, holder: DeskHolder, jobs: Jobs, over: QWidget) -> None:
        super().__init__(over)
        self._holder, self._jobs, self._over = holder, jobs, over

    def _run(
        self,
        work: Callable[[], T],
        words: str | Callable[[T], str],
        undo: Callable[[T], Callable[[], None]] | None = None,
    ) -> None:
        def finished(result: T) -> None:
            said = words if isinstance(words, str) else words(result)
            self.done.emit(said, undo(result) if undo else None)

        self._jobs.run(
            work,
            finished,
            lambda fault: self.failed.emit(sentence(fault)),
            owner=self,
            lane="store",
        )

    # ---- who has it -----------------------------------------------------

    def take(self, contact_id: UUID) -> None:
        """T: the contact is with this person."""
        desk = self._holder.current()

        def undo(taken: Contact) -> Callable[[], None]:
            def back() -> None:
                self._run(
                    lambda: claims.release(desk, taken.id, AT_ONCE),
                    f"{taken.reference} put back",
                )

            return back

        self._run(
            lambda: claims.claim(desk, contact_id), lambda c: f"{c.reference} is with you", undo
        )

    def take_over(self, contact_id: UUID, reference: str, held_by: str, words: str) -> None:
        """Ask why, then take it from whoever has it; `words` say who does, and since when."""
        desk = self._holder.current()
        box = ReasonBox(
            self._over,
            f"Take over {reference}",
            f"{words} They will see that you have it, and why. Its clock keeps running.",
            "Take it over",
        )

        def go(reason: Reason) -> None:
            self._run(
                lambda: claims.take_over(desk, contact_id, held_by, reason.why),
                f"{reference} is with you now",
            )

        box.given.connect(go)
        box.open()

    def hand_over(self, contact_id: UUID, reference: str) -> None:
        """O: ask to whom and why, then give it to them."""
        desk = self._holder.current()

        def ask(everyone: tuple[Worker, ...]) -> None:
            box = HandOverBox(self._over, f"Hand over {reference}", everyone, desk.worker.id)
            names = {w.id: w.name for w in everyone}

            def go(to: str, reason: Reason) -> None:
                self._run(
                    lambda: claims.hand_over(desk, contact_id, to, reason.why),
                    f"{reference} handed over to {names[to]}",
                )

            box.given.connect(go)
            box.open()

        self._jobs.run(
            lambda: people.workers(desk),
            ask,
            lambda fault: self.failed.emit(sentence(fault)),
            owner=self,
        )

    def ask_and_do(
        self, title: str, button: str, act: Callable[[Desk, str], Contact], words: str
    ) -> None:
        """Ask why, then do it; nothing is deleted by any of these."""
        desk = self._holder.current()
        box = ReasonBox(self._over, title, "It is kept with what you do.", button)
        box.given.connect(lambda reason: self._run(lambda: act(desk, reason.why), words))
        box.open()

    # ---- records --------------------------------------------------------

    def judge(self, card: Card, kind: VerdictKind) -> None:
        """L, X, U: a person's word on a record, with the reason where the profile wants one."""
        desk = self._holder.current()
        if not match.reason_needed(desk, kind):
            self._judge(card, kind, Reason(reasons=(), words=""))
            return
        titles = {
            VerdictKind.SAME: f"Link {card.name}",
            VerdictKind.NOT_SAME: f"{card.name} is not the same person",
            VerdictKind.UNSURE: f"Not sure about {card.name}",
        }
        box = ReasonBox(
            self._over,
            titles[kind],
            "It is remembered, and shown the next time. It can be undone.",
            kind.value[:1].upper() + kind.value[1:],
            match.reasons_for(desk, kind),
        )
        box.given.connect(lambda reason: self._judge(card, kind, reason))
        box.open()

    def _judge(self, card: Card, kind: VerdictKind, reason: Reason) -> None:
        desk = self._holder.current()
        act = {
            VerdictKind.SAME: match.link,
            VerdictKind.NOT_SAME: match.not_same,
            VerdictKind.UNSURE: match.unsure,
        }[kind]

        def undo(verdict: Verdict) -> Callable[[], None]:
            def back() -> None:
                self._run(lambda: match.undo(desk, verdict.id, AT_ONCE), "Undone")

            return back

        self._run(
            lambda: act(desk, card.subject, card.candidate, reason.reasons, reason.words),
            _DONE[kind].format(card.name),
            undo,
        )

    def undo_verdict(self, card: Card) -> None:
        """Take back what was said of a record, with the reason."""
        verdict, desk = card.verdict, self._holder.current()
        if verdict is None:
            return
        box = ReasonBox(
            self._over,
            f"Undo: {card.said}",
            "What was said stays readable. What the link brought in is taken out again.",
            "Undo",
            desk.profile.verdict_reasons.get("undo", ()),
        )
        box.given.connect(
            lambda reason: self._run(lambda: match.undo(desk, verdict.id, reason.why), "Undone")
        )
        box.open()

    # ---- rating ---------------------------------------------------------

    def rated(self, contact_id: UUID, saved: SavedAnswer, before: Answer | None) -> None:
        """The form gave a rating: say so, and offer the one before."""
        desk, value = self._holder.current(), saved.value
        if not isinstance(value, str) or not value:
            return

        def back() -> None:
            was = before if isinstance(before, str) else ""
            self._run(
                lambda: decide.save_answer(desk, contact_id, "rating", was, saved.version),
                f"Rated {rating_word(was)} again" if was else "Rating taken away",
            )

        self.done.emit(f"Rated {rating_word(value)}", back)

    # ---- contacts that belong together ----------------------------------

    def join(self, contact_id: UUID, other: UUID) -> None:
        """J: put two contacts together."""
        desk = self._holder.current()

        def undo(_pair: object) -> Callable[[], None]:
            def back() -> None:
                self._run(
                    lambda: join.take_apart(desk, contact_id, other, AT_ONCE), "Taken apart again"
                )

            return back

        self._run(
            lambda: join.join(desk, contact_id, other),
            lambda pair: f"{pair[0].reference} and {pair[1].reference} joined",
            undo,
        )

    def keep_apart(self, contact_id: UUID, other: UUID) -> None:
        """K: they don't belong together, and it is not suggested again."""
        desk = self._holder.current()
        self._run(lambda: join.keep_apart(desk, contact_id, other), "Kept apart")

    def take_apart(self, contact_id: UUID, other: UUID) -> None:
        """Undo a join, with the reason."""
        desk = self._holder.current()
        box = ReasonBox(
            self._over,
            "Take these two apart",
            "Both contacts stay as they are.",
            "Take apart",
        )
        box.given.connect(
            lambda reason: self._run(
                lambda: join.take_apart(desk, contact_id, other, reason.why), "Taken apart"
            )
        )
        box.open()

    # ---- people ---------------------------------------------------------

    def add_person(self, contact: Contact) -> None:
        """Ask who, and add them to the contact."""
        box = AddPersonBox(self._over)
        box.given.connect(lambda person: self._add(contact, person))
        box.open()

    def _add(self, contact: Contact, person: NewPerson) -> None:
        desk = self._holder.current()
        now, by = desk.now(), desk.worker.id

        def fact(value: str) -> Fact:
            return entered(value, by=by, at=now) if value else NOT_SAID

        name = f"{person.given} {person.family}".strip()

        def work() -> Kept[Contact]:
            if person.child:
                child = Child(
                    key="",
                    given=fact(person.given),
                    family=fact(person.family),
                    dob=fact(person.born),
                )
                return unsent_facts.add_person(desk, contact, child)
            adult = Adult(key="", name=fact(name), dob=fact(person.born))
            adult = replace(adult, relationship=fact(person.relationship))
            return unsent_facts.add_person(desk, contact, adult)

        def added(kept: Kept[Contact]) -> None:
            if kept.here:
                self.kept_here.emit(kept.value, f"{name} added, {HERE}")
            else:
                self.done.emit(f"{name} added", None)

        self._jobs.run(
            work,
            added,
            lambda fault: self.failed.emit(sentence(fault)),
            owner=self,
            lane="store",
        )
