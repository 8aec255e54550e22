"""Why something could not be read, in words for a person."""

from triage.domain.errors import UnreadableError


class TooBigError(UnreadableError):
    """Past a bound of size, count or depth."""


class LockedError(UnreadableError):
    """A password is needed."""


class UnsafeError(UnreadableError):
    """Made to do harm, or not what its name says."""


class BrokenError(UnreadableError):
    """Damaged, cut short or empty."""
