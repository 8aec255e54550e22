"""Who may write which events at a hub: nobody says of themselves what their role can't do.

A kind stands alone or by how it begins ("contact."); the one that is named more closely counts.
What stands in neither is no event of a person's, and the hub takes none.
"""

from collections.abc import Iterator, Mapping

from triage.domain.worker import May

ANYBODY: tuple[May, ...] = ()

TELLS: Mapping[str, tuple[May, ...]] = {
    "access.": (May.SIGN,),
    "access.broke_glass": (May.BREAK_GLASS,),
    "access.reason": (May.BREAK_GLASS,),
    "audit.": (May.AUDIT,),
    "audit.checkpoint": ANYBODY,
    "audit.checkpoint_mailed": (May.RECEIVE,),
    "audit.checkpoint_not_mailed": (May.RECEIVE,),
    "call.": (May.RECEIVE,),
    "contact.": (May.RECEIVE, May.SCREEN),
    "contact.changes_seen": (May.READ,),
    "contact.opened_up": (May.OPEN_RESTRICTED,),
    "contact.rated": (May.RATE,),
    "contact.restriction_kept": (May.SIGN,),
    "contact.viewed": (May.READ,),
    "correction.": (May.SIGN,),
    "correction.asked": (May.SCREEN,),
    "decision.": (May.SIGN,),
    "decision.not_stamped": (May.RECEIVE, May.SIGN),
    "decision.proposed": (May.PROPOSE,),
    "decision.saved": (May.PROPOSE,),
    "decision.stamped": (May.RECEIVE, May.SIGN),
    "decision.viewed": (May.READ,),
    "export.": (May.RECEIVE, May.SIGN, May.PRINT),
    "handover.": (May.PRINT,),
    "mailbox.": (May.RECEIVE, May.SCREEN),
    "match.": (May.RECEIVE, May.SCREEN, May.LINK),
    "matching.": (May.SIGN, May.CONFIGURE),
    "night.": (May.READ,),
    "original.": (May.RECEIVE, May.SCREEN),
    "original.opened": (May.READ,),
    "pack.": (May.PRINT,),
    "reminder.": (May.READ,),
    "request.": (May.RECEIVE, May.SCREEN, May.PROPOSE),
    "request.viewed": (May.READ,),
    "retention.": (May.SIGN,),
    "service.": (May.SCREEN, May.PROPOSE),
    "services.": (May.RECEIVE,),
    "worker.": ANYBODY,
    "worker.enrolled": (May.CONFIGURE,),
    "worker.key_certified": (May.CONFIGURE, May.SIGN),
    "worker.let_in": (May.CONFIGURE,),
    "worker.revocations_listed": (May.CONFIGURE, May.SIGN),
}
"""What a role must be allowed, one of these, to write an event of that kind."""


def kinds() -> Iterator[Mapping[str, str]]:
    """The same as rows: a kind, and one of the acts that allow it, "" where none is needed."""
    for kind, acts in TELLS.items():
        for act in acts or ("",):
            yield {"kind": kind, "act": act}
