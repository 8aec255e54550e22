"""Colours, type and sizes come from the tokens, and can be read by people who see poorly."""

import ast
import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication

from ui.theme import Theme, contrast_theme_colours, tokens
from ui.widgets.text import Text

UI = Path(__file__).resolve().parents[2] / "ui"
SETS = ("light", "dark", "highContrast")
HEX = re.compile(r"#[0-9A-Fa-f]{3,8}\b")


def luminance(colour: QColor) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = []
    for part in (colour.redF(), colour.greenF(), colour.blueF()):
        low = part / 12.92
        parts.append(low if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(first: QColor, second: QColor) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", SETS)
def test_every_colour_pair_is_readable(look: Theme, name: str) -> None:
    look.set_theme(name)
    faint = {
        (pair["fg"], pair["bg"]): round(ratio, 2)
        for pair in tokens()["contrastPairs"]
        if (ratio := contrast(look.colour(pair["fg"]), look.colour(pair["bg"]))) < pair["min"]
    }
    assert faint == {}


def test_no_colour_is_written_outside_the_token_file() -> None:
    found = []
    for path in sorted(UI.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            words = node.value if isinstance(node, ast.Constant) else None
            if isinstance(words, str) and HEX.search(words):
                found.append(f"{path.relative_to(UI)}:{node.lineno}")
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "QColor"
                and len(node.args) > 2
            ):
                found.append(f"{path.relative_to(UI)}:{node.lineno}")
    assert found == []


def test_no_style_sheet_is_used() -> None:
    found = [str(p) for p in sorted(UI.rglob("*.py")) if "setStyleSheet" in p.read_text("utf-8")]
    assert found == []


def test_the_theme_can_be_switched_twice(look: Theme, qapp: QApplication) -> None:
    label = Text("Not saved", colour="dangerText")
    seen = []
    for name in ("dark", "light", "dark", "light"):
        look.set_theme(name)
        seen.append(label.palette().color(QPalette.ColorRole.WindowText).name())
        assert qapp.palette().color(QPalette.ColorRole.Window) == look.colour("chrome")
    assert seen[0] == seen[2] != seen[1] == seen[3]


def test_a_deleted_label_does_not_trouble_a_theme_change(look: Theme) -> None:
    label = Text("gone", colour="okText")
    label.deleteLater()
    del label
    look.set_theme("dark")
    assert look.name == "dark"


def test_figures_have_equal_width_in_every_weight(look: Theme) -> None:
    for weight in (400, 500, 600, 700):
        metrics = QFontMetricsF(look.font("body", weight))
        widths = {round(metrics.horizontalAdvance(figure * 10), 2) for figure in "0123456789"}
        assert len(widths) == 1


def test_four_weights_are_four_fonts(look: Theme) -> None:
    words = "What was said about Theo"
    widths = {look.metrics("body", w).horizontalAdvance(words) for w in (400, 500, 600, 700)}
    assert len(widths) == 4


def test_text_steps_through_the_published_sizes_and_stops_at_the_ends(look: Theme) -> None:
    assert [look.step_text_scale(1) for _ in range(4)] == [1.15, 1.3, 1.5, 1.5]
    assert look.font("body").pixelSize() == 21
    assert look.step_text_scale(0) == 1.0
    assert look.step_text_scale(-1) == 1.0


def test_an_unknown_theme_is_refused(look: Theme) -> None:
    with pytest.raises(ValueError, match="no theme called sepia"):
        look.set_theme("sepia")


def test_a_windows_contrast_theme_is_followed_and_keeps_letters_readable() -> None:
    system = QPalette(QColor("navy"), QColor("black"))
    system.setColor(QPalette.ColorRole.Window, QColor("black"))
    system.setColor(QPalette.ColorRole.WindowText, QColor("yellow"))
    system.setColor(QPalette.ColorRole.Highlight, QColor("cyan"))
    system.setColor(QPalette.ColorRole.HighlightedText, QColor("black"))
    colours = contrast_theme_colours(system)
    assert set(colours) == set(tokens()["color"]["highContrast"])
    for pair in tokens()["contrastPairs"]:
        assert contrast(colours[pair["fg"]], colours[pair["bg"]]) >= pair["min"], pair


def test_none_is_not_lost_by_void_calls(qapp: QApplication) -> None:
    # PySide6 6.12.0 on Python 3.11 drops a reference to None on each and aborts.
    for _ in range(100_000):
        qapp.processEvents()
    assert qapp is not None
