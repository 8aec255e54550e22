"""What the screen reads of a contact in one go, off the window's thread."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from triage.domain.contact import Contact
from triage.domain.decision import Answer, VersionState
from triage.domain.profile import Code
from triage.domain.spelling import spell_moment
from triage.domain.worker import May, Worker
from triage.workflow import decide, naming, opening, screen, unsent
from triage.workflow.checks import left_out
from triage.workflow.desk import Desk
from triage.workflow.happened import Look
from triage.workflow.join import SuggestedPair
from triage.workflow.opening import Opening
from triage.workflow.screen import ContactView
from ui.allowed import offered
from ui.triage.parts.values import DecisionPaneView, SignedState


@dataclass(frozen=True, slots=True)
class Rating:
    """The rating that stands, and who gave it, by id and name; "" for nobody here."""

    code: str = ""
    by: str = ""
    who: str = ""

    def is_others(self, value: Answer, me: str) -> bool:
        """Whether `value` would change what somebody else than `me` gave."""
        return bool(self.code) and value != self.code and self.by not in ("", me)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A contact with all that is shown beside it, as it stood at event `view.seq`.

    `partner_names` are what people call the partners; `names` those who work here, by id.
    """

    view: ContactView
    pairs: tuple[SuggestedPair, ...]
    form: DecisionPaneView
    names: dict[str, str]
    partner_names: dict[str, str]
    desk: Desk
    now: datetime

    @property
    def contact_id(self) -> UUID:
        """Whose."""
        return self.view.contact.id

    @property
    def today(self) -> date:
        """The day at the hub."""
        return naming.local_day(self.desk.profile, self.now)

    def rating(self) -> Rating:
        """The rating that stands."""
        by = self.view.rated_by
        return Rating(self.view.contact.rating or "", by, self.names.get(by, by))

    def may(self, act: May) -> bool:
        """Whether this person may do that to the contact as it stands."""
        return not self.view.read_only_why and self.desk.worker.may(act)

    def may_look_up(self) -> bool:
        """Whether this person may have partners asked about the contact as it stands."""
        return not self.view.read_only_why and offered(self.desk.worker, "Look up at partners")

    def local(self, moment: datetime) -> datetime:
        """A moment by the hub's own clock."""
        return moment.astimezone(ZoneInfo(self.desk.profile.working_time.zone))


def open_contact(desk: Desk, contact_id: UUID) -> Opened:
    """Read a contact that is being opened; that it was looked at is recorded."""
    return _opened(desk, opening.open_whole(desk, contact_id))


def look_again(desk: Desk, contact_id: UUID, looked: Look | None) -> Opened:
    """Read a contact that is open already; nothing is recorded. `looked` as at its opening."""
    return _opened(desk, opening.look_again(desk, contact_id, looked))


def kept_here(opened: Opened, contact: Contact) -> Opened:
    """An open contact as it will be once the hub has what is kept of it on this computer, and the
    decision with it."""
    desk = opened.desk
    view = screen.with_contact(opened.view, contact, opened.today)
    draft = unsent.laid_over(desk, opened.form.draft)
    meter = decide.completeness(desk, view, draft)
    names = {p.key: p.name for p in view.people}
    form = replace(
        opened.form,
        contact=contact,
        draft=draft,
        completeness=meter,
        left_out=left_out(desk, contact, view.results, names),
    )
    return replace(opened, view=view, form=form)


def _opened(desk: Desk, found: Opening) -> Opened:
    view, now = found.view, desk.now()
    draft = unsent.laid_over(desk, found.draft)
    form = DecisionPaneView(
        profile=desk.profile,
        draft=draft,
        contact=view.contact,
        completeness=decide.completeness(desk, view, draft),
        left_out=left_out(desk, view.contact, view.results, {p.key: p.name for p in view.people}),
        today=naming.local_day(desk.profile, now),
        repeat_contacts=view.repeat,
        results=view.results,
        awaited=view.awaited,
        deciders=_deciders(found.workers),
        names={w.id: w.name for w in found.workers},
        read_only_why=view.read_only_why or _may_not(desk),
        signed=_signed(desk, view),
        returned=_returned(view),
    )
    return Opened(
        view=view,
        pairs=found.pairs,
        form=form,
        names=dict(form.names),
        partner_names={p: desk.partner_name(p) for p in desk.partners},
        desk=desk,
        now=now,
    )


def _deciders(everyone: tuple[Worker, ...]) -> tuple[Code, ...]:
    # Kept as words, since the decision must read the same when somebody has left the hub.
    said = [f"{w.name}, {w.job[:1].lower()}{w.job[1:]}" for w in everyone if w.may(May.SIGN)]
    return tuple(Code(code=words, label=words) for words in said)


def _may_not(desk: Desk) -> str:
    if desk.worker.may(May.PROPOSE):
        return ""
    return f"Your role, {desk.worker.job}, reads decisions and does not write them."


def _signed(desk: Desk, view: ContactView) -> SignedState | None:
    signed = [v for v in view.versions if v.state is VersionState.SIGNED]
    if not signed or not view.read_only_why:
        return None
    last = signed[-1]
    at = last.signed_at or last.proposed_at
    local = at.astimezone(ZoneInfo(desk.profile.working_time.zone))
    return SignedState(by=last.signer_name, at=spell_moment(local))


def _returned(view: ContactView) -> tuple[str, str] | None:
    if view.read_only_why or not view.versions:
        return None
    last = view.versions[-1]
    if last.state is not VersionState.RETURNED:
        return None
    return last.signer_name or "The team leader", last.comment
