"""What somebody with a login and a program of their own tries at a hub's database, and what they
get: plain SQL, signed in as that person."""

from uuid import uuid4

from tests import factory
from tests.hub_here import EVERYONE, HubHere


def test_whether_a_contact_is_restricted_is_nobodys_to_ask(hub: HubHere) -> None:
    hidden = hub.front.bring(factory.contact(restricted=True))
    asked = {
        "is_restricted(%s)": hidden.id,
        "names_hidden(%s)": f"As in {hidden.reference}.",
        "is_of_hidden(%s)": f'{{"words": "{hidden.reference}"}}',
        "came_for_hidden(%s)": uuid4(),
    }
    for who in EVERYONE:
        for function, value in asked.items():
            for name in (f"fanlight_inside.{function}", f"fanlight_{function}"):
                said = hub.answered(who, f"SELECT {name}", value)
                assert said.startswith(("42501", "42883")), (who.id, name, said)
    found = hub.tried(factory.RUTH, "SELECT count(*) FROM contact")
    assert found == [(0,)]
    assert hub.tried(factory.PRIYA, "SELECT count(*) FROM contact") == [(1,)]
