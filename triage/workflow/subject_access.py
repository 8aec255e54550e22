"""A child's record for whoever may have it: gathered whole, third parties decided one by one.

UK GDPR article 15, with DPA 2018 schedule 2 paragraph 16: what tells of somebody else is given only
where they agree or it is reasonable. By paragraph 17 it is of health, social and education workers;
others who worked with the child normally stay too. Schedule 3 paragraph 11: nothing is given that
would be likely to cause serious harm.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from triage.domain.access_draft import AccessDraft, Settled
from triage.domain.contact import Child, Contact
from triage.domain.errors import NotFoundError, NotReadyError
from triage.domain.pack import Removal
from triage.domain.restriction import is_adopted
from triage.domain.spelling import day_shapes
from triage.domain.worker import May
from triage.export.access_copy import AccessCopy, Chapter
from triage.storage import access_drafts, contacts
from triage.storage.access_drafts import Place
from triage.workflow import access_whose, people, stamping
from triage.workflow.access_chapters import chapter
from triage.workflow.access_marks import marked, sought
from triage.workflow.access_names import name_words
from triage.workflow.access_parties import Sort, ThirdParty, third_parties
from triage.workflow.desk import Desk
from triage.workflow.holding import hold, why_given
from triage.workflow.pack_process import draw_access, sign_pack

_NOTHING = "Nothing was made."


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """All that is held about one child, oldest first, and whom else it names.

    `places` are the contacts with the child's key in each, the one that was asked from first;
    `draft` is what this person decided of the copy before, kept where `draft_at` says.
    """

    child: str
    places: tuple[Place, ...]
    draft: AccessDraft
    draft_at: Place
    contact_ids: tuple[UUID, ...]
    references: tuple[str, ...]
    chapters: tuple[Chapter, ...]
    third_parties: tuple[ThirdParty, ...]


def gather(desk: Desk, contact_id: UUID, child_key: str) -> Gathered:
    """Everything held about a child of a contact, in every contact about the same child; of one
    who was adopted in that contact alone.

    For a team leader. That it was read is recorded with each contact. Raises NotFoundError where
    the contact has no such child.
    """
    desk.worker.must(May.SIGN)
    with desk.store.write() as tx:
        contact = hold(desk, tx, contact_id)
        child = _child_of(contact, child_key)
        about = {contact.id: contact}
        if not is_adopted(contact):  # neither identity leads to the other by itself
            about |= {c.id: c for c in contacts.of_children(tx, contacts.keys_of(child))}
        told = sorted(about.values(), key=lambda c: c.received_at)
        places = ((contact.id, child_key), *_elsewhere(told, contact, child))
        found = access_drafts.newest(tx, places, desk.worker.id)
        draft_at, draft = found or (places[0], AccessDraft())
        for each in told:
            desk.note(tx, "access.gathered", each.id, {"for": contact.reference})
        chapters = tuple(chapter(desk, tx, c, child) for c in told)
        named = third_parties(desk, tx, told, child)
        looked_for = sought(desk, tx, told, child, named)
    # Reading it through takes as long as there are words, and nobody is kept from saving meanwhile.
    return Gathered(
        child=child.name,
        places=places,
        draft=draft,
        draft_at=draft_at,
        contact_ids=tuple(c.id for c in told),
        references=tuple(c.reference for c in told),
        chapters=chapters,
        third_parties=marked(looked_for, told, chapters, named),
    )


def _child_of(contact: Contact, key: str) -> Child:
    for child in contact.content.children:
        if child.key == key:
            return child
    there = ", ".join(f"{c.key} {c.name}" for c in contact.content.children)
    raise NotFoundError(f"{contact.reference} has no child {key}. It names {there or 'nobody'}.")


def _elsewhere(told: Iterable[Contact], contact: Contact, child: Child) -> Iterator[Place]:
    """Where the child is in the other contacts."""
    keys = set(contacts.keys_of(child))
    for each in told:
        for other in each.content.children if each.id != contact.id else ():
            if keys & set(contacts.keys_of(other)):
                yield each.id, other.key


def keep(desk: Desk, place: Place, draft: AccessDraft) -> AccessDraft:
    """Keep what was decided and typed so far, as typed, for this person alone, at `draft_at` of
    what was gathered; gathering again finds it, and making the copy lets it go. Gives it with its
    next version. Raises ConflictError where another window of theirs went on with it."""
    desk.worker.must(May.SIGN)
    with desk.store.write() as tx:
        contact = hold(desk, tx, place[0])
        kept = access_drafts.keep(
            tx, place, draft, id=desk.new_id(), by=desk.worker.id, at=desk.now()
        )
        # The words are kept once: what is decided in the end stands in the event of the copy.
        desk.note(tx, "access.draft_kept", contact.id, {"version": kept.version})
    return kept


def preview(
    desk: Desk,
    gathered: Gathered,
    decided: Mapping[str, Settled],
    *,
    for_whom: str = "",
    also: Mapping[str, str] = MappingProxyType({}),
) -> AccessCopy:
    """The copy as it would be, unsigned, to be read before it is made. What nobody has decided
    about yet goes as `ThirdParty.goes` says. Raises NotAllowedError where a contact was
    restricted meanwhile."""
    desk.worker.must(May.SIGN)
    with desk.store.read() as tx:
        for id in gathered.contact_ids:
            hold(desk, tx, id)
    return _draw(desk, gathered, decided, for_whom or "whoever asked", also, desk.now())


def export(
    desk: Desk,
    gathered: Gathered,
    decided: Mapping[str, Settled],
    *,
    for_whom: str,
    harm: str,
    also: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """The copy as a PDF, signed with this person's key, and recorded with each contact.

    `decided` says of each third party's words whether they go, and why; `also` are further words
    to take out, and why; `harm` is what was found when serious harm was considered. What was
    decided is recorded with the contact whose words they are. Raises NotReadyError where anything
    is undecided or has no reason, or words of `also` do not stand in it, NotAllowedError where
    the key is locked.
    """
    desk.worker.must(May.SIGN)
    for_whom = why_given(for_whom, "make the copy: for whom")
    harm = why_given(harm, "make the copy: whether it could do serious harm")
    _must_be_decided(gathered, decided, also)
    signer = desk.signer.held(desk.worker.id)
    with desk.store.read() as tx:
        people.key_stands(desk, tx, desk.worker.id)
        at = desk.signing_time(tx)
        for id in gathered.contact_ids:
            hold(desk, tx, id)
    drawn = _draw(desk, gathered, decided, for_whom, also, at)
    if drawn.not_found:
        raise NotReadyError(f"{not_one_run(drawn.not_found[0])} {_NOTHING}")
    stamp = stamping.paper_stamp(desk, at)
    pdf = sign_pack(drawn.pdf, signer, at, stamp=stamp)
    told = {
        "for_whom": for_whom,
        "harm": harm,
        "sha256": hashlib.sha256(pdf).hexdigest(),
        "removed": {kind.value: number for kind, number in drawn.removed.items()},
        "chosen": list(also.values()),
        **(stamp.told if stamp else {}),
    }
    with desk.store.write() as tx:
        access_drafts.let_go(tx, gathered.draft_at, desk.worker.id)
        for id in gathered.contact_ids:
            here = _decided_here(gathered, decided, id)
            desk.note(tx, "access.exported", id, told | {"decided": here})
    return pdf


def not_one_run(words: str) -> str:
    """What is to be said of chosen words that can't be taken out as they were chosen."""
    return (
        f"“{words}” does not stand in the copy as one run of words, so it would not be taken out: "
        "choose fewer words at once, and none across a mark."
    )


def _decided_here(
    gathered: Gathered, decided: Mapping[str, Settled], contact_id: UUID
) -> list[dict[str, object]]:
    """What was decided of the words that a contact has, as it is recorded with it."""
    here = [p for p in gathered.third_parties if p.contact_id == contact_id]
    settled = [decided.get(p.words, Settled(goes=True, why=p.why)) for p in here]
    return [
        {"words": p.words, "goes": each.goes, "why": each.why}
        for p, each in zip(here, settled, strict=True)
    ]


def _must_be_decided(
    gathered: Gathered, decided: Mapping[str, Settled], also: Mapping[str, str]
) -> None:
    for party in gathered.third_parties:
        settled = decided.get(party.words)
        if party.never_stays and settled and not settled.goes:
            raise NotReadyError(f"“{party.words}” is given to nobody ({party.why}). {_NOTHING}")
        if party.waits(settled):
            raise NotReadyError(f"Decide first whether “{party.words}” goes or stays. {_NOTHING}")
    for words, why in (*((w, d.why) for w, d in decided.items()), *also.items()):
        if not why.strip():
            raise NotReadyError(f"Say why of “{words}” first. {_NOTHING}")


def _draw(
    desk: Desk,
    gathered: Gathered,
    decided: Mapping[str, Settled],
    for_whom: str,
    also: Mapping[str, str],
    at: datetime,
) -> AccessCopy:
    stay = [p for p in gathered.third_parties if not p.goes(decided.get(p.words))]
    go = [p for p in gathered.third_parties if p not in stay]
    remove = _going(go, stay)
    if chosen := [words for words in also if words.strip()]:
        remove[Removal.CHOSEN_WORDS] = chosen
    as_written: dict[Removal, list[str]] = {}
    for party in go:
        if party.kind is not None:
            as_written.setdefault(party.kind, []).extend(party.forms)
    names = [p.words for p in stay if p.sort is Sort.NAMED]
    never = {word for p in gathered.third_parties if p.never_stays for word in name_words(p.words)}
    # Half a name that somebody has who stays is left alone, but not for one who was promised.
    spared = [w for name in names for w in name.split() if never.isdisjoint(name_words(w))]
    return draw_access(
        access_whose.leave_out(gathered.chapters, [party.words for party in stay]),
        remove,
        child=gathered.child,
        hub=desk.profile.hub,
        marking=desk.profile.marking,
        for_whom=for_whom,
        made_at=at,
        made_by=desk.worker.name,
        spared=spared,
        staying=[name for name in names if len(name_words(name)) > 1],
        as_written=as_written,
    )


def _going(go: Iterable[ThirdParty], stay: Sequence[ThirdParty]) -> dict[Removal, list[str]]:
    """Names that go, each with the birth dates and numbers that nobody has who stays."""
    theirs = {born for party in stay for born in party.born}
    in_use = {number for party in stay for number in party.numbers}
    remove: dict[Removal, list[str]] = {}
    for party in go:
        if party.kind is not None and party.sort is Sort.NAMED:
            words = remove.setdefault(party.kind, [])
            words.append(party.words)
            words += [shape for b in party.born if b not in theirs for shape in day_shapes(b)]
            words += [number for number in party.numbers if number not in in_use]
    return remove
