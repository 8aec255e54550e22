"""Nothing is cut without a word: past a bound a file, or a part's end, is said not to be read."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from triage.domain.draft import Draft, DraftKind
from triage.intake.limits import Limits
from triage.intake.reader import read
from triage.intake.wire import as_plain

SMALL = replace(Limits(), rows=5, nodes=200, prose_chars=2_000, text_chars=40_000)
HEAD = "From: Ann Lee <ann@brookfold.example>\r\nSubject: Referral\r\nMIME-Version: 1.0\r\n"


def only(data: bytes, name: str, limits: Limits = SMALL) -> Draft:
    [draft] = read(data, name, limits=limits)
    return draft


def named(draft: Draft) -> list[tuple[str, str]]:
    return [(c.given.value, c.family.value) for c in draft.content.children]


def test_a_batch_of_more_rows_than_are_read_loses_nobody_in_silence() -> None:
    rows = "".join(f"Noah Castell{n},14/03/2016,A bruise\n" for n in range(7))
    draft = only(f"child name,dob,concern\n{rows}".encode(), "batch.csv")
    assert draft.kind is DraftKind.REJECTED
    assert "more than the 5 rows" in draft.not_read[0].why


def test_a_batch_of_more_contacts_than_are_read_loses_nobody_in_silence() -> None:
    contacts = [{"child": {"name": f"Noah Castell{n}"}, "concern": "A bruise"} for n in range(7)]
    draft = only(json.dumps(contacts).encode(), "batch.json")
    assert draft.kind is DraftKind.REJECTED
    assert "more than the 5 contacts" in draft.not_read[0].why


def deep(depth: int) -> dict[str, object]:
    value: dict[str, object] = {"child": {"given": "Noah", "family": "Castell"}}
    for n in range(depth):
        value = {f"part{n}": value}
    return value


def test_a_child_deeper_than_is_read_is_not_lost_in_silence() -> None:
    xml = "<a>" * 45 + "<Child><Given>Noah</Given></Child>" + "</a>" * 45
    for data, name in ((json.dumps(deep(45)).encode(), "x.json"), (xml.encode(), "x.xml")):
        draft = only(data, name)
        assert draft.kind is DraftKind.REJECTED
        assert "deeper than is read" in draft.not_read[0].why


def test_more_values_than_are_read_are_not_lost_in_silence() -> None:
    many = {"children": [{"given": f"Noah{n}", "family": "Castell"} for n in range(300)]}
    assert "more values than are read" in only(json.dumps(many).encode(), "x.json").not_read[0].why


def test_two_children_under_one_name_in_json_are_two() -> None:
    twice = (
        b'{"referral": {"child": {"name": "Ann Lee", "dob": "2015-01-01"},'
        b' "child": {"name": "Bo Lee", "dob": "2016-01-01"}, "concern": "A bruise"}}'
    )
    assert named(only(twice, "twice.json")) == [("Ann", "Lee"), ("Bo", "Lee")]


def test_a_cell_under_no_heading_is_kept_in_sight_and_said() -> None:
    comma = b"child name,dob,concern\nNoah Castell,14/03/2016,A bruise, and a burn on his arm\n"
    draft = only(comma, "comma.csv")
    assert "a burn on his arm" in draft.parts[0].text
    assert "under no heading" in draft.not_read[0].why


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_a_letter_longer_than_is_searched_says_so_and_keeps_its_words(kind: str) -> None:
    line = "She was tired again today and said little.\r\n" + ("<p>" if kind == "html" else "")
    body = f"Child: Noah Castell\r\n\r\n{line * 100}\r\nBo Lee was hit too.\r\n"
    mail = f"{HEAD}Content-Type: text/{kind}; charset=utf-8\r\n\r\n{body}"
    draft = only(mail.encode(), "long.eml", replace(SMALL, nodes=50_000))
    assert draft.kind is DraftKind.CONTACT
    assert "Bo Lee was hit too." in draft.parts[0].text
    assert "longer than is searched" in draft.not_read[0].why


def test_a_page_of_more_pieces_than_are_read_says_so() -> None:
    page = "<html><body>" + "<p>She was tired again today.</p>" * 400 + "</body></html>"
    assert any("longer than is read" in one.why for one in only(page.encode(), "x.html").not_read)


def test_a_table_in_a_letter_longer_than_is_read_says_so() -> None:
    rows = "\r\n".join(f"Noah Castell{n},14/03/2016,A bruise" for n in range(300))
    mail = (
        f"{HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee the list.\r\n"
        "--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=list.csv\r\n"
        f"\r\nchild name,dob,concern\r\n{rows}\r\n--b--\r\n"
    )
    draft = only(mail.encode(), "list.eml", Limits())
    assert [one.what for one in draft.not_read] == ["The end of list.csv"]


def strings(plain: object) -> Iterator[str]:
    if isinstance(plain, str):
        yield plain
    elif isinstance(plain, dict | list | tuple):
        for one in plain.values() if isinstance(plain, dict) else plain:
            yield from strings(one)


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\x1b", "\x07", "\x9b"])
def test_signs_that_turn_words_round_or_steer_a_terminal_are_in_no_fact(sign: str) -> None:
    mail = (
        f"From: An{sign}n Lee <ann@brookfold.example>\r\nSubject: Refer{sign}ral\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\nChild: Noah {sign}Castell\r\n"
        f"Concern: A {sign}bruise.\r\n"
    ).encode()
    page = json.dumps({"child": {"name": f"Noah {sign}Castell"}, "concern": f"A {sign}bruise."})
    for data, name in ((mail, "x.eml"), (page.encode(), "x.json")):
        draft = only(data, name)
        assert named(draft) == [("Noah", "Castell")]
        assert [said for said in strings(as_plain((draft,))) if sign in said] == []
