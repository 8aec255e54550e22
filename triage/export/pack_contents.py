"""What stands in the referral pack, section by section, before it is drawn.

Everything comes from the decision as it was frozen. Questions and codes are worded by the hub's
profile; an answer that has no section of its own is printed under the question's own label, so
that a question added to a profile reaches paper without code.
"""

import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from triage.domain.decision import DecisionVersion
from triage.domain.lookup import Outcome
from triage.domain.pack import Copy, Removal
from triage.domain.profile import Profile, QuestionKind
from triage.export.pack_answers import Answers
from triage.export.pack_blocks import (
    NOBODY,
    Block,
    Bullets,
    Columns,
    Line,
    Pairs,
    Paragraph,
    Run,
    Section,
    Table,
    day_words,
    fact,
    fixed,
    kept,
    nothing,
    paragraphs,
    sentence,
    spoken_list,
    time_words,
    told,
)
from triage.export.pack_removal import Nature, relatives, safe_contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """A whole pack in words."""

    title: str
    children: str
    rating_letter: str
    rating_shape: str
    rating_words: tuple[str, ...]
    sections: tuple[Section, ...]


def children_words(version: DecisionVersion, *, most: int = 3) -> str:
    """Maya Rowe, 7, and Theo Rowe, 3; where there are more than `most`, how many more."""
    names = [f"{p.name}, {p.age}" if p.age else p.name for p in version.people if p.is_child] or [
        "No child named"
    ]
    if len(names) > most:
        shown = names[: most - 1] or names[:1]
        more = len(names) - len(shown)
        return f"{', '.join(shown)}, and {more} more {'child' if more == 1 else 'children'}"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])}, and {names[-1]}"


def _decided(answers: Answers) -> tuple[Block, ...]:
    """Each child's outcomes, together where they are the same, then what was said of them."""
    outcome = next((q for q in answers.of("decided") if q.codes), None)
    blocks: list[Block] = []
    if outcome is not None:
        by_words: dict[str, list[str]] = {}
        for person, answer in answers.people(outcome):
            words = answers.words(outcome, answer)
            by_words.setdefault(words, []).append(person.name if person else "")
        children = [p.name for p in answers.version.people if p.is_child]
        for words, names in by_words.items():
            strong = (Run(text=f"{words}. ", nature=Nature.FACT, weight="strong"),)
            whom = [name for name in names if name]
            everyone = not whom or (len(by_words) == 1 and len(whom) == len(children))
            after = () if everyone and len(children) == 1 else fact(f"For {spoken_list(whom)}.")
            blocks.append(Paragraph(runs=strong if not whom else (*strong, *after)))
        silent = [
            p.name
            for p in answers.version.people
            if p.is_child and p.name not in {n for names in by_words.values() for n in names}
        ]
        if silent and "" not in {n for names in by_words.values() for n in names}:
            blocks.append(Paragraph(runs=fact(f"No outcome recorded for {spoken_list(silent)}.")))
    for question in answers.of("decided"):
        if question is not outcome:
            blocks += answers.answered(question, bare=question.kind is QuestionKind.TEXT)
    return tuple(blocks) or (nothing(),)


def _yes_no(words: str) -> str:
    return {"yes": "Yes", "no": "No", "": "Not known"}.get(words, words)


def _people(version: DecisionVersion) -> Block:
    if not version.people:
        return Paragraph(runs=fixed("Nobody was named.", weight="muted"))
    theirs = relatives(version)
    rows = []
    for person in version.people:
        relative = Removal.RELATIVES if person in theirs else None
        who = "Child" if person.is_child else "Adult"
        if person.unborn:
            who = "Unborn child"
        relation = person.relationship
        if person.is_child and relation and relation.casefold() not in {"child", "subject"}:
            relation = f"{who}, {relation[0].lower()}{relation[1:]}"
        if not person.is_child and person.parental_responsibility == "yes":
            relation = f"{relation or who} (has PR)"
        born = day_words(person.dob) if person.dob else "Not known"
        if person.unborn:
            born = f"Due {day_words(person.edd)}" if person.edd else "Due date not known"
        if person.dob and person.age:
            born = f"{born} ({person.age})"
        elif person.age and not person.unborn:
            born = f"Age {person.age}"
        strong = "strong" if person.is_child else "regular"
        number = re.sub(r"^(\d{3})(\d{3})(\d{4})$", "\\1\u00a0\\2\u00a0\\3", person.nhs_number)
        rows.append(
            (
                fact(person.name, weight=strong, whole=relative),
                fact(sentence(relation or who)),
                fact(born.replace(" ", "\u00a0", 3)),
                fact(number, whole=Removal.HEALTH_NUMBERS),
                fact(person.school),
                fact(_yes_no(person.lives_here), whole=relative),
            )
        )
    return Table(
        heads=("Name", "Who they are", "Born", "NHS number", "School or nursery", "Lives here"),
        rows=tuple(rows),
        widths=(0.18, 0.199, 0.152, 0.139, 0.185, 0.145),
    )


def _household(version: DecisionVersion) -> Pairs:
    address = version.address
    where = ", ".join(w for w in (address.get("line", ""), address.get("town", "")) if w)
    where = " ".join(w for w in (where, address.get("postcode", "").replace(" ", "\u00a0")) if w)
    languages = {p.language for p in version.people if p.language}
    interpreters = address.get("interpreter", "")
    spoken = spoken_list(sorted(languages)) or "Not recorded"
    needs = [f"{p.name}: {p.disability}" for p in version.people if p.disability]
    return Pairs(
        pairs=(
            ("Address", fact(where or "Not known", whole=Removal.ADDRESS if where else None)),
            (
                "Safe to contact",
                fact(safe_contact(version) or "Not recorded", whole=_if(safe_contact(version))),
            ),
            ("Languages", fact(f"{spoken}. {interpreters}" if interpreters else spoken)),
            ("Needs", fact("; ".join(needs) or "None recorded")),
        )
    )


def _if(words: str) -> Removal | None:
    return Removal.SAFE_CONTACT if words else None


def _came_from(version: DecisionVersion, zone: ZoneInfo) -> Line:
    agency = version.referrer.get("agency", "") or version.referrer.get("role", "")
    received = f"received {time_words(version.received_at, zone)}"
    if not agency:
        return fixed(f"By {version.channel}, {received}", weight="muted")
    said = fact(agency, whole=Removal.REFERRER, weight="muted")
    return (*said, *fixed(f", {received}", weight="muted"))


def _voices(answers: Answers) -> tuple[Block, ...]:
    """Child by child: how they were heard, then their words or why there are none."""
    blocks: list[Block] = []
    silent: list[str] = []
    questions = answers.of("voices")
    for child in answers.version.people:
        if not child.is_child:
            continue
        runs: list[Run] = []
        more: list[Paragraph] = []
        for question in questions:
            answer = {p.key: a for p, a in answers.people(question) if p}.get(child.key)
            if answer is None:
                continue
            words = answers.words(question, answer).strip()
            if question.codes:
                runs += fact(f"{words}. ")
                continue
            first, *rest = paragraphs(words, quotes=True)
            runs += first.runs
            more += rest
        if runs:
            blocks += [Paragraph(runs=(*fact(f"{child.name}. ", weight="strong"), *runs)), *more]
        else:
            silent.append(child.name)
    for question in questions:
        for person, answer in answers.people(question):
            if person is None:
                blocks += paragraphs(answers.words(question, answer), quotes=True)
    if silent:
        words = f"Nothing recorded of what {spoken_list(silent)} said or showed."
        blocks.append(Paragraph(runs=fact(words, weight="muted")))
    return tuple(blocks) or (nothing(),)


def _factors(answers: Answers, place: str) -> tuple[Block, ...]:
    lines: list[Line] = []
    for question in answers.of(place):
        for person, answer in answers.people(question):
            lead: Line = fact(f"{person.name}: ") if person else ()
            if question.codes:
                labels = [code.label for code in answers.codes(question, answer)]
            else:
                labels = [ln.strip(" -•*") for ln in answers.words(question, answer).splitlines()]
            lines += [(*lead, *told(label)) for label in labels if label]
    return (Bullets(lines=tuple(lines)),) if lines else (nothing(),)


def _threshold(version: DecisionVersion, profile: Profile) -> tuple[Block, ...]:
    """The document the level is read from, if the profile is still the one it was frozen with."""
    if version.profile_version != profile.version or not profile.threshold_document:
        return ()
    words = (
        *fixed("Levels are those of ", weight="muted"),
        *fixed(f"{profile.threshold_document}."),
    )
    return (Paragraph(runs=words),)


def _replies(answers: Answers) -> tuple[Block, ...]:
    version = answers.version
    said = answers.blocks("replies", bare_first=False)
    if not version.partners:
        return (
            Paragraph(runs=fixed("No partner's list was looked in before this was signed.")),
            *said,
        )
    rows = tuple(
        (
            fixed(sentence(partner)),
            fixed(_HELD.get(outcome, sentence(outcome))),
            told(words or "-"),
        )
        for partner, outcome, words in version.partners
    )
    table = Table(
        heads=("Partner", "What they hold", "In short"), rows=rows, widths=(0.22, 0.24, 0.54)
    )
    return (table, *said)


_HELD: dict[str, str] = {
    Outcome.FOUND: "Likely records",
    Outcome.POTENTIAL: "Possible records",
    Outcome.LOW: "Weak likenesses only",
    Outcome.MANY: "Several likely records",
    Outcome.NOT_FOUND: "Nothing found",
    Outcome.RESTRICTED: "A restricted record",
    Outcome.NOT_CHECKED: "Not asked",
    Outcome.UNAVAILABLE: "No answer yet",
    Outcome.DENIED: "Would not say",
    Outcome.BAD_RESPONSE: "An answer we could not read",
}
"""How each look-up ended, for a reader outside the hub. Only one of them means nothing is held."""


def _words_used(answers: Answers) -> tuple[Block, ...]:
    """What the codes chosen mean, in the profile's own words, each once."""
    meanings: dict[str, str] = {}
    for place in ("decided", "shared"):
        for question in answers.of(place):
            for _, answer in answers.people(question):
                for code in answers.codes(question, answer) if question.codes else ():
                    if code.hint:
                        meanings.setdefault(code.label, code.hint)
    if any(p.parental_responsibility == "yes" for p in answers.version.people if not p.is_child):
        meanings["PR"] = "parental responsibility, the legal rights and duties of a parent"
    return tuple(
        Paragraph(
            runs=(
                *fixed(f"{label}: ", weight="strong"),
                *fixed(
                    f"{hint[0].lower() if hint[1:2].islower() else hint[0]}{hint[1:].rstrip('.')}."
                ),
            )
        )
        for label, hint in meanings.items()
    )


def _earlier(version: DecisionVersion) -> tuple[Block, ...]:
    if not version.chronology:
        return (Paragraph(runs=fixed("No earlier event was used in this decision.")),)
    rows = tuple(
        (fact(day_words(day).replace(" ", "\u00a0")), fact(lane), told(words), told(source))
        for day, lane, words, source in version.chronology
    )
    heads = ("When", "From", "What happened", "Source")
    return (Table(heads=heads, rows=rows, widths=(0.15, 0.16, 0.5, 0.19)),)


def _records(version: DecisionVersion) -> tuple[Block, ...]:
    rows = tuple(
        (fact(person.name), fixed(sentence(partner)), fact(record, whole=_health(partner)))
        for person in version.people
        for partner, record in person.records
    )
    if not rows:
        return (Paragraph(runs=fixed("No record held elsewhere was linked to these people.")),)
    heads = ("Name", "Held by", "Their number")
    return (Table(heads=heads, rows=rows, widths=(0.34, 0.33, 0.33)),)


def _health(partner: str) -> Removal | None:
    return Removal.HEALTH_NUMBERS if "health" in partner.casefold() else None


def contents(version: DecisionVersion, *, profile: Profile, copies: tuple[Copy, ...]) -> Contents:
    """The pack of one frozen decision in words, with nothing taken out yet."""
    zone = ZoneInfo(profile.working_time.zone)
    answers = Answers(version, profile)
    rating_code = version.answers.get("rating", "")
    rating = profile.rating(rating_code if isinstance(rating_code, str) else "")
    level = answers.one("level")
    decided_at = version.signed_at or version.proposed_at
    verb = "Decided" if version.signed_at else "Proposed"
    recipients = " · ".join(dict.fromkeys(copy.recipient or NOBODY for copy in copies))
    said = paragraphs(version.concern) or (nothing(),)
    next_steps = answers.blocks("next", bare_first=False) or (nothing(),)
    why: list[Section] = [
        Section(
            title="What we think, and why",
            blocks=answers.blocks("think") or (nothing(),),
            page="why",
        ),
        Section(
            title="Why this level and not the one below",
            blocks=(*(answers.blocks("level") or (nothing(),)), *_threshold(version, profile)),
            page="why",
        ),
        Section(
            title="What we shared, and on what basis",
            blocks=answers.blocks("shared", bare_first=False) or (nothing(),),
            page="why",
        ),
        Section(title="What partners told us", blocks=_replies(answers), page="why"),
        Section(
            title="What the family knows and thinks",
            blocks=answers.blocks("family", bare_first=False) or (nothing(),),
            page="why",
        ),
        Section(title="What happens next", blocks=next_steps, page="why"),
    ]
    if words_used := _words_used(answers):
        why.append(Section(title="Words used here", blocks=words_used, page="why"))
    if answers.left_over():
        why.append(Section(title="Also recorded", blocks=answers.left_over(), page="why"))
    if version.problems:
        gaps = tuple(told(problem.sentence) for problem in version.problems)
        why.append(
            Section(
                title="What was missing or did not agree when this was signed",
                blocks=(Bullets(lines=gaps),),
                page="why",
            )
        )
    return Contents(
        title="Referral to children's social care",
        children=children_words(version),
        rating_letter=rating.letter if rating else "?",
        rating_shape=rating.shape if rating else "square",
        rating_words=(
            rating.label if rating else "Not rated",
            f"Level {level}" if level[:1].isdigit() else level or "Level not recorded",
            f"{verb} {time_words(decided_at, zone)}",
        ),
        sections=(
            Section(title="What we decided", blocks=_decided(answers)),
            Section(title="Children and household", blocks=(_people(version), _household(version))),
            Section(
                title="What was said",
                blocks=said,
                note=_came_from(version, zone),
            ),
            Section(title="The children's voices", blocks=_voices(answers)),
            Section(
                title="What raises the risk",
                blocks=(
                    Columns(
                        left=_factors(answers, "raises"),
                        right_title="What lowers the risk",
                        right=_factors(answers, "lowers"),
                    ),
                ),
            ),
            Section(
                title="Who this pack is for",
                note=fixed("Reasons for sharing and full analysis: page {why}", weight="muted"),
                blocks=(Paragraph(runs=kept(recipients)),),
            ),
            *why,
            Section(
                title="Earlier events used in this decision",
                blocks=_earlier(version),
                page="events",
            ),
            Section(
                title="Records linked to these people", blocks=_records(version), page="events"
            ),
        ),
    )
