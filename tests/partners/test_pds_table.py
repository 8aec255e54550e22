"""What the NHS was seen to answer, row by row: the stand-in answers so, and so it is read."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID

import pytest

from tests.partners.conftest import Serve
from tests.partners.live import EVERYBODY, HIDDEN, MAYA, ask, live, person, query, settings
from triage.domain.live_partner import PartnerKind, PdsSettings, PdsStep
from triage.domain.lookup import Outcome
from triage.partners.live import LivePartners
from triage.practice.partners.pds import Pds
from triage.practice.partners.people import Registered
from triage.practice.partners.stand_in import Answered, Asked, Deed, StandIn

SMITH = {"given": "Jane", "family": "Smith", "born": "2010-10-22", "sex": "F"}
THERE = (
    Registered(id="1", number="9000000009", mother="Ann Smith", **SMITH),
    Registered(id="2", number="9000000017", **(SMITH | {"given": "Ivy", "family": "Smail"})),
    Registered(
        id="3", given="Janet", family="Smythe", born="2005-06-16", number="9000000025",
        address="1 Trevelyan Square", postcode="LS1 6AE", phone="01632 960587", restricted=True,
    ),
)  # fmt: skip
"""Made for the table; the numbers are those of the NHS's own sandbox, where they are nobody's."""

BORN = ("birthdate", "eq2010-10-22")
FUZZY = ("_fuzzy-match", "true")
UNSUPPORTED, MANY = "not-supported", "TOO_MANY_MATCHES"


@dataclass(frozen=True)
class Row:
    """What is asked, and what comes: a code of HTTP, then how many are found or what is said."""

    params: tuple[tuple[str, str], ...] = ()
    path: str = "/Patient"
    status: int = 200
    total: int | None = None
    code: str = ""
    score: float | None = None
    request_id: bool = True


TABLE = {
    "exact": Row((("family", "Smith"), BORN, ("gender", "female")), total=1, score=1),
    "range": Row(
        (("family", "Smith"), ("birthdate", "ge2010-10-21"), ("birthdate", "le2010-10-23")), total=1
    ),
    "star": Row((("family", "Sm*"), BORN, ("_max-results", "50")), total=2, score=0.8343),
    "too many": Row((("family", "Sm*"), BORN, ("_max-results", "1")), code=MANY),
    "fuzzy": Row((("family", "Smith"), ("given", "Jaine"), BORN, FUZZY), total=1, score=0.8976),
    "restricted": Row(
        (("family", "Smythe"), ("given", "Janet"), ("birthdate", "eq2005-06-16")), total=1
    ),
    "restricted, with a postcode": Row(
        (("family", "Smythe"), ("birthdate", "eq2005-06-16"), ("address-postalcode", "LS1 6AE")),
        total=0,
    ),
    "no match": Row((("family", "Nobody"), BORN), total=0),
    "no family": Row((BORN,), status=400, code="INVALID_SEARCH_DATA"),
    "no birth date": Row((("family", "Smith"),), status=400, code="MISSING_VALUE"),
    "a date as we write it": Row(
        (("family", "Smith"), ("birthdate", "22/10/2010")), status=400, code="INVALID_VALUE"
    ),
    "a strange parameter": Row(
        (("family", "Smith"), BORN, ("foo", "1")), status=400, code="ADDITIONAL_PROPERTIES"
    ),
    "nothing": Row(status=400, code="UNSUPPORTED_SERVICE"),
    "no X-Request-ID": Row(
        (("family", "Smith"), BORN), status=400, code="MISSING_VALUE", request_id=False
    ),
    "both postcodes": Row(
        (("family", "Smith"), BORN, ("address-postcode", "A"), ("address-postalcode", "A")),
        status=400,
        code="INVALID_SEARCH_DATA",
    ),
    "a star too early": Row((("family", "S*"), BORN), status=400, code="INVALID_SEARCH_DATA"),
    "fuzzy with a star": Row(
        (("family", "Smi*"), ("given", "Jane"), BORN, FUZZY),
        status=400,
        code="INVALID_SEARCH_DATA",
    ),
    "a number": Row(path="/Patient/9000000009"),
    "a number with a wrong check digit": Row(
        path="/Patient/9000000000", status=400, code="INVALID_RESOURCE_ID"
    ),
    "a number nobody has": Row(path="/Patient/9111231130", status=404, code="RESOURCE_NOT_FOUND"),
    "who is related": Row(path="/Patient/9000000009/RelatedPerson", total=2),
}


def _asked(row: Row) -> Asked:
    headers = {"x-request-id": str(UUID(int=7))} if row.request_id else {}
    return Asked(method="GET", path=row.path, query=row.params, headers=headers)


@pytest.mark.parametrize("name", TABLE)
def test_the_stand_in_answers_as_the_nhs_was_seen_to(name: str) -> None:
    row = TABLE[name]
    answer = Pds(THERE, application=False)(_asked(row))
    told = json.loads(answer.body)
    assert answer.status == row.status
    assert answer.headers.get("X-Request-ID", "") == (str(UUID(int=7)) if row.request_id else "")
    if row.code:
        assert told["issue"][0]["details"]["coding"][0]["code"] == row.code
    elif row.total is None:
        assert (told["id"], answer.headers["ETag"]) == ("9000000009", 'W/"2"')
    else:
        assert (told["type"], told["total"]) == ("searchset", row.total)
        assert ("entry" in told) is bool(row.total), "nobody found has no entry at all"
    if row.score is not None:
        assert {e["search"]["score"] for e in told["entry"]} == {row.score}
    if name == "restricted":
        [one] = [e["resource"] for e in told["entry"]]
        assert one["meta"]["security"][0]["code"] == "R"
        assert {"address", "telecom", "generalPractitioner"}.isdisjoint(one)


def test_an_empty_token_is_refused() -> None:
    row = _asked(TABLE["exact"])
    answer = Pds(THERE, token="t")(
        replace(row, headers={**row.headers, "authorization": "Bearer "})
    )
    assert (answer.status, b"ACCESS_DENIED" in answer.body) == (401, True)


ALL = tuple(PdsStep)


@pytest.fixture
def reached(serve: Serve) -> Iterator[tuple[StandIn, LivePartners]]:
    server = serve(Pds([replace(MAYA, mother="Carla Rowe"), *EVERYBODY[1:]]))
    pds = PdsSettings(steps=ALL, related=True, exact_match=True)
    partners = live(server, settings(server, PartnerKind.PDS_FHIR, "/FHIR/R4", pds=pds))
    yield server, partners
    partners.close()


def test_who_is_related_to_the_one_child_found_stands_beside_them(
    reached: tuple[StandIn, LivePartners],
) -> None:
    server, partners = reached
    [one] = ask(partners, query(person())).returned
    assert one.record.fields["mother"] == "Carla Rowe"
    assert one.notes == ("Related there: Carla Rowe (mother).",), "one who ended is not named"
    assert [a.path for a in server.asked][-1] == f"/FHIR/R4/Patient/{MAYA.number}/RelatedPerson"
    assert server.asked[0].one("_exact-match") == "true"


def test_nobody_related_to_a_restricted_child_or_an_adult_is_asked_for(
    reached: tuple[StandIn, LivePartners],
) -> None:
    from datetime import date

    server, partners = reached
    hidden = person(given="Isla", family="Marsh", dob=date.fromisoformat(HIDDEN.born))
    assert ask(partners, query(hidden)).returned[0].record.restricted
    ask(partners, query(person(dob=date(1990, 3, 14))))
    assert not any("RelatedPerson" in a.path for a in server.asked)


@pytest.mark.parametrize("deed", [Deed.BROKEN, Deed.RESET, Deed.GARBLED, Deed.OFTEN])
def test_trouble_over_who_is_related_takes_nothing_from_the_child_who_was_found(
    serve: Serve, deed: Deed
) -> None:
    pds = PdsSettings(steps=ALL, related=True)
    told = Pds(EVERYBODY)
    server = serve(told)

    def answer(asked: Asked) -> Answered:
        server.always(deed, seconds=60)  # from the next question on
        return told(asked)

    server._answer = answer
    partners = live(server, settings(server, PartnerKind.PDS_FHIR, "/FHIR/R4", pds=pds))
    found = ask(partners, query(person()))
    partners.close()
    assert found.outcome is Outcome.FOUND
    assert found.returned[0].record.record_id == MAYA.number
    assert "did not say who is related" in found.returned[0].notes[-1]


def test_a_star_in_a_name_is_never_sent_and_one_of_ours_only_for_a_reason(
    reached: tuple[StandIn, LivePartners],
) -> None:
    """A name typed with a star would show everybody whose name begins so."""
    server, partners = reached
    answer = ask(partners, query(person(given="Ma*", family="Row*")))
    assert answer.outcome is Outcome.NOT_FOUND
    assert answer.wider_possible
    assert not any("*" in value for a in server.asked for _, value in a.query)
    said = query(person(given="Mayra", family="Rowen"), wider_because="Only the start was heard")
    assert ask(partners, said).outcome is Outcome.FOUND
    starred = server.asked[-2]
    assert (starred.one("family"), starred.all("given")) == ("Row*", ("May*",))
    assert not starred.has("_fuzzy-match")


def test_a_sandbox_that_knows_set_questions_only_is_no_trace_of_nobody(serve: Serve) -> None:
    server = serve(Pds(EVERYBODY, sandbox=True))
    pds = PdsSettings(steps=(PdsStep.NAME_BORN,))
    partners = live(server, settings(server, PartnerKind.PDS_FHIR, "/FHIR/R4", pds=pds))
    for _ in range(5):
        answer = ask(partners, query(person(family="Nobody")))
        assert answer.outcome is Outcome.BAD_RESPONSE
        assert "is a sandbox" in answer.problem
    assert len(server.asked) == 5, "it does not pause it: the line is well"
    partners.close()
