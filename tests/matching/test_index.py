"""The index finds who was added, forgets who was removed, and comes back from the disk whole."""

import json
import struct
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import (
    Band,
    DuplicatePersonError,
    Index,
    IndexFileError,
    MatchingError,
    Person,
    Sex,
    score,
)
from matching.comparison import date_level
from matching.days import Days
from matching.index_file import MAGIC
from matching.journal import person_from_bytes, person_to_bytes
from matching.name_comparison import name_level
from matching.person import prepare
from matching.quick import QuickScore
from matching.score import prior_of
from matching.texts import Texts
from matching.vocabulary import LEVELS, Vocabulary
from tests.bench.people import population, queries
from tests.matching.people import MAYA, TODAY, people

TOWN = [*population(3_000, seed=11), MAYA]


@pytest.fixture(scope="module")
def index() -> Index:
    return Index.build(TOWN)


def first(index: Index, **facts: object) -> str | None:
    found = index.search(Person(id="q", **facts))  # type: ignore[arg-type]  # facts of one test
    return found[0].record.id if found else None


@pytest.mark.parametrize(
    "facts",
    [
        {"nhs_number": "999 014 2270"},
        {"nhs_number": "999 014 2271"},
        {"phone": "+44 1632 960214"},
        {"given": "Maya", "family": "Rowe"},
        {"given": "Rowe", "family": "Maya"},
        {"given": "Maya Rowe"},
        {"given": "Mya", "family": "Row", "dob": date(2019, 3, 14)},
        {"given": "Maya", "age": (7, 7), "age_as_of": TODAY, "postcode": "NM3 4QT"},
        {"family": "Rowe", "dob": date(2019, 3, 14)},
        {"dob": date(2019, 3, 14), "postcode": "NM3 4QT"},
        {"given": "Maya", "mother": "Carla Rowe"},
        {"given": "Maya", "family": "Rowe", "dob_text": "March 2019"},
        {"address": "14 Larch Ct", "school": "Brookfold Primary School", "given": "M"},
    ],
)
def test_a_person_is_found_by_whatever_is_known(index: Index, facts: dict[str, object]) -> None:
    found = index.search(Person(id="q", **facts))  # type: ignore[arg-type]  # facts of one test
    assert "maya" in [m.record.id for m in found]


@pytest.mark.parametrize("typed", ["Que", "Quen", "Quent"])
def test_three_letters_of_a_name_find_it_while_typing(typed: str) -> None:
    rare = Person(id="rare", given="Quentin", family="Zabriskie")
    index = Index.build([*TOWN, rare])
    assert first(index, given=typed) == "rare"
    assert first(index, given="Quentin", family="Zab") == "rare"
    assert first(index, family=typed) == "rare"


def test_a_name_in_another_form_or_an_alias_is_found() -> None:
    index = Index.build(
        [*TOWN, Person(id="m", given="Margaret", family="Quill", aliases=("Peg Zephyr",))]
    )
    assert first(index, given="Maggie", family="Quill") == "m"
    assert first(index, given="Peg", family="Zephyr") == "m"


def test_search_and_score_agree(index: Index) -> None:
    for match in index.search(replace(MAYA, id="q", given="Maia")):
        assert index.score(match.query, match.record).score == match.score


def test_an_empty_query_and_an_empty_index_find_nobody(index: Index) -> None:
    assert index.search(Person(id="q")) == []
    assert Index.build([]).search(MAYA) == []
    assert index.search(Person(id="q", sex=Sex.FEMALE)) == []


def test_no_more_than_k_are_given_best_first(index: Index) -> None:
    found = index.search(Person(id="q", given="Maya"), k=3)
    assert len(found) == 3
    assert [m.score for m in found] == sorted((m.score for m in found), reverse=True)


def test_a_deadline_that_has_passed_still_answers(index: Index) -> None:
    assert len(index.search(MAYA, deadline_ms=0.0)) <= 5


def test_corrupted_queries_find_their_record_among_the_first_five(index: Index) -> None:
    asked = queries(TOWN[:-1], 200, seed=5)
    hits = sum(t.id in [m.record.id for m in index.search(t.query)] for t in asked)
    assert hits >= 0.97 * len(asked)


def test_searching_finds_what_scoring_everyone_would_find(index: Index) -> None:
    asked = [t.query for t in queries(TOWN[:-1], 5, seed=9)]
    for query in asked:
        best = max(index.score(query, person).score for person in TOWN)
        assert index.search(query)[0].score == best


def test_very_likely_is_always_the_right_record(index: Index) -> None:
    for truth in queries(TOWN[:-1], 200, seed=6):
        for match in index.search(truth.query):
            assert match.band is not Band.VERY_LIKELY or match.record.id == truth.id


def test_two_records_with_one_identifier_are_refused() -> None:
    with pytest.raises(DuplicatePersonError, match="Each record needs its own"):
        Index.build([MAYA, MAYA])


def test_adding_again_replaces_the_record() -> None:
    index = Index.build([MAYA])
    index.add(replace(MAYA, given="Zara"))
    assert len(index) == 1
    assert index.search(MAYA)[0].record.given == "Zara"


def test_many_people_added_one_by_one_are_all_found_and_can_be_removed() -> None:
    index = Index.build(TOWN[:100])
    late = TOWN[100:500]
    for person in late:
        index.add(person)
    assert len(index) == 500
    for person in late[::7]:
        # Households share facts; the record itself is the best match of its own facts.
        assert person.key in {m.record.key for m in index.search(person)}
        assert index.remove(person.id, person.source)
        assert person.key not in {m.record.key for m in index.search(person)}
    assert not index.remove("nobody")


@given(people())
@settings(max_examples=40)
def test_add_remove_search_round_trip(person: Person) -> None:
    index = Index.build(TOWN[:50])
    before = [m.record.key for m in index.search(person)]
    index.add(person)
    assert (person.source, person.id) in index
    index.remove(person.id, person.source)
    assert [m.record.key for m in index.search(person)] == before
    assert len(index) == 50


def test_people_are_added_and_removed_while_others_search() -> None:
    index = Index.build(TOWN[:500])

    def change(person: Person) -> None:
        index.add(person)
        index.remove(person.id, person.source)

    def look(person: Person) -> int:
        return len(index.search(person))

    with ThreadPoolExecutor(4) as pool:
        changes = pool.map(change, TOWN[500:700])
        found = list(pool.map(look, TOWN[:60]))
        list(changes)
    assert all(found)
    assert len(index) == 500


@given(people())
def test_a_person_comes_back_as_it_was_stored(person: Person) -> None:
    assert person_from_bytes(person_to_bytes(person)) == replace(
        person, **{f: None for f in ("given", "family") if getattr(person, f) == ""},
        **{f: None for f in ("nhs_number", "upn", "address", "postcode", "phone", "mother",
                             "school", "gp") if getattr(person, f) == ""},
    )  # fmt: skip


@given(st.lists(people(), max_size=6))
@settings(max_examples=30)
def test_save_and_open_give_the_same_answers(
    tmp_path_factory: pytest.TempPathFactory, held: list[Person]
) -> None:
    index = Index.build(replace(p, id=str(i)) for i, p in enumerate(held))
    path = tmp_path_factory.mktemp("index") / "people.index"
    index.save(path)
    opened = Index.open(path)
    assert opened.people() == index.people()
    assert opened.search(MAYA) == index.search(MAYA)


def test_saving_leaves_out_who_was_removed(tmp_path: Path) -> None:
    index = Index.build([MAYA, replace(MAYA, id="gone", given="Hermione")])
    index.remove("gone", MAYA.source)
    index.save(tmp_path / "people.index")
    assert b"Hermione" not in (tmp_path / "people.index").read_bytes()
    assert list(tmp_path.iterdir()) == [tmp_path / "people.index"]


def test_what_is_sealed_is_unsealed(tmp_path: Path) -> None:
    def turned(content: bytes) -> bytes:
        return bytes(b ^ 0x5A for b in content)

    path = tmp_path / "people.index"
    Index.build([MAYA]).save(path, seal=turned)
    assert b"Maya" not in path.read_bytes()
    assert len(Index.open(path, unseal=turned)) == 1
    with pytest.raises(IndexFileError, match="is sealed, and no key was given"):
        Index.open(path)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "people.index"
    Index.build(TOWN[:20]).save(path)
    return path


def test_a_changed_byte_is_noticed(saved: Path) -> None:
    content = bytearray(saved.read_bytes())
    content[len(content) // 2] ^= 1
    saved.write_bytes(content)
    with pytest.raises(IndexFileError, match="altered or damaged"):
        Index.open(saved)


@pytest.mark.parametrize("length", [0, 5, 30, 500])
def test_a_file_cut_short_is_refused(saved: Path, length: int) -> None:
    saved.write_bytes(saved.read_bytes()[:length])
    with pytest.raises(IndexFileError):
        Index.open(saved)


def test_another_version_is_refused_with_both_numbers(saved: Path) -> None:
    content = saved.read_bytes().replace(b'"version": 3', b'"version": 9')
    saved.write_bytes(content)
    with pytest.raises(IndexFileError, match="is of version 9, and this program reads version 3"):
        Index.open(saved)


def test_a_header_that_lies_about_its_length_takes_no_memory(saved: Path) -> None:
    saved.write_bytes(MAGIC + struct.pack("<Q", 2**62) + b"{}" + bytes(64))
    with pytest.raises(IndexFileError, match="cut short"):
        Index.open(saved)


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(IndexFileError, match="can't be opened"):
        Index.open(tmp_path / "nothing")


def test_odd_people_neither_stop_building_nor_searching() -> None:
    odd = [
        Person(id="1", given="", family=" "),
        Person(id="2", given="😀", family="\0"),
        Person(id="3", given="x" * 10_000, dob=date(1, 1, 1)),
        Person(id="4", given="محمد", dob=date(9999, 12, 31)),
        Person(id="5", nhs_number="9" * 500, phone="0" * 500),
        Person(id="6", given="\ud800", age=(-3, 900), age_as_of=TODAY),
    ]
    index = Index.build([*odd, MAYA])
    for person in odd:
        index.search(replace(person, id="q"))
    assert first(index, given="محمد") == "4"
    assert score(odd[2], odd[3]).score < 0


def test_people_are_kept_as_json_lines_without_pickle() -> None:
    assert json.loads(person_to_bytes(MAYA))["dob"] == "2019-03-14"


COLUMNS = {
    "id": ["1", "2", "3"],
    "given": ["Maya", "Zoë", None],
    "family": ["Rowe", "O’Brien", "Khan"],
    "dob": ["2019-03-14", "March 2019", None],
    "sex": ["female", "M", "?"],
    "aliases": [None, "Zo Khan; Zed", None],
}


def test_a_table_makes_the_same_index_as_its_people_one_by_one() -> None:
    table = Index.build_columns(COLUMNS, source="s")
    singly = Index.build(
        [
            Person(id="1", source="s", given="Maya", family="Rowe", dob=date(2019, 3, 14),
                   sex=Sex.FEMALE),
            Person(id="2", source="s", given="Zoë", family="O’Brien", dob_text="March 2019",
                   sex=Sex.MALE, aliases=("Zo Khan", "Zed")),
            Person(id="3", source="s", family="Khan"),
        ]
    )  # fmt: skip
    assert table.people() == singly.people()
    asked = Person(id="q", given="Zo", family="Khan")
    assert table.search(asked) == singly.search(asked)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"given": ["Maya"]}, "needs a column id"),
        ({"id": ["1"], "shoe": ["3"]}, "has no column shoe"),
        ({"id": ["1", "2"], "given": ["Maya"]}, "given has 1 values for 2 people"),
    ],
)
def test_a_table_that_is_none_is_refused(columns: dict[str, list[str]], said: str) -> None:
    with pytest.raises(MatchingError, match=said):
        Index.build_columns(columns)


@given(st.permutations(TOWN[:40]), st.sampled_from(TOWN[:40]))
@settings(max_examples=15)
def test_the_order_of_records_never_matters(held: list[Person], asked: Person) -> None:
    query = replace(asked, id="q", nhs_number=None, family="Rowe")
    assert Index.build(held).search(query) == Index.build(TOWN[:40]).search(query)


@given(st.lists(people(), max_size=4), people())
@settings(max_examples=15)
def test_a_search_gives_what_scoring_everyone_gives(held: list[Person], query: Person) -> None:
    index = Index.build(replace(p, id=str(i)) for i, p in enumerate(held))
    found = index.search(query, k=1)
    scored = sorted((index.score(query, p).score for p in index.people()), reverse=True)
    assert not found or found[0].score == scored[0] or found[0].score < 0


class Stop(BaseException):
    """The computer stops."""


@pytest.mark.parametrize("at", ["os.replace", "os.fsync", "matching.index_file._sealed"])
def test_a_crash_while_saving_leaves_the_old_index(
    saved: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    before = Index.open(saved).people()

    def stop(*_: object) -> None:
        raise Stop

    with monkeypatch.context() as patch:
        patch.setattr(at, stop)
        with pytest.raises(Stop):
            Index.build([MAYA]).save(saved)
    assert Index.open(saved).people() == before
    assert list(saved.parent.iterdir()) == [saved]


def test_who_is_added_changed_or_removed_is_so_after_a_restart(saved: Path) -> None:
    index = Index.open(saved, journal=True)
    index.add(MAYA)
    index.add(replace(MAYA, given="Zara"))
    index.remove(TOWN[0].id, TOWN[0].source)
    again = Index.open(saved, journal=True)
    assert again.search(MAYA)[0].record.given == "Zara"
    assert TOWN[0].key not in again
    assert len(again) == len(index) == 20


def test_an_entry_cut_short_by_a_crash_is_dropped_and_those_before_it_stay(saved: Path) -> None:
    index = Index.open(saved, journal=True)
    index.add(MAYA)
    index.remove(TOWN[0].id, TOWN[0].source)
    journal = saved.with_name(f"{saved.name}.journal")
    journal.write_bytes(journal.read_bytes()[:-3])
    again = Index.open(saved, journal=True)
    assert MAYA.key in again
    assert TOWN[0].key in again
    again.remove(TOWN[0].id, TOWN[0].source)
    assert TOWN[0].key not in Index.open(saved, journal=True)


def test_who_is_noted_has_reached_the_disk(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[int] = []
    monkeypatch.setattr("matching.journal.os.fsync", flushed.append)
    index = Index.open(saved, journal=True)
    index.add(MAYA)
    index.remove(MAYA.id, MAYA.source)
    assert len(flushed) == 2


def test_numbers_that_are_none_deny_nobody_while_candidates_are_chosen() -> None:
    asked = Person(id="q", given="Maya", family="Rowe", nhs_number="999 014 2270")
    index = Index.build(
        [
            Person(id="best", given="Maya", family="Rowe", nhs_number="0"),
            *(Person(id=str(n), given="Maya", family="Row") for n in range(60)),
        ]
    )
    assert [m.record.id for m in index.search(asked, k=1)] == ["best"]


def quick_and_exact(asked: Person, held: Person) -> tuple[float, float]:
    index = Index.build([held])
    [segment] = index._segments
    quick = QuickScore(
        prepare(asked), segment, weights=index.weights, frequencies=index, prior=prior_of(2)
    )
    [(value, _)] = quick.best(np.zeros(1, np.int32), 5)
    return value, index.score(asked, held).score


SADIA = Person(id="q", given="Sadia", family="Gill", dob=date(2013, 7, 9), sex=Sex.FEMALE)


@pytest.mark.parametrize(
    ("asked", "changed"),
    [
        (SADIA, {}),
        (SADIA, {"family": "Kaur"}),
        (replace(SADIA, family="Kaur"), {"family": "Gill"}),
        (replace(SADIA, family="Kaur"), {"family": "Begum"}),
        (replace(SADIA, family="Ahmed Khan"), {"family": "Khan"}),
        (replace(SADIA, family="Khan"), {"family": "Ahmed Khan"}),
        (replace(SADIA, given="Gill", family="Sadia"), {}),
        (replace(SADIA, mother="Amina Begum"), {"mother": "Amina Shah"}),
        (replace(SADIA, mother="Amina Shah"), {"mother": "Nadia Shah"}),
        (replace(SADIA, family="Shah", mother="Amina Shah"), {}),
        (SADIA, {"mother": "Amina Gill", "family": "Shah"}),
        (replace(SADIA, address="14 Larch Court", postcode="NM3 4QT"),
         {"address": "2 Elm Road", "postcode": "NM3 4QT"}),
        (replace(SADIA, address="14 Larch Court", postcode="NM3 4QT"),
         {"address": "14 Larch Court", "postcode": "NM3 4QT"}),
        (replace(SADIA, address="14 Larch Court", postcode="NM3 4QT"),
         {"address": "2 Elm Road", "postcode": "SW1 1AA"}),
        (replace(SADIA, postcode="NM3 4QT"), {"postcode": "NM33 1AB"}),
        (replace(SADIA, nhs_number="999 014 2270"), {"nhs_number": "999 014 2271"}),
        (replace(SADIA, nhs_number="999 014 2270"), {"nhs_number": "0"}),
        (SADIA, {"dob": date(2013, 9, 7)}),
        (SADIA, {"dob": date(2013, 1, 1)}),
        (SADIA, {"dob": None}),
    ],
)  # fmt: skip
def test_the_quick_score_is_the_exact_one_where_nothing_is_merely_close(
    asked: Person, changed: dict[str, object]
) -> None:
    held = replace(SADIA, id="held", **changed)  # type: ignore[arg-type]  # facts of one case
    quick, exact = quick_and_exact(asked, held)
    assert quick == pytest.approx(exact, abs=0.02)


def test_a_month_of_birth_tells_more_than_an_age_beside_it() -> None:
    asked = Person(id="q", family="Rowe", dob_text="March 2019", age=(0, 0), age_as_of=TODAY)
    index = Index.build([Person(id="1", family="Rowe", dob=date(2019, 3, 14)),
                         Person(id="2", family="Rowe", dob=date(2026, 3, 14))])  # fmt: skip
    assert index.search(asked, k=1)[0].record.id == "1"


def test_an_unlikely_record_is_not_shown_beside_one_that_is_thousands_of_times_likelier() -> None:
    index = Index()
    other = Person(id="other", given="Zed", family="Quill", dob=date(1961, 7, 2), school="Elm Road")
    for person in (replace(MAYA, school="Elm Road"), other):
        index.add(person)
    assert [m.record.id for m in index.search(replace(MAYA, school="Elm Road"))] == ["maya"]
    assert len(index.search(Person(id="q", school="Elm Road"))) == 2


def test_removed_means_gone_once_saved(saved: Path) -> None:
    index = Index.open(saved, journal=True)
    index.add(replace(MAYA, given="Hermione"))
    index.remove(MAYA.id, MAYA.source)
    index.save(saved)
    assert list(saved.parent.iterdir()) == [saved]
    assert b"Hermione" not in saved.read_bytes()


def test_the_journal_is_sealed_and_belongs_to_one_saved_index(saved: Path) -> None:
    def turned(content: bytes) -> bytes:
        return bytes(b ^ 0x5A for b in content)

    Index.build(TOWN[:20]).save(saved, seal=turned)
    index = Index.open(saved, unseal=turned, seal=turned, journal=True)
    index.add(MAYA)
    journal = saved.with_name(f"{saved.name}.journal")
    assert b"Maya" not in journal.read_bytes()
    # As if the computer had stopped between exchanging the index and clearing the journal.
    Index.build(TOWN[:19]).save(saved, seal=turned)
    again = Index.open(saved, unseal=turned, seal=turned, journal=True)
    assert len(again) == 19
    assert MAYA.key not in again


def test_chunks_of_two_files_are_not_mixed(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    Index.build(TOWN[:20]).save(one)
    Index.build(TOWN[:20]).save(other)
    first, second = one.read_bytes(), other.read_bytes()
    last = json.loads(first[len(MAGIC) + 8 :].partition(b"}")[0] + b"}")["chunks"][-1]
    assert len(first) == len(second)
    one.write_bytes(first[:-last] + second[-last:])
    with pytest.raises(IndexFileError, match="altered or damaged"):
        Index.open(one)


def _odd_words() -> st.SearchStrategy[str]:
    return st.text(alphabet="abcdekmosy", min_size=1, max_size=9)


@given(st.lists(_odd_words(), min_size=1, max_size=40), _odd_words())
def test_words_are_like_one_another_at_the_level_that_comparing_gives(
    held: list[str], token: str
) -> None:
    words = Vocabulary.of(held)
    for number, code in zip(
        *(a.tolist() for a in (words.near(token).numbers, words.near(token).codes)), strict=True
    ):
        assert LEVELS[code] == name_level(token, words.words[number])  # fmt: skip


@given(st.lists(st.dates(), min_size=1, max_size=40, unique=True), st.dates())
def test_days_are_like_one_another_at_the_level_that_comparing_gives(
    held: list[date], day: date
) -> None:
    held = sorted([*held, day.replace(day=1), day.replace(month=1, day=1)])
    ordinals = sorted({d.toordinal() for d in held})
    days = Days(np.array([0, *ordinals], np.int32))
    found = dict.fromkeys(ordinals, "other")
    found |= {d: "same year" for d in ordinals if date.fromordinal(d).year == day.year}
    for level, places in days.around(day).items():
        found |= {ordinals[p - 1]: level for p in places.tolist()}
    assert found == {d: date_level(day, date.fromordinal(d)) for d in ordinals}


def test_who_has_the_very_number_is_found_however_the_names_are_read() -> None:
    asked = Person(id="q", given="Maya", family="Ab", aliases=("Tom Rowe",), dob_text="2019",
                   nhs_number="999 014 2270", sex=Sex.FEMALE)  # fmt: skip
    same = Person(id="same", given="A", family="Rowley", dob=date(2000, 1, 1), sex=Sex.FEMALE,
                  nhs_number="999 014 2270")  # fmt: skip
    alike = Person(id="alike", aliases=("Tom Rowe",), dob_text="March 2019", sex=Sex.FEMALE)
    index = Index.build([alike, same, *(Person(id=str(n), sex=Sex.FEMALE) for n in range(2))])
    assert [m.record.id for m in index.search(asked, k=1)] == ["same"]


def test_slips_in_numbers_do_not_hide_who_agrees_best() -> None:
    asked = Person(
        id="q", given="Maya", family="Rowe", nhs_number="9990142270", upn="A123456789012"
    )
    slipped = replace(asked, id="slip", nhs_number="9990142280", upn="A123456789112")
    namesakes = [Person(id=str(n), given="Maya", family="Rowe") for n in range(200)]
    index = Index.build([*namesakes, slipped])
    assert index.search(asked, k=1)[0].record.id == "slip"
    assert index.search(replace(asked, upn=None), k=1)[0].record.id == "slip"
    assert index.search(replace(slipped, id="q", upn=None, given=None), k=1)[0].record.id == "slip"


def test_a_name_tells_less_once_many_bear_it_and_other_weights_count_at_once() -> None:
    index = Index.build(TOWN)
    asked = Person(id="q", given="Quenby", family="Zarrow")
    index.add(replace(asked, id="one"))
    alone = index.search(asked)[0].score
    for number in range(40):
        index.add(Person(id=f"more {number}", given="Quenby", family="Zarrow"))
    many = index.search(asked)[0]
    assert many.score < alone - 1.0
    index.weights = replace(index.weights, household_others=index.weights.household_others * 4)
    assert index.search(asked)[0].score != many.score


@given(st.lists(st.text(max_size=20)), st.lists(st.integers(0, 10_000), max_size=40))
def test_texts_taken_in_another_order_are_whole(texts: list[str], wanted: list[int]) -> None:
    held = [t.encode("utf-8", "replace").decode() for t in texts]
    places = [n % len(held) for n in wanted] if held else []
    taken = Texts.of(held).take(np.array(places, np.int64))
    assert list(taken) == [held[n] for n in places]
