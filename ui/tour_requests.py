"""The tour's look at partners: one is asked by keys, and its answer comes back by real mail."""

from __future__ import annotations

from collections.abc import Generator

from PySide6.QtWidgets import QAbstractItemView, QComboBox

from triage.domain.request import InfoRequest, RequestState
from triage.workflow import request_board, request_open
from ui.tour_drive import Wait, find, focused, press, row_where
from ui.tour_stage import Stage, need

Steps = Generator[Wait, None, str]
AWAITED_S = 60
"""Seconds that an answer of a practice partner may take; the mailbox is read every ten."""


def partner_asked(stage: Stage) -> Steps:
    """Ctrl E brings what was not asked yet; what is missing is answered, Ctrl Enter sends it."""
    maya, requests = stage.found["maya"], stage.bench.requests
    press(focused(), "Ctrl+E")
    yield Wait(lambda: stage.bench.window.current() == "requests", "Requests to open")
    yield Wait(lambda: requests.focusWidget() is requests.draft.partner, "the first question")
    yield stage.settled()
    drafts = request_open.drafts_beside(stage.desk(), maya)
    need(drafts, "No draft was begun.")
    draft = requests.draft.request()
    need(draft is not None and draft.contact_id == maya, "The draft shown is about another.")
    assert draft is not None
    why_not = find(stage.window, "Why not?", QComboBox)  # the contact says that they were not told
    why_not.setFocus()
    press(why_not, "Down")
    yield stage.settled()
    press(focused(), "Ctrl+Return")
    yield Wait(lambda: _now(stage, draft).sent_at, "the request to be sent", seconds=AWAITED_S)
    sent = _now(stage, draft)
    need("Maya Rowe" in sent.sent_text, "The letter that went does not name Maya.")
    need("red mark" not in sent.sent_text, "The letter tells what was reported.")
    stage.found["request"] = sent.id
    yield stage.settled()
    names = ", ".join(p.name for p in sent.people)
    press(focused(), "Ctrl+1")
    yield Wait(lambda: stage.bench.window.current() == "triage", "Triage to come back")
    yield stage.settled()
    return f"{sent.reference} went to {sent.to} about {names}; nothing that was reported went."


def partner_answered(stage: Stage) -> Steps:
    """Ctrl 3: the answer found its request by itself, with what may be passed on."""
    request_id = stage.found["request"]
    yield Wait(
        lambda: request_open.look_again(stage.desk(), request_id).answers,
        "the partner to answer",
        seconds=AWAITED_S,
    )
    press(focused(), "Ctrl+3")
    yield Wait(lambda: stage.bench.window.current() == "requests", "Requests to open")
    yield stage.settled()
    opened = request_open.look_again(stage.desk(), request_id)
    view = find(stage.window, "Requests to partners", QAbstractItemView)
    goal = row_where(view, opened.row.words)
    view.setFocus()
    for _ in range(view.model().rowCount()):
        at = view.currentIndex().row()
        if at == goal:
            break
        press(view, "Down" if at < goal else "Up")
    yield stage.settled()
    shown = stage.bench.requests.standing
    yield Wait(shown.isVisible, "the answer to be shown")
    need(opened.request.state is RequestState.ANSWERED, "It is not taken for a whole answer.")
    open_ones = request_board.board(stage.desk()).open
    answer = opened.answers[0]
    return f"{opened.row.agency_name}: {opened.row.words}. {answer.limit} {open_ones} still open."


def _now(stage: Stage, request: InfoRequest) -> InfoRequest:
    return request_open.look_again(stage.desk(), request.id).request
