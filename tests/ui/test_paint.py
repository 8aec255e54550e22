"""Lines stay crisp at every screen density; icons are there, drawn once."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from ui import paint
from ui.icons import icon_pixmap
from ui.resources import resource
from ui.theme import Theme

UI = Path(__file__).resolve().parents[2] / "ui"
ASKED = re.compile(r"(?:paint\.icon\(painter, |IconLabel\(|icon=)\"([a-z0-9-]+)\"")
DENSITIES = (1.0, 1.25, 1.5, 2.0)


def canvas(density: float, side: int = 40) -> QImage:
    image = QImage(round(side * density), round(side * density), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(density)
    image.fill(QColor("white"))
    return image


@pytest.mark.parametrize("density", DENSITIES)
def test_a_hairline_is_whole_device_pixels_of_one_colour(look: Theme, density: float) -> None:
    for y in (3, 10, 10.4, 21):
        image = canvas(density)
        painter = QPainter(image)
        paint.hairline(painter, 0, y, 40, QColor("black"))
        painter.end()
        column = [image.pixelColor(5, row).name() for row in range(image.height())]
        inked = [c for c in column if c != QColor("white").name()]
        assert set(inked) == {QColor("black").name()}
        assert 1 <= len(inked) <= max(1, int(density))


@pytest.mark.parametrize("density", DENSITIES)
def test_a_box_has_crisp_straight_sides(look: Theme, density: float) -> None:
    image = canvas(density)
    painter = QPainter(image)
    paint.box(painter, QRectF(4, 4, 30, 30), edge=QColor("black"), radius=4)
    painter.end()
    row = image.height() // 2
    colours = {image.pixelColor(x, row).name() for x in range(image.width())}
    assert colours == {QColor("white").name(), QColor("black").name()}


def test_hatching_stays_inside_its_block(look: Theme) -> None:
    image = canvas(1.0)
    painter = QPainter(image)
    paint.hatch(painter, QRectF(10, 10, 20, 10), QColor("black"), QColor("yellow"))
    painter.end()
    outside = {
        image.pixelColor(x, y).name()
        for x in range(40)
        for y in range(40)
        if not (10 <= x < 30 and 10 <= y < 20)
    }
    assert outside == {QColor("white").name()}


def test_every_icon_asked_for_is_shipped_with_its_licence() -> None:
    shipped = {p.stem for p in resource("icons").glob("*.svg")}
    assert resource("icons", "LICENSE-lucide.txt").is_file()
    asked = set()
    for path in UI.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        asked |= set(
            re.findall(r"(?:paint\.icon\(painter, |IconLabel\(|icon=)\"([a-z0-9-]+)\"", source)
        )
    assert asked
    assert asked - shipped == set()


def test_an_unknown_icon_is_named(look: Theme) -> None:
    with pytest.raises(KeyError, match="no icon called unicorn"):
        icon_pixmap("unicorn", 16, QColor("black"))


def test_an_icon_is_drawn_once_for_each_density(look: Theme) -> None:
    first = icon_pixmap("check", 16, QColor("black"), 1.5)
    assert first.width() == 24
    assert first.cacheKey() == icon_pixmap("check", 16, QColor("black"), 1.5).cacheKey()
    assert first.cacheKey() != icon_pixmap("check", 16, QColor("black"), 1.0).cacheKey()
