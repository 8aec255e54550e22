"""A partner's extract laid out to be searched, kept between two starts.

Reading a hundred thousand people and laying them out takes many times as long as opening what was
laid out before. It is kept under a name made of all that it depends on: the extract's bytes, its
mapping, the program's own rules of reading and comparing, and the hub's names. Where any of that
has changed there is nothing of that name, and the extract is read anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import matching
from matching import Index, IndexFileError
from matching.name_files import shipped_folder
from triage.domain.errors import SecretsError
from triage.domain.lookup import Involvement, PartnerRecord
from triage.domain.profile import ExtractMapping
from triage.partners.persons import columns_of


class Records(Mapping[str, PartnerRecord]):
    """An extract's records by id, each made when it is asked for: few of them ever are."""

    def __init__(self, laid_out: bytes, *, partner: str, as_of: date | None) -> None:
        """`laid_out` as `lay_out` gives it; ValueError for anything else."""
        head, _, self._body = laid_out.partition(b"\n")
        ids, ends = json.loads(head)
        self._places = {record_id: place for place, record_id in enumerate(ids)}
        self._ends = [0, *ends]
        if len(self._ends) != len(ids) + 1 or self._ends[-1] != len(self._body):
            raise ValueError("The kept records are not whole.")
        self._partner, self._as_of = partner, as_of

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __contains__(self, record_id: object) -> bool:
        return record_id in self._places

    def __getitem__(self, record_id: str) -> PartnerRecord:
        place = self._places[record_id]
        start, end = self._ends[place : place + 2]
        fields, restricted, involvement = json.loads(self._body[start:end])
        return PartnerRecord(
            partner=self._partner,
            record_id=record_id,
            fields=fields,
            as_of=self._as_of,
            involvement=tuple(
                Involvement(
                    kind=kind,
                    lane=lane,
                    start=date.fromisoformat(start),
                    end=date.fromisoformat(end) if end else None,
                    words=words,
                    source=source,
                    reference=reference,
                )
                for kind, lane, start, end, words, source, reference in involvement
            ),
            restricted=restricted,
        )


def lay_out(records: Iterable[PartnerRecord]) -> bytes:
    """All that `Records` gives back of the records, but for the partner and the day."""
    ids, ends, pieces, end = [], [], [], 0
    for record in records:
        held = (
            dict(record.fields),
            record.restricted,
            [
                (
                    *(i.kind, i.lane, i.start.isoformat(), i.end.isoformat() if i.end else ""),
                    *(i.words, i.source, i.reference),
                )
                for i in record.involvement
            ],
        )
        piece = json.dumps(held, separators=(",", ":")).encode()
        end += len(piece)
        ids.append(record.record_id)
        ends.append(end)
        pieces.append(piece)
    return b"\n".join((json.dumps((ids, ends)).encode(), b"".join(pieces)))


@dataclass(frozen=True, slots=True)
class Searchable:
    """An extract that can be searched, and the records that a search finds."""

    index: Index
    records: Mapping[str, PartnerRecord]


class KeptIndexes:
    """The laid out extracts in a folder, sealed. `names` is the folder of the hub's own names.

    What is laid out does not depend on the weights it is searched with.
    """

    def __init__(
        self,
        folder: Path,
        *,
        seal: Callable[[bytes], bytes],
        unseal: Callable[[bytes], bytes],
        names: Path | None = None,
    ) -> None:
        self._folder, self._seal, self._unseal = folder, seal, unseal
        self._names = names

    def name(self, mapping: ExtractMapping, data: bytes, extra: bytes) -> str:
        """The name under which what is read of those bytes is kept."""
        digest = hashlib.sha256(self._rules())
        for part in (repr(mapping).encode(), data, extra):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
        return f"{mapping.partner}.{digest.hexdigest()[:32]}"

    def open(self, name: str, *, partner: str, as_of: date) -> Searchable | None:
        """What is kept under the name; None where there is nothing, or it is not whole."""
        index_file, records_file = self._files(name)
        try:
            index = Index.open(index_file, unseal=self._unseal)
            laid_out = self._unseal(records_file.read_bytes())
            records = Records(laid_out, partner=partner, as_of=as_of)
        except (IndexFileError, SecretsError, OSError, ValueError):
            return None
        return Searchable(index, records) if len(index) == len(records) else None

    def keep(
        self, name: str, records: tuple[PartnerRecord, ...], *, partner: str, as_of: date
    ) -> Searchable:
        """Lay the records out, and keep that in place of what was kept of the partner before.

        A disk that refuses costs the next start some time, and nothing else.
        """
        laid_out = lay_out(records)
        index = Index.build_columns(columns_of(records), source=partner)
        index_file, records_file = self._files(name)
        with contextlib.suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            beside = records_file.with_suffix(".new")
            beside.write_bytes(self._seal(laid_out))
            beside.replace(records_file)
            index.save(index_file, seal=self._seal)
            for pattern in ("index", "records"):
                for other in self._folder.glob(f"{partner}.*.{pattern}"):
                    if other not in (index_file, records_file):
                        other.unlink(missing_ok=True)
        return Searchable(index, Records(laid_out, partner=partner, as_of=as_of))

    def _files(self, name: str) -> tuple[Path, Path]:
        return self._folder / f"{name}.index", self._folder / f"{name}.records"

    def _rules(self) -> bytes:
        """A digest of everything but the extract that decides what is laid out, and how."""
        digest = hashlib.sha256()
        here, names = Path(__file__).parent, self._names
        folders = [Path(matching.__file__).parent, shipped_folder()]
        for folder in (*folders, here, *([names] if names is not None else [])):
            for file in sorted(folder.glob("*")):
                if file.suffix in (".py", ".json", ".csv"):
                    digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
        return digest.digest()
