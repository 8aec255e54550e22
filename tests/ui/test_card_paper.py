"""The card of a service on paper: its words as they are, and nobody's name."""

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui.jobs import Jobs
from ui.printing import paper
from ui.printing.plain_paper import PlainPaper
from ui.services.screen import card_sheet

NAME = "Lantern children's group <b>"
WORDS = "For children who heard it.\n\nPhone: 01632 960 333\n" + "A line of it.\n" * 90


def _text(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    made = Jobs()
    yield made
    made.close()


@pytest.fixture
def screen(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_card_is_printed_as_its_plain_words_on_as_many_pages_as_it_needs(
    screen: QWidget, jobs: Jobs, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, bytes]] = []
    monkeypatch.setattr(paper, "printers", lambda: ("Front desk", "Upstairs"))
    monkeypatch.setattr(paper, "send_to_printer", lambda pdf, to, _title: sent.append((to, pdf)))
    said: list[str] = []
    card = PlainPaper(screen, jobs)
    card.said.connect(said.append)
    sheet, pdf = card_sheet(f"{NAME}\n{WORDS}")
    card.ask(sheet, lambda take: take(pdf))
    qtbot.waitUntil(lambda: card.box is not None and card.box.isVisible())
    assert card.box is not None
    assert sent == [], "nothing goes before a printer is chosen"
    qtbot.keyClick(card.box.printer, Qt.Key.Key_Down)
    qtbot.keyClick(card.box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(said))
    [(to, printed)] = sent
    assert to == "Upstairs"
    assert said == [f"The card of {NAME} is with the printer Upstairs."]
    text = _text(printed)
    assert NAME in text, "as plain text"
    assert text.count("A line of it.") == 90
    assert "01632 960 333" in text, "figures can be read out of it"


def test_where_there_is_no_printer_it_is_saved_and_a_folder_that_takes_nothing_is_said(
    screen: QWidget, jobs: Jobs, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(paper, "printers", lambda: ())
    said: list[str] = []
    card = PlainPaper(screen, jobs)
    card.said.connect(said.append)
    card.refused.connect(said.append)
    sheet, pdf = card_sheet(f"{NAME}\n{WORDS}")
    card.ask(sheet, lambda take: take(pdf))
    qtbot.waitUntil(lambda: card.box is not None and card.box.isVisible())
    assert card.box is not None
    assert card.box.banner.words.text() == "This computer knows no printer."
    card.save(tmp_path / "card.pdf")
    card.save(tmp_path / "gone" / "card.pdf")
    qtbot.waitUntil(lambda: len(said) == 2)
    assert (tmp_path / "card.pdf").read_bytes() == pdf
    assert any("could not be written there" in words for words in said)
    card.box.done(0)
