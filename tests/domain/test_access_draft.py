"""On what grounds words go out of a copy of what is held, or stay in it."""

from triage.domain.access_draft import TO_LEAVE_IN, TO_TAKE_OUT, Ground


def test_no_ground_is_one_for_both_and_each_is_one_for_either() -> None:
    assert {*TO_TAKE_OUT, *TO_LEAVE_IN} == set(Ground)
    assert not {*TO_TAKE_OUT} & {*TO_LEAVE_IN}
    assert set(TO_LEAVE_IN) == {Ground.AGREES, Ground.REASONABLE, Ground.AT_WORK, Ground.NOBODY}


def test_each_names_the_law_but_that_it_tells_of_nobody() -> None:
    for ground in Ground:
        assert (" para" in ground.value or "art 15(4)" in ground.value) is (
            ground is not Ground.NOBODY
        ), ground


def test_what_it_rests_on_here_is_said_but_where_that_is_plain() -> None:
    plain = {ground for ground in Ground if not ground.needs_words}
    assert plain == {Ground.OTHER_PERSON, Ground.AT_WORK, Ground.NOBODY}


def test_what_was_said_of_it_is_recorded_behind_the_ground() -> None:
    said = Ground.HARM.why("  He threatened her. ")
    assert said == "Serious harm is likely (sch 3 para 11): He threatened her."
    assert Ground.HARM.why("  ") == "Serious harm is likely (sch 3 para 11)"
