"""The tour's look at services: what the factors call for, and one added to the decision by keys."""

from __future__ import annotations

from collections.abc import Generator

from PySide6.QtWidgets import QAbstractItemView

from triage.workflow import services
from ui.tour_drive import Wait, find, focused, press, row_where, type_into
from ui.tour_stage import Stage, need

Steps = Generator[Wait, None, str]
WANTED = "Lantern children's group"


def service_added(stage: Stage) -> Steps:
    """Ctrl 4, Ctrl F, a word, F6 to the list, A: the decision names the service."""
    maya, screens = stage.found["maya"], stage.bench
    press(focused(), "Ctrl+4")
    yield Wait(lambda: screens.window.current() == "services", "Services to open")
    yield Wait(lambda: screens.services.list.model.rowCount() > 0, "the directory to be shown")
    yield stage.settled()
    family = yield from stage.run(lambda: services.look(stage.desk(), maya))
    factors = sorted({f for s in family.suggested for f in s.factors})
    need(family.suggested, "No service is suggested for the factors that were ticked.")
    press(focused(), "Ctrl+F")
    type_into(focused(), "lantern")
    yield Wait(
        lambda: screens.services.list.model.rowCount() == 1, "the list to hold what was typed"
    )
    yield stage.settled()
    view = find(stage.window, "Services that fit", QAbstractItemView)
    for _ in range(6):
        if focused() is view:
            break
        press(focused(), "F6")
    need(focused() is view, "F6 does not lead to the list of services.")
    need(row_where(view, WANTED) == view.currentIndex().row(), f"{WANTED} is not the row shown.")
    press(view, "A")
    yield Wait(
        lambda: services.look(stage.desk(), maya).chosen == (WANTED,), "the decision to name it"
    )
    yield stage.settled()
    return (
        f"{len(family.suggested)} services suggested for: {', '.join(factors)}. {WANTED} is in the "
        "decision; nobody was told."
    )


def back_to_the_decision(stage: Stage) -> Steps:
    """Ctrl 1 leads back, and the form shows the service."""
    press(focused(), "Ctrl+1")
    yield Wait(lambda: stage.bench.window.current() == "triage", "Triage to come back")
    pane = stage.bench.triage.decision
    yield Wait(
        lambda: (a := pane.answer("services")) is not None and a.value == (WANTED,),
        "the form to show the service",
    )
    yield stage.settled()
    return "The services part of the form holds it."
