"""A hub with a real mailbox and MESH: what is asked, what comes, and one look into them."""

from dataclasses import replace

from tests.post import mail, post_of
from tests.workflow.conftest import Front
from tests.workflow.test_requests import _draft
from triage.domain.contact import Contact, ContactState
from triage.domain.request import InfoRequest, RequestState
from triage.practice.post_servers import PostServers
from triage.storage import contacts, request_messages, requests
from triage.workflow import mailbox, sending
from triage.workflow import requests as asking
from triage.workflow.desk import Desk
from triage.workflow.mailbox import Looked

STRANGER = "Somebody <somebody@elsewhere.example>"


def posted(front: Front, servers: PostServers) -> Desk:
    rules = front.desk.profile.requests
    return replace(front.ruth, post=post_of(servers, rules, front.watch))


def asked_of(front: Front, servers: PostServers, agency: str = "housing") -> InfoRequest:
    """A request that went out over the real server."""
    asking.send(posted(front, servers), _draft(front, agency))
    (went,) = sending.send_due(posted(front, servers))
    assert went.request.state is RequestState.SENT, went.message.words
    return went.request


def look(front: Front, servers: PostServers, holder: str = "desk-1") -> Looked:
    """One look into the shared mailbox."""
    post = post_of(servers, front.desk.profile.requests, front.watch, mesh=None)
    (shared,) = mailbox.look_into_mailboxes(replace(front.ruth, post=post), holder)
    return shared


def mesh(front: Front, servers: PostServers) -> Looked:
    front.watch.move(minutes=5)
    (*_, mesh) = mailbox.look_into_mailboxes(posted(front, servers), "desk-1")
    return mesh


def now_of(front: Front, request: InfoRequest) -> InfoRequest:
    with front.store.read() as tx:
        return requests.get(tx, request.id)


def thread_of(front: Front, request: InfoRequest) -> str:
    with front.store.read() as tx:
        return request_messages.of_request(tx, request.id)[0].local_id


def filled(request: InfoRequest) -> str:
    text = request.sent_text
    for number, words in ((1, "Carla Rowe, two children"), (2, "nothing held"), (3, "£640 owed")):
        text = text.replace(f"Answer {number}:\n", f"Answer {number}: {words}\n")
    return text.replace("no):", "no): no")


def received(front: Front) -> list[Contact]:
    with front.store.read() as tx:
        return [c for c in contacts.in_states(tx, [ContactState.RECEIVED]) if c.subject]


REFERRAL = """
Child's name: Poppy Lane
Date of birth: 04/05/2018
School: Brookfold Primary
Address: 3 Mill Road, Northmere
Reason for referral: Poppy came to school with a bruise on her arm and said a grown-up did it.
"""


def referral(**headers: str) -> bytes:
    return mail(
        headers.pop("text", REFERRAL),
        sender="Colette Hughes <c.hughes@stbrannocs.example>",
        subject="Referral about a pupil",
        **headers,
    )
