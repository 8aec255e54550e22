"""The Qt application as Fanlight wants it: type, colours, style, and how faults are told."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QApplication

from ui.errors import install_handlers
from ui.style import install_style
from ui.sweep import Sweep
from ui.theme import install, theme

TURN_S = 0.0001
"""How long a job may go on before the window's thread gets its turn: Python's own 5 ms, waited
for at each of the many calls of a painting, add up to a window that stands still."""


def make_application(theme_name: str | None = None, text: int | None = None) -> QApplication:
    """The Qt application with Fanlight's type, colours and style."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(["fanlight"])
    app.setApplicationName("Fanlight")
    app.setApplicationDisplayName("Fanlight")
    install(app)
    install_style(app)
    if theme_name:
        theme().set_theme(theme_name)
    if text:
        theme().set_text_scale(text / 100)
    install_handlers(app)
    Sweep(app)
    sys.setswitchinterval(TURN_S)
    return app
