"""The journal of a desk at a hub, from its first start on."""

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests import factory
from tests.hub_here import PASSWORD, HubHere
from triage.storage.secrets import FileVault
from triage.workflow import unsent
from triage.workflow.hub import Hub, open_hub
from triage.workflow.hub_desk import PASSWORD as PASSWORD_NAME
from triage.workflow.places import HUB_FILE


@pytest.fixture
def folder(hub: HubHere, tmp_path: Path) -> Path:
    desk = tmp_path / "desk"
    desk.mkdir()
    said = {"url": hub.url, "worker": "rosei", "without_tls": True}
    (desk / HUB_FILE).write_text(json.dumps(said))
    FileVault(tmp_path / "vault").put(PASSWORD_NAME, PASSWORD.encode())
    return desk


@pytest.fixture
def opened(folder: Path) -> Iterator[list[Hub]]:
    hubs: list[Hub] = []
    yield hubs
    for hub in hubs:
        hub.close()


def start(folder: Path, opened: list[Hub]) -> Hub:
    hub = open_hub(
        folder,
        vault=FileVault(folder.parent / "vault"),
        profile_folder=factory.NORTHMERE,
        now=lambda: datetime.now(UTC),
        new_id=uuid.uuid4,
    )
    opened.append(hub)
    return hub


def test_words_kept_when_the_program_ended_are_sent_by_the_next(
    hub: HubHere, folder: Path, opened: list[Hub]
) -> None:
    contact = hub.front.bring(factory.contact())
    first = start(folder, opened)
    assert first.unsent is not None
    body = unsent.codec.dump(
        unsent._Answer,
        unsent._Answer(contact_id=contact.id, key="analysis", value="Before.", base_version=0),
    )
    first.unsent.journal.put(
        uuid.uuid4(), "_Answer", f"answer:{contact.id}:analysis", body, factory.NOW
    )
    first.close()
    opened.clear()
    again = start(folder, opened)
    desk = again.desk(factory.RUTH)
    assert unsent.standing(desk).waiting == 1
    ((_, saved),) = unsent.send(desk, again=True).saved
    assert saved.value == "Before."
    assert unsent.standing(desk).waiting == 0


def test_journal_whose_key_is_gone_is_left_as_it_is_and_the_desk_says_so_and_works(
    folder: Path, opened: list[Hub]
) -> None:
    start(folder, opened).close()
    opened.clear()
    before = (folder / "unsent-rosei.db").read_bytes()
    FileVault(folder.parent / "vault").delete("unsent-key")
    again = start(folder, opened)
    assert again.unsent is None
    assert any("unsent-rosei.db" in fault and "tell IT" in fault for fault in again.faults)
    assert (folder / "unsent-rosei.db").read_bytes() == before
    assert again.workers() != ()


def test_what_one_person_typed_is_never_sent_as_anothers_who_joined_here_since(
    hub: HubHere, folder: Path, opened: list[Hub]
) -> None:
    contact = hub.front.bring(factory.contact())
    first = start(folder, opened)
    assert first.unsent is not None
    body = unsent.codec.dump(
        unsent._Answer,
        unsent._Answer(contact_id=contact.id, key="analysis", value="Ruth's.", base_version=0),
    )
    first.unsent.journal.put(
        uuid.uuid4(), "_Answer", f"answer:{contact.id}:analysis", body, factory.NOW
    )
    first.close()
    opened.clear()
    said = json.loads((folder / HUB_FILE).read_text())
    for worker, waiting in ((factory.SANA, 0), (factory.RUTH, 1)):
        (folder / HUB_FILE).write_text(json.dumps({**said, "worker": worker.id}))
        desk = start(folder, opened).desk(worker)
        assert unsent.standing(desk).waiting == waiting
    ((_, saved),) = unsent.send(desk, again=True).saved
    assert saved.by == "rosei"
