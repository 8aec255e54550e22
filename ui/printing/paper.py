"""The way to paper: which printers there are, and sending one the pack. In a job's thread only.

Where the system takes a PDF (`lp`), the signed file itself is sent; elsewhere its pages are
painted at 300 dots to the inch.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from PySide6.QtCore import QMarginsF
from PySide6.QtGui import QPageLayout, QPageSize, QPainter

from triage.domain.errors import FanlightError
from ui.printing.sheets import raster

_SECONDS = 20
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


class PrintError(FanlightError):
    """The printer did not take the pack; the sentence says what is safe."""


def printers() -> tuple[str, ...]:
    """The names of the printers of this computer, the usual one first."""
    if shutil.which("lpstat"):
        return _cups_printers()
    from PySide6.QtPrintSupport import QPrinterInfo

    usual = QPrinterInfo.defaultPrinterName()
    names = sorted(QPrinterInfo.availablePrinterNames(), key=lambda name: name != usual)
    return tuple(names)


def _cups_printers() -> tuple[str, ...]:
    try:
        listed = subprocess.run(
            ["lpstat", "-e"], capture_output=True, text=True, timeout=_SECONDS, check=False
        )
        usual = subprocess.run(
            ["lpstat", "-d"], capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    default = usual.stdout.rpartition(":")[2].strip()
    return tuple(sorted(listed.stdout.split(), key=lambda name: name != default))


def send_to_printer(pdf: bytes, printer: str, title: str) -> None:
    """Print the pack. Raises PrintError, in a sentence, when the printer does not take it."""
    if shutil.which("lp"):
        _send_file(pdf, printer, title)
    else:
        _paint_pages(pdf, printer, title)


def _send_file(pdf: bytes, printer: str, title: str) -> None:
    """Through a pipe: no file of it is left on the disk, whatever becomes of this program."""
    try:
        sent = subprocess.run(
            ["lp", "-d", printer, "-t", title],
            input=pdf,
            capture_output=True,
            timeout=_SECONDS * 3,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise PrintError(_NOT_TAKEN.format(printer)) from fault
    if sent.returncode != 0:
        raise PrintError(_NOT_TAKEN.format(printer))


_NOT_TAKEN = (
    "The printer {} did not take the pack. It is recorded as issued; print it again, or save it "
    "as a file."
)


def _paint_pages(pdf: bytes, printer: str, title: str) -> None:
    from PySide6.QtPrintSupport import QPrinter

    device = QPrinter(QPrinter.PrinterMode.HighResolution)
    device.setPrinterName(printer)
    device.setDocName(title)
    device.setResolution(300)
    device.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            QPageLayout.Orientation.Portrait,
            QMarginsF(0, 0, 0, 0),
        )
    )
    device.setFullPage(True)
    painter = QPainter()
    if not painter.begin(device):
        raise PrintError(_NOT_TAKEN.format(printer))
    try:
        for number, image in enumerate(raster(pdf)):
            if number and not device.newPage():
                raise PrintError(_NOT_TAKEN.format(printer))
            painter.drawImage(painter.viewport(), image)
    finally:
        painter.end()


def write_file(pdf: bytes, path: Path) -> None:
    """Write the pack whole or not at all, for its owner only: who else may read it is decided by
    whoever puts it elsewhere. Raises PrintError when it can't be written there."""
    part = path.with_name(f".{token_hex(8)}.part")
    try:
        # Never through a link that somebody else has put there.
        with os.fdopen(os.open(part, _NEW, 0o600), "wb") as file:
            file.write(pdf)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as fault:
        with suppress(OSError):
            part.unlink()
        raise PrintError(
            "The file could not be written there. The copy is recorded as issued; save it again "
            "in another folder."
        ) from fault
