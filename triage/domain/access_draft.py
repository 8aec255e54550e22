"""A copy of what is held about a child while it is still being decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A person's word on a third party's words: whether they go out of the copy, and why."""

    goes: bool
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessDraft:
    """What one person decided and typed so far, as typed: of the words of each third party, of
    further words and why they go, for whom it is, and what was found of serious harm.

    `version` is 0 until it is kept, and grows by one with each keeping.
    """

    decided: Mapping[str, Settled] = field(default_factory=dict)
    also: Mapping[str, str] = field(default_factory=dict)
    for_whom: str = ""
    harm: str = ""
    version: int = 0
