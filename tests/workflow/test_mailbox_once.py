"""The shared mailbox, on a real server: each message becomes exactly one thing, whatever breaks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.post import mail, post_of
from tests.workflow.conftest import Front
from tests.workflow.mailing import (
    REFERRAL,
    asked_of,
    look,
    posted,
    received,
    referral,
    thread_of,
)
from triage.practice.post_servers import PostServers
from triage.storage import episodes, mailboxes
from triage.workflow import mailbox, request_open
from triage.workflow.desk import Mailbox, MailboxSession


def test_a_referral_by_mail_becomes_one_contact(front: Front, servers: PostServers) -> None:
    servers.deliver(referral())
    (made,) = look(front, servers).contacts
    (contact,) = received(front)
    assert contact.id == made
    assert contact.content.children[0].name == "Poppy Lane"
    assert look(front, servers).contacts == ()


@dataclass
class Crashing:
    """A post room over a real one whose mailbox breaks at one step, once."""

    post: Any
    step: str

    def mailboxes(self) -> tuple[Mailbox, ...]:
        return tuple(CrashingBox(box, self) for box in self.post.mailboxes())


@dataclass
class CrashingBox:
    box: Any
    crashing: Crashing

    @property
    def name(self) -> str:
        return str(self.box.name)

    @property
    def new_contacts(self) -> bool:
        return bool(self.box.new_contacts)

    every = timedelta()

    @contextmanager
    def opened(self) -> Iterator[MailboxSession]:
        with self.box.opened() as session:
            yield CrashingSession(session, self.crashing)  # type: ignore[misc]


class CrashError(BaseException):
    """The program ends here."""


@dataclass
class CrashingSession:
    session: Any
    crashing: Crashing

    @property
    def uidvalidity(self) -> str:
        return str(self.session.uidvalidity)

    def uids(self) -> tuple[str, ...]:
        return tuple(self.session.uids())

    def fetch(self, uid: str) -> Any:
        found = self.session.fetch(uid)
        self._at("fetched")
        return found

    def acknowledge(self, uid: str) -> None:
        self._at("committed")
        self.session.acknowledge(uid)
        self._at("acknowledged")

    def _at(self, step: str) -> None:
        if self.crashing.step == step:
            self.crashing.step = ""
            raise CrashError


def _in_commit(monkeypatch: pytest.MonkeyPatch, crashing: Crashing) -> None:
    note: Callable[..., None] = mailboxes.note

    def noting(*arguments: Any) -> None:
        note(*arguments)
        if crashing.step == "committing":
            crashing.step = ""
            raise CrashError

    monkeypatch.setattr(mailboxes, "note", noting)


@pytest.mark.parametrize("step", ["fetched", "committing", "committed", "acknowledged"])
def test_a_crash_at_any_step_loses_and_doubles_nothing(
    front: Front, servers: PostServers, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = asked_of(front, servers)
    servers.deliver(
        referral(), mail("Nothing held.", In_Reply_To=thread_of(front, request)), referral(text="x")
    )
    rules = front.desk.profile.requests
    crashing = Crashing(post_of(servers, rules, front.watch, mesh=None), step)
    _in_commit(monkeypatch, crashing)
    desk = replace(posted(front, servers), post=crashing)  # type: ignore[arg-type]
    with pytest.raises(CrashError):
        mailbox.look_into_mailboxes(desk, "desk-1")
    assert crashing.step == ""
    front.watch.move(minutes=6)  # the lease of the desk that fell over is out
    look(front, servers, "desk-2")
    assert [c.content.children[0].name for c in received(front) if c.content.children] == [
        "Poppy Lane"
    ]
    assert len(request_open.look_again(front.ruth, request.id).answers) == 1
    line = servers.mailbox()
    assert line.select_folder("INBOX")[b"EXISTS"] == 0
    assert line.select_folder("Processed")[b"EXISTS"] == 3
    line.logout()


def test_a_mailbox_that_was_numbered_anew_makes_nothing_twice(
    front: Front, servers: PostServers
) -> None:
    data = referral()
    servers.deliver(data)
    look(front, servers)
    with front.store.write() as tx:
        mailboxes.renumbered(tx, "shared", "12345")
    servers.deliver(data)  # the same message, under another number
    assert look(front, servers).contacts == ()
    assert len(received(front)) == 1
    kinds = [e.kind for e in front.events(0)]
    assert "mailbox.renumbered" in kinds


def test_one_message_id_with_other_words_becomes_two_and_is_flagged(
    front: Front, servers: PostServers
) -> None:
    other = REFERRAL.replace("Poppy Lane", "Rose Field").replace("04/05/2018", "09/08/2015")
    servers.deliver(
        referral(message_id="<same@stbrannocs.example>"),
        referral(message_id="<same@stbrannocs.example>", text=other.replace("bruise", "burn")),
    )
    assert len(look(front, servers).contacts) == 2
    with front.store.read() as tx:
        told = [
            reason
            for contact in received(front)
            for s in episodes.suggestions_of(tx, contact.id)
            for reason in s.reasons
        ]
    assert any("Message-ID" in reason for reason in told)


def test_one_message_relayed_twice_becomes_one(front: Front, servers: PostServers) -> None:
    data = referral(message_id="<relayed@stbrannocs.example>")
    servers.deliver(data, b"Received: by relay.northmere.example; Tue, 24 Nov 2026\r\n" + data)
    assert len(look(front, servers).contacts) == 1
    assert len(received(front)) == 1


def test_a_message_without_an_id_given_under_another_number_counts_once(
    front: Front, servers: PostServers
) -> None:
    request = asked_of(front, servers)
    data = mail("Nothing held.", In_Reply_To=thread_of(front, request), message_id="<x@y.example>")
    data = data.replace(b"Message-ID: <x@y.example>\n", b"")
    servers.deliver(data)
    assert look(front, servers).answers == 1
    servers.deliver(data)
    assert look(front, servers).answers == 0
    assert len(request_open.look_again(front.ruth, request.id).answers) == 1


def test_an_answer_relayed_twice_counts_once(front: Front, servers: PostServers) -> None:
    request = asked_of(front, servers)
    data = mail("Nothing held.", In_Reply_To=thread_of(front, request))
    servers.deliver(data, b"Received: by relay.northmere.example; Tue, 24 Nov 2026\r\n" + data)
    assert look(front, servers).answers == 1
    assert len(request_open.look_again(front.ruth, request.id).answers) == 1


def test_what_was_dropped_in_the_folder_is_not_taken_from_the_mailbox_again(
    front: Front, servers: PostServers, tmp_path: Path
) -> None:
    from triage.workflow import receive

    data = referral().replace(b"\n", b"\r\n")
    receive.receive_file(front.ruth, data, "poppy.eml")
    servers.deliver(data)
    assert look(front, servers).contacts == ()
    assert len(received(front)) == 1


def test_one_desk_at_a_time_looks_into_a_mailbox(front: Front, servers: PostServers) -> None:
    servers.deliver(referral())
    with front.store.write() as tx:
        at = front.watch.now
        mailboxes.lease(tx, "shared", "desk-2", at + mailbox.LEASE, at=at)
    looked = look(front, servers, "desk-1")
    assert (looked.busy, looked.contacts) == (True, ())
    assert len(look(front, servers, "desk-2").contacts) == 1


def test_a_mailbox_that_can_not_be_read_says_so_and_loses_nothing(
    front: Front, servers: PostServers
) -> None:
    servers.deliver(referral())
    way = replace(servers.rules(front.desk.profile.requests).mailboxes[0], user="nobody")
    post = post_of(servers, front.desk.profile.requests, front.watch, mailboxes=(way,), mesh=None)
    (looked,) = mailbox.look_into_mailboxes(replace(front.ruth, post=post), "desk-1")
    assert "did not let Fanlight in" in looked.problem
    (state,) = [s for s in mailbox.mailbox_states(front.ruth) if s.name == "shared"]
    assert state.words == looked.problem
    assert len(look(front, servers).contacts) == 1
