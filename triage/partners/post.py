"""The post room: every way to partners that the profile names, and the mailboxes they answer to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from triage.domain.partner import RequestRules
from triage.domain.request import MessageState, OutMessage, Via
from triage.partners.imap import ImapMailbox
from triage.partners.lines import OpenLines
from triage.partners.mesh import MeshPost
from triage.partners.smtp import SmtpPost

SMTP_SECRET, MESH_PASSWORD, MESH_SHARED_KEY = "smtp", "mesh-password", "mesh-shared-key"


def secret_names(rules: RequestRules) -> tuple[str, ...]:
    """The secrets that these rules need, by the names they lie under in the vault."""
    names = [SMTP_SECRET] if rules.smtp and rules.smtp.user else []
    names += [f"mailbox-{box.id}" for box in rules.mailboxes]
    names += [MESH_PASSWORD, MESH_SHARED_KEY] if rules.mesh else []
    return tuple(names)


class Post:
    """The ways of one hub. `secret` gives a password or key by its name, None where it is not
    there; it is asked each time, so a new password counts at once. Paths in the rules are
    relative to `folder`. Safe from any thread."""

    def __init__(
        self,
        rules: RequestRules,
        *,
        folder: Path,
        secret: Callable[[str], str | None],
        now: Callable[[], datetime],
    ) -> None:
        self._rules = rules
        self._folder = folder
        self._secret = secret
        self._now = now
        self._lines = OpenLines()

    def stop(self) -> None:
        """Cut what is open, for the program ends: what was not finished is done at the next
        start."""
        self._lines.cut_all()

    def send(self, message: OutMessage) -> OutMessage:
        """Send it once by its way and say where it then stands; never raises for the network."""
        at = self._now()
        smtp = self._rules.smtp
        if message.via is Via.EMAIL and smtp is not None:
            post = SmtpPost(
                smtp,
                ca=self._file(smtp.ca),
                password=self._secret(SMTP_SECRET),
                lines=self._lines,
            )
            return post.send(message, at)
        mesh = self._mesh()
        if message.via is Via.MESH and mesh is not None:
            return mesh.send(message, at)
        return replace(
            message,
            state=MessageState.FAILED,
            words="This hub has no way to send it any more. Ask by telephone.",
        )

    def reached(self, messages: Sequence[OutMessage]) -> tuple[OutMessage, ...]:
        """Those that the partner's own system says it has taken; e-mail has no such word."""
        mesh = self._mesh()
        ours = [m for m in messages if m.via is Via.MESH and m.channel_id]
        return mesh.reached(ours) if mesh is not None and ours else ()

    def mailboxes(self) -> tuple[ImapMailbox | MeshPost, ...]:
        """Every mailbox that is read; none once it was stopped."""
        if self._lines.stopped:
            return ()
        boxes: list[ImapMailbox | MeshPost] = [
            ImapMailbox(
                box,
                ca=self._file(box.ca),
                secret=self._named(f"mailbox-{box.id}"),
                lines=self._lines,
            )
            for box in self._rules.mailboxes
        ]
        mesh = self._mesh()
        return (*boxes, mesh) if mesh is not None else tuple(boxes)

    def _mesh(self) -> MeshPost | None:
        way = self._rules.mesh
        if way is None:
            return None
        return MeshPost(
            way,
            ca=self._file(way.ca),
            certificate=self._file(way.certificate),
            password=self._secret(MESH_PASSWORD),
            shared_key=self._secret(MESH_SHARED_KEY),
        )

    def _named(self, name: str) -> Callable[[], str | None]:
        return lambda: self._secret(name)

    def _file(self, name: str) -> Path | None:
        return self._folder / name if name else None
