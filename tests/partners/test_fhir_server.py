"""A FHIR server of no particular kind: strictly asked, paged, and looked through again."""

import json
from dataclasses import replace
from datetime import date

import pytest

from tests.partners.conftest import Serve
from tests.partners.live import (
    EVERYBODY,
    HIDDEN,
    MAYA,
    OKAFOR,
    ask,
    live,
    person,
    query,
    settings,
)
from triage.domain.live_partner import FhirSettings, PartnerKind
from triage.domain.lookup import Outcome
from triage.partners.connector import Answer, Query
from triage.practice.partners.fhir import Fhir
from triage.practice.partners.stand_in import Answered, Asked, StandIn

MANY_ROWES = [replace(MAYA, id=f"R-{n}", number="") for n in range(7)]


def asked_of(server: StandIn, question: Query, **how: int) -> Answer:
    partner = settings(server, PartnerKind.FHIR, "/fhir", fhir=FhirSettings(**how))
    partners = live(server, partner)
    try:
        return ask(partners, question)
    finally:
        partners.close()


def test_a_server_that_ignores_what_it_was_asked_and_returns_everyone_finds_only_who_fits(
    serve: Serve,
) -> None:
    ignoring = frozenset({"family", "birthdate"})
    server = serve(Fhir(EVERYBODY, ignores=ignoring, page=10))
    answer = asked_of(server, query(person(given="Zita", family="Quill", dob=date(2011, 12, 9))))
    assert answer.outcome is Outcome.NOT_FOUND
    answer = asked_of(server, query(person()))
    # Her brother has her family name, and was born in another year, month and day.
    assert [r.record.record_id for r in answer.returned] == ["T-1"]


def test_it_is_told_to_be_strict_and_says_so_where_it_refuses(serve: Serve) -> None:
    server = serve(Fhir(EVERYBODY, strict=True, ignores=frozenset({"birthdate"})))
    answer = asked_of(server, query(person()))
    assert server.asked[0].headers["prefer"] == "handling=strict"
    assert answer.outcome is Outcome.BAD_RESPONSE
    assert "code 400, invalid" in answer.problem


@pytest.mark.parametrize("links", ["relative", "absolute"])
def test_every_page_is_read(serve: Serve, links: str) -> None:
    server = serve(Fhir(MANY_ROWES, page=2, links=links))
    answer = asked_of(server, query(person()))
    assert len(answer.returned) == 7
    assert len(server.asked) == 4


def test_a_next_page_on_another_host_is_not_fetched_and_the_list_is_not_whole(
    serve: Serve,
) -> None:
    server = serve(Fhir(MANY_ROWES, page=2, links="elsewhere"))
    assert len(asked_of(server, query(person())).returned) == 2
    assert len(server.asked) == 1


def test_pages_that_go_round_in_a_circle_end(serve: Serve) -> None:
    server = serve(Fhir(MANY_ROWES, page=2, links="looped"))
    asked_of(server, query(person()))
    assert len(server.asked) <= 3


def test_a_list_that_was_not_read_to_its_end_is_never_no_trace(serve: Serve) -> None:
    strangers = [
        replace(MAYA, id=f"S-{n}", given="Olu", family="Rowell", born="1999-01-01")
        for n in range(30)
    ]
    server = serve(Fhir(strangers, page=2, ignores=frozenset({"birthdate", "family"})))
    answer = asked_of(
        server, query(person(given="Zita", family="Quill", dob=date(2011, 12, 9))), most_pages=3
    )
    assert answer.outcome is Outcome.MANY
    assert "may be among them" in answer.problem


def test_a_name_with_an_accent_is_asked_for_in_both_spellings(serve: Serve) -> None:
    plain = replace(OKAFOR, id="T-5", family="Okafor")
    server = serve(Fhir([OKAFOR, plain]))
    who = person(given="Ada", family="Ökafor", dob=date(2015, 2, 3))
    answer = asked_of(server, query(who))
    assert {r.record.record_id for r in answer.returned} == {"T-4", "T-5"}
    assert [a.one("family") for a in server.asked] == ["Ökafor", "Okafor"]


def test_a_known_number_is_asked_for_first_and_alone(serve: Serve) -> None:
    server = serve(Fhir(EVERYBODY))
    answer = asked_of(server, query(person(nhs_number="999 014 2114")))
    assert [r.record.record_id for r in answer.returned] == ["T-1"]
    [asked] = server.asked
    assert asked.one("identifier") == "https://fhir.nhs.uk/Id/nhs-number|9990142114"
    assert not asked.has("family")


def test_an_answer_that_is_no_bundle_is_not_no_trace(serve: Serve) -> None:
    server = serve(lambda _: Answered(body=json.dumps({"resourceType": "Group"}).encode()))
    assert asked_of(server, query(person())).outcome is Outcome.BAD_RESPONSE


def test_a_patient_with_nothing_in_its_place_is_read_without_a_fault(serve: Serve) -> None:
    odd = {
        "resourceType": "Patient",
        "id": "X-1",
        "meta": [],
        "name": [{"family": "Rowe", "given": "Maya"}, None, {"given": [None, "Maya"]}],
        "address": {"line": "14 Larch Court"},
        "telecom": [{"system": "phone", "value": 12}],
        "birthDate": ["2019"],
    }
    bundle = {"resourceType": "Bundle", "entry": [{"resource": odd, "search": 1}, 7, None]}

    def odd_one(_: Asked) -> Answered:
        return Answered(body=json.dumps(bundle).encode())

    [one] = asked_of(serve(odd_one), query(person())).returned
    assert one.record.fields["family"] == "Rowe"


def test_an_unlabelled_patient_of_another_server_is_open_and_a_labelled_one_is_not(
    serve: Serve,
) -> None:
    assert HIDDEN.restricted
    patient = {
        "resourceType": "Patient",
        "id": "X-2",
        "meta": {"security": [{"code": "R"}]},
        "name": [{"family": "Rowe", "given": ["Maya"]}],
        "birthDate": "2019-03-14",
        "address": [{"line": ["14 Larch Court"], "postalCode": "NM3 4QT"}],
    }
    bundle = {"resourceType": "Bundle", "entry": [{"resource": patient}]}
    server = serve(lambda _: Answered(body=json.dumps(bundle).encode()))
    [one] = asked_of(server, query(person())).returned
    assert one.record.restricted
    assert "postcode" not in one.record.fields
