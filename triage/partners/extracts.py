"""Look-ups in partners' extracts and the hub's own earlier contacts, through matching."""

import contextlib
import hashlib
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Lock

from matching import Index, Person, Weights, own_weights
from triage.domain.errors import FanlightError, NotFoundError, ProfileError
from triage.domain.lookup import Candidate, PartnerRecord
from triage.domain.profile import ExtractMapping
from triage.domain.spelling import spell_day
from triage.partners.extract_file import age_of, records_of
from triage.partners.kept_index import KeptIndexes, Searchable
from triage.partners.persons import candidate_of, person_of, source_of
from triage.partners.state import OWN, ExtractState, not_read_yet, own_state

__all__ = ["OWN", "ExtractState", "Extracts"]


@dataclass(frozen=True, slots=True)
class _Held:
    state: ExtractState
    index: Index
    records: Mapping[str, PartnerRecord]


def _weighed(index: Index, weights: Weights) -> Index:
    """The same people, weighed so; a search that runs in the other goes on as it began."""
    found = copy(index)
    found.weights = weights
    return found


class Extracts:
    """Every partner's extract, searched on this computer; nothing leaves it.

    `seal` and `unseal` keep the last good copy of each extract encrypted in `keep`, and what was
    laid out of it to be searched; `names` is the folder of the hub's own names, `weights` the text
    of its own match weights ("" for the shipped ones). Searching is safe from any thread; `load`
    swaps a new extract in whole, `weigh_by` the weights. Raises WeightsError where these can't be
    used.
    """

    def __init__(
        self,
        mappings: Iterable[ExtractMapping],
        *,
        folder: Path,
        keep: Path,
        seal: Callable[[bytes], bytes],
        unseal: Callable[[bytes], bytes],
        names: Path | None = None,
        weights: str = "",
    ) -> None:
        self._mappings = {m.partner: m for m in mappings}
        self._folder, self._keep = folder, keep
        self._seal, self._unseal = seal, unseal
        self.weights, self._using = weights, own_weights(weights)
        self._kept = KeptIndexes(keep, seal=seal, unseal=unseal, names=names)
        self._held: dict[str, _Held] = {}
        self._own_records: dict[str, PartnerRecord] = {}
        self._own = _Held(own_state(), Index.build([], self._using), self._own_records)
        self._lock = Lock()

    @property
    def partners(self) -> tuple[str, ...]:
        """Keys of every partner, the hub's own contacts first."""
        return (OWN, *self._mappings)

    def name(self, partner: str) -> str:
        """The partner's name for people."""
        return self._own.state.name if partner == OWN else self._mappings[partner].name

    def load(self, partner: str, now: datetime) -> ExtractState:
        """Read a partner's extract and exchange it whole; a faulty one leaves the last good one.

        Takes seconds for a large extract that was not read before: call it off the window's
        thread.
        """
        mapping = self._mappings[partner]
        path = self._folder / mapping.path
        try:
            data = path.read_bytes()
            extra_path = self._folder / mapping.involvement_path
            extra = extra_path.read_bytes() if mapping.involvement_path else b""
        except OSError as error:
            absent = isinstance(error, FileNotFoundError)
            return self._fall_back(mapping, now, (_cannot_be_read(path, error),), absent=absent)
        as_of = (now - age_of(path, now)).date()
        try:
            found = self._searchable(mapping, data, extra, as_of)
        except ProfileError as error:
            return self._fall_back(mapping, now, error.faults)
        self._remember(mapping, data, extra, as_of)
        problem = ""
        if age_of(path, now) > timedelta(hours=mapping.max_age_hours):
            problem = (
                f"The extract from {mapping.name} is from {spell_day(as_of)}, older than agreed. "
                "What it holds is shown with that date. Ask them, or IT, for a newer one."
            )
        return self._exchange(mapping, found, as_of, problem)

    def load_all(self, now: datetime) -> tuple[ExtractState, ...]:
        """Read every extract; see `load`."""
        return tuple(self.load(partner, now) for partner in self._mappings)

    def learn(self, record: PartnerRecord) -> None:
        """Add or replace one of the hub's own earlier contacts' people."""
        with self._lock:
            if record.record_id in self._own_records:
                self._own.index.remove(record.record_id, source_of(record))
            self._own_records[record.record_id] = record
            self._own.index.add(person_of(record))

    def forget(self, record_id: str) -> None:
        """Take one of the hub's own people out again; unknown ids change nothing."""
        with self._lock:
            record = self._own_records.pop(record_id, None)
            if record is not None:
                self._own.index.remove(record_id, source_of(record))

    def weigh_by(self, weights: str) -> None:
        """Compare by these weights from the next search on; one that runs ends by the former.

        Raises WeightsError where they can't be used; then nothing changes.
        """
        using = own_weights(weights)
        with self._lock:
            self.weights, self._using = weights, using
            self._own.index.weights = using
            for partner, held in self._held.items():
                self._held[partner] = replace(held, index=_weighed(held.index, using))

    def state(self, partner: str) -> ExtractState:
        """How the partner's extract stands; before `load` it says that it was not read yet."""
        held = self._held_of(partner)
        if held is None:
            return not_read_yet(partner, self.name(partner))
        return held.state

    def search(
        self, person: Person, partner: str, *, k: int = 5, deadline_ms: float | None = None
    ) -> tuple[Candidate, ...]:
        """The most likely records, best first; of the hub's own, those of other contacts than the
        person's. Raises NotFoundError where nothing is loaded."""
        held = self._held_of(partner)
        if held is None:
            raise NotFoundError(self.state(partner).problem)
        if partner == OWN:
            with self._lock:
                matches = held.index.search(
                    person, k=k, deadline_ms=deadline_ms, but_not=person.source
                )
        else:
            matches = held.index.search(person, k=k, deadline_ms=deadline_ms)
        return tuple(candidate_of(m, held.records[m.record.id]) for m in matches)

    def record(self, partner: str, record_id: str) -> PartnerRecord:
        """One record as held now. Raises NotFoundError when it is held no longer."""
        held = self._held_of(partner)
        if held is None or record_id not in held.records:
            raise NotFoundError(
                f"{self.name(partner)} no longer holds record {record_id}. "
                "What was seen before is kept with the contact."
            )
        return held.records[record_id]

    def close(self) -> None:
        """Nothing runs beside the program, so there is nothing to end."""

    def _held_of(self, partner: str) -> _Held | None:
        return self._own if partner == OWN else self._held.get(partner)

    def _searchable(
        self, mapping: ExtractMapping, data: bytes, extra: bytes, as_of: date
    ) -> Searchable:
        """The extract, opened where it was laid out before; ProfileError where it has faults."""
        name, partner = self._kept.name(mapping, data, extra), mapping.partner
        found = self._kept.open(name, partner=partner, as_of=as_of)
        if found is None:
            records = records_of(data, mapping, as_of=as_of, involvement=extra)
            found = self._kept.keep(name, records, partner=partner, as_of=as_of)
        return found

    def _exchange(
        self,
        mapping: ExtractMapping,
        found: Searchable,
        as_of: date,
        problem: str,
        faults: tuple[str, ...] = (),
    ) -> ExtractState:
        state = ExtractState(
            partner=mapping.partner,
            name=mapping.name,
            as_of=as_of,
            records=len(found.records),
            searchable=True,
            problem=problem,
            faults=faults,
        )
        with self._lock:
            index = _weighed(found.index, self._using)
            self._held[mapping.partner] = _Held(state, index, found.records)
        return state

    def _fall_back(
        self,
        mapping: ExtractMapping,
        now: datetime,
        faults: tuple[str, ...],
        *,
        absent: bool = False,
    ) -> ExtractState:
        last = found = None
        # One kept under another key or mapping, or damaged, is none.
        with contextlib.suppress(FanlightError, OSError, ValueError):
            last = self._last_good(mapping)
            found = self._searchable(mapping, *last) if last else None
        if last is None or found is None:
            what = (
                f"No list from {mapping.name} is here yet"
                if absent
                else f"The list from {mapping.name} can't be read"
            )
            state = ExtractState(
                partner=mapping.partner,
                name=mapping.name,
                as_of=None,
                records=0,
                searchable=False,
                problem=f"{what}, so nobody was looked up there. Tell IT.",
                faults=faults,
            )
            self._held.pop(mapping.partner, None)
            return state
        as_of = last[2]
        return self._exchange(
            mapping,
            found,
            as_of,
            f"The newest extract from {mapping.name} has faults and was refused. The last good "
            f"one, from {spell_day(as_of)}, is searched. Tell IT.",
            faults,
        )

    def _remember(self, mapping: ExtractMapping, data: bytes, extra: bytes, day: date) -> None:
        sealed = self._seal(_pack(day, data, extra))
        beside = self._keep / f"{mapping.partner}.new"
        # Where there is no room for the copy, the one before stays and this one is searched.
        with contextlib.suppress(OSError):
            self._keep.mkdir(mode=0o700, parents=True, exist_ok=True)
            beside.write_bytes(sealed)
            beside.replace(self._keep / f"{mapping.partner}.good")

    def _last_good(self, mapping: ExtractMapping) -> tuple[bytes, bytes, date] | None:
        path = self._keep / f"{mapping.partner}.good"
        return _unpack(self._unseal(path.read_bytes())) if path.exists() else None


def _pack(day: date, data: bytes, extra: bytes) -> bytes:
    head = f"{day.isoformat()} {len(data)} {hashlib.sha256(data + extra).hexdigest()}\n"
    return head.encode() + data + extra


def _unpack(packed: bytes) -> tuple[bytes, bytes, date]:
    head, _, body = packed.partition(b"\n")
    day, size, digest = head.decode().split()
    if hashlib.sha256(body).hexdigest() != digest:
        raise ProfileError(("The kept copy of an extract is not what was kept.",))
    return body[: int(size)], body[int(size) :], date.fromisoformat(day)


def _cannot_be_read(path: Path, fault: OSError) -> str:
    if isinstance(fault, FileNotFoundError):
        return f"It is looked for as {path}."
    return f"The file {path} can't be read: {fault.strerror or fault}."
