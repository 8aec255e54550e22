"""Every act and list of the workflow is refused to whoever's role does not let them have it."""

from collections import Counter
from dataclasses import replace
from importlib import import_module
from inspect import signature

import pytest

from tests.factory import KEY
from tests.workflow.away_acts import KEEPING
from tests.workflow.conftest import Front
from tests.workflow.test_away_acts import away
from tests.workflow.test_events import ACTS
from triage.domain.errors import NotAllowedError
from triage.domain.worker import May, Worker
from triage.storage.journal import Journal
from triage.workflow.unsent import Unsent

NEEDS = {
    (May.RECEIVE,): (
        "mailbox.look_into_mailboxes receive.begin_call receive.bring_back receive.keep_call "
        "receive.put_in_queue receive.receive_file receive.receive_path receive.receive_read "
        "receive.start_call receive.throw_away unsent_calls.keep_call unsent_calls.put_in_queue "
        "unsent_calls.start_call unsent_calls.throw_away"
    ),
    (May.READ,): (
        "concerns.restrict decide.decision happened.seen night.seen opening.open_whole "
        "reading.original_bytes reading.part_bytes reading.reading request_open.open_request "
        "schedule.remind screen.open_contact unsent_words.remind"
    ),
    (May.SCREEN,): (
        "aside.read_words claims.claim claims.hand_over claims.release claims.take_over "
        "concerns.name_concerns corrections.ask handover.accept handover.decline handover.keep "
        "handover.offer_all handover.withdraw join.join join.keep_apart join.take_apart "
        "partner_answers.not_an_answer partner_answers.original_bytes "
        "partner_answers.place_answer partner_answers.record_by_hand partner_answers.sort_answer "
        "reading.accept_clear reading.choose reading.make_contact reading.mark reading.not_for_us "
        "requests.ask_another requests.chase requests.keep_draft requests.rang requests.send "
        "requests.send_again requests.send_together requests.start requests.start_called_for "
        "requests.withdraw schedule.snooze screen.add_adult screen.add_child screen.change_fact "
        "screen.pause screen.reopen screen.resume screen.set_aside unsent.keep_draft "
        "unsent_facts.accept_clear unsent_facts.add_person unsent_facts.ask_correction "
        "unsent_facts.change_fact unsent_facts.choose unsent_facts.mark unsent_words.pass_on "
        "unsent_words.rang unsent_words.record_by_hand unsent_words.snooze"
    ),
    (May.RATE,): "screen.rate",
    (May.RECEIVE, May.LINK): "match.look_up match.try_now",
    (May.LINK,): "match.link match.not_same match.undo match.unsure",
    (May.PROPOSE,): (
        "decide.propose decide.save_answer partner_answers.cite service_referrals.record "
        "service_referrals.refer service_referrals.send services.add_to_decision "
        "services.take_out_of_decision unsent.save_answer unsent_words.record_step"
    ),
    (May.SIGN,): (
        "access.acknowledge comments.keep corrections.answer export.export_by_hand "
        "restrictions.keep_restricted retention.approve retention.hold "
        "retention.keep retention.lift retention.propose sign.approve sign.look sign.send_back "
        "sign.sign_together subject_access.export subject_access.gather subject_access.keep "
        "unsent.keep_comment unsent_words.keep_copy"
    ),
    (May.PRINT,): (
        "export.document export.give_case_number handover.print_list pack.issue pack.look "
        "pack.preview"
    ),
    (May.OPEN_RESTRICTED,): "concerns.open_up",
    (May.BREAK_GLASS,): "access.break_glass",
    (May.AUDIT,): (
        "audit.ask_why audit.check_chain audit.keep_note audit.open_trail audit.record_reply "
        "audit.search audit_export.export_trail checkpoints.on_paper unsent_words.ask_why "
        "unsent_words.keep_note unsent_words.record_reply"
    ),
}
"""What each act asks of whoever does it: one of these, where there are two."""

_ROLE = "for a team leader or an administrator, whatever the profile lets others do"
_OWN = "everybody's own: their place, their key, their reminders, their word on the trail"
_RUNS = "the program goes on with it by itself, whoever sits there"
OTHERWISE = {
    _ROLE: (
        "people.enrol people.revoke_key vouching.certify vouching.revocation_list weights.adopt "
        "weights.refit weights.take_back"
    ),
    _OWN: (
        "checkpoints.lodge people.change_pin people.lock people.switch schedule.done "
        "schedule.put_off vouching.renew_key"
    ),
    _RUNS: (
        "checkpoints.send_due claims.free_idle directories.copy_due directories.copy_now "
        "export.deliver_due export.reconcile partner_answers.place_known sending.go_round "
        "sending.note_reached sending.remind_due sending.send_due stamping.stamp_due"
    ),
}
"""Acts that ask for nothing that a profile may give or take, and why."""

LOOKS = {
    May.READ: (
        "corrections.beside decide.decision_again decide.versions_sent export.deliveries "
        "find.find handover.handover join.suggestions night.night pack.copies_out "
        "partner_answers.answers_to_place queue.queue reading.look_again request_board.board "
        "request_open.drafts_beside request_open.look_again request_open.offer "
        "request_open.preview schedule.schedule screen.again service_referrals.text_to_send "
        "services.gone_before services.look"
    ),
    May.SCREEN: "aside.listed match.open_matches match.search_typing",
    May.SIGN: (
        "comments.kept corrections.to_answer restrictions.to_review "
        "retention.due subject_access.preview to_sign.waiting"
    ),
    May.PRINT: "pack.plan pack.plan_of_contact",
    May.AUDIT: "audit.look_again audit.look_at audit.page audit.sought_events",
}
"""What each list asks of whoever looks at it."""

ASKED = {name: may for may, named in NEEDS.items() for name in named.split()}


def take_away(monkeypatch: pytest.MonkeyPatch, acts: tuple[May, ...]) -> None:
    """Nobody may do these any more."""
    may = Worker.may
    monkeypatch.setattr(Worker, "may", lambda self, act: act not in acts and may(self, act))


def test_every_act_says_what_it_asks_of_whoever_does_it() -> None:
    named = [name for names in (*NEEDS.values(), *OTHERWISE.values()) for name in names.split()]
    assert Counter(named) == Counter(dict.fromkeys(ACTS, 1)), "put it into this file"


@pytest.mark.parametrize("name", sorted(ASKED))
def test_act_is_refused_to_who_may_do_all_but_it(
    front: Front, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    act, before = ACTS[name](front), front.seq
    take_away(monkeypatch, ASKED[name])
    with pytest.raises(NotAllowedError, match="does not let you"):
        act()
    assert front.seq == before


@pytest.mark.parametrize("may", sorted(LOOKS))
def test_list_is_shown_to_nobody_who_may_do_all_but_look_at_it(
    front: Front, may: May, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = front.priya
    take_away(monkeypatch, (may,))
    for name in LOOKS[may].split():
        module, _, function = name.partition(".")
        look = getattr(import_module(f"triage.workflow.{module}"), function)
        asked = [p for p in signature(look).parameters.values() if p.default is p.empty]
        named = {p.name: "" for p in asked[1:]}
        with pytest.raises(NotAllowedError, match="does not let you"):
            look(desk, **named)


@pytest.mark.parametrize("name", sorted(KEEPING))
def test_nothing_is_kept_for_a_hub_that_is_away_of_who_may_not_do_it(
    front: Front, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = ACTS[name](front)
    journal = Journal(front.folder / "unsent.db", KEY)
    front.desk = replace(front.desk, unsent=Unsent(journal))
    take_away(monkeypatch, ASKED[name])
    with away(front, monkeypatch), pytest.raises(NotAllowedError, match="does not let you"):
        act()
    assert journal.all() == []
    journal.close()
