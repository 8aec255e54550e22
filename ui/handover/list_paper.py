"""The handover on paper, or as a file: for a night in which the hub can't be reached."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from triage.workflow import handover
from triage.workflow.desk import Desk
from ui.errors import sentence
from ui.folders import documents
from ui.jobs import Jobs
from ui.printing import paper
from ui.services.card_paper import PaperBox, card_pdf

_WORDS = (
    "It names children. That it was printed is kept with each contact. Give it to who takes them "
    "on, and shred it when it is done."
)


class ListPaper(QObject):
    """Asks which printer, or for a file; `said` has words for the person."""

    said = Signal(str)

    def __init__(self, screen: QWidget, jobs: Jobs) -> None:
        super().__init__(screen)
        self._screen, self._jobs = screen, jobs
        self.box: PaperBox | None = None

    def ask(self, desk: Desk) -> None:
        """Ask where it goes."""
        self._jobs.run(
            paper.printers,
            lambda found: self._open(desk, found),
            lambda _: self._open(desk, ()),
            owner=self,
        )

    def _open(self, desk: Desk, printers: tuple[str, ...]) -> None:
        box = self.box = PaperBox(self._screen, "the handover", printers, _WORDS)
        box.printed.connect(lambda printer: self._print(desk, printer))
        box.saved.connect(lambda: self._where(desk))
        box.open()

    def _print(self, desk: Desk, printer: str) -> None:
        def made(pdf: bytes) -> None:
            self._jobs.run(
                lambda: paper.send_to_printer(pdf, printer, "Handover"),
                lambda _: self.said.emit(f"The handover is with the printer {printer}."),
                lambda _: self.said.emit(f"The printer {printer} did not take it. Print it again."),
                owner=self,
            )

        self._make(desk, made)

    def _where(self, desk: Desk) -> None:
        dialog = QFileDialog(self._screen, "Save the handover", str(documents() / "handover.pdf"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("PDF (*.pdf)")
        dialog.setDefaultSuffix("pdf")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.save(desk, Path(path)))
        dialog.open()

    def save(self, desk: Desk, path: Path) -> None:
        """Write the file."""

        def made(pdf: bytes) -> None:
            self._jobs.run(
                lambda: paper.write_file(pdf, path),
                lambda _: self.said.emit(f"The handover is saved as {path.name}."),
                lambda _: self.said.emit("It could not be written there. Choose another folder."),
                owner=self,
            )

        self._make(desk, made)

    def _make(self, desk: Desk, made: Callable[[bytes], None]) -> None:
        def written(words: str) -> None:
            made(card_pdf(f"Handover of {desk.worker.name}", words))

        self._jobs.run(
            lambda: handover.print_list(desk),
            written,
            lambda fault: self.said.emit(sentence(fault)),
            owner=self,
            lane="store",
        )
