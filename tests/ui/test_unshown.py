"""Where a refuge is, and who asked to stay unknown, stand on no screen but where they are put
right."""

from dataclasses import replace

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget

from tests.ui import test_signoff
from tests.ui.test_signoff import room as signing  # noqa: F401 - a fixture comes by import
from tests.ui.triage_room import Room
from tests.workflow.conftest import front  # noqa: F401 - the same
from tests.workflow.test_masked import REFUGE, WHO, of_refuge
from triage.domain.contact import Contact
from triage.domain.fact import NOT_SAID
from ui.signoff.pages import PAGE_NAMES

_ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.ToolTipRole,
)


def told(screen: QWidget) -> str:
    """All that a screen says, to eyes and to readers."""
    said: list[str] = []
    for widget in (screen, *screen.findChildren(QWidget)):
        said.append(widget.toolTip())
        if interface := QAccessible.queryAccessibleInterface(widget):
            said += [interface.text(kind) for kind in QAccessible.Text]
        said.append(str(widget.property("text") or ""))
    for model in screen.findChildren(QAbstractItemModel):
        for row in range(model.rowCount(QModelIndex())):
            across = (
                1 if isinstance(model, QAbstractListModel) else model.columnCount(QModelIndex())
            )
            for column in range(across):
                said += [str(model.index(row, column).data(role) or "") for role in _ROLES]
    return "\n".join(said)


def seen(screen: QWidget) -> list[str]:
    words = told(screen)
    assert "Maya" in words  # it does say what is shown
    return [w for w in (*REFUGE, *WHO) if w in words]


def untold() -> Contact:
    """Of no agency, so that a screen would say the name."""
    contact = of_refuge()
    unknown = replace(contact.content.referrer, agency=NOT_SAID, role=NOT_SAID)
    return replace(contact, content=replace(contact.content, referrer=unknown))


def test_triage_shows_neither(room: Room) -> None:
    contact = room.bring(untold())
    room.show()
    room.open(contact)
    assert seen(room.screen) == []
    assert "asked to stay unknown" in told(room.screen)


def test_sign_off_shows_neither(signing: test_signoff.Room) -> None:  # noqa: F811
    version = signing.front.proposed(signing.front.looked_up(untold()))
    signing.begin()
    signing.read(version)
    reading = signing.screen.reading
    for page in PAGE_NAMES:
        reading.tabs.set_value(page)
        assert seen(signing.screen) == [], page
    assert "Asked to stay unknown" in told(signing.screen)
