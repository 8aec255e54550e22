"""What the decision form is given to show, and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from triage.domain.contact import Contact
from triage.domain.decision import Answer, Completeness, DecisionDraft
from triage.domain.lookup import LookupResult
from triage.domain.profile import Code, Profile
from triage.workflow.checks import LeftOut


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedState:
    """Who signed the decision, and when, in words ("24 Nov 2026 12:14")."""

    by: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionPaneView:
    """Everything the decision pane shows of one contact.

    `repeat_contacts`, `results` and `awaited` are what the meter counts besides the answers, so
    that it moves while a person types. `deciders` are those who may sign, offered by "@deciders";
    their code is their name and job in words, so that a decision reads the same when they have
    left; `names` says who wrote the other side of a conflict. `left_out` is whom no
    partner was asked about yet. `read_only_why` is a sentence, ""
    while the decision may be written; `returned` is who sent it back and what they said.
    """

    profile: Profile
    draft: DecisionDraft
    contact: Contact
    completeness: Completeness
    today: date
    repeat_contacts: int = 0
    results: tuple[LookupResult, ...] = ()
    awaited: tuple[str, ...] = ()
    deciders: tuple[Code, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    read_only_why: str = ""
    signed: SignedState | None = None
    returned: tuple[str, str] | None = None
    left_out: LeftOut | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerEdit:
    """An answer a person gave, over version `base_version` of it (0 where there was none)."""

    contact_id: UUID
    key: str
    value: Answer
    base_version: int
