"""Acts by which work goes from one person to another, for the claim that each leaves an event."""

from collections.abc import Callable

from tests import factory
from tests.workflow.conftest import Front
from triage.domain.contact import Contact
from triage.workflow import claims, happened

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
    front.watch.move(hours=3)
    return lambda: claims.free_idle(front.ruth)


def _seen(front: Front) -> Callable[[], object]:
    contact = _with(front, "tbell")
    return lambda: happened.seen(front.ruth, contact.id, front.seq)


ACTS: dict[str, Prepared] = {
    "happened.seen": _seen,
    "claims.claim": _claim,
    "claims.release": _release,
    "claims.hand_over": _hand_over,
    "claims.take_over": _take_over,
    "claims.free_idle": _free_idle,
}

LISTS = {
    "feed.listen": "hears a number",
    "feed.news": "the events themselves",
}
