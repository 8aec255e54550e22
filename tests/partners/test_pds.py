"""The NHS: its parameters and refusals, steps in their order, restricted people, other numbers."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from tests.partners.conftest import Serve
from tests.partners.live import (
    EVERYBODY,
    HIDDEN,
    MAYA,
    NOW,
    THEO,
    ask,
    context,
    live,
    person,
    query,
    settings,
)
from triage.domain.live_partner import (
    PartnerKind,
    PdsSettings,
    PdsStep,
    SignIn,
    SignInKind,
)
from triage.domain.lookup import Outcome
from triage.partners.live import LivePartners
from triage.practice.partners.pds import Pds
from triage.practice.partners.stand_in import Answered, Asked, Deed, StandIn

STEPS = tuple(PdsStep)
Reached = Callable[..., tuple[StandIn, LivePartners]]


@pytest.fixture
def nhs(serve: Serve) -> Iterator[Reached]:
    """A stand-in of the NHS with everybody in it, and the way to it."""
    opened: list[LivePartners] = []

    def one(
        answer: Callable[[Asked], Answered] | None = None, **how: object
    ) -> tuple[StandIn, LivePartners]:
        server = serve(answer or Pds(EVERYBODY))
        pds = PdsSettings(steps=STEPS, ods="X99")
        partner = settings(server, PartnerKind.PDS_FHIR, "/FHIR/R4", **{"pds": pds, **how})
        opened.append(live(server, partner, {"the-token": b"for-tests"}))
        return server, opened[-1]

    yield one
    for each in opened:
        each.close()


def test_a_child_is_found_by_exact_facts_and_says_what_the_nhs_holds(nhs: Reached) -> None:
    server, partners = nhs()
    answer = ask(partners, query(person()))
    assert answer.outcome is Outcome.FOUND
    [one] = answer.returned
    assert one.record.record_id == MAYA.number
    assert one.record.fields["address"] == "14 Larch Court, Northmere"
    assert one.record.as_of == NOW.date()
    assert one.score == 1
    [asked] = server.asked
    assert asked.all("given") == ("Maya", "Grace")
    assert asked.one("birthdate") == "eq2019-03-14"
    assert not asked.has("gender")
    assert asked.one("_max-results") == "1"
    assert asked.headers["nhsd-end-user-organisation-ods"] == "X99"
    assert asked.headers["accept"] == "application/fhir+json"


def test_no_one_of_that_name_is_no_trace_and_a_wider_search_is_offered(nhs: Reached) -> None:
    server, partners = nhs()
    answer = ask(partners, query(person(given="Mona")))
    assert answer.outcome is Outcome.NOT_FOUND
    assert answer.wider_possible
    assert not any(a.has("_fuzzy-match") for a in server.asked)


def test_a_wider_search_needs_a_reason_and_comes_after_the_exact_ones(nhs: Reached) -> None:
    server, partners = nhs()
    # "Maia" fits nobody exactly; "Ma…" born in that month is like Maya.
    said = query(person(given="Maia"), wider_because="The name may be spelt differently")
    answer = ask(partners, said)
    assert answer.outcome is Outcome.FOUND
    assert answer.returned[0].score == 0.8976
    assert [a.has("_fuzzy-match") for a in server.asked][-1]
    assert not any(a.has("_fuzzy-match") for a in list(server.asked)[:-1])
    assert not answer.wider_possible


def test_the_day_and_month_the_other_way_round_find_the_child(nhs: Reached) -> None:
    swapped = replace(MAYA, born="2019-04-03", number="9990142114")
    server, partners = nhs(Pds([swapped]))
    answer = ask(partners, query(person(dob=date(2019, 3, 4))))
    assert answer.outcome is Outcome.FOUND
    assert [a.one("birthdate") for a in server.asked] == ["eq2019-03-04", "eq2019-04-03"]


def test_a_birth_date_some_months_off_is_asked_for_as_a_range(nhs: Reached) -> None:
    server, partners = nhs()
    answer = ask(partners, query(person(dob=date(2019, 1, 20))))
    assert answer.outcome is Outcome.FOUND
    span = server.asked[-1].all("birthdate")
    assert [s[:2] for s in span] == ["ge", "le"]
    near = date.fromisoformat(span[1][2:]) - date.fromisoformat(span[0][2:])
    assert near == timedelta(days=366)


@pytest.mark.parametrize("with_400", [False, True])
def test_too_many_matches_is_read_as_many_in_both_of_its_forms(
    nhs: Reached, with_400: bool
) -> None:
    twins = [replace(MAYA, number=n) for n in ("9990142114", "9990144222")]
    _, partners = nhs(Pds(twins, many_with_400=with_400))
    answer = ask(partners, query(person()))
    assert answer.outcome is Outcome.MANY
    assert not answer.returned
    assert "too many people who fit" in answer.problem


def test_a_search_with_a_postcode_never_comes_first_and_never_alone_says_no_trace(
    nhs: Reached,
) -> None:
    """A restricted child is not there at all once a postcode is asked with."""
    server, partners = nhs()
    isla = person(given="Isla", family="Marsh", dob=date(2017, 5, 2), postcode=HIDDEN.postcode)
    answer = ask(partners, query(isla))
    assert answer.outcome is Outcome.FOUND
    assert answer.returned[0].record.restricted
    assert not server.asked[0].has("address-postalcode")
    with_postcode = Pds(EVERYBODY)(
        Asked(
            method="GET",
            path="/Patient",
            query=(
                ("family", "Marsh"),
                ("birthdate", "eq2017-05-02"),
                ("address-postalcode", HIDDEN.postcode),
            ),
            headers={"x-request-id": str(UUID(int=7))},
        )
    )
    assert json.loads(with_postcode.body)["total"] == 0


def test_a_restricted_child_has_no_whereabouts_even_if_they_were_sent(nhs: Reached) -> None:
    def leaking(asked: Asked) -> Answered:
        answer = Pds([HIDDEN])(asked)
        told = json.loads(answer.body)
        told["entry"][0]["resource"]["address"] = [{"use": "home", "line": ["9 Quay Rise"]}]
        told["entry"][0]["resource"]["telecom"] = [{"system": "phone", "value": "01632 960301"}]
        return replace(answer, body=json.dumps(told).encode())

    _, partners = nhs(leaking)
    [one] = ask(
        partners, query(person(given="Isla", family="Marsh", dob=date(2017, 5, 2)))
    ).returned
    assert one.record.restricted
    assert {"address", "postcode", "phone", "gp"}.isdisjoint(one.record.fields)


@pytest.mark.parametrize("labels", [[], [{"code": "V"}], [{"code": "R"}], [{"code": "XX"}]])
def test_a_label_nobody_knows_and_a_missing_one_restrict(
    nhs: Reached, labels: list[dict[str, str]]
) -> None:
    def labelled(asked: Asked) -> Answered:
        answer = Pds([MAYA])(asked)
        told = json.loads(answer.body)
        told["entry"][0]["resource"]["meta"]["security"] = labels
        return replace(answer, body=json.dumps(told).encode())

    _, partners = nhs(labelled)
    assert ask(partners, query(person())).returned[0].record.restricted


def test_a_number_that_was_replaced_gives_the_new_one_and_says_so(nhs: Reached) -> None:
    old = _valid("999015000")
    server, partners = nhs(Pds([replace(MAYA, was=(old,))]))
    answer = ask(partners, query(person(nhs_number=old)))
    [one] = answer.returned
    assert one.record.record_id == MAYA.number
    assert one.notes[0] == (f"The NHS number {old} was replaced by {MAYA.number}. Use the new one.")
    assert [a.path for a in server.asked] == [f"/FHIR/R4/Patient/{old}"]


def _valid(start: str) -> str:
    from triage.practice.families import nhs_number

    return nhs_number(int(start[3:]))


def test_a_number_nobody_has_goes_on_to_the_search(nhs: Reached) -> None:
    server, partners = nhs()
    answer = ask(partners, query(person(nhs_number=_valid("999777000"))))
    assert answer.outcome is Outcome.FOUND
    assert len(server.asked) == 2


def test_a_number_alone_that_is_not_known_is_not_no_trace(nhs: Reached) -> None:
    _, partners = nhs()
    answer = ask(partners, query(person(dob=None, nhs_number=_valid("999777000"))))
    assert answer.outcome is Outcome.NOT_CHECKED
    assert "does not know the NHS number" in answer.problem


def test_a_number_with_a_wrong_check_digit_is_never_sent(nhs: Reached) -> None:
    server, partners = nhs()
    ask(partners, query(person(nhs_number="9990142115")))
    assert [a.path for a in server.asked] == ["/FHIR/R4/Patient"]


def test_too_little_is_known_to_ask_and_nothing_is_sent(nhs: Reached) -> None:
    server, partners = nhs()
    answer = ask(partners, query(person(dob=None)))
    assert answer.outcome is Outcome.NOT_CHECKED
    assert not server.asked
    assert not answer.sent


@pytest.mark.parametrize(
    ("deed", "outcome"),
    [
        (Deed.EXPIRED, Outcome.UNAVAILABLE),
        (Deed.OFTEN, Outcome.UNAVAILABLE),
        (Deed.BUSY, Outcome.UNAVAILABLE),
        (Deed.BROKEN, Outcome.UNAVAILABLE),
        (Deed.RESET, Outcome.UNAVAILABLE),
        (Deed.TRUNCATE, Outcome.UNAVAILABLE),
        (Deed.GARBLED, Outcome.BAD_RESPONSE),
        (Deed.AWAY, Outcome.BAD_RESPONSE),
        (Deed.VAST, Outcome.BAD_RESPONSE),
    ],
)
def test_trouble_on_the_way_never_reads_as_no_trace(
    nhs: Reached, deed: Deed, outcome: Outcome
) -> None:
    server, partners = nhs()
    server.always(deed)
    answer = ask(partners, query(person()))
    assert answer.outcome is outcome
    assert answer.problem
    assert "Rowe" not in answer.problem


@pytest.mark.parametrize("deed", [Deed.SLOW, Deed.DRIP])
def test_a_slow_or_dripping_nhs_is_left_at_the_deadline(nhs: Reached, deed: Deed) -> None:
    server, partners = nhs()
    server.always(deed)
    answer = ask(partners, query(person()), context(0.4))
    assert answer.outcome is Outcome.UNAVAILABLE
    assert "did not answer in time" in answer.problem


def test_a_question_put_again_keeps_its_request_number(nhs: Reached) -> None:
    server, partners = nhs()
    server.next(Deed.EXPIRED)
    answer = ask(partners, query(person()))
    assert answer.outcome is Outcome.FOUND
    first, again = server.asked
    assert first.headers["x-request-id"] == again.headers["x-request-id"]
    UUID(first.headers["x-request-id"])


def test_each_step_has_a_request_number_of_its_own(nhs: Reached) -> None:
    server, partners = nhs()
    ask(partners, query(person(given="Mona")))
    numbers = [a.headers["x-request-id"] for a in server.asked]
    assert len(set(numbers)) == len(numbers) > 1


def test_longer_than_there_is_time_is_not_waited_for(nhs: Reached) -> None:
    server, partners = nhs()
    server.next(Deed.OFTEN, seconds=60)
    answer = ask(partners, query(person()))
    assert answer.outcome is Outcome.UNAVAILABLE
    assert len(server.asked) == 1


def test_without_the_right_token_it_is_refused_and_said(nhs: Reached) -> None:
    _, partners = nhs(Pds(EVERYBODY, token="another"))
    answer = ask(partners, query(person()))
    assert answer.outcome is Outcome.DENIED
    assert "does not let this desk look" in answer.problem


def test_with_the_token_of_the_keyring_it_answers(nhs: Reached) -> None:
    bearer = SignIn(kind=SignInKind.BEARER, secret="the-token")
    _, partners = nhs(Pds(EVERYBODY, token="for-tests"), sign_in=bearer)
    assert ask(partners, query(person())).outcome is Outcome.FOUND


def test_a_secret_that_the_keyring_lacks_is_said_and_nobody_is_asked(nhs: Reached) -> None:
    server, partners = nhs(sign_in=SignIn(kind=SignInKind.BEARER, secret="gone"))
    answer = ask(partners, query(person()))
    assert answer.outcome is Outcome.NOT_CHECKED
    assert "keyring has no “gone”" in answer.problem
    assert not server.asked


@pytest.mark.parametrize(
    "code", ["INVALID_SEARCH_DATA", "MISSING_VALUE", "ADDITIONAL_PROPERTIES", "UNSUPPORTED_SERVICE"]
)
def test_a_question_that_is_not_taken_is_no_trace_neither_and_does_not_pause_it(
    nhs: Reached, code: str
) -> None:
    outcome = {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": "value", "details": {"coding": [{"code": code}]}}],
    }
    server, partners = nhs(lambda _: Answered(status=400, body=json.dumps(outcome).encode()))
    for _ in range(5):
        answer = ask(partners, query(person()))
        assert answer.outcome is Outcome.BAD_RESPONSE
        assert code in answer.problem
    assert len(server.asked) == 5


def test_after_three_failures_it_is_paused_and_tried_again_when_asked_for(nhs: Reached) -> None:
    server, partners = nhs()
    server.always(Deed.BROKEN)
    for _ in range(3):
        ask(partners, query(person()))
    answer = ask(partners, query(person()))
    assert "is paused" in answer.problem
    assert answer.paused_until == NOW + timedelta(seconds=30)
    before = len(server.asked)
    server.always(None)
    assert "is paused" in ask(partners, query(person())).problem
    assert len(server.asked) == before
    partners.try_now("there")
    assert ask(partners, query(person())).outcome is Outcome.FOUND
    connection = partners.connection("there", NOW)
    assert connection is not None
    assert connection.paused_until is None


def test_an_application_alone_asks_for_one_match_and_a_person_signed_in_for_fifty(
    nhs: Reached,
) -> None:
    """The keys of an application belong on a broker; it may never be shown several people."""
    twins = [replace(MAYA, number=n) for n in ("9990142114", "9990144222")]
    server, partners = nhs(Pds(twins))
    assert ask(partners, query(person())).outcome is Outcome.MANY
    assert {a.one("_max-results") for a in server.asked} == {"1"}
    signed_in = PdsSettings(steps=STEPS, worker_access=True)
    server, partners = nhs(Pds(twins, application=False), pds=signed_in)
    assert len(ask(partners, query(person())).returned) == 2
    assert {a.one("_max-results") for a in server.asked} == {"50"}


def test_what_is_recorded_as_sent_is_what_was_sent(nhs: Reached) -> None:
    _, partners = nhs()
    asked = query(person(postcode="NM3 4QT"))
    assert partners.connector("there").sends(asked) == ("given", "family", "born", "postcode")
    answer = ask(partners, asked)
    assert answer.sent == ("given", "family", "born")  # found before the postcode was needed


def _refused(code: str, status: int, **asked: str) -> None:
    answer = Pds(EVERYBODY)(
        Asked(
            method="GET",
            path="/Patient",
            query=tuple(asked.items()),
            headers={"x-request-id": str(UUID(int=7))},
        )
    )
    assert answer.status == status
    told = json.loads(answer.body)["issue"][0]["details"]["coding"][0]["code"]
    assert told == code


def test_the_stand_in_refuses_what_the_real_one_refuses() -> None:
    _refused("INVALID_SEARCH_DATA", 400, birthdate="eq2019-03-14")
    _refused("MISSING_VALUE", 400, family="Rowe")
    _refused("INVALID_VALUE", 400, family="Rowe", birthdate="14/03/2019")
    _refused("ADDITIONAL_PROPERTIES", 400, family="Rowe", birthdate="eq2019-03-14", foo="1")
    _refused("UNSUPPORTED_SERVICE", 400)
    _refused("INVALID_VALUE", 403, family="Rowe", birthdate="eq2019-03-14", **{"_max-results": "5"})
    assert THEO.number
