"""The frozen answers, worded by the hub's profile, and the section each is printed in."""

from collections.abc import Mapping
from dataclasses import dataclass

from triage.domain.decision import Answer, DecisionVersion, FrozenPerson
from triage.domain.profile import Code, Profile, Question, QuestionKind
from triage.export.pack_blocks import (
    Block,
    Line,
    Paragraph,
    day_words,
    fact,
    fixed,
    paragraphs,
    told,
)

PLACES: Mapping[str, tuple[str, ...]] = {
    "decided": ("outcome", "strategy_at", "protection_power", "protection_words", "who_decides"),
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


def is_said(answer: Answer) -> bool:
    """Whether there are words, or codes, in an answer."""
    return bool(answer.strip()) if isinstance(answer, str) else bool(answer)


def codes_of(profile: Profile, question: Question, answer: Answer) -> tuple[Code, ...]:
    """The codes that were chosen; one that the profile has no longer is its own label."""
    chosen = (answer,) if isinstance(answer, str) else answer
    known = {code.code: code for code in profile.codes.get(question.codes, ())}
    return tuple(known.get(code, Code(code=code, label=code)) for code in chosen)


def words_of(profile: Profile, question: Question, answer: Answer) -> str:
    """An answer as a person reads it: codes as their labels, days and times spelt."""
    if question.kind is QuestionKind.YES_NO and isinstance(answer, str):
        plain = {"yes": "Yes", "no": "No", "not_asked": "Not asked"}
        return plain.get(answer, profile.label(question.codes, answer))
    if question.codes or question.kind in (QuestionKind.CHOICE, QuestionKind.CHOICES):
        return "; ".join(code.label for code in codes_of(profile, question, answer))
    if not isinstance(answer, str):
        return "; ".join(answer)
    is_time = question.kind in (QuestionKind.DATE, QuestionKind.DATE_TIME)
    return day_words(answer) if is_time else answer


@dataclass(frozen=True, slots=True)
class Answers:
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
            if key.partition("@")[0] == question.id and is_said(value)
        }
        found: list[tuple[FrozenPerson | None, Answer]] = []
        if "" in by_person:
            found.append((None, by_person[""]))
        return (*found, *((p, by_person[p.key]) for p in self.version.people if p.key in by_person))

    def codes(self, question: Question, answer: Answer) -> tuple[Code, ...]:
        return codes_of(self.profile, question, answer)

    def words(self, question: Question, answer: Answer) -> str:
        return words_of(self.profile, question, answer)

    def of(self, place: str) -> tuple[Question, ...]:
        wanted = PLACES[place]
        found = [q for q in self.questions() if q.id in wanted]
        return tuple(sorted(found, key=lambda q: wanted.index(q.id)))

    def blocks(self, place: str, *, bare_first: bool = True) -> tuple[Block, ...]:
        """Each answer of the section: the first question's text bare, others after their label."""
        blocks: list[Block] = []
        for number, question in enumerate(self.of(place)):
            bare = bare_first and number == 0 and question.kind is QuestionKind.TEXT
            blocks += self.answered(question, bare=bare)
        return tuple(blocks)

    def answered(self, question: Question, *, bare: bool) -> tuple[Block, ...]:
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
                blocks += self.answered(question, bare=False)
        asked = {question.id for question in self.questions()}
        for key, answer in self.version.answers.items():
            question_id, _, person = key.partition("@")
            if question_id not in asked and is_said(answer):
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
