"""A form as it stands, with everything the screen says about it; made off the window's thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from PySide6.QtGui import QImage

from triage.domain import clock
from triage.domain.clock import ClockState
from triage.domain.contact import Channel, Contact, ContactState
from triage.domain.fact import Fact, FactState, Unknown
from triage.domain.spelling import spell_short_day
from triage.workflow import join, naming, reading, unsent_facts
from triage.workflow.desk import Desk
from triage.workflow.fact_words import shown
from triage.workflow.join import SuggestedPair
from triage.workflow.reading import ReadingView
from triage.workflow.unsent import Kept
from ui.printing.sheets import SMALL, Sheet, in_small
from ui.reading.facts import FactRow, Mark, marks_of, rows_of

PAGE_WIDTH = 1500
"""Device pixels across a page's picture."""

_CHANNELS = {
    Channel.EMAIL: "E-mail",
    Channel.PHONE: "Phone note",
    Channel.FORM: "Form",
    Channel.PORTAL: "Portal form",
    Channel.BATCH: "Row of a batch",
    Channel.WALK_IN: "Walk-in note",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form as it stands, with everything the screen says about it."""

    view: ReadingView
    pairs: tuple[SuggestedPair, ...]
    marks: tuple[Mark, ...]
    rows: tuple[FactRow, ...]
    readings: dict[str, tuple[str, ...]]
    leading: ClockState | None
    line: str
    state: str


def emptied(desk: Desk, contact: Contact, *, path: str) -> Kept[Contact]:
    """A fact that was emptied by hand is not known; it is never left as an empty word."""
    gone = Fact(
        unknown=Unknown.NOT_KNOWN, state=FactState.ENTERED, by=desk.worker.id, at=desk.now()
    )
    return unsent_facts.change_fact(desk, contact, path, gone)


def page_picture(data: bytes, page: int) -> tuple[Sheet, ...]:
    """One page large, to be read; off the window's thread. Raises UnreadableError."""
    return _sheets(data, [page], PAGE_WIDTH)


def small_pictures(data: bytes, pages: Sequence[int]) -> tuple[Sheet, ...]:
    """Pages in small; off the window's thread. Raises UnreadableError."""
    return _sheets(data, pages, SMALL)


def _sheets(data: bytes, pages: Sequence[int], width: int) -> tuple[Sheet, ...]:
    found = []
    for page in reading.draw_pages(data, pages, width):
        rgb32 = QImage.Format.Format_RGB32
        image = QImage(page.pixels, page.width, page.height, page.stride, rgb32).copy()
        found.append(Sheet(page.number, image, in_small(image), words=(), marks=()))
    return tuple(found)


def read_form(
    desk: Desk, view: ReadingView, pairs: tuple[SuggestedPair, ...] | None = None
) -> Form:
    """Work out what the screen says of a form; off the window's thread. `pairs` are those read
    before, where they can't be read now."""
    now, profile = desk.now(), desk.profile
    contact = view.contact
    today = naming.local_day(profile, now)
    marks = marks_of(view)
    at = contact.received_at.astimezone(ZoneInfo(profile.working_time.zone))
    day = "today" if at.date() == today else spell_short_day(at)
    pages = max((len(p.pages) for p in view.draft.parts), default=1) if view.draft else 1
    kind = _CHANNELS[contact.channel]
    paper = f"{kind}, {pages} pages" if pages > 1 else kind
    name = f" · {view.originals[0].name}" if view.originals else ""
    to_read = reading.is_to_read(contact) and contact.state is ContactState.RECEIVED
    return Form(
        view=view,
        pairs=join.suggestions(desk, contact.id) if pairs is None else pairs,
        marks=marks,
        rows=rows_of(view, profile, today, marks),
        readings={
            t.path: tuple(shown(profile, t.path, c) for c in t.choices)
            for t in view.todo
            if t.kind == "check"
        },
        leading=clock.leading(clock.clocks(profile, contact, now)),
        line=(
            f"{contact.reference} · {paper} · arrived {day} {at:%H:%M} "
            f"from {naming.source(contact, profile)}{name}"
        ),
        state="draft, not yet a contact" if to_read else "already a contact",
    )
