"""The checks beside a decision that waits to be signed. Each warns; none blocks by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from triage.domain.contact import Contact
from triage.domain.decision import Check, DecisionVersion, Weight
from triage.domain.lookup import UNANSWERED, LookupResult, Outcome, Verdict, is_silent
from triage.domain.restriction import is_adopted
from triage.domain.spelling import counted
from triage.partners.state import OWN
from triage.storage.engine import Transaction
from triage.workflow import earlier, known
from triage.workflow.desk import Desk


def checks_of(
    desk: Desk, tx: Transaction, contact: Contact, version: DecisionVersion
) -> tuple[Check, ...]:
    """The checks beside a decision. One that is not passed warns; it never blocks by itself."""
    results = known.results_for(desk, tx, version.contact_id)
    return checks_by(
        desk, contact, version, results, known.verdicts_for(desk, tx, version.contact_id)
    )


def checks_by(
    desk: Desk,
    contact: Contact,
    version: DecisionVersion,
    results: Iterable[LookupResult],
    verdicts: Iterable[Verdict],
) -> tuple[Check, ...]:
    """The same, of what was looked up and said of records."""
    needed = [p for p in version.problems if p.weight is Weight.NEEDED]
    against = [p for p in version.problems if p.weight is Weight.CONTRADICTS]
    unjudged = {
        p.name: len(found)
        for p in version.people
        if (found := known.left_to_check(results, verdicts, p.key))
    }
    linked = sum(len(p.records) for p in version.people)
    return (
        Check(
            sentence="All needed parts are done" if not needed else "Something needed is missing",
            passed=not needed,
            detail=" ".join(p.sentence for p in needed[:3]),
        ),
        Check(
            # As its rule words it: what is left out is no contradiction.
            sentence=(
                against[0].sentence.removesuffix(".") if against else "No answer to look at again"
            ),
            passed=not against,
            detail=" ".join(p.sentence for p in against[1:4]),
        ),
        *_answered(
            desk, version, "lawful_basis", "Lawful basis recorded", "No lawful basis recorded"
        ),
        *_voices(desk, version),
        Check(
            sentence=(
                f"{counted(linked, 'record')} linked, none left to check"
                if not unjudged
                else "Records are left to check"
            ),
            passed=not unjudged,
            detail=", ".join(f"{name}: {number}" for name, number in unjudged.items()),
        ),
        _looked_up(desk, contact, version, results),
    )


def _looked_up(
    desk: Desk, contact: Contact, version: DecisionVersion, results: Iterable[LookupResult]
) -> Check:
    """Not passed where a partner was not looked up or did not answer, unless the author wrote in
    the decision what could not be looked in, and why it is decided without."""
    said, detail = _not_looked_up(desk, contact, version, results)
    if not said:
        return Check(sentence="Every partner could be looked up", passed=True)
    if version.answers.get("history") == "not_available" and (
        why := version.answers.get("history_words")
    ):
        label = desk.profile.question("history_words").label
        return Check(
            sentence=f"{said}; the decision says why",
            passed=True,
            detail=f"{detail} {label}: {why}".strip(),
        )
    return Check(sentence=said, passed=False, detail=detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Whom partners were not asked about yet, for who writes the decision: in a sentence, in two
    words, and whether a look-up can mend it."""

    short: str
    sentence: str
    can_look_up: bool = True


def left_out(
    desk: Desk, contact: Contact, results: Iterable[LookupResult], names: Mapping[str, str]
) -> LeftOut | None:
    """What the leader's check will find not looked up, told while it can be mended; None where
    every partner was asked about everyone. Who was asked and did not answer is another matter."""
    results = tuple(results)
    people = _people(contact)
    if not people:
        why = "no name and no number is known of anybody"
        return LeftOut(
            short="nobody can be looked up",
            sentence=f"Nobody can be looked up: {why}.",
            can_look_up=False,
        )
    unasked = _unasked(desk, contact, results, people, names)
    if not unasked:
        return None
    if not results:
        return LeftOut(short="nobody looked up", sentence="Nobody has been looked up yet.")
    said = ". ".join(f"{label}: {', '.join(among)}" for label, among in unasked.items())
    return LeftOut(short="not all looked up", sentence=f"{said}.")


def _people(contact: Contact) -> tuple[str, ...]:
    known_of = earlier.persons(contact.content, contact.received_at, contact.reference)
    return tuple(key for key, _ in known_of)


def _unasked(
    desk: Desk,
    contact: Contact,
    results: Iterable[LookupResult],
    people: Sequence[str],
    names: Mapping[str, str],
) -> dict[str, list[str]]:
    """About whom not, and the names of those partners. A contact of an adopted identity is not
    sought among the hub's own, so nothing is missing there."""
    asked: dict[str, set[str]] = {}
    silent: dict[str, list[Outcome]] = {}
    for result in results:
        asked.setdefault(result.partner, set()).add(result.subject.person)
        silent.setdefault(result.partner, []).append(result.outcome)
    found: dict[str, list[str]] = {}
    for partner in desk.partners:
        if partner == OWN and is_adopted(contact):
            continue
        about = asked.get(partner, set())
        left = [key for key in people if key not in about]
        if left and not (about and is_silent(silent[partner])):
            whom = ", ".join(names.get(key, key) for key in left)
            label = f"Not looked up for {whom}" if about else "Not looked up"
            found.setdefault(label, []).append(desk.partner_name(partner))
    return found


def _not_looked_up(
    desk: Desk, contact: Contact, version: DecisionVersion, results: Iterable[LookupResult]
) -> tuple[str, str]:
    """A sentence, and the partners with why each; "" where all were looked up about everyone."""
    results, people = tuple(results), _people(contact)
    if not people:
        return "Nobody could be looked up", "No name and no number is known of anybody."
    names = {p.key: p.name for p in version.people}
    by_partner: dict[str, list[LookupResult]] = {}
    for result in results:
        by_partner.setdefault(result.partner, []).append(result)
    silent: dict[str, str] = {}
    for partner in desk.partners:
        answers = by_partner.get(partner, [])
        if partner == OWN and is_adopted(contact):
            continue
        if answers and is_silent([r.outcome for r in answers]):
            said = (r.problem for r in answers if r.outcome in UNANSWERED and r.problem)
            silent[desk.partner_name(partner)] = next(said, "no answer.")
    unasked = _unasked(desk, contact, results, people, names)
    lists = [f"{label}: {', '.join(among)}" for label, among in unasked.items()]
    if len(silent) + sum(map(len, unasked.values())) > 1:
        each = (*(f"{name}: {why}" for name, why in silent.items()), *(f"{x}." for x in lists))
        return "Not every partner was looked up", " ".join(each)
    for name, why in silent.items():
        return f"{name} could not be looked up", why
    return "".join(lists), ""


def _asks(desk: Desk, question: str) -> bool:
    return any(q.id == question for part in desk.profile.parts for q in part.questions)


def _answered(
    desk: Desk, version: DecisionVersion, question: str, done: str, missing: str
) -> tuple[Check, ...]:
    if not _asks(desk, question):
        return ()
    passed = bool(version.answers.get(question))
    return (Check(sentence=done if passed else missing, passed=passed),)


def _voices(desk: Desk, version: DecisionVersion) -> tuple[Check, ...]:
    if not _asks(desk, "voice"):
        return ()
    told = ("voice", "voice_why_not", "heard")
    silent = [
        p.name
        for p in version.people
        if p.is_child
        and not any(version.answers.get(f"{q}@{p.key}") or version.answers.get(q) for q in told)
    ]
    return (
        Check(
            sentence=(
                "Children's voices recorded for each child"
                if not silent
                else "A child's voice is not recorded"
            ),
            passed=not silent,
            detail=", ".join(silent),
        ),
    )
