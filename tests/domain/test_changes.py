"""What changed is told answer by answer, and in long text word by word."""

from hypothesis import given
from hypothesis import strategies as st

from tests.domain.values import profile, question, version
from triage.domain.changes import answer_words, changes, word_diff, words_in
from triage.domain.decision import Change
from triage.domain.profile import AskedOf, Part, QuestionKind

HUB = profile(
    Part(
        id="p",
        title="Part",
        questions=(
            question("rating", QuestionKind.CHOICE, codes="rating"),
            question("risks", QuestionKind.CHOICES, codes="risks"),
            question("voice", asked_of=AskedOf.EACH_CHILD),
            question("told", QuestionKind.YES_NO),
            question("day", QuestionKind.DATE),
            question("when", QuestionKind.DATE_TIME),
            question("note", QuestionKind.LINE),
        ),
    )
)
TEXTS = st.lists(st.sampled_from(["Maya", "Theo", "was", "safe.", "not", "at", "home"])).map(
    " ".join
)


def test_only_what_differs_is_told_in_the_order_of_the_form() -> None:
    before = version({"note": "a", "rating": "green", "told": "no"})
    now = version({"told": "yes", "note": "a", "rating": "red"})
    assert [(c.label, c.before, c.now) for c in changes(HUB, before, now)] == [
        ("Rating", "Green", "Red"),
        ("Told", "No", "Yes"),
    ]


def test_the_first_version_is_told_whole() -> None:
    got = changes(HUB, None, version({"rating": "red", "note": ""}))
    assert [(c.question, c.before, c.now) for c in got] == [("rating", "", "Red")]


def test_each_childs_answer_is_its_own_change() -> None:
    before = version({"voice@c1": "quiet"})
    now = version({"voice@c1": "quiet", "voice@c2": "asleep", "voice": "all"})
    assert [(c.question, c.person) for c in changes(HUB, before, now)] == [
        ("voice", ""),
        ("voice", "c2"),
    ]


def test_ticks_that_came_and_went_are_told_one_by_one() -> None:
    before = version({"risks": ("injury", "none")})
    now = version({"risks": ("injury", "afraid")})
    (change,) = changes(HUB, before, now)
    assert change.pieces == (("same", "Injury"), ("removed", "None"), ("added", "Afraid"))
    assert (change.words_added, change.words_removed) == (0, 0)


def test_an_answer_the_profile_no_longer_asks_comes_last_under_its_key() -> None:
    got = changes(HUB, version({"gone": "old words"}), version({"rating": "red"}))
    assert [c.label for c in got] == ["Rating", "gone"]
    assert got[1] == Change(
        question="gone",
        label="gone",
        before="old words",
        now="",
        pieces=(("removed", "old words"),),
        words_removed=2,
    )


def test_dates_are_said_as_people_write_them() -> None:
    questions = {q.id: q for q in HUB.parts[0].questions}
    assert answer_words(HUB, questions["day"], "2026-11-24") == "24 Nov 2026"
    assert answer_words(HUB, questions["when"], "2026-11-24T14:30") == "24 Nov 2026 14:30"
    assert answer_words(HUB, questions["day"], "soon") == "soon"
    assert answer_words(HUB, questions["when"], "soon") == "soon"
    assert answer_words(HUB, questions["told"], "not_asked") == "Not asked"


def test_a_replaced_sentence_is_crossed_out_whole() -> None:
    before = "It began on Monday. He was not found, so the risk is high."
    now = "It began on Monday. Police found him so the risk tonight is less."
    pieces = word_diff(before, now)
    assert pieces[0] == ("same", "It began on Monday. ")
    assert [op for op, _ in pieces].count("removed") <= 2


def test_added_words_are_counted() -> None:
    (change,) = changes(
        HUB, version({"voice": "She hid."}), version({"voice": "She hid. He slept."})
    )
    assert (change.words_added, change.words_removed) == (2, 0)


def test_blanks_alone_are_no_change() -> None:
    assert word_diff("a  b", "a b ") == (("same", "a b "),)


@given(TEXTS, TEXTS)
def test_the_pieces_spell_both_texts(before: str, now: str) -> None:
    pieces = word_diff(before, now)
    assert "".join(words for op, words in pieces if op != "removed") == now
    kept = "".join(f"{words} " for op, words in pieces if op != "added")
    assert kept.split() == before.split()
    assert words_in(pieces, "added") + words_in(pieces, "same") == len(now.split())


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert all(op == "same" for op, _ in word_diff(text, text))
