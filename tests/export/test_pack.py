"""The pack on paper: what stands on its pages, and that no layout loses words."""

import subprocess
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from tests.export.pack_family import COPIES, PRINTED, rowe_decision, rowe_pack, with_changes
from triage.domain.decision import FrozenPerson, Problem, VersionState, Weight
from triage.export.pack import seal_of
from triage.export.pack_letters import REGULAR, set_in

LARGE = replace(COPIES[0], large_print=True)


def pages_of(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


def words_of(pdf: bytes) -> str:
    return " ".join(" ".join(pages_of(pdf)).split())


def fonts_of(pdf: bytes) -> Iterator[str]:
    for page in PdfReader(BytesIO(pdf)).pages:
        for font in page["/Resources"].get_object()["/Font"].values():
            yield str(font.get_object()["/BaseFont"])


@pytest.mark.parametrize("copy", [COPIES[1], LARGE])
def test_every_font_is_embedded_and_none_is_helvetica(copy):
    pdf = rowe_pack(copy).pdf
    names = set(fonts_of(pdf))
    assert all("+AtkinsonHyperlegible" in name for name in names), names
    assert b"Helvetica" not in pdf


def test_the_same_decision_and_moment_give_the_same_bytes():
    assert rowe_pack().pdf == rowe_pack().pdf


@pytest.mark.parametrize("copy", [*COPIES, LARGE])
def test_each_page_carries_marking_copy_and_page_number(copy):
    pack = rowe_pack(copy)
    pages = pages_of(pack.pdf)
    assert len(pages) == pack.pages
    for number, words in enumerate(pages, start=1):
        flat = " ".join(words.split())
        assert flat.count("OFFICIAL-SENSITIVE") == 2
        assert f"copy {copy.number} for {copy.recipient.split(',')[0]}" in flat
        assert f"Page {number} of {pack.pages}" in flat
        assert "C-26-04817" in flat
        assert "Practice data, fictional people." in flat


def test_page_one_says_what_was_decided_for_whom_and_who_signed():
    first = " ".join(pages_of(rowe_pack().pdf)[0].split())
    for words in (
        "Referral to children's social care",
        "Red",
        "Level 4 Statutory",
        "Decided 24 Nov 2026, 12:14",
        "Strategy discussion. For Maya Grace Rowe and Theo Rowe.",
        "14 Mar 2019 (7)",
        "Mother (has PR)",
        "01632 960 214, no voicemail",
        "“I put Theo under my bed so he wouldn't hear.”",
        "Injury to parent",
        "Safe, warm home",
        "Named nurse, Community Health",
        "Reasons for sharing and full analysis: page 2",
        "Ruth Osei, contact officer",
        "Priya Nandra, team leader",
        "7F3A-91C2-0D5E",
    ):
        assert words in first


def test_every_answer_of_the_decision_is_printed_somewhere():
    version = rowe_decision()
    printed = words_of(rowe_pack().pdf)
    texts = [value for value in version.answers.values() if isinstance(value, str)]
    for text in texts:
        if " " in text:
            assert " ".join(text.split()) in printed, text


def test_a_question_the_pack_does_not_know_is_printed_under_its_own_label():
    answers = {**rowe_decision().answers, "primary_need@c1": "N1", "new_question@c2": "Seen at 9"}
    printed = words_of(rowe_pack(version=with_changes(answers=answers)).pdf)
    assert "Also recorded" in printed
    assert "Primary need" in printed
    assert "new question (c2). Seen at 9" in printed


def test_children_with_different_outcomes_are_told_apart():
    answers = {**rowe_decision().answers, "outcome@c1": ("strategy", "early_help")}
    printed = words_of(rowe_pack(version=with_changes(answers=answers)).pdf)
    assert "Strategy discussion; Universal early help. For Maya Grace Rowe." in printed
    assert "Strategy discussion. For Theo Rowe." in printed


def test_a_child_without_an_outcome_or_a_voice_is_named():
    answers = {k: v for k, v in rowe_decision().answers.items() if not k.endswith("@c2")}
    printed = words_of(rowe_pack(version=with_changes(answers=answers)).pdf)
    assert "No outcome recorded for Theo Rowe." in printed
    assert "Nothing recorded of what Theo Rowe said or showed." in printed


def test_gaps_known_at_signing_are_printed():
    gap = Problem(part="x", question="y", weight=Weight.NEEDED, sentence="Nobody asked about dogs.")
    assert "Nobody asked about dogs." in words_of(
        rowe_pack(version=with_changes(problems=(gap,))).pdf
    )


def test_an_unsigned_version_says_so():
    version = with_changes(state=VersionState.PROPOSED, signer="", signer_name="", signed_at=None)
    first = pages_of(rowe_pack(version=version).pdf)[0]
    assert "Not signed yet" in first
    assert "Proposed 24 Nov 2026" in first


def test_an_empty_decision_still_makes_a_pack():
    version = with_changes(
        answers={}, people=(), partners=(), chronology=(), address={}, concern=""
    )
    printed = words_of(rowe_pack(version=version).pdf)
    assert "No child named" in printed
    assert "Not rated" in printed
    assert "Not recorded when this was signed." in printed


@pytest.mark.parametrize("copy", [COPIES[0], LARGE])
def test_twelve_children_forty_events_and_long_words_lose_nothing(copy):
    children = tuple(
        FrozenPerson(key=f"c{n}", name=f"Child{n} Verylongfamilyname-Other", is_child=True, age="4")
        for n in range(1, 13)
    )
    story = "\n\n".join(f"Paragraph{n} " + "words and more words " * 60 for n in range(12))
    version = with_changes(
        people=children,
        concern=story + "\n\n" + "x" * 900,
        chronology=tuple(
            (f"2026-01-{n % 28 + 1:02}", "Police", f"Event{n} " + "told " * (n * 9), "Extract")
            for n in range(40)
        ),
    )
    pack = rowe_pack(copy, version)
    printed = words_of(pack.pdf)
    for n in range(12):
        assert f"Paragraph{n} " in printed
        assert f"Child{n + 1} Verylongfamilyname" in printed.replace("- ", "-")
    for n in range(40):
        assert f"Event{n} " in printed or f"Event{n}" in printed.split()
    assert printed.replace(" ", "").count("x" * 50) >= 1
    assert f"full analysis: page {pack.begins['why']}" in printed
    assert "7 What we think, and why" in pages_of(pack.pdf)[pack.begins["why"] - 1]


def test_one_event_longer_than_a_page_is_carried_over():
    version = with_changes(
        chronology=(("2026-01-02", "Police", "begin " + "a b c " * 3000 + "end.", "X"),)
    )
    assert "end." in words_of(rowe_pack(version=version).pdf)


def test_names_in_other_letters_are_drawn_or_numbered_never_dropped():
    people = (
        FrozenPerson(key="c1", name="Łucja Wąchocka-Żółć", is_child=True),
        FrozenPerson(key="c2", name="Дарья Ковальчук", is_child=True),
        FrozenPerson(key="c3", name="מאיה כהן", is_child=True),
        FrozenPerson(key="c4", name="王小 Li", is_child=True),
        FrozenPerson(key="a1", name="علي حسن", is_child=False, relationship="Father"),
    )
    pack = rowe_pack(version=with_changes(people=people))
    printed = words_of(pack.pdf)
    assert "Łucja Wąchocka-Żółć" in printed
    assert "Дарья Ковальчук" in printed
    assert "[Chinese or Japanese U+738B U+5C0F]" in printed
    assert any("DejaVuSans" in name for name in fonts_of(pack.pdf))
    assert b"Helvetica" not in pack.pdf


def test_a_pack_says_which_letters_its_paper_could_not_show_and_only_then():
    said = "could not be drawn on this paper"
    assert said not in words_of(rowe_pack().pdf)
    people = (
        FrozenPerson(key="c1", name="王小 Li", is_child=True),
        FrozenPerson(key="a1", name="ሰላም", is_child=False, relationship="Mother"),
    )
    printed = words_of(rowe_pack(version=with_changes(people=people)).pdf)
    assert f"{said}: Chinese or Japanese, Ethiopic." in printed
    assert "[Ethiopic U+1230 U+120B U+121D]" in printed


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12))
def test_every_letter_is_drawn_or_named(name):
    """Nothing of a name is lost on the way to paper, whatever letters it has."""
    drawn = "".join(words for words, _ in set_in(name, REGULAR))
    for letter in name:
        shown = letter in drawn or f"U+{ord(letter):04X}" in drawn
        turned = unicodedata.bidirectional(letter) in ("R", "AL", "NSM")
        assert shown or turned, (letter, drawn)


def test_markup_in_words_of_others_stays_words():
    version = with_changes(concern='<b>Bold</b> & <font color="red">red</font> <img src="x"/>')
    assert '<b>Bold</b> & <font color="red">red</font> <img src="x"/>' in words_of(
        rowe_pack(version=version).pdf
    )


def test_large_print_has_no_letter_under_sixteen_points():
    small = []

    def look(text, _cm, _tm, _font, size):
        if text.strip() and size < 15.9:
            small.append((text, size))

    for page in PdfReader(BytesIO(rowe_pack(LARGE).pdf)).pages:
        page.extract_text(visitor_text=look)
    assert [words for words, _ in small if words.strip() not in "R"] == []


def test_the_other_reader_of_pdf_sees_the_same_words(tmp_path: Path):
    file = tmp_path / "pack.pdf"
    file.write_bytes(rowe_pack().pdf)
    said = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, check=True, text=True)
    assert "Theo was asleep" in said.stdout
    assert said.stderr == ""


def test_a_seal_is_twelve_digits_of_the_document_in_groups():
    assert seal_of(b"decision") == seal_of(b"decision")
    assert seal_of(b"decision") != seal_of(b"decisions")
    assert len(seal_of(b"x")) == 14


@given(st.text(max_size=120), st.text(max_size=40))
@settings(max_examples=25, deadline=None)
def test_any_words_make_a_pack(words, name):
    people = (FrozenPerson(key="c1", name=name, is_child=True, school=words, disability=words),)
    answers = {**rowe_decision().answers, "voice@c1": words}
    version = with_changes(
        concern=words, people=people, answers=answers, partners=((name, "found", words),)
    )
    for copy in (COPIES[1], LARGE):
        pack = rowe_pack(copy, version)
        assert pack.pages == len(PdfReader(BytesIO(pack.pdf)).pages)


def test_what_is_a_few_lines_long_is_never_alone_on_a_page():
    """A first page that is nearly full: the last short part still stands on it, or brings on."""
    for words in range(12, 44, 5):
        pack = rowe_pack(version=with_changes(concern="shouting was heard again " * words))
        pages = pages_of(pack.pdf)
        alone = [page for page in pages if "6 Who this pack is for" in page]
        assert "5 What raises the risk" in alone[0] or "7 What we think" in alone[0]


def test_no_word_of_a_table_is_cut_where_there_is_room_beside_it():
    """The name is wider than its column usually is."""
    named = FrozenPerson(key="c1", name="Małgorzata Wiśniewska-Kowalczyk", is_child=True)
    first = pages_of(rowe_pack(version=with_changes(people=(named,))).pdf)[0]
    assert "Wiśniewska-Kowalczyk\n" in first


def test_each_partner_is_named_with_what_they_hold_or_that_nobody_asked():
    replies = (
        ("Housing", "not found", "No trace. List of 23 Nov 2026."),
        ("Probation", "not checked", "Not looked up yet."),
    )
    words = words_of(rowe_pack(version=with_changes(partners=replies)).pdf)
    assert "Housing Nothing found No trace. List of 23 Nov 2026." in words
    assert "Probation Not asked Not looked up yet." in words


def test_the_signatures_are_read_after_what_they_stand_under():
    first = pages_of(rowe_pack().pdf)[0]
    assert first.index("6 Who this pack is for") < first.index("Screened by")


def test_the_file_says_its_title_language_and_when_it_was_made():
    reader = PdfReader(BytesIO(rowe_pack().pdf))
    assert reader.metadata is not None
    assert reader.metadata.title == "Referral pack C-26-04817"
    assert reader.metadata.creation_date == PRINTED
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"
    outline = [entry.title for entry in reader.outline]
    assert outline[:2] == ["1 What we decided", "2 Children and household"]
    assert outline == sorted(outline, key=lambda title: int(title.split()[0]))
