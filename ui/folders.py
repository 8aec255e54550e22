"""Where a person's own files lie on this computer."""

from pathlib import Path

from PySide6.QtCore import QStandardPaths


def downloads() -> Path:
    """Where what was got lies: the downloads folder, or the documents where there is none."""
    told = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
    return Path(told) if told and Path(told).is_dir() else documents()


def documents() -> Path:
    """The person's documents folder, or their home where there is none."""
    told = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(told) if told and Path(told).is_dir() else Path.home()
