"""Sign-off: two people, one commit, and nothing signed by who wrote it."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests import factory
from tests.conftest import Home
from tests.workflow.conftest import Front
from triage.domain.contact import Contact, ContactState
from triage.domain.decision import VersionState
from triage.domain.errors import ConflictError, FanlightError, NotAllowedError, NotReadyError
from triage.domain.worker import Role
from triage.export import signing
from triage.storage import outbox, versions
from triage.workflow import checks, decide, known, match, screen, sign, to_sign


def test_signing_freezes_the_version_and_puts_its_document_in_the_outbox(front: Front) -> None:
    proposed = front.proposed()
    signed = sign.approve(front.priya, proposed.id, comment="Clear now.", pin="2222")
    assert signed.state is VersionState.SIGNED
    assert (signed.author, signed.signer) == ("rosei", "pnandra")
    with front.store.read() as tx:
        [delivery] = outbox.of_decision(tx, signed.id)
        assert versions.get(tx, signed.id) == signed
    verified = signing.verify(delivery.document, front.desk.signer.jwks())
    assert verified.payload_sha256 == delivery.payload_sha256
    assert verified.signer.worker_id == "pnandra"
    assert front.kinds()[-1] == "decision.signed"
    view = screen.open_contact(front.priya, signed.contact_id)
    assert view.contact.state is ContactState.SIGNED
    assert view.read_only_why


def test_author_cannot_sign(front: Front) -> None:
    contact = front.bring(factory.contact(rating="green"))
    proposed = front.proposed(contact, by=front.priya)
    with pytest.raises(NotAllowedError, match="You wrote this decision"):
        sign.approve(front.priya, proposed.id, pin="2222")
    with pytest.raises(NotAllowedError, match="You wrote this decision"):
        sign.send_back(front.priya, proposed.id, "Not yet.")
    [refused] = sign.sign_together(front.priya, [proposed.id], "2222")
    assert refused.signed is None
    assert front.read(contact).state is ContactState.AWAITING_SIGN_OFF


def test_author_in_a_new_role_still_cannot_sign(front: Front) -> None:
    proposed = front.proposed()
    promoted = front.of(replace(factory.RUTH, role=Role.TEAM_LEADER, job="Team leader"))
    with pytest.raises(NotAllowedError, match="You wrote this decision"):
        sign.approve(promoted, proposed.id, pin="1111")


def test_contact_officer_cannot_sign(front: Front) -> None:
    proposed = front.proposed()
    with pytest.raises(NotAllowedError, match="team leader"):
        sign.approve(front.tom, proposed.id, pin="3333")


def test_wrong_pin_signs_nothing(front: Front) -> None:
    proposed = front.proposed()
    with pytest.raises(NotAllowedError, match="not your PIN"):
        sign.approve(front.priya, proposed.id, pin="9999")
    with front.store.read() as tx:
        assert versions.get(tx, proposed.id).state is VersionState.PROPOSED
        assert outbox.all_open(tx) == []


def test_second_desk_to_sign_gets_a_conflict(front: Front) -> None:
    proposed = front.proposed()
    sign.approve(front.priya, proposed.id, pin="2222")
    with pytest.raises(ConflictError, match="signed by Priya Nandra"):
        sign.approve(front.ola, proposed.id, pin="5555")
    with pytest.raises(ConflictError):
        sign.send_back(front.ola, proposed.id, "Say more.")
    with front.store.read() as tx:
        assert len(outbox.of_decision(tx, proposed.id)) == 1


def test_two_windows_signing_at_one_moment_sign_once(front: Front, file_home: Home) -> None:
    proposed = front.proposed()
    desks = [(front.priya, "2222"), (front.ola, "5555")]
    windows = [file_home.open(), file_home.open()]

    def sign_at(place: int) -> str:
        desk, pin = desks[place]
        try:
            sign.approve(replace(desk, store=windows[place]), proposed.id, pin=pin)
        except ConflictError:
            return "conflict"
        return "signed"

    with ThreadPoolExecutor(2) as threads:
        done = sorted(threads.map(sign_at, (0, 1)))
    for window in windows:
        window.close()
    assert done == ["conflict", "signed"]
    with front.store.read() as tx:
        assert len(outbox.of_decision(tx, proposed.id)) == 1
    assert front.kinds().count("decision.signed") == 1


def test_failed_signature_rolls_everything_back(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposed = front.proposed()
    before = front.seq

    def fail(*_: object) -> bytes:
        raise NotReadyError("The key could not be used. Nothing was signed. Try again.")

    monkeypatch.setattr(signing, "sign", fail)
    with pytest.raises(NotReadyError):
        sign.approve(front.priya, proposed.id, pin="2222")
    with front.store.read() as tx:
        assert versions.get(tx, proposed.id) == proposed
        assert outbox.all_open(tx) == []
    assert front.seq == before
    monkeypatch.undo()
    assert sign.approve(front.priya, proposed.id, pin="2222").state is VersionState.SIGNED


def test_change_by_the_signer_keeps_both_values(front: Front) -> None:
    proposed = front.proposed(analysis="Maya took charge.")
    with pytest.raises(NotReadyError, match="Say why"):
        sign.approve(front.priya, proposed.id, pin="2222", changes={"analysis": "Maya was alone."})
    signed = sign.approve(
        front.priya,
        proposed.id,
        comment="Nobody else was there.",
        pin="2222",
        changes={"analysis": "Maya was alone.", "level": proposed.answers["level"]},
    )
    assert signed.changed_by_signer == {"analysis": ("Maya took charge.", "Maya was alone.")}
    assert signed.answers["analysis"] == "Maya was alone."
    draft = decide.decision(front.ruth, proposed.contact_id)
    assert draft.value("analysis") == "Maya was alone."
    assert draft.answers["analysis"].by == "pnandra"
    with front.store.read() as tx:
        [delivery] = outbox.of_decision(tx, signed.id)
    document = signing.verify(delivery.document, front.desk.signer.jwks()).document
    assert document["signOff"]["verb"] == "approve with a change"


def test_returned_decision_shows_what_changed_since(front: Front) -> None:
    first = front.proposed(analysis="Maya took charge of her brother.")
    sign.look(front.priya, first.id)
    sign.send_back(front.priya, first.id, "Please say what this means for Theo.")
    front.watch.move(minutes=5)
    draft = decide.decision(front.ruth, first.contact_id)
    assert draft.number == 2
    assert draft.value("analysis") == "Maya took charge of her brother."
    version = draft.answers["analysis"].version
    words = "Maya took charge of her brother. Theo hears it too."
    decide.save_answer(front.ruth, first.contact_id, "analysis", words, version)
    second = decide.propose(front.ruth, first.contact_id)
    view = sign.look(front.priya, second.id)
    assert (view.version.number, view.returned_by) == (2, "Priya Nandra")
    assert view.returned_comment == "Please say what this means for Theo."
    assert view.returned_at == factory.NOW
    [change] = view.since_returned
    assert change.question == "analysis"
    assert change.words_added == 4
    assert view.all_changes == view.since_returned
    assert "Level of need" in " ".join(label for label, _ in view.unchanged)
    assert [r.sent_back for r in view.comments] == [True]


def test_changes_are_counted_from_what_this_leader_saw(front: Front) -> None:
    contact = front.bring(factory.contact(rating="green"))
    front.answered(contact, analysis="One.")
    first = decide.propose(front.ruth, contact.id)
    sign.look(front.priya, first.id)
    sign.send_back(front.priya, first.id, "More, please.")
    decide.save_answer(front.ruth, contact.id, "analysis", "One. Two.", 1)
    second = decide.propose(front.ruth, contact.id)
    sign.look(front.ola, second.id)
    sign.send_back(front.ola, second.id, "More, please.")
    decide.save_answer(front.ruth, contact.id, "analysis", "One. Two. Three.", 2)
    third = decide.propose(front.ruth, contact.id)
    view = sign.look(front.priya, third.id)
    assert view.since_returned[0].before == "One."
    assert sign.look(front.ola, third.id).since_returned[0].before == "One. Two."


def test_greens_opened_and_passed_are_signed_together(front: Front) -> None:
    ids = []
    for number, name in enumerate(("Callum Tranter", "Ines Duarte", "Ellis Okafor"), start=1):
        ids.append(front.proposed(front.looked_up(factory.alone(name, f"C-26-0000{number}"))).id)
    for version in ids:
        sign.look(front.priya, version)
    listed = to_sign.waiting(front.priya)
    assert {r.version_id for r in listed.ready_together} == set(ids)
    done = sign.sign_together(front.priya, ids, "2222")
    assert [d.refused for d in done] == ["", "", ""]
    assert len(to_sign.waiting(front.priya).signed_today) == 3
    assert to_sign.waiting(front.ola).signed_today == ()


def test_batch_refuses_a_red_and_an_unopened_green(front: Front) -> None:
    red = factory.contact(reference="C-26-00001", rating="red")
    red_id = front.proposed(front.bring(red), rating="red").id
    green_id = front.proposed(front.looked_up(factory.alone("Callum Tranter", "C-26-00002"))).id
    sign.look(front.priya, red_id)
    done = sign.sign_together(front.priya, [red_id, green_id], "2222")
    assert [d.signed for d in done] == [None, None]
    assert "is Red, so it is read and signed by itself" in done[0].refused
    assert "You have not opened" in done[1].refused
    sign.look(front.ola, green_id)
    [still] = sign.sign_together(front.priya, [green_id], "2222")
    assert "You have not opened" in still.refused, "another leader's look is not this one's"
    assert {r.version_id for r in to_sign.waiting(front.priya).one_by_one} == {red_id}


def test_batch_refuses_what_failed_a_check(front: Front) -> None:
    contact = front.bring(factory.contact(rating="green"))
    front.people.problems["health"] = "The extract from Health has not been read yet."
    front.people.hold(factory.record(partner="social_care"))
    match.look_up(front.ruth, contact.id)
    proposed = front.proposed(contact)
    view = sign.look(front.priya, proposed.id)
    assert {c.sentence for c in view.checks if not c.passed} >= {
        "Records are left to check",
        "Health could not be looked up",
    }
    [refused] = sign.sign_together(front.priya, [proposed.id], "2222")
    assert refused.signed is None
    assert "sign it by itself" in refused.refused


def _told_to_author(front: Front, contact: Contact) -> str:
    with front.ruth.store.read() as tx:
        results = known.results_for(front.ruth, tx, contact.id)
    left = checks.left_out(front.ruth, contact, results, {"a1": "Carla Rowe"})
    return left.sentence if left else ""


def test_what_no_partner_was_looked_up_for_is_not_signed_in_a_batch(front: Front) -> None:
    contact = front.bring(factory.contact(rating="green"))
    assert _told_to_author(front, contact) == "Nobody has been looked up yet."
    proposed = front.proposed(contact)
    before = sign.look(front.priya, proposed.id).checks[-1]
    assert (before.sentence, before.passed) == ("Not looked up: Our own contacts", False)
    [refused] = sign.sign_together(front.priya, [proposed.id], "2222")
    assert "Not looked up: Our own contacts. Nothing was signed" in refused.refused
    front.people.problems["health"] = "The extract from Health has not been read yet."
    match.look_up(front.priya, contact.id, people=["c1"])
    assert _told_to_author(front, contact) == ("Not looked up for Carla Rowe: Our own contacts.")
    part = sign.look(front.priya, proposed.id).checks[-1]
    assert (part.sentence, part.passed) == ("Not every partner was looked up", False)
    assert part.detail == (
        "Health: The extract from Health has not been read yet. "
        "Not looked up for Carla Rowe: Our own contacts."
    )
    front.people.problems.clear()
    match.look_up(front.priya, contact.id)
    assert _told_to_author(front, contact) == ""
    after = sign.look(front.priya, proposed.id).checks[-1]
    assert (after.sentence, after.passed) == ("Every partner could be looked up", True)
    [signed] = sign.sign_together(front.priya, [proposed.id], "2222")
    assert signed.signed


def test_author_who_says_what_could_not_be_looked_in_passes_that_check(front: Front) -> None:
    contact = front.bring(factory.contact(rating="green"))
    why = "Health is away till Monday; the school saw her today."
    proposed = front.proposed(contact, history="not_available", history_words=why)
    check = sign.look(front.priya, proposed.id).checks[-1]
    assert check.passed
    assert check.sentence == "Not looked up: Our own contacts; the decision says why"
    assert check.detail.endswith(why)


def test_where_nobody_can_be_looked_up_no_check_says_that_all_were(front: Front) -> None:
    contact = factory.alone("Callum Tranter", "C-26-00001")
    nameless = factory.child(given=None, family=None, dob=None)
    front.bring(contact := replace(contact, content=replace(contact.content, children=(nameless,))))
    check = sign.look(front.priya, front.proposed(contact).id).checks[-1]
    assert (check.sentence, check.passed) == ("Nobody could be looked up", False)


def test_what_a_rule_finds_odd_is_a_check_in_the_words_of_the_rule(front: Front) -> None:
    """An answer left out is not called a contradiction."""
    contact = front.bring(factory.contact(rating="green"))
    proposed = front.proposed(contact, raises=("injury_child",), family_told="not_told")
    checks = {c.sentence: c for c in sign.look(front.priya, proposed.id).checks}
    odd = checks["Rated Green, but an injury is recorded"]
    assert not odd.passed
    assert "No answer to look at again" not in checks
    assert not any("contradict" in sentence for sentence in checks)


def test_reopened_decision_supersedes_the_signed_one(front: Front) -> None:
    first = sign.approve(front.priya, front.proposed().id, pin="2222")
    contact = screen.reopen(front.ruth, first.contact_id, "Health has replied.")
    draft = decide.decision(front.ruth, contact.id)
    version = draft.answers["analysis"].version
    decide.save_answer(front.ruth, contact.id, "analysis", "Health says more.", version)
    second = decide.propose(front.ruth, contact.id)
    assert second.supersedes == first.id
    signed = sign.approve(front.priya, second.id, pin="2222")
    with front.store.read() as tx:
        assert versions.get(tx, first.id).state is VersionState.SUPERSEDED
        assert len(outbox.of_contact(tx, contact.id)) == 2
        [sent] = outbox.of_decision(tx, signed.id)
    assert json.loads(signing.verify(sent.document, front.desk.signer.jwks()).payload)[
        "supersedes"
    ] == str(first.id)


def test_each_refusal_is_a_sentence_of_what_is_safe(front: Front) -> None:
    proposed = front.proposed()
    for act in (
        lambda: sign.send_back(front.priya, proposed.id, "  "),
        lambda: sign.approve(front.tom, proposed.id, pin="3333"),
        lambda: to_sign.waiting(front.tom),
    ):
        with pytest.raises(FanlightError, match=r"Nothing was (changed|signed)"):
            act()


def test_decision_altered_in_the_store_after_it_was_proposed_is_not_signed(front: Front) -> None:
    proposed = front.proposed()
    altered = replace(proposed, answers={**proposed.answers, "analysis": "Put in by hand."})
    with front.store.write() as tx:
        versions.replace(tx, altered, was=VersionState.PROPOSED)
    with pytest.raises(NotReadyError, match="not what Ruth Osei proposed"):
        sign.approve(front.priya, proposed.id, pin="2222")
    with front.store.read() as tx:
        assert versions.get(tx, proposed.id).state is VersionState.PROPOSED
        assert outbox.of_decision(tx, proposed.id) == []


def test_author_exchanged_in_the_store_does_not_let_the_author_sign(front: Front) -> None:
    proposed = front.proposed(by=front.priya)
    with front.store.write() as tx:
        forged = replace(proposed, author="rosei", author_name="Ruth Osei")
        versions.replace(tx, forged, was=VersionState.PROPOSED)
    with pytest.raises(NotReadyError, match="not what Ruth Osei proposed"):
        sign.approve(front.priya, proposed.id, pin="2222")


def test_signer_can_not_change_to_a_rating_the_hub_does_not_have(front: Front) -> None:
    proposed = front.proposed()
    with pytest.raises(NotReadyError, match="no such rating"):
        sign.approve(
            front.priya, proposed.id, comment="Why", pin="2222", changes={"rating": "purple"}
        )
