"""Colours, type and sizes: the one place that turns design tokens into Qt values.

`tokens.json` is the source of every value. One `Theme` lives as long as the application:
it is module state, on purpose, since each painter asks it many times a second and it is as
much a property of the process as the application object itself.
"""

from __future__ import annotations

import json
import sys
from functools import lru_cache
from typing import Any, Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication

from ui.resources import resource

THEMES: Final = ("light", "dark", "highContrast", "system")

_ROLES: Final[tuple[tuple[QPalette.ColorRole, str], ...]] = (
    (QPalette.ColorRole.Window, "chrome"),
    (QPalette.ColorRole.WindowText, "text"),
    (QPalette.ColorRole.Base, "surface"),
    (QPalette.ColorRole.AlternateBase, "sunken"),
    (QPalette.ColorRole.Text, "text"),
    (QPalette.ColorRole.Button, "surface"),
    (QPalette.ColorRole.ButtonText, "text"),
    (QPalette.ColorRole.BrightText, "text2"),
    (QPalette.ColorRole.PlaceholderText, "muted"),
    (QPalette.ColorRole.Light, "pane"),
    (QPalette.ColorRole.Midlight, "hover"),
    (QPalette.ColorRole.Mid, "borderSubtle"),
    (QPalette.ColorRole.Dark, "borderControl"),
    (QPalette.ColorRole.Shadow, "borderControl"),
    (QPalette.ColorRole.Highlight, "selected"),
    (QPalette.ColorRole.HighlightedText, "text"),
    (QPalette.ColorRole.Accent, "accent"),
    (QPalette.ColorRole.Link, "accent"),
    (QPalette.ColorRole.LinkVisited, "accent"),
    (QPalette.ColorRole.ToolTipBase, "surface"),
    (QPalette.ColorRole.ToolTipText, "text"),
)

COLOUR_ROLES: Final[dict[str, QPalette.ColorRole]] = {
    "text": QPalette.ColorRole.WindowText,
    "text2": QPalette.ColorRole.BrightText,
    "muted": QPalette.ColorRole.PlaceholderText,
    "accent": QPalette.ColorRole.Accent,
}
"""Text colours that a palette role carries, so that a theme change costs a label nothing."""


@lru_cache(maxsize=1)
def tokens() -> dict[str, Any]:
    """The design tokens, read once."""
    loaded: dict[str, Any] = json.loads(
        resource("design", "tokens.json").read_text(encoding="utf-8")
    )
    return loaded


class Theme(QObject):
    """Gives colours, fonts and scaled sizes; tells widgets when they change.

    `changed` follows any change. `scaled` comes before it, and only when text size changed.
    """

    changed = Signal()
    scaled = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._tokens = tokens()
        self._system_palette = QPalette(app.palette())
        # The hints objects must outlive this call, or Qt deletes their wrappers.
        self._hints = app.styleHints()
        self._choice = "system"
        self._name = "light"
        self._scale = 1.0
        self._colours: dict[str, QColor] = {}
        self._fonts: dict[tuple[str, int, bool], QFont] = {}
        self._metrics: dict[tuple[str, int, bool], QFontMetricsF] = {}
        for file in sorted(resource("fonts").glob("*.ttf")):
            QFontDatabase.addApplicationFont(str(file))
        self._hints.colorSchemeChanged.connect(self._follow_system)
        self._access = getattr(self._hints, "accessibility", lambda: None)()
        if self._access is not None:
            self._access.contrastPreferenceChanged.connect(self._follow_system)
        self._apply()

    # ---- what is chosen -------------------------------------------------

    @property
    def choice(self) -> str:
        """The theme the person chose, which may be "system"."""
        return self._choice

    @property
    def name(self) -> str:
        """The token set in use: "light", "dark" or "highContrast"."""
        return self._name

    @property
    def text_scale(self) -> float:
        """1.0 to 1.5, on top of the system's own scaling."""
        return self._scale

    def set_theme(self, choice: str) -> None:
        """Use "light", "dark", "highContrast", or follow the "system"."""
        if choice not in THEMES:
            raise ValueError(f"There is no theme called {choice}.")
        self._choice = choice
        self._apply()
        self.changed.emit()

    def set_text_scale(self, scale: float) -> None:
        """Scale type, rows and icons by 1.0 to 1.5; other values are brought inside."""
        scale = min(1.5, max(1.0, scale))
        if scale == self._scale:
            return
        self._scale = scale
        self._fonts.clear()
        self._metrics.clear()
        self._app.setFont(self.font("body"))
        self.scaled.emit()
        self.changed.emit()

    def step_text_scale(self, step: int) -> float:
        """Move to the next (+1) or previous (-1) published size; 0 goes back to 100 %."""
        sizes: list[float] = self._tokens["font"]["textScale"]
        nearest = min(range(len(sizes)), key=lambda i: abs(sizes[i] - self._scale))
        at = 0 if step == 0 else max(0, min(len(sizes) - 1, nearest + step))
        self.set_text_scale(sizes[at])
        return self._scale

    # ---- values ---------------------------------------------------------

    def colour(self, name: str) -> QColor:
        """The colour of a token name such as "accent"; KeyError for a name not in tokens."""
        return self._colours[name]

    def px(self, n: float) -> int:
        """`n` design pixels at the chosen text size, at least 1."""
        return max(1, round(n * self._scale))

    def size(self, name: str) -> int:
        """A named size of the tokens (controlHeight, queueRow…), scaled."""
        return self.px(self._tokens["size"][name])

    def time_ms(self, name: str) -> int:
        """A named time of the tokens, in milliseconds."""
        return int(self._tokens["time"][name])

    def font(self, role: str, weight: int | None = None, *, mono: bool = False) -> QFont:
        """The font of a role (body, label, small…), with figures of equal width."""
        style = self._tokens["font"]["style"][role]
        chosen = int(style["weight"] if weight is None else weight)
        key = (role, chosen, mono)
        found = self._fonts.get(key)
        if found is None:
            names = self._tokens["font"]
            found = QFont([names["mono" if mono else "family"], *names["fallback"]])
            found.setPixelSize(max(self.px(style["px"]), names["minimumPx"]))
            found.setWeight(QFont.Weight(chosen))
            found.setFeature(QFont.Tag("tnum"), 1)
            self._fonts[key] = found
        return found

    def metrics(self, role: str, weight: int | None = None, *, mono: bool = False) -> QFontMetricsF:
        """Measures of `font(...)`, kept: asking Qt afresh is what makes painting slow."""
        style = self._tokens["font"]["style"][role]
        key = (role, int(style["weight"] if weight is None else weight), mono)
        found = self._metrics.get(key)
        if found is None:
            found = QFontMetricsF(self.font(role, weight, mono=mono))
            self._metrics[key] = found
        return found

    def line(self, role: str) -> int:
        """The line height of a role, scaled."""
        return self.px(self._tokens["font"]["style"][role]["line"])

    def minutes(self, name: str) -> int:
        """A named time of the tokens that is given in minutes."""
        return int(self._tokens["time"][name])

    # ---- inside ---------------------------------------------------------

    def _follow_system(self) -> None:
        if self._choice == "system":
            self._apply()
            self.changed.emit()

    def _system_theme(self) -> str:
        if self._access is not None:
            wish = self._access.contrastPreference()
            if wish == Qt.ContrastPreference.HighContrast:
                return "highContrast"
        dark = self._hints.colorScheme() == Qt.ColorScheme.Dark
        return "dark" if dark else "light"

    def _apply(self) -> None:
        self._name = self._system_theme() if self._choice == "system" else self._choice
        values: dict[str, str] = self._tokens["color"][self._name]
        self._colours = {name: QColor(value) for name, value in values.items()}
        if sys.platform == "win32" and self._choice == "system" and self._name == "highContrast":
            self._colours.update(contrast_theme_colours(self._system_palette))
        palette = QPalette()
        for role, name in _ROLES:
            palette.setColor(role, self._colours[name])
        off = QPalette.ColorGroup.Disabled
        for role in (
            QPalette.ColorRole.WindowText,
            QPalette.ColorRole.Text,
            QPalette.ColorRole.ButtonText,
        ):
            palette.setColor(off, role, self._colours["muted"])
        self._app.setPalette(palette)
        if self._app.font() != self.font("body"):
            # Qt tells every widget of a font, and has all of them laid out anew.
            self._app.setFont(self.font("body"))


def contrast_theme_colours(system: QPalette) -> dict[str, QColor]:
    """Token colours taken from a Windows contrast theme's palette (EN 301 549, 11.7).

    Everything written is the system's text on the system's window; the accent is the
    system's highlight. Shapes, letters and words go on telling the rest.
    """
    window = system.color(QPalette.ColorRole.Window)
    text = system.color(QPalette.ColorRole.WindowText)
    chosen = system.color(QPalette.ColorRole.Highlight)
    on_chosen = system.color(QPalette.ColorRole.HighlightedText)
    colours: dict[str, QColor] = {}
    for name in tokens()["color"]["highContrast"]:
        ground = name.endswith(("Soft", "Bg")) or name in _GROUNDS
        colours[name] = window if ground else text
    colours |= {"accent": chosen, "accentHover": chosen, "onAccent": on_chosen}
    colours |= {"focusInk": window, "focusHalo": chosen}
    for rag in ("ragRed", "ragAmber", "ragGreen"):
        colours |= {rag: window, f"{rag}On": text, f"{rag}Edge": text}
    return colours


_GROUNDS: Final = frozenset({"chrome", "pane", "surface", "sunken", "hover", "selected", "ragNone"})

_the_theme: list[Theme] = []


def install(app: QApplication) -> Theme:
    """Make the application's theme, once; later calls give the same one."""
    if not _the_theme:
        _the_theme.append(Theme(app))
    return _the_theme[0]


def theme() -> Theme:
    """The theme made by `install`; RuntimeError before that."""
    if not _the_theme:
        raise RuntimeError("ui.theme.install(app) comes before the first widget.")
    return _the_theme[0]
