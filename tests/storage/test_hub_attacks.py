"""What somebody with a login and a program of their own tries at a hub's database, and what they
get: plain SQL, signed in as that person."""

from dataclasses import replace
from uuid import uuid4

import psycopg

from tests import factory
from tests.factory import NOW
from tests.hub_here import EVERYONE, HubHere, tell
from tests.storage.test_hub_ties import told
from triage.domain.contact import Contact, ContactState
from triage.domain.fact import entered
from triage.storage import codec


def test_whether_a_contact_is_restricted_is_nobodys_to_ask(hub: HubHere) -> None:
    hidden = hub.front.bring(factory.contact(restricted=True))
    asked = {
        "is_restricted(%s)": hidden.id,
        "names_hidden(%s)": f"As in {hidden.reference}.",
        "is_of_hidden(%s)": f'{{"words": "{hidden.reference}"}}',
        "came_for_hidden(%s)": uuid4(),
    }
    for who in EVERYONE:
        listing = hub.answered(who, "SELECT restricted_id FROM fanlight_inside.restricted")
        assert listing.startswith("42501"), who.id
        for function, value in asked.items():
            for name in (f"fanlight_inside.{function}", f"fanlight_{function}"):
                said = hub.answered(who, f"SELECT {name}", value)
                assert said.startswith(("42501", "42883")), (who.id, name, said)
    found = hub.tried(factory.RUTH, "SELECT count(*) FROM contact")
    assert found == [(0,)]
    assert hub.tried(factory.PRIYA, "SELECT count(*) FROM contact") == [(1,)]


def test_a_change_of_a_contact_is_told_by_an_event_of_it_that_fits(hub: HubHere) -> None:
    contact = hub.front.bring(factory.contact())
    other = hub.front.bring(factory.contact(reference="C-26-04999"))
    silenced = replace(contact.content, concern=entered("All is well.", by="rosei", at=NOW))
    joined = {"episode_id": other.id}
    for facts, fits in (
        ({"content": silenced}, "contact.fact_changed"),
        ({"rating": "green"}, "contact.rated"),
        ({"paused_reason": "x"}, "contact.paused"),
        (joined, "contact.joined"),
        ({"state": ContactState.SET_ASIDE}, "contact.set_aside"),
        ({"subject": "Another"}, "contact.fact_changed"),
    ):
        ends = [("contact.viewed", contact), ("contact.claimed", contact), (fits, other)]
        for kind, about in ends:
            assert "without the event" in _saved(hub, contact, kind, about, **facts), (kind, facts)
        said = _saved(hub, contact, fits, contact, **facts)
        assert said == "done" or "subject" in facts, (fits, said)
    assert hub.front.read(contact).content == silenced


def test_what_a_contacts_children_are_found_by_changes_with_the_contact_alone(
    hub: HubHere,
) -> None:
    contact = hub.front.bring(factory.contact())
    for act in (
        "DELETE FROM contact_child WHERE contact_id = %s",
        "UPDATE contact_child SET nhs_number = '9990000018' WHERE contact_id = %s",
    ):
        assert "without the event" in told(
            hub, factory.RUTH, "contact.rated", contact.id, act, contact.id
        )
        said = _saved(hub, contact, "contact.rated", contact, also=act, rating="green")
        assert "found by" in said, act


def _saved(
    hub: HubHere, contact: Contact, kind: str, about: Contact, also: str = "", **facts: object
) -> str:
    """What becomes of a contact changed by plain SQL, beside an event of that kind."""
    now = hub.front.read(contact)
    changed = replace(now, version=now.version + 1, **facts)  # type: ignore[arg-type]
    act = "UPDATE contact SET state = %s, episode_id = %s, version = %s, body = %s WHERE id = %s"
    values = (
        changed.state.value, changed.episode_id, changed.version,
        codec.dump(Contact, changed, sparse=True), contact.id,
    )  # fmt: skip
    try:
        with hub.as_somebody(factory.RUTH) as line, line.transaction():
            tell(line, factory.RUTH, kind, about.id)
            line.execute(act.encode(), values)
            if also:
                line.execute(also.encode(), (contact.id,))
    except psycopg.Error as fault:
        return f"{fault.sqlstate} {fault}"
    return "done"
