"""Packs from the desk: who is suggested a copy, what goes out, and what is recorded of it."""

import subprocess
from dataclasses import replace

import pytest

from tests.workflow.conftest import Front
from triage.domain.decision import DecisionVersion
from triage.domain.errors import ConflictError, NotAllowedError, NotReadyError
from triage.domain.pack import Copy, Removal
from triage.workflow import pack, sign

NURSE = Copy(
    number=1,
    recipient="Named nurse",
    by="printed, handed over",
    removals=frozenset({Removal.REFERRER}),
)


def signed(front: Front) -> DecisionVersion:
    proposed = front.proposed()
    return sign.approve(front.priya, proposed.id, comment="Clear.", pin="2222")


def test_who_found_nothing_is_not_told_as_silent_and_each_silence_is_told_as_what_it_is(
    front: Front,
) -> None:
    stands = (
        ("Education", "not found", "no trace"),
        ("Housing", "unavailable", "no answer"),
        ("Health index", "denied", "refused"),
        ("Probation", "Asked, no reply yet", "R-26-00004"),
        ("School register", "unavailable", "no answer"),
        ("Police", "Answered", "R-26-00001"),
    )
    version = signed(front)
    told = pack._unheard(replace(version, partners=stands))
    assert told == (
        "No answer from Housing",
        "Refused by Health index",
        "No reply from Probation",
        "No answer from School register",
    )


def test_a_look_is_recorded_and_shows_who_decided(front: Front) -> None:
    version = signed(front)
    file = pack.look(front.ruth, version.id, NURSE)
    assert file.pdf.startswith(b"%PDF")
    assert file.pages >= 3
    assert front.kinds()[-1] == "pack.previewed"


def test_a_copy_that_goes_out_is_signed_and_recorded(front: Front, tmp_path) -> None:
    version = signed(front)
    file = tmp_path / "pack.pdf"
    file.write_bytes(pack.issue(front.ruth, version.id, NURSE, "saved as a file"))
    said = subprocess.run(["pdfsig", file], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid." in said
    assert "Ruth Osei" in said
    [out] = pack.copies_out(front.ruth, version.id)
    assert (out.copy, out.by, out.how) == (NURSE, "rosei", "saved as a file")
    assert pack.plan(front.ruth, version.id).copies[0] == NURSE


def test_nothing_goes_out_before_the_decision_is_signed(front: Front) -> None:
    proposed = front.proposed()
    assert pack.look(front.ruth, proposed.id, NURSE).pages >= 3
    with pytest.raises(NotReadyError, match="not signed yet"):
        pack.issue(front.ruth, proposed.id, NURSE, "printed")


def test_a_copy_needs_a_recipient_and_an_unlocked_key(front: Front) -> None:
    version = signed(front)
    nobody = Copy(number=1, recipient=" ", by="printed, handed over")
    with pytest.raises(NotReadyError, match="who this copy is for"):
        pack.issue(front.ruth, version.id, nobody, "printed")
    desk = front.ruth
    desk.signer.lock()
    with pytest.raises(NotAllowedError, match="PIN"):
        pack.issue(desk, version.id, NURSE, "printed")


def test_partners_are_not_told_who_reported_it_unless_somebody_decides_so(front: Front) -> None:
    version = signed(front)
    planned = pack.plan(front.ruth, version.id)
    assert planned.copies
    assert not planned.may_put_back
    assert pack.plan(front.priya, version.id).may_put_back
    team = version.answers.get("team")
    for copy in planned.copies[1 if team else 0 :]:
        assert Removal.REFERRER in copy.removals


def test_copy_telling_who_reported_it_is_issued_by_a_leader_or_for_the_team(front: Front) -> None:
    version = signed(front)
    telling = replace(NURSE, recipient="Father", removals=frozenset())
    with pytest.raises(NotAllowedError, match="who reported it"):
        pack.issue(front.ruth, version.id, telling, "printed")
    assert pack.copies_out(front.ruth, version.id) == ()
    assert pack.issue(front.priya, version.id, telling, "printed").startswith(b"%PDF")


def test_number_of_a_copy_goes_to_one_recipient_only(front: Front) -> None:
    version = signed(front)
    pack.issue(front.ruth, version.id, NURSE, "printed")
    pack.issue(front.ruth, version.id, NURSE, "printed again")
    with pytest.raises(ConflictError, match="went to Named nurse"):
        pack.issue(front.ruth, version.id, replace(NURSE, recipient="School"), "printed")
    with pytest.raises(NotReadyError, match="numbered from 1"):
        pack.issue(front.ruth, version.id, replace(NURSE, number=0), "printed")
