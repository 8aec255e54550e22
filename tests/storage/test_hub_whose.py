"""What a contact, a link and a likeness say at a hub of themselves, tried with plain SQL by whoever
may write them, beside the event of it."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg

from tests import factory
from tests.hub_here import HubHere
from tests.storage.test_hub_ties import told
from triage.domain.contact import Contact, ContactState
from triage.domain.draft import Kinship
from triage.domain.lookup import Subject, Verdict, VerdictKind
from triage.domain.request import (
    AnswerPlace,
    InfoRequest,
    MessageState,
    OutMessage,
    PartnerAnswer,
    RequestState,
    Via,
)
from triage.storage import codec, episodes, request_messages, requests

COLUMNS = ("reference", "state", "received_at", "assigned_to", "version")
SAVE = (
    f"UPDATE contact SET body = %s, {', '.join(f'{name} = %s' for name in COLUMNS)} WHERE id = %s"
)
ADD = (
    f"INSERT INTO contact (id, body, {', '.join(COLUMNS)}) "
    f"VALUES (%s, %s, {', '.join(['%s'] * len(COLUMNS))})"
)


def _values(contact: Contact, **columns: object) -> tuple[object, ...]:
    said = {f.name: getattr(contact, f.name) for f in fields(contact)} | columns
    return tuple(str(v) if isinstance(v, ContactState) else v for v in map(said.get, COLUMNS))


def _saved(
    hub: HubHere, kind: str, changed: Contact, columns: dict[str, object] | None = None
) -> str:
    body = codec.dump(Contact, changed, sparse=True)
    values = (body, *_values(changed, **columns or {}), changed.id)
    return told(hub, factory.RUTH, kind, changed.id, SAVE, *values)


def test_a_contact_says_of_itself_what_its_columns_say(hub: HubHere) -> None:
    contact = hub.front.bring(factory.contact())
    mine = replace(contact, assigned_to="rosei", version=2)
    for column in (
        {"assigned_to": "siqbal"},
        {"state": "closed"},
        {"received_at": factory.NOW - timedelta(days=900)},
        {"reference": "C-26-04111"},
        {"version": 7},
    ):
        said = _saved(hub, "contact.claimed", mine, dict(column))
        assert "does not say of itself" in said, column
    aged = replace(mine, received_at=factory.NOW - timedelta(days=900))
    assert "when it came" in _saved(hub, "contact.claimed", aged)
    renamed = replace(mine, reference="C-26-04111")
    assert "keeps its reference" in _saved(hub, "contact.claimed", renamed)
    assert "changes are counted" in _saved(hub, "contact.claimed", replace(mine, version=1))
    same = replace(contact, version=2)
    whole = json.loads(codec.dump(Contact, same, sparse=True)) | {"paused_reason": ""}
    saving = (SAVE, json.dumps(whole), *_values(same), same.id)  # and then anything: see below
    assert "without the event" in told(hub, factory.RUTH, "contact.resumed", same.id, *saving)
    assert _saved(hub, "contact.claimed", mine) == "done"
    freed = replace(mine, assigned_to=None, version=3)
    assert "without the event" in _saved(hub, "contact.viewed", freed)  # that one tells of another


def test_a_contact_of_an_older_fanlight_is_changed_with_the_event_of_that_too(hub: HubHere) -> None:
    contact = hub.front.bring(factory.contact(rating="green"))
    with psycopg.connect(hub.as_superuser) as line:
        line.execute("SET session_replication_role = replica")
        line.execute("UPDATE contact SET body = %s", (codec.dump(Contact, contact),))
    mine = replace(contact, assigned_to="rosei", version=2)
    for kind, changed in (
        ("contact.rated", mine),
        ("contact.claimed", replace(mine, paused_reason="Waits")),
        ("contact.claimed", replace(mine, rating=None)),
    ):
        assert "without the event" in _saved(hub, kind, changed), changed
    assert _saved(hub, "contact.claimed", mine) == "done"


def test_each_change_of_a_contact_is_told_by_an_event_of_that_change(hub: HubHere) -> None:
    now = datetime.now(UTC)
    waits, aside = ContactState.AWAITING_INFORMATION, ContactState.SET_ASIDE
    for number, (before, facts, wrong) in enumerate((
        ({}, {"assigned_to": "rosei"}, "contact.rated"),
        ({}, {"assigned_at": now}, "contact.rated"),
        ({}, {"rated_at": now}, "contact.claimed"),
        ({}, {"restriction_reviewed_at": now}, "contact.claimed"),
        ({}, {"restricted": True}, "contact.claimed"),
        ({}, {"restricted_kind": "Adoption"}, "contact.claimed"),
        ({}, {"restricted_at": now}, "contact.claimed"),
        ({}, {"set_aside_reason": "A slip."}, "contact.claimed"),
        ({}, {"points_to": uuid4()}, "contact.claimed"),
        ({}, {"paused_reason": "Waits"}, "contact.claimed"),
        ({}, {"state": ContactState.SIGNED}, "contact.claimed"),
        ({}, {"state": ContactState.AWAITING_SIGN_OFF}, "contact.claimed"),
        ({}, {"state": aside}, "contact.claimed"),
        ({}, {"state": ContactState.CLOSED}, "contact.reopened"),
        ({}, {"state": waits}, "contact.claimed"),
        ({"state": ContactState.AWAITING_SIGN_OFF}, {"state": ContactState.SCREENING},
         "contact.claimed"),
        ({"state": ContactState.SIGNED}, {"state": ContactState.SCREENING}, "contact.claimed"),
        ({"state": aside}, {"state": ContactState.RECEIVED}, "contact.claimed"),
        ({"state": waits}, {"state": ContactState.RECEIVED}, "contact.rated"),
        ({}, {"practice": False}, "contact.claimed"),
        ({}, {}, "contact.viewed"),
    )):  # fmt: skip
        made = replace(factory.contact(reference=f"C-26-0510{number:02d}"), **before)  # type: ignore[arg-type]
        contact = hub.front.bring(made)
        changed = replace(contact, version=contact.version + 1, **facts)  # type: ignore[arg-type]
        said = _saved(hub, wrong, changed)
        assert "without the event" in said or "was not done" in said, (before, facts, said)


def test_a_contact_comes_as_one_that_came_and_with_the_event_of_that(hub: HubHere) -> None:
    def tried(kind: str, columns: dict[str, object] | None = None, **facts: object) -> str:
        made = replace(factory.contact(reference="C-26-00001"), **facts)  # type: ignore[arg-type]
        body = codec.dump(Contact, made, sparse=True)
        values = (made.id, body, *_values(made, **columns or {}))
        return told(hub, factory.RUTH, kind, made.id, ADD, *values)

    for kind, facts in (
        ("contact.claimed", {}),
        ("contact.received", {"state": ContactState.SIGNED}),
        ("contact.received", {"state": ContactState.SET_ASIDE}),
    ):
        assert "without the event" in tried(kind, **facts), (kind, facts)  # type: ignore[arg-type]
    long_ago: dict[str, object] = {"received_at": factory.NOW - timedelta(days=900)}
    assert "when it came" in tried("contact.received", long_ago)
    made = factory.contact(reference="C-26-00001")
    body, another = codec.dump(Contact, made, sparse=True), uuid4()
    values = (another, body, *_values(made))
    said = told(hub, factory.RUTH, "contact.received", another, ADD, *values)
    assert "does not say of itself" in said
    assert "found by" in tried("contact.received")  # without its child, and else as it should be


def test_what_is_said_of_a_record_says_of_which_and_is_taken_back_once(hub: HubHere) -> None:
    contact = hub.front.bring(factory.contact())
    said = Verdict(
        id=uuid4(), subject=Subject(contact_id=contact.id, person="c1"), partner="police",
        record_id="P1", kind=VerdictKind.SAME, by="rosei", at=factory.NOW,
    )  # fmt: skip
    adding = "INSERT INTO verdict_shown VALUES (%s, %s, 'police', 'P1', now(), {}, %s)"

    def tried(verdict: Verdict, undone: str = "NULL") -> str:
        values = (said.id, contact.id, codec.dump(Verdict, verdict))
        ruth = (hub, factory.RUTH, "match.linked", contact.id)
        return told(*ruth, adding.format(undone), *values)

    undone = replace(said, undone_by="rosei", undone_at=factory.NOW, undone_why="No")
    for other, column in (
        (replace(said, id=uuid4()), "NULL"),
        (replace(said, partner="nhs"), "NULL"),
        (replace(said, record_id="P2"), "NULL"),
        (replace(said, subject=Subject(contact_id=uuid4(), person="c1")), "NULL"),
        (undone, "NULL"),
        (undone, "now()"),
    ):
        assert "own name" in tried(other, column), other
    assert tried(said) == "done"
    changing = "UPDATE verdict_shown SET body = %s, undone_at = now()"
    ruth = (hub, factory.RUTH, "match.undone", contact.id)
    body = codec.dump(Verdict, undone)
    assert "own name" in told(*ruth, f"{changing}, at = '2020-01-01'", body)
    silent = "UPDATE verdict_shown SET body = %s"
    for unsaid in (body, codec.dump(Verdict, replace(said, undone_by="rosei"))):
        assert "own name" in told(*ruth, silent, unsaid)
    assert told(*ruth, changing, body) == "done"
    later = codec.dump(Verdict, replace(undone, undone_why="Yes"))
    assert "own name" in told(*ruth, changing, later)
    assert "own name" in told(*ruth, "UPDATE verdict_shown SET undone_at = NULL, body = %s", body)


def test_a_likeness_is_found_by_nobody_and_settled_in_ones_own_name(hub: HubHere) -> None:
    old = hub.front.bring(factory.contact(reference="C-26-04700"))
    new = hub.front.bring(factory.contact(reference="C-26-04817"))
    low, high = sorted((old.id, new.id))
    adding = "INSERT INTO suggestion_shown VALUES (%s, %s, %s, 'sibling', '[]', %s, %s, now(), '')"

    def tried(state: str, by: str, kind: str = "contact.likeness_found") -> str:
        return told(hub, factory.RUTH, kind, new.id, adding, low, high, low, state, by)

    assert "own name" in tried("open", "siqbal")
    assert "own name" in tried("joined", "", "contact.joined")
    assert "without the event" in tried("open", "", "contact.rated")
    with hub.front.store.write() as tx:
        episodes.suggest(tx, new.id, old.id, Kinship.SAME_FAMILY, ("One child",), factory.NOW)
    for change, kind in (
        ("state = 'kept apart'", "contact.kept_apart"),
        ("why = 'x'", "contact.likeness_found"),
        ("state = 'joined', by = 'siqbal'", "contact.joined"),
    ):
        said = told(hub, factory.RUTH, kind, new.id, f"UPDATE suggestion_shown SET {change}")
        assert "own name" in said, change
    mine = "UPDATE suggestion_shown SET state = 'kept apart', by = 'rosei'"
    assert "without the event" in told(hub, factory.RUTH, "contact.joined", new.id, mine)
    assert told(hub, factory.RUTH, "contact.kept_apart", new.id, mine) == "done"


def _asked_of_school(hub: HubHere, number: int) -> InfoRequest:
    contact = hub.front.bring(factory.contact(reference=f"C-26-0460{number}"))
    asked = InfoRequest(
        id=uuid4(),
        reference=f"R-26-0460{number}",
        contact_id=contact.id,
        agency="school",
        desk="front",
        via=Via.EMAIL,
        state=RequestState.SENT,
        created_by="rosei",
        created_at=factory.NOW,
    )
    with hub.front.store.write() as tx:
        requests.add(tx, asked)
    return asked


def _request_saved(hub: HubHere, asked: InfoRequest, **columns: object) -> str:
    values = {"reference": asked.reference, "contact_id": asked.contact_id} | columns
    return told(
        hub,
        factory.RUTH,
        "request.chased",
        asked.contact_id,
        "UPDATE request SET body = %s, reference = %s, contact_id = %s WHERE id = %s",
        *(codec.dump(InfoRequest, asked, sparse=True), *values.values(), asked.id),
    )


def test_a_request_says_of_itself_what_it_is_of_and_keeps_its_reference(hub: HubHere) -> None:
    asked, other = _asked_of_school(hub, 1), _asked_of_school(hub, 2)
    for false in (
        _request_saved(hub, replace(asked, reference="R-26-04999")),
        _request_saved(hub, asked, reference="R-26-04999"),
        _request_saved(hub, replace(asked, reference="R-26-04999"), reference="R-26-04999"),
        _request_saved(hub, asked, contact_id=other.contact_id),
        _request_saved(
            hub, replace(asked, contact_id=other.contact_id), contact_id=asked.contact_id
        ),
    ):
        assert "says of itself what it is of" in false
    assert _request_saved(hub, replace(asked, words="chased")) == "done"


def test_an_answer_goes_to_no_other_request_once_it_was_placed(hub: HubHere) -> None:
    asked, other = _asked_of_school(hub, 1), _asked_of_school(hub, 2)
    came = PartnerAnswer(
        id=uuid4(),
        request_id=None,
        place=AnswerPlace.TO_PLACE,
        via=Via.EMAIL,
        received_at=factory.NOW,
    )
    with hub.front.store.write() as tx:
        requests.add_answer(tx, came)

    def placed(kind: str, at: InfoRequest | None, *, said: InfoRequest | None) -> str:
        body = codec.dump(
            PartnerAnswer, replace(came, request_id=said.id if said else None), sparse=True
        )
        return told(
            hub,
            factory.RUTH,
            kind,
            at.contact_id if at else None,
            "UPDATE partner_answer SET request_id = %s, body = %s",
            *(at.id if at else None, body),
        )

    assert "says of itself" in placed("request.answer_placed", asked, said=other)
    assert placed("request.answer_placed", asked, said=asked) == "done"
    assert "stays" in placed("request.answer_placed", other, said=other)
    assert "stays" in placed("request.not_an_answer", None, said=None)
    assert placed("request.answer_read", asked, said=asked) == "done"


def test_what_was_sent_for_a_request_stays_and_goes_to_nobody_else(hub: HubHere) -> None:
    asked, other = _asked_of_school(hub, 1), _asked_of_school(hub, 2)
    message = OutMessage(
        id=uuid4(),
        request_id=asked.id,
        kind="ask",
        via=Via.EMAIL,
        to="school@school.example",
        local_id="<1@fanlight.example>",
        document=b"What was asked",
        state=MessageState.SENT,
        made_at=factory.NOW,
    )
    with hub.front.store.write() as tx:
        request_messages.put(tx, message)
    for change in (
        "document = 'Something else'",
        "\"to\" = 'someone@home.example'",
        "local_id = '<2@fanlight.example>'",
        f"request_id = '{other.id}'",
    ):
        changing = f"UPDATE request_message SET {change}"
        for about in (asked, other):
            said = told(hub, factory.RUTH, "request.chased", about.contact_id, changing)
            assert said.startswith("42501"), (change, said)
    attempts = "UPDATE request_message SET attempts = 2"
    assert told(hub, factory.RUTH, "request.chased", asked.contact_id, attempts) == "done"


def test_a_referral_says_of_itself_what_it_is_of(hub: HubHere) -> None:
    contact = hub.front.bring(factory.contact())
    adding = """INSERT INTO service_referral (id, number, contact_id, directory, service_id,
        made_at, version, body) VALUES (%s, 'R-26-00012', %s, 'open', '1', now(), 1, %s)"""
    id = uuid4()
    true = {"id": str(id), "number": "R-26-00012", "contact_id": str(contact.id)}
    for false in ({"id": str(uuid4())}, {"number": "R-26-00013"}, {"contact_id": str(uuid4())}):
        said = _sent_on(hub, contact, adding, id, json.dumps(true | false))
        assert "says of itself what it is of" in said, false
    assert _sent_on(hub, contact, adding, id, json.dumps(true)) == "done"


def _sent_on(hub: HubHere, contact: Contact, adding: str, id: UUID, body: str) -> str:
    return told(hub, factory.RUTH, "service.referred", contact.id, adding, id, contact.id, body)
