"""JSON, XML and CSV: keys become labels, nesting becomes headings, arrays become records."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

from triage.intake.faults import BrokenError, TooBigError, UnsafeError
from triage.intake.labels import classify
from triage.intake.limits import Limits
from triage.intake.pieces import Node, Pair, Sheet

_ASKED = (
    "question",
    "label",
    "field",
    "title",
    "prompt",
    "name",
    "key",
    "fieldname",
    "q",
    "caption",
)
_ANSWERED = ("answer", "value", "response", "a", "text", "answers", "val", "content")

_OWN = frozenset({"name", "telecom", "identifier", "address", "communication"})
"""Lists of a record's own facts, whatever their number."""
_OTHER_NAMES = frozenset({"nickname", "old", "maiden"})
_KINDS = ("type", "scheme", "system", "kind", "idtype")
_PERSONS = re.compile(r"(?i)patient|practitioner|person")
_PEOPLE = re.compile(
    r"(?i)^(?:persons?|people|individuals?|part(?:y|ies)|contacts?|subjects?|members?)$"
)


_DEEPEST = 40
_TOO_DEEP = "It is nested deeper than is read."


def parse_json(text: str) -> Any:
    """JSON as Python values; a name given twice keeps both values. Raises BrokenError or
    TooBigError."""
    try:
        return json.loads(text, parse_constant=lambda _: None, object_pairs_hook=_every)
    except RecursionError as fault:
        raise TooBigError(_TOO_DEEP) from fault
    except ValueError as fault:
        raise BrokenError("It is not whole JSON.") from fault


def _every(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The members of an object. Python keeps the last of those that share a name, and the child
    named first would be lost."""
    held: dict[str, list[Any]] = {}
    for name, value in pairs:
        held.setdefault(name, []).append(value)
    return {name: values if len(values) > 1 else values[0] for name, values in held.items()}


def write_tree(sheet: Sheet, tree: Any, limits: Limits) -> list[Node]:
    """Write nested values as indented "key: value" lines and give a pair for each value.

    Raises TooBigError past the limits of count or depth.
    """
    nodes: list[Node] = []
    left = [limits.nodes]
    _branch(sheet, nodes, tree, (), (), 0, left)
    return nodes


def _branch(
    sheet: Sheet, nodes: list[Node], value: Any, path: tuple[str, ...],
    groups: tuple[tuple[str, int], ...], depth: int, left: list[int],
) -> None:  # fmt: skip
    left[0] -= 1
    if left[0] <= 0:
        raise TooBigError("It holds more values than are read.")
    if depth > _DEEPEST:
        raise TooBigError(_TOO_DEEP)
    indent = "  " * len(path[1:])
    if isinstance(value, dict):
        asked = _question(value)
        if asked is not None and isinstance(asked[1], dict):
            sheet.write(f"{indent}{asked[0]}\n")
            _branch(sheet, nodes, asked[1], (*path[:-1], asked[0]), groups, depth + 1, left)
            return
        if asked is not None:
            _leaf(sheet, nodes, (*path[:-1], asked[0]), asked[1], groups, indent)
            return
        if (titled := _titled(value)) is not None:
            sheet.write(f"{indent}{value[titled]}\n")
            path = (*path, value[titled])
            value = {key: inner for key, inner in value.items() if key != titled}
        if str(value.get("use")).casefold() in _OTHER_NAMES and "name" in path[-1:]:
            bits = [value.get("text") or value.get("given"), value.get("family")]
            flat = [b for bit in bits if bit for b in (bit if isinstance(bit, list) else [bit])]
            _leaf(sheet, nodes, (*path, "known as"), " ".join(map(str, flat)), groups, indent)
            return
        parted = bool(
            {"given", "first", "forename", "forenames"} & {str(k).casefold() for k in value}
        )
        for key, inner in value.items():
            name = str(key)[:200]
            if parted and name.casefold() == "family":
                name = "family name"
            if isinstance(inner, dict | list) and not _flat(inner):
                if not (isinstance(inner, dict) and _question(inner)):
                    sheet.write(f"{'  ' * len(path)}{name}\n")
                _branch(sheet, nodes, inner, (*path, name), groups, depth + 1, left)
            else:
                _leaf(sheet, nodes, (*path, name), inner, groups, "  " * len(path))
    elif isinstance(value, list):
        name = path[-1] if path else ""
        for number, inner in enumerate(value):
            answers = isinstance(inner, dict) and _question(inner) is not None
            section = isinstance(inner, dict) and _titled(inner) is not None
            within = bool(groups) and (len(value) == 1 or name.casefold() in _OWN)
            inside = groups if answers or section or within else (*groups, (name, number))
            _branch(sheet, nodes, inner, path, inside, depth + 1, left)
            if isinstance(inner, dict):
                sheet.write("\n")
    else:
        _leaf(sheet, nodes, path, value, groups, indent)


def _flat(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and not any(isinstance(v, dict | list) for v in value)
    )


_HEADS = frozenset({"title", "heading", "section", "caption", "legend", "page", "panel", "tab"})


def _titled(value: dict[str, Any]) -> str | None:
    """The key of a section's own heading, beside the lists or records it is over."""
    within = [one for one in value.values() if isinstance(one, dict | list) and not _flat(one)]
    if not within:
        return None
    asks = any(
        isinstance(inner, dict) and _question(inner) is not None
        for one in within if isinstance(one, list) for inner in one
    )  # fmt: skip
    for key, inner in value.items():
        plain = str(key).casefold()
        if isinstance(inner, str) and 2 < len(inner) < 120 and (
            plain in _HEADS or (asks and plain in {"name", "label"})
        ):  # fmt: skip
            return str(key)
    return None


_SHOWN = ("label", "text", "display", "displayvalue", "description", "name", "value")


def _shown(answer: dict[str, Any]) -> Any:
    """What a chosen answer shows ({"value": "F", "label": "Female"}); the record if it is one."""
    keys = {str(key).casefold().replace("_", ""): key for key in answer}
    if len(answer) > 4 or not {"value", "code", "id", "key"} & keys.keys():
        return answer
    shown = next((answer[keys[k]] for k in _SHOWN if k in keys), None)
    return shown if isinstance(shown, str | int | float | bool) else answer


def _question(value: dict[str, Any]) -> tuple[str, Any] | None:
    """A {"question": ..., "answer": ...} object as its label and value."""
    if not 2 <= len(value) <= 6:
        return None
    keys = {str(key).casefold().replace("_", ""): key for key in value}
    answer = next((keys[k] for k in _ANSWERED if k in keys), None)
    asked = next((keys[k] for k in _ASKED if k in keys), None)
    if asked is None:  # {"type": "NHS", "value": ...}
        asked = next((keys[k] for k in _KINDS if k in keys and _is_number(value[keys[k]])), None)
    if answer is None or asked is None or not isinstance(value[asked], str):
        return None
    if asked == "name" and not classify(value[asked]).attribute:
        return None
    inner = value[answer]
    if isinstance(inner, dict):
        inner = _shown(inner)
    if isinstance(inner, list) and not _flat(inner):
        return None
    return value[asked], inner


def _is_number(kind: Any) -> bool:
    return isinstance(kind, str) and classify(kind).attribute in {"nhs", "upn", "phone", "email"}


def _leaf(
    sheet: Sheet, nodes: list[Node], path: tuple[str, ...], value: Any,
    groups: tuple[tuple[str, int], ...], indent: str,
) -> None:  # fmt: skip
    words = (
        "" if value is None
        else "yes" if value is True
        else "no" if value is False
        else ""
        if isinstance(value, dict)
        else ""
        if value == []
        else None if isinstance(value, list)
        else str(value).replace("\0", "")
    )  # fmt: skip
    label = path[-1] if path else ""
    if words is None:
        sheet.write(f"{indent}{label}: ")
        if classify(label).attribute == "given":  # ["Isla", "May"]
            whole = " ".join(str(one) for one in value if one is not None)
            nodes.append(_pair(path, sheet.write(whole), groups))
            sheet.write("\n")
            return
        for number, one in enumerate(value):
            if number:
                sheet.write(", ")
            nodes.append(_pair(path, sheet.write("" if one is None else str(one)), groups))
        sheet.write("\n")
        return
    sheet.write(f"{indent}{label}: ")
    nodes.append(_pair(path, sheet.write(words), groups))
    sheet.write("\n")


def _pair(path: tuple[str, ...], value: Any, groups: tuple[tuple[str, int], ...]) -> Pair:
    label = path[-1] if path else ""
    above = path[:-1]
    labels = (label, f"{above[-1]} {label}") if above else (label,)
    if above and label.casefold() == "family" and "name" in above[-1].casefold():
        labels = ("family name",)
    elif label.casefold() in {"use", "system", "period"}:
        labels = (label,)
    elif label.casefold() == "resourcetype" and groups and _PERSONS.search(value.text):
        labels = ("role",)
    elif above and label.casefold() in {"type", "category", "kind"} and _PEOPLE.search(above[-1]):
        labels = ("role", f"{above[-1]} role")
    return Pair(labels, value, above, groups)


def parse_xml(untrusted_bytes: bytes) -> Any:
    """XML as nested dicts and lists. Entities are never expanded: UnsafeError names them.

    Raises BrokenError or TooBigError too.
    """
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        root = fromstring(
            untrusted_bytes, forbid_dtd=False, forbid_entities=True, forbid_external=True
        )
    except DefusedXmlException as fault:
        raise UnsafeError(
            "It defines entities, which can swell without end; they were not expanded."
        ) from fault
    except (ParseError, ValueError, LookupError) as fault:
        raise BrokenError("It is not whole XML.") from fault
    return {_local(root.tag): _element(root, 0)}


def _local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]


def _element(element: Any, depth: int) -> Any:
    attributes = {_local(key): value for key, value in element.attrib.items()}
    children = list(element)
    text = (element.text or "").strip()
    if depth > _DEEPEST:
        raise TooBigError(_TOO_DEEP)
    if not children:
        if not attributes:
            return text
        asked = next(
            (
                attributes[k]
                for k in attributes
                if (
                    k.casefold() in {"name", "label", "question", "title", "key", "field", "id"}
                    and classify(attributes[k]).attribute
                )
                or (k.casefold() in _KINDS and _is_number(attributes[k]))
            ),
            None,
        )
        answered = text or any(k.casefold() in {"value", "answer"} for k in attributes)
        if asked is not None and answered:
            value = text or next(
                (v for k, v in attributes.items() if k.casefold() in {"value", "answer"}), ""
            )
            return {"label": asked, "value": value}
        if text:
            return (
                text
                if all(len(v) < 25 and not classify(k).attribute for k, v in attributes.items())
                else {**attributes, _text_key(element, attributes): text}
            )
        return attributes
    out: dict[str, Any] = dict(attributes)
    counts: dict[str, int] = {}
    for child in children:
        counts[_local(child.tag)] = counts.get(_local(child.tag), 0) + 1
    for child in children:
        name = _local(child.tag)
        value = _element(child, depth + 1)
        if (
            isinstance(value, str)
            and isinstance(out.get(name), str)
            and (classify(name).attribute == "given")
        ):
            out[name] = f"{out[name]} {value}"  # <Given>Layla</Given><Given>Noor</Given>
        elif isinstance(value, str) and counts[name] > 1 and classify(name).attribute == "given":
            out[name] = value
        elif counts[name] > 1:
            held = out.setdefault(name, [])
            if isinstance(held, list):
                held.append(value)
        elif name in out:
            out[f"{name} "] = value
        else:
            out[name] = [value] if _lists(element, child) else value
    if text:
        out["text"] = text
    return out


def _text_key(element: Any, attributes: dict[str, str]) -> str:
    """What the words of an element with attributes are: <Adult rel="Mother">Ada Fenn</Adult>."""
    meaning = classify(_local(element.tag))
    return (
        "name"
        if meaning.subject and not meaning.attribute and "name" not in attributes
        else "value"
    )


def _lists(parent: Any, child: Any) -> bool:
    """True for the only <Child> of <Children>: still a record of a list."""
    outer, inner = _local(parent.tag).casefold(), _local(child.tag).casefold()
    return bool(list(child)) and (outer.startswith(inner[:4]) or outer.endswith("list"))


def parse_csv(text: str, limits: Limits) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header cells and the rows (numbered from 1).

    Raises BrokenError if there are none, TooBigError if there are more than are read.
    """
    lines = text.lstrip("\ufeff").splitlines()
    if lines and re.fullmatch(r"(?i)sep=.", lines[0].strip()):
        text = text.split("\n", 1)[1]
    delimiter = _delimiter(text)
    csv.field_size_limit(max(csv.field_size_limit(), limits.text_chars))
    try:
        rows = []
        for row in csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter):
            rows.append(row)
            if len(rows) > limits.rows:
                raise TooBigError(f"It has more than the {limits.rows} rows that are read.")
    except csv.Error as fault:
        raise BrokenError("Its rows can't be told apart.") from fault
    at = _header_at(rows)
    if at is None:
        raise BrokenError("No row of headings was found.")
    header = [cell.strip() for cell in rows[at]]
    data = [row for row in rows[at + 1 :] if any(cell.strip() for cell in row)]
    if not data:
        raise BrokenError("It has headings but no rows.")
    return header, list(enumerate(data, start=1))


def _delimiter(text: str) -> str:
    head = text[:20_000]
    first = next(
        (line for line in head.splitlines() if line.strip() and not line.startswith("sep=")), ""
    )
    return max(",;\t|", key=lambda mark: (first.count(mark), head.count(mark)))


def _header_at(rows: list[list[str]]) -> int | None:
    for number, row in enumerate(rows[:12]):
        hits = sum(
            bool(classify(cell).attribute or classify(cell).subject) for cell in row if cell.strip()
        )
        full = sum(bool(cell.strip()) for cell in row)
        if full >= 2 and hits >= 2 and hits >= full * 0.4:
            return number
    return None


def write_row(sheet: Sheet, header: list[str], row: list[str]) -> list[Node]:
    """Write one data row as "heading: value" lines, and what stands under no heading after them."""
    nodes: list[Node] = []
    for label, value in zip(header, row, strict=False):
        sheet.write(f"{label}: ")
        nodes.append(Pair((label,), sheet.write(value.replace("\0", "").strip()), (), ()))
        sheet.write("\n")
    if beyond := [cell for cell in row[len(header) :] if cell.strip()]:
        sheet.write(f"{', '.join(beyond)}\n")
        sheet.unread = "It stands under no heading. Read it in the original."
    return nodes


def batches_in(tree: Any) -> Iterator[Any]:
    """The submissions of a JSON document: each of a list of them, else the document itself."""
    several = isinstance(tree, list) and len(tree) > 1
    if several and all(isinstance(one, dict) and not _question(one) for one in tree):
        yield from tree
        return
    yield tree
