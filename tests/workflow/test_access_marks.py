"""What tells of third parties in free text: how much of it is found, and how much of it is true."""

import re
from pathlib import Path

from tests import factory
from triage.workflow.access_marks import Reader
from triage.workflow.access_names import Spellings

TEXTS = Path(__file__).with_name("third_party_texts.txt")
HELD = (
    "Theo Rowe", "Carla Rowe", "Kelly Marsh", "Dean Hartley", "Will Okafor", "Grace Pell",
    "José Álvarez", "Mohammed Hussain", "Jean Pell-Whitlock",
)  # fmt: skip
OWN = frozenset({"14larchcourt", "nm34qt", "01632960144"})
_MARK = re.compile(r"\[([nuri]) ([^\]]+)\]")

Spans = list[tuple[str, int, int]]


def labelled(line: str) -> tuple[str, Spans]:
    """A line without its brackets, and what stood in them."""
    text, spans, at = "", [], 0
    for match in _MARK.finditer(line):
        text += line[at : match.start()]
        spans.append((match[1], len(text), len(text) + len(match[2])))
        text += match[2]
        at = match.end()
    return text + line[at:], spans


def reader() -> Reader:
    own = frozenset({"maya", "rowe"})
    return Reader(Spellings(names=HELD, own=own, work=frozenset({"dan", "holt"})), own=OWN)


def found(text: str) -> list[tuple[int, int]]:
    """Where marks stand in a text, and names that are surely written so."""
    one = reader()
    one.read(text, factory.contact())
    words = {form for mark in one.marks.values() for form in mark.forms}
    words |= {form for forms in one.sure.values() for form in forms}
    spans = [m.span() for w in words for m in re.finditer(re.escape(w), text)]
    return [s for s in spans if not any(o != s and o[0] <= s[0] and s[1] <= o[1] for o in spans)]


def measured() -> tuple[dict[str, tuple[int, int]], tuple[int, int], list[str]]:
    """Of each kind how many are found of how many; of all that is found how much is true; and
    what was wrong."""
    of_kind: dict[str, tuple[int, int]] = {}
    true = everything = 0
    wrong = []
    for line in TEXTS.read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line:
            continue
        text, labels = labelled(line)
        spans = found(text)
        for kind, start, end in labels:
            hit = any(left < end and start < right for left, right in spans)
            got, all_ = of_kind.get(kind, (0, 0))
            of_kind[kind] = got + hit, all_ + 1
            if not hit:
                wrong.append(f"missed {text[start:end]!r} in {text!r}")
        for left, right in spans:
            everything += 1
            if any(left < end and start < right for _, start, end in labels):
                true += 1
            else:
                wrong.append(f"taken {text[left:right]!r} in {text!r}")
    return of_kind, (true, everything), wrong


def test_nearly_all_that_tells_of_third_parties_is_found_and_nearly_nothing_else() -> None:
    of_kind, (true, everything), wrong = measured()
    recall = {kind: got / all_ for kind, (got, all_) in of_kind.items()}
    assert recall["n"] >= 0.97, wrong
    assert min(recall[kind] for kind in "uri") == 1, wrong
    assert true / everything >= 0.97, wrong


def test_a_word_that_english_has_is_a_name_in_small_letters_only_by_what_stands_beside_it() -> None:
    one = reader()
    one.read("she will go and grace said that will is a good man", factory.contact())
    assert list(one.marks) == ["grace said", "will is"]
    assert "may be Grace Pell" in one.marks["grace said"].why
    assert one.sure == {}


def test_what_is_surely_a_name_needs_no_decision_of_its_own_and_what_may_be_has_its_reason() -> (
    None
):
    one = reader()
    one.read("KELLY, kelly and kelly.marsh@mail.example; K.M. or Kely", factory.contact())
    assert list(one.sure["Kelly Marsh"]) == ["kelly.marsh@mail.example", "KELLY", "kelly"]
    assert [mark.why for mark in one.marks.values()] == [
        "may be Kelly Marsh: initials",
        "may be Kelly Marsh: Kelly, misspelt",
    ]


def test_a_name_that_is_held_goes_with_another_family_name_behind_it_too() -> None:
    one = reader()
    one.read("Kelly Smith came, and Kelly Rowe with Dean Holt.", factory.contact())
    assert list(one.marks) == ["kelly smith"]
