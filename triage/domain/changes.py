"""What changed between two versions of a decision: answer by answer, and word by word."""

import re
from difflib import SequenceMatcher

from triage.domain.completeness import codes_of
from triage.domain.decision import Answer, Change, DecisionVersion
from triage.domain.profile import AskedOf, Profile, Question, QuestionKind
from triage.domain.spelling import spell_kept

Piece = tuple[str, str]
"""("same" | "added" | "removed", words)."""

_WORD = re.compile(r"\S+\s*|^\s+")
_ISLAND = 2


def changes(
    profile: Profile, before: DecisionVersion | None, now: DecisionVersion
) -> tuple[Change, ...]:
    """Each answer that differs, in the order of the form; all of them where there is no before.

    Answers to questions the profile no longer asks come last, under their own key.
    """
    old = before.answers if before else {}
    keys = _ordered(profile, now, before)
    found: list[Change] = []
    for answer_key in keys:
        was, is_now = old.get(answer_key, ""), now.answers.get(answer_key, "")
        if codes_of(was) == codes_of(is_now):
            continue
        found.append(_change(profile, answer_key, was, is_now))
    return tuple(found)


def answer_words(profile: Profile, question: Question | None, value: Answer) -> str:
    """An answer as a person reads it: labels for codes, dates as 24 Nov 2026."""
    if question is None:
        return ", ".join(codes_of(value))
    if question.kind in (QuestionKind.CHOICE, QuestionKind.CHOICES):
        return ", ".join(profile.label(question.codes, c) for c in codes_of(value))
    text = " ".join(codes_of(value))
    if question.kind is QuestionKind.YES_NO:
        return {"yes": "Yes", "no": "No", "not_asked": "Not asked"}.get(text, text)
    if question.kind is QuestionKind.DATE:
        return spell_kept(text)
    if question.kind is QuestionKind.DATE_TIME:
        return spell_kept(text)
    return text


def word_diff(before: str, now: str) -> tuple[Piece, ...]:
    """The pieces from one text to the other, whole words at a time.

    "same" and "added" together spell `now`; "same" and "removed" together hold the words of
    `before` in order, since blanks alone are no change. One or two words that happen to stay
    between changes are shown as changed: scattered crossings-out are harder to read than a phrase.
    """
    old, new = _WORD.findall(before), _WORD.findall(now)
    blocks: list[tuple[bool, list[str], list[str]]] = []
    matcher = SequenceMatcher(
        None, [w.strip() for w in old], [w.strip() for w in new], autojunk=False
    )
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        blocks.append((tag == "equal", old[i1:i2], new[j1:j2]))
    joined: list[tuple[bool, list[str], list[str]]] = []
    for n, (same, out, came) in enumerate(blocks):
        island = same and 0 < n < len(blocks) - 1 and len(out) <= _ISLAND
        if (not same or island) and joined and not joined[-1][0]:
            joined[-1] = (False, joined[-1][1] + out, joined[-1][2] + came)
        else:
            joined.append((same and not island, out, came))
    pieces: list[Piece] = []
    for same, out, came in joined:
        if same:
            pieces.append(("same", "".join(came)))
            continue
        if out:
            pieces.append(("removed", "".join(out)))
        if came:
            pieces.append(("added", "".join(came)))
    return tuple(pieces)


def words_in(pieces: tuple[Piece, ...], kind: str) -> int:
    """How many words the pieces of a kind hold."""
    return sum(len(words.split()) for op, words in pieces if op == kind)


def _ordered(
    profile: Profile, now: DecisionVersion, before: DecisionVersion | None
) -> tuple[str, ...]:
    keys = dict.fromkeys((*(before.answers if before else ()), *now.answers))
    people = [p.key for p in (*now.people, *(before.people if before else ()))]
    order: dict[str, None] = {}
    for part in profile.parts:
        for question in part.questions:
            names = [question.id]
            if question.asked_of is not AskedOf.CONTACT:
                names += [f"{question.id}@{p}" for p in people]
            order.update(dict.fromkeys(n for n in names if n in keys))
    return (*order, *(k for k in keys if k not in order))


def _change(profile: Profile, answer_key: str, was: Answer, is_now: Answer) -> Change:
    name, _, person = answer_key.partition("@")
    question = next((q for p in profile.parts for q in p.questions if q.id == name), None)
    before, after = (answer_words(profile, question, v) for v in (was, is_now))
    pieces: tuple[Piece, ...] = ()
    if question is None or question.kind is QuestionKind.TEXT:
        pieces = word_diff(before, after)
    elif question.kind is QuestionKind.CHOICES:
        pieces = _codes_diff(profile, question, codes_of(was), codes_of(is_now))
    prose = question is None or question.kind is QuestionKind.TEXT
    return Change(
        question=name,
        person=person,
        label=question.label if question else name,
        before=before,
        now=after,
        pieces=pieces,
        words_added=words_in(pieces, "added") if prose else 0,
        words_removed=words_in(pieces, "removed") if prose else 0,
    )


def _codes_diff(
    profile: Profile, question: Question, was: tuple[str, ...], is_now: tuple[str, ...]
) -> tuple[Piece, ...]:
    """One piece for each code: those that stayed, those that went, those that came."""
    return (
        *(("same", profile.label(question.codes, c)) for c in was if c in is_now),
        *(("removed", profile.label(question.codes, c)) for c in was if c not in is_now),
        *(("added", profile.label(question.codes, c)) for c in is_now if c not in was),
    )
