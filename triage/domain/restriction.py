"""Restricted contacts: why one is, and when that is looked at again.

The kinds, and a review after 90 days, follow two councils' policies on restricted records
(Nottingham City, Lincolnshire); the hub's profile sets the days.
"""

from datetime import date, timedelta
from enum import StrEnum

from triage.domain.contact import Contact


class RestrictedKind(StrEnum):
    """Why few may know of a contact."""

    STAFF = "Staff or a relative of staff"
    ADOPTION = "Adoption"
    REFUGE = "Refuge"
    WITNESS = "Witness protection"
    OTHER = "High profile or high risk"


def is_adopted(contact: Contact) -> bool:
    """Whether it holds an adopted identity, which is never linked with another but by a person."""
    return contact.restricted and contact.restricted_kind == RestrictedKind.ADOPTION


def review_due(contact: Contact, days: int) -> date:
    """The day on which the restriction is to be looked at again."""
    last = contact.restriction_reviewed_at or contact.restricted_at or contact.received_at
    return (last + timedelta(days=days)).date()
