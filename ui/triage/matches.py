"""Which records may be this person, and what the evidence is: as words for the match pane."""

from __future__ import annotations

from dataclasses import dataclass, replace

from triage.domain.lookup import (
    Candidate,
    EvidenceRow,
    LookupResult,
    Subject,
    Verdict,
    VerdictKind,
)
from triage.domain.settling import all_left_open
from triage.domain.spelling import spell_day, spell_short_day
from triage.domain.worker import May
from triage.workflow import partner_words
from triage.workflow.known import TO_CHECK, standing
from ui.triage.hidden import HIDDEN, HIDDEN_NAME, HIDDEN_WORDS
from ui.triage.opened import Opened
from ui.weighed import KINDS, parts_of, sentence_of, taken_off
from ui.widgets.evidence import EvidenceKind, Weighed
from ui.widgets.text import Span

FIELDS = {
    "name": "Name",
    "dob": "Born",
    "address": "Address",
    "postcode": "Postcode",
    "school": "School",
    "mother": "Mother",
    "phone": "Phone",
    "nhs_number": "NHS no.",
    "siblings": "Siblings",
    "upn": "UPN",
    "sex": "Sex",
    "gp": "GP",
}
"""Fields of the card's table, in the order shown, with their words."""

OWN = "hub"
SHARED = "Shared at home: not counted"
_SHOWN_FIELDS = 8
_LEAST_CARDS = 3
_MOST_CARDS = 6
_SAID = {
    VerdictKind.SAME: "Linked",
    VerdictKind.NOT_SAME: "Not the same",
    VerdictKind.UNSURE: "Not sure",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One field: what the contact says, what the record says, and what that is worth."""

    field: str
    left: str
    right: str
    kind: EvidenceKind
    differs_left: tuple[tuple[int, int], ...] = ()
    differs_right: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One record. `said` is what a person said of it here, "" while nobody did; `notes` are
    guards and what was said of it elsewhere."""

    subject: Subject
    candidate: Candidate
    name: str
    line: str
    band: str
    sentence: str
    counts: tuple[Span, ...]
    parts: tuple[Weighed, ...]
    rows: tuple[Compared, ...]
    said: str
    verdict: Verdict | None
    notes: tuple[str, ...]

    @property
    def key(self) -> tuple[str, str]:
        """Which record."""
        return self.candidate.record.partner, self.candidate.record.record_id


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchView:
    """The records of one person. `looked` says where was searched; `problems` what did not
    answer, so that nothing found does not read as nothing there; `settling` what would tell
    which record it is."""

    person: str
    first_name: str
    cards: tuple[Card, ...]
    more: int
    looked: str
    problems: tuple[str, ...]
    settling: tuple[str, ...]
    searched: bool
    may_act: bool


def match_view(opened: Opened, person: str, *, blurred: bool = False) -> MatchView:
    """What was found for a person; `blurred` keeps names out."""
    view = opened.view
    mine = [r for r in view.results if r.subject.person == person]
    judged = standing(view.verdicts)
    found = sorted(((r, c) for r in mine for c in r.candidates), key=_nearness)
    said = {(r.partner, c.record.record_id) for r, c in found} & {
        (partner, record) for key, partner, record in judged if key == person
    }
    near = [
        (r, c) for r, c in found if c.band in TO_CHECK or (r.partner, c.record.record_id) in said
    ]
    shown = _one_of_our_own(near, said)
    rest = [rc for rc in found if rc not in near]
    shown = [*shown, *rest[: max(0, _LEAST_CARDS - len(near))]][:_MOST_CARDS]
    cards = [_card(opened, person, r, c, judged) for r, c in shown]
    # What waits for a word comes first; then the records linked; then those put aside.
    cards.sort(key=lambda card: {"": 0, "Linked": 0, "Not sure": 1}.get(_first(card.said), 2))
    if blurred:
        cards = [_hidden(card) for card in cards]
    row = next((p for p in view.people if p.key == person), None)
    name = row.name if row else ""
    return MatchView(
        person=person,
        first_name=HIDDEN_NAME if blurred else name.split(" ")[0],
        cards=tuple(cards),
        more=sum(1 for rc in near if rc not in shown),
        looked=partner_words.looked(opened.desk, mine),
        problems=partner_words.problems(opened.desk, mine),
        settling=all_left_open(mine, judged.values(), opened.partner_names),
        searched=bool(mine),
        may_act=opened.may(May.LINK),
    )


Found = tuple[LookupResult, Candidate]
_BANDS = ("Very likely", "Likely", "Possible", "Unlikely")


def _nearness(found: Found) -> tuple[int, bool, float]:
    """By band; records of partners before our own earlier contacts; by score."""
    result, candidate = found
    band = candidate.band
    at = _BANDS.index(band) if band in _BANDS else len(_BANDS)
    return at, result.partner == OWN, -candidate.score


def _one_of_our_own(near: list[Found], said: set[tuple[str, str]]) -> list[Found]:
    """Of our own earlier contacts only the nearest that nobody has judged, and those judged:
    they stand in the chronology anyhow, and Compare shows them all."""
    kept: list[Found] = []
    own = False
    for result, candidate in near:
        judged = (result.partner, candidate.record.record_id) in said
        if result.partner == OWN and not judged:
            if own:
                continue
            own = True
        kept.append((result, candidate))
    return kept


def _first(said: str) -> str:
    return next((words for words in _SAID.values() if said.startswith(words)), "")


def _card(
    opened: Opened,
    person: str,
    result: LookupResult,
    candidate: Candidate,
    judged: dict[tuple[str, str, str], Verdict],
) -> Card:
    record = candidate.record
    verdict = judged.get((person, result.partner, record.record_id))
    fields = record.fields
    name = " ".join(w for w in (fields.get("given", ""), fields.get("family", "")) if w)
    of_person = [r for r in opened.view.results if r.subject.person == person]
    rows = _rows(candidate)
    return Card(
        subject=Subject(contact_id=opened.contact_id, person=person),
        candidate=candidate,
        name=name or "Name not held",
        line=partner_words.line(opened.desk, result, candidate),
        band=candidate.band,
        sentence=sentence_of(candidate),
        counts=_counts(rows, taken_off=taken_off(candidate)),
        parts=parts_of(candidate),
        rows=rows,
        said=_said(opened, verdict),
        verdict=verdict,
        notes=(
            *partner_words.warnings(of_person, candidate),
            *candidate.notes,
            *candidate.guards,
            *_elsewhere(opened, result.partner, record.record_id),
        ),
    )


def _rows(candidate: Candidate) -> tuple[Compared, ...]:
    by_field = {e.field: e for e in candidate.compared}
    rows: list[EvidenceRow] = [
        by_field[name]
        for name in FIELDS
        if name in by_field and (by_field[name].left or by_field[name].right)
    ]
    return tuple(
        Compared(
            field=FIELDS[e.field],
            left=e.left or "Not given",
            right=e.right or "Not held",
            kind=KINDS[e.level],
            differs_left=e.differs_left,
            differs_right=e.differs_right,
        )
        for e in _worth_showing(rows)
    )


def _worth_showing(rows: list[EvidenceRow]) -> list[EvidenceRow]:
    """The first rows, and every one that speaks against it."""
    against = [r for r in rows if r.level == "different"]
    others = [r for r in rows if r.level != "different"][: max(0, _SHOWN_FIELDS - len(against))]
    return [r for r in rows if r in against or r in others]


def _counts(rows: tuple[Compared, ...], *, taken_off: bool) -> tuple[Span, ...]:
    """ "Main fields: 4 same, 2 close, 1 different, 1 missing", what there is none of left out;
    and whether the bar leaves out what is shared at home."""
    spans = [Span("Main fields: ")]
    for kind in ("same", "close", "different", "missing"):
        count = sum(1 for r in rows if r.kind == kind)
        if count:
            if len(spans) > 1:
                spans.append(Span(", "))
            spans.append(Span(f"{count} {kind}", bold=kind != "missing"))
    if taken_off:
        spans.append(Span(f". {SHARED}"))
    return tuple(spans)


def _said(opened: Opened, verdict: Verdict | None) -> str:
    if verdict is None:
        return ""
    who = "you" if verdict.by == opened.desk.worker.id else opened.names.get(verdict.by, verdict.by)
    local = opened.local(verdict.at)
    when = f"{local:%H:%M}" if local.date() == opened.today else spell_short_day(local)
    why = "; ".join(w for w in (*verdict.reasons, verdict.words) if w)
    return f"{_SAID[verdict.kind]} by {who}, {when}" + (f": {why}" if why else "")


def _elsewhere(opened: Opened, partner: str, record_id: str) -> tuple[str, ...]:
    """What people said of this record beside the same person in other contacts."""
    said = []
    for verdict in opened.view.earlier:
        if (verdict.partner, verdict.record_id) == (partner, record_id):
            who = opened.names.get(verdict.by, verdict.by)
            word = {
                VerdictKind.SAME: "linked it",
                VerdictKind.NOT_SAME: "said it is somebody else",
                VerdictKind.UNSURE: "was not sure",
            }[verdict.kind]
            day = opened.local(verdict.at)
            said.append(f"In an earlier contact, on {spell_day(day)}, {who} {word}.")
    return tuple(said)


def _hidden(card: Card) -> Card:
    return replace(
        card,
        name=HIDDEN_NAME,
        line=card.line.split(" · ")[0],
        sentence=HIDDEN_WORDS,
        said=_first(card.said),
        notes=(),
        rows=tuple(
            replace(r, left=HIDDEN, right=HIDDEN, differs_left=(), differs_right=())
            for r in card.rows
        ),
    )
