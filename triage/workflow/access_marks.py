"""What in the free texts of a copy tells of a third party, beside the names that are held as facts:
found by written rules, each with its reason, and decided by a person."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from matching.letters import fold
from matching.names import is_english
from triage.domain.pack import Removal
from triage.domain.worker import May
from triage.export.pack_removal import STREET_WORDS, tidy
from triage.storage import contacts, corrections, episodes, requests, workers
from triage.workflow import access_whose
from triage.workflow.access_described import Told, described, numbered
from triage.workflow.access_names import Spellings, Spelt, name_words
from triage.workflow.access_parties import Sort, ThirdParty

if TYPE_CHECKING:
    from triage.domain.contact import Child, Contact, Referrer
    from triage.export.access_copy import Chapter
    from triage.storage.engine import Transaction
    from triage.workflow.desk import Desk

_AROUND = 34
"""Letters shown on each side of the first place of a mark."""

_FEWEST = 3
"""Words that make a text one in which people are told of; in fewer it is a fact."""

_PHONES = re.compile(r"\s*(?:[/,;]|\bor\b)\s*")
"""Between two telephone numbers in one field."""

_OURS = re.compile(r"[A-Z]{1,4}-\d\d-\d{5}$|(?:[A-Z]+ )?\d{1,4}([ /-])\d{1,2}\1\d{2,4}(?: \d\d)?$")
"""A reference of the hub's or the council's own, or a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """Words that would tell who reported it, or where somebody is safe, by `what` they say."""

    what: re.Pattern[str]
    why: str
    sort: Sort
    kind: Removal


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is looked for in free texts, and what is left alone there. `joined` are names of
    contacts joined with these, with the reference of each."""

    names: tuple[str, ...]
    joined: Mapping[str, str]
    own: frozenset[str]
    work: frozenset[str]
    numbers: frozenset[str]
    hints: tuple[Hint, ...]


def sought(
    desk: Desk,
    tx: Transaction,
    told: Sequence[Contact],
    child: Child,
    named: Sequence[ThirdParty],
) -> Sought:
    """What is to be looked for in what is held of these contacts, by the third parties `named` in
    their facts."""
    named = sorted(named, key=lambda p: not p.never_stays)  # a half that two have is theirs first
    people = [p for p in named if p.kind in (Removal.RELATIVES, Removal.REFERRER)]
    promised = {word for p in people if p.never_stays for word in name_words(p.words)}
    return Sought(
        names=tuple(p.words for p in people if not re.search(r"[@\d]", p.words)),
        joined=_of_joined(desk, tx, told, {p.words for p in named} | {child.name}),
        own=frozenset(_own_words(told, child)),
        work=frozenset(_at_work(tx, told)) - promised,
        numbers=frozenset(_own_numbers(desk, tx, told, child, named)),
        hints=tuple(dict.fromkeys((*_hints(told), *_who_asked(tx, told, child)))),
    )


def marked(
    sought: Sought,
    told: Sequence[Contact],
    chapters: Sequence[Chapter],
    named: Sequence[ThirdParty],
) -> tuple[ThirdParty, ...]:
    """The third parties `named` in the facts with every way their names are surely written, then
    what else in the chapters, one of each contact, may tell of somebody. Sorted as `Sort` is."""
    names = [*sought.names, *sought.joined]
    reader = Reader(
        spellings=Spellings(names=names, own=sought.own, work=sought.work),
        own=sought.numbers,
        hints=sought.hints,
    )
    for contact, chapter in zip(told, chapters, strict=True):
        for part in chapter.parts:
            for group in part.groups:
                reader.read(group.title, contact, facts=True)
                for passage in group.passages:
                    reader.read(passage.label, contact, facts=True)
                    others = group.whose is not None or passage.whose is not None
                    reader.read(passage.words, contact, facts=others)
    parties = [*named, *_from_joined(sought.joined, reader.sure, told)]
    whole = {p.words.casefold() for p in parties}
    found = [replace(p, forms=(*p.forms, *_forms(p, reader.sure))) for p in parties]
    found += [mark for words, mark in reader.marks.items() if words not in whole]
    order = list(Sort)
    return tuple(sorted(found, key=lambda party: order.index(party.sort)))


@dataclass(slots=True)
class Reader:
    """Reads one text after another. `own` numbers are nobody else's; `sure` has the ways each name
    is surely written, `marks` what a person decides, by what makes two of them the same."""

    spellings: Spellings
    own: frozenset[str] = frozenset()
    hints: tuple[Hint, ...] = ()
    sure: dict[str, dict[str, None]] = field(default_factory=dict)
    marks: dict[str, ThirdParty] = field(default_factory=dict)

    def read(self, words: str, contact: Contact, *, facts: bool = False) -> None:
        """Take in what a text tells of others. `facts` are about somebody who is decided as a
        whole: only names are looked for there."""
        text = tidy(words)
        names = []
        for spelt in self.spellings.find(text):
            names.append(spelt)
            if spelt.sure:
                self.sure.setdefault(spelt.of, {})[spelt.words] = None
            elif spelt.of or not facts:
                self._spelt(spelt, text, contact)
        if facts:
            return
        self._hinted(text, contact)
        if len(text.split()) >= _FEWEST:
            for each in described(text):
                self._note(each, text, contact, Sort.LOOK, Removal.RELATIVES)
        for each in numbered(text):
            named = any(spelt.start <= each.start < spelt.end for spelt in names)
            if not named and each.same not in self.own and not _OURS.match(each.words):
                place = each.why in ("an address", "a postcode")
                kind = Removal.ADDRESS if place else Removal.RELATIVES
                why = f"{each.why} of nobody the record knows"
                self._note(replace(each, why=why), text, contact, Sort.NUMBER, kind)

    def _hinted(self, text: str, contact: Contact) -> None:
        taken: list[tuple[int, int]] = []
        for hint in self.hints:
            for match in hint.what.finditer(text):
                start, end = match.span()
                if not any(left <= start and end <= right for left, right in taken):
                    taken.append((start, end))
                    same = match[0].casefold()
                    told = Told(words=match[0], start=start, why=hint.why, same=same)
                    self._note(told, text, contact, hint.sort, hint.kind)

    def _spelt(self, spelt: Spelt, text: str, contact: Contact) -> None:
        sort = Sort.LIKE if spelt.of else Sort.LOOK
        why = f"may be {spelt.of}: {spelt.why}" if spelt.of else spelt.why
        told = Told(words=spelt.words, start=spelt.start, why=why, same=spelt.words.casefold())
        self._note(told, text, contact, sort, Removal.RELATIVES)

    def _note(self, told: Told, text: str, contact: Contact, sort: Sort, kind: Removal) -> None:
        mark = self.marks.get(told.same)
        if mark is None or (mark.sort is Sort.LOOK and sort is not Sort.LOOK):
            before = mark
            mark = ThirdParty(
                words=" ".join(told.words.split()),
                why=told.why,
                kind=kind,
                contact_id=contact.id,
                reference=contact.reference,
                sort=sort,
                forms=before.forms if before else (),
                around=_around(text, told.start, told.start + len(told.words)),
                places=before.places if before else 0,
            )
        forms = tuple(dict.fromkeys((*mark.forms, told.words)))
        self.marks[told.same] = replace(mark, forms=forms, places=mark.places + 1)


def _around(text: str, start: int, end: int) -> str:
    before = text[max(0, start - _AROUND) : start]
    after = text[end : end + _AROUND]
    before = before.partition(" ")[2] if start > _AROUND else before
    after = after.rpartition(" ")[0] if end + _AROUND < len(text) else after
    return " ".join(f"{before}{text[start:end]}{after}".split())


def _forms(party: ThirdParty, sure: Mapping[str, Mapping[str, None]]) -> tuple[str, ...]:
    """The ways a name is written that it is not found by as it stands."""
    halves = set(party.words.replace(",", " ").split())
    return tuple(form for form in sure.get(party.words, {}) if form not in halves)


def _of_joined(
    desk: Desk, tx: Transaction, told: Sequence[Contact], named: set[str]
) -> dict[str, str]:
    """Names that contacts joined with these have, of people these do not name; none of a
    restricted one, of which a name would tell."""
    found: dict[str, str] = {}
    held = set(map(access_whose.same_person, named))
    here = {contact.id for contact in told}
    opens = desk.worker.may(May.OPEN_RESTRICTED)
    joined = episodes.together(tx, here, with_restricted=opens)
    beside = contacts.by_ids(tx, frozenset().union(*joined.values()) - here)
    for contact in sorted(beside.values(), key=lambda c: (c.received_at, c.id)):
        if contact.restricted:
            continue
        names = [c.name for c in contact.content.children if c.given.known]
        names += [a.name.value for a in contact.content.adults if a.name.known]
        for name in names:
            if access_whose.same_person(name) not in held:
                found.setdefault(name, contact.reference)
    return found


def _from_joined(
    joined: Mapping[str, str], sure: Mapping[str, object], told: Sequence[Contact]
) -> Iterator[ThirdParty]:
    for name, reference in joined.items():
        if name in sure:
            yield ThirdParty(
                words=name,
                why=f"named in {reference}, which is joined with this",
                kind=Removal.RELATIVES,
                contact_id=told[0].id,
                reference=told[0].reference,
            )


def _hints(told: Sequence[Contact]) -> Iterator[Hint]:
    """What those are who reported it and are not to be named: their post, or what they are to the
    child, and where they work; and parts of the name of a place where somebody is safe."""
    for contact in told:
        content = contact.content
        if access_whose.why_unnamed(content.referrer):
            said = [f.value for f in (content.referrer.role, content.referrer.agency) if f.known]
            why = "what who reported it is, and may not be named"
            for words in said:
                yield _hint(f"(?i:{re.escape(words)})", why, Sort.LIKE, Removal.REFERRER)
            why = f"may be who reported it: {', '.join(said)}"
            for word in _parts_of(content.referrer):
                yield _hint(f"(?i:{re.escape(word)})", why, Sort.LOOK, Removal.REFERRER)
        if why := access_whose.why_hidden(contact):
            for word in re.findall(r"[^\W\d_]{3,}", content.address.line.value):
                if word.casefold() not in STREET_WORDS and word[0].isupper():
                    yield _hint(re.escape(word), f"may be {why}", Sort.LIKE, Removal.ADDRESS)


def _parts_of(referrer: Referrer) -> Iterator[str]:
    """ "teacher" of a class teacher, "Brookfold" of Brookfold Primary."""
    yield from referrer.role.value.split()[-1:]
    yield from (w for w in referrer.agency.value.split() if not is_english(fold(w)))


def _who_asked(tx: Transaction, told: Sequence[Contact], child: Child) -> Iterator[Hint]:
    """Whoever says that something is wrong, as they were written down."""
    own = access_whose.same_person(child.name)
    for contact in told:
        for each in corrections.of_contact(tx, contact.id):
            if access_whose.same_person(each.who) != own:
                what = re.escape(each.who)
                yield _hint(what, "asked for a correction", Sort.LOOK, Removal.RELATIVES)


def _hint(what: str, why: str, sort: Sort, kind: Removal) -> Hint:
    return Hint(what=re.compile(rf"(?<!\w){what}(?!\w)"), why=why, sort=sort, kind=kind)


def _own_words(told: Sequence[Contact], child: Child) -> Iterator[str]:
    for contact in told:
        for each in contact.content.children:
            if access_whose.is_same(child, each):
                yield from name_words(each.name if each.given.known else each.family.value)
                for alias in each.aliases:
                    yield from name_words(alias.value)


def _at_work(tx: Transaction, told: Sequence[Contact]) -> Iterator[str]:
    """The names of those who work with the child, who normally stay (DPA 2018 schedule 2: of
    health, social and education workers paragraph 17, of others 16(2)(b))."""
    for worker in workers.all(tx):
        yield from name_words(worker.name)
    for contact in told:
        referrer = contact.content.referrer
        if referrer.name.known and not access_whose.why_unnamed(referrer):
            yield from name_words(referrer.name.value)
        for child in contact.content.children:
            yield from name_words(child.gp.value)
        asked = requests.of_contact(tx, contact.id)
        for answers in requests.answers_to(tx, [r.id for r in asked]).values():
            for answer in answers:
                yield from name_words(answer.answered_by.partition(",")[0])


def _own_numbers(
    desk: Desk,
    tx: Transaction,
    told: Sequence[Contact],
    child: Child,
    named: Sequence[ThirdParty],
) -> Iterator[str]:
    """Numbers and addresses of the child, the household, the hub and who works with the child, and
    those decided with a name; each as letters and figures alone."""
    yield access_whose.plain(desk.profile.phone)
    for party in named:
        yield from map(access_whose.plain, (*_PHONES.split(party.words), *party.numbers))
    for contact in told:
        content = contact.content
        address, referrer = content.address, content.referrer
        facts = [address.phone, address.postcode]
        line = ", ".join(f.value for f in (address.line, address.town, address.postcode) if f.known)
        yield from (each.same for each in numbered(f"{line} "))
        yield access_whose.plain(address.line.value)
        for each in content.children:
            if access_whose.is_same(child, each):
                facts += [each.nhs_number, each.upn]
        if not access_whose.why_unnamed(referrer):
            facts += [referrer.phone, referrer.email]
        yield from (access_whose.plain(fact.value) for fact in facts if fact.known)
        for key, record in access_whose.linked_of(tx, contact):
            if access_whose.of_person(contact, child, key) is None and not record.restricted:
                yield from map(access_whose.plain, record.fields.values())
