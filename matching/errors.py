"""What can go wrong in record linkage, said as a sentence for the person at the screen."""


class MatchingError(Exception):
    """Base of every error this package raises on purpose."""


class DuplicatePersonError(MatchingError):
    """Two people in one source carry the same identifier."""


class IndexFileError(MatchingError):
    """An index file can't be used: another version, altered, cut short or not an index."""


class WeightsError(MatchingError):
    """A weights file lacks something or holds a value that can't be right."""


class NameDataError(MatchingError):
    """A file of name variants can't be found or read."""


class ColumnError(MatchingError):
    """A table that can't be read as columns of people."""


class LinkCancelledError(MatchingError):
    """Linking was stopped before its end; nothing was linked."""


class RefitError(MatchingError):
    """There is too little to fit weights to."""
