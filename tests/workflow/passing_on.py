"""Acts by which work goes from one person to another, for the claim that each leaves an event."""

from collections.abc import Callable
from datetime import timedelta

from tests import factory
from tests.workflow.conftest import Front
from triage.domain.contact import Contact
from triage.workflow import claims, handover, happened, night, schedule, unsent_words

Prepared = Callable[[Front], Callable[[], object]]


def _with(front: Front, who: str) -> Contact:
    desk = {"tbell": front.tom, "rosei": front.ruth}[who]
    return claims.claim(desk, front.bring(factory.contact()))


def _claim(front: Front) -> Callable[[], object]:
    contact = front.bring(factory.contact())
    return lambda: claims.claim(front.ruth, contact)


def _release(front: Front) -> Callable[[], object]:
    contact = _with(front, "rosei")
    return lambda: claims.release(front.ruth, contact, "Away.")


def _hand_over(front: Front) -> Callable[[], object]:
    contact = _with(front, "rosei")
    return lambda: claims.hand_over(front.ruth, contact, "tbell", "Away.")


def _take_over(front: Front) -> Callable[[], object]:
    contact = _with(front, "tbell")
    return lambda: claims.take_over(front.ruth, contact, "tbell", "He went home.")


def _free_idle(front: Front) -> Callable[[], object]:
    _with(front, "tbell")
    # A week after it was claimed by the store's own clock: the day at a hub is its server's.
    front.watch.now = max(front.watch.now, front.events()[-1].at) + timedelta(days=7)
    return lambda: claims.free_idle(front.ruth)


def _seen(front: Front) -> Callable[[], object]:
    contact = _with(front, "tbell")
    return lambda: happened.seen(front.ruth, contact.id, front.seq)


LATER = factory.NOW + timedelta(hours=2)


def _drafted(front: Front) -> Contact:
    contact = _with(front, "rosei")
    handover.keep(front.ruth, contact.id, to="pnandra", next_step="Ring the school")
    return contact


def _keep(front: Front) -> Callable[[], object]:
    contact = _with(front, "rosei")
    return lambda: handover.keep(front.ruth, contact.id, to="pnandra")


def _offer_all(front: Front) -> Callable[[], object]:
    _drafted(front)
    return lambda: handover.offer_all(front.ruth)


def _accept(front: Front) -> Callable[[], object]:
    _drafted(front)
    [held_out] = handover.offer_all(front.ruth)
    return lambda: handover.accept(front.priya, held_out.id)


def _decline(front: Front) -> Callable[[], object]:
    _drafted(front)
    [held_out] = handover.offer_all(front.ruth)
    return lambda: handover.decline(front.priya, held_out.id, "I go home too")


def _print_list(front: Front) -> Callable[[], object]:
    _drafted(front)
    return lambda: handover.print_list(front.ruth)


def _withdraw(front: Front) -> Callable[[], object]:
    _drafted(front)
    [held_out] = handover.offer_all(front.ruth)
    return lambda: handover.withdraw(front.ruth, held_out.id)


def _snooze(front: Front) -> Callable[[], object]:
    contact = claims.claim(front.ruth, front.bring(factory.contact(rating="green")))
    return lambda: schedule.snooze(front.ruth, contact.id, LATER, "The nurse is in at one")


def _snooze_here(front: Front) -> Callable[[], object]:
    contact = claims.claim(front.ruth, front.bring(factory.contact(rating="green")))
    return lambda: unsent_words.snooze(front.ruth, contact.id, LATER, "The nurse is in at one")


def _pass_on(front: Front) -> Callable[[], object]:
    contact = _with(front, "rosei")
    passing = unsent_words.Passing(to="pnandra", next_step="Ring the school")
    return lambda: unsent_words.pass_on(front.ruth, contact.id, passing, None)


def _put_off(front: Front) -> Callable[[], object]:
    made = schedule.remind(front.ruth, "Ring Carla", LATER)
    return lambda: schedule.put_off(front.ruth, made.id, LATER + timedelta(hours=1))


def _done(front: Front) -> Callable[[], object]:
    made = schedule.remind(front.ruth, "Ring Carla", LATER)
    return lambda: schedule.done(front.ruth, made.id)


ACTS: dict[str, Prepared] = {
    "handover.keep": _keep,
    "handover.offer_all": _offer_all,
    "handover.accept": _accept,
    "handover.print_list": _print_list,
    "handover.decline": _decline,
    "handover.withdraw": _withdraw,
    "night.seen": lambda front: lambda: night.seen(front.ruth),
    "schedule.remind": lambda front: lambda: schedule.remind(front.ruth, "Ring Carla", LATER),
    "schedule.snooze": _snooze,
    "unsent_words.pass_on": _pass_on,
    "unsent_words.remind": lambda f: lambda: unsent_words.remind(f.ruth, "Ring Carla", LATER),
    "unsent_words.snooze": _snooze_here,
    "schedule.put_off": _put_off,
    "schedule.done": _done,
    "happened.seen": _seen,
    "claims.claim": _claim,
    "claims.release": _release,
    "claims.hand_over": _hand_over,
    "claims.take_over": _take_over,
    "claims.free_idle": _free_idle,
}

LISTS = {
    "handover.handover": "rows; opening one is recorded",
    "handover.laid_over": "one's own words, of contacts already listed",
    "handover.shift_ends": "a time",
    "handover.back_at": "a time",
    "handover.before_words": "a head",
    "night.night": "lines; opening one is recorded",
    "night.hours_away": "times",
    "schedule.schedule": "one's own lines; opening one is recorded",
    "schedule.due_now": "one's own lines",
    "feed.listen": "hears a number",
    "feed.news": "the events themselves",
}
