"""An API as a gateway of another supplier might have it: questions posted as JSON, a token for a
secret, people by number in an object, their numbers in a list by type. Its mapping is all."""

import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from tests.partners.conftest import Serve
from tests.partners.live import QUICK, ask, live, person, query
from tests.partners.test_rest_map import read
from triage.domain.errors import ProfileError
from triage.domain.live_partner import LivePartner
from triage.domain.lookup import Outcome
from triage.partners.connector import Answer
from triage.partners.json_paths import follow, is_path, text_at
from triage.practice.partners.stand_in import Answered, Asked, StandIn

CASES = """
purpose = "p"
lawful_basis = "b"
[[partner]]
partner = "there"
name = "Case system"
kind = "rest_map"
url = "https://there.example/gateway/v2"
items = "outcome.persons[*]"
date_formats = ["%d-%b-%Y"]
[partner.sign_in]
kind = "client_secret"
token_url = "https://there.example/oauth/token"
client = "mash"
secret = "cases-secret"
scope = "person.read"
[[partner.search]]
needs = ["family", "born"]
path = "/person/search"
[partner.search.body]
"who.surname" = "{family}"
"who.forename" = "{given}"
"who.born" = "{born:%d-%b-%Y}"
"options.closedToo" = true
"options.most" = 20
[partner.page]
style = "number"
param = "options.page"
first = 0
more = "outcome.more"
[partner.fields]
record_id = "@key"
given = "names[use=current].first"
family = "names[use=current].last"
aliases = "names[use=former].last"
dob = "born"
nhs_number = "numbers[type=NHS number].value"
upn = "numbers[type=UPN].value"
address = "homes[0].lines[*] + homes[0].town"
restricted = "flags.sealed"
[partner.values.restricted]
true = "yes"
false = "no"
"""

MAYA = {
    "names": [
        {"use": "former", "first": "Maya", "last": "Hartley"},
        {"use": "current", "first": "Maya", "last": "Rowe"},
    ],
    "born": "14-Mar-2019",
    "numbers": [
        {"type": "UPN", "value": "A123456789012"},
        {"type": "NHS number", "value": "999 014 2114"},
    ],
    "homes": [{"lines": ["14 Larch Court"], "town": "Northmere"}],
    "flags": {"sealed": False},
}
SEALED = MAYA | {"flags": {"sealed": True}, "homes": []}


class Gateway:
    """Two pages of people, each an object by number; a token that is good for one question."""

    def __init__(self) -> None:
        self.tokens = 0
        self.nobody = False

    def __call__(self, asked: Asked) -> Answered:
        if asked.path == "/oauth/token":
            said = parse_qs(asked.body.decode())
            assert said["client_secret"] == ["s3cret"], "the secret of the keyring"
            assert said["scope"] == ["person.read"]
            self.tokens += 1
            told = {"access_token": f"t{self.tokens}", "expires_in": "3600"}
            return Answered(body=json.dumps(told).encode())
        if asked.headers.get("authorization") != f"Bearer t{self.tokens}":
            return Answered(status=401, body=b"{}")
        page = json.loads(asked.body)["options"]["page"]
        people = {} if self.nobody else {"P-1": MAYA} if page == 0 else {"P-2": SEALED}
        told = {"outcome": {"persons": people, "more": page == 0 and not self.nobody}}
        return Answered(body=json.dumps(told).encode())


def _asked(server: StandIn, partner: LivePartner, who: object) -> Answer:
    there = partner.reach.url.replace("https://there.example", server.url)
    how = replace(partner.sign_in, token_url=f"{server.url}/oauth/token")
    reach = replace(partner.reach, url=there, ca=server.certificates.ca.name)
    partners = live(
        server, replace(partner, reach=reach, sign_in=how, pace=QUICK), {"cases-secret": b"s3cret"}
    )
    try:
        return ask(partners, query(who))  # type: ignore[arg-type]
    finally:
        partners.close()


def test_questions_are_posted_with_a_token_and_people_by_number_are_read_page_by_page(
    serve: Serve, tmp_path: Path
) -> None:
    server = serve(Gateway())
    answer = _asked(server, read(tmp_path, CASES), person(given="Maya"))
    assert answer.outcome is Outcome.FOUND, answer.problem
    first, second = (r.record for r in answer.returned)
    assert (first.record_id, second.record_id) == ("P-1", "P-2")
    assert first.fields == {
        "given": "Maya", "family": "Rowe", "aliases": "Hartley", "dob": "2019-03-14",
        "nhs_number": "999 014 2114", "upn": "A123456789012",
        "address": "14 Larch Court, Northmere",
    }  # fmt: skip
    assert (first.restricted, second.restricted) == (False, True)
    token, one, two = server.asked
    assert (token.method, one.method, one.query) == ("POST", "POST", ()), "no name in an address"
    assert json.loads(one.body) == {
        "who": {"surname": "Rowe", "forename": "Maya", "born": "14-Mar-2019"},
        "options": {"page": 0, "closedToo": True, "most": 20},
    }
    assert json.loads(two.body)["options"]["page"] == 1
    assert answer.sent == ("family", "given", "born")


def test_an_object_that_holds_nobody_is_no_trace_and_one_that_is_not_there_is_not(
    serve: Serve, tmp_path: Path
) -> None:
    gateway = Gateway()
    gateway.nobody = True
    partner = read(tmp_path, CASES)
    assert _asked(serve(gateway), partner, person()).outcome is Outcome.NOT_FOUND
    elsewhere = replace(partner, rest=replace(partner.rest, items="outcome.people[*]"))  # type: ignore[type-var]
    assert _asked(serve(Gateway()), elsewhere, person()).outcome is Outcome.BAD_RESPONSE


@pytest.mark.parametrize(
    ("was", "instead", "words"),
    [
        ('client = "mash"\n', "", "“client” is needed"),
        ('scope = "person.read"', 'key_id = "k"', "plays no part in client_secret"),
        ('"who.forename"', '"who"', "is a value and holds others too"),
        (
            "[partner.search.body]",
            'query = { q = "{family}" }\n[partner.search.body]',
            "a query or a body, not both",
        ),
        ("numbers[type=UPN].value", "numbers[type=].value", "is no path"),
    ],
)
def test_each_slip_in_such_a_mapping_is_named(
    tmp_path: Path, was: str, instead: str, words: str
) -> None:
    assert was in CASES
    with pytest.raises(ProfileError, match=words):
        read(tmp_path, CASES.replace(was, instead, 1))


def test_a_choice_by_what_stands_beside_takes_nothing_else() -> None:
    numbers = {"ids": [{"t": "A.b", "v": 1}, {"t": "C", "v": 2}, "C", None, {"v": 3}]}
    assert text_at(numbers, "ids[t=C].v") == "2"
    assert text_at(numbers, "ids[t=A.b].v") == "1"
    assert follow(numbers, "ids[t=D].v") == follow(numbers, "ids[t=C][0]") == []
    assert text_at({"m": {"x": {"n": "Ann"}, "y": 3}}, "m[*].@key") == "x"
    assert is_path("a[b=c d].e")
    assert not is_path("a[b=[c]].e")
    assert not is_path("a[=c]")
