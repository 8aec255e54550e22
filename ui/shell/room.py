"""How a screen's three panes share its room: side by side, narrower, or one at a time."""

from collections.abc import Collection, Mapping
from typing import NamedTuple, Protocol

from PySide6.QtWidgets import QBoxLayout, QWidget

from ui.theme import theme

WIDE = 1500
"""Design pixels from which every pane has its full width."""
NARROW = 1130
"""Design pixels below which one pane is shown at a time."""
GAP = 8
_ANY_WIDTH = 16_777_215


class Which(Protocol):
    """What chooses the pane that is shown, where one is shown at a time."""

    def value(self) -> str | None:
        """The key of the chosen pane."""

    def setVisible(self, visible: bool) -> None:
        """As every widget's."""


class Room(NamedTuple):
    """Whether one pane is shown at a time, and whether each has its full width."""

    one: bool
    wide: bool


def room_of(screen: QWidget, narrow: int = NARROW) -> Room:
    """What the screen's width allows; below `narrow` design pixels one pane at a time."""
    width = screen.width() / theme().px(1000) * 1000
    return Room(width < narrow, width >= WIDE)


def share(
    room: Room,
    which: Which,
    panes: Mapping[str, QWidget],
    widths: Mapping[str, tuple[int, int]],
    *,
    away: Collection[str] = (),
) -> None:
    """Show the panes by their keys as the room allows, but none of those that are `away`.

    `widths` are design pixels of the panes at the sides, full and less; who is not named takes
    what is left.
    """
    which.setVisible(room.one and len(away) < len(panes))
    show(room, which.value(), panes, widths, away=away)


def show(
    room: Room,
    chosen: str | None,
    panes: Mapping[str, QWidget],
    widths: Mapping[str, tuple[int, int]],
    *,
    away: Collection[str] = (),
) -> None:
    """As `share`, for a screen whose choice of a pane stands in sight always."""
    for key, pane in panes.items():
        pane.setVisible(key not in away and (not room.one or key == chosen))
    for key, (full, less) in widths.items():
        width = theme().px(full if room.wide else less)
        panes[key].setMinimumWidth(0 if room.one else width)
        panes[key].setMaximumWidth(_ANY_WIDTH if room.one else width)


def space(outer: QBoxLayout, *rows: QBoxLayout) -> None:
    """The gaps around a screen's panes and between them."""
    gap = theme().px(GAP)
    outer.setContentsMargins(gap, gap, gap, gap)
    for layout in (outer, *rows):
        layout.setSpacing(gap)
