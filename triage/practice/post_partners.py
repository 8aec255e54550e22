"""Practice partners: they take what the hub sends and answer by themselves, each at its own speed.

One answers on the form, one out of the office first and then in part, one with nothing held in a
letter of its own, one's address bounces, and health answers by MESH. The servers start when the
first request goes out, so that opening the practice hub waits for none of them.
"""

from __future__ import annotations

import json
import logging
import re
import threading
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import format_datetime, make_msgid
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from triage.domain.errors import FanlightError
from triage.domain.partner import Partner, RequestRules
from triage.domain.request import MessageState, OutMessage, Via
from triage.domain.request_letter import ANSWERED_BY, CONDITIONS, FORM_BEGINS, PASS_ON
from triage.practice.families import RESOURCES
from triage.practice.post_servers import (
    HOST,
    MESH_PASSWORD,
    OUR_MESH,
    SHARED_KEY,
    THEIR_MESH,
    PostServers,
)
from triage.workflow.desk import Mailbox

if TYPE_CHECKING:
    from triage.partners.post import Post

log = logging.getLogger(__name__)
_MESH_LOOK_S = 5.0


def told() -> dict[str, Any]:
    """What practice partners were asked, and how they answer."""
    return tomllib.loads((RESOURCES / "post.toml").read_text(encoding="utf-8"))


class PracticePost:
    """The practice hub's post room. Any thread may use it; `stop` ends the servers.

    `pace` makes the partners faster (below 1) or slower.
    """

    def __init__(
        self,
        folder: Path,
        rules: RequestRules,
        *,
        now: Callable[[], datetime],
        pace: float = 1.0,
    ) -> None:
        self._pace = pace
        self._folder = folder
        self._rules = rules
        self._now = now
        self._lock = threading.Lock()
        self._servers: PostServers | None = None
        self._post: Post | None = None
        self._timers: set[threading.Timer] = set()
        self._stopping = threading.Event()
        self._failed = False
        self._mesh_seen: set[str] = set()

    def send(self, message: OutMessage) -> OutMessage:
        """Send it by the practice servers, which start for the first one."""
        post = self._started()
        if post is None:
            return replace(
                message,
                attempts=message.attempts + 1,
                state=MessageState.WAITING,
                next_attempt_at=self._now() + timedelta(minutes=5),
                words="The practice partners could not be started on this computer.",
            )
        sent = post.send(message)
        if sent.via is Via.MESH and sent.state is MessageState.SENT:
            self._later(_MESH_LOOK_S, self._health_looks)
        return sent

    def reached(self, messages: Sequence[OutMessage]) -> tuple[OutMessage, ...]:
        """Those that health's practice mailbox has acknowledged."""
        return self._post.reached(messages) if self._post is not None else ()

    def mailboxes(self) -> tuple[Mailbox, ...]:
        """The mailboxes, once anything was sent: before that nobody can have answered."""
        return self._post.mailboxes() if self._post is not None else ()

    def stop(self) -> None:
        """End the servers, and whatever partners were about to answer."""
        self._stopping.set()
        with self._lock:
            for timer in self._timers:
                timer.cancel()
            self._timers.clear()
            if self._servers is not None:
                self._servers.stop()
                self._servers = self._post = None

    def settle(self) -> None:
        """Wait until partners have answered all that came to them so far."""
        while timers := tuple(self._timers):
            for timer in timers:
                timer.join()

    def _started(self) -> Post | None:
        with self._lock:
            if self._post is not None or self._stopping.is_set() or self._failed:
                return self._post
            servers = PostServers(self._folder, stopping=self._stopping)
            try:
                servers.start_mail()
                servers.start_mesh()
            except (FanlightError, OSError):
                log.warning("The practice partners did not start", exc_info=True)
                servers.stop()
                self._failed = True
                return None
            from triage.partners.post import Post  # the start need not wait for it

            servers.out.on_mail = self._came
            self._servers = servers
            self._post = Post(
                servers.rules(self._rules),
                folder=self._folder,
                secret=servers.secret,
                now=self._now,
            )
            return self._post

    def _later(self, seconds: float, act: Callable[[], None]) -> None:
        def run() -> None:
            try:
                if not self._stopping.is_set():
                    act()
            except Exception:
                log.warning("A practice partner could not answer", exc_info=True)
            finally:
                with self._lock:  # only now: what it set off is counted before it is done
                    self._timers.discard(timer)

        timer = threading.Timer(seconds * self._pace, run)
        timer.daemon = True
        with self._lock:
            if self._stopping.is_set():
                return
            self._timers.add(timer)
        timer.start()

    def _came(self, to: str, data: bytes) -> str | None:
        """A message reached the partners' mail server."""
        message = message_from_bytes(data, policy=default)
        body = message.get_body()
        text = str(body.get_content()).replace("\r\n", "\n") if body is not None else ""
        partner = next(
            (p for p in self._rules.partners if any(d.address == to for d in p.desks)), None
        )
        if partner is None:
            return "550 5.1.1 No such mailbox here"
        if FORM_BEGINS not in text:
            return None  # a reminder: they are at it already
        for answer in _answers_of(partner.code):
            letter = _letter(partner, to, answer, message, text)
            if letter is not None:
                self._later(float(answer["after_seconds"]), partial(self._deliver, letter))
        return None

    def _deliver(self, letter: bytes) -> None:
        servers = self._servers
        if servers is not None:
            servers.deliver(letter)

    def _health_looks(self) -> None:
        """Health reads its MESH mailbox, and answers each new request in its time."""
        for answer in _answers_of("health"):
            with self._partner() as client:
                for id in client.list_messages():
                    told = json.loads(client.retrieve_message(id).read())
                    client.acknowledge_message(id)
                    if told.get("kind") != "request" or told["requestId"] in self._mesh_seen:
                        continue
                    self._mesh_seen.add(told["requestId"])
                    made = _document(answer, told)
                    self._later(float(answer["after_seconds"]), partial(self._answer_by_mesh, made))

    def _answer_by_mesh(self, document: bytes) -> None:
        with self._partner() as client:
            client.send_message(
                OUR_MESH,
                document,
                workflow_id="TEST_WORKFLOW_ACK",
                subject="Answer",
                filename="answer.json",
                content_type="application/json",
            )

    def _partner(self) -> Any:
        from mesh_client import MeshClient

        servers = self._servers
        if servers is None or servers.mesh is None:
            raise FanlightError("The practice MESH is not running.")
        return MeshClient(
            f"https://{HOST}:{servers.mesh.port}",
            THEIR_MESH,
            MESH_PASSWORD,
            shared_key=SHARED_KEY.encode(),
            verify=str(servers.certificates.ca),
            timeout=20,
            max_retries=0,
        )


def _answers_of(agency: str) -> Iterable[Mapping[str, Any]]:
    return [a for a in told()["answers"] if a["agency"] == agency]


def _letter(
    partner: Partner, to: str, answer: Mapping[str, Any], asked: Any, text: str
) -> bytes | None:
    """What the partner writes back, as its mail program would."""
    made = EmailMessage()
    made["From"] = f"{partner.name} <{to}>"
    made["To"] = "mash@northmere.example"
    made["Date"] = format_datetime(datetime.now(UTC))
    made["Message-ID"] = make_msgid(domain=to.rpartition("@")[2])
    made["In-Reply-To"] = made["References"] = str(asked["Message-ID"])
    subject = str(asked["Subject"])
    if answer.get("bounces"):
        del made["From"]
        made["From"] = f"Mail Delivery System <MAILER-DAEMON@{to.rpartition('@')[2]}>"
        made["Subject"] = "Undelivered Mail Returned to Sender"
        made["Auto-Submitted"] = "auto-replied"
        made.set_content(
            f"Your message to {to} could not be delivered: there is no such mailbox.\n\n"
            f"Message-ID: {asked['Message-ID']}\nSubject: {subject}\n"
        )
        return made.as_bytes()
    if words := answer.get("automatic"):
        made["Subject"] = f"Automatic reply: {subject}"
        made["Auto-Submitted"] = "auto-replied"
        made.set_content(f"{words}\n")
        return made.as_bytes()
    made["Subject"] = f"Re: {subject}"
    if words := answer.get("own_words"):
        made.set_content(f"{words}\n")
        return made.as_bytes()
    made.set_content(_filled(answer, text))
    return made.as_bytes()


def _filled(answer: Mapping[str, Any], text: str) -> str:
    """The form of the request with the partner's words in it."""
    form = text[text.index(FORM_BEGINS) :]
    about = re.search(r"(?m)^About\n((?:  .+\n)+)", text)
    names = _named(about[1].splitlines()) if about else "they"
    words = answer["words"]
    for number in sorted({int(n) for n in re.findall(r"(?m)^Answer (\d+):", form)}):
        said = words[(number - 1) % len(words)].replace("{names}", names)
        form = form.replace(f"Answer {number}:", f"Answer {number}: {said}", 1)
    form = form.replace(f"{ANSWERED_BY}:", f"{ANSWERED_BY}: {answer.get('answered_by', '')}", 1)
    form = form.replace(f"{PASS_ON}:", f"{PASS_ON}: {answer.get('pass_on', '')}", 1)
    return form.replace(f"{CONDITIONS}:", f"{CONDITIONS}: {answer.get('conditions', '')}", 1)


def _document(answer: Mapping[str, Any], asked: Mapping[str, Any]) -> bytes:
    about: list[str] = next((r["values"] for r in asked["lines"] if r["label"] == "About"), [])
    names, words = _named(about), answer["words"]
    told = {
        "reference": asked["reference"],
        "requestId": asked["requestId"],
        "answers": [
            {
                "number": q["number"],
                "words": words[(q["number"] - 1) % len(words)].replace("{names}", names),
            }
            for q in asked["questions"]
        ],
        "answeredBy": answer.get("answered_by", ""),
        "onwardUse": answer.get("pass_on", ""),
        "conditions": answer.get("conditions", ""),
    }
    return json.dumps(told, ensure_ascii=False).encode()


def _named(about: Iterable[str]) -> str:
    names = [line.strip().partition(",")[0] for line in about]
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
