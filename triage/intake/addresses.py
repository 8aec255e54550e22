"""Addresses: the line, the town, the postcode."""

import re

from triage.intake.choices import is_blank
from triage.intake.pieces import Piece

POSTCODE = re.compile(r"(?<![\w])([A-Za-z]{1,2}\d[A-Za-z\d]?)[ \u00a0]{0,2}(\d[A-Za-z]{2})(?!\w)")
_STREET = re.compile(
    r"\b(?:street|st|road|rd|lane|ln|close|cl|avenue|ave|drive|dr|way|court|ct|row|terrace|place|square|gardens|grove|crescent|walk|mews|yard|wharf|buildings|cottages?|house|park|hill|view|rise|green|parade|quay|steps|lodge|flats?|apartments?|room|caravan|berth|estate|villas?|mansions|path|alley|gate|fields?|meadows?|bank|farm|hotel|hostel|plot|marina|moorings?|narrowboat|houseboat|site|pontoon|block|towers?|point|heights|vale|end|mount|croft|passage|wynd|loan|promenade|esplanade|circus|bridge|hall|takeaway|heol|stryd|ffordd|lon|maes|chase|dene|loke|drove|cottage|works|ropeworks|barn|chambers|boat)\b",
    re.I,
)
_CONFIDENTIAL = re.compile(
    r"(?i)\b(?:confidential|do not record|refuge|withheld|not to be (?:shared|recorded"
    r"|disclosed)|no fixed (?:abode|address)|nfa|homeless|unknown|not known)\b"
)


def tidy_postcode(words: str) -> str:
    """A postcode as NM4 2QH."""
    match = POSTCODE.search(words)
    return f"{match[1]} {match[2]}".upper() if match else ""


def is_confidential(words: str) -> bool:
    """True when an address cell says that the address is not to be recorded or is not known."""
    return bool(_CONFIDENTIAL.search(words)) and not re.search(r"\d", words)


def parts_of(piece: Piece) -> tuple[Piece | None, Piece | None, Piece | None]:
    """Line, town and postcode pieces of an address as a form or sentence gives it.

    The town is the last part without a number or a word for a street; the line never holds it.
    """
    words = piece.text
    if is_blank(words) or is_confidential(words):
        return None, None, None
    postcode = None
    if match := POSTCODE.search(words):
        postcode = piece.of(match)
        piece = piece.cut(0, match.start())
    piece = piece.strip(" ,;.:-()")
    bracket = re.search(r"\s*\([^)]*\)?\s*$", piece.text)
    if bracket and bracket.start() > 0:
        piece = piece.cut(0, bracket.start()).strip(" ,;.")
    bits = [bit.strip(" ,;.") for bit in piece.split(re.compile(r"[,;\n\r]+|\s\|\s| {3,}"))]
    bits = [bit for bit in bits if bit]
    if not bits:
        return None, None, postcode
    town: Piece | None = None
    last = len(bits)
    if (
        last > 1
        and not _STREET.search(bits[last - 1].text)
        and not re.search(r"\d", bits[last - 1].text)
    ):
        last -= 1
        town = bits[last]
    while last > 1 and re.fullmatch(
        r"(?i)(?:uk|england|wales|united kingdom)", bits[last - 1].text
    ):
        last -= 1
    line = Piece(piece.sheet, bits[0].start, bits[last - 1].end)
    if not _STREET.search(line.text) and not re.search(r"\d", line.text):
        return (line if len(bits) > 1 or postcode is not None else None), town, postcode
    return line, town, postcode


def tidy_line(words: str) -> str:
    """An address line on one line, parts parted by a comma."""
    bits = [" ".join(bit.split()) for bit in re.split(r"[\n\r;|]+| {3,}", words)]
    return re.sub(r"(?:,\s*)+", ", ", ", ".join(bit.strip(" ,") for bit in bits if bit.strip(" ,")))
