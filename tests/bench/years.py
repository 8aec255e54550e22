"""Years of a hub's work, put into its PostgreSQL: contacts closed long ago, each with its trail.

Every event is hashed and follows the one before it, and what it says is sealed with its contact's
key, as the hub's own would be.
"""

import hashlib
import json
import random
from binascii import b2a_base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests import factory
from tests.storage import values
from triage.domain.contact import Contact, ContactState
from triage.domain.decision import DecisionVersion, VersionState
from triage.domain.draft import Kinship
from triage.domain.episode import SuggestionState
from triage.domain.event import FIRST, canonical
from triage.storage import child_keys, codec, content_keys

EVENTS_EACH = 20
ANSWERS_EACH = 6
GIVEN = ("Maya", "Theo", "Ines", "Callum", "Ellis", "Aisha", "Noah", "Ruby", "Zofia", "Musa")
SYLLABLES = ("Row", "Dua", "Tran", "Oka", "Mal", "Cast", "Bren", "Sho", "Wil", "Nko", "Fa", "Ste")
ENDS = ("e", "rte", "ter", "for", "ik", "ell", "nan", "wood", "son", "mo", "rrow", "nescu")
KINDS = (
    ("contact.received", {"how": "email", "originals": 1}),
    ("contact.viewed", {}),
    ("contact.claimed", {}),
    *[("decision.saved", {"key": f"question_{n}", "version": 1}) for n in range(ANSWERS_EACH)],
    *[("contact.viewed", {}) for _ in range(6)],
    ("contact.rated", {"rating": "green", "was": None}),
    ("decision.proposed", {"number": 1}),
    ("decision.opened", {"number": 1}),
    ("decision.signed", {"number": 1}),
    ("delivery.accepted", {"case": "K-4711"}),
)
assert len(KINDS) == EVENTS_EACH
_ANALYSIS = "Shouting was heard, and a child was crying on the stairs. " * 12


@dataclass(frozen=True, slots=True)
class Filled:
    """What was put in, and where the chain ends."""

    contacts: int
    events: int
    head: str


def fill(owner_url: str, contacts: int, *, years: int, until: datetime) -> Filled:
    """Put in so many closed contacts, spread evenly over the years before `until`.

    A tenth are about children heard of before, half of those told of the same event twice, and one
    in 200 is restricted. Decisions of the last fortnight are there as they were signed. Indexes are
    made anew afterwards, as a restore would, and the planner is told what is there.
    """
    with psycopg.connect(owner_url) as line:
        line.execute("SET session_replication_role = replica")  # bulk, as a restore would
        line.execute("SET synchronous_commit = off")
        made = line.execute(
            "SELECT indexdef, indexname FROM pg_indexes WHERE schemaname = 'public' AND tablename"
            " IN ('contact', 'contact_child', 'restricted_child', 'restricted_place', 'event',"
            " 'answer') AND indexname NOT LIKE 'pk_%'"
            " AND indexname NOT LIKE 'uq_%'"
        ).fetchall()
        for _, name in made:
            line.execute(f'DROP INDEX "{name}"'.encode())
        step = timedelta(days=365.25 * years) / contacts
        began = until - timedelta(days=365.25 * years)
        _copy(line, "contact", _contacts(contacts, began, step))
        hidden = [n for n in range(contacts) if _is_restricted(n)]
        _copy(line, "restriction", (f"{id_of(n)}\n" for n in hidden))
        _copy(line, "restricted_child", _children(hidden))
        _copy(line, "restricted_place", (_line(id_of(n), _postcode(n)) for n in hidden))
        seen = (n for n in range(contacts) if not _is_restricted(n))
        _copy(line, "contact_child", _children(seen))
        _copy(line, "answer", _answers(contacts, began, step))
        _copy(line, "child_key", _child_keys(contacts))
        _copy(line, "content_share", _shares(contacts))
        _copy(line, "suggestion", _joined(contacts, began, step))
        _copy(line, "decision_version", _signed(contacts, began, step))
        chain = _Chain()
        _copy(line, "event", chain.rows(contacts, began, step))
        line.execute("UPDATE event_head SET seq = %s, hash = %s", (chain.seq, chain.hash))
        for definition, _ in made:
            line.execute(definition.encode())
    with psycopg.connect(owner_url, autocommit=True) as line:
        line.execute("VACUUM ANALYZE")
    return Filled(contacts=contacts, events=chain.seq, head=chain.hash)


def _copy(line: "psycopg.Connection[tuple[object, ...]]", table: str, rows: Iterator[str]) -> None:
    with line.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN".encode()) as copy:
        held: list[str] = []
        for row in rows:
            held.append(row)
            if len(held) == 2000:
                copy.write("".join(held))
                held.clear()
        copy.write("".join(held))


def identity(number: int) -> tuple[str, str, str]:
    """The given name, family name and birth date of the child of contact `number`."""
    number = _whose(number)
    mixed = int.from_bytes(hashlib.blake2b(str(number).encode(), digest_size=6).digest(), "big")
    family = SYLLABLES[mixed % 12] + ENDS[mixed // 12 % 12] + SYLLABLES[mixed // 144 % 12].lower()
    dob = (
        f"20{8 + mixed // 2000 % 17:02}-{1 + mixed // 40000 % 12:02}-{1 + mixed // 500000 % 28:02}"
    )
    return GIVEN[mixed // 1728 % 10], family, dob


def _whose(number: int) -> int:
    return number // 10 * 10 if number % 10 == 1 else number


def id_of(number: int) -> UUID:
    """The id of contact `number`."""
    return UUID(bytes=hashlib.blake2b(b"%d" % number, digest_size=16).digest(), version=4)


def _is_restricted(number: int) -> bool:
    return number % 200 == 77


def _line(*values: object) -> str:
    return "\t".join("\\N" if v is None else str(v).replace("\\", "\\\\") for v in values) + "\n"


def _contacts(count: int, began: datetime, step: timedelta) -> Iterator[str]:
    held = factory.contact(
        factory.child("c1", "GIVENNAME", family="FAMILYNAME", dob="2011-11-11"),
        id=UUID(int=7),
        reference="C-REFERENCE",
        received_at=datetime(2001, 1, 1, tzinfo=began.tzinfo),
        state=ContactState.CLOSED,
        rating="green",
        concern="Shouting heard, and a child crying on the stairs. " * 8,
    )
    open_to_all = codec.dump(Contact, held, sparse=True)
    shut = codec.dump(Contact, replace(held, restricted=True), sparse=True)
    for number in range(count):
        given, family, dob = identity(number)
        at = began + step * number
        text = (
            (shut if _is_restricted(number) else open_to_all)
            .replace(str(held.id), str(id_of(number)))
            .replace("C-REFERENCE", f"C-{at:%y}-{number:07}")
            .replace("GIVENNAME", given)
            .replace("FAMILYNAME", family)
            .replace("2011-11-11", dob)
            .replace("2001-01-01T00:00:00Z", at.isoformat())
        )
        yield _line(
            id_of(number), f"C-{at:%y}-{number:07}", "closed", at, None,
            None if _is_restricted(number) else _postcode(number), 3, text,
        )  # fmt: skip


def _postcode(number: int) -> str:
    """One of some 300,000: as many as a large region has."""
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    spread = number * 7919 % 324_000
    return (
        f"NM{spread % 90}{spread // 90 % 9}{letters[spread // 810 % 20]}{letters[spread // 16200]}"
    )


def _children(numbers: Iterable[int]) -> Iterator[str]:
    for number in numbers:
        given, family, dob = identity(number)
        low, high = given.casefold(), family.casefold()
        yield _line(
            id_of(number), "c1", f"{high}|{low}|{dob}", high, low, f"{low} {high}", dob, None
        )


def _answers(count: int, began: datetime, step: timedelta) -> Iterator[str]:
    value = json.dumps({"value": _ANALYSIS})
    for number in range(count):
        at = began + step * number
        for question in range(ANSWERS_EACH):
            yield _line(id_of(number), f"question_{question}", value, 1, "rosei", at)


def _key(number: int) -> bytes:
    return hashlib.blake2b(b"key %d" % number, digest_size=32).digest()


def _child_key(number: int) -> tuple[UUID, bytes]:
    of = _whose(number)
    return id_of(-of - 1), hashlib.blake2b(b"child %d" % of, digest_size=32).digest()


def _child_keys(count: int) -> Iterator[str]:
    for number in range(count):
        if _whose(number) == number:
            id, key = _child_key(number)
            yield f"{id}\t\\\\x{key.hex()}\n"


def _shares(count: int) -> Iterator[str]:
    for number in range(count):
        id, key = _child_key(number)
        wrapped = child_keys.wrap(_key(number), key, id_of(number), id)
        child = "" if _is_restricted(number) else "c1"
        yield f"{id_of(number)}\t{child}\t{id}\t\\\\x{wrapped.hex()}\n"


def _joined(count: int, began: datetime, step: timedelta) -> Iterator[str]:
    for number in range(1, count, 20):
        low, high = sorted((id_of(number - 1), id_of(number)), key=lambda id: id.hex)
        yield _line(
            low, high, id_of(number), Kinship.DUPLICATE, "[]", SuggestionState.JOINED, "rosei",
            began + step * number, "",
        )  # fmt: skip


def _signed(count: int, began: datetime, step: timedelta) -> Iterator[str]:
    held = values.version(1, state=VersionState.SIGNED)
    body = codec.dump(DecisionVersion, held)
    for number in range(count - timedelta(days=14) // step, count):
        id, contact = id_of(-number), id_of(number)
        text = body.replace(str(held.id), str(id)).replace(str(held.contact_id), str(contact))
        yield _line(id, contact, 1, VersionState.SIGNED, began + step * number, text, None)


class _Chain:
    def __init__(self) -> None:
        self.seq, self.hash = 0, FIRST
        self._nonce = random.Random(1)

    def rows(self, count: int, began: datetime, step: timedelta) -> Iterator[str]:
        said = [canonical(d).encode() if d else b"" for _, d in KINDS]
        apart, sha256 = step / EVENTS_EACH, hashlib.sha256
        for number in range(count):
            contact, at = str(id_of(number)), began + step * number
            seal = AESGCM(_key(number)).encrypt
            for place, (kind, _) in enumerate(KINDS):
                self.seq += 1
                moment = (at + apart * place).isoformat(timespec="microseconds")
                detail = quoted = "{}"
                if words := said[place]:
                    nonce = self._nonce.randbytes(content_keys.NONCE_BYTES)
                    sealed = nonce + seal(nonce, words, b"event %d" % self.seq)
                    inside = b2a_base64(sealed, newline=False).decode()
                    detail = f'{{"sealed":"{inside}"}}'
                    quoted = f'{{\\"sealed\\":\\"{inside}\\"}}'
                body = (
                    f'[{self.seq},"{kind}","{contact}","rosei","{moment}","{quoted}","{self.hash}"]'
                )
                found = sha256(body.encode()).hexdigest()
                yield (
                    f"{self.seq}\t{kind}\t{contact}\trosei\t{moment}\t{detail}\t"
                    f"{self.hash}\t{found}\n"
                )
                self.hash = found
