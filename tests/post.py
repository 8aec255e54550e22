"""Real servers for mail and MESH, started once for all tests, emptied for each."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

import pytest

from triage.partners.post import Post
from triage.practice.post_servers import PostServers


@pytest.fixture(scope="session")
def servers_running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostServers]:
    """A mail server, a mailbox and a MESH sandbox on loopback, with TLS."""
    servers = PostServers(tmp_path_factory.mktemp("post"))
    servers.start_mail()
    servers.start_mesh()
    yield servers
    servers.stop()


@pytest.fixture
def servers(servers_running: PostServers) -> PostServers:
    """The same, with nothing in them."""
    out = servers_running.out
    out.taken.clear()
    out.cut_after = 0
    out.on_mail = lambda to, data: None
    line = servers_running.mailbox()
    for folder in ("INBOX", "Processed"):
        with suppress(Exception):  # Processed is made when it is first needed
            line.select_folder(folder)
            if found := line.search(["ALL"]):
                line.delete_messages(found)
                line.expunge()
    line.logout()
    return servers_running


def post_of(
    servers: PostServers, rules: object, now: Callable[[], datetime], **facts: object
) -> Post:
    """A post room that leads to these servers."""
    from dataclasses import replace

    from triage.domain.partner import RequestRules

    assert isinstance(rules, RequestRules)
    led = replace(servers.rules(rules), **facts)  # type: ignore[arg-type]
    return Post(led, folder=servers.folder, secret=servers.secret, now=now)


def mail(
    text: str,
    *,
    sender: str = "T. Amos <tenancy-duty@northmere-housing.example>",
    subject: str = "Re: Request for information",
    message_id: str = "",
    **headers: str,
) -> bytes:
    """A message as a partner's mail program writes it; `In_Reply_To` is In-Reply-To."""
    made = EmailMessage()
    made["From"] = sender
    made["To"] = "mash@northmere.example"
    made["Subject"] = subject
    made["Date"] = format_datetime(datetime(2026, 11, 24, 11, 50, tzinfo=UTC))
    made["Message-ID"] = message_id or make_msgid(domain="northmere-housing.example")
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made.as_bytes()
