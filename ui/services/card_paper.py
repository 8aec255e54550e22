"""The card of a service on paper or as a file, for a family to take home. It names nobody."""

from __future__ import annotations

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

from ui.folders import downloads
from ui.jobs import Jobs
from ui.printing import paper
from ui.shell.dialogs import AskBox
from ui.theme import theme
from ui.widgets.choice import Choice
from ui.widgets.text import Text

_POINTS, _HEAD_POINTS = 12, 18


def card_pdf(title: str, words: str) -> bytes:
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

    def __init__(
        self,
        parent: QWidget,
        name: str,
        printers: tuple[str, ...],
        words: str = "The card of the service. It names nobody of the family.",
    ) -> None:
        super().__init__(parent, "printer", f"Print {name}", words, 460)
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


class CardPaper(QObject):
    """Puts a card on paper, or into a file. `said` has words for the person."""

    said = Signal(str)

    def __init__(self, screen: QWidget, jobs: Jobs) -> None:
        super().__init__(screen)
        self._screen, self._jobs = screen, jobs
        self.box: PaperBox | None = None

    def ask(self, name: str, words: str) -> None:
        """Ask which printer, then print; or save it where the person says."""
        pdf = card_pdf(name, words)
        self._jobs.run(
            paper.printers,
            lambda found: self._open(name, pdf, found),
            lambda _: self._open(name, pdf, ()),
            owner=self,
        )

    def _open(self, name: str, pdf: bytes, printers: tuple[str, ...]) -> None:
        box = self.box = PaperBox(self._screen, name, printers)
        box.printed.connect(lambda printer: self._print(name, pdf, printer))
        box.saved.connect(lambda: self._where(name, pdf))
        box.open()

    def _print(self, name: str, pdf: bytes, printer: str) -> None:
        done = f"The card of {name} is with the printer {printer}."
        not_done = f"The printer {printer} did not take the card. Print it again, or save it."
        self._jobs.run(
            lambda: paper.send_to_printer(pdf, printer, "Service card"),
            lambda _: self.said.emit(done),
            lambda _: self.said.emit(not_done),
            owner=self,
        )

    def _where(self, name: str, pdf: bytes) -> None:
        plain = "".join(c for c in name if c.isalnum() or c in " -'").strip()[:60] or "card"
        dialog = QFileDialog(self._screen, "Save the card", str(downloads() / f"{plain}.pdf"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("PDF (*.pdf)")
        dialog.setDefaultSuffix("pdf")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.save(pdf, Path(path)))
        dialog.open()

    def save(self, pdf: bytes, path: Path) -> None:
        """Write the file."""
        self._jobs.run(
            lambda: paper.write_file(pdf, path),
            lambda _: self.said.emit(f"The card is saved as {path.name}. It names nobody."),
            lambda _: self.said.emit(
                "The card could not be written there. Save it in another folder."
            ),
            owner=self,
        )
