"""The strip above a call: what it is, how long it has run, what is kept, and its clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QWidget

from triage.domain.clock import ClockState
from triage.domain.contact import Contact, Content
from triage.domain.profile import ClockRule, ClockUnit, Profile
from ui.widgets.chips import FactChip
from ui.widgets.strip import WorkStrip
from ui.widgets.text import Text

_UNITS = {
    ClockUnit.ELAPSED: ("hour", "hours"),
    ClockUnit.WORKING_HOURS: ("working hour", "working hours"),
    ClockUnit.WORKING_DAYS: ("working day", "working days"),
}


class CallHeader(WorkStrip):
    """Says that the clock runs, and that everything typed is kept."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.call = FactChip("", "info", "phone-call")
        self.kept = FactChip("", "ok", "check")
        title = Text("New contact by phone", "title")
        super().__init__(title, (self.call, self.kept), 10, parent)
        self.kept.hide()

    def begin(self, contact: Contact, taken_by: str, profile: Profile) -> None:
        """A call has begun, or is gone on with."""
        at = _local(contact.received_at, profile)
        self.line.set_text(
            f"Call taken by {taken_by} · rang at {at} · "
            "you can stop at any moment, everything typed is kept"
        )
        self.clock.set(f"Clock started {at}")
        self.rule.set_text(target_words(profile))
        self.kept.hide()
        self.show_content(contact, contact.content)

    def show_content(self, contact: Contact, content: Content) -> None:
        """Whom the call is about, as far as it is known."""
        about = about_words(content)
        words = f"{contact.reference} · about {about}" if about else contact.reference
        self.beside.set_text(words)

    def show_time(self, contact: Contact, now: datetime, leading: ClockState | None) -> None:
        """How long the call has run; a clock that presses says so."""
        minutes = max(0, int((now - contact.received_at) / timedelta(minutes=1)))
        self.call.set(f"On the call {minutes} min", "info", "phone-call")
        if leading is not None and leading.state in ("soon", "over"):
            self.clock.set(leading.words, leading.state)

    def show_kept(self, words: str, *, safe: bool = True) -> None:
        """When it was last kept, or that it could not be."""
        self.kept.set(words, "ok" if safe else "danger", "check" if safe else "circle-alert")
        self.kept.show()


def about_words(content: Content) -> str:
    """The children, as one says them: "Ruby and Noah Castell"."""
    known = [c for c in content.children if c.given.known]
    if not known:
        return ""
    families = {c.family.value for c in known if c.family.known}
    last = next(iter(families)) if len(families) == 1 else ""
    names = [c.given.value if last else c.name for c in known]
    said = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{said} {last}".strip()


def target_words(profile: Profile) -> str:
    """The targets that run from now: "4 working hours until rated; Red makes it 4 hours"."""
    by_rating = {rule.rating: rule for rule in profile.clocks if rule.start == "received"}
    parts = []
    if "unrated" in by_rating:
        parts.append(f"{_span(by_rating['unrated'])} until rated")
    if "red" in by_rating:
        parts.append(f"Red makes it {_span(by_rating['red'])}")
    return "; ".join(parts)


def _span(rule: ClockRule) -> str:
    one, many = _UNITS[rule.unit]
    amount = f"{rule.amount:g}"
    return f"{amount} {one if rule.amount == 1 else many}"


def _local(at: datetime, profile: Profile) -> str:
    return f"{at.astimezone(ZoneInfo(profile.working_time.zone)):%H:%M}"
