"""Markup in words from outside stays words: on labels, in tooltips and in lists."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QLabel, QWidget

from tests import factory
from tests.ui.triage_room import Room, maya
from triage.domain.fact import read
from triage.domain.lookup import PartnerRecord, Subject
from triage.workflow import match
from ui.compare.screen import CompareScreen

MARKUP = '<img src="file:///etc/hostname"><b>Ann</b><a href="http://127.0.0.1/">x</a>'


def rendered(over: QWidget) -> list[str]:
    """Where markup from outside would be drawn as markup."""
    found = [
        f"label {label.text()[:60]}"
        for label in over.findChildren(QLabel)
        if "<img" in label.text() and label.textFormat() is not Qt.TextFormat.PlainText
    ]
    for widget in (over, *over.findChildren(QWidget)):
        found += [f"tip of {widget}"] if "<img" in widget.toolTip() else []
    for view in over.findChildren(QAbstractItemView):
        model = view.model()
        for row in range(model.rowCount() if model is not None else 0):
            tip = model.index(row, 0).data(Qt.ItemDataRole.ToolTipRole)
            found += [f"tip in {view}"] if "<img" in str(tip or "") else []
    return found


def hostile_record() -> PartnerRecord:
    record = factory.record(school=MARKUP, address=MARKUP)
    [one, *_] = record.involvement
    return replace(record, involvement=(replace(one, words=MARKUP, source=MARKUP),))


def test_markup_from_referrers_and_partners_is_drawn_as_words_on_triage_and_compare(
    room: Room,
) -> None:
    child = factory.child(given="Maya", family=f"Rowe {MARKUP}", school=MARKUP)
    contact = maya()
    content = replace(
        contact.content,
        children=(child,),
        concern=read(MARKUP),
        referrer=replace(contact.content.referrer, name=read(MARKUP), agency=read(MARKUP)),
        address=replace(contact.content.address, line=read(MARKUP)),
        child_words=(read(MARKUP),),
        safe_contact=read(MARKUP),
    )
    room.people.hold(hostile_record())
    contact = room.bring(replace(contact, content=content, subject=MARKUP, assigned_to="rosei"))
    match.look_up(room.desk, contact.id)
    room.show()
    room.open(contact)
    assert "<img" in room.screen.queue.model.rows()[0].title
    for part in ("queue", "contact", "decision"):
        room.screen.arrangement.go_to(part)
        room.settled()
        assert rendered(room.window) == []
    compare = CompareScreen(room.holder, room.jobs)
    room.bot.addWidget(compare)
    compare.show()
    compare.show_subject(Subject(contact_id=contact.id, person="c1"))
    room.wait(lambda: compare.table.facts.rowCount() > 0)
    room.settled()
    assert rendered(compare) == []
