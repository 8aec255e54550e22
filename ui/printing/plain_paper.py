"""One paper to a printer or into a file: the box that asks where it goes, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QObject, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QPageSize,
    QPdfWriter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QFileDialog, QWidget

from ui.jobs import Jobs
from ui.printing import paper
from ui.shell.dialogs import AskBox
from ui.theme import theme
from ui.widgets.choice import Choice
from ui.widgets.text import Text

_POINTS, _HEAD_POINTS = 12, 18
Taken = Callable[[bytes], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A paper: what the box that asks about it is called and says, and what sentences call it;
    the printer's name for it, and the file suggested."""

    asked: str
    words: str
    called: str
    title: str
    file: Path


def plain_pdf(title: str, words: str) -> bytes:
    """A4, the title large and the words below, as plain text whatever they hold."""
    # Without the features of the screen's fonts: figures they exchange can't be read out of a PDF.
    font = QFont(theme().font("body").family(), _POINTS)
    document = QTextDocument()
    document.setDefaultFont(font)
    cursor = QTextCursor(document)
    head = QTextCharFormat()
    head.setFontPointSize(_HEAD_POINTS)
    head.setFontWeight(600)
    cursor.insertText(f"{title}\n\n", head)
    cursor.insertText(words, QTextCharFormat())
    held = QBuffer()
    held.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(held)
    writer.setTitle(title)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))  # the document has its own
    document.print_(writer)
    return bytes(held.data().data())


class PaperBox(AskBox):
    """Which printer, or a file. `printed` has the printer's name, `saved` tells that a file is
    wanted."""

    printed = Signal(str)
    saved = Signal()

    def __init__(self, parent: QWidget, sheet: Sheet, printers: tuple[str, ...]) -> None:
        super().__init__(parent, "printer", sheet.asked, sheet.words, 460)
        self.printer = Choice("Printer", [(p, p) for p in printers])
        self.printer.set_value(printers[0] if printers else None)
        self.body.addWidget(Text("Printer", "label", weight=600))
        self.body.addWidget(self.printer)
        self.printer.setEnabled(bool(printers))
        self.add_answer("cancel", "Cancel")
        save = self.add_answer("save", "Save as a file…", "secondary" if printers else "primary")
        if printers:
            self.add_answer("print", "Print", "primary", "Enter")
            self.printer.setFocus()
        else:
            self.refuse("This computer knows no printer.")
            save.setFocus()
        self.answered.connect(self._go)

    def _go(self, key: str) -> None:
        if not self.isVisible():
            return
        if key == "print":
            self.printed.emit(self.printer.value() or "")
        elif key == "save":
            self.saved.emit()
        self.done(0)


class PlainPaper(QObject):
    """Asks which printer, or for a file; `said` has words of what was done, `refused` of what was
    not."""

    said = Signal(str)
    refused = Signal(str)

    def __init__(self, screen: QWidget, jobs: Jobs) -> None:
        super().__init__(screen)
        self._screen, self._jobs = screen, jobs
        self.box: PaperBox | None = None

    def ask(self, sheet: Sheet, make: Callable[[Taken], None]) -> None:
        """Ask where it goes. `make` is called once that is known, and hands on the PDF."""
        self._sheet, self._make = sheet, make
        self._jobs.run(paper.printers, self._open, lambda _: self._open(()), owner=self)

    def _open(self, printers: tuple[str, ...]) -> None:
        box = self.box = PaperBox(self._screen, self._sheet, printers)
        box.printed.connect(self._print)
        box.saved.connect(self._where)
        box.open()

    def _print(self, printer: str) -> None:
        sheet = self._sheet
        self._go(
            lambda pdf: paper.send_to_printer(pdf, printer, sheet.title),
            f"{sheet.called} is with the printer {printer}.",
            f"The printer {printer} did not take it. Print it again, or save it.",
        )

    def _where(self) -> None:
        dialog = QFileDialog(self._screen, "Save as a file", str(self._sheet.file))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("PDF (*.pdf)")
        dialog.setDefaultSuffix("pdf")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.save(Path(path)))
        dialog.open()

    def save(self, path: Path) -> None:
        """Make what was asked about, and write the file."""
        self._go(
            lambda pdf: paper.write_file(pdf, path),
            f"{self._sheet.called} is saved as {path.name}.",
            "It could not be written there. Save it in another folder.",
        )

    def _go(self, send: Callable[[bytes], None], done: str, not_done: str) -> None:
        def made(pdf: bytes) -> None:
            self._jobs.run(
                lambda: send(pdf),
                lambda _: self.said.emit(done),
                lambda _: self.refused.emit(not_done),
                owner=self,
            )

        self._make(made)
