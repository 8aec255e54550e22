"""Feeds lie: what is good of them is taken, and the rest is told."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import factory
from triage.domain.service import Cost, Point, Reach, Service, Venue
from triage.partners import directory
from triage.partners.directory import DirectoryError, Listing, read_directory
from triage.partners.open_referral import Reading, days_of, plain, read_row

TODAY = date(2026, 11, 24)
GUIDE = factory.profile().services
Pages = list[Any]


def row(id: str = "s-1", **said: Any) -> dict[str, Any]:
    return {"id": id, "name": f"Service {id}", "status": "active", **said}


def page(rows: list[Any], **said: Any) -> dict[str, Any]:
    return {"contents": rows, "total_items": len(rows), **said}


def fetching(pages: Pages) -> tuple[Callable[[int], bytes], list[int]]:
    asked: list[int] = []

    def fetch(number: int) -> bytes:
        asked.append(number)
        told = pages[number - 1] if number <= len(pages) else page([])
        if isinstance(told, Exception):
            raise told
        return told if isinstance(told, bytes) else json.dumps(told).encode()

    return fetch, asked


def read(*pages: Any, dialect: str = "v3") -> Listing:
    fetch, _ = fetching(list(pages))
    return read_directory(fetch, directory="northmere", dialect=dialect, guide=GUIDE, today=TODAY)


def read_one(**said: Any) -> tuple[Service, tuple[str, ...]]:
    return read_row(row(**said), Reading("northmere", "v3", GUIDE, TODAY))


def test_total_says_31_but_128_rows_all_with_one_id_are_one_service() -> None:
    rows = [row("the-same", minimum_age=n % 5 or None) for n in range(128)]
    listing = read(page(rows, total_items=31, last_page=True))
    assert [s.id for s in listing.services] == ["the-same"]
    assert (listing.rows, listing.complete) == (128, True)
    assert "127 rows told of a service again; each is kept once." in listing.reports
    assert "The directory says it has 31 rows and gave 128." in listing.reports


def test_a_page_that_comes_again_ends_the_reading_and_takes_nothing_away() -> None:
    one = page([row("a")], total_pages=9)
    two = page([row("b")], total_pages=9)
    fetch, asked = fetching([one, two, one, two, one])
    listing = read_directory(fetch, directory="northmere", dialect="v3", guide=GUIDE, today=TODAY)
    assert asked == [1, 2, 3]
    assert [s.id for s in listing.services] == ["a", "b"]
    assert not listing.complete
    assert "Page 3 is one that came before. Reading stopped there." in listing.reports


def test_a_directory_without_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "MOST_PAGES", 5)
    endless = [page([row(str(n))], total_pages=10**9) for n in range(50)]
    fetch, asked = fetching(endless)
    listing = read_directory(fetch, directory="northmere", dialect="v3", guide=GUIDE, today=TODAY)
    assert len(asked) == 5
    assert not listing.complete
    assert "The list went on after 5 rows. Reading stopped there." in listing.reports


def test_an_empty_page_ends_a_list_whose_count_of_pages_lies() -> None:
    listing = read(page([row("a")], total_pages=7, total_items=700))
    assert listing.complete
    assert "The directory says it has 700 rows and gave 1." in listing.reports


def test_a_list_that_says_nothing_of_pages_is_the_whole() -> None:
    fetch, asked = fetching([[row("a"), row("b")]])
    listing = read_directory(fetch, directory="northmere", dialect="v3", guide=GUIDE, today=TODAY)
    assert (len(listing.services), listing.complete, asked) == (2, True, [1])


def test_a_later_page_that_fails_leaves_what_came_and_is_not_the_whole() -> None:
    listing = read(page([row("a")], total_pages=2), DirectoryError("It hung up."))
    assert [s.id for s in listing.services] == ["a"]
    assert not listing.complete
    assert listing.reports[0].startswith("Page 2 did not come")


@pytest.mark.parametrize(
    "untrusted", [b"<html>Sign in</html>", b"{", b'"services"', b'{"contents": 3}', b"[" * 9000]
)
def test_a_first_page_that_is_no_list_is_refused_in_a_sentence(untrusted: bytes) -> None:
    with pytest.raises(DirectoryError, match="is not"):
        read(untrusted)


def test_a_list_without_one_good_service_is_refused() -> None:
    with pytest.raises(DirectoryError, match="no service that could be read"):
        read(page([{"name": "Nameless"}, 3, None]))


def test_bad_rows_are_told_with_their_place_and_the_rest_is_kept() -> None:
    listing = read(page([row("a"), {"name": "No id"}, {"id": "b"}, "words", row("c")]))
    assert [s.id for s in listing.services] == ["a", "c"]
    assert listing.reports[:3] == (
        "Page 1, row 2 was left out: it has no id.",
        "Page 1, row 3 was left out: it has no name.",
        "Page 1, row 4 was left out: it is not a service at all.",
    )


def test_missing_ages_are_all_ages() -> None:
    service, slips = read_one(minimum_age=None)
    assert (service.min_age, service.max_age, slips) == (None, None, ())
    assert service.takes_age(0)
    assert service.takes_age(17)


@pytest.mark.parametrize(
    ("low", "high", "kept", "slip"),
    [
        (12, 5, (None, None), "the ages contradict each other"),
        (-1, 5, (None, 5), "minimum_age can't be"),
        (5, 900, (5, None), "maximum_age can't be"),
        ("five", "5", (None, 5), ""),
    ],
)
def test_ages_that_cannot_be_are_not_kept_and_are_told(
    low: object, high: object, kept: tuple[int | None, int | None], slip: str
) -> None:
    service, slips = read_one(minimum_age=low, maximum_age=high)
    assert slips == ((slip,) if slip else ())
    assert (service.min_age, service.max_age) == kept


def test_thirteen_to_nought_means_thirteen_and_over() -> None:
    service, _ = read_one(minimum_age=13, maximum_age=0)
    assert (service.min_age, service.max_age) == (13, None)


def test_an_email_that_is_false_or_a_number_costs_only_itself() -> None:
    for untrusted in (12345, "not an address", ["a@b.example"]):
        service, slips = read_one(email=untrusted)
        assert (service.email, len(slips)) == ("", 1)
    assert read_one(email=False)[1] == ()


@pytest.mark.parametrize(("lat", "lon"), [(100, 101), (0, 0), (55.0, 120.0)])
def test_a_place_outside_the_country_is_no_place(lat: float, lon: float) -> None:
    location = {"name": "Civic Centre", "latitude": lat, "longitude": lon}
    service, slips = read_one(service_at_locations=[{"location": location}])
    assert service.venues == (Venue(name="Civic Centre"),)
    assert "a place is not in the United Kingdom" in slips


@pytest.mark.parametrize("untrusted", ["soon", "2126-01-01", 20261124, ""])
def test_a_check_still_to_come_or_on_no_day_is_no_check(untrusted: object) -> None:
    assert read_one(assured_date=untrusted)[0].assured_on is None


def test_a_service_given_no_more_is_left_out_and_counted() -> None:
    listing = read(page([row("a"), row("b", status="defunct")]))
    assert [s.id for s in listing.services] == ["a"]
    assert "1 row told of a service that is given no more." in listing.reports


def test_words_of_a_feed_are_plain_text() -> None:
    told = "<p>Play &amp; talk</p><script>x</script>\u202eevil\x00<img src=x onerror=y>"
    assert plain(told, 200) == "Play & talk\nx evil"
    assert plain("x" * 5000, 100) == "x" * 99 + "…"
    assert plain("half \ud800", 100) == "half ?"


def test_a_whole_row_of_version_3_is_read() -> None:
    service, slips = read_one(
        description="Six sessions. A parent group runs next door.",
        minimum_age="5",
        maximum_age=11,
        email="group@lantern.example",
        assured_date="2026-09-03",
        wait_time="2 weeks",
        organization={"name": "Lantern"},
        attributes=[
            {"taxonomy_term": {"name": "therapeutic play"}},
            {"taxonomy_term": {"name": "Parent must agree"}},
            {"label": "Safe contact", "value": "No voicemail"},
        ],
        cost_options=[{"amount": 0}],
        capacities=[{"available": 2, "maximum": "8"}],
        schedules=[
            {"byday": "TU", "opens_at": "16:00:00", "closes_at": "17:30", "attending_type": "venue"}
        ],
        languages=[{"name": "english"}, {"name": "English"}],
        phones=[{"number": '"01632 960 577"', "description": "ask for the desk"}],
        required_documents=[{"document": "Names and ages"}],
        service_at_locations=[
            {
                "location": {
                    "name": "Lantern House",
                    "latitude": "55.005",
                    "longitude": -0.8121,
                    "addresses": [{"address_1": "6 Quay Street", "postal_code": "nm32aa"}],
                    "accessibility": [{"description": "Step-free throughout"}],
                }
            }
        ],
    )
    assert slips == ()
    assert service.needs == ("play_and_talk",)
    assert (service.min_age, service.max_age, service.agreement_needed) == (5, 11, True)
    assert (service.summary, service.provider) == ("Six sessions.", "Lantern")
    assert (service.cost, service.wait_days, service.places_left) == (Cost.FREE, 14, 2)
    assert (service.reach, service.days, service.out_of_hours) == ((Reach.IN_PERSON,), {1}, False)
    assert service.venues == (
        Venue(
            name="Lantern House",
            address="6 Quay Street",
            postcode="NM3 2AA",
            point=Point(55.005, -0.8121),
            step_free=True,
        ),
    )
    assert (service.languages, service.phone) == (("English",), "01632 960 577")
    assert (service.safe_contact, service.needs_from_us) == ("No voicemail", "Names and ages")


def test_version_1_is_read_by_its_own_names() -> None:
    old = row(
        "old",
        attending_type="online",
        fees="£4 a session",
        eligibilitys=[{"minimum_age": 5, "maximum_age": 11}, {"minimum_age": 3, "maximum_age": 6}],
        service_taxonomys=[{"taxonomy": {"name": "Counselling"}}],
        regular_schedules=[{"byday": "SATURDAY", "opens_at": "10:00"}],
        languages=[{"language": "Polish"}],
        contacts=[{"name": "Desk", "phones": [{"number": "01632 960 415"}]}],
        service_at_locations=[
            {
                "location": {
                    "latitude": 55.0,
                    "longitude": -0.8,
                    "physical_addresses": [
                        {"address_1": "1 Harbour View", "postal_code": "NM1 2RB"}
                    ],
                    "accessibility_for_disabilities": [{"accessibility": "wheelchair"}],
                }
            }
        ],
    )
    told = {"content": [old], "totalElements": 1, "totalPages": 1, "number": 1, "last": True}
    listing = read(told, dialect="v1")
    (service,) = listing.services
    assert listing.complete
    assert listing.reports == ()
    assert (service.min_age, service.max_age) == (3, 11)
    assert (service.needs, service.cost) == (("mental_health",), Cost.PAID)
    assert (service.reach, service.days) == ((Reach.ONLINE,), {5})
    assert (service.languages, service.phone) == (("Polish",), "01632 960 415")
    assert (service.venues[0].postcode, service.step_free) == ("NM1 2RB", True)


def test_the_wrong_dialect_is_told_not_taken_for_an_empty_list() -> None:
    with pytest.raises(DirectoryError, match="dialect"):
        read({"content": [row()], "totalElements": 1}, dialect="v3")


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("2 weeks", 14),
        ("about 3 working days", 3),
        ("Now", 0),
        ("No wait", 0),
        ("This week", 7),
        ("1 month", 30),
        ("Next term", None),
        ("", None),
    ],
)
def test_a_wait_in_words_is_read_where_it_says_a_length(words: str, days: int | None) -> None:
    assert days_of(words) == days


NAMES = (
    "id name email minimum_age maximum_age schedules byday opens_at location addresses "
    "service_at_locations latitude longitude attributes taxonomy_term phones number cost_options "
    "amount capacities available maximum languages assured_date"
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES.split()), inside, max_size=5)
    ),
    max_leaves=20,
)


@given(rows=st.lists(JSON, max_size=4))
def test_no_feed_breaks_the_reading(rows: list[Any]) -> None:
    try:
        listing = read(page([*rows, row("good")]))
    except DirectoryError:
        pytest.fail("A good row was there.")
    assert "good" in {s.id for s in listing.services}
    assert len({s.id for s in listing.services}) == len(listing.services)
