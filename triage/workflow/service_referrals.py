"""Referring a family to a service, and following it until the service has accepted.

Fanlight does not send the referral itself: a person rings, or sends it by their own secure mail,
and says here that they have. What is kept is who was referred, in which words, with whose
agreement, and each step until the service took it or said why not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from triage.domain.errors import NotReadyError
from triage.domain.service import Helped, Service
from triage.domain.service_referral import (
    NEXT,
    Agreed,
    ReferralState,
    ServiceReferral,
    Step,
)
from triage.domain.spelling import spell_day
from triage.domain.worker import May
from triage.storage import services as stored
from triage.workflow import services
from triage.workflow.desk import Desk
from triage.workflow.holding import hold

WAYS = ("rang", "sent by secure mail", "handed over in person", "on the service's own form")
"""How a referral goes out, as the person at the desk says it did."""


def refer(
    desk: Desk,
    contact_id: UUID,
    key: tuple[str, str],
    people: Sequence[str],
    words: str,
    *,
    agreed: Agreed = Agreed.NOT_ASKED,
    agreed_words: str = "",
) -> ServiceReferral:
    """Draft a referral of these people, by their keys in the contact, to a service.

    Raises NotReadyError where nobody is chosen, nothing is said, the service was not checked
    within twelve months or is closed, or this family is referred there already.
    """
    desk.worker.must(May.PROPOSE)
    service = services.service(desk, key)
    day = services.today(desk)
    why = services.why_not_refer(service, day)
    if why:
        raise NotReadyError(f"{why} Nothing was drafted. Choose another service.")
    if not words.strip():
        raise NotReadyError("Say what the service should know first. Nothing was drafted.")
    family = services.look(desk, contact_id)
    chosen = tuple(p for p in family.people if p.key in people)
    if not chosen:
        raise NotReadyError("Choose whom the referral is for first. Nothing was drafted.")
    before = family.referral_to(service)
    if before is not None and before.state is not ReferralState.NOT_TAKEN:
        raise NotReadyError(
            f"This family is referred there already: {before.number}, {before.state.value} since "
            f"{spell_day(before.last.at.date())}. Nothing was drafted."
        )
    with desk.store.write() as tx:
        contact = hold(desk, tx, contact_id)
        made = ServiceReferral(
            id=desk.new_id(),
            number=stored.next_number(tx, day.year),
            contact_id=contact.id,
            directory=service.directory,
            service_id=service.id,
            service_name=service.name,
            service_phone=service.phone,
            service_email=service.email,
            people=tuple(p.key for p in chosen),
            people_names=tuple(p.name for p in chosen),
            words=words.strip(),
            agreed=agreed,
            agreed_words=agreed_words.strip(),
            steps=(_step(desk, ReferralState.DRAFT),),
        )
        stored.insert_referral(tx, made)
        desk.note(tx, "service.referral_drafted", contact.id, _detail(made))
    return made


def send(
    desk: Desk, made: ServiceReferral, how: str, *, agreed: Agreed, words: str = ""
) -> ServiceReferral:
    """Record that the referral went out, how, and whether the family agrees.

    Raises NotReadyError where the family said no to a service that needs their agreement, where
    they were not asked and `words` give no reason, and where the service may not be referred to.
    """
    desk.worker.must(May.PROPOSE)
    if how not in WAYS:
        raise NotReadyError("Say how it was sent first. It is still a draft.")
    service = services.service(desk, (made.directory, made.service_id))
    why = services.why_not_refer(service, services.today(desk))
    if why:
        raise NotReadyError(f"{why} It is still a draft.")
    _agreement(service, agreed, words)
    return _change(desk, made, _step(desk, ReferralState.SENT, how, words), agreed)


def _agreement(service: Service, agreed: Agreed, words: str) -> None:
    if not service.agreement_needed or agreed is Agreed.YES:
        return
    if agreed is Agreed.NO:
        raise NotReadyError(
            f"{service.name} takes nobody whose family says no. It is still a draft: talk with "
            "the family again, or choose another service."
        )
    if not words.strip():
        raise NotReadyError(
            f"{service.name} needs a parent to agree, and nobody has asked yet. It is still a "
            "draft: ask first, or say why it goes before."
        )


def record(
    desk: Desk,
    made: ServiceReferral,
    state: ReferralState,
    words: str = "",
    *,
    at: datetime | None = None,
) -> ServiceReferral:
    """Record what the service did: saw it, accepted, or did not take it, and then why; `at` is
    when that was written down, where that is not now.

    Raises NotReadyError where that can't follow, or a reason is missing; ConflictError where
    another desk recorded something since.
    """
    desk.worker.must(May.PROPOSE)
    must_follow(made, state, words)
    return _change(desk, made, _step(desk, state, words=words, at=at), made.agreed)


def must_follow(made: ServiceReferral, state: ReferralState, words: str) -> None:
    """Raises NotReadyError where a service can't have done that next, or a reason is missing."""
    if state is ReferralState.SENT or state not in NEXT[made.state]:
        raise NotReadyError(
            f"A referral that is {made.state.value} can't become {state.value}. Nothing was "
            "changed."
        )
    if state is ReferralState.NOT_TAKEN and not words.strip():
        raise NotReadyError("Say why the service did not take it first. Nothing was changed.")


def _change(desk: Desk, made: ServiceReferral, step: Step, agreed: Agreed) -> ServiceReferral:
    with desk.store.write() as tx:
        hold(desk, tx, made.contact_id)
        changed = replace(made.stepped(step), agreed=agreed)
        stored.save_referral(tx, changed)
        kind = f"service.referral_{step.state.value.replace(' ', '_')}"
        told = {**_detail(changed), "how": step.how, "words": step.words}
        desk.note(tx, kind, made.contact_id, told)
    return changed


def _step(
    desk: Desk,
    state: ReferralState,
    how: str = "",
    words: str = "",
    at: datetime | None = None,
) -> Step:
    return Step(
        state=state,
        at=at or desk.now(),
        by=desk.worker.id,
        by_name=desk.worker.name,
        how=how,
        words=words.strip(),
    )


def _detail(made: ServiceReferral) -> dict[str, object]:
    return {
        "referral": str(made.id),
        "number": made.number,
        "service": made.service_name,
        "people": list(made.people),
        "agreed": made.agreed.value,
    }


def text_to_send(desk: Desk, made: ServiceReferral) -> str:
    """The referral as plain words, to be read out, printed or put into one's own secure mail."""
    desk.worker.must(May.READ)
    hub = desk.profile
    who = "\n".join(f"For: {name}" for name in made.people_names)
    agreed = {
        Agreed.YES: "The family agrees to this referral.",
        Agreed.NO: "The family does not agree to this referral.",
        Agreed.NOT_ASKED: "The family has not been asked yet.",
    }[made.agreed]
    said = f"{agreed} {made.agreed_words}".strip()
    return "\n".join(
        (
            f"Referral {made.number} to {made.service_name}",
            f"From: {hub.hub}, {desk.worker.name}, {hub.phone}",
            who,
            said,
            "",
            made.words,
            "",
            f"Please tell us that you have seen this, and whether you accept: {hub.phone}, "
            f"quoting {made.number}.",
        )
    )


def first_words(service: Service, people: Sequence[Helped]) -> str:
    """A beginning for the words of a referral: what the service asks for, to be filled in."""
    names = ", ".join(_named(p) for p in people)
    asked = f"You ask for: {service.needs_from_us}." if service.needs_from_us else ""
    return "\n".join(line for line in (f"We would like your help for {names}.", asked) if line)


def _named(person: Helped) -> str:
    return person.name if person.adult or person.age is None else f"{person.name}, {person.age}"
