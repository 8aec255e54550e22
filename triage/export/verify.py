"""Whether a decision in a file is genuine, in a sentence for the person who has to know."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from triage.domain.errors import ProfileError, SignatureError
from triage.domain.spelling import counted
from triage.export import document, pack_signing, signing
from triage.export.existence import Record, earliest, moment, read_moment, told
from triage.export.pack import seal_of
from triage.export.strict_json import LARGEST
from triage.export.time_stamp import Stamp
from triage.export.trail_file import TrailFile, open_trail_file


def verify_file(
    path: Path,
    jwks: Mapping[str, Any],
    stamps_pem: bytes | None = None,
    record: Record | None = None,
) -> str:
    """Who wrote and who signed the decision in the file, and when, where it is genuine, with its
    seal; of a printed copy kept as PDF, who issued it; of an export of the trail, who took it out;
    of a council's receipt, for which decision it is.

    `jwks` is the hub's list of public keys, of a receipt the council's, got from there and not
    from beside the file. `stamps_pem` are the certificates of the hub's time-stamping service and
    `record` is the hub's own, where they are at hand: what shows when it was signed.
    Raises SignatureError, saying what is wrong, where it is not genuine or can't be read, or where
    nothing shows that it was signed before its key was lost.
    """
    try:
        with path.open("rb") as file:
            untrusted = file.read(LARGEST + 1)
    except OSError as fault:
        raise SignatureError(f"The file {path.name} can't be opened.") from fault
    if len(untrusted) > LARGEST:
        raise SignatureError(f"The file {path.name} is larger than any decision or copy of one.")
    if untrusted.startswith(b"PK"):
        return _trail_sentence(open_trail_file(untrusted, jwks), untrusted, record)
    if signing.is_receipt(untrusted):
        if any("signs_off" in key for key in jwks["keys"]):
            raise SignatureError(
                "This is a council's receipt, and the list of keys is the hub's, who could not "
                "have signed it. Name the list that the council gave you."
            )
        return _receipt_sentence(signing.verify_receipt(untrusted, jwks))
    asked = stamps_pem is not None
    if untrusted.startswith(b"%PDF"):
        issued = pack_signing.verify_pack(untrusted, jwks, stamps_pem, record)
        return _copy_sentence(issued, _stamp_words(issued.stamp, issued.stamped, asked=asked))
    verified = signing.verify(untrusted, jwks, stamps_pem, record)
    stamped = _stamp_words(verified.stamp, verified.stamped, asked=asked)
    try:
        number = verified.document["decisionId"]
        seal = seal_of(signing.without_stamp(untrusted))
        return f"{sentence(verified)} {stamped}Its number is {number}, its seal {seal}."
    except (KeyError, TypeError) as fault:
        raise SignatureError(
            "Both signatures hold, but the document is not in the form that is agreed. "
            "It is not to be relied on."
        ) from fault


def _copy_sentence(issued: pack_signing.Issued, stamped: str) -> str:
    at = f" on {moment(issued.at)}" if issued.at else ""
    ended = told(issued.name, issued.at, issued.proof, issued.revoked)
    return (
        f"Genuine: this copy was issued by {issued.name}{at}; nothing in it has been altered "
        f"since.{ended} {stamped}The seal on its first page is that of the signed decision: "
        "check that file too, and compare the seals."
    )


def sentence(verified: signing.Verified) -> str:
    """The finding in words; it says so where the document does not fit its published form.
    Raises SignatureError where nothing shows that it was signed before its key was lost."""
    found = verified.document
    changes = found["signOff"]["changes"]
    changed = ""
    if changes:
        changed = f" with {counted(len(changes), 'change')}"
    words = (
        f"Genuine: the decision on contact {found['contact']['reference']} of "
        f"{found['hub']['name']} was written by {verified.author.name} on "
        f"{_when(verified.author.at)} and signed off{changed} by {verified.signer.name} on "
        f"{_when(verified.signer.at)}; nothing has been altered since."
    )
    for by in (verified.author, verified.signer):
        proof = by.proof
        if by is verified.author and proof is None and by.revoked is not None:
            words += (
                f" {by.name}'s key was revoked later, on {moment(by.revoked.at)}; what it signed "
                f"before stands: {verified.signer.name} had it before them and signed it too."
            )
            continue
        words += told(by.name, read_moment(by.at), proof, by.revoked)
    try:
        document.validate(found)
    except ProfileError as fault:
        more = len(fault.faults)
        words += (
            f" It does not fit the published form in {counted(more, 'place')}, "
            f"first: {fault.faults[0]}"
        )
    return words


def _receipt_sentence(receipt: signing.Receipt) -> str:
    case = f" as case {receipt.case_number}" if receipt.case_number else ""
    ended = told("The council", read_moment(receipt.received_at), None, receipt.revoked)
    return (
        f"Genuine: the council's receipt that it received decision {receipt.decision_id} on "
        f"{_when(receipt.received_at)} and holds it{case}; nothing in it has been altered "
        f"since.{ended} It says nothing of what was decided: check the decision's own file, and "
        "that its number is the same."
    )


def _stamp_words(stamp: Stamp | None, stamped: bool, *, asked: bool) -> str:
    if stamp is not None:
        return f"{stamp.by} vouches that it was signed by {moment(stamp.at)}. "
    if stamped:
        return (
            "It carries a time stamp that was not checked: name the service's certificates with "
            "--tsa. "
        )
    if asked:  # whoever has a key that was revoked may say any time before
        return "It carries no time stamp: when it was signed is its signer's word alone. "
    return ""


def _trail_sentence(found: TrailFile, content: bytes, record: Record | None) -> str:
    said = found.claims
    name = str(said.get("name", found.worker_id))
    held = record(signing.sha256(content), found.worker_id) if record and found.revoked else None
    proof = earliest(None, held)
    events = said.get("events")
    count = len(events) if isinstance(events, list) else 0
    return (
        f"Genuine: {counted(count, 'event')} of the audit trail, taken out by "
        f"{name} on {_when(str(said.get('at', '')))} for "
        f"{said.get('forWhom', 'nobody named')}; nothing in it has been altered since."
        + told(name, read_moment(said.get("at")), proof, found.revoked)
    )


def _when(words: str) -> str:
    at = read_moment(words)
    return moment(at) if at else "a day that can't be read"
