"""JSON APIs of a council, of housing and of schools, each by a mapping and none by code."""

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.partners.conftest import Serve
from tests.partners.live import EVERYBODY, MAYA, QUICK, THEO, ask, live, person, query
from triage.domain.errors import ProfileError
from triage.domain.live_partner import LivePartner
from triage.domain.lookup import Outcome, PartnerRecord
from triage.partners.connector import Answer, Query
from triage.practice.partners.json_apis import (
    CouncilResidents,
    HousingHouseholds,
    SchoolStudents,
)
from triage.practice.partners.stand_in import Answered, Asked, StandIn
from triage.storage import codec
from triage.workflow.partner_entries import (
    HistoryEntry,
    PaceEntry,
    PageEntry,
    PartnerEntry,
    SearchEntry,
    SignInEntry,
)
from triage.workflow.partner_settings import partners_in

HEAD = """
purpose = "Deciding what help a child needs"
lawful_basis = "6(1)(e)"

[[partner]]
partner = "there"
name = "Their system"
kind = "rest_map"
url = "https://there.example{path}"
"""
COUNCIL = (
    HEAD.replace("{path}", "/api/v1")
    + """
items = "residents"
date_formats = ["%Y-%m-%dT%H:%M:%S.%fZ"]
[partner.sign_in]
kind = "header"
header = "x-api-key"
secret = "council-key"
[[partner.search]]
needs = ["family", "born"]
path = "/residents"
query = { last_name = "{family}", date_of_birth = "{born:%Y-%m-%d}" }
[[partner.search]]
needs = ["family"]
path = "/residents"
query = { first_name = "{given}", last_name = "{family}" }
[partner.fields]
record_id = "mosaicId"
given = "firstName"
family = "lastName"
aliases = "otherNames[*].lastName"
dob = "dateOfBirth"
sex = "gender"
nhs_number = "nhsNumber"
address = "addressList[0].addressLine1 + addressList[0].town"
postcode = "addressList[0].postCode"
phone = "phoneNumber[*].phoneNumber"
restricted = "restricted"
[partner.values.restricted]
Y = "yes"
N = "no"
[partner.page]
style = "cursor"
param = "cursor"
next = "nextCursor"
"""
)
HOUSING = (
    HEAD.replace("{path}", "/api/v1/households")
    + """
items = "households"
date_formats = ["%d/%m/%Y"]
[[partner.search]]
needs = ["family"]
query = { first_name = "{given}", last_name = "{family}", postcode = "{postcode}" }
[partner.fields]
record_id = "personNumber"
given = "firstName"
family = "lastName"
dob = "dateOfBirth"
address = "address.addressLine1"
postcode = "address.postcode"
[partner.page]
style = "cursor"
param = "cursor"
next = "nextCursor"
"""
)
SCHOOL = (
    HEAD.replace("{path}", "")
    + """
items = "data"
date_formats = ["%Y-%m-%d %H:%M:%S.%f"]
[[partner.search]]
needs = ["family"]
path = "/v1.0/schools/A1/students"
[partner.fields]
record_id = "id"
given = "forename"
family = "surname"
dob = "date_of_birth.date"
upn = "upn"
school = "school.name"
[partner.page]
style = "link"
next = "meta.pagination.next"
more = "meta.pagination.more"
"""
)


def read(folder: Path, toml: str) -> LivePartner:
    """The partner of a file, as the profile's reader has it."""
    folder.mkdir(exist_ok=True)
    (folder / "partners.toml").write_text(toml, encoding="utf-8")
    [partner] = partners_in(folder)
    return partner


def asked_of(server: StandIn, partner: LivePartner, question: Query) -> Answer:
    there = partner.reach.url.replace("https://there.example", server.url)
    reach = replace(partner.reach, url=there, ca=server.certificates.ca.name)
    partners = live(server, replace(partner, reach=reach, pace=QUICK), {"council-key": b"k"})
    try:
        return ask(partners, question)
    finally:
        partners.close()


def test_a_council_is_asked_by_name_and_birth_date_with_its_key(
    serve: Serve, tmp_path: Path
) -> None:
    server = serve(CouncilResidents(EVERYBODY, key="k"))
    answer = asked_of(server, read(tmp_path, COUNCIL), query(person()))
    [one] = answer.returned
    assert one.record.record_id == "T-1"
    assert one.record.fields["dob"] == "2019-03-14"
    assert one.record.fields["postcode"] == "NM3 4QT"
    assert not one.record.restricted
    assert answer.sent == ("family", "born")


def test_where_nobody_fits_the_next_search_is_put(serve: Serve, tmp_path: Path) -> None:
    server = serve(CouncilResidents(EVERYBODY))
    answer = asked_of(server, read(tmp_path, COUNCIL), query(person(dob=date(2019, 4, 13))))
    assert [r.record.record_id for r in answer.returned] == ["T-1"]
    assert answer.sent == ("family", "born", "given")


def test_a_wrong_key_is_refused_and_said(serve: Serve, tmp_path: Path) -> None:
    server = serve(CouncilResidents(EVERYBODY, key="another"))
    answer = asked_of(server, read(tmp_path, COUNCIL), query(person()))
    assert answer.outcome is Outcome.DENIED


def test_a_word_of_theirs_that_nobody_explained_restricts(serve: Serve, tmp_path: Path) -> None:
    toml = COUNCIL.replace('N = "no"\n', "")
    server = serve(CouncilResidents(EVERYBODY))
    [one] = asked_of(server, read(tmp_path, toml), query(person())).returned
    assert one.record.restricted


def test_every_page_of_a_cursor_is_read(serve: Serve, tmp_path: Path) -> None:
    rowes = [replace(MAYA, id=f"R-{n}") for n in range(7)]
    server = serve(HousingHouseholds(rowes, page=3))
    answer = asked_of(server, read(tmp_path, HOUSING), query(person()))
    assert len(answer.returned) == 7
    assert [a.one("cursor") for a in server.asked] == ["", "3", "6"]


def test_a_fact_that_is_not_known_is_left_out_of_the_question(serve: Serve, tmp_path: Path) -> None:
    server = serve(HousingHouseholds(EVERYBODY))
    asked_of(server, read(tmp_path, HOUSING), query(person()))
    assert not server.asked[0].has("postcode")
    asked_of(server, read(tmp_path, HOUSING), query(person(postcode="nm34qt")))
    assert server.asked[-1].one("postcode") == "NM3 4QT"


def test_a_register_that_can_not_be_searched_is_looked_through_page_by_page(
    serve: Serve, tmp_path: Path
) -> None:
    others = [
        replace(THEO, id=f"O-{n}", given="Olu", family="Fenn", born="2011-01-01") for n in range(9)
    ]
    server: StandIn = serve(SchoolStudents([*others, MAYA], page=4, base=lambda: server.url))
    answer = asked_of(server, read(tmp_path, SCHOOL), query(person()))
    [one] = answer.returned
    assert (one.record.record_id, one.record.fields["school"]) == ("T-1", "Brookfold Primary")
    assert one.record.fields["dob"] == "2019-03-14"
    assert len(server.asked) == 3


def test_a_property_without_permission_is_missing_and_not_a_fault(
    serve: Serve, tmp_path: Path
) -> None:
    scopes = frozenset({"forename", "surname"})
    server = serve(SchoolStudents([MAYA], scopes=scopes))
    [one] = asked_of(server, read(tmp_path, SCHOOL), query(person())).returned
    assert set(one.record.fields) == {"given", "family"}


def test_people_without_any_name_are_not_no_trace(serve: Serve, tmp_path: Path) -> None:
    server = serve(SchoolStudents([MAYA], scopes=frozenset({"upn"})))
    answer = asked_of(server, read(tmp_path, SCHOOL), query(person()))
    assert answer.outcome is Outcome.BAD_RESPONSE
    assert "lack a permission" in answer.problem


def test_an_answer_without_the_list_is_not_an_empty_list(serve: Serve, tmp_path: Path) -> None:
    server = serve(lambda _: Answered(body=b'{"pupils": []}'))
    answer = asked_of(server, read(tmp_path, SCHOOL), query(person()))
    assert answer.outcome is Outcome.BAD_RESPONSE
    assert "without “data”" in answer.problem


def test_half_a_letter_in_an_answer_is_a_question_mark_and_the_store_can_keep_it(
    serve: Serve, tmp_path: Path
) -> None:
    told = {"id": "T-1", "forename": "Maya Grace \ud83d", "surname": "Rowe"}
    server = serve(lambda _: Answered(body=json.dumps({"data": [told]}).encode()))
    [one] = asked_of(server, read(tmp_path, SCHOOL), query(person())).returned
    assert one.record.fields["given"] == "Maya Grace ?"
    assert codec.load(PartnerRecord, codec.dump(PartnerRecord, one.record)) == one.record


def test_a_next_page_that_is_no_address_ends_the_list_and_keeps_who_came(
    serve: Serve, tmp_path: Path
) -> None:
    told = {"id": "T-1", "forename": "Maya Grace", "surname": "Rowe"}
    onwards = {"pagination": {"next": "https://[nowhere", "more": True}}
    server = serve(lambda _: Answered(body=json.dumps({"data": [told], "meta": onwards}).encode()))
    assert len(asked_of(server, read(tmp_path, SCHOOL), query(person())).returned) == 1


def test_a_partner_that_asks_for_an_absurd_wait_is_not_waited_for(
    serve: Serve, tmp_path: Path
) -> None:
    later = {"Retry-After": "Mon, 1 Jan 2029 00:00:00 +99999999999999"}
    server = serve(lambda _: Answered(status=503, headers=later))
    answer = asked_of(server, read(tmp_path, SCHOOL), query(person()))
    assert (answer.outcome, len(server.asked)) == (Outcome.UNAVAILABLE, 2)


def test_nobody_in_the_list_is_no_trace(serve: Serve, tmp_path: Path) -> None:
    server = serve(lambda _: Answered(body=b'{"data": [], "meta": {}}'))
    answer = asked_of(server, read(tmp_path, SCHOOL), query(person()))
    assert answer.outcome is Outcome.NOT_FOUND


def test_a_code_that_means_nobody_is_no_trace_only_where_the_profile_says_so(
    serve: Serve, tmp_path: Path
) -> None:
    server = serve(lambda _: Answered(status=404, body=b"{}"))
    answer = asked_of(server, read(tmp_path, SCHOOL), query(person()))
    assert answer.outcome is Outcome.BAD_RESPONSE
    meant = SCHOOL.replace('items = "data"', 'items = "data"\nnone_statuses = [404]')
    answer = asked_of(server, read(tmp_path, meant), query(person()))
    assert answer.outcome is Outcome.NOT_FOUND


def test_a_slash_in_a_name_stays_in_the_name(serve: Serve, tmp_path: Path) -> None:
    toml = SCHOOL.replace("/v1.0/schools/A1/students", "/people/{family}/list")
    server = serve(lambda _: Answered(body=b'{"data": []}'))
    asked_of(server, read(tmp_path, toml), query(person(family="Rowe/../admin")))
    assert server.asked[0].path == "/people/Rowe%2F..%2Fadmin/list"


UNFORESEEN = (
    HEAD.replace("{path}", "/gateway")
    + """
items = "Response.Body.Persons"
date_formats = ["%d %B %Y"]
lane = "Youth justice"
user_header = "X-On-Behalf-Of"
headers = { Accept-Version = "2" }
[[partner.search]]
needs = ["nhs_number"]
path = "/by-number/{nhs_number}"
[[partner.search]]
needs = ["name", "born"]
path = "/find"
query = { q = "{name}", dob = "{born:%d%m%Y}" }
[partner.fields]
record_id = "Ref.Id"
given = "FullName[after ,]"
family = "FullName[before ,]"
dob = "Birth.Text"
address = "Places[0].Lines[*] + Places[0].Town"
status = "State"
restricted = "Sealed"
[partner.values.restricted]
true = "yes"
[partner.values.status]
A = "Active"
[partner.values.kind]
VIS = "visit"
[partner.page]
style = "offset"
param = "from"
size = 2
size_param = "count"
[partner.history]
items = "Log"
kind = "Type"
start = "On"
words = "Note"
"""
)


def test_an_api_that_nobody_foresaw_is_connected_by_its_mapping_alone(
    serve: Serve, tmp_path: Path
) -> None:
    """One list deep inside, names the wrong way round, dates in words, pages by offset."""
    log = [{"Type": "VIS", "On": "02 March 2026", "Note": "Seen at home"}, {"On": "soon"}]
    people = [
        {
            "Ref": {"Id": 4000 + n},
            "FullName": "ROWE, Maya",
            "Birth": {"Text": "14 March 2019"},
            "Places": [{"Lines": ["Flat 1", "14 Larch Court"], "Town": "Northmere"}],
            "State": "A",
            "Sealed": n == 2,
            "Log": log if n == 0 else None,
        }
        for n in range(3)
    ]

    def gateway(asked: Asked) -> Answered:
        start = int(asked.one("from"))
        shown = people[start : start + int(asked.one("count"))]
        return Answered(body=json.dumps({"Response": {"Body": {"Persons": shown}}}).encode())

    server = serve(gateway)
    answer = asked_of(server, read(tmp_path, UNFORESEEN), query(person(given="Maya")))
    first, _, third = (r.record for r in answer.returned)
    assert first.record_id == "4000"
    assert first.fields == {
        "given": "Maya",
        "family": "ROWE",
        "dob": "2019-03-14",
        "address": "Flat 1; 14 Larch Court, Northmere",
        "status": "Active",
    }
    assert (first.restricted, third.restricted) == (False, True)
    [visit] = first.involvement
    assert (visit.kind, visit.lane, visit.start) == ("visit", "Youth justice", date(2026, 3, 2))
    asked = server.asked[0]
    assert (asked.path, asked.one("q"), asked.one("dob")) == (
        "/gateway/find", "Maya Rowe", "14032019",
    )  # fmt: skip
    assert asked.headers["x-on-behalf-of"] == "rosei"
    assert asked.headers["accept-version"] == "2"


@pytest.mark.parametrize(
    ("was", "instead", "at", "words"),
    [
        ('url = "https://there', 'url = "http://there', "url =", "reached over https"),
        ('kind = "rest_map"', 'kind = "rest_mapp"', "kind =", "cannot be used"),
        ('items = "data"', 'item = "data"', "item =", "not a setting that Fanlight knows"),
        ('items = "data"', 'items = "data..x"', "items =", "no path like"),
        ('needs = ["family"]', 'needs = ["surname"]', "needs =", "cannot be used"),
        ('style = "link"', 'style = "cursor"', "[partner.page]", "“param” is needed"),
        ('upn = "upn"', 'unp = "upn"', "unp =", "not a field"),
        ('record_id = "id"', "", "[partner.fields]", "no field for record_id"),
        ("/students", "/students/{surname}", "[[partner.search]]", "a blank that is not filled"),
        ("items", 'steps = ["number"]\nitems', "steps =", "not a setting of rest_map"),
        ('partner = "there"', 'partner = "hub"', "partner =", "the hub's own contacts"),
        ('purpose = "Deciding what help a child needs"', "", "partner =", "has no purpose"),
        ('lawful_basis = "6(1)(e)"', "", "partner =", "has no lawful_basis"),
        ("items", 'ca = "../ca.pem"\nitems', "ca =", "below the hub's data folder"),
        (
            "items",
            'sign_in = { kind = "bearer", secret = "not a name!" }\nitems',
            "sign_in =",
            "never stands in this file",
        ),
        ("items", 'sign_in = { kind = "basic" }\nitems', "sign_in =", "“user” is needed"),
    ],
)
def test_each_slip_in_the_file_is_named_with_its_line(
    tmp_path: Path, was: str, instead: str, at: str, words: str
) -> None:
    text = SCHOOL.replace(was, instead, 1)
    assert text != SCHOOL
    line = text[: text.index(at)].count("\n") + 1
    with pytest.raises(ProfileError) as raised:
        read(tmp_path, text)
    found = [f for f in raised.value.faults if words in f]
    assert found, raised.value.faults
    assert found[0].startswith(f"partners.toml, line {line}: "), raised.value.faults


NHS = """
purpose = "p"
lawful_basis = "b"
[[partner]]
partner = "nhs"
name = "NHS"
kind = "pds_fhir"
url = "https://nhs.example/FHIR/R4"
steps = STEPS
"""


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ('["name_born_postcode", "name_born"]', "it can't come first"),
        ('["number", "name_born_postcode"]', "it can't come first"),
        ('["wider", "name_born"]', "only after one that is exact"),
        ('["number"]', "There is no search"),
        ('["name_born", "wider", "name_born_near"]', "come last"),
        ('["name_born", "name_born_begins", "name_born_near"]', "come last"),
        ('["name_born_begins", "name_born"]', "only after one that is exact"),
        ('["name_born", "name_born"]', "there twice"),
    ],
)
def test_steps_in_an_order_that_would_hide_or_widen_are_refused(
    tmp_path: Path, steps: str, words: str
) -> None:
    with pytest.raises(ProfileError, match=words) as raised:
        read(tmp_path, NHS.replace("STEPS", steps))
    assert raised.value.faults[0].startswith("partners.toml, line 9: ")


def test_the_examples_of_the_help_page_are_read_without_a_fault(tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "resources" / "help" / "partners.md"
    examples = re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    head = 'purpose = "p"\nlawful_basis = "b"\n'
    read_ones = [read(tmp_path, e if "purpose" in e else head + e) for e in examples]
    assert [p.partner for p in read_ones] == ["tenancies", "cases", "nhs"]
    settings = set(re.findall(r"`([a-z_]+)`", page.read_text(encoding="utf-8")))
    known = {n for entry in ENTRIES for n in entry.model_fields} | MENTIONED
    assert settings <= known, settings - known


def test_the_file_a_hub_begins_with_asks_nobody_and_each_partner_in_it_can_be_switched_on(
    tmp_path: Path,
) -> None:
    shipped = Path(__file__).parents[2] / "resources" / "profiles" / "northmere" / "partners.toml"
    assert partners_in(shipped.parent) == ()
    text = shipped.read_text(encoding="utf-8")
    (tmp_path / "partners.toml").write_text(re.sub(r"(?m)^#(?=\S)", "", text), encoding="utf-8")
    found = partners_in(tmp_path)
    assert [p.partner for p in found] == ["nhs", "homes", "cases", "council"]
    assert {p.lawful_basis[:7] for p in found} == {"UK GDPR"}


ENTRIES = (PartnerEntry, SignInEntry, PaceEntry, SearchEntry, PageEntry, HistoryEntry)
MENTIONED = {
    *("none", "bearer", "basic", "header", "client_secret", "signed_jwt"),
    *("cursor", "number", "offset", "link", "wider", "name_born", "name_born_begins"),
}
