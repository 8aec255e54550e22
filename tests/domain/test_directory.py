"""Searching the directory: a choice only ever leaves out; what is not said leaves nothing out."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.storage.values import any_of
from triage.domain.directory import Directory, Hidden, Only, Order, Wanted, terms_of
from triage.domain.service import (
    Assurance,
    Cost,
    Helped,
    Need,
    Point,
    Reach,
    Service,
    Session,
    Venue,
    assurance,
    fits,
    postcode_of,
)

TODAY = date(2026, 11, 24)
HOME = Point(55.0117, -0.8249)
VIOLENCE = Need(code="domestic_abuse", label="Domestic abuse", words=("violence", "hears"))
MAYA = Helped(key="c1", name="Maya", age=7)
CARLA = Helped(key="a1", name="Carla", adult=True)


def service(id: str = "lantern", **said: object) -> Service:
    values: dict[str, object] = {
        "name": "Lantern children's group",
        "assured_on": date(2026, 9, 3),
        **said,
    }
    return Service(directory="northmere", id=id, **values)  # type: ignore[arg-type]


def found(wanted: Wanted, *services: Service) -> list[str]:
    directory = Directory.of(services, [VIOLENCE], TODAY)
    return [h.service.id for h in directory.search(wanted).hits]


SOME_WORDS = st.sampled_from(["child", "play", "violence", "Lantern", "Polish", "zz"])
SERVICES = st.lists(any_of(Service), max_size=6, unique_by=lambda s: s.key)
CHOICES: st.SearchStrategy[dict[str, object]] = st.one_of(
    st.builds(lambda w: {"words": w}, SOME_WORDS),
    st.builds(lambda n: {"needs": frozenset(n)}, st.sets(st.sampled_from(["a", "b"]), min_size=1)),
    st.just({"people": (MAYA,)}),
    st.just({"within_km": 5.0}),
    st.just({"free": True}),
    st.builds(lambda r: {"reach": frozenset({r})}, st.sampled_from(Reach)),
    st.builds(lambda d: {"days": frozenset({d})}, st.integers(0, 6)),
    st.just({"language": "Polish"}),
    st.builds(lambda o: {"only": frozenset({o})}, st.sampled_from(Only)),
)


@given(services=SERVICES, chosen=st.lists(CHOICES, max_size=3), another=CHOICES)
def test_a_choice_never_adds_a_service(
    services: list[Service], chosen: list[dict[str, object]], another: dict[str, object]
) -> None:
    before = Wanted(origin=HOME)
    for each in chosen:
        before = replace(before, **each)  # type: ignore[arg-type]
    (name,) = another
    if getattr(before, name) != getattr(Wanted(), name):
        return  # one that is made already would be exchanged for another
    directory = Directory.of(services, [VIOLENCE], TODAY)
    wide = directory.search(before)
    narrow = directory.search(replace(before, **another))  # type: ignore[arg-type]
    assert {h.service.key for h in narrow.hits} <= {h.service.key for h in wide.hits}


@given(services=SERVICES)
def test_nothing_chosen_shows_everything_in_either_order(services: list[Service]) -> None:
    directory = Directory.of(services, [VIOLENCE], TODAY)
    for order in Order:
        seen = directory.search(Wanted(order=order))
        assert {h.service.key for h in seen.hits} == {s.key for s in services}
        assert (seen.count, seen.hidden) == (len(services), ())


@given(services=SERVICES, chosen=st.lists(CHOICES, max_size=4))
def test_what_is_hidden_names_a_choice_and_is_not_shown(
    services: list[Service], chosen: list[dict[str, object]]
) -> None:
    wanted = Wanted(origin=HOME)
    for each in chosen:
        wanted = replace(wanted, **each)  # type: ignore[arg-type]
    seen = Directory.of(services, [VIOLENCE], TODAY).search(wanted)
    assert all(h.hidden for h in seen.hidden)
    shown = {h.service.key for h in seen.hits}
    assert not shown & {h.service.key for h in seen.hidden}
    assert seen.count + seen.hidden_count <= len(services)


HELPED = st.builds(
    Helped,
    key=st.just("p"),
    name=st.just("Maya"),
    age=st.none() | st.integers(0, 120),
    adult=st.booleans(),
)
AGED = st.builds(
    service,
    id=st.integers(0, 10**6).map(str),
    min_age=st.none() | st.integers(0, 120),
    max_age=st.none() | st.integers(0, 120),
    for_children=st.none() | st.booleans(),
    for_adults=st.none() | st.booleans(),
)


@given(
    services=st.lists(AGED, max_size=5, unique_by=lambda s: s.key),
    people=st.lists(HELPED, min_size=1, max_size=3).map(tuple),
)
def test_a_search_for_people_finds_exactly_what_fits_one_of_them(
    services: list[Service], people: tuple[Helped, ...]
) -> None:
    seen = Directory.of(services, [], TODAY).search(Wanted(people=people))
    fitting = {s.key for s in services if any(fits(s, p) for p in people)}
    assert {h.service.key for h in seen.hits} == fitting
    assert all(h.whom == tuple(p for p in people if fits(h.service, p)) for h in seen.hits)


def test_no_ages_said_takes_every_child_and_a_parent() -> None:
    assert fits(service(), MAYA)
    assert fits(service(), CARLA)
    assert fits(service(), Helped(key="c2", name="Theo"))


@pytest.mark.parametrize(
    ("ages", "takes"), [((5, 11), True), ((8, 18), False), ((0, 5), False), ((7, 7), True)]
)
def test_ages_said_are_kept_to_with_both_ends(ages: tuple[int, int], takes: bool) -> None:
    assert fits(service(min_age=ages[0], max_age=ages[1]), MAYA) is takes


def test_a_service_for_grown_ups_is_not_for_a_child_of_unknown_age() -> None:
    theo = Helped(key="c2", name="Theo")
    assert not fits(service(min_age=18), theo)
    assert not fits(service(for_children=False, for_adults=True), theo)


def test_a_service_for_children_up_to_eleven_is_not_for_their_mother() -> None:
    assert not fits(service(min_age=5, max_age=11), CARLA)
    assert fits(service(max_age=11, for_adults=True), CARLA)


@pytest.mark.parametrize(
    ("days_ago", "counts"),
    [
        (0, Assurance.ASSURED),
        (334, Assurance.ASSURED),
        (335, Assurance.DUE),
        (365, Assurance.DUE),
        (366, Assurance.LAPSED),
    ],
)
def test_a_check_counts_twelve_months_and_is_amber_for_the_last_thirty_days(
    days_ago: int, counts: Assurance
) -> None:
    checked = service(assured_on=TODAY - timedelta(days=days_ago))
    assert assurance(checked, TODAY) is counts


def test_a_service_never_checked_has_lapsed() -> None:
    assert assurance(service(assured_on=None), TODAY) is Assurance.LAPSED


def test_a_check_of_a_leap_day_counts_until_the_last_of_february() -> None:
    checked = service(assured_on=date(2024, 2, 29))
    assert assurance(checked, date(2025, 2, 28)) is Assurance.DUE
    assert assurance(checked, date(2025, 3, 1)) is Assurance.LAPSED


def test_a_service_is_found_by_words_of_the_need_it_serves() -> None:
    locks = service("locks", name="Safe at Home locks", needs=("domestic_abuse",))
    food = service("food", name="Food bank")
    assert found(Wanted(words="hears violence"), locks, food) == ["locks"]


def test_words_are_found_whatever_their_ending_accents_or_letters() -> None:
    cafe = service("cafe", name="Café für Eltern", description="Children who heard SHOUTING")
    assert found(Wanted(words="cafe hears shouts child"), cafe) == ["cafe"]


def test_little_words_are_not_looked_for() -> None:
    assert terms_of("a child who has seen it") == ("child", "seen")


def test_further_away_is_hidden_and_says_so_but_not_where_it_comes_to_you() -> None:
    far = Venue(address="Moor Road", point=Point(55.2, -0.8))
    there = service("there", venues=(far,), reach=(Reach.IN_PERSON,))
    comes = service("comes", venues=(far,), reach=(Reach.IN_PERSON, Reach.VISITS))
    seen = Directory.of([there, comes], [], TODAY).search(Wanted(origin=HOME, within_km=5))
    assert [h.service.id for h in seen.hits] == ["comes"]
    assert [(h.service.id, h.hidden) for h in seen.hidden] == [("there", (Hidden.FAR,))]


def test_a_service_at_no_known_place_is_not_hidden_for_its_distance() -> None:
    unknown = service(venues=(Venue(address="Quay Street"),), reach=(Reach.IN_PERSON,))
    assert found(Wanted(origin=HOME, within_km=1), unknown) == ["lantern"]


def test_cost_not_said_is_not_hidden_from_those_who_want_it_free() -> None:
    costs = service("costs", cost=Cost.PAID)
    assert found(Wanted(free=True), service(), costs) == ["lantern"]


def test_only_what_is_said_to_be_step_free_is_shown_where_that_is_asked_for() -> None:
    flat = service("flat", venues=(Venue(address="Quay Street", step_free=True),))
    assert found(Wanted(only=frozenset({Only.STEP_FREE})), service(), flat) == ["flat"]


def test_evenings_and_weekends_are_told_from_the_hours_said() -> None:
    evening = service("evening", sessions=(Session(days=(1,), opens="18:30"),))
    saturday = service("saturday", sessions=(Session(days=(5,), opens="10:00"),))
    noon = service("noon", sessions=(Session(days=(1,), opens="12:00"),))
    only = Wanted(only=frozenset({Only.OUT_OF_HOURS}))
    assert set(found(only, evening, saturday, noon)) == {"evening", "saturday"}


def test_a_service_in_another_language_counts_where_interpreters_are_offered() -> None:
    polish = service("polish", languages=("Polish",))
    helped = service("helped", languages=("English",), interpreter=True)
    english = service("english", languages=("English",))
    assert set(found(Wanted(language="Polish"), polish, helped, english)) == {"polish", "helped"}


def test_the_nearest_need_comes_first_and_a_lapsed_check_last() -> None:
    near = Venue(address="Larch Street", point=HOME)
    lapsed = service("lapsed", needs=("a", "b"), venues=(near,), assured_on=date(2024, 1, 1))
    both = service("both", needs=("a", "b"))
    close = service("close", needs=("a",), venues=(near,))
    wanted = Wanted(needs=frozenset({"a", "b"}), origin=HOME)
    assert found(wanted, lapsed, close, both) == ["both", "close", "lapsed"]


def test_the_least_wait_comes_first_where_that_is_asked_for_and_unknown_last() -> None:
    waits = [service(str(d), wait_days=d) for d in (14, 0, None)]
    assert found(Wanted(order=Order.WAIT), *waits) == ["0", "14", "None"]


def test_a_postcode_is_placed_by_a_service_at_it_then_its_sector_then_nothing() -> None:
    here = Venue(address="Larch Street", postcode="NM3 4QA", point=Point(55.0, -0.8))
    directory = Directory.of([service(venues=(here,))], [], TODAY)
    sectors = {"NM3 4": HOME}
    assert directory.locate("nm3 4qa", sectors) == Point(55.0, -0.8)
    assert directory.locate("NM34QT", sectors) == HOME
    assert directory.locate("NM3 4QT", {}) == Point(55.0, -0.8)
    assert directory.locate("ZZ9 9ZZ", sectors) is None
    assert directory.locate("by the quay", sectors) is None


def test_distance_is_that_of_the_nearest_place_in_kilometres() -> None:
    north = Venue(address="North", point=Point(HOME.lat + 1, HOME.lon))
    next_door = Venue(address="Next door", point=Point(HOME.lat + 0.01, HOME.lon))
    seen = Directory.of([service(venues=(north, next_door))], [], TODAY)
    km = seen.search(Wanted(origin=HOME)).hits[0].km
    assert km == pytest.approx(1.112, abs=0.001)  # a hundredth of a degree of a great circle


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("nm34qt", "NM3 4QT"),
        (" NM3  4QT", "NM3 4QT"),
        ("NM3", ""),
        ("", ""),
        ("EC1A1BB", "EC1A 1BB"),
    ],
)
def test_a_postcode_has_one_way_of_being_written(typed: str, kept: str) -> None:
    assert postcode_of(typed) == kept
