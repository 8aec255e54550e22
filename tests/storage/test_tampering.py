"""Whatever is done to the chain outside Fanlight is found: thousands of tamperings, both engines.

What is not made right again is found by the chain alone. What is, each later hash and the end set
as they would be, is found by signed checkpoints alone, up to the newest of them, and by nothing
after that: so long may whoever writes to the store rewrite what nobody has signed yet.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from operator import itemgetter
from typing import NamedTuple
from uuid import UUID

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update

from tests.faults.examples import EXAMPLES
from tests.storage.values import NOON, event
from triage.domain.event import FIRST, RESEALED, Checkpoint, digest
from triage.storage import events
from triage.storage.engine import Store, Transaction
from triage.storage.events import Head
from triage.storage.tables import event as table
from triage.storage.tables import event_head
from triage.workflow import checkpoints

LONG, SIGNED = 24, (8, 16)
"""So many events, and where somebody signed that the chain ended."""

Link = tuple[int, str, UUID | None, str, object, str, str, str]
NAMES = [column.name for column in table.c]
SEQ, PREVIOUS, HASH = NAMES.index("seq"), NAMES.index("previous"), NAMES.index("hash")


class Chain(NamedTuple):
    """Events as they are kept, and the end that is kept apart from them."""

    links: tuple[Link, ...]
    head: Head


def put(link: Link, at: int, value: object) -> Link:
    return (*link[:at], value, *link[at + 1 :])  # type: ignore[return-value]


def numbered(links: Sequence[Link]) -> tuple[Link, ...]:
    """With the numbers that belong to their places."""
    return tuple(put(link, SEQ, place) for place, link in enumerate(links, 1))


def end_of(links: Sequence[Link]) -> Head:
    return Head(links[-1][SEQ], links[-1][HASH]) if links else Head(0, FIRST)


def hashed(link: Link) -> Link:
    """With the hash that belongs to it."""
    return put(link, HASH, digest(**dict(zip(NAMES[:-1], link[:-1], strict=True))))  # type: ignore[arg-type]


def made_right(links: Sequence[Link]) -> Chain:
    """All that whoever may write to the store can make right: numbers, hashes and the end."""
    found: list[Link] = []
    previous = FIRST
    for link in numbered(links):
        found.append(hashed(put(link, PREVIOUS, previous)))
        previous = found[-1][HASH]
    return Chain(tuple(found), end_of(found))


TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=12)
HEX = st.text("0123456789abcdef", min_size=64, max_size=64)
VALUES: Mapping[str, st.SearchStrategy[object]] = {
    "seq": st.integers(-2, 2 * LONG),
    "kind": st.sampled_from(["contact.viewed", "contact.rated", "events.sealed"]) | TEXT,
    "contact_id": st.none() | st.uuids(),
    "by": st.sampled_from(["rosei", "tbell"]) | TEXT,
    "at": st.integers(1, 10**13).map(lambda by: NOON + timedelta(microseconds=by)),
    "detail": TEXT | TEXT.map(lambda said: f'{RESEALED}{said}"}}') | st.just("{}"),
    "previous": HEX,
    "hash": HEX,
}


def changed(links: list[Link], draw: st.DrawFn, name: str) -> None:
    at = draw(st.integers(0, len(links) - 1))
    was = links[at][NAMES.index(name)]
    other = draw(VALUES[name])
    if name == "at" and draw(st.booleans()):
        other = was + timedelta(microseconds=1)  # type: ignore[operator]
    links[at] = put(links[at], NAMES.index(name), other)


def lost(links: list[Link], draw: st.DrawFn) -> None:
    del links[draw(st.integers(0, len(links) - 1))]


def cut(links: list[Link], draw: st.DrawFn) -> None:
    del links[draw(st.integers(0, len(links) - 1)) :]


def put_in(links: list[Link], draw: st.DrawFn, *, at_the_end: bool) -> None:
    """One that stands elsewhere, or one that nobody left; what comes after it moves on by one."""
    at = len(links) if at_the_end else draw(st.integers(0, len(links) - 1))
    link = links[draw(st.integers(0, len(links) - 1))]
    if draw(st.booleans()):
        link = put(link, NAMES.index("by"), draw(VALUES["by"]))
    links[at:] = [put(link, SEQ, at + 1), *(put(k, SEQ, k[SEQ] + 1) for k in links[at:])]


def changed_places(links: list[Link], draw: st.DrawFn) -> None:
    """Some in another order, numbers and all else or all but the numbers."""
    first = draw(st.integers(0, len(links) - 2))
    last = draw(st.integers(first + 2, min(len(links), first + 6)))
    links[first:last] = draw(st.permutations(links[first:last]))


DEEDS: Mapping[str, Callable[[list[Link], st.DrawFn], None]] = {
    **{f"{name} changed": partial(changed, name=name) for name in NAMES},
    "one lost": lost,
    "cut off": cut,
    "one put in": partial(put_in, at_the_end=False),
    "one put at the end": partial(put_in, at_the_end=True),
    "places changed": changed_places,
    "nothing": lambda links, draw: None,
}
AFTER = ("left so", "numbered", "hashed", "the end moved", "made right", "the end altered")


@dataclass(frozen=True)
class Tampering:
    """What is done, and what is done then to hide it."""

    deed: str
    then: str
    chain: Chain = field(repr=False)


def tamperings(whole: Chain) -> st.SearchStrategy[Tampering]:
    """Every kind alike often, at any place."""

    @st.composite
    def drawn(draw: st.DrawFn) -> Tampering:
        deed, then = draw(st.sampled_from(list(DEEDS))), draw(st.sampled_from(AFTER))
        links = list(whole.links)
        DEEDS[deed](links, draw)
        if then == "made right":
            return Tampering(deed, then, made_right(links))
        if then in ("numbered", "the end moved"):
            links = list(numbered(links))
        if then == "hashed":  # and those after it left so
            links = [hashed(link) for link in links]
        head = end_of(links) if then == "the end moved" else whole.head
        if then == "the end altered":
            head = draw(st.builds(Head, st.integers(0, 2 * LONG), st.just(head.hash) | HEX))
        return Tampering(deed, then, Chain(tuple(sorted(links, key=itemgetter(SEQ))), head))

    return drawn()


def test_every_tampering_is_found_by_the_chain_or_by_what_was_signed(store: Store) -> None:
    whole, signed = laid(store)
    seen: Counter[str] = Counter()

    @settings(
        max_examples=max(EXAMPLES, 1500), suppress_health_check=list(HealthCheck), database=None
    )
    @given(tampering=tamperings(whole))
    def is_found(tampering: Tampering) -> None:
        done = tampering.chain
        assume(done != whole and len({k[SEQ] for k in done.links}) == len(done.links))
        with undone(store) as tx:
            do(tx, whole, done)
            alone = checkpoints.verify(As(tx), ())
            beside = checkpoints.verify(As(tx), signed)
            since = checkpoints.verify(As(tx), signed, from_newest=True)
        told = f"{tampering.deed}, {tampering.then}"
        seen[told] += 1
        first = next((n for n, k in enumerate(whole.links) if done.links[n : n + 1] != (k,)), LONG)
        if done == made_right(done.links):
            assert alone == "", "no chain can tell"
            assert bool(beside) == bool(since) == (first < SIGNED[-1]), told
        else:
            assert alone, told
            assert beside, told
            assert since or first < SIGNED[-1], told

    is_found()
    assert store_is_as_it_was(store, whole)
    lacking = (
        {f"{deed}, made right" for deed in DEEDS}
        - {*seen}
        - {
            "nothing, made right",
            *(f"{name} changed, made right" for name in ("seq", "previous", "hash")),
        }
    )
    assert not lacking, "each was tried, and hidden as well as can be"


def laid(store: Store) -> tuple[Chain, tuple[Checkpoint, ...]]:
    """A chain, and what was signed of it."""
    with store.write() as tx:
        for n in range(1, LONG + 1):
            events.append(tx, event(n, of=1 + n % 3))
    chain = read(store)
    assert chain == made_right(chain.links)
    return chain, tuple(
        Checkpoint(seq=at, hash=chain.links[at - 1][HASH], at=NOON, by="pnandra") for at in SIGNED
    )


def read(store: Store) -> Chain:
    with store.read() as tx:
        rows = tx.connection.execute(select(table).order_by(table.c.seq))
        return Chain(tuple(tuple(row) for row in rows), events.head(tx))


def store_is_as_it_was(store: Store, whole: Chain) -> bool:
    return read(store) == whole


def do(tx: Transaction, whole: Chain, done: Chain) -> None:
    """Make of the one chain the other."""
    there, wanted = set(whole.links), set(done.links)
    if gone := [link[SEQ] for link in there - wanted]:
        tx.connection.execute(delete(table).where(table.c.seq.in_(gone)))
    if new := [dict(zip(NAMES, link, strict=True)) for link in wanted - there]:
        tx.connection.execute(insert(table), new)
    if done.head != whole.head:
        tx.connection.execute(update(event_head), done.head._asdict())


class _Undone(Exception):
    pass


@contextmanager
def undone(store: Store) -> Iterator[Transaction]:
    """A transaction of which nothing stays."""
    with suppress(_Undone), store.write() as tx:
        yield tx
        raise _Undone


class As(Store):
    """The store as one transaction has it, so that what is done to it can be undone."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        yield self._tx

    def again(self) -> Store:
        raise AssertionError("Another process can't see what is not committed.")
