"""The matcher in the shape other harnesses ask for: `build`, `search` and `link` of tables.

A table is anything with `column_names` and `column(name)` (an Arrow table), or a mapping of
column names to lists. Columns are known by their names, in any of the usual spellings.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

from matching import Index, Person, Sex, link_columns
from matching.texts import Coded, Texts

_NAMES = {
    "id": "id unique_id record_id rec_id",
    "given": "given given_name first_name firstname forename forenames",
    "family": "family family_name surname last_name lastname",
    "dob": "dob date_of_birth birth_date birthdate",
    "sex": "sex gender",
    "postcode": "postcode post_code postal_code postcode_fake zip",
    "nhs_number": "nhs nhs_number nhs_no",
    "upn": "upn",
    "address": "addr address address_1 street_address",
    "phone": "phone telephone mobile phone_number",
    "mother": "mother mother_name mothers_name carer",
    "school": "school",
    "gp": "gp surgery",
}
_FIELD = {name: field for field, names in _NAMES.items() for name in names.split()}
Pairs = list[tuple[str, str, float]]


def _field(column: str) -> str | None:
    return _FIELD.get(re.sub(r"[^a-z0-9]+", "_", column.lower()).strip("_"))


def _columns(table: Any) -> dict[str, list[str | None]]:
    if isinstance(table, Mapping):
        return {str(name): list(values) for name, values in table.items()}
    return {name: table.column(name).to_pylist() for name in table.column_names}


def _birth(text: str | None) -> tuple[date | None, str | None]:
    if not text:
        return None, None
    if re.fullmatch(r"\d{8}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    try:
        return date.fromisoformat(text), None
    except ValueError:
        return None, text


def _sex(text: str | None) -> Sex:
    return {"f": Sex.FEMALE, "m": Sex.MALE}.get((text or "")[:1].lower(), Sex.UNKNOWN)


def _person(facts: Mapping[str, Any], id: str) -> Person:
    known: dict[str, Any] = {
        field: facts.get(field) or None for field in _NAMES if field not in ("id", "sex")
    }
    born, text = _birth(known.pop("dob"))
    return Person(id=id, dob=born, dob_text=text, sex=_sex(facts.get("sex")), **known)


def people(table: Any) -> list[Person]:
    """Every row as a person; a row without an identifier is known by its place."""
    held = {field: values for name, values in _columns(table).items() if (field := _field(name))}
    ids = held.pop("id", None)
    rows = zip(*held.values(), strict=True)
    made: list[Person] = []
    for place, row in enumerate(rows):
        id = str(ids[place]) if ids else str(place)
        made.append(_person(dict(zip(held, row, strict=True)), id))
    return made


def build(table: Any) -> Index:
    """An index of the table's rows, read column by column."""
    if isinstance(table, Mapping):
        columns = {str(name): values for name, values in table.items()}
    else:
        columns = {name: table.column(name) for name in table.column_names}
    # As the search's own process does: what is built stays, and need not be looked through again.
    gc.disable()
    try:
        held = {
            field: _coded(values) for name, values in columns.items() if (field := _field(name))
        }
        if "id" not in held:
            held["id"] = [str(place) for place in range(len(next(iter(columns.values()))))]
        return Index.build_columns(held)
    finally:
        gc.freeze()
        gc.enable()


def nbytes(index: Index) -> int:
    """Bytes of what a search reads."""
    return index.searchable_bytes


def _coded(column: Any) -> Any:
    """An Arrow column as distinct texts and their numbers, without a string for each row."""
    if isinstance(column, np.ndarray) and column.dtype == object:
        return column.tolist()
    if not hasattr(column, "combine_chunks"):
        return [None if value is None else str(value) for value in column]
    whole = column.combine_chunks()
    sample = whole.slice(0, 100_000)
    if len(sample.unique()) * 4 > 3 * (len(sample) - sample.null_count):
        # Nearly every value is another: numbering them would take longer than it saves.
        held = whole.is_valid().to_numpy(zero_copy_only=False)
        return Coded(np.where(held, np.cumsum(held), 0), _texts(whole.drop_null()))
    encoded = whole.dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy() + 1
    return Coded(codes, _texts(encoded.dictionary))


def _texts(array: Any) -> Texts:
    """An Arrow array without nulls as packed texts."""
    _, ends, data = array.buffers()
    offsets = np.frombuffer(ends, np.int32)[array.offset : array.offset + len(array) + 1]
    packed = np.frombuffer(data, np.uint8) if data is not None else np.empty(0, np.uint8)
    return Texts(packed[offsets[0] : offsets[-1]], offsets[1:] - offsets[0])


def search(index: Index, record: Mapping[str, Any], k: int) -> list[tuple[str, float]]:
    """Identifiers of the `k` likeliest rows with their probability, best first."""
    facts = {field: value for name, value in record.items() if (field := _field(name))}
    found = index.search(_person(facts, "query"), k=k)
    return [(match.record.id, match.probability) for match in found]


def link(a: Any, b: Any | None, meta: Mapping[str, Any] | None = None) -> Pairs:
    """Pairs of rows that may be one person, with their probability; `b` None: within `a`."""
    del meta  # nothing is set for one data set
    left = _columns(a)
    right = None if b is None else _columns(b)
    linked = link_columns(left, right, threshold=0.001)
    ids = [_ids(left), _ids(left if right is None else right)]
    return [
        (ids[0][one], ids[1][other], sure)
        for one, other, sure in zip(
            linked.left.tolist(), linked.right.tolist(), linked.probabilities.tolist(), strict=True
        )
    ]


def _ids(table: Mapping[str, list[str | None]]) -> list[str]:
    for name, values in table.items():
        if _field(name) == "id":
            return [str(value) for value in values]
    return [str(place) for place in range(len(next(iter(table.values()), [])))]
