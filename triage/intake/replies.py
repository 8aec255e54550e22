"""A partner's answer read: what was said to each question, and what they let the hub do with it.

Answers come on the form, in Word or on the lines of a reply (also quoted ones), as JSON by MESH,
or in words of their own. What is not clearly one of the fixed answers is kept as what they said,
for a person to read; silence is never taken for an answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from triage.domain.draft import TextPart
from triage.domain.request import AnswerItem, Onward, Standing
from triage.domain.request_letter import (
    ANSWERED_BY,
    CONDITIONS,
    FORM_BEGINS,
    FORM_ENDS,
    PASS_ON,
    TITLE,
)

LONGEST = 20_000
"""Characters kept of one answer's words; the original is kept whole."""

_NIL = re.compile(
    r"(?i)(?:we |there is |there are )?(?:have |hold )?(?:nil(?: returns?)?"
    r"|nothing(?: is)?(?: held| known| recorded| found| to report)?"
    r"|no (?:trace|records?|information|involvement)"
    r"(?: held| found| of (?:this|the) (?:family|child|person|people))?|none held"
    r"|not known to (?:us|this|our|the) ?(?:service|team|department|agency)?)[\s.!]*"
)
_NOT_KNOWN = re.compile(
    r"(?i)(?:we )?(?:not known|unknown|do(?:n['’]t| not) know|n/?k|not sure|unable to say)[\s.!]*"
)
_REFUSED = re.compile(
    r"(?i)^(?:we )?(?:are |have )?(?:refused?|declined?|will not share|won['’]t share"
    r"|(?:can ?not|can['’]t|unable to|not able to) share)\b(?: (?:this|that|it))?[\s:;,.–-]*"
)
_BECAUSE = re.compile(r"(?i)^(?:because|as|since|due to)\b\s*")
_QUOTED = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.M)
_MARKER = re.compile(r"(?im)^[ \t|*]*answer[ \t]+(\d{1,2})[ \t|*]*[:.)][ \t|*]*")
_THREAD = re.compile(
    r"(?im)^\s*(?:on .{5,150} wrote:|-{2,} ?original message|from:\s.+|_{10,})\s*$|^\s*>"
)
_LETTERS = re.compile(r"[^\W_]+")
_GREETING = re.compile(r"(?i)^\s*(?:hi|hello|dear|good (?:morning|afternoon|evening))\b.{0,60}$")
_SIGN_OFF = re.compile(
    r"(?i)^\s*(?:kind |best |warm |many )?(?:regards|thanks|thank you|wishes|yours)\b.{0,60}$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAnswer:
    """What was understood of a reply. `text` is what they wrote, without what they quoted."""

    items: tuple[AnswerItem, ...]
    onward: Onward = Onward.NOT_SAID
    onward_words: str = ""
    answered_by: str = ""
    text: str = ""
    reference: str = ""


def read_reply(parts: Sequence[TextPart], questions: Sequence[str]) -> ReadAnswer:
    """The answer in the parts of a message: its body and the files with it.

    Each question takes the best answer that any part gives. Where no part answers on the form,
    what they wrote stands in their own words, for a person to sort.
    """
    said: dict[int, AnswerItem] = {}
    labels: dict[str, str] = {}
    for part in parts:
        plain = _QUOTED.sub("", part.text[: LONGEST * 5])
        for item in _on_the_form(plain, questions):
            if item.standing is not Standing.BLANK:
                said.setdefault(item.number, item)
        for label in (ANSWERED_BY, PASS_ON, CONDITIONS):
            labels[label] = labels.get(label, "") or _after(label, plain, questions)
    own = _own_words(parts[0].text if parts else "", questions)
    items = [
        said.get(n, AnswerItem(number=n, question=words, standing=Standing.BLANK))
        for n, words in enumerate(questions, 1)
    ]
    if not said:
        items = _unsorted(own, parts, questions) or items
    onward, words = _onward(labels.get(PASS_ON, ""), labels.get(CONDITIONS, ""))
    return ReadAnswer(
        items=tuple(items),
        onward=onward,
        onward_words=words,
        answered_by=labels.get(ANSWERED_BY, "")[:200],
        text=own,
    )


def read_answer(
    untrusted_bytes: bytes, parts: Sequence[TextPart], questions: Sequence[str]
) -> ReadAnswer:
    """The answer in a message however it was sent: a MESH document, a letter, a form."""
    return read_structured(untrusted_bytes, questions) or read_reply(parts, questions)


def read_structured(untrusted_bytes: bytes, questions: Sequence[str]) -> ReadAnswer | None:
    """An answer sent as JSON, or None where it is not one."""
    try:
        told = json.loads(untrusted_bytes.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or not isinstance(told.get("answers"), list):
        return None
    said: dict[int, AnswerItem] = {}
    for entry in told["answers"][:100]:
        item = _structured_item(entry, questions)
        if item is not None:
            said.setdefault(item.number, item)
    items = tuple(
        said.get(n, AnswerItem(number=n, question=words, standing=Standing.BLANK))
        for n, words in enumerate(questions, 1)
    )
    onward = {"free": Onward.FREE, "ask": Onward.ASK, "never": Onward.NEVER}
    return ReadAnswer(
        items=items,
        onward=onward.get(_words(told, "onwardUse"), Onward.NOT_SAID),
        onward_words=_words(told, "conditions"),
        answered_by=_words(told, "answeredBy")[:200],
        text=_words(told, "words"),
        reference=_words(told, "reference")[:40],
    )


def classify(words: str) -> tuple[Standing, str]:
    """What an answer amounts to, and the reason where it is a refusal."""
    words = words.strip()
    if not words:
        return Standing.BLANK, ""
    if _NIL.fullmatch(words):
        return Standing.NIL, ""
    if _NOT_KNOWN.fullmatch(words):
        return Standing.NOT_KNOWN, ""
    if refused := _REFUSED.match(words):
        return Standing.REFUSED, _BECAUSE.sub("", words[refused.end() :]).strip()
    return Standing.KNOWN, ""


def _on_the_form(text: str, questions: Sequence[str]) -> Iterable[AnswerItem]:
    found = list(_MARKER.finditer(text))
    ends = [*(mark.start() for mark in found[1:]), len(text)]
    for mark, end in zip(found, ends, strict=False):
        number = int(mark[1])
        if not 1 <= number <= len(questions):
            continue
        words = _cut(text[mark.end() : end], questions)
        standing, reason = classify(words)
        yield AnswerItem(
            number=number,
            question=questions[number - 1],
            standing=standing,
            words=words[:LONGEST],
            reason=reason[:LONGEST],
        )


def _cut(words: str, questions: Sequence[str]) -> str:
    """An answer without the form's own lines that follow it."""
    kept: list[str] = []
    for line in words.splitlines():
        if _is_of_the_form(line, questions) or (_THREAD.match(line) and kept):
            break
        kept.append(line.strip().strip("|").strip())
    return "\n".join(kept).strip()


def _is_of_the_form(line: str, questions: Sequence[str]) -> bool:
    plain = _plain(line)
    if not plain:
        return False
    asked, begin = _lines_of_the_form(tuple(questions))
    return plain in asked or plain.startswith(begin)


@lru_cache(maxsize=32)
def _lines_of_the_form(questions: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    """The form's questions as lines, and how its other lines begin."""
    labels = (ANSWERED_BY, PASS_ON, CONDITIONS, FORM_BEGINS, FORM_ENDS)
    numbered = [_plain(f"{n}. {q}") for n, q in enumerate(questions, 1)]
    return (
        frozenset((*numbered, *map(_plain, questions))),
        (*map(_plain, labels), *(f"{line} answer" for line in numbered)),
    )


def _after(label: str, text: str, questions: Sequence[str]) -> str:
    found = re.search(rf"(?im)^[ \t|*]*{re.escape(label)}[ \t|*]*:?[ \t|*]*(.*)$", text)
    if found is None:
        return ""
    words = found[1].strip().strip("|").strip()
    if words:
        return words
    rest = text[found.end() :].lstrip("\n").splitlines()[:1]  # in a table it stands below
    below = rest[0].strip().strip("|").strip() if rest else ""
    return "" if _is_of_the_form(below, questions) or _MARKER.match(below) else below


def _onward(said: str, conditions: str) -> tuple[Onward, str]:
    plain = _plain(said)
    if plain in ("yes", "y", "yes you may"):
        return (Onward.ASK if conditions.strip() else Onward.FREE), conditions.strip()
    if plain in ("no", "n"):
        return Onward.NEVER, conditions.strip()
    words = " ".join(w for w in (said.strip(), conditions.strip()) if w)
    if not words:
        return Onward.NOT_SAID, ""
    return Onward.ASK, conditions.strip() if plain in ("ask", "ask first") else words


def _own_words(body: str, questions: Sequence[str]) -> str:
    """What they wrote above what they quoted, without the form."""
    cut = _THREAD.search(body)
    top = body[: cut.start()] if cut else body
    form = re.search(rf"(?m)^\W*{FORM_BEGINS}", top)
    first = _MARKER.search(top)
    ends = [m.start() for m in (form, first) if m]
    if ends:
        top = top[: min(ends)]
    lines = [line for line in top.splitlines() if not _is_of_the_form(line, questions)]
    return "\n".join(lines).strip()[:LONGEST]


def _unsorted(
    own: str, parts: Sequence[TextPart], questions: Sequence[str]
) -> list[AnswerItem] | None:
    """The answer where none stands on the form: a plain nil, or their own words."""
    said = [x for x in own.splitlines() if x.strip() and not _GREETING.match(x)]
    for at, line in enumerate(said):
        if at and _SIGN_OFF.match(line):
            said = said[:at]
            break
    words = " ".join(said)
    if _NIL.fullmatch(words):
        return [
            AnswerItem(number=n, question=q, standing=Standing.NIL, words=words)
            for n, q in enumerate(questions, 1)
        ]
    attached = [p for p in parts[1:] if p.text.strip() and TITLE not in p.text[:400]]
    if not words and not attached:
        return None
    files = ", ".join(p.name for p in attached)
    return [
        AnswerItem(
            number=0,
            question="",
            standing=Standing.OWN_WORDS,
            words=own or f"See {files}.",
        )
    ]


def _structured_item(entry: Any, questions: Sequence[str]) -> AnswerItem | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("number"), int):
        return None
    number = entry["number"]
    if not 1 <= number <= len(questions):
        return None
    words, reason = _words(entry, "words"), _words(entry, "reason")
    try:
        standing = Standing(_words(entry, "standing"))
    except ValueError:
        standing, reason = classify(words)
    if standing is Standing.KNOWN and not words:
        standing = Standing.BLANK  # "known" without a word tells nothing
    return AnswerItem(
        number=number,
        question=questions[number - 1],
        standing=standing,
        words=words,
        reason=reason,
    )


def _words(told: dict[str, Any], name: str) -> str:
    said = told.get(name)
    if not isinstance(said, str):
        return ""
    # JSON may hold halves of letters, which no store keeps.
    return said.strip()[:LONGEST].encode("utf-8", "replace").decode()


def _plain(words: str) -> str:
    return " ".join(_LETTERS.findall(words.casefold()))
