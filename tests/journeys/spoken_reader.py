"""What a screen reader is told of the window, and one control pressed as it would press it.

Run by the system's Python, which has the bindings of the accessibility bus; it starts the window
given as its arguments, looks until what it waits for is told, and prints what it found as JSON.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pyatspi
from gi.repository import GLib

LOOK_MS = 100
PATIENCE_MS = 45_000


def everything(node: Any) -> Iterator[Any]:
    """A node of the tree and all below it."""
    yield node
    for child in node:
        if child is not None:
            yield from everything(child)


def in_window() -> list[Any]:
    """Every node of Fanlight's window; none while it is not there yet or is changing."""
    try:
        desktop = pyatspi.Registry.getDesktop(0)
        return [n for app in desktop if app.name == "Fanlight" for n in everything(app)]
    except (GLib.Error, LookupError):
        return []


def has(node: Any, *states: Any) -> bool:
    """Whether a node is in all these states."""
    return all(node.getState().contains(state) for state in states)


def named(role: str, name: str) -> Any | None:
    """The node of a role whose name begins so, if it shows."""
    shown = (n for n in in_window() if n.getRoleName() == role and n.name.startswith(name))
    return next((n for n in shown if has(n, pyatspi.STATE_SHOWING)), None)


def until(found: Callable[[], Any]) -> Any:
    """What `found` gives, once it gives something."""
    loop = GLib.MainLoop()
    came: list[Any] = []

    def look() -> bool:
        what = found()
        if what:
            came.append(what)
            loop.quit()
        return not what

    GLib.timeout_add(LOOK_MS, look)
    GLib.timeout_add(PATIENCE_MS, loop.quit)
    loop.run()
    if not came:
        said = [f"{n.getRoleName()} {n.name}" for n in in_window()]
        raise SystemExit("Not told in time. There is:\n" + "\n".join(said))
    return came[0]


def read() -> dict[str, object]:
    """Walk to the queue, through every control, and into a call."""
    rows = until(lambda: [n.name for n in named("list", "Contacts waiting") or ()])
    controls = [n for n in in_window() if has(n, pyatspi.STATE_FOCUSABLE, pyatspi.STATE_SHOWING)]
    told = [[n.getRoleName(), n.name] for n in controls]
    until(lambda: named("push button", "New contact by phone")).queryAction().doAction(0)
    box = until(lambda: named("text", "Who is calling?"))
    return {"rows": rows, "controls": told, "after": box.name}


if __name__ == "__main__":
    window = subprocess.Popen(sys.argv[1:])
    try:
        print(json.dumps(read()))
    finally:
        window.kill()
        window.wait()
