"""The plain text of each part of a file, for reading beside the facts; PDF words with places."""

from __future__ import annotations

from triage.domain.draft import TextPart
from triage.intake.limits import Limits


def rendition(
    untrusted_bytes: bytes, name: str, *, limits: Limits | None = None
) -> tuple[TextPart, ...]:
    """The text of each part that could be read, in the order they stand. Never raises.

    Offsets of facts count in these texts; a PDF's words carry their boxes on the page.
    """
    from triage.intake.reader import read

    seen: dict[str, TextPart] = {}
    for draft in read(untrusted_bytes, name, limits=limits):
        for part in draft.parts:
            seen.setdefault(part.name, part)
    return tuple(seen.values())
