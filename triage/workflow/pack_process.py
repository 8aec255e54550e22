"""A pack drawn in a process of its own, so that the window never waits for it.

Drawing keeps Python's one lock for a sixth of a second, and for longer with a large family:
beside a window, that is a window that stands still. What goes over the pipes is pickled by this
program on both sides and by nobody else.
"""

from __future__ import annotations

import pickle
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec

from triage.domain.errors import NotReadyError
from triage.export.pack import PackFile, build_pack
from triage.intake.apart import Apart, StoppedError, serve
from triage.intake.limits import Limits

_P = ParamSpec("_P")
_DRAWING = Apart("triage.workflow.pack_process")
_STOPPED = (
    "What draws packs stopped, so this copy was not drawn. Nothing was printed or saved, and the "
    "decision is as it was. Try again; if it stops once more, close Fanlight and open it anew."
)


class DrawingError(RuntimeError):
    """The process came upon a fault of the program; where, in its own words."""


def _apart(build: Callable[_P, PackFile]) -> Callable[_P, PackFile]:
    def draw(*which: _P.args, **how: _P.kwargs) -> PackFile:
        try:
            answer = _DRAWING.ask({}, pickle.dumps((which, how)), Limits())
        except StoppedError as fault:
            raise NotReadyError(_STOPPED) from fault
        drawn: PackFile | str = pickle.loads(answer)
        if isinstance(drawn, str):
            raise DrawingError(drawn)
        return drawn

    return draw


draw_pack = _apart(build_pack)
"""As `build_pack`, byte for byte. Safe from any thread; calls wait for each other. Raises
NotReadyError where the process ended over it; the next call has a new one."""


# --- in the drawing process -------------------------------------------------------------------


def _answer(_head: Mapping[str, Any], asked: bytes, _limits: Limits) -> bytes:
    which, how = pickle.loads(asked)
    drawn: PackFile | str
    try:
        drawn = build_pack(*which, **how)
    except Exception as error:
        # The kind of fault and the lines it went through: no values, which may be of a family.
        lines = "".join(traceback.format_tb(error.__traceback__))
        drawn = f"{type(error).__name__} in the drawing process:\n{lines}"
    return pickle.dumps(drawn)


if __name__ == "__main__":
    serve(int(sys.argv[1]), _answer, ("reportlab.platypus",))
