"""Naming what a contact is about, and restricting who may know of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from triage.domain.contact import Contact
from triage.domain.errors import NotReadyError
from triage.domain.restriction import RestrictedKind
from triage.domain.worker import May
from triage.workflow import earlier
from triage.workflow.desk import Desk
from triage.workflow.holding import change, hold, hold_open, why_given


def name_concerns(desk: Desk, which: Contact | UUID, codes: Sequence[str]) -> Contact:
    """Say what the contact is about, by codes of the profile's list; the first leads its row.

    Raises NotReadyError for a code the profile does not have; one that the contact holds already,
    from a list of before, may stay.
    """
    desk.worker.must(May.SCREEN)
    known = {code.code for code in desk.profile.codes.get("concerns", ())}
    with desk.store.write() as tx:
        contact = hold_open(desk, tx, which)
        held = contact.content.concerns
        strange = [code for code in codes if code not in known and code not in held]
        if strange:
            raise NotReadyError(
                f"“{strange[0]}” is not a concern in this hub's list. Nothing was changed. "
                "Choose one from the list."
            )
        named = tuple(dict.fromkeys(codes))
        desk.note(
            tx,
            "contact.concerns_named",
            contact.id,
            {"before": list(contact.content.concerns), "after": list(named)},
        )
        return change(tx, contact, content=replace(contact.content, concerns=named))


def restrict(
    desk: Desk, which: Contact | UUID, why: str, kind: RestrictedKind | None = None
) -> Contact:
    """Let only those who may open restricted records know who this is about.

    Anyone who can read the contact may restrict it: that protects, and is recorded. An adopted
    identity is then linked with no other by itself, and a refuge's address not shown.
    """
    desk.worker.must(May.READ)
    why = why_given(why, "restrict it")
    with desk.store.write() as tx:
        contact = hold(desk, tx, which)
        said = {"why": why} | ({"kind": kind.value} if kind else {})
        desk.note(tx, "contact.restricted", contact.id, said)
        content = contact.content
        if kind is RestrictedKind.REFUGE:
            content = replace(content, address=replace(content.address, is_refuge=True))
        saved = change(
            tx,
            contact,
            content=content,
            restricted=True,
            restricted_kind=kind.value if kind else "",
            restricted_at=desk.now(),
            restriction_reviewed_at=None,
        )
    earlier.learn(desk, saved)
    return saved


def open_up(desk: Desk, which: Contact | UUID, why: str) -> Contact:
    """Lift a restriction. Raises NotAllowedError for those who may not open restricted records."""
    desk.worker.must(May.OPEN_RESTRICTED)
    why = why_given(why, "open it up")
    with desk.store.write() as tx:
        contact = hold(desk, tx, which)
        desk.note(tx, "contact.opened_up", contact.id, {"why": why})
        saved = change(
            tx,
            contact,
            restricted=False,
            restricted_kind="",
            restricted_at=None,
            restriction_reviewed_at=None,
        )
    earlier.learn(desk, saved)
    return saved
