"""Icon and ink of each way a request can stand; the icon differs too, so that nothing hangs on
colour."""

from __future__ import annotations

from triage.workflow.request_board import Tone

REQUEST_LOOKS: dict[Tone, tuple[str, str]] = {
    "failed": ("circle-x", "dangerText"),
    "over": ("clock-alert", "dangerText"),
    "soon": ("clock-alert", "warnText"),
    "draft": ("pencil", "text2"),
    "waiting": ("hourglass", "text2"),
    "done": ("circle-check", "okText"),
}
