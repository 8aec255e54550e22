"""The middle pane once a request went: how it stands, what came back, and what can be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from triage.domain.profile import Profile
from triage.domain.request import (
    AWAITED,
    AnswerItem,
    InfoRequest,
    PartnerAnswer,
    RequestState,
    Standing,
    Via,
)
from triage.domain.spelling import counted, spell_moment
from triage.workflow.naming import local
from triage.workflow.request_open import Opened
from ui.theme import theme
from ui.widgets.banner import Banner, BannerStrip
from ui.widgets.buttons import Button
from ui.widgets.pane import Body, Pane, Rule, Scroll, Surface
from ui.widgets.text import IconText, Paragraph, Text

_LOOKS = {
    Standing.KNOWN: ("circle-check", "okText", "Told"),
    Standing.NOT_KNOWN: ("circle-question-mark", "text2", "Not known to them"),
    Standing.NIL: ("circle-minus", "text2", "They looked and hold nothing"),
    Standing.REFUSED: ("ban", "dangerText", "Refused"),
    Standing.BLANK: ("circle-dashed", "warnText", "Not answered"),
    Standing.OWN_WORDS: ("message-square", "warnText", "In their own words: for you to read"),
}
"""Icon, ink and words of each standing: nothing held, not known and no answer never look alike."""

_SHORTER = (
    ("Record an answer…", "Ctrl Enter", True),
    ("Record an answer…", "", True),
    ("Answer…", "", True),
    ("Answer…", "", False),
)
"""The main act's words and key, and whether all acts have icons, in less and less room."""
_BANNERS = {
    RequestState.NOT_SENT: ("danger", "This was not sent."),
    RequestState.REFUSED: ("warning", "They refuse to share this."),
    RequestState.PART: ("info", "Part of it is answered."),
}


KEPT_HERE = "Kept on this computer, and not at the hub yet"


class StandingPane(Pane):
    """Tells what is asked for: `chase_asked`, `rang_asked`, `spoken_asked`, `again_asked`,
    `withdraw_asked`, `cite_asked` (answer id, number or None), `read_asked` (answer id),
    `another_asked`."""

    chase_asked = Signal()
    rang_asked = Signal()
    spoken_asked = Signal()
    again_asked = Signal()
    withdraw_asked = Signal()
    another_asked = Signal()
    cite_asked = Signal(object, object)
    read_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Request", "", parent=parent)
        self._body = Body(gap=10)
        strip = BannerStrip()
        self.banner = strip.banner
        self.body.addWidget(strip)
        self.body.addWidget(Scroll(self._body, "How the request stands"), 1)
        self.another = Button("Ask another partner the same", "copy")
        self.withdraw = Button("Withdraw…", "x", "link")
        self.again = Button("Send again", "send")
        self.rang = Button("Rang…", "phone")
        self.chase = Button("Remind now", "bell")
        self.spoken = Button("Record an answer…", "pencil", "primary", "Ctrl Enter")
        self.spoken.setAccessibleName("Record an answer…")
        self.foot.addWidget(self.another)
        self.foot.addStretch(1)
        for button, signal in (
            (self.withdraw, self.withdraw_asked),
            (self.again, self.again_asked),
            (self.rang, self.rang_asked),
            (self.chase, self.chase_asked),
            (self.spoken, self.spoken_asked),
        ):
            self.foot.addWidget(button)
            button.clicked.connect(signal)
            button.hide()  # until a request says which of them can be done
        self._icons = (
            (self.another, "copy"),
            (self.withdraw, "x"),
            (self.again, "send"),
            (self.rang, "phone"),
            (self.chase, "bell"),
            (self.spoken, "pencil"),
        )
        self.another.clicked.connect(self.another_asked)
        self.cites: list[Button] = []
        self._may_cite = self._may_sort = False
        self._kept: tuple[str, ...] = ()
        self._shown: tuple[Opened, Profile] | None = None
        theme().changed.connect(self._fit)  # once its parts have their sizes

    def landing(self) -> QWidget:
        """What is likeliest to be done."""
        return self.cites[0] if self.cites else self.spoken

    def set_wide(self, wide: bool) -> None:
        """Say less on the buttons where there is less room."""
        self.another.set_text("Ask another partner the same" if wide else "Ask another")
        self.another.setAccessibleName("Ask another partner the same")
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or less room for the acts."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Say less on the acts, until all of them are whole."""
        for words, key, marked in _SHORTER:
            self.spoken.set_text(words)
            self.spoken.set_key(key)
            for act, icon in self._icons:
                act.set_icon(icon if marked else None)
            if self.foot.minimumSize().width() <= self.width():
                return

    def offer(self, *, cites: bool, sorts: bool) -> None:
        """Whether who sits here may cite an answer, and say that one is read."""
        self._may_cite, self._may_sort = cites, sorts

    def show_kept(self, pieces: Sequence[str]) -> None:
        """What was typed of the request and is on this computer only."""
        before, self._kept = self._kept, tuple(pieces)
        if self._shown is not None and before != self._kept:
            self._fill(*self._shown)

    def say_title(self, opened: Opened) -> None:
        """How it stands, as its time runs on."""
        title = f"{opened.row.agency_name}: {opened.row.words}"
        self.set_title(title, opened.request.reference)

    def show_request(self, opened: Opened, profile: Profile) -> None:
        """Show how it stands, from what is known now."""
        request = opened.request
        self.say_title(opened)
        kind, words = _BANNERS.get(request.state, ("", ""))
        if kind:
            self.banner.show_words(words, request.words, kind)  # type: ignore[arg-type]  # of those
        else:
            self.banner.setVisible(False)
        awaited = request.state in AWAITED
        by_hand = request.state is RequestState.WAITING and request.via is Via.HAND
        failed = request.state is RequestState.NOT_SENT
        self.chase.setVisible(awaited)
        self.rang.setVisible(by_hand or failed or (awaited and request.via is Via.HAND))
        self.again.setVisible(failed)
        self.withdraw.setVisible(awaited or by_hand or failed)
        self.spoken.setVisible(request.state is not RequestState.WITHDRAWN)
        self._fit()
        self._fill(opened, profile)

    def _fill(self, opened: Opened, profile: Profile) -> None:
        self._shown = opened, profile
        self.cites = []
        column = self._body.column
        while column.count():
            item = column.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if self._kept:
            column.addWidget(_kept_here(self._kept))
        for icon, words in _history(opened, profile):
            column.addWidget(IconText(icon, words, "label"))
        if opened.answers:
            column.addWidget(Rule())
        for answer in opened.answers:
            column.addWidget(self._answer(answer, profile))
        if not opened.answers and opened.request.state in AWAITED:
            column.addWidget(
                Paragraph(
                    "Nothing has come back yet. Silence is not “nothing held”: the decision says "
                    "who had not answered.",
                    "body",
                    "text2",
                )
            )
        column.addStretch(1)

    def _answer(self, answer: PartnerAnswer, profile: Profile) -> QWidget:
        t = theme()
        card = Surface("surface", "borderSubtle")
        column = QVBoxLayout(card)
        column.setContentsMargins(t.px(14), t.px(10), t.px(14), t.px(12))
        column.setSpacing(t.px(8))
        when = spell_moment(local(profile, answer.received_at))
        by = answer.answered_by or answer.sender or "Who answered is not known"
        head = QHBoxLayout()
        head.addWidget(Text(by, "body", weight=600, elide=True), 1)
        head.addWidget(Text(f"{when} · {_way(answer)}", "small", "text2"))
        column.addLayout(head)
        if answer.doubt and not answer.by:
            doubt = Banner("warning")
            doubt.show_words("Look before you rely on it.", answer.doubt)
            column.addWidget(doubt)
        for item in answer.items:
            column.addWidget(self._item(answer, item))
        if answer.attachments:
            names = ", ".join(answer.attachments)
            column.addWidget(IconText("paperclip", f"Came with it: {names}", "small"))
        column.addWidget(Paragraph(answer.limit, "small", "text2"))
        acts = QHBoxLayout()
        acts.addStretch(1)
        if self._may_sort and answer.to_read and not answer.by:
            acts.addWidget(self._act("I have read it", "eye", partial(self._read, answer)))
        if self._may_cite and sum(i.standing is not Standing.BLANK for i in answer.items) > 1:
            cite = self._act("Cite all of it", "quote", partial(self._cite, answer, None))
            acts.addWidget(cite)
        column.addLayout(acts)
        return card

    def _item(self, answer: PartnerAnswer, item: AnswerItem) -> QWidget:
        t = theme()
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(t.px(2))
        icon, ink, words = _LOOKS[item.standing]
        number = f"{item.number} " if item.number else ""
        column.addWidget(Text(f"{number}{item.question}", "label", "text2", wrap=True))
        row = QHBoxLayout()
        row.setSpacing(t.px(8))
        mark = IconText(icon, words, "label", ink, weight=600)
        row.addWidget(mark, 1)
        if self._may_cite and item.standing is not Standing.BLANK:
            cite = self._act("Cite", "quote", partial(self._cite, answer, item.number))
            cite.setAccessibleName(f"Cite in the analysis: {item.question or 'this answer'}")
            self.cites.append(cite)
            row.addWidget(cite, 0, Qt.AlignmentFlag.AlignRight)
        column.addLayout(row)
        said = item.words.strip() or item.reason
        if said and item.standing is not Standing.NIL:
            column.addWidget(Paragraph(said, "narrative"))
        return box

    def _act(self, words: str, icon: str, act: Callable[[], None]) -> Button:
        button = Button(words, icon, dense=True)
        button.clicked.connect(act)
        return button

    def _cite(self, answer: PartnerAnswer, number: int | None) -> None:
        self.cite_asked.emit(answer.id, number)

    def _read(self, answer: PartnerAnswer) -> None:
        self.read_asked.emit(answer.id)


def _kept_here(pieces: Sequence[str]) -> QWidget:
    t = theme()
    card = Surface("surface", "borderSubtle")
    column = QVBoxLayout(card)
    column.setContentsMargins(t.px(14), t.px(10), t.px(14), t.px(12))
    column.setSpacing(t.px(8))
    column.addWidget(IconText("inbox", KEPT_HERE, "body", "warnText", weight=600))
    for piece in pieces:
        column.addWidget(Paragraph(piece, "narrative"))
    return card


def _way(answer: PartnerAnswer) -> str:
    return {Via.EMAIL: "by e-mail", Via.MESH: "by NHS MESH", Via.HAND: "by telephone"}[answer.via]


def _history(opened: Opened, profile: Profile) -> list[tuple[str, str]]:
    """What happened to the request so far, each with an icon."""
    request: InfoRequest = opened.request

    def at(moment: object) -> str:
        return spell_moment(local(profile, moment))  # type: ignore[arg-type]  # a datetime

    told = []
    if request.sent_at:
        told.append(("send", f"Asked {at(request.sent_at)}, {opened.preview.way[:1].lower()}"
                     f"{opened.preview.way[1:]}"))  # fmt: skip
    elif request.words:
        told.append(("hourglass", request.words))
    if request.due_at:
        told.append(("timer", f"Reply wanted by {at(request.due_at)}"))
    if request.chased:
        times = counted(len(request.chased), "reminder")
        told.append(("bell", f"{times}, the last {at(request.chased[-1])}"))
    if request.state is RequestState.SEEN and request.words:
        told.append(("mail-open", request.words))
    if request.answered_at:
        told.append(("circle-check", f"Answered {at(request.answered_at)}"))
    return told
