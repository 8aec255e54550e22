"""The live meter: what is needed and missing, what is advised, and what contradicts.

Presence, never quality: nothing here reads an answer for sense, fills one in, or stops anyone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from triage.domain.contact import Adult, Child, Contact
from triage.domain.decision import (
    Answer,
    Completeness,
    DecisionDraft,
    PartState,
    Problem,
    Weight,
)
from triage.domain.lookup import LookupResult, Outcome, is_silent
from triage.domain.profile import AskedOf, Condition, Part, Profile, Question, QuestionKind, Rule
from triage.domain.spelling import counted

_PARENTAL = frozenset(
    (
        *("mother", "father", "mum", "dad", "mam", "mummy", "daddy", "parent", "parents"),
        *("stepmother", "stepfather", "stepmum", "stepdad", "carer", "guardian", "foster"),
    )
)
_NOT_PARENTAL = frozenset(
    ("partner", "friend", "grandmother", "grandfather", "grandparent", "nan", "grandad")
)
_IN_SUMMARY = 3
_COUNTED = ("repeat_contacts", "partners_unanswered", "requests_awaited")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question that shows, of whom, and whether its answer is needed or advised."""

    part: Part
    question: Question
    person: str = ""
    name: str = ""
    needed: bool = False
    advised: bool = False


def visible_questions(
    profile: Profile,
    draft: DecisionDraft,
    contact: Contact,
    today: date,
    *,
    repeat_contacts: int = 0,
    results: Iterable[LookupResult] = (),
    awaited: tuple[str, ...] = (),
) -> tuple[Asked, ...]:
    """The questions to ask, in the order of the form, once for each person they are asked of.

    Questions in a row that are asked of each person are kept together person by person.

    Where no child or parent is known yet, a question asked of each is asked once, of nobody by
    name, so that it is never left out.
    """
    case = _case(profile, draft, contact, repeat_contacts, results, awaited)
    asked: list[Asked] = []
    for part in profile.parts:
        live = [q for q in part.questions if _in_force(q, today)]
        for kind, run in groupby(live, key=lambda q: q.asked_of):
            questions = tuple(run)
            for person, name in case.people(kind):
                for question in questions:
                    if not case.all_hold(question.shown_when, person):
                        continue
                    needed = question.needed or (
                        bool(question.needed_when) and case.all_hold(question.needed_when, person)
                    )
                    asked.append(
                        Asked(
                            part=part,
                            question=question,
                            person=person,
                            name=name,
                            needed=needed,
                            advised=question.advised and not needed,
                        )
                    )
    return tuple(asked)


def completeness(
    profile: Profile,
    draft: DecisionDraft,
    contact: Contact,
    *,
    today: date,
    repeat_contacts: int = 0,
    results: Iterable[LookupResult] = (),
    awaited: tuple[str, ...] = (),
) -> Completeness:
    """What is done and what is not, in the order of the form; contradictions come last.

    `awaited` names the partners that were asked and have not answered, or in part only. `done` of
    `total` counts the answers that are needed or advised, per person. Contradictions
    are named beside them and counted in neither.
    """
    results = tuple(results)
    case = _case(profile, draft, contact, repeat_contacts, results, awaited)
    asked = visible_questions(
        profile,
        draft,
        contact,
        today,
        repeat_contacts=repeat_contacts,
        results=results,
        awaited=awaited,
    )
    missing = [
        a for a in asked if (a.needed or a.advised) and not case.value(a.question.id, a.person)
    ]
    problems = [
        Problem(
            part=a.part.id,
            question=a.question.id,
            person=a.person,
            weight=Weight.NEEDED if a.needed else Weight.ADVISED,
            sentence=f"{a.question.label}{f', {a.name}' if a.name else ''}: not answered yet.",
        )
        for a in missing
    ]
    for rule in profile.rules:
        problems.extend(case.broken(rule, contact))
    total = sum(a.needed or a.advised for a in asked)
    return Completeness(
        parts=tuple(
            PartState(
                part=part.id,
                title=part.title,
                needed=sum(a.needed for a in missing if a.part.id == part.id),
                advised=sum(a.advised for a in missing if a.part.id == part.id),
                summary=_summary(profile, case, [a for a in asked if a.part.id == part.id]),
            )
            for part in profile.parts
        ),
        problems=tuple(problems),
        done=total - len(missing),
        total=total,
        needed=sum(a.needed for a in missing),
        advised=sum(a.advised for a in missing),
    )


def is_parent(adult: Adult) -> bool:
    """Whether an adult is a parent or carer, as said, or as holding parental responsibility.

    "Mother's partner" is nobody's mother: whose they are is not what they are.
    """
    if adult.parental_responsibility.value == "yes":
        return True
    words = adult.relationship.value.casefold().replace("’", "'").replace("-", "").split()
    are = {w.strip(",.;()") for w in words if not w.endswith(("'s", "s'"))}
    return bool(are & _PARENTAL) and not are & _NOT_PARENTAL


def codes_of(value: Answer) -> tuple[str, ...]:
    """An answer as its codes; blank is none."""
    if isinstance(value, tuple):
        return value
    return (value,) if value.strip() else ()


def word_count(value: Answer) -> int:
    """How many words an answer has."""
    return sum(len(v.split()) for v in codes_of(value))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One contact and its draft, as conditions see them."""

    profile: Profile
    draft: DecisionDraft
    children: tuple[tuple[str, str], ...]
    parents: tuple[tuple[str, str], ...]
    unborn: frozenset[str]
    facts: Mapping[str, int | tuple[str, ...]]
    awaited: tuple[str, ...]
    asked_of: Mapping[str, AskedOf]
    codes_for: Mapping[str, str]

    def people(self, asked_of: AskedOf) -> tuple[tuple[str, str], ...]:
        """Who a question is asked of: (key, name); nobody by name where it is asked once."""
        if asked_of is AskedOf.CONTACT:
            return (("", ""),)
        return self.children if asked_of is AskedOf.EACH_CHILD else self.parents

    def value(self, question: str, person: str = "") -> tuple[str, ...]:
        """A question's codes for a person, or of all people where it is asked of others."""
        if question == "rating" and not codes_of(self.draft.value("rating")):
            return self.rating
        among = self.people(self.asked_of[question])
        keys = [k for k, _ in among if k == person] or [k for k, _ in among]
        return tuple(c for k in keys for c in codes_of(self.draft.value(question, k)))

    @property
    def rating(self) -> tuple[str, ...]:
        """The rating a person gave, in the form or from the queue."""
        given = self.facts["rating"]
        return given if isinstance(given, tuple) else ()

    def fact(self, name: str, person: str) -> int | tuple[str, ...]:
        """A fact of the contact; whether unborn is about the person where there is one."""
        if name == "unborn" and person:
            return ("yes" if person in self.unborn else "no",)
        return self.facts[name]

    def all_hold(self, conditions: Iterable[Condition], person: str) -> bool:
        """Whether every condition holds for the person."""
        return all(self.holds(c, person) for c in conditions)

    def holds(self, condition: Condition, person: str) -> bool:
        """Whether one condition holds; a condition about nothing always does."""
        if condition.question:
            codes = self.value(condition.question, person)
            kept_in = self.codes_for.get(condition.question, "")
            return _answers(condition, codes, self.profile.above(kept_in, codes))
        if not condition.fact:
            return True
        fact = self.fact(condition.fact, person)
        if isinstance(fact, int):
            return fact >= (condition.at_least if condition.at_least is not None else 1)
        if condition.fact == "concerns":
            found = tuple(
                code
                for code in (*condition.any_of, *condition.none_of)
                if any(code.casefold() in said.casefold() for said in fact)
            )
            plain = not condition.any_of and not condition.none_of
            return _answers(condition, fact if plain else found)
        return _answers(condition, fact)

    def broken(self, rule: Rule, contact: Contact) -> Iterable[Problem]:
        """The rule's problem, once for each person it holds for."""
        kinds = {self.asked_of[c.question] for c in rule.when if c.question}
        own = self.asked_of[rule.question]
        kind = next((k for k in (own, *sorted(kinds)) if k is not AskedOf.CONTACT), own)
        for person, name in self.people(kind):
            if not self.all_hold(rule.when, person):
                continue
            blanks = {k: str(v) for k, v in self.facts.items() if isinstance(v, int)}
            yield Problem(
                part=rule.part,
                question=rule.question,
                person=person if own is not AskedOf.CONTACT else "",
                weight=Weight.CONTRADICTS,
                sentence=rule.sentence.format(
                    person=name or "the child",
                    repeat_months=self.profile.repeat_months,
                    awaited=", ".join(self.awaited),
                    **{k: blanks[k] for k in _COUNTED},
                ),
            )


def _case(
    profile: Profile,
    draft: DecisionDraft,
    contact: Contact,
    repeat_contacts: int,
    results: Iterable[LookupResult],
    awaited: tuple[str, ...],
) -> _Case:
    content = contact.content
    rating = draft.value("rating") or contact.rating or ""
    unborn = frozenset(c.key for c in content.children if c.unborn)
    return _Case(
        profile=profile,
        draft=draft,
        children=tuple((c.key, first_name(c)) for c in content.children) or (("", ""),),
        parents=tuple(
            (a.key, a.name.value or a.relationship.value) for a in content.adults if is_parent(a)
        )
        or (("", ""),),
        unborn=unborn,
        facts={
            "rating": codes_of(rating),
            "urgent": codes_of(content.urgent.value),
            "child_count": len(content.children),
            "repeat_contacts": repeat_contacts,
            "unborn": ("yes" if unborn else "no",),
            "informed": (content.family_informed.answer.value,),
            "consent": codes_of(content.consent.value),
            "channel": (contact.channel.value,),
            "concerns": content.concerns,
            "partners_unanswered": _unanswered(results),
            "requests_awaited": len(awaited),
        },
        awaited=awaited,
        asked_of={q.id: q.asked_of for p in profile.parts for q in p.questions},
        codes_for={q.id: q.codes for p in profile.parts for q in p.questions},
    )


def _unanswered(results: Iterable[LookupResult]) -> int:
    """Of the partners looked up, those that leave open what they hold."""
    said: dict[str, list[Outcome]] = {}
    for result in results:
        said.setdefault(result.partner, []).append(result.outcome)
    return sum(is_silent(outcomes) for outcomes in said.values())


def first_name(child: Child) -> str:
    """What a child is called in the form."""
    return child.given.value or child.name


def _in_force(question: Question, today: date) -> bool:
    return (question.from_day is None or question.from_day <= today) and (
        question.until_day is None or today <= question.until_day
    )


def _answers(
    condition: Condition, codes: tuple[str, ...], above: frozenset[str] = frozenset()
) -> bool:
    if condition.empty:
        return not codes
    held = above.union(codes)
    if held & set(condition.none_of):
        return False
    if condition.any_of and not held & set(condition.any_of):
        return False
    if condition.at_least is not None and len(codes) < condition.at_least:
        return False
    plain = not (condition.any_of or condition.none_of or condition.at_least is not None)
    return bool(codes) if plain else True


def _summary(profile: Profile, case: _Case, asked: list[Asked]) -> str:
    """One line for the folded part: what was chosen first, else how much was written."""
    chosen: list[str] = []
    words = 0
    for a in asked:
        codes = case.value(a.question.id, a.person)
        if a.question.kind in (QuestionKind.CHOICE, QuestionKind.CHOICES):
            labels = [profile.label(a.question.codes, c) for c in codes]
            chosen.extend(label for label in labels if label not in chosen)
        elif a.question.kind is QuestionKind.TEXT:
            words += word_count(codes)
    said = chosen[:_IN_SUMMARY]
    if len(chosen) > _IN_SUMMARY:
        said.append(f"{len(chosen) - _IN_SUMMARY} more")
    if words:
        said.append(counted(words, "word"))
    return " · ".join(said)


def with_rating(draft: DecisionDraft, contact: Contact) -> Mapping[str, Answer]:
    """The answers to freeze, with the rating a person gave from the queue where the form has none.

    This is not a default: a contact that nobody rated has none here either.
    """
    answers = {k: s.value for k, s in draft.answers.items()}
    if contact.rating and not codes_of(answers.get("rating", "")):
        answers["rating"] = contact.rating
    return answers
