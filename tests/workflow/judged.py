"""Many verdicts with the account that each record was shown with."""

from uuid import UUID, uuid5

from tests import factory
from triage.domain.lookup import (
    Candidate,
    EvidenceRow,
    LookupResult,
    Outcome,
    PartnerRecord,
    Subject,
    Verdict,
    VerdictKind,
)
from triage.storage import contacts, lookups
from triage.storage.engine import Transaction

_SPACE = UUID("5d6b0c52-54c3-4a5b-8ac5-1e5a4f4f0f11")


def candidate(number: int, *, bits: float, restricted: bool = False) -> Candidate:
    """A record whose phone agrees, said to be the person at odds of `bits`."""
    return Candidate(
        record=PartnerRecord(
            partner="health",
            record_id=f"H-{number}",
            fields={"given": "Maya", "family": "Rowe"},
            restricted=restricted,
        ),
        band="Likely" if bits > 0 else "Possible",
        score=bits,
        prior=bits - 12.0,
        probability=0.9,
        sentence="Same phone.",
        evidence=(
            EvidenceRow(
                field="phone", left="1", right="1", level="same", detail="same", weight=12.0
            ),
        ),
    )


def judge(
    tx: Transaction,
    number: int,
    kind: VerdictKind,
    *,
    bits: float = 3.0,
    restricted_contact: bool = False,
    restricted_record: bool = False,
    kept: bool = True,
) -> Verdict:
    """A contact, what Health answered of its child, and what a person said of that."""
    contact = factory.contact(
        id=uuid5(_SPACE, str(number)),
        reference=f"C-25-{number:05d}",
        restricted=restricted_contact,
    )
    contacts.insert(tx, contact)
    found = candidate(number, bits=bits, restricted=restricted_record)
    subject = Subject(contact_id=contact.id, person="c1")
    result = LookupResult(
        id=uuid5(_SPACE, f"r{number}"),
        subject=subject,
        partner="health",
        outcome=Outcome.POTENTIAL,
        candidates=(found,) if kept else (),
        asked_at=factory.NOW,
    )
    lookups.save_result(tx, result)
    said = Verdict(
        id=uuid5(_SPACE, f"v{number}"),
        subject=subject,
        partner="health",
        record_id=found.record.record_id,
        kind=kind,
        by="rosei",
        at=factory.NOW,
        record=found.record,
    )
    lookups.add_verdict(tx, said)
    return said


def judge_many(tx: Transaction, *, first: int = 1, count: int = 160) -> None:
    """Verdicts of which half are the same, where eight in nine were said to be."""
    for n in range(first, first + count):
        judge(tx, n, VerdictKind.SAME if n % 2 else VerdictKind.NOT_SAME)
