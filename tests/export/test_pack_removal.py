"""Words taken out of a copy are not in its file, in any form that can be read back."""

import re
import subprocess
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from tests.export.pack_family import COPIES, rowe_decision, rowe_pack, with_changes
from triage.domain.decision import DecisionVersion
from triage.domain.pack import Copy, Removal
from triage.export.pack_removal import Nature, is_health_number, removing


def a_copy(*kinds: Removal, words: tuple[str, ...] = ()) -> Copy:
    return replace(COPIES[1], removals=frozenset(kinds), words=words)


def everything_in(pdf: bytes, folder: Path) -> str:
    """All that can be read back: by two readers, from every stream, and from the metadata."""
    file = folder / "copy.pdf"
    file.write_bytes(pdf)
    poppler = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, check=True)
    reader = PdfReader(BytesIO(pdf))
    parts = [poppler.stdout.decode(), *(page.extract_text() for page in reader.pages)]
    parts += [str(reader.metadata), str(reader.outline), pdf.decode("latin-1")]
    for number in reader.xref[0]:
        thing = reader.get_object(number)
        if hasattr(thing, "get_data"):
            parts.append(thing.get_data().decode("latin-1"))
    return " ".join("\n".join(parts).split()).casefold()


def cut(text: str, copy: Copy, version: DecisionVersion | None = None) -> str:
    pieces = removing(version or rowe_decision(), copy).take_out(text, Nature.TOLD)
    return "".join(f"[{p.name}]" if isinstance(p, Removal) else p for p in pieces)


def test_health_numbers_and_who_reported_it_leave_the_file(tmp_path):
    concern = (
        "PC Amrit Sandhu of northmere\npolice (01632-960 877, +44 1632 960877, "
        "A.Sandhu@northmere-police.example) rang. Mr Sandhu said NHS 99901 42276, and a neighbour "
        "said 999-027-5514. Sandhu's note follows."
    )
    copy = a_copy(Removal.HEALTH_NUMBERS, Removal.REFERRER)
    version = with_changes(concern=concern)
    pack = rowe_pack(replace(copy, recipient="Named nurse"), version)
    said = everything_in(pack.pdf, tmp_path)
    squeezed = re.sub(r"\W", "", said)
    for gone in ("sandhu", "amrit", "neighbour", "northmere-police.example"):
        assert gone not in said
    for gone in ("9990142276", "9990275514", "960877"):
        assert gone not in squeezed
    assert "h-2231907" not in said
    assert pack.numbers == {Removal.HEALTH_NUMBERS: 1, Removal.REFERRER: 2}
    assert pack.removed[Removal.HEALTH_NUMBERS] == 6
    assert said.count("removed 2") >= pack.removed[Removal.REFERRER]


def test_chosen_words_go_in_any_case_and_across_line_ends(tmp_path):
    copy = a_copy(Removal.CHOSEN_WORDS, words=("red mark on her left arm", "Theo"))
    version = with_changes(concern="A RED mark\non her  left\tarm. THEO slept; Theodora did not.")
    said = everything_in(rowe_pack(copy, version).pdf, tmp_path)
    assert "left arm" not in said
    assert not re.search(r"\btheo\b", said)
    assert "theodora" in said


def test_the_address_and_safe_phone_leave_the_file(tmp_path):
    version = with_changes(
        concern="They are at 14  LARCH COURT, nm34qt; 14 Larch Court again. Ring 01632960214."
    )
    copy = a_copy(Removal.ADDRESS, Removal.SAFE_CONTACT)
    said = everything_in(rowe_pack(copy, version).pdf, tmp_path)
    squeezed = re.sub(r"\W", "", said)
    for gone in ("larch court", "no voicemail"):
        assert gone not in said
    for gone in ("nm34qt", "01632960214"):
        assert gone not in squeezed
    assert "larch lane nursery" in said


def test_relatives_go_but_parents_and_children_stay(tmp_path):
    version = with_changes(
        concern="Jean Rowe, the grandmother, sleeps on the sofa. Jean is kind. Carla Rowe agrees."
    )
    said = everything_in(rowe_pack(a_copy(Removal.RELATIVES), version).pdf, tmp_path)
    assert "jean" not in said
    assert "for now" not in said
    assert "carla rowe" in said
    assert "dean hartley" in said


def test_names_that_are_words_go_only_where_they_are_names():
    version = with_changes(referrer={"name": "Will Hope"})
    copy = a_copy(Removal.REFERRER)
    assert (
        cut("Will said he will. I hope so.", copy, version) == "[REFERRER] said he will. I hope so."
    )
    assert cut("WILL HOPE rang. will hope rang. Mr Hope rang. Hope, Will", copy, version) == (
        "[REFERRER] rang. [REFERRER] rang. [REFERRER] rang. [REFERRER]"
    )


def test_a_family_name_shared_with_the_children_stays_theirs():
    version = with_changes(referrer={"name": "Anne Rowe"})
    assert cut(
        "Anne Rowe said that Maya Rowe and Anne fell.", a_copy(Removal.REFERRER), version
    ) == ("[REFERRER] said that Maya Rowe and [REFERRER] fell.")


def test_who_reported_it_is_not_shown_by_marking_the_childs_school(tmp_path):
    version = with_changes(
        referrer={"agency": "Brookfold Primary", "role": "teacher"},
        concern="A teacher at Brookfold Primary rang.",
    )
    pack = rowe_pack(a_copy(Removal.REFERRER), version)
    first = PdfReader(BytesIO(pack.pdf)).pages[0].extract_text()
    assert first.count("Brookfold Primary") == 1
    assert "Brookfold Primary" in pack.still_says


def test_chosen_words_are_found_where_they_run_on_from_label_to_answer(tmp_path):
    words = "family been told? Told"
    pack = rowe_pack(a_copy(Removal.CHOSEN_WORDS, words=(words,)))
    said = everything_in(pack.pdf, tmp_path)
    assert "been told?" not in said
    assert pack.removed[Removal.CHOSEN_WORDS] == 1
    assert pack.not_found == ()


def test_chosen_words_that_stand_nowhere_are_told():
    pack = rowe_pack(a_copy(Removal.CHOSEN_WORDS, words=("purple elephant", "asleep")))
    assert pack.not_found == ("purple elephant",)


def test_dates_times_and_phones_are_not_health_numbers():
    text = "On 24 11 2026 at 08 52, 01632 960 214, ref 1234567890123, +44 7700 900123."
    assert cut(text, a_copy(Removal.HEALTH_NUMBERS)) == text


def test_unseen_letters_do_not_hide_a_word():
    copy = a_copy(Removal.CHOSEN_WORDS, words=("Larch",))
    assert cut("La\u00adrch and Lar\u200bch", copy) == "[CHOSEN_WORDS] and [CHOSEN_WORDS]"


def test_nothing_is_removed_from_a_copy_that_asks_for_nothing():
    pack = rowe_pack(COPIES[0])
    assert pack.removed == {}
    assert "Nothing was removed from this copy." in " ".join(
        " ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pack.pdf)).pages
    )


def test_the_last_page_counts_each_kind_and_says_why():
    pack = rowe_pack(COPIES[1])
    last = " ".join(PdfReader(BytesIO(pack.pdf)).pages[-1].extract_text().split())
    assert (
        f"removed 1 Health numbers {pack.removed[Removal.HEALTH_NUMBERS]} places"
        in last.replace("\u00a0", " ")
    )
    assert "Who tells us is not passed on" in last


def test_a_mark_has_the_same_size_whatever_was_under_it():
    def mark_widths(words: str) -> set[bytes]:
        version = with_changes(concern=f"Said {words} here.")
        pdf = rowe_pack(a_copy(Removal.CHOSEN_WORDS, words=(words,)), version).pdf
        stream = PdfReader(BytesIO(pdf)).pages[0].get_contents().get_data()
        return set(re.findall(rb"([\d.]+) [\d.]+ re f", stream))

    assert mark_widths("Ann") == mark_widths("a much longer run of words that was said")


@given(
    st.integers(0, 999_999_999),
    st.lists(st.sampled_from(["", " ", "-", "  ", "\n", "."]), min_size=9, max_size=9),
)
@settings(max_examples=150)
def test_a_health_number_goes_in_any_spacing(number, gaps):
    digits = f"{number:09}"
    check = 11 - sum(int(d) * w for d, w in zip(digits, range(10, 1, -1), strict=True)) % 11
    if check == 10:
        return
    digits += str(0 if check == 11 else check)
    spaced = "".join(d + g for d, g in zip(digits, [*gaps, ""], strict=True))
    assert is_health_number(spaced)
    assert cut(f"NHS {spaced} here", a_copy(Removal.HEALTH_NUMBERS)) == "NHS [HEALTH_NUMBERS] here"


@given(st.text(max_size=60), st.text(min_size=1, max_size=12))
@settings(max_examples=200)
def test_no_text_survives_its_own_removal(around, words):
    if not words.split() or not any(letter.isalnum() for letter in words):
        return
    copy = a_copy(Removal.CHOSEN_WORDS, words=(words,))
    pieces = removing(rowe_decision(), copy).take_out(f"{around} {words} {around}", Nature.TOLD)
    assert Removal.CHOSEN_WORDS in pieces


@pytest.mark.parametrize("kind", list(Removal))
def test_every_kind_makes_a_pack(kind):
    assert rowe_pack(a_copy(kind, words=("Maya",))).pages >= 4


@pytest.mark.parametrize(
    "words",
    [
        *(f"Ms San{unseen}dhu" for unseen in "\u200c\u200d\u034f\ufe0f\u061c\u2062\U000e0061"),
        "Ｓａｎｄｈｕ",
        "_Sandhu_",
        "Sandhu_note.docx",
        "999\u200d014\u200d2276",
        "999,014,2276",
        "999_014_2276",
    ],
)
def test_what_reads_as_the_removed_words_goes_too(words):
    said = cut(words, a_copy(Removal.REFERRER, Removal.HEALTH_NUMBERS))
    assert "[REFERRER]" in said or "[HEALTH_NUMBERS]" in said


def test_joiners_stay_where_letters_need_them():
    assert cut("می\u200cخواهم", a_copy(Removal.REFERRER)) == "می\u200cخواهم"
