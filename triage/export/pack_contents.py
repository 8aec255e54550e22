"""What stands in the referral pack, section by section, before it is drawn.

Everything comes from the decision as it was frozen. Questions and codes are worded by the hub's
profile; an answer that has no section of its own is printed under the question's own label, so
that a question added to a profile reaches paper without code.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from triage.domain.decision import Answer, DecisionVersion, FrozenPerson
from triage.domain.pack import Copy, Removal
from triage.domain.profile import AskedOf, Code, Profile, Question, QuestionKind
from triage.export.pack_removal import Nature, Removing, relatives, safe_contact

NOT_RECORDED = "Not recorded when this was signed."
PLACES: Mapping[str, tuple[str, ...]] = {
    "decided": ("outcome", "strategy_at", "protection_power", "protection_words"),
    "voices": ("heard", "voice", "voice_why_not"),
    "raises": ("raises",),
    "lowers": ("lowers",),
    "think": ("analysis", "repeat_words", "history", "history_words"),
    "level": (
        "outcome_why", "nfa_why", "returned_why", "special_words", "dissent", "dissent_words",
    ),
    "shared": (
        "lawful_basis", "special_condition", "necessity", "proportionality", "consent",
        "consent_words",
    ),
    "replies": ("replies", "replies_words"),
    "family": (
        "family_told", "not_told_why", "not_told_words", "parent_heard", "parent_view",
        "parent_why_not",
    ),
    "next": (
        "team", "strategy_who", "enquiry", "eh_agreement", "eh_service", "open_case", "other_la",
        "other_service", "other_service_words", "services", "advice", "feedback",
    ),
}  # fmt: skip
"""Which questions are printed in which section; all others follow under their own labels."""
_IN_THE_HEAD = frozenset({"rating", "level"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Words of one nature and weight. `whole` says they are wholly of a kind that can go."""

    text: str
    nature: Nature = Nature.TOLD
    weight: str = "regular"  # regular | strong | muted
    whole: Removal | None = None
    marks_quotes: bool = False  # a child's own words are set strong


Line = tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One paragraph."""

    runs: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullets:
    """A short list."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under heads. `widths` are shares of the line's length; they add up to 1."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    widths: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Labels and values, two to a line."""

    pairs: tuple[tuple[str, Line], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Two headed lists side by side."""

    left: tuple["Block", ...]
    right_title: str
    right: tuple["Block", ...]


Block = Paragraph | Bullets | Table | Pairs | Columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A headed section. `page` names the page it begins where there is room: decision, why…"""

    title: str
    blocks: tuple[Block, ...]
    note: Line = ()
    page: str = "decision"
    numbered: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """A whole pack in words."""

    title: str
    children: str
    rating_letter: str
    rating_shape: str
    rating_words: tuple[str, ...]
    sections: tuple[Section, ...]
    removed_section: str = "Removed from this copy"
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/London"))


def day_words(iso: str) -> str:
    """An ISO date or time as people read it, or the text as it is."""
    try:
        return date_words(date.fromisoformat(iso))
    except ValueError:
        pass
    try:
        when = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{date_words(when.date())}, {when:%H:%M}"


def date_words(day: date) -> str:
    """24 Nov 2026."""
    return f"{day.day} {day:%b %Y}"


def time_words(at: datetime, zone: ZoneInfo) -> str:
    """24 Nov 2026, 12:14, on the hub's clock."""
    local = at.astimezone(zone) if at.tzinfo else at.replace(tzinfo=UTC).astimezone(zone)
    return f"{date_words(local.date())}, {local:%H:%M}"


def spoken_list(words: Iterable[str]) -> str:
    """A, B and C."""
    items = list(words)
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def children_words(version: DecisionVersion) -> str:
    """Maya Rowe, 7, and Theo Rowe, 3; from four children on, the first two and how many more."""
    names = [f"{p.name}, {p.age}" if p.age else p.name for p in version.people if p.is_child] or [
        "No child named"
    ]
    if len(names) > 3:
        return f"{names[0]}, {names[1]}, and {len(names) - 2} more children"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])}, and {names[-1]}"


def told(text: str, *, weight: str = "regular", quotes: bool = False) -> Line:
    """Words somebody wrote."""
    return (Run(text=text, weight=weight, marks_quotes=quotes),)


def fact(text: str, *, whole: Removal | None = None, weight: str = "regular") -> Line:
    """A fact held of the family."""
    return (Run(text=text, nature=Nature.FACT, whole=whole, weight=weight),)


def fixed(text: str, *, weight: str = "regular") -> Line:
    """The hub's own words."""
    return (Run(text=text, nature=Nature.FIXED, weight=weight),)


def paragraphs(text: str, *, quotes: bool = False) -> tuple[Paragraph, ...]:
    """The text in paragraphs, cut at empty lines; single line ends are kept as spaces."""
    parts = re.split(r"\n\s*\n", text.strip())
    return tuple(Paragraph(runs=told(part, quotes=quotes)) for part in parts if part.strip())


@dataclass(frozen=True, slots=True)
class _Answers:
    """The frozen answers, worded by the profile."""

    version: DecisionVersion
    profile: Profile

    def questions(self) -> tuple[Question, ...]:
        return tuple(q for part in self.profile.parts for q in part.questions)

    def people(self, question: Question) -> tuple[tuple[FrozenPerson | None, Answer], ...]:
        """Who it was answered for (None where asked once), in the order of the people."""
        by_person = {
            key.partition("@")[2]: value
            for key, value in self.version.answers.items()
            if key.partition("@")[0] == question.id and value not in ("", ())
        }
        found: list[tuple[FrozenPerson | None, Answer]] = []
        if "" in by_person:
            found.append((None, by_person[""]))
        return (*found, *((p, by_person[p.key]) for p in self.version.people if p.key in by_person))

    def codes(self, question: Question, answer: Answer) -> tuple[Code, ...]:
        chosen = (answer,) if isinstance(answer, str) else answer
        known = {code.code: code for code in self.profile.codes.get(question.codes, ())}
        return tuple(known.get(code, Code(code=code, label=code)) for code in chosen)

    def words(self, question: Question, answer: Answer) -> str:
        if question.kind is QuestionKind.YES_NO and isinstance(answer, str):
            plain = {"yes": "Yes", "no": "No", "not_asked": "Not asked"}
            return plain.get(answer, self.profile.label(question.codes, answer))
        if question.codes or question.kind in (QuestionKind.CHOICE, QuestionKind.CHOICES):
            return "; ".join(code.label for code in self.codes(question, answer))
        if not isinstance(answer, str):
            return "; ".join(answer)
        is_time = question.kind in (QuestionKind.DATE, QuestionKind.DATE_TIME)
        return day_words(answer) if is_time else answer

    def of(self, place: str) -> tuple[Question, ...]:
        wanted = PLACES[place]
        found = [q for q in self.questions() if q.id in wanted]
        return tuple(sorted(found, key=lambda q: wanted.index(q.id)))

    def blocks(self, place: str, *, bare_first: bool = True) -> tuple[Block, ...]:
        """Each answer of the section: the first question's text bare, others after their label."""
        blocks: list[Block] = []
        for number, question in enumerate(self.of(place)):
            bare = bare_first and number == 0 and question.kind is QuestionKind.TEXT
            blocks += self._answered(question, bare=bare)
        return tuple(blocks)

    def _answered(self, question: Question, *, bare: bool) -> tuple[Block, ...]:
        blocks: list[Block] = []
        for person, answer in self.people(question):
            words = self.words(question, answer)
            lead: Line = () if bare else fixed(f"{question.label.rstrip('?: .')}. ", weight="muted")
            if question.label.endswith("?") and not bare:
                lead = fixed(f"{question.label} ", weight="muted")
            if person is not None:
                lead = (*fact(f"{person.name}: ", weight="strong"), *lead)
            first, *more = paragraphs(words) or (Paragraph(runs=told(words)),)
            blocks += [Paragraph(runs=(*lead, *first.runs)), *more]
        return tuple(blocks)

    def left_over(self) -> tuple[Block, ...]:
        """Answers that no section prints, under their own labels."""
        placed = {q for ids in PLACES.values() for q in ids} | _IN_THE_HEAD
        blocks: list[Block] = []
        for question in self.questions():
            if question.id not in placed:
                blocks += self._answered(question, bare=False)
        asked = {question.id for question in self.questions()}
        for key, answer in self.version.answers.items():
            question_id, _, person = key.partition("@")
            if question_id not in asked and answer not in ("", ()):
                words = answer if isinstance(answer, str) else "; ".join(answer)
                whose = f" ({person})" if person else ""
                lead = fixed(f"{question_id.replace('_', ' ')}{whose}. ", weight="muted")
                blocks.append(Paragraph(runs=(*lead, *told(words))))
        return tuple(blocks)

    def one(self, *ids: str) -> str:
        """The words of the first of these questions that has an answer, or ""."""
        for question in self.questions():
            if question.id in ids:
                for _, answer in self.people(question):
                    return self.words(question, answer)
        return ""


def _decided(answers: _Answers) -> tuple[Block, ...]:
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
            blocks += answers._answered(question, bare=question.kind is QuestionKind.TEXT)
    return tuple(blocks) or (_nothing(),)


def _nothing() -> Paragraph:
    return Paragraph(runs=fixed(NOT_RECORDED, weight="muted"))


def _yes_no(words: str) -> str:
    return {"yes": "Yes", "no": "No", "": "Not known"}.get(words, words)


def _people(version: DecisionVersion) -> Table:
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
                fact(relation or who),
                fact(born.replace(" ", "\u00a0", 2)),
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


def _voices(answers: _Answers) -> tuple[Block, ...]:
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
            answer = dict((p.key, a) for p, a in answers.people(question) if p).get(child.key)
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
    return tuple(blocks)


def _factors(answers: _Answers, place: str) -> tuple[Block, ...]:
    lines: list[Line] = []
    for question in answers.of(place):
        for person, answer in answers.people(question):
            lead: Line = fact(f"{person.name}: ") if person else ()
            if question.codes:
                labels = [code.label for code in answers.codes(question, answer)]
            else:
                labels = [ln.strip(" -•*") for ln in answers.words(question, answer).splitlines()]
            lines += [(*lead, *told(label)) for label in labels if label]
    return (Bullets(lines=tuple(lines)),) if lines else (_nothing(),)


def _threshold(version: DecisionVersion, profile: Profile) -> tuple[Block, ...]:
    """The document the level is read from, where the profile is still the one it was frozen with."""
    if version.profile_version != profile.version or not profile.threshold_document:
        return ()
    words = (*fixed("Levels are those of ", weight="muted"), *fixed(f"{profile.threshold_document}."))
    return (Paragraph(runs=words),)


def _replies(answers: _Answers) -> tuple[Block, ...]:
    version = answers.version
    said = answers.blocks("replies", bare_first=False)
    if not version.partners:
        return (Paragraph(runs=fixed("No partner's list was looked in before this was signed.")), *said)
    rows = tuple(
        (fixed(_sentence(partner)), fixed(_sentence(outcome)), told(words or "-"))
        for partner, outcome, words in version.partners
    )
    table = Table(heads=("Partner", "Reply", "In short"), rows=rows, widths=(0.2, 0.18, 0.62))
    return (table, *said)


def _words_used(answers: _Answers) -> tuple[Block, ...]:
    """What the codes chosen mean, in the profile's own words, each once."""
    meanings: dict[str, str] = {}
    for place in ("decided", "shared"):
        for question in answers.of(place):
            for _, answer in answers.people(question):
                for code in answers.codes(question, answer) if question.codes else ():
                    if code.hint:
                        meanings.setdefault(code.label, code.hint)
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
        (fact(person.name), fixed(_sentence(partner)), fact(record, whole=_health(partner)))
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
    answers = _Answers(version, profile)
    rating_code = version.answers.get("rating", "")
    rating = profile.rating(rating_code if isinstance(rating_code, str) else "")
    level = answers.one("level")
    decided_at = version.signed_at or version.proposed_at
    verb = "Decided" if version.signed_at else "Proposed"
    recipients = " · ".join(dict.fromkeys(copy.recipient for copy in copies))
    said = paragraphs(version.concern) or (_nothing(),)
    next_steps = answers.blocks("next", bare_first=False) or (_nothing(),)
    why: list[Section] = [
        Section(
            title="What we think, and why",
            blocks=answers.blocks("think") or (_nothing(),),
            page="why",
        ),
        Section(
            title="Why this level and not the one below",
            blocks=(*(answers.blocks("level") or (_nothing(),)), *_threshold(version, profile)),
            page="why",
        ),
        Section(
            title="What we shared, and on what basis",
            blocks=answers.blocks("shared", bare_first=False) or (_nothing(),),
            page="why",
        ),
        Section(title="What partners told us", blocks=_replies(answers), page="why"),
        Section(
            title="What the family knows and thinks",
            blocks=answers.blocks("family", bare_first=False) or (_nothing(),),
            page="why",
        ),
        Section(title="What happens next", blocks=next_steps, page="why"),
        Section(title="Words used here", blocks=_words_used(answers), page="why"),
    ]
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
        zone=zone,
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
                blocks=(Paragraph(runs=fixed(recipients)),),
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


_WHY = {
    Removal.HEALTH_NUMBERS: "Not needed by this recipient",
    Removal.REFERRER: "Who tells us is not passed on",
    Removal.SAFE_CONTACT: "A safe way to reach the family is for those who call them",
    Removal.ADDRESS: "Where the children live is not needed, or must not be known",
    Removal.RELATIVES: "Facts about others of the family, not needed here",
    Removal.CHOSEN_WORDS: "Chosen by the person who made this copy",
}


def removed_sections(
    copy: Copy, copies: tuple[Copy, ...], removing: Removing, counts: Mapping[Removal, int]
) -> tuple[Section, ...]:
    """The last page: what was removed from this copy and why, and who has which copy."""
    rows = tuple(
        (
            (Run(text="x", nature=Nature.FIXED, whole=kind),),
            fixed(kind.value.capitalize()),
            fixed(places(counts.get(kind, 0))),
            fixed(_WHY[kind]),
        )
        for kind in removing.numbers
    )
    heads = ("Mark", "What was removed", "Where", "Why")
    removed: Block = Table(heads=heads, rows=rows, widths=(0.14, 0.3, 0.14, 0.42))
    if not rows:
        removed = Paragraph(runs=fixed("Nothing was removed from this copy."))
    out = tuple(
        (
            fixed(str(each.number), weight="strong" if each.number == copy.number else "regular"),
            fixed(each.recipient, weight="strong" if each.number == copy.number else "regular"),
            fixed(each.by.capitalize()),
            fixed(
                _sentence("; ".join(k.value for k in Removal if k in each.removals or _chosen(k, each)))
                or "Nothing"
            ),
        )
        for each in copies
    )
    return (
        Section(
            title="Removed from this copy",
            blocks=(
                removed,
                *(
                    (
                        Paragraph(
                            runs=fixed(
                                "Where words were removed, a black mark holds the number above. The "
                                "words themselves are not in this file."
                            )
                        ),
                    )
                    if rows
                    else ()
                ),
            ),
            page="removed",
        ),
        Section(
            title="Copies of this decision",
            blocks=(
                Table(
                    heads=("Copy", "For", "How", "Removed"),
                    rows=out,
                    widths=(0.1, 0.34, 0.22, 0.34),
                ),
            ),
            page="removed",
        ),
        Section(
            title="Left out of every copy",
            blocks=(
                Bullets(
                    lines=(
                        fixed("Earlier events that were not used in this decision."),
                        fixed("How records were weighed against each other."),
                        fixed("Drafts, and what staff said to each other about them."),
                        fixed("Files and pictures sent by others: ask them."),
                    )
                ),
            ),
            page="removed",
        ),
    )


def _chosen(kind: Removal, copy: Copy) -> bool:
    return kind is Removal.CHOSEN_WORDS and bool(copy.words)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def places(number: int) -> str:
    """1 place, 2 places, none."""
    return "none" if number == 0 else f"{number} place" + ("s" if number > 1 else "")


__all__ = [
    "AskedOf",
    "Block",
    "Bullets",
    "Columns",
    "Contents",
    "Line",
    "Pairs",
    "Paragraph",
    "Run",
    "Section",
    "Table",
    "children_words",
    "contents",
    "places",
    "removed_sections",
    "time_words",
]
