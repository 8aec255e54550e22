"""Contacts that may belong together, and a person's word on it. Nothing is joined by itself."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from triage.domain.draft import Kinship


class SuggestionState(StrEnum):
    """What a person said of a suggested pair; open until someone did."""

    OPEN = "open"
    JOINED = "joined"
    KEPT_APART = "kept apart"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Two contacts that look alike, seen from `this`. `by` and `why` are who settled it."""

    this: UUID
    other: UUID
    kinship: Kinship
    reasons: tuple[str, ...]
    state: SuggestionState
    by: str
    at: datetime
    why: str = ""
