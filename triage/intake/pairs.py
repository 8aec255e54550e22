"""Labels and values within one line, parted by a colon, a question mark, a gap or leaders."""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

import re

from triage.intake.labels import Meaning, classify
from triage.intake.pieces import Piece

_HINT = r"(?:\s*\((?=[^()\n]*(?:/|e\.g|please|tick|delete|if |or ))[^()\n]{1,60}\))?"
_SEPARATOR = re.compile(
    rf"\s?(?::|：)(?=\s|$|[^\s/\d])|(?<=[\w)])\?{_HINT}\s*:?(?=\s|$)"
    r"|\t+|\s={1,2}\s|\s?\.{4,}\s?:?\s?|\s\.{1,3}\s|\s(?:->|=>|→|\|)\s"
)
_LEADERS = re.compile(r"(?:[.…_·]\s?){3,}\s*")
_GOES_ON = re.compile(r"\s*\(?(?:if (?:yes|no|not|so)|please|tick|delete|e\.g)\b", re.I)
_DASHED = re.compile(r"^\s*([^\W\d][^:?–—-]{1,40}?)\s[–—-]{1,2}\s(?=\S)")
_DASHED_ON = re.compile(r"[.;]\s+([A-Z][^:?.–—-]{1,30}?)\s[–—-]{1,2}\s(?=\S)")
_ANSWERED_SHORT = frozenset({"consent", "informed", "urgent", "risk", "interpreter"})
_BOXED_AFTER = re.compile(
    r"^\s*([^\W\d][^\n:☒☑☐□✓✔]{2,90}?)(?:\*?\s+(?=[☒☑☐])|\s{2,}(?=[□✓✔]|\[[ xX]?\]))"
)
# "[Date of birth]   4 May 2015"
_SQUARED = re.compile(r"^\s*\[(?P<label>[^\W\d][^\[\]\n]{2,40})\]\s+(?=\S)")
_GAPPED = re.compile(r"^\s*([^\W\d][^\n:]{1,50}?)(?:\s{3,}|\t)(?=\S)")
_HARD = re.compile(r"\s{2,}|\t|\s\|\s|\u00a0{2,}|_{2,}\s+")
# a line of a chat: "10:02 Tutor: ...", "[03/10/2026, 21:14] Shaz: ...", "Hayley (21:40): ..."
_CHAT = re.compile(
    r"\s*(?:[\[(]?(?:\d{1,2}[/.]\d{1,2}[/.]\d{2,4},? )?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?: ?[ap]m)?[\])]?\s*[-–]?\s*[^\W\d_][^:\n]{0,40}:"
    r"|[^\W\d_][\w’' ]{0,24} [\[(]\d{1,2}[:.]\d{2}(?: ?[ap]m)?[\])]:)(?=\s|$)"
)
# "Completed by Ada Fenn, Nursery Manager": no colon
_BY_NAME = re.compile(
    r"\s*(?P<label>(?i:(?:form |report |referral )?(?:completed|signed|prepared|written|submitted|reported|referred|raised) by))\s+"
    r"(?=(?:[A-Z][\w’'-]+\.? ){1,2}[A-Z][\w’'-]+(?:[,|(–-]|\s{2,}|\s[|–-]|$))"
)
_IF = re.compile(r"(?i)\W*if (?:yes|no|not|so|n|y|declined|refused)\b")
_STRANGE = re.compile(r"\s{3,}[A-Z][\w’'/ ]{1,30}:(?=\s)")
_BOUNDARY = re.compile(r";\s|[.?!]\s+(?=[A-Z])|,\s|(?<=[)\]])\s|\s[–—-]\s")


def known(meaning: Meaning) -> bool:
    """True for a label whose meaning was understood well enough to trust."""
    return bool(meaning.attribute or meaning.subject) and (
        meaning.share >= 0.2 or (meaning.weight >= 2 and meaning.share >= 0.1)
    )


def pairs_in(piece: Piece) -> list[tuple[Piece, Piece]]:
    """Labels and values in one line: "Surname: X   DOB: Y", "Told? No", "Role\\tNurse"."""
    words = piece.text
    if _CHAT.match(words):
        return []
    if len(words) > 20_000:
        words = words[:2_000]
    found: list[tuple[int, int, int]] = []
    floor = 0
    if (squared := _SQUARED.match(words)) and known(classify(squared["label"])):
        found.append((squared.start("label"), squared.end("label"), squared.end()))
        floor = squared.end()
    barred = words.count(" | ") > 1  # the foot of a letter, or cells of a table
    for separator in _SEPARATOR.finditer(words):
        if len(found) > 40:
            break
        if barred and "|" in separator[0]:
            continue
        question = "?" in separator[0]
        if question and _GOES_ON.match(words, separator.end()):
            continue  # "Are they aware? If no, why?" is one label
        gap = words[floor : separator.start()]
        floor += len(gap) - len(gap.lstrip()) if found else 0
        between = words[floor : separator.start()]
        if found and re.fullmatch(r"\s*\([^()]*\)\s*", between) and words[found[-1][1] - 1] == "?":
            found[-1] = (*found[-1][:2], separator.end())  # "Born? (or due date): 6 July"
            floor = separator.end()
            continue
        hard = max((m.end() for m in _HARD.finditer(between)), default=0)
        soft = [m.end() for m in _BOUNDARY.finditer(between) if m.end() > hard]
        loose = bool(found) and not hard and not question
        if loose:  # "Relationship: partner PR: no": the label is among the last words
            ends = [m.end() for m in re.finditer(r"\s(?=\S)", between[-60:])][-4:]
            soft += [max(0, len(between) - 60) + at for at in ends]
        if not found and not question and _IF.match(words):
            hard, soft = 0, []  # "If No to any of these, say why:" is one label
        stops = [floor + at for at in ([hard, *soft] if not question else [*reversed(soft), hard])]
        best: tuple[float, int] | None = None
        for stop in stops[:12]:
            label = words[stop : separator.start()].strip(" -–•*")
            if not label or len(label) > 130 or label.count("(") > label.count(")"):
                continue
            meaning = classify(label + ("?" if question else ""))
            strict = stop not in {0, floor + hard} or loose
            whom = meaning.subject and meaning.share >= 0.9 and words[:stop].rstrip()[-1:] in ".;)"
            if loose and meaning.attribute in {"", "ignore"} and not whom:
                continue
            if not known(meaning) or (
                strict
                and (
                    meaning.share < (0.34 if question else 0.5)
                    or (meaning.attribute in {"ignore", ""} and meaning.share < 0.9)
                )
            ):
                continue
            if question and len(label.split()) > 30:
                continue
            if best is None or meaning.share > best[0] + 0.01:
                best = (meaning.share, stop)
        if best is not None:
            found.append((best[1], separator.start() + (1 if question else 0), separator.end()))
            floor = separator.end()
    if not found and (dashed := _DASHED.match(words)):
        meaning = classify(dashed[1])
        person = meaning.attribute in {"", "name"} and bool(
            meaning.index or meaning.relation or (meaning.subject and meaning.share >= 0.9)
        )
        account = meaning.attribute == "concern" and meaning.share >= 0.9 and len(dashed[1]) < 20
        told = meaning.attribute not in {"", "ignore", "concern"} or person or account
        if told and meaning.share >= 0.5:
            found.append((0, dashed.end(1), dashed.end()))
            for more in _DASHED_ON.finditer(words, dashed.end()):
                meaning = classify(more[1])
                if meaning.attribute in _ANSWERED_SHORT and meaning.share >= 0.9:
                    found.append((more.start(1), more.end(1), more.end()))
    if not found and (by := _BY_NAME.match(words)):
        found.append((by.start("label"), by.end("label"), by.end()))
    if not found and (gapped := _GAPPED.match(words)):
        meaning = classify(gapped[1])
        if meaning.attribute not in {"", "ignore", "concern"} and meaning.share >= 0.6:
            found.append((gapped.start(1), gapped.end(1), gapped.end()))
    if not found and (boxed := _BOXED_AFTER.match(words)):
        meaning = classify(boxed[1])
        if meaning.attribute not in {"", "ignore"} and known(meaning):
            found.append((boxed.start(1), boxed.end(1), boxed.end()))
    out = []
    for number, (start, label_end, value_start) in enumerate(found):
        stop = found[number + 1][0] if number + 1 < len(found) else len(piece.text)
        value = piece.cut(value_start, stop)
        if (beyond := _STRANGE.search(value.text)) and value.text[: beyond.start()].strip():
            value = value.cut(0, beyond.start())  # a label of another column that says nothing
        value = value.strip(" ,;|_")
        if leaders := _LEADERS.match(value.text):
            value = value.cut(leaders.end())
        out.append((piece.cut(start, label_end).strip(" -–•*"), value))
    return out
