"""Errors are sentences for the person at the screen: what happened, what is safe, what to do."""


class FanlightError(Exception):
    """Base of every fault that the program foresees; its text is shown as it is."""


class ConflictError(FanlightError):
    """Someone else changed the same thing first; what was typed is kept by the caller."""


class NotAllowedError(FanlightError):
    """The person's role, or being the author, does not let them do this."""


class NotReadyError(FanlightError):
    """Something needed is missing; the sentence names it."""


class NotFoundError(FanlightError):
    """There is no such record, or this person may not know of it."""


class StoreError(FanlightError):
    """The store can't be opened or read; nothing in it was changed."""


class UnreachableError(StoreError):
    """The hub's server does not answer; nothing was changed there."""


class InDoubtError(UnreachableError):
    """The line broke before the hub's server said whether something was saved."""


class SecretsError(FanlightError):
    """The system's keyring is missing, locked or holds another key."""


class ProfileError(FanlightError):
    """A hub's profile, extract or schema has faults; each is named with file and line."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


class UnreadableError(FanlightError):
    """A file could not be read; its original bytes are kept."""


class SignatureError(FanlightError):
    """A signature, seal or receipt does not belong to what it came with."""


class DeliveryError(FanlightError):
    """The council could not be reached or did not accept; the document is safe in the outbox."""
