"""The hub owns its weights: fitted to its verdicts, adopted on a report, taken back again."""

import shutil
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from matching import Person, own_weights
from tests import factory
from tests.conftest import PRACTICE_NOW
from tests.workflow.conftest import Front
from tests.workflow.judged import judge, judge_many
from triage.domain.errors import ConflictError, NotAllowedError, NotReadyError
from triage.domain.lookup import VerdictKind
from triage.domain.worker import Role
from triage.partners.state import OWN
from triage.practice.hub import PracticeHub, open_practice
from triage.practice.people import WORKERS
from triage.storage import lookups, settings
from triage.workflow import weights
from triage.workflow.desk import Desk


def phone(text: str) -> float:
    return own_weights(text).bits("phone", "same").random


def used(desk: Desk) -> weights.OwnWeights:
    with desk.store.read() as tx:
        return weights.in_use(tx)


@pytest.fixture
def judged(front: Front) -> Front:
    with front.store.write() as tx:
        judge_many(tx)
    return front


def test_report_says_what_moves_and_nothing_changes_by_it(judged: Front) -> None:
    made = weights.refit(judged.priya)
    assert made.better
    assert "160 verdicts were read: 80 “same”, 80 “not the same”." in made.report
    assert "| phone, same | 80 | 80 | +12.43 |" in made.report
    assert "C-25-00001/c1 and health record H-1 | Likely | Possible | the same |" in made.report
    assert used(judged.priya) == weights.OwnWeights()
    assert judged.kinds()[-1] == "matching.refitted"


def test_weights_are_adopted_on_the_reports_hash_alone_and_can_be_taken_back(
    judged: Front,
) -> None:
    made = weights.refit(judged.priya)
    with pytest.raises(NotReadyError, match="not the hash of the last report"):
        weights.adopt(judged.priya, "0" * 64)
    adopted = weights.adopt(judged.priya, made.report_hash)
    assert (adopted.version, adopted.by) == ("2026.1+hub.1", "pnandra")
    assert phone(adopted.text) < phone("") - 1.0
    again = weights.refit(judged.priya)
    second = weights.adopt(judged.priya, again.report_hash) if again.better else None
    if second is not None:
        assert weights.take_back(judged.priya) == adopted
    assert weights.take_back(judged.priya) == weights.OwnWeights()
    assert used(judged.priya).text == ""
    with pytest.raises(NotReadyError, match="nothing to go back to"):
        weights.take_back(judged.priya)
    kinds = [k for k in judged.kinds() if k.startswith("matching.")]
    assert kinds[:2] == ["matching.refitted", "matching.adopted"]
    assert kinds[-1] == "matching.taken_back"


def test_a_report_on_weights_that_are_no_longer_in_use_adopts_nothing(judged: Front) -> None:
    made = weights.refit(judged.priya)
    weights.adopt(judged.priya, made.report_hash)
    with pytest.raises(ConflictError, match="have changed since that report"):
        weights.adopt(judged.ola, made.report_hash)


def test_a_report_that_finds_nothing_better_adopts_nothing(front: Front) -> None:
    with front.store.write() as tx:
        for n in range(1, 271):
            judge(tx, n, VerdictKind.NOT_SAME if n % 9 == 0 else VerdictKind.SAME)
    made = weights.refit(front.priya)
    assert not made.better
    assert "so nothing is proposed" in made.report
    with pytest.raises(NotReadyError, match="proposes nothing"):
        weights.adopt(front.priya, made.report_hash)


def test_too_few_verdicts_are_said_to_be_too_few(front: Front) -> None:
    with front.store.write() as tx:
        judge_many(tx, count=50)
    with pytest.raises(NotReadyError, match="it takes 30 of each"):
        weights.refit(front.priya)
    with pytest.raises(NotReadyError, match="There is no report yet"):
        weights.proposed(front.priya)


def test_restricted_contacts_and_records_are_neither_named_nor_read(judged: Front) -> None:
    with judged.store.write() as tx:
        judge(tx, 901, VerdictKind.SAME, restricted_contact=True)
        judge(tx, 902, VerdictKind.SAME, restricted_record=True)
        judge(tx, 903, VerdictKind.UNSURE)
        judge(tx, 904, VerdictKind.SAME, kept=False)
        taken_back = judge(tx, 905, VerdictKind.SAME)
        lookups.undo_verdict(tx, taken_back.id, by="rosei", at=factory.NOW, why="Slip.")
    report = weights.refit(judged.priya).report
    assert "160 verdicts were read" in report
    assert "1 more kept no account" in report
    assert "C-25-009" not in report
    assert "H-90" not in report


def test_who_may_not_read_contacts_is_told_how_many_and_not_which(judged: Front) -> None:
    administrator = replace(factory.PRIYA, role=Role.ADMINISTRATOR)
    report = weights.refit(judged.desk.as_worker(administrator)).report
    assert "160 pairs would change band." in report
    assert "C-25-" not in report


def test_a_contact_officer_may_not_change_how_records_are_matched(judged: Front) -> None:
    for act in (weights.refit, weights.proposed, weights.take_back):
        with pytest.raises(NotAllowedError):
            act(judged.ruth)
    with pytest.raises(NotAllowedError):
        weights.adopt(judged.ruth, "0" * 64)


def test_the_next_look_up_weighs_by_what_was_adopted_and_by_what_it_was_taken_back_to(
    judged: Front,
) -> None:
    asked = Person(id="?", given="Maya", family="Rowe", phone="07700 900123")
    own = factory.record("C-26-00001/c1", OWN)
    judged.people.learn(replace(own, fields={**own.fields, "phone": "07700 900123"}))

    def weighed() -> float:
        (found,) = judged.people.search(asked, OWN)
        return next(e.weight for e in found.evidence if e.field == "phone")

    made = weights.refit(judged.priya)
    weights.adopt(judged.priya, made.report_hash)
    assert weighed() == pytest.approx(phone(""))
    weights.follow(judged.ruth)
    assert weighed() == pytest.approx(phone(made.text))
    assert judged.people.weights == made.text
    weights.take_back(judged.priya)
    weights.follow(judged.ruth)
    assert weighed() == pytest.approx(phone(""))


def test_a_hub_opened_anew_uses_what_was_adopted_and_says_where_it_cannot(
    practice_made: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "practice"
    shutil.copytree(practice_made, folder)
    leader = next(w for w, _ in WORKERS if w.role is Role.TEAM_LEADER)

    def opened() -> PracticeHub:
        return open_practice(folder, now=lambda: PRACTICE_NOW, new_id=uuid4, population=60)

    first = opened()
    desk = first.hub.desk(leader)
    with desk.store.write() as tx:
        judge_many(tx)
    made = weights.refit(desk)
    weights.adopt(desk, made.report_hash)
    first.close()
    second = opened()
    assert second.hub.people.weights == made.text
    with second.hub.store.write() as tx:
        held = settings.get(tx, "matching.weights")
        held["entries"][0]["text"] = made.text.replace('"dob"', '"born"')
        settings.put(tx, "matching.weights", held)
    second.close()
    third = opened()
    assert third.hub.people.weights == ""
    assert any("matched with the shipped weights" in fault for fault in third.hub.faults)
    third.close()
