"""Changing places at a desk: a PIN each, a key each, and wrong ones counted."""

from dataclasses import replace

import pytest

from tests import factory
from tests.workflow.conftest import Front
from triage.domain.errors import NotAllowedError, NotReadyError
from triage.domain.worker import Role, Worker
from triage.workflow import people

NEW = Worker(id="nnew", name="Nia New", role=Role.CONTACT_OFFICER, job="Contact officer")


def test_switching_unlocks_one_key_and_locks_the_other(front: Front) -> None:
    desk = people.switch(front.ruth, "pnandra", "2222")
    assert desk.worker == factory.PRIYA
    assert desk.signer.held("pnandra").worker_id == "pnandra"
    with pytest.raises(NotAllowedError, match="Type your PIN"):
        desk.signer.held("rosei")
    [event] = front.events()
    assert (event.kind, event.by) == ("worker.signed_in", "pnandra")


def test_wrong_pin_is_recorded_and_five_ask_for_a_wait(front: Front) -> None:
    for _ in range(5):
        with pytest.raises(NotAllowedError, match="not your PIN"):
            people.switch(front.ruth, "pnandra", "0000")
    assert front.kinds() == ["worker.refused"] * 5
    with pytest.raises(NotAllowedError, match="Try again in"):
        people.switch(front.ruth, "pnandra", "2222")
    front.watch.move(minutes=2)
    assert people.switch(front.ruth, "pnandra", "2222").worker == factory.PRIYA


def test_only_those_who_look_after_people_enrol(front: Front) -> None:
    with pytest.raises(NotAllowedError):
        people.enrol(front.ruth, NEW, "7777")
    people.enrol(front.priya, NEW, "7777")
    assert "Nia New" in [w.name for w in people.workers(front.ruth)]
    assert people.switch(front.ruth, "nnew", "7777").worker == NEW


@pytest.mark.parametrize(
    "name", ["Ruth Osei", " ruth  OSEI", "Ｒｕｔｈ Osei", "Ruth\u200b O\u00adsei"]
)
def test_nobody_is_enrolled_twice_under_two_sign_in_names(front: Front, name: str) -> None:
    """Else the author of a decision could come back as somebody else and sign it."""
    again = Worker(id="rosei2", name=name, role=Role.TEAM_LEADER, job="Team leader")
    with pytest.raises(NotReadyError, match="enrolled already, as rosei"):
        people.enrol(front.priya, again, "7777")
    assert not front.desk.signer.enrolled("rosei2")
    people.enrol(front.priya, replace(factory.RUTH, role=Role.TEAM_LEADER), "7777")


def test_pin_that_is_too_short_enrols_nobody(front: Front) -> None:
    with pytest.raises(NotAllowedError, match="at least 4"):
        people.enrol(front.priya, NEW, "77")
    assert NEW not in people.workers(front.priya)


def test_changed_pin_is_the_one_that_counts(front: Front) -> None:
    people.change_pin(front.ruth, "1111", "8391")
    with pytest.raises(NotAllowedError):
        people.switch(front.desk, "rosei", "1111")
    assert people.switch(front.desk, "rosei", "8391").worker == factory.RUTH


def test_secrets_are_in_no_event(front: Front) -> None:
    people.enrol(front.priya, NEW, "7777")
    people.switch(front.ruth, "pnandra", "2222")
    people.change_pin(front.ruth, "1111", "8391")
    told = "".join(e.detail for e in front.events())
    assert not [pin for pin in ("7777", "2222", "1111", "8391") if f'"{pin}"' in told]


@pytest.mark.parametrize("strange", ["../x", "", "a b", "x" * 41, "Rosei", "é"])
def test_sign_in_name_that_is_none_enrols_nobody(front: Front, strange: str) -> None:
    with pytest.raises(NotReadyError, match="sign-in name"):
        people.enrol(front.priya, replace(NEW, id=strange), "7777")


def test_the_key_of_an_officer_says_that_it_signs_nothing_off(front: Front) -> None:
    leader = front.ruth.as_worker(factory.PRIYA)
    people.enrol(leader, NEW, "7777")
    lead = replace(NEW, id="lnew", name="Lee New", role=Role.TEAM_LEADER)
    people.enrol(leader, lead, "7777")
    said = {jwk["worker"]: jwk["signs_off"] for jwk in leader.signer.jwks()["keys"]}
    assert (said["nnew"], said["lnew"]) == (False, True)
