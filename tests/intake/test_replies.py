"""A partner's answer on the form, in Word, quoted in a reply, by MESH, or in words of their own."""

import json
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.draft import TextPart
from triage.domain.request import Onward, Standing
from triage.domain.request_letter import (
    ANSWERED_BY,
    CONDITIONS,
    PASS_ON,
    Letter,
    LetterLine,
    as_text,
)
from triage.export.answer_form import word_form
from triage.intake.replies import classify, read_reply, read_structured
from triage.intake.sandbox import read_safely

QUESTIONS = (
    "Who lives at the address",
    "Reports of noise or harm since 24 Nov 2025",
    "Rent arrears",
)
LETTER = Letter(
    marking="OFFICIAL-SENSITIVE",
    hub="Northmere MASH",
    reference="R-26-02291",
    reply_by="24 Nov 2026, 12:35",
    lines=(
        LetterLine(label="About", values=("Maya Rowe, born 14 Mar 2019",)),
        LetterLine(
            label="Please tell us", values=tuple(f"{n} {q}" for n, q in enumerate(QUESTIONS, 1))
        ),
    ),
    questions=QUESTIONS,
)
SAID = {
    1: "Carla Rowe and two children. Mr Hartley is not on the tenancy.",
    2: "Nothing held.",
    3: "Refused, because we need her consent for accounts",
}


def _filled(said: dict[int, str] = SAID, *, by: str = "T. Amos, tenancy officer") -> str:
    text = as_text(LETTER)
    for number, words in said.items():
        text = text.replace(f"Answer {number}:\n", f"Answer {number}: {words}\n")
    text = text.replace(f"{ANSWERED_BY}:", f"{ANSWERED_BY}: {by}")
    text = text.replace(f"{PASS_ON}:", f"{PASS_ON}: ask first")
    return text.replace(f"{CONDITIONS}:", f"{CONDITIONS}: Not to Mr Hartley")


def _body(text: str) -> tuple[TextPart, ...]:
    return (TextPart(name="body", media_type="text/plain", text=text),)


def _standings(text: str) -> list[Standing]:
    return [i.standing for i in read_reply(_body(text), QUESTIONS).items]


def test_the_form_filled_in_is_read_question_by_question() -> None:
    read = read_reply(_body(_filled()), QUESTIONS)
    assert [i.standing for i in read.items] == [Standing.KNOWN, Standing.NIL, Standing.REFUSED]
    assert read.items[0].words == SAID[1]
    assert read.items[2].reason == "we need her consent for accounts"
    assert read.answered_by == "T. Amos, tenancy officer"
    assert (read.onward, read.onward_words) == (Onward.ASK, "Not to Mr Hartley")


def test_the_form_answered_within_the_quoted_lines_is_read_too() -> None:
    quoted = "\n".join(f"> {line}" for line in _filled().splitlines())
    text = f"See below.\n\nOn 24 Nov 2026 MASH wrote:\n{quoted}"
    assert _standings(text) == [Standing.KNOWN, Standing.NIL, Standing.REFUSED]


def test_our_own_empty_form_quoted_below_is_no_answer_and_no_nil_return() -> None:
    quoted = "\n".join(f"> {line}" for line in as_text(LETTER).splitlines())
    text = f"\n\nOn 24 Nov 2026 MASH wrote:\n{quoted}"
    assert _standings(text) == [Standing.BLANK] * 3


def test_words_of_their_own_wait_for_a_person() -> None:
    text = "Hello\n\nShe moved out in May, we have no records after that.\n\nRegards\nT. Amos"
    read = read_reply(_body(text), QUESTIONS)
    assert [i.standing for i in read.items] == [Standing.OWN_WORDS]
    assert "moved out in May" in read.items[0].words


def test_a_bare_nil_return_is_one_for_each_question() -> None:
    assert _standings("Hi,\nNothing held.\nKind regards\nT. Amos") == [Standing.NIL] * 3


def test_an_answer_over_several_lines_is_kept_whole_and_the_form_is_not_in_it() -> None:
    text = _filled({1: "Carla Rowe.\nTwo children.\n\nA lodger since May."})
    read = read_reply(_body(text), QUESTIONS)
    assert read.items[0].words == "Carla Rowe.\nTwo children.\n\nA lodger since May."
    assert [i.standing for i in read.items[1:]] == [Standing.BLANK] * 2


def test_the_word_form_typed_into_is_read_by_the_reader() -> None:
    import io

    import docx

    form = docx.Document(io.BytesIO(word_form(LETTER)))
    for paragraph in form.paragraphs:
        for number, words in SAID.items():
            if paragraph.text.strip() == f"Answer {number}:":
                paragraph.add_run(words)
        if paragraph.text.startswith(PASS_ON):
            paragraph.add_run("yes")
    out = io.BytesIO()
    form.save(out)
    mail = EmailMessage()
    mail["From"] = "T. Amos <tenancy-duty@northmere-housing.example>"
    mail["Subject"] = "Re: Request for information R-26-02291"
    mail["Message-ID"] = "<1@northmere-housing.example>"
    mail.set_content("Please see attached.\n")
    mail.add_attachment(
        out.getvalue(), maintype="application", subtype="octet-stream", filename="form.docx"
    )
    (draft,) = read_safely(mail.as_bytes(), "reply.eml")
    read = read_reply(draft.parts, QUESTIONS)
    assert [i.standing for i in read.items] == [Standing.KNOWN, Standing.NIL, Standing.REFUSED]
    assert read.items[0].words == SAID[1]
    assert read.onward is Onward.FREE
    assert read.text == "Please see attached."


def test_the_same_letter_makes_the_same_form() -> None:
    assert word_form(LETTER) == word_form(LETTER)


@pytest.mark.parametrize(
    ("words", "standing"),
    [
        ("", Standing.BLANK),
        ("nil return", Standing.NIL),
        ("Nothing held.", Standing.NIL),
        ("No trace", Standing.NIL),
        ("We hold no records", Standing.NIL),
        ("Not known to our service", Standing.NIL),
        ("not known", Standing.NOT_KNOWN),
        ("Unknown.", Standing.NOT_KNOWN),
        ("No", Standing.KNOWN),
        ("No records before 2024; three visits since", Standing.KNOWN),
        ("Nothing held on Theo, but Maya was seen in May", Standing.KNOWN),
        ("We cannot share this: a court order", Standing.REFUSED),
        ("Unable to share", Standing.REFUSED),
    ],
)
def test_only_what_is_clearly_a_fixed_answer_is_read_as_one(words: str, standing: Standing) -> None:
    assert classify(words)[0] is standing


def test_a_mesh_answer_is_read_and_known_without_a_word_is_blank() -> None:
    told = {
        "reference": "R-26-02291",
        "answers": [
            {"number": 1, "standing": "known"},
            {"number": 2, "standing": "nil return"},
            {"number": 3, "standing": "refused", "reason": "A court order"},
            {"number": 9, "standing": "known", "words": "Not asked"},
        ],
        "onwardUse": "never",
        "answeredBy": "B. Saunders",
    }
    read = read_structured(json.dumps(told).encode(), QUESTIONS)
    assert read is not None
    assert [i.standing for i in read.items] == [Standing.BLANK, Standing.NIL, Standing.REFUSED]
    assert read.items[2].reason == "A court order"
    assert (read.onward, read.answered_by) == (Onward.NEVER, "B. Saunders")


def test_half_a_letter_in_a_mesh_answer_is_a_question_mark() -> None:
    told = {"answers": [{"number": 1, "words": "Known \ud83d"}], "answeredBy": "\udc00"}
    read = read_structured(json.dumps(told).encode(), QUESTIONS)
    assert read is not None
    assert (read.items[0].words, read.answered_by) == ("Known ?", "?")


@given(st.binary(max_size=200))
def test_bytes_that_are_no_answer_are_none(data: bytes) -> None:
    assert read_structured(data, QUESTIONS) is None


@given(
    st.lists(
        st.text(alphabet=st.characters(whitelist_categories=["L", "N"]), min_size=1, max_size=30),
        min_size=3,
        max_size=3,
    )
)
def test_whatever_is_written_after_answer_comes_back(said: list[str]) -> None:
    words = [f"Said {w}" for w in said]
    read = read_reply(_body(_filled(dict(enumerate(words, 1)))), QUESTIONS)
    assert [i.words for i in read.items] == words
