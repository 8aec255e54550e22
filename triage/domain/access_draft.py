"""A copy of what is held about a child while it is still being decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Ground(StrEnum):
    """Why words go out of a copy, or may stay in it, as it is recorded: the exemptions from UK GDPR
    article 15 that a front door meets, and what paragraphs 16 and 17 let stay. Schedules are of the
    Data Protection Act 2018, articles of the UK GDPR."""

    OTHER_PERSON = "It tells of somebody else (sch 2 para 16)"
    RIGHTS = "It would harm somebody's rights (art 15(4))"
    HARM = "Serious harm is likely (sch 3 para 11)"
    WISHES = "Told not to be passed on (sch 3 para 10)"
    COURT = "A court processes it (sch 3 para 9)"
    INTERESTS = "Against an abused child's interests (sch 3 para 21)"
    CRIME = "It would hinder work against crime (sch 2 para 2)"
    LEGAL = "Legal advice (sch 2 para 19)"

    AGREES = "They agree to it (sch 2 para 16(2)(a))"
    REASONABLE = "Reasonable without consent (sch 2 para 16(2)(b))"
    AT_WORK = "They worked with the child (sch 2 paras 16 and 17)"
    NOBODY = "It tells of nobody who could be known by it"

    @property
    def needs_words(self) -> bool:
        """Whether a person must say what it rests on here."""
        return self not in (Ground.OTHER_PERSON, Ground.AT_WORK, Ground.NOBODY)

    def why(self, words: str) -> str:
        """The ground with what a person said of it, as it is recorded."""
        return f"{self.value}: {words.strip()}" if words.strip() else self.value


TO_TAKE_OUT = tuple(Ground)[: tuple(Ground).index(Ground.AGREES)]
TO_LEAVE_IN = tuple(Ground)[len(TO_TAKE_OUT) :]


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
