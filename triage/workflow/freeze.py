"""Freezing a decision: what was known, answered, missing and replied when it was proposed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from triage.domain.contact import Address, Adult, Child, Contact, Referrer
from triage.domain.decision import (
    Answer,
    DecisionVersion,
    FrozenPerson,
    Problem,
    VersionState,
    Weight,
)
from triage.domain.fact import Fact
from triage.domain.lookup import Involvement, Outcome, PartnerState, Verdict
from triage.domain.profile import Profile
from triage.domain.spelling import spell_day
from triage.domain.worker import Worker
from triage.workflow import known, naming


def freeze(
    *,
    id: UUID,
    contact: Contact,
    number: int,
    answers: Mapping[str, Answer],
    problems: Iterable[Problem],
    verdicts: Iterable[Verdict],
    partners: Iterable[PartnerState],
    replies: Iterable[tuple[str, str, str]] = (),
    chronology: Iterable[Involvement],
    profile: Profile,
    author: Worker,
    at: datetime,
    supersedes: UUID | None,
) -> DecisionVersion:
    """A proposed version. Where a fact of a child is missing in the contact, a linked record
    fills it in; where linked records differ, it stays open and the difference is named. `replies`
    are what partners were asked and said, each as its name, how it stands, and in short."""
    verdicts, partners = tuple(verdicts), tuple(partners)
    day = naming.local_day(profile, at)
    names = {partner.partner: partner.name for partner in partners}
    people, differences = _people(contact, verdicts, day, names)
    content = contact.content
    address = _owned(content.address) | _filled(
        {
            "is_refuge": "yes" if content.address.is_refuge else "",
            "safe_contact": _value(content.safe_contact),
            "interpreter": _interpreters(content.children),
        }
    )
    return DecisionVersion(
        id=id,
        contact_id=contact.id,
        number=number,
        state=VersionState.PROPOSED,
        reference=contact.reference,
        received_at=contact.received_at,
        channel=contact.channel.value,
        concern=_concern(contact),
        referrer=_owned(content.referrer),
        address=address,
        people=people,
        answers={k: v for k, v in answers.items() if v},
        profile=profile.id,
        profile_version=profile.version,
        problems=(*problems, *differences),
        partners=(*((p.name, p.outcome.value, _reply(p, profile)) for p in partners), *replies),
        chronology=tuple((e.start.isoformat(), e.lane, e.words, e.source) for e in chronology),
        author=author.id,
        author_name=author.name,
        proposed_at=at,
        supersedes=supersedes,
    )


def _reply(state: PartnerState, profile: Profile) -> str:
    """What a partner answered, what would have settled it, and the day of the list looked in, or
    when the partner itself was asked."""
    said = state.recorded or state.words
    settling = f" {state.settling}" if state.settling else ""
    of = f" List of {spell_day(state.as_of)}." if state.as_of else ""
    if state.live and state.at is not None and state.outcome is not Outcome.NOT_CHECKED:
        at = state.at.astimezone(ZoneInfo(profile.working_time.zone))
        of = f" Asked at {at:%H:%M} on {spell_day(at.date())}."
    return f"{said[:1].upper()}{said[1:].rstrip('.')}.{settling}{of}"


def _value(fact: Fact) -> str:
    return fact.value if fact.known else ""


def _filled(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _owned(owner: Address | Referrer) -> dict[str, str]:
    values = ((f.name, getattr(owner, f.name)) for f in fields(owner))
    return _filled({name: _value(v) for name, v in values if isinstance(v, Fact)})


def _interpreters(children: Iterable[Child]) -> str:
    needing = [c.name for c in children if _value(c.interpreter) == "yes"]
    return f"Interpreter needed for {', '.join(needing)}" if needing else ""


def _concern(contact: Contact) -> str:
    content = contact.content
    if content.concern.known:
        return content.concern.value
    return "\n".join(line.words for line in content.said)


_FROM_RECORDS = ("nhs_number", "upn", "dob", "sex", "school")


def _people(
    contact: Contact, verdicts: tuple[Verdict, ...], day: date, names: Mapping[str, str]
) -> tuple[tuple[FrozenPerson, ...], tuple[Problem, ...]]:
    people: list[FrozenPerson] = []
    problems: list[Problem] = []
    for child in contact.content.children:
        links = known.linked(verdicts, child.key)
        held = {name: _value(getattr(child, name)) for name in _FROM_RECORDS}
        for name in _FROM_RECORDS:
            if held[name]:
                continue
            said = {v.record.fields.get(name, "") for v in links if v.record} - {""}
            if len(said) == 1:
                held[name] = said.pop()
            elif said:
                problems.append(_differ(child, name))
        born = _date(held["dob"])
        people.append(
            FrozenPerson(
                key=child.key,
                name=child.name,
                is_child=True,
                relationship="child",
                age=_age(child, born, day),
                ethnicity=_value(child.ethnicity),
                disability=_value(child.disability),
                language=_value(child.language),
                lives_here=_value(child.lives_here),
                unborn=child.unborn,
                edd=_value(child.edd),
                records=_records(links, names),
                **held,
            )
        )
    people += [_adult(a, verdicts, names) for a in contact.content.adults]
    return tuple(people), tuple(problems)


def _differ(child: Child, name: str) -> Problem:
    words = {"nhs_number": "NHS number", "upn": "pupil number", "dob": "birth date"}.get(name, name)
    return Problem(
        part="",
        question="",
        person=child.key,
        weight=Weight.CONTRADICTS,
        sentence=f"The records linked to {child.name} give different {words}s.",
    )


def _date(words: str) -> date | None:
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None


def _age(child: Child, born: date | None, day: date) -> str:
    if born is None or child.unborn:
        return _value(child.age_text)
    return str(day.year - born.year - ((day.month, day.day) < (born.month, born.day)))


def _adult(adult: Adult, verdicts: tuple[Verdict, ...], names: Mapping[str, str]) -> FrozenPerson:
    links = known.linked(verdicts, adult.key)
    return FrozenPerson(
        key=adult.key,
        name=_value(adult.name) or "Name not known",
        is_child=False,
        relationship=_value(adult.relationship),
        dob=_value(adult.dob),
        lives_here=_value(adult.lives_here),
        parental_responsibility=_value(adult.parental_responsibility),
        records=_records(links, names),
    )


def _records(links: Iterable[Verdict], names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((names.get(v.partner, v.partner), v.record_id) for v in links)
