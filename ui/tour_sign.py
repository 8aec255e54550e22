"""The tour's end: a second person returns it, then signs; the council has it; it is printed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QTextEdit,
    QWidget,
)

from triage.domain.decision import DecisionVersion, Delivery, OutboxState, VersionState
from triage.domain.pack import Removal
from triage.workflow import decide, export, pack, screen, sign
from ui.tour_arrive import waiting_list, walk_to
from ui.tour_decide import ANALYSIS, MORE
from ui.tour_drive import (
    NotTrueError,
    Wait,
    click,
    find,
    focused,
    in_front,
    is_there,
    name_of,
    press,
    row_where,
    type_into,
)
from ui.tour_stage import Stage, is_modal, modal, need

Steps = Generator[Wait, None, str]
COMMENT = "Say what the nights on the stairs mean for Maya."
HEALTH_NUMBER = "999 014 2114"
"""Maya's, as it stands in the pack until it is removed from a copy."""


def sit_down(stage: Stage, worker_id: str, name: str) -> Generator[Wait, None, None]:
    """Switch user as people do: by the name at the top right, the list, and the PIN."""
    window = stage.window
    before = stage.desk().worker
    click(find(window, before.name, QPushButton))
    yield Wait(lambda: isinstance(QApplication.activePopupWidget(), QMenu), "the person's menu")
    menu = QApplication.activePopupWidget()
    if not isinstance(menu, QMenu):
        raise NotTrueError("The person's menu closed by itself.")
    press(menu, "Down")
    at: QAction | None = menu.activeAction()
    need(at is not None and at.text() == "Switch user", "The menu does not begin with switching.")
    press(menu, "Return")
    yield Wait(lambda: is_modal("Who is at the desk"), "the question who is at the desk")
    box = modal("Who is at the desk")
    yield in_front(box)
    people = find(box, "Person", QComboBox)
    goal = people.findData(worker_id)
    press(people, "Home")
    while people.currentIndex() < goal:
        press(people, "Down")
    type_into(find(box, "PIN", QLineEdit), stage.pins[worker_id])
    press(focused(), "Return")
    yield Wait(lambda: stage.desk().worker.id == worker_id, f"{name} to sit down")
    yield in_front(window)
    yield stage.settled()


def priya_sits_down(stage: Stage) -> Steps:
    """The author may not sign; the team leader sits down with her own PIN."""
    version = stage.found["version"]
    refused = sign_refused(stage, version)
    need(refused, "The author could sign their own decision.")
    yield from sit_down(stage, "pnandra", "Priya Nandra")
    need(is_there(stage.window, "Priya Nandra", QPushButton), "Her name is not at the top.")
    return f"Ruth Osei may not sign: “{refused}” Priya Nandra sat down with her own PIN."


def sign_refused(stage: Stage, version: UUID) -> str:
    """Why the person at the desk may not sign that version; "" when they may."""
    try:
        sign.approve(stage.desk(), version, comment="", pin=stage.pins[stage.desk().worker.id])
    except Exception as refused:
        return str(refused)
    return ""


def leader_reads(stage: Stage) -> Steps:
    """Ctrl 2 and Enter open the decision in Sign-off, with its checks; nothing is chosen."""
    window, screen_ = stage.bench.window, stage.bench.sign_off
    press(focused(), "Ctrl+2")
    yield Wait(lambda: window.current() == "sign-off", "Sign-off to open")
    yield from _read(stage, "Maya")
    need(screen_.decision.verbs.value() is None, "Something was chosen before she chose.")
    checks = screen_.decision.subtitle.text()
    return f"She reads the decision; {checks}; none of the three answers is chosen for her."


def returned(stage: Stage) -> Steps:
    """Return, with a comment that is kept on the record."""
    pane = stage.bench.sign_off.decision
    click(find(pane, "Return to Ruth Osei", QPushButton))
    type_into(find(pane, "Management comment", QTextEdit), COMMENT)
    press(focused(), "Ctrl+Return")
    yield Wait(lambda: _version(stage).state is VersionState.RETURNED, "the decision to go back")
    yield stage.settled()
    need(_version(stage).comment == COMMENT, "The comment is not on the record.")
    return f"Returned to Ruth Osei: “{COMMENT}”"


def changed_and_resent(stage: Stage) -> Steps:
    """Ruth sits down again, sees the comment, adds to the analysis and sends it anew."""
    yield from sit_down(stage, "rosei", "Ruth Osei")
    window, triage = stage.bench.window, stage.bench.triage
    press(focused(), "Ctrl+1")
    yield Wait(lambda: window.current() == "triage", "Triage to open")
    model = triage.queue.model
    maya = stage.found["maya"]
    yield Wait(lambda: model.index_of(maya).isValid(), "the contact to be in the queue again")
    view = waiting_list(window)
    walk_to(view, model.index_of(maya).row())
    press(view, "Return")
    yield Wait(lambda: "Maya" in triage.header.name.text(), "the contact to open")
    yield stage.settled()
    yield Wait(lambda: _says(triage.decision_host, COMMENT), "the leader's comment on the form")
    need(triage.decision.reveal("analysis"), "The form does not ask for an analysis.")
    press(focused(), "Ctrl+End")
    type_into(focused(), MORE)
    press(focused(), "Ctrl+S")
    yield Wait(lambda: _analysis(stage) == ANALYSIS + MORE, "the longer analysis to be kept")
    yield stage.settled()
    press(focused(), "Ctrl+Return")
    yield Wait(lambda: len(_sent(stage)) == 2, "the second version to be sent")
    stage.found["version"] = _sent(stage)[-1].id
    return "Ruth read the comment, added to the analysis and sent version 2."


def what_changed(stage: Stage) -> Steps:
    """Priya sees what changed since she returned it, and only that."""
    yield from sit_down(stage, "pnandra", "Priya Nandra")
    press(focused(), "Ctrl+2")
    window = stage.bench.window
    yield Wait(lambda: window.current() == "sign-off", "Sign-off to open")
    yield from _read(stage, "Maya")
    found = sign.look(stage.desk(), stage.found["version"])
    keys = [change.question for change in found.since_returned]
    need(keys == ["analysis"], f"What changed is {keys}, not the analysis alone.")
    yield Wait(
        lambda: _says(stage.bench.sign_off.reading, "listening on the stairs"),
        "the words that were added, on screen",
    )
    return "Only the analysis changed since she returned it; the added words are shown."


def signed(stage: Stage) -> Steps:
    """Approve and sign with her PIN; the council's answer is lost on the way back."""
    stage.council.lose()
    held = stage.council.held()
    stage.found["held"] = UUID(int=held)
    pane = stage.bench.sign_off.decision
    click(find(pane, "Approve:", QPushButton))
    type_into(find(pane, "Your PIN", QLineEdit), stage.pins["pnandra"])
    press(focused(), "Ctrl+Return")
    yield Wait(lambda: _version(stage).state is VersionState.SIGNED, "the decision to be signed")
    need(_version(stage).signer_name == "Priya Nandra", "It is not signed by her.")
    yield Wait(
        lambda: stage.council.held() == held + 1 or _delivery(stage).state is OutboxState.REJECTED,
        "the council to have it",
    )
    refused = _delivery(stage)
    need(refused.state is not OutboxState.REJECTED, f"The council refused it: {refused.words}")
    yield Wait(
        lambda: _delivery(stage).state in (OutboxState.UNKNOWN, OutboxState.ACCEPTED),
        "the lost answer to be noticed",
        seconds=40,
    )
    need(_delivery(stage).state is OutboxState.UNKNOWN, "A lost answer was taken for an answer.")
    yield Wait(lambda: "not known" in pane.way.words(), "the screen to say that it is not known")
    return "Signed by Priya Nandra. The council's answer was lost: the screen says it is not known."


def accepted(stage: Stage) -> Steps:
    """Asked again, the council says it has it: one case, and its number is on screen."""
    pane = stage.bench.sign_off.decision
    if is_there(pane, "Ask the council", QPushButton):
        click(find(pane, "Ask the council", QPushButton))
    yield Wait(
        lambda: _delivery(stage).state is OutboxState.ACCEPTED, "the council's answer", seconds=40
    )
    number = _delivery(stage).case_number
    need(number, "The council gave no case number.")
    yield Wait(lambda: number in pane.way.words(), "the case number on screen")
    held = stage.council.held() - stage.found["held"].int
    need(held == 1, f"The council holds {held} new cases, not one.")
    return f"Accepted over HTTPS: case {number}, one case at the council."


def signed_together(stage: Stage) -> Steps:
    """A green decision with all checks passed, opened and ticked, is signed in a batch."""
    list_ = stage.bench.sign_off.list
    yield from _read(stage, "Hallie")
    version = stage.bench.sign_off.current_version()
    if version is None:
        raise NotTrueError("No decision is open.")
    yield Wait(
        lambda: list_.model.may_tick(list_.model.row_of(version)), "the row to be ready to tick"
    )
    walk_to(list_.view, list_.model.row_of(version))
    press(list_.view, "Space")
    need(list_.model.ticked() == [version], "The row is not ticked.")
    click(find(list_, "Sign 1", QPushButton))
    type_into(find(list_, "Your PIN, for those ticked", QLineEdit), stage.pins["pnandra"])
    press(focused(), "Return")
    contact_id = sign.look(stage.desk(), version).contact.id

    def accepted_now() -> bool:
        sent = export.deliveries(stage.desk(), contact_id)
        return bool(sent) and sent[-1].state is OutboxState.ACCEPTED

    yield Wait(accepted_now, "the batch to be signed and accepted", seconds=40)
    yield stage.settled()
    sent = export.deliveries(stage.desk(), contact_id)[-1]
    return f"Signed in the batch, delivered at the first try: case {sent.case_number}."


def genuine(stage: Stage) -> Steps:
    """The signed document, checked by the command line with the hub's public keys only, and the
    council's receipt for it with the council's."""
    version = stage.found["version"]
    document = stage.directory / "decision.jws"
    document.write_bytes(export.document(stage.desk(), version))
    keys = stage.directory / "hub-keys.json"
    keys.write_text(json.dumps(stage.hub.signer.jwks()), encoding="utf-8")
    receipt, theirs = stage.directory / "receipt.jws", stage.directory / "council-keys.json"
    receipt.write_bytes(stage.council.receipt(version))
    theirs.write_text(json.dumps(stage.council.keys), encoding="utf-8")
    told = yield from stage.run(lambda: _verify(document, keys))
    need(told.returncode == 0, f"It is not genuine: {told.stderr.strip()}")
    need(told.stdout.startswith("Genuine"), f"Verifying said: {told.stdout.strip()}")
    received = yield from stage.run(lambda: _verify(receipt, theirs))
    need(f"received decision {version}" in received.stdout, f"The receipt: {received.stderr}")
    altered = stage.directory / "altered.jws"
    altered.write_bytes(_altered(document.read_bytes()))
    wrong = yield from stage.run(lambda: _verify(altered, keys))
    altered.unlink()
    need(wrong.returncode != 0, "An altered document was called genuine.")
    return told.stdout.strip()


def previewed(stage: Stage) -> Steps:
    """Ctrl P shows the pack as a recipient will see it; a health number is removed."""
    window, preview = stage.bench.window, stage.bench.printing
    yield from _read(stage, "Maya")
    press(focused(), "Ctrl+P")
    yield Wait(lambda: window.current() == "printing", "the print preview to open")
    yield Wait(lambda: preview.file is not None, "the pack to be drawn", seconds=60)
    yield stage.settled()
    file = preview.file
    if file is None:
        raise NotTrueError("No pack is shown.")
    need(HEALTH_NUMBER in _text(file.pdf), "The first copy does not hold her health number.")
    tick = find(preview, "Health numbers", QPushButton)
    need(not tick.isChecked(), "It is removed before anybody removed it.")
    tick.setFocus(Qt.FocusReason.TabFocusReason)
    press(tick, "Space")
    yield Wait(lambda: Removal.HEALTH_NUMBERS in preview.copy.removals, "the removal to be chosen")
    yield Wait(
        lambda: preview.file is not None and preview.file is not file, "the copy to be drawn anew"
    )
    yield stage.settled()
    return f"{file.pages} pages; on copy {preview.copy.number} the health number is taken out."


def pack_saved(stage: Stage) -> Steps:
    """Saved as a signed PDF: counted as out, and the removed words are not in the file."""
    preview = stage.bench.printing
    path = stage.directory / "pack.pdf"
    path.unlink(missing_ok=True)
    press(focused(), "Ctrl+S")
    yield Wait(lambda: bool(_file_boxes(preview)), "the box that asks where")
    box = _file_boxes(preview)[0]
    yield in_front(box)
    names = [line for line in box.findChildren(QLineEdit) if line.isVisible()]
    need(names, "The box has nowhere to write a name.")
    names[0].clear()
    type_into(names[0], str(path))
    press(names[0], "Return")
    yield Wait(path.exists, "the pack to be saved", seconds=60)
    yield stage.settled()
    data = path.read_bytes()
    need(data.startswith(b"%PDF") and b"/ByteRange" in data, "The PDF is not signed.")
    need(HEALTH_NUMBER not in _text(data), "The removed words are still in the file.")
    out = pack.copies_out(stage.desk(), stage.found["version"])
    need(len(out) == 1, f"{len(out)} copies are counted as out, not one.")
    yield in_front(stage.window)
    return f"Copy {out[0].copy.number} saved, signed, without the removed words, and counted."


def all_is_kept(stage: Stage) -> Steps:
    """At the end the contact is signed and closed to changes, and every step left its event."""
    view = screen.look_again(stage.desk(), stage.found["maya"])
    need(view.contact.state.value == "signed", f"The contact is {view.contact.state.value}.")
    need(view.read_only_why, "A signed contact can still be changed.")
    press(focused(), "Ctrl+1")
    yield Wait(lambda: stage.bench.window.current() == "triage", "Triage to open")
    yield stage.settled()
    return f"{view.contact.reference} is signed: {view.read_only_why}"


# ---- what several steps use ------------------------------------------------------


def _read(stage: Stage, says: str) -> Generator[Wait, None, None]:
    """Walk to a row of the sign-off list and open it."""
    screen_ = stage.bench.sign_off
    view = screen_.list.view

    def there() -> bool:
        try:
            return row_where(view, says) >= 0
        except NotTrueError:
            return False

    yield Wait(there, f"{says} in the sign-off list")
    yield stage.settled()
    row = row_where(view, says)
    walk_to(view, row)
    entry = screen_.list.model.row(row)
    press(view, "Return")
    yield Wait(
        lambda: entry is not None and screen_.current_version() == entry.version_id,
        "the decision to open",
    )
    yield stage.settled()


def _sent(stage: Stage) -> tuple[DecisionVersion, ...]:
    return decide.versions_sent(stage.desk(), stage.found["maya"])


def _version(stage: Stage) -> DecisionVersion:
    return next(v for v in _sent(stage) if v.id == stage.found["version"])


def _delivery(stage: Stage) -> Delivery:
    found = export.deliveries(stage.desk(), stage.found["maya"])
    if not found:
        raise NotTrueError("Nothing is on its way to the council.")
    return found[-1]


def _analysis(stage: Stage) -> object:
    return decide.decision_again(stage.desk(), stage.found["maya"]).value("analysis")


def _says(root: QWidget, words: str) -> bool:
    """Whether words stand on screen, or are told to a screen reader, in a part of the window."""
    labels = [label for label in root.findChildren(QLabel) if label.isVisible()]
    return any(words in label.text() or words in name_of(label) for label in labels)


def _file_boxes(root: QWidget) -> list[QFileDialog]:
    return [box for box in root.findChildren(QFileDialog) if box.isVisible()]


def _verify(document: Path, keys: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "triage.cli", "verify", str(document), "--keys", str(keys)],
        cwd=Path(__file__).resolve().parents[1],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _altered(document: bytes) -> bytes:
    """The same document with one letter of its payload exchanged."""
    held = json.loads(document)
    payload = held["payload"]
    at = len(payload) // 2
    other = "A" if payload[at] != "A" else "B"
    held["payload"] = payload[:at] + other + payload[at + 1 :]
    return json.dumps(held).encode()


def _text(pdf: bytes) -> str:
    import pypdfium2  # imported when first used: start-up time

    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()
