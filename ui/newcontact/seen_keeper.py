"""Keeps "Seen before?": searches after a pause, and does what a person says of what was found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Protocol
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from triage.domain.contact import Contact, Content
from triage.domain.lookup import Subject, Verdict, VerdictKind
from triage.workflow import join, match
from triage.workflow.desk import Desk
from ui.errors import sentence
from ui.jobs import Jobs, Token
from ui.newcontact.call_form import CallForm
from ui.newcontact.people_rows import AdultRows, ChildRows
from ui.newcontact.searching import look, places, signature
from ui.newcontact.seen import OpenSeen, RecordSeen, SeenView
from ui.newcontact.seen_pane import SeenPane
from ui.shell.asking import ReasonBox

SEARCH_AFTER_MS = 300
"""How long after the last key the search begins."""


class Owner(Protocol):
    """The screen that has the call."""

    def call(self) -> tuple[Contact, Desk] | None:
        """The call under way and its desk, or None between calls."""

    def content(self) -> Content:
        """Everything typed so far."""

    def when_kept(self, act: Callable[[], object]) -> None:
        """Do something once what was typed is in the store."""

    def window(self) -> QWidget:
        """What boxes open over."""


class SeenKeeper(QObject):
    """Between the call, the pane and the store. `said` has words of what was done,
    `refused` of what was not."""

    said = Signal(str)
    refused = Signal(str)

    def __init__(self, jobs: Jobs, pane: SeenPane, form: CallForm, owner: QWidget) -> None:
        super().__init__(owner)
        self._jobs, self._pane, self._form = jobs, pane, form
        self._owner: Owner = owner  # type: ignore[assignment]  # the screen is both
        self._searched: tuple[object, ...] = ()
        self._looking: Token | None = None
        self._verdicts: dict[tuple[str, str, str], Verdict] = {}
        self._last: Verdict | None = None
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(SEARCH_AFTER_MS)
        self.timer.timeout.connect(self.look)
        pane.join_asked.connect(self._join)
        pane.apart_asked.connect(self._keep_apart)
        pane.take_apart_asked.connect(self._ask_take_apart)
        pane.link_asked.connect(partial(self._judge, VerdictKind.SAME))
        pane.not_same_asked.connect(partial(self._judge, VerdictKind.NOT_SAME))
        pane.unsure_asked.connect(partial(self._judge, VerdictKind.UNSURE))

    def begin(self, desk: Desk) -> None:
        """Another call: nothing was looked for yet."""
        self._searched = ()
        self._verdicts, self._last = {}, None
        self._pane.begin()
        self._pane.show_looking(places(desk))

    def touch(self) -> None:
        """Something was typed."""
        self.timer.start()

    def stop(self) -> None:
        """The call is over."""
        self.timer.stop()
        if self._looking is not None:
            self._looking.cancel()

    def look(self) -> None:
        """Search, unless nothing that matters has changed."""
        call = self._owner.call()
        if call is None:
            return
        contact, desk = call
        content = self._owner.content()
        now = signature(content)
        if now == self._searched:
            return
        self._searched = now
        if self._looking is not None:
            self._looking.cancel()
        self._pane.show_looking(places(desk, looking=bool(_keys(content))))
        for key in _keys(content):
            self._rows(key).show_record(key, "looking", "Looking")
        self._looking = self._jobs.run(
            lambda: look(desk, contact, content), self._found, self._not_found, owner=self
        )

    def look_again(self) -> None:
        """Search whether or not anything changed."""
        self._searched = ()
        self.look()

    def _rows(self, key: str) -> ChildRows | AdultRows:
        return self._form.children_rows if key.startswith("c") else self._form.adult_rows

    def _found(self, view: SeenView) -> None:
        if self._owner.call() is None:
            return
        told = replace(
            view,
            people=tuple(
                (key, name, tuple(self._with_verdict(r) for r in found))
                for key, name, found in view.people
            ),
        )
        self._pane.show_view(told)
        answered = {key: found for key, _, found in told.people}
        content = self._owner.content()
        for key in _keys(content):
            self._show_record(key, answered.get(key))

    def _show_record(self, key: str, found: tuple[RecordSeen, ...] | None) -> None:
        rows = self._rows(key)
        if found is None:
            rows.show_record(key, "little", "Too little")
        elif any(r.verdict is VerdictKind.SAME for r in found):
            rows.show_record(key, "linked", "Linked")
        else:
            left = sum(r.verdict is None for r in found)
            words = f"{left} to check" if left else "No record"
            rows.show_record(key, "check" if left else "none", words)

    def _with_verdict(self, record: RecordSeen) -> RecordSeen:
        verdict = self._verdicts.get(record.id)
        return replace(record, verdict=verdict.kind) if verdict is not None else record

    def _not_found(self, fault: Exception) -> None:
        self._searched = ()
        self._pane.show_problem(sentence(fault))

    def _join(self, seen: OpenSeen) -> None:
        self._with_other(seen, lambda desk, this: join.join(desk, this, seen.contact.id))

    def _keep_apart(self, seen: OpenSeen) -> None:
        self._with_other(seen, lambda desk, this: join.keep_apart(desk, this, seen.contact.id))

    def _ask_take_apart(self, seen: OpenSeen) -> None:
        box = ReasonBox(
            self._owner.window(),
            f"Take this call and {seen.contact.reference} apart?",
            "Both stay whole, as they were before they were joined.",
            (("Joined by mistake", "Joined by mistake"), ("New information", "New information")),
            "Take apart",
            icon="split",
        )

        def given(reason: str, words: str) -> None:
            why = f"{reason}. {words}".strip(". ")
            self._with_other(
                seen, lambda desk, this: join.take_apart(desk, this, seen.contact.id, why)
            )

        box.given.connect(given)
        box.open()

    def _with_other(self, seen: OpenSeen, act: Callable[[Desk, UUID], object]) -> None:
        def go() -> None:
            call = self._owner.call()
            if call is not None:
                contact, desk = call
                self._jobs.run(
                    lambda: act(desk, contact.id),
                    lambda _done: self.look_again(),
                    lambda fault: self._pane.show_problem(sentence(fault)),
                    owner=self,
                    lane="store",
                )

        self._owner.when_kept(go)

    def _judge(self, kind: VerdictKind, record: RecordSeen) -> None:
        call = self._owner.call()
        if call is None or record.id in self._verdicts:
            return
        _contact, desk = call
        if not match.reason_needed(desk, kind):
            self._owner.when_kept(partial(self._say, kind, record, (), ""))
            return
        box = ReasonBox(
            self._owner.window(),
            f"{kind.value.capitalize()}: {record.name}?",
            "It is remembered and shown the next time. It can be undone.",
            tuple((r, r) for r in match.reasons_for(desk, kind)),
            kind.value.capitalize(),
            icon="users",
        )
        box.given.connect(
            lambda reason, words: self._owner.when_kept(
                partial(self._say, kind, record, (reason,), words)
            )
        )
        box.open()

    def _say(
        self, kind: VerdictKind, record: RecordSeen, reasons: tuple[str, ...], words: str
    ) -> None:
        call = self._owner.call()
        if call is None:
            return
        contact, desk = call
        acts = {
            VerdictKind.SAME: match.link,
            VerdictKind.NOT_SAME: match.not_same,
            VerdictKind.UNSURE: match.unsure,
        }
        subject = Subject(contact_id=contact.id, person=record.person)

        def said(verdict: Verdict) -> None:
            self._verdicts[record.id] = self._last = verdict
            self.said.emit(f"{kind.value.capitalize()}: {record.name}. Ctrl Z undoes it.")
            self.look_again()

        self._jobs.run(
            lambda: acts[kind](desk, subject, record.candidate, reasons, words),
            said,
            lambda fault: self._pane.show_problem(sentence(fault)),
            owner=self,
            lane="store",
        )

    def undo(self) -> None:
        """Ctrl Z outside a box: take back the last word on a record, with the reason."""
        verdict, call = self._last, self._owner.call()
        if verdict is None or call is None:
            self.refused.emit("There is nothing to undo.")
            return
        _contact, desk = call
        reasons = desk.profile.verdict_reasons.get("undo", ()) or ("Linked by mistake",)
        box = ReasonBox(
            self._owner.window(),
            "Take this back?",
            "What was said of the record stays readable in the history.",
            tuple((r, r) for r in reasons),
            "Undo",
            icon="undo-2",
        )
        box.given.connect(partial(self._undo, verdict))
        box.open()

    def _undo(self, verdict: Verdict, reason: str, words: str) -> None:
        call = self._owner.call()
        if call is None:
            return
        _contact, desk = call
        why = f"{reason}. {words}".strip(". ")

        def undone(_verdict: Verdict) -> None:
            self._last = None
            self._verdicts = {k: v for k, v in self._verdicts.items() if v.id != verdict.id}
            self.look_again()

        self._jobs.run(
            lambda: match.undo(desk, verdict.id, why),
            undone,
            lambda fault: self._pane.show_problem(sentence(fault)),
            owner=self,
            lane="store",
        )


def _keys(content: Content) -> tuple[str, ...]:
    """Everyone in the call."""
    return (*(c.key for c in content.children), *(a.key for a in content.adults))
