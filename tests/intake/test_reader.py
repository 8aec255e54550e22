"""What the reader promises of any file."""

import hashlib
import re
import socket
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.faults.examples import EXAMPLES, never_hangs
from tests.intake.layouts import make
from triage.domain.draft import Draft, DraftKind
from triage.domain.fact import Fact, FactState
from triage.intake.reader import read
from triage.intake.rendition import rendition

DEV = Path(__file__).parent / "inbound" / "dev"
FILES = sorted(path for path in DEV.iterdir() if path.name != "truth.json")
ENDINGS = (".eml", ".msg", ".docx", ".pdf", ".json", ".xml", ".csv", ".html", ".txt", "")
HEAD = (
    b"From: Ann Bell <ann@school.example>\r\nSubject: x\r\n"
    b"Date: Fri, 20 Nov 2026 16:00:00 +0000\r\n\r\n"
)


def facts_in(value: object) -> Iterator[Fact]:
    """Every fact inside a value."""
    if isinstance(value, Fact):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from facts_in(getattr(value, field.name))
    elif isinstance(value, tuple):
        for one in value:
            yield from facts_in(one)


def drafts() -> list[Draft]:
    """Every draft of both sets."""
    inbound = [(path.name, path.read_bytes()) for path in FILES]
    others = [(name, data) for name, data, _ in make.cases()]
    return [draft for name, data in [*inbound, *others] for draft in read(data, name)]


def test_every_fact_stands_where_it_says() -> None:
    seen = 0
    for draft in drafts():
        texts = {part.name: part.text for part in draft.parts}
        for fact in facts_in(draft.content):
            for place in fact.places:
                assert texts[place.part][place.start : place.end] == place.words
                seen += 1
    assert seen > 1000


def words_of(text: str) -> set[str]:
    """The words of a text, lower case, composed."""
    return set(re.findall(r"\w+", unicodedata.normalize("NFC", text).casefold()))


def test_no_name_number_or_address_is_invented() -> None:
    for draft in drafts():
        source = words_of(" ".join(part.text for part in draft.parts))
        digits = re.sub(r"\D", "", " ".join(part.text for part in draft.parts))
        content = draft.content
        spoken = [content.referrer.name, content.referrer.email, content.address.line]
        spoken += [f for c in content.children for f in (c.given, c.family, c.school, *c.aliases)]
        spoken += [adult.name for adult in content.adults]
        for fact in spoken:
            assert words_of(fact.value) <= source, (draft.file, fact.value)
        for child in content.children:
            assert child.nhs_number.value in digits


def test_a_known_fact_remembers_a_place() -> None:
    for draft in drafts():
        content = draft.content
        for person in (*content.children, *content.adults, content.referrer):
            for name in ("given", "family", "dob", "name", "email", "phone", "nhs_number"):
                fact = getattr(person, name, None)
                assert not isinstance(fact, Fact) or not fact.known or fact.places, (
                    draft.file,
                    name,
                )


@settings(
    max_examples=max(120, EXAMPLES), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(data=st.binary(max_size=3000), ending=st.sampled_from(ENDINGS))
@never_hangs
def test_no_bytes_make_the_reader_raise(data: bytes, ending: str) -> None:
    for draft in read(data, "any" + ending):
        assert draft.sha256 == hashlib.sha256(data).hexdigest()
        assert "did not expect" not in draft.why


TEXTS = st.lists(
    st.sampled_from(
        [*"abZ 19/.:,()?'-\n\t☒☐\0é", "DOB ", "Mum ", "Child: ", "NM1 1AA", "consent ", "Re: "]
    ),
    max_size=300,
).map("".join)


@settings(
    max_examples=max(120, EXAMPLES), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(text=TEXTS, ending=st.sampled_from((".eml", ".csv", ".html", ".txt", ".json")))
@never_hangs
def test_no_text_makes_the_reader_raise(text: str, ending: str) -> None:
    data = (HEAD if ending == ".eml" else b"") + text.encode()
    for draft in read(data, "any" + ending):
        assert "did not expect" not in draft.why


@settings(
    max_examples=max(60, EXAMPLES), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(
    which=st.sampled_from([p for p in FILES if p.stat().st_size < 60_000]),
    at=st.integers(0, 60_000),
    change=st.binary(min_size=1, max_size=8),
)
@never_hangs
def test_a_damaged_file_never_stops_the_reader(which: Path, at: int, change: bytes) -> None:
    data = which.read_bytes()
    broken = data[: at % len(data)] + change + data[at % len(data) + len(change) :]
    assert all("did not expect" not in draft.why for draft in read(broken, which.name))


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the reader opened a connection")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    for path in FILES:
        assert read(path.read_bytes(), path.name)


HOSTILE = ("30", "32", "33", "34", "35", "36", "37")


@pytest.mark.parametrize(
    "path", [p for p in FILES if p.name.startswith(HOSTILE)], ids=lambda p: p.name
)
def test_a_hostile_mail_is_still_a_contact_with_its_bytes_known(path: Path) -> None:
    data = path.read_bytes()
    started = time.monotonic()
    (draft,) = read(data, path.name)
    assert time.monotonic() - started < 5
    assert draft.kind is DraftKind.CONTACT
    assert draft.sha256 == hashlib.sha256(data).hexdigest()
    assert draft.content.children


@pytest.mark.parametrize(
    ("start", "why"),
    [("30", "unpack"), ("32", "password"), ("33", "damaged"), ("34", "program")],
)
def test_what_could_not_be_read_is_said(start: str, why: str) -> None:
    path = next(p for p in FILES if p.name.startswith(start))
    (draft,) = read(path.read_bytes(), path.name)
    assert any(why in lost.why for lost in draft.not_read)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.docx", b""),
        ("cut.docx", b"PK\x03\x04word/document.xml"),
        ("program.pdf", b"MZ\x90" * 50),
        ("bomb.xml", next(p for p in FILES if p.name.startswith("31")).read_bytes()),
        ("deep.json", b"[" * 100_000),
        ("cut.pdf", b"%PDF-1.7\n1 0 obj"),
    ],
)
def test_a_dropped_file_that_cannot_be_read_is_set_before_a_person(name: str, data: bytes) -> None:
    (draft,) = read(data, name)
    assert draft.kind is DraftKind.REJECTED
    assert draft.why.endswith("The original is kept; look at it.")


@pytest.mark.parametrize(
    "unit",
    ["Ab ", "Ab\n", "mum ", "1 ", "1/1/2015 ", "NM1 1AA ", "a@", "(", "[x] ", "\n", "dob: "],
)
def test_five_megabytes_of_anything_are_read_in_seconds(unit: str) -> None:
    data = HEAD + unit.encode() * (5_000_000 // len(unit))
    started = time.process_time()
    (draft,) = read(data, "big.eml")
    assert time.process_time() - started < 25
    assert "did not expect" not in draft.why


def test_markup_and_formulas_stay_text() -> None:
    (ann,) = read(next(p for p in FILES if p.name.startswith("35")).read_bytes(), "35.eml")
    assert ann.content.children[0].given.value == "<b>Ann</b>"
    assert "fetch(" not in ann.parts[0].text
    rows = read(next(p for p in FILES if p.name.startswith("14")).read_bytes(), "14.csv")
    assert rows[3].content.children[0].given.value.startswith("=HYPERLINK(")


def test_a_date_is_offered_both_ways_only_where_the_file_gives_cause() -> None:
    plain = b"Child: Ola Reed\nDOB: 03/04/2015\nReferrer: Jo Marsh\nConcern: hungry\n"
    (draft,) = read(plain, "a.txt")
    assert draft.content.children[0].dob.value == "2015-04-03"
    assert draft.content.children[0].dob.alternatives == ()
    (doubted,) = read(plain + b"Mother: Eve Reed, born 12/31/1990\n", "b.txt")
    dob = doubted.content.children[0].dob
    assert dob.state is FactState.TO_CHECK
    assert dob.alternatives == ("2015-03-04",)


def test_a_pdf_fact_has_its_page_and_box() -> None:
    path = next(p for p in FILES if p.name.startswith("09"))
    (draft,) = read(path.read_bytes(), path.name)
    place = draft.content.children[0].dob.places[0]
    assert place.page == 1
    assert place.box is not None
    left, top, right, bottom = place.box
    assert 0 <= left < right <= 1
    assert 0 <= top < bottom <= 1


def test_the_rendition_is_the_text_the_places_count_in() -> None:
    path = next(p for p in FILES if p.name.startswith("05"))
    (draft,) = read(path.read_bytes(), path.name)
    assert rendition(path.read_bytes(), path.name) == draft.parts
