"""A pack drawn, and made ready to be signed, in a process of its own.

Drawing keeps Python's one lock for a sixth of a second, and for longer with a large family, and
what signs takes half a second to import: beside a window, that is a window that stands still. What
goes over the pipes is pickled by this program on both sides and by nobody else. A person's key
stays where it is: only what it is to sign comes over, and the signature goes back.
"""

from __future__ import annotations

import pickle
import sys
import traceback
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

from triage.domain.errors import NotReadyError
from triage.export.access_copy import draw_copy
from triage.export.keys import Signer
from triage.export.pack import build_pack
from triage.export.pack_signing import name_of, open_loop, prepare, put_in
from triage.intake.apart import Apart, StoppedError, serve
from triage.intake.limits import Limits

_P = ParamSpec("_P")
_T = TypeVar("_T")
_ACTS: dict[str, Callable[..., object]] = {
    "draw": build_pack,
    "draw access": draw_copy,
    "prepare": prepare,
    "put in": put_in,
}
_DRAWING = Apart("triage.workflow.pack_process")
_STOPPED = (
    "What makes packs stopped, so this copy was not made. Nothing was printed or saved, and the "
    "decision is as it was. Try again; if it stops once more, close Fanlight and open it anew."
)


class DrawingError(RuntimeError):
    """The process came upon a fault of the program; where, in its own words."""


def _apart(name: str, _act: Callable[_P, _T]) -> Callable[_P, _T]:
    def ask(*which: _P.args, **how: _P.kwargs) -> _T:
        try:
            answer = _DRAWING.ask({"act": name}, pickle.dumps((which, how)), Limits())
        except StoppedError as fault:
            raise NotReadyError(_STOPPED) from fault
        made: _T
        made, fault_words = pickle.loads(answer)
        if fault_words:
            raise DrawingError(fault_words)
        return made

    return ask


draw_pack = _apart("draw", build_pack)
"""As `build_pack`, byte for byte. Safe from any thread; calls wait for each other. Raises
NotReadyError where the process ended over it; the next call has a new one."""

draw_access = _apart("draw access", draw_copy)
"""As `draw_copy`; raises as `draw_pack`."""

_prepare = _apart("prepare", prepare)
_put_in = _apart("put in", put_in)


def sign_pack(
    pdf: bytes, signer: Signer, at: datetime, *, stamp: Callable[[bytes], bytes] | None = None
) -> bytes:
    """As `triage.export.pack_signing.sign_pack`; the key signs here. Raises as `draw_pack`."""
    prepared = _prepare(pdf, signer.certificate_der, name_of(signer), at, stamped=stamp is not None)
    signature = signer.sign_der(prepared.to_sign)
    return _put_in(prepared, signature, stamp(signature) if stamp else b"")


# --- in the drawing process -------------------------------------------------------------------


def _answer(head: Mapping[str, Any], asked: bytes, _limits: Limits) -> bytes:
    which, how = pickle.loads(asked)
    made, fault = None, ""
    try:
        made = _ACTS[head["act"]](*which, **how)
    except Exception as error:
        # The kind of fault and the lines it went through: no values, which may be of a family.
        lines = "".join(traceback.format_tb(error.__traceback__))
        fault = f"{type(error).__name__} in the drawing process:\n{lines}"
    return pickle.dumps((made, fault))


if __name__ == "__main__":
    open_loop()
    serve(int(sys.argv[1]), _answer, ("reportlab.platypus",))
