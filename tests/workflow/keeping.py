"""Acts of keeping and letting go of records, for the claims about every act."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from tests import factory
from tests.workflow.conftest import Front
from triage.domain.access_draft import AccessDraft
from triage.domain.contact import ContactState
from triage.domain.correction import Correction
from triage.domain.errors import DeliveryError
from triage.export import authority
from triage.export.time_stamp import Stamp
from triage.storage.secrets import FileVault
from triage.workflow import (
    aside,
    corrections,
    people,
    receive,
    retention,
    sign,
    stamping,
    subject_access,
    unsent_words,
    vouching,
)

LONG_AGO = factory.NOW - timedelta(days=800)

AUTOMATIC = (
    b"From: Away <away@stbrannocs.example>\nTo: mash@northmere.example\n"
    b"Subject: Automatic reply: out of office\nAuto-Submitted: auto-replied\n"
    b"Message-ID: <away-1@stbrannocs.example>\nDate: Tue, 24 Nov 2026 09:00:00 +0000\n\n"
    b"I am away until Monday. Poppy Lane came to school with a bruise.\n"
)

LISTS = {
    "aside.listed": "rows; opening one is recorded",
    "corrections.asked_about": "of a record already opened",
    "corrections.beside": "of a record already opened",
    "corrections.to_answer": "rows; opening one is recorded",
    "subject_access.preview": "of records already gathered",
    "retention.due": "rows; opening one is recorded",
    "arrivals.last_day": "a day",
    "arrivals.rule_of": "a rule",
    "retention.by_reference": "an id",
    "holding.by_reference": "an id",
}


def old(front: Front, reference: str = "C-24-00007", **facts: object) -> UUID:
    """A record that was set aside so long ago that its time is over."""
    made = factory.contact(reference=reference)
    contact = replace(
        made, id=front.desk.new_id(), state=ContactState.SET_ASIDE, received_at=LONG_AGO
    )
    return front.bring(replace(contact, **facts)).id  # type: ignore[arg-type]


def proposed(front: Front) -> UUID:
    """The same, its destruction proposed by one team leader."""
    id = old(front)
    retention.propose(front.ola, id)
    return id


def _on(
    prepare: Callable[[Front], UUID], act: Callable[[Front, UUID], object]
) -> Callable[[Front], Callable[[], object]]:
    def prepared(front: Front) -> Callable[[], object]:
        return partial(act, front, prepare(front))

    return prepared


def _held(front: Front) -> UUID:
    id = old(front)
    retention.hold(front.ola, id, "A claim.")
    return id


def _asked(front: Front) -> Correction:
    contact = front.bring(factory.contact())
    return corrections.ask(front.ruth, contact.id, "", "Carla Rowe", "It was not so.")


def _begun(front: Front, id: UUID) -> AccessDraft:
    found = subject_access.gather(front.priya, id, "c1")
    return subject_access.keep(front.priya, found.draft_at, AccessDraft(harm="None found."))


def _begun_here(front: Front) -> Callable[[], object]:
    id = front.bring(factory.contact()).id
    place = subject_access.gather(front.priya, id, "c1").draft_at
    draft = AccessDraft(harm="None found.")
    return lambda: unsent_words.keep_copy(front.priya, place, draft)


def _copied(front: Front, id: UUID) -> bytes:
    found = subject_access.gather(front.priya, id, "c1")
    settled = subject_access.Settled(goes=True, why="A third party.")
    decided = {party.words: settled for party in found.third_parties}
    return subject_access.export(front.priya, found, decided, for_whom="Maya", harm="None.")


def _authority(front: Front) -> FileVault:
    vault = FileVault(front.folder / "authority")
    authority.create(vault, "Northmere", front.watch.now)
    return vault


def _certified(front: Front) -> Callable[[], object]:
    return partial(vouching.certify, front.priya, _authority(front), "rosei")


def _listed(front: Front) -> Callable[[], object]:
    return partial(vouching.revocation_list, front.priya, _authority(front))


def _renewed(front: Front) -> Callable[[], object]:
    ruth = front.ruth
    people.revoke_key(front.priya, "rosei", "Rotation")
    return partial(vouching.renew_key, ruth, "7777")


class _Away:
    def stamp(self, over: bytes, signed: datetime | None = None) -> tuple[bytes, Stamp]:
        raise DeliveryError("It did not answer.")


def _to_stamp(front: Front) -> Callable[[], object]:
    leader = replace(front.priya, stamps=_Away())
    sign.approve(leader, front.proposed().id, pin="2222")
    return partial(stamping.stamp_due, leader)


def _aside(front: Front) -> UUID:
    """An automatic reply that nobody asked for, kept aside."""
    receive.receive_file(front.ruth, AUTOMATIC, "away.eml")
    [kept] = aside.listed(front.ruth)
    return kept.id


ACTS = {
    "aside.read_words": _on(_aside, lambda f, id: aside.read_words(f.ruth, id)),
    "receive.bring_back": _on(
        _aside, lambda f, id: receive.bring_back(f.ruth, id, "It is about a child.")
    ),
    "stamping.stamp_due": _to_stamp,
    "vouching.certify": _certified,
    "vouching.revocation_list": _listed,
    "vouching.renew_key": _renewed,
    "retention.propose": _on(old, lambda f, id: retention.propose(f.priya, id)),
    "retention.approve": _on(proposed, lambda f, id: retention.approve(f.priya, id)),
    "retention.keep": _on(
        proposed, lambda f, id: retention.keep(f.priya, id, date(2027, 11, 24), "An inquiry.")
    ),
    "retention.hold": _on(old, lambda f, id: retention.hold(f.priya, id, "A claim.")),
    "subject_access.gather": _on(
        lambda f: f.bring(factory.contact()).id,
        lambda f, id: subject_access.gather(f.priya, id, "c1"),
    ),
    "subject_access.keep": _on(lambda f: f.bring(factory.contact()).id, _begun),
    "unsent_words.keep_copy": _begun_here,
    "subject_access.export": _on(lambda f: f.bring(factory.contact()).id, _copied),
    "corrections.ask": _on(
        lambda f: f.bring(factory.contact()).id,
        lambda f, id: corrections.ask(f.ruth, id, "children.c1.dob", "Carla Rowe", "2018"),
    ),
    "corrections.answer": _on(
        _asked,
        lambda f, asked: corrections.answer(
            f.priya, asked.contact_id, asked.id, agreed=False, words="The letter says so."
        ),
    ),
    "retention.lift": _on(_held, lambda f, id: retention.lift(f.priya, id, "It ended.")),
}
