"""The referral pack: what goes on paper, for whom, and what is taken out of each copy."""

from dataclasses import dataclass
from enum import StrEnum


class Removal(StrEnum):
    """Kinds of words that can be taken out of a copy."""

    HEALTH_NUMBERS = "health numbers"
    REFERRER = "who reported it"
    SAFE_CONTACT = "safe phone number and voicemail note"
    ADDRESS = "address"
    RELATIVES = "relatives' names and where they stay"
    CHOSEN_WORDS = "words chosen by you"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One numbered copy, for a named recipient, with its own removals and way of sending."""

    number: int
    recipient: str
    by: str  # secure mail | printed, handed over
    removals: frozenset[Removal] = frozenset()
    words: tuple[str, ...] = ()
    large_print: bool = False
