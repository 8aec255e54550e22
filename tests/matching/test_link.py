"""Batch linkage finds the pairs that searching would find."""

from dataclasses import replace
from datetime import date

from matching import Band, Index, Person, deduplicate, link
from matching.blocking import sound
from tests.bench.people import population, queries
from tests.matching.people import MAYA

TOWN = population(600, seed=3)


def test_two_lists_are_linked_person_by_person() -> None:
    asked = queries(TOWN, 150, seed=4)
    left = [replace(t.query, id=f"Q{i}") for i, t in enumerate(asked)]
    found = {(m.query.id, m.record.id) for m in link(left, TOWN)}
    right = {(f"Q{i}", t.id) for i, t in enumerate(asked)}
    assert len(found & right) >= 0.93 * len(right)
    assert len(found & right) >= 0.97 * len(found)


def test_search_finds_what_link_links() -> None:
    asked = queries(TOWN, 150, seed=4)
    left = [replace(t.query, id=f"Q{i}") for i, t in enumerate(asked)]
    index = Index.build(TOWN)
    linked = [m for m in link(left, TOWN) if m.probability > 0.9]
    found = [m.record.id in {f.record.id for f in index.search(m.query, k=5)} for m in linked]
    assert len(linked) > 100
    assert sum(found) >= 0.99 * len(found)


def test_a_list_is_deduplicated_and_no_pair_comes_twice() -> None:
    again = [replace(p, id=f"again-{p.id}", phone=None) for p in TOWN[:60]]
    found = [frozenset((m.query.id, m.record.id)) for m in deduplicate([*TOWN, *again])]
    assert len(set(found)) == len(found)
    wanted = {frozenset((p.id, f"again-{p.id}")) for p in TOWN[:60]}
    assert len(wanted & set(found)) >= 58


def test_a_higher_threshold_gives_a_part_of_the_same_pairs() -> None:
    asked = [t.query for t in queries(TOWN, 60, seed=8)]
    left = [replace(q, id=str(i)) for i, q in enumerate(asked)]
    wide = {(m.query.id, m.record.id) for m in link(left, TOWN, threshold=0.3)}
    narrow = {(m.query.id, m.record.id) for m in link(left, TOWN, threshold=0.99)}
    assert narrow < wide


def test_nothing_links_with_nothing() -> None:
    assert link([], TOWN) == link(TOWN, []) == deduplicate([]) == deduplicate([MAYA]) == []


WHOLE = Person(
    id="1", given="Maya", family="Rowe", dob=date(2019, 3, 14), postcode="NM1 2AB",
    nhs_number="9990000018",
)  # fmt: skip
STRANGER = Person(
    id="2", given="Oskar", family="Lindqvist", dob=date(2011, 9, 21), postcode="NM7 9ZX",
    nhs_number="9990000026",
)  # fmt: skip


def test_one_person_in_each_of_two_lists_is_known_by_their_facts() -> None:
    again = replace(WHOLE, id="again")
    for found in (
        link([WHOLE], [again]),
        link([WHOLE, STRANGER], [again]),
        deduplicate([WHOLE, again]),
    ):
        assert [(m.query.id, m.record.id, m.band) for m in found] == [
            ("1", "again", Band.VERY_LIKELY)
        ]
        assert found[0].probability > 0.999
    two = link([WHOLE, STRANGER], [again, replace(STRANGER, id="too")])
    assert [m.probability > 0.999 for m in two] == [True, True]
    named = link([Person(id="1", given="Maya", family="Rowe")], [again])
    assert named[0].band is not Band.VERY_LIKELY


def test_strangers_sisters_and_namesakes_alone_in_two_lists_are_not_linked() -> None:
    sister = replace(WHOLE, id="s", given="Elin", dob=date(2016, 7, 2), nhs_number="9990000034")
    namesake = replace(
        WHOLE, id="n", dob=date(1985, 7, 7), postcode="NM9 1AA", nhs_number="9990000034"
    )
    for other in (STRANGER, sister, namesake):
        assert link([WHOLE], [other]) == []
        assert [m for m in link([WHOLE], [other], threshold=0.1) if m.probability > 0.1] == []


def test_names_that_sound_alike_share_a_key() -> None:
    assert sound("catherine") == sound("kathryn")
    assert sound("philip") == sound("phillip")
    assert sound("smith") == sound("smyth")
    assert sound("maya") != sound("zoe")
