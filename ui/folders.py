"""Where a person's own files lie on this computer."""

from pathlib import Path

from PySide6.QtCore import QStandardPaths


def documents() -> Path:
    """The person's documents folder, or their home where there is none."""
    told = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(told) if told and Path(told).is_dir() else Path.home()
