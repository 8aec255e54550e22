"""What was said, what is recorded, who is in the home: as words for the story pane."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from triage.domain.contact import Channel, Contact, Voice
from triage.domain.worker import May
from triage.workflow import naming, reading
from triage.workflow.fact_words import about
from triage.workflow.known import PersonRow
from ui.triage.hidden import HIDDEN, HIDDEN_NAME, HIDDEN_WORDS
from ui.triage.opened import Opened
from ui.widgets.text import Span

LONGEST = 6000
"""Letters shown here; a longer letter is read whole in its original form."""

_QUOTED = re.compile(r"“[^“”]{1,400}”|(?<!\w)\"[^\"]{1,400}\"(?!\w)")
_FULL_LINE = 60
_BEGINS = re.compile(r"\s*([-*•–]\s|\(?\d{1,2}[.)]\s|[A-Z][\w ’']{0,30}:)")
_ANSWER = re.compile(r"^(yes|no)\b\s*[-–—,;:.]\s*(?=\S)", re.IGNORECASE)
_POINT = re.compile(r"\s*([-*•–]|\(?\d{1,2}[.)])\s")
_VOICES = {Voice.CHILD_SAID: "child said", Voice.CALLER_SAW: "seen", Voice.HEARD: "heard"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryView:
    """The left of the middle. `spans` are what was said, the children's own words bold;
    `concerns` are (code, words); `disputed` what somebody says is otherwise."""

    spans: tuple[Span, ...]
    cut: bool
    concerns: tuple[tuple[str, str], ...]
    facts: tuple[str, ...]
    disputed: tuple[str, ...]
    people: tuple[PersonRow, ...]
    address: str
    has_original: bool
    to_confirm: bool
    may_change: bool
    may_move: bool


def story_view(opened: Opened, *, blurred: bool = False) -> StoryView:
    """What a contact tells; `blurred` keeps names and narrative out."""
    contact = opened.view.contact
    words, cut = _said(contact)
    people = opened.view.people
    if blurred:
        people = tuple(
            PersonRow(
                key=p.key,
                name=HIDDEN_NAME,
                who=p.who,
                born=HIDDEN,
                record_words=p.record_words,
                to_check=p.to_check,
                linked=p.linked,
            )
            for p in people
        )
    return StoryView(
        spans=(Span(HIDDEN_WORDS, kind="muted"),) if blurred else words,
        cut=cut and not blurred,
        concerns=tuple(
            (c, naming.concern_label(opened.desk.profile, c)) for c in contact.content.concerns
        ),
        facts=() if blurred else _facts(contact),
        disputed=() if blurred else _disputed(opened),
        people=people,
        address=HIDDEN if blurred else _address(contact),
        has_original=contact.channel not in (Channel.PHONE, Channel.WALK_IN),
        to_confirm=reading.is_to_read(contact) and opened.may(May.SCREEN),
        may_change=opened.may(May.SCREEN) and not blurred,
        may_move=opened.may(May.SCREEN) and not blurred and not contact.content.address.is_refuge,
    )


def _said(contact: Contact) -> tuple[tuple[Span, ...], bool]:
    content = contact.content
    if content.said and not content.concern.known:
        return _lines(contact), False
    whole = content.concern.value if content.concern.known else ""
    if not whole:
        return (Span("Nothing was written about what happened.", kind="muted"),), False
    shown = paragraphs(unwrapped(whole[:LONGEST]))
    if len(whole) > LONGEST:
        shown = f"{shown.rsplit(' ', 1)[0]} …"
    quotes = [f.value for f in content.child_words if f.known and f.value.strip()]
    return with_quotes(shown, quotes), len(whole) > LONGEST


def unwrapped(words: str) -> str:
    """`words` without the breaks that a page's width made: a long line that does not end a
    sentence goes on in the next, unless that one is empty, a point of a list or a label."""
    lines = words.replace("\r\n", "\n").split("\n")
    made = lines[0]
    for before, line in pairwise(lines):
        full = len(before.rstrip()) >= _FULL_LINE and before.rstrip()[-1] not in ".!?:;"
        goes_on = full and line.strip() and not _BEGINS.match(line)
        made = f"{made.rstrip()} {line.lstrip()}" if goes_on else f"{made}\n{line}"
    return made


def paragraphs(words: str) -> str:
    """`words` with an empty line between paragraphs; points of a list stay close."""
    lines = words.split("\n")
    made = lines[0]
    for before, line in pairwise(lines):
        apart = min(len(before), len(line)) >= _FULL_LINE and not _POINT.match(line)
        made = f"{made}\n\n{line}" if apart else f"{made}\n{line}"
    return made


def _lines(contact: Contact) -> tuple[Span, ...]:
    """A call, line by line, with whose words or eyes each comes from."""
    spans: list[Span] = []
    for line in contact.content.said[:200]:
        voice = _VOICES.get(line.voice, "")
        if spans:
            spans.append(Span("\n"))
        if voice:
            spans.append(Span(f"{voice}: ", kind="muted"))
        spans.append(Span(line.words, bold=line.voice is Voice.CHILD_SAID))
    return tuple(spans)


def with_quotes(words: str, quotes: list[str]) -> tuple[Span, ...]:
    """`words` as spans: what stands in quotation marks is bold, and so is each of `quotes`
    wherever its lines break. Quotes that are not in the words are left out."""
    places = [m.span() for m in _QUOTED.finditer(words)]
    for quote in quotes:
        loose = r"\s+".join(re.escape(w) for w in quote.split())
        found = re.search(loose, words) if loose else None
        if found is not None and not any(s <= found.start() < e for s, e in places):
            places.append(found.span())
    spans: list[Span] = []
    done = 0
    for start, end in sorted(places):
        if start < done:
            continue
        spans += [Span(words[done:start]), Span(words[start:end], bold=True)]
        done = end
    spans.append(Span(words[done:]))
    return tuple(s for s in spans if s.text)


def _facts(contact: Contact) -> tuple[str, ...]:
    """What the referrer said of consent and of telling the family, in a few words."""
    content = contact.content
    said: list[str] = []
    if content.family_informed.known:
        words = {"yes": "Family told", "no": "Family not told"}
        why = content.family_informed_reason
        told = words.get(content.family_informed.value, content.family_informed.value)
        said.append(f"{told}: {_reason(why.value)}" if why.known else told)
    if content.consent.known:
        consent = content.consent.value.replace("_", " ")
        why = content.consent_reason
        reason = f": {_reason(why.value)}" if why.known else ""
        said.append(f"Consent {consent}{reason}")
    return tuple(said)


def _disputed(opened: Opened) -> tuple[str, ...]:
    """Each fact that somebody says is otherwise, with what was answered."""
    content = opened.view.contact.content
    if not opened.view.corrections:
        return ()
    return tuple(f"{about(content, c.path)}: {c.told}" for c in opened.view.corrections)


def _reason(words: str) -> str:
    """A reason without the yes or no it was written after, which is said already."""
    return _ANSWER.sub("", words) or words


def _address(contact: Contact) -> str:
    where = contact.content.address
    if where.is_refuge:
        return "Refuge: the address is not shown"
    parts = [f.value for f in (where.line, where.town) if f.known]
    words = ", ".join(parts)
    if where.postcode.known:
        words = f"{words} {where.postcode.value}".strip()
    if where.phone.known:
        words = f"{words} · {where.phone.value}" if words else where.phone.value
    return words or "Address not given"
