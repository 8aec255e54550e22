"""Which arrivals are said to look alike, and why."""

import json

from click.testing import CliRunner

from tests.intake.test_reader import DEV, FILES
from triage.cli import main
from triage.domain.draft import Draft, Kinship
from triage.intake.kinship import likenesses, signs_of
from triage.intake.reader import read


def note(name: str, words: str) -> Draft:
    """A draft of a dropped note."""
    (draft,) = read(words.encode(), name)
    return draft


def test_the_same_child_in_two_letters_is_the_same_family_not_a_copy() -> None:
    one = note("1.txt", "Child: Ada Poole\nDOB: 04/05/2018\nConcern: She came in hungry today\n")
    two = note("2.txt", "Child: Ada Poole\nDOB: 4 May 2018\nConcern: A bruise on her left arm\n")
    (found,) = likenesses([one, two])
    assert found.kinship is Kinship.SAME_FAMILY
    assert found.this == "2.txt"
    assert found.other == "1.txt"
    assert found.reasons


def test_the_same_bytes_twice_are_a_copy() -> None:
    words = "Child: Ada Poole\nDOB: 04/05/2018\nConcern: She came in hungry today\n"
    (found,) = likenesses([note("1.txt", words), note("2.txt", words)])
    assert found.kinship is Kinship.DUPLICATE


def test_a_shared_surname_alone_is_no_likeness() -> None:
    one = note("1.txt", "Child: Ada Poole\nDOB: 04/05/2018\nConcern: hungry\n")
    two = note("2.txt", "Child: Ben Poole\nDOB: 04/05/2018\nConcern: tired\n")
    assert likenesses([one, two]) == ()


def test_two_of_one_name_and_other_birth_dates_are_two() -> None:
    one = note("1.txt", "Child: Ada Poole\nDOB: 04/05/2018\nConcern: hungry\n")
    two = note("2.txt", "Child: Ada Poole\nDOB: 09/11/2012\nConcern: tired\n")
    assert likenesses([one, two]) == ()


def test_those_compared_before_are_compared_with_what_is_new_only() -> None:
    said = ("hungry", "a bruise", "late again")
    notes = [note(f"{n}.txt", f"Child: Ada Poole\nConcern: {w}\n") for n, w in enumerate(said)]
    found = likenesses(notes[2:], held=[signs_of(one) for one in notes[:2]])
    assert [(f.this, f.other) for f in found] == [("2.txt", "0.txt"), ("2.txt", "1.txt")]
    assert set(found) < set(likenesses(notes))


def test_accents_and_case_make_no_other_name() -> None:
    one = note("1.txt", "Child: Zoë Núñez\nDOB: 04/05/2018\nConcern: hungry\n")
    two = note("2.txt", "Child: ZOE NUNEZ\nDOB: 04/05/2018\nConcern: tired\n")
    assert [f.other for f in likenesses([one, two])] == ["1.txt"]


def test_the_command_prints_what_was_understood() -> None:
    names = [str(p) for p in FILES if p.name.startswith(("11", "12", "14"))]
    done = CliRunner().invoke(main, ["read", *names, "--json"])
    assert done.exit_code == 0
    answers = {one["file"]: one["got"] for one in json.loads(done.output)}
    assert answers["12_duplicate_of_11_by_mail.eml"]["duplicate_of"] == "11_webform.json"
    assert "14_police_batch.csv#10" in answers


def test_the_command_says_in_words_what_could_not_be_read() -> None:
    path = next(p for p in DEV.iterdir() if p.name.startswith("32"))
    done = CliRunner().invoke(main, ["read", str(path)])
    assert "report_LB.pdf: It is locked with a password." in done.output
