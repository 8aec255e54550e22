"""Every function of the workflow leaves an event, except the few that only look at lists."""

import inspect
import pkgutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import pytest

import triage.workflow
from tests import factory
from tests.workflow import away_acts, keeping, overseeing, passing_on
from tests.workflow.conftest import Front
from tests.workflow.judged import judge_many
from tests.workflow.no_event import LISTS
from tests.workflow.test_receive import LETTER
from tests.workflow.test_services import LANTERN, Published
from triage.domain.contact import Adult, Contact
from triage.domain.decision import Delivery, OutboxState
from triage.domain.fact import Place, entered
from triage.domain.lookup import Candidate, Subject
from triage.domain.pack import Copy, Removal
from triage.domain.request import (
    AnswerPlace,
    InfoRequest,
    MessageState,
    OutMessage,
    PartnerAnswer,
    Via,
)
from triage.domain.service_referral import Agreed, ReferralState, ServiceReferral
from triage.domain.worker import Role, Worker
from triage.intake.sandbox import read_safely
from triage.partners.arrived import Arrived, ArrivedKind
from triage.storage import events, originals, request_messages, requests
from triage.workflow import (
    checkpoints,
    comments,
    concerns,
    decide,
    directories,
    export,
    join,
    mailbox,
    match,
    opening,
    pack,
    partner_answers,
    people,
    reading,
    receive,
    request_open,
    screen,
    sending,
    service_referrals,
    services,
    sign,
    unsent,
    unsent_calls,
    unsent_facts,
    unsent_words,
    weights,
)
from triage.workflow import requests as asking
from triage.workflow.desk import Desk, Mailbox, MailboxSession

PLACE = Place(file="letter.txt", words="Rob picks her up")
COPY = Copy(
    number=1,
    recipient="Northmere Police",
    by="secure mail",
    removals=frozenset({Removal.REFERRER}),
)


def _letter(front: Front) -> Path:
    path = front.folder / "poppy.eml"
    path.write_bytes(LETTER)
    return path


def _subject(front: Front) -> tuple[Subject, Candidate]:
    front.people.hold(factory.record())
    contact = front.bring(factory.contact())
    results = match.look_up(front.ruth, contact.id)
    found = next(r for r in results if r.subject.person == "c1" and r.partner != "hub")
    return found.subject, found.candidates[0]


def _paused(front: Front) -> Contact:
    contact = front.bring(factory.contact())
    return screen.pause(front.ruth, contact, "The school rings back.")


def _two(front: Front) -> tuple[UUID, UUID]:
    one = front.bring(factory.contact())
    return one.id, front.bring(factory.contact(reference="C-26-00002")).id


def _signed(front: Front) -> UUID:
    return sign.approve(front.priya, front.proposed().id, pin="2222").id


Prepared = Callable[[Front], Callable[[], object]]
_H = TypeVar("_H")


def _on_contact(act: Callable[[Front, Contact], object]) -> Prepared:
    """An act on a contact that is put in beforehand."""

    def prepared(front: Front) -> Callable[[], object]:
        contact = front.bring(factory.contact())
        return lambda: act(front, contact)

    return prepared


def _on(first: Callable[[Front], _H], act: Callable[[Front, _H], object]) -> Prepared:
    def prepared(front: Front) -> Callable[[], object]:
        held = first(front)
        return lambda: act(front, held)

    return prepared


class Accepting:
    """A council that takes everything."""

    def deliver(self, delivery: Delivery) -> Delivery:
        return replace(delivery, state=OutboxState.ACCEPTED, case_number="NC-1")

    reconcile = deliver


def _by_hand(front: Front) -> Delivery:
    [waiting] = export.deliveries(front.priya)
    return export.export_by_hand(front.priya, waiting.id, front.folder, "Secure mail")


def _reading(front: Front) -> Desk:
    return replace(front.ruth, directories={"northmere": Published(LANTERN)})


def _near(front: Front) -> Contact:
    """A contact with services near it."""
    directories.copy_due(_reading(front))
    return front.bring(factory.contact())


def _on_family(act: Callable[[Front, Contact], object]) -> Prepared:
    return _on(_near, act)


def _refer(front: Front, contact: Contact) -> ServiceReferral:
    return service_referrals.refer(front.ruth, contact.id, LANTERN.key, ("c1",), "Help Maya.")


def _sending(front: Front) -> Desk:
    return replace(front.ruth, council=Accepting())


class Posting:
    """A post room that says of everything that it stands so."""

    def __init__(self, state: MessageState) -> None:
        self.state = state

    def send(self, message: OutMessage) -> OutMessage:
        return replace(message, state=self.state, sent_at=factory.NOW)

    def stop(self) -> None:
        return

    def reached(self, messages: Sequence[OutMessage]) -> tuple[OutMessage, ...]:
        return tuple(messages)

    def mailboxes(self) -> tuple[Mailbox, ...]:
        return ()


def _posting(front: Front, state: MessageState = MessageState.SENT) -> Desk:
    return replace(front.ruth, post=Posting(state))


def _lodged_by_mail(front: Front) -> Desk:
    desk = _posting(front)
    desk = replace(desk, profile=replace(desk.profile, checkpoint_mail="records@council.example"))
    _letter(front)
    front.looked_up(factory.contact())
    assert checkpoints.lodge_due(desk).made is not None
    return desk


class Box:
    """A mailbox with one letter in it."""

    name, new_contacts, uidvalidity = "shared", True, "1"
    every = timedelta()

    @contextmanager
    def opened(self) -> Iterator[MailboxSession]:
        yield self

    def uids(self) -> tuple[str, ...]:
        return ("1",)

    def fetch(self, uid: str) -> Arrived:
        return Arrived(uid=uid, kind=ArrivedKind.MAIL, untrusted_bytes=LETTER, name="message-1.eml")

    def acknowledge(self, uid: str) -> None:
        return


class Receiving(Posting):
    """A post room with one mailbox."""

    def mailboxes(self) -> tuple[Mailbox, ...]:
        return (Box(),)


def _receiving(front: Front) -> Desk:
    return replace(front.ruth, post=Receiving(MessageState.SENT))


def _asked(front: Front, place: str = "") -> InfoRequest:
    contact = front.bring(factory.contact())
    begun = asking.start(front.ruth, contact.id, "housing", place)
    return asking.keep_draft(front.ruth, replace(begun, told="told"))


def _went(front: Front, state: MessageState) -> UUID:
    request = asking.send(front.ruth, _asked(front))
    sending.send_due(_posting(front, state))
    return request.id


def _to_ring(front: Front) -> InfoRequest:
    return asking.send(front.ruth, _asked(front, "tenancy_phone"))


def _rung(front: Front) -> UUID:
    return asking.rang(front.ruth, _to_ring(front).id, "T. Amos").id


def _told(front: Front) -> UUID:
    return partner_answers.record_by_hand(front.ruth, _rung(front), SPOKEN).id


def _late(front: Front) -> None:
    request = asking.rang(front.ruth, _to_ring(front).id, "T. Amos")
    assert request.due_at is not None
    front.watch.now = request.due_at


def _stray(front: Front) -> PartnerAnswer:
    answer = PartnerAnswer(
        id=front.ruth.new_id(),
        request_id=None,
        place=AnswerPlace.TO_PLACE,
        via=Via.EMAIL,
        received_at=factory.NOW,
        text="We know them.",
    )
    with front.store.write() as tx:
        requests.add_answer(tx, answer)
    return answer


def _in_a_thread_unseen(front: Front) -> None:
    """An answer in a request's thread whose reader could not see the request."""
    request = _went(front, MessageState.SENT)
    stray = _stray(front)
    with front.store.write() as tx:
        (sent,) = request_messages.of_request(tx, request)
        requests.save_answer(tx, replace(stray, names=(sent.local_id,)))


def _written(front: Front) -> UUID:
    """An answer with its original kept, not placed yet."""
    stray = _stray(front)
    with front.store.write() as tx:
        kept = originals.keep(
            tx,
            id=front.ruth.new_id(),
            name="message-1.eml",
            data=LETTER,
            kind="reply",
            contact_id=None,
            message_id="",
            received_at=factory.NOW,
        )
        requests.save_answer(tx, replace(stray, original_id=kept.id))
    return stray.id


SPOKEN = partner_answers.Spoken(answered_by="T. Amos", said={1: "Carla Rowe", 2: "nothing held"})
FACT = entered("Brookfold", by="rosei", at=factory.NOW)
NEW = Worker(id="nnew", name="Nia New", role=Role.CONTACT_OFFICER, job="Contact officer")


def _judged(front: Front) -> weights.Proposal:
    with front.store.write() as tx:
        judge_many(tx)
    return weights.refit(front.priya)


ACTS: dict[str, Prepared] = {
    "weights.refit": _on(_judged, lambda f, _: weights.refit(f.priya)),
    "weights.adopt": _on(_judged, lambda f, made: weights.adopt(f.priya, made.report_hash)),
    "weights.take_back": _on(
        lambda f: weights.adopt(f.priya, _judged(f).report_hash),
        lambda f, _: weights.take_back(f.priya),
    ),
    "checkpoints.lodge": _on(lambda f: None, lambda f, _: checkpoints.lodge(f.priya, f.folder)),
    "checkpoints.on_paper": _on(lambda f: None, lambda f, _: checkpoints.on_paper(f.priya)),
    "checkpoints.send_due": _on(_lodged_by_mail, lambda f, desk: checkpoints.send_due(desk)),
    "comments.keep": _on(lambda f: f.proposed(), lambda f, v: comments.keep(f.priya, v.id, "Go.")),
    "concerns.name_concerns": _on_contact(lambda f, c: concerns.name_concerns(f.ruth, c, ())),
    "concerns.restrict": _on_contact(lambda f, c: concerns.restrict(f.ruth, c, "A colleague.")),
    "concerns.open_up": _on(
        lambda f: concerns.restrict(f.ruth, f.bring(factory.contact()), "Kin."),
        lambda f, c: concerns.open_up(f.priya, c, "Left."),
    ),
    "decide.decision": _on_contact(lambda f, c: decide.decision(f.ruth, c.id)),
    "decide.save_answer": _on_contact(
        lambda f, c: decide.save_answer(f.ruth, c.id, "analysis", "One.", 0)
    ),
    "decide.propose": _on(
        lambda f: f.answered(f.bring(factory.contact(rating="green"))),
        lambda f, c: decide.propose(f.ruth, c.id),
    ),
    "export.deliver_due": _on(_signed, lambda f, _: export.deliver_due(_sending(f))),
    "export.reconcile": _on(
        _signed, lambda f, _: export.reconcile(_sending(f), export.deliveries(f.ruth)[0])
    ),
    "export.export_by_hand": _on(_signed, lambda f, _: _by_hand(f)),
    "export.give_case_number": _on(
        lambda f: (_signed(f), _by_hand(f))[1],
        lambda f, d: export.give_case_number(f.priya, d.id, "NC-9"),
    ),
    "export.document": _on(_signed, lambda f, v: export.document(f.ruth, v)),
    "join.join": _on(_two, lambda f, two: join.join(f.ruth, *two)),
    "join.keep_apart": _on(_two, lambda f, two: join.keep_apart(f.ruth, *two)),
    "join.take_apart": _on(
        lambda f: [c.id for c in join.join(f.ruth, *_two(f))],
        lambda f, two: join.take_apart(f.ruth, *two, "Another family."),
    ),
    "mailbox.look_into_mailboxes": _on(
        lambda f: None, lambda f, _: mailbox.look_into_mailboxes(_receiving(f), "desk-1")
    ),
    "match.look_up": _on_contact(lambda f, c: match.look_up(f.ruth, c.id)),
    "match.try_now": _on_contact(lambda f, c: match.try_now(f.ruth, c.id, "hub")),
    "match.link": _on(_subject, lambda f, s: match.link(f.ruth, *s)),
    "match.not_same": _on(_subject, lambda f, s: match.not_same(f.ruth, *s, ("Other child",))),
    "match.unsure": _on(_subject, lambda f, s: match.unsure(f.ruth, *s)),
    "match.undo": _on(
        lambda f: match.link(f.ruth, *_subject(f)), lambda f, v: match.undo(f.ruth, v.id, "Slip.")
    ),
    "pack.look": _on(_signed, lambda f, v: pack.look(f.ruth, v, COPY)),
    "pack.preview": _on(_signed, lambda f, v: pack.preview(f.ruth, v, COPY)),
    "pack.issue": _on(_signed, lambda f, v: pack.issue(f.ruth, v, COPY, "printed")),
    "people.enrol": _on(lambda f: None, lambda f, _: people.enrol(f.priya, NEW, "7777")),
    "people.switch": _on(lambda f: None, lambda f, _: people.switch(f.ruth, "pnandra", "2222")),
    "people.revoke_key": _on(
        lambda f: None, lambda f, _: people.revoke_key(f.priya, "tbell", "Lost")
    ),
    "people.lock": _on(lambda f: None, lambda f, _: people.lock(f.ruth)),
    "people.change_pin": _on(
        lambda f: None, lambda f, _: people.change_pin(f.ruth, "1111", "8391")
    ),
    "reading.reading": _on_contact(lambda f, c: reading.reading(f.ruth, c.id)),
    "reading.mark": _on_contact(lambda f, c: reading.mark(f.ruth, c, "seen", PLACE)),
    "reading.choose": _on_contact(lambda f, c: reading.choose(f.ruth, c, "concern", "Hit.")),
    "reading.accept_clear": _on_contact(lambda f, c: reading.accept_clear(f.ruth, c)),
    "reading.make_contact": _on_contact(lambda f, c: reading.make_contact(f.ruth, c)),
    "reading.not_for_us": _on_contact(lambda f, c: reading.not_for_us(f.ruth, c, "News.")),
    "reading.original_bytes": _on(
        lambda f: receive.receive_file(f.ruth, LETTER, "poppy.eml").contacts[0],
        lambda f, c: reading.original_bytes(f.ruth, c),
    ),
    "reading.part_bytes": _on(
        lambda f: receive.receive_file(f.ruth, LETTER, "poppy.eml").contacts[0],
        lambda f, c: reading.part_bytes(f.ruth, c, "poppy.eml"),
    ),
    "receive.receive_file": _on(
        lambda f: None, lambda f, _: receive.receive_file(f.ruth, LETTER, "poppy.eml")
    ),
    "receive.receive_read": _on(
        lambda f: read_safely(LETTER, "poppy.eml"),
        lambda f, read: receive.receive_read(f.ruth, LETTER, "poppy.eml", read),
    ),
    "receive.receive_path": _on(_letter, lambda f, path: receive.receive_path(f.ruth, path)),
    "receive.start_call": _on(lambda f: None, lambda f, _: receive.start_call(f.ruth)),
    "unsent.save_answer": _on_contact(
        lambda f, c: unsent.save_answer(f.ruth, c.id, "analysis", "Alone at night.", 0)
    ),
    "unsent_facts.change_fact": _on_contact(
        lambda f, c: unsent_facts.change_fact(f.ruth, c, "children.c1.school", FACT)
    ),
    "unsent_facts.choose": _on_contact(
        lambda f, c: unsent_facts.choose(f.ruth, c, "children.c1.given", "Mia")
    ),
    "unsent_facts.mark": _on_contact(lambda f, c: unsent_facts.mark(f.ruth, c, "household", PLACE)),
    "unsent_facts.accept_clear": _on_contact(lambda f, c: unsent_facts.accept_clear(f.ruth, c)),
    "unsent_calls.start_call": _on(lambda f: None, lambda f, _: unsent_calls.start_call(f.ruth)),
    "unsent_calls.keep_call": _on(
        lambda f: receive.start_call(f.ruth),
        lambda f, c: unsent_calls.keep_call(f.ruth, c, factory.content()),
    ),
    "unsent_calls.put_in_queue": _on(
        lambda f: receive.start_call(f.ruth), lambda f, c: unsent_calls.put_in_queue(f.ruth, c)
    ),
    "unsent_calls.throw_away": _on(
        lambda f: receive.start_call(f.ruth),
        lambda f, c: unsent_calls.throw_away(f.ruth, c, "None."),
    ),
    "unsent_facts.add_person": _on_contact(
        lambda f, c: unsent_facts.add_person(f.ruth, c, Adult(key="", name=FACT))
    ),
    "unsent_facts.ask_correction": _on_contact(
        lambda f, c: unsent_facts.ask_correction(f.ruth, c, "", "Carla Rowe", "It was not so.")
    ),
    "unsent.keep_draft": _on(
        _asked, lambda f, r: unsent.keep_draft(f.ruth, replace(r, why="Hurt."))
    ),
    "unsent.keep_comment": _on(
        lambda f: f.proposed(), lambda f, v: unsent.keep_comment(f.priya, v.id, "Go.")
    ),
    "receive.begin_call": _on(
        lambda f: None, lambda f, _: receive.begin_call(f.ruth, factory.contact())
    ),
    "receive.keep_call": _on(
        lambda f: receive.start_call(f.ruth),
        lambda f, c: receive.keep_call(f.ruth, c, factory.content()),
    ),
    "receive.put_in_queue": _on(
        lambda f: receive.start_call(f.ruth), lambda f, c: receive.put_in_queue(f.ruth, c)
    ),
    "receive.throw_away": _on(
        lambda f: receive.start_call(f.ruth), lambda f, c: receive.throw_away(f.ruth, c, "None.")
    ),
    "opening.open_whole": _on_contact(lambda f, c: opening.open_whole(f.ruth, c.id)),
    "partner_answers.cite": _on(
        _told,
        lambda f, r: partner_answers.cite(f.ruth, request_open.look_again(f.ruth, r).answers[0].id),
    ),
    "partner_answers.not_an_answer": _on(
        _stray, lambda f, a: partner_answers.not_an_answer(f.ruth, a.id, "A newsletter.")
    ),
    "partner_answers.original_bytes": _on(
        _written, lambda f, a: partner_answers.original_bytes(f.ruth, a)
    ),
    "partner_answers.place_answer": _on(
        lambda f: (_stray(f), _rung(f)),
        lambda f, two: partner_answers.place_answer(f.ruth, two[0].id, two[1]),
    ),
    "partner_answers.place_known": _on(
        _in_a_thread_unseen, lambda f, _: partner_answers.place_known(f.priya)
    ),
    "partner_answers.record_by_hand": _on(
        _rung, lambda f, r: partner_answers.record_by_hand(f.ruth, r, SPOKEN)
    ),
    "partner_answers.sort_answer": _on(
        _told,
        lambda f, r: partner_answers.sort_answer(
            f.ruth, request_open.look_again(f.ruth, r).answers[0].id, ()
        ),
    ),
    "request_open.open_request": _on(_rung, lambda f, r: request_open.open_request(f.ruth, r)),
    "requests.ask_another": _on(_rung, lambda f, r: asking.ask_another(f.ruth, r, "police")),
    "requests.chase": _on(_rung, lambda f, r: asking.chase(f.ruth, r)),
    "requests.keep_draft": _on(
        _asked, lambda f, r: asking.keep_draft(f.ruth, replace(r, why="Hurt."))
    ),
    "requests.rang": _on(_to_ring, lambda f, r: asking.rang(f.ruth, r.id, "T. Amos")),
    "unsent_words.rang": _on(_to_ring, lambda f, r: unsent_words.rang(f.ruth, r, "T. Amos")),
    "unsent_words.record_by_hand": _on(
        lambda f: request_open.look_again(f.ruth, _rung(f)).request,
        lambda f, r: unsent_words.record_by_hand(f.ruth, r, SPOKEN),
    ),
    "requests.send": _on(_asked, lambda f, r: asking.send(f.ruth, r)),
    "requests.send_again": _on(
        lambda f: _went(f, MessageState.FAILED), lambda f, r: asking.send_again(f.ruth, r)
    ),
    "requests.send_together": _on(_asked, lambda f, r: asking.send_together(f.ruth, [r])),
    "requests.start": _on_contact(lambda f, c: asking.start(f.ruth, c.id, "housing")),
    "requests.start_called_for": _on(
        lambda f: screen.rate(f.ruth, f.bring(factory.contact()), "red"),
        lambda f, c: asking.start_called_for(f.ruth, c.id),
    ),
    "requests.withdraw": _on(_rung, lambda f, r: asking.withdraw(f.ruth, r, "Not needed.")),
    "sending.go_round": _on(_late, lambda f, _: sending.go_round(_posting(f), "desk-1")),
    "sending.note_reached": _on(
        lambda f: _went(f, MessageState.SENT), lambda f, _: sending.note_reached(_posting(f))
    ),
    "sending.remind_due": _on(_late, lambda f, _: sending.remind_due(f.ruth)),
    "sending.send_due": _on(
        lambda f: asking.send(f.ruth, _asked(f)), lambda f, _: sending.send_due(_posting(f))
    ),
    "screen.open_contact": _on_contact(lambda f, c: screen.open_contact(f.ruth, c.id)),
    "screen.rate": _on_contact(lambda f, c: screen.rate(f.ruth, c, "red")),
    "screen.set_aside": _on_contact(lambda f, c: screen.set_aside(f.ruth, c, "error", "Slip.")),
    "screen.reopen": _on_contact(
        lambda f, c: screen.reopen(f.ruth, screen.set_aside(f.ruth, c, "error", "Slip."), "Back.")
    ),
    "screen.pause": _on_contact(lambda f, c: screen.pause(f.ruth, c, "The school.")),
    "screen.resume": _on(_paused, lambda f, c: screen.resume(f.ruth, c)),
    "screen.change_fact": _on_contact(
        lambda f, c: screen.change_fact(f.ruth, c, "children.c1.school", FACT)
    ),
    "screen.add_child": _on_contact(lambda f, c: screen.add_child(f.ruth, c)),
    "screen.add_adult": _on_contact(lambda f, c: screen.add_adult(f.ruth, c)),
    "directories.copy_due": _on(lambda f: None, lambda f, _: directories.copy_due(_reading(f))),
    "directories.copy_now": _on(
        lambda f: None, lambda f, _: directories.copy_now(_reading(f), "northmere")
    ),
    "services.add_to_decision": _on_family(
        lambda f, c: services.add_to_decision(f.ruth, c.id, LANTERN.key)
    ),
    "services.take_out_of_decision": _on_family(
        lambda f, c: (
            services.add_to_decision(f.ruth, c.id, LANTERN.key),
            services.take_out_of_decision(f.ruth, c.id, LANTERN.key),
        )
    ),
    "service_referrals.refer": _on_family(lambda f, c: _refer(f, c)),
    "service_referrals.send": _on_family(
        lambda f, c: service_referrals.send(f.ruth, _refer(f, c), "rang", agreed=Agreed.YES)
    ),
    "service_referrals.record": _on_family(
        lambda f, c: service_referrals.record(
            f.ruth,
            service_referrals.send(f.ruth, _refer(f, c), "rang", agreed=Agreed.YES),
            ReferralState.ACCEPTED,
        )
    ),
    "unsent_words.record_step": _on(
        lambda f: service_referrals.send(f.ruth, _refer(f, _near(f)), "rang", agreed=Agreed.YES),
        lambda f, made: unsent_words.record_step(f.ruth, made, ReferralState.ACCEPTED, ""),
    ),
    "sign.look": _on(lambda f: f.proposed(), lambda f, v: sign.look(f.priya, v.id)),
    "sign.approve": _on(
        lambda f: f.proposed(), lambda f, v: sign.approve(f.priya, v.id, pin="2222")
    ),
    "sign.send_back": _on(
        lambda f: f.proposed(), lambda f, v: sign.send_back(f.priya, v.id, "More.")
    ),
    "sign.sign_together": _on(
        lambda f: f.proposed(), lambda f, v: sign.sign_together(f.priya, [v.id], "2222")
    ),
}


ACTS |= passing_on.ACTS | overseeing.ACTS | keeping.ACTS
LISTS |= passing_on.LISTS | overseeing.LISTS | keeping.LISTS


def _functions() -> set[str]:
    """Every public function that takes a desk and is not a step within somebody's transaction."""
    found = set()
    for module in pkgutil.iter_modules(triage.workflow.__path__):
        loaded = import_module(f"triage.workflow.{module.name}")
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            names = list(inspect.signature(function).parameters)
            own = function.__module__ == loaded.__name__ and not name.startswith("_")
            if own and names[:1] == ["desk"] and "tx" not in names:
                found.add(f"{module.name}.{function.__name__}")
    return found


def test_every_function_is_either_an_act_or_says_why_it_leaves_no_event() -> None:
    assert _functions() - set(ACTS) == set(LISTS)


def test_every_act_is_kept_while_a_hub_is_away_or_says_why_it_is_not() -> None:
    refused = [name for named in away_acts.REFUSED.values() for name in named.split()]
    said = Counter([*away_acts.KEPT, *away_acts.KEEPING, *refused])
    assert said == Counter(dict.fromkeys(ACTS, 1)), "put it into tests/workflow/away_acts.py"


@pytest.mark.parametrize("name", sorted(ACTS))
def test_act_leaves_an_event_by_who_did_it(front: Front, name: str) -> None:
    act = ACTS[name](front)
    before = front.seq
    act()
    left = front.events(before)
    assert left, f"{name} left no event"
    assert {e.by for e in left} <= {w.id for w in (factory.RUTH, factory.PRIYA)}
    assert {e.at for e in left} == {front.watch.now}
    assert events.verify(front.store) is None
