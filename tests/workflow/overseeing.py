"""Acts of those who look after the trail, for the claim that each leaves an event."""

from collections.abc import Callable

from tests import factory
from tests.workflow.conftest import Front
from triage.domain.oversight import Question
from triage.workflow import access, audit, audit_export, claims, restrictions, screen, unsent_words

Prepared = Callable[[Front], Callable[[], object]]


def _own_family(front: Front) -> Question:
    contact = front.bring(factory.contact(factory.child(given="Kofi", family="Osei")))
    screen.open_contact(front.ruth, contact.id)
    (asked,) = audit.look_again(front.priya, audit.Wanted()).asked
    return asked.question


def _open(front: Front) -> Callable[[], object]:
    return lambda: audit.open_trail(front.priya, "Check.")


def _search(front: Front) -> Callable[[], object]:
    return lambda: audit.search(front.priya, audit.Wanted(about="Rowe"), "Check.")


def _check(front: Front) -> Callable[[], object]:
    return lambda: audit.check_chain(front.priya)


def _note(front: Front) -> Callable[[], object]:
    claims.claim(front.ruth, front.bring(factory.contact()))
    return lambda: audit.keep_note(front.priya, front.seq, "No question.")


def _ask(front: Front) -> Callable[[], object]:
    question = _own_family(front)
    return lambda: audit.ask_why(front.priya, question, "By word.")


def _reply(front: Front) -> Callable[[], object]:
    question = _own_family(front)
    return lambda: audit.record_reply(front.priya, question, "No kin of mine.")


def _note_here(front: Front) -> Callable[[], object]:
    claims.claim(front.ruth, front.bring(factory.contact()))
    seq = front.seq
    return lambda: unsent_words.keep_note(front.priya, seq, "No question.")


def _ask_here(front: Front) -> Callable[[], object]:
    question = _own_family(front)
    return lambda: unsent_words.ask_why(front.priya, question, "By word.")


def _reply_here(front: Front) -> Callable[[], object]:
    question = _own_family(front)
    return lambda: unsent_words.record_reply(front.priya, question, "No kin of mine.")


def _export(front: Front) -> Callable[[], object]:
    claims.claim(front.ruth, front.bring(factory.contact()))
    return lambda: audit_export.export_trail(
        front.priya, audit.Wanted(), "Governance", front.folder
    )


def _break_glass(front: Front) -> Callable[[], object]:
    hidden = front.bring(factory.contact(restricted=True))
    return lambda: access.break_glass(front.ruth, hidden.reference, "Named in mine.")


def _acknowledge(front: Front) -> Callable[[], object]:
    hidden = front.bring(factory.contact(restricted=True))
    grant = access.break_glass(front.ruth, hidden.reference, "Named in mine.")
    return lambda: access.acknowledge(front.priya, grant.id)


def _keep_restricted(front: Front) -> Callable[[], object]:
    hidden = front.bring(factory.contact(restricted=True))
    return lambda: restrictions.keep_restricted(front.priya, hidden.id, "Still kin.")


ACTS: dict[str, Prepared] = {
    "restrictions.keep_restricted": _keep_restricted,
    "access.break_glass": _break_glass,
    "access.acknowledge": _acknowledge,
    "audit.open_trail": _open,
    "audit.search": _search,
    "audit.check_chain": _check,
    "audit.keep_note": _note,
    "audit.ask_why": _ask,
    "audit.record_reply": _reply,
    "unsent_words.keep_note": _note_here,
    "unsent_words.ask_why": _ask_here,
    "unsent_words.record_reply": _reply_here,
    "audit_export.export_trail": _export,
}
LISTS = {
    "restrictions.to_review": "rows; opening one is recorded",
    "access.notices": "who opened what, which is recorded",
    "audit.look_again": "of a search already made",
    "audit.look_at": "of a trail already opened",
    "audit.page": "of a search already made",
    "audit.sought_events": "of a search already made",
}
