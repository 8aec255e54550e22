"""A part of the trail taken out: one file, a zip of `events.csv` to read and `events.jws` to check.

The JWS (compact, ES256) is signed by who took it out. It holds every event that was exported with
its number and hash, who took it out, when, for whom and why, and the SHA-256 of the CSV beside it.
"""

import csv
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from triage.domain.errors import NotReadyError, SignatureError
from triage.export import signing, strict_json
from triage.export.existence import Revoked, must_be_before, read_moment, revoked_of
from triage.export.keys import Signer

TYPE = "fanlight-trail+jws"
CSV, JWS = "events.csv", "events.jws"
COLUMNS = ("event", "at", "who", "what", "about", "why", "before", "after", "hash")
LARGEST = 60_000_000
"""Bytes of one part that are still looked at."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_AT = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailFile:
    """An export found to be as it was signed. `claims` is what was signed, `revoked` what is said
    of the end of its key, later."""

    claims: Mapping[str, Any]
    worker_id: str
    revoked: Revoked | None = None


def pack_trail(
    claims: Mapping[str, Any], events: Sequence[Mapping[str, object]], signer: Signer
) -> bytes:
    """The zip. `events` have the members of COLUMNS; the same order stands in both parts.

    Raises NotReadyError where they hold more than can be checked again.
    """
    table = _csv(events)
    body = {
        **claims,
        "by": signer.worker_id,
        "events": [dict(event) for event in events],
        "csvSha256": signing.sha256(table),
    }
    if len(signing.canonical(body)) > strict_json.LARGEST:
        raise NotReadyError("That is too much for one export. Choose a shorter time or a person.")
    signed = signing.sign_claims(body, signer, TYPE)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in ((CSV, table), (JWS, signed)):
            made.writestr(zipfile.ZipInfo(name, _AT), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def open_trail_file(untrusted: bytes, jwks: Mapping[str, Any]) -> TrailFile:
    """The export, once its signature holds and the table is the one that was signed.

    Raises SignatureError, saying what is wrong.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(untrusted)) as held:
            if sorted(held.namelist()) != [CSV, JWS]:
                raise SignatureError("It is not an export of the trail: it has other parts.")
            if any(part.file_size > LARGEST for part in held.infolist()):
                raise SignatureError("It is larger than any export of the trail.")
            if len(untrusted) != _size(held.infolist()):
                raise SignatureError("It is not an export of the trail: more is hidden in it.")
            table, signed = held.read(CSV), held.read(JWS)
    except _DAMAGED as fault:
        raise SignatureError("It is not an export of the trail.") from fault
    claims, jwk = signing.verify_claims(signed, jwks, TYPE, "export")
    worker = str(claims.get("by", ""))
    if not worker or jwk.get("worker") != worker:
        raise SignatureError("The export is signed by another person than it names.")
    said, revoked = read_moment(claims.get("at")), revoked_of(jwk)
    must_be_before(str(jwk.get("name", worker)), said, None, revoked)
    if claims.get("csvSha256") != signing.sha256(table):
        raise SignatureError(
            "The table is not the one that was signed. It is not to be relied on; what was signed "
            f"stands in {JWS}."
        )
    return TrailFile(claims=claims, worker_id=worker, revoked=revoked)


_DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError,
    NotImplementedError, RuntimeError,
)  # fmt: skip


def _size(parts: Sequence[zipfile.ZipInfo]) -> int:
    """Bytes of a zip of those parts and nothing beside (PKWARE's APPNOTE 4.3.7, 4.3.12, 4.3.16):
    some tools take out a part that its list does not name."""
    return 22 + sum(30 + 46 + 2 * len(part.filename) + part.compress_size for part in parts)


def _csv(events: Sequence[Mapping[str, object]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for event in events:
        writer.writerow([_cell(event.get(name, "")) for name in COLUMNS])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _cell(value: object) -> str:
    """Words that a spreadsheet will not take for a formula."""
    words = str(value)
    return f"'{words}" if words.startswith(_FORMULA) else words
