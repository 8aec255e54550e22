"""The practice council's directory over real HTTPS: what it says wrong is survived and told."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests import factory
from triage.domain.service import DirectorySource
from triage.partners.directory import DirectoryError, DirectoryLink
from triage.practice import directory
from triage.practice.directory import PracticeDirectory
from triage.practice.hub import PracticeHub
from triage.workflow import directories, services

TODAY = date(2026, 11, 24)
GUIDE = factory.profile().services


def practice_directory(folder: Path) -> PracticeDirectory:
    return PracticeDirectory(folder, GUIDE.sources[0], GUIDE)


def test_the_practice_directory_lies_and_its_good_services_are_taken(tmp_path: Path) -> None:
    listing = practice_directory(tmp_path / "directory").read(TODAY)
    assert (len(listing.services), listing.complete, listing.pages) == (62, True, 3)
    told = "\n".join(listing.reports)
    for words in ("it has no id", "it has no name", "31 rows and gave 66", "again", "no more"):
        assert words in told


def test_only_the_number_of_a_page_is_asked_of_a_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    answer = directory._Handler.do_GET

    def noting(handler: Any) -> None:
        asked.append(handler.path)
        answer(handler)

    monkeypatch.setattr(directory._Handler, "do_GET", noting)
    practice_directory(tmp_path / "directory").read(TODAY)
    assert asked == [f"/services?page={n}&per_page=100" for n in (1, 2, 3)]


def test_a_directory_that_answers_with_a_fault_is_told_by_its_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        directory._Handler, "do_GET", lambda handler: handler._answer(503, {"message": "Busy"})
    )
    with pytest.raises(DirectoryError, match="answered with code 503"):
        practice_directory(tmp_path / "directory").read(TODAY)


def test_a_directory_that_nobody_keeps_is_told_in_a_sentence() -> None:
    source = DirectorySource(id="gone", name="The county directory", url="https://127.0.0.1:9")
    with pytest.raises(DirectoryError, match="The county directory could not be reached"):
        DirectoryLink(source, GUIDE, within_s=5).read(datetime.now(UTC).date())


def test_a_practice_hub_has_its_directory_and_is_not_asked_again_the_same_day(
    practice: PracticeHub,
) -> None:
    desk = practice.hub.desk(practice.hub.workers()[0])
    (copied,) = directories.copies(desk)
    assert (copied.services, copied.fault) == (62, "")
    assert len(services.directory(desk)) == 62
    assert directories.copy_due(desk) == ()
