"""Known variants of names: nicknames and spelling families, read from `resources/names`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from matching.errors import NameDataError
from matching.name_files import GIVEN, HUB_FILES, NICKNAMES, SPELLINGS, WEAK, rows, shipped_folder
from matching.name_words import name_tokens


class Variants:
    """Which names are forms of one another. Families are not chained together."""

    def __init__(
        self,
        families: Iterable[Iterable[str]],
        given: Iterable[str] = (),
        weak: Iterable[str] = (),
    ) -> None:
        others: dict[str, set[str]] = {}
        for family in families:
            members = {token for name in family for token in name_tokens(name)}
            for member in members:
                others.setdefault(member, set()).update(members - {member})
        self._given = frozenset(token for name in given for token in name_tokens(name))
        self._weak = frozenset(token for name in weak for token in name_tokens(name))
        self._others = {name: frozenset(rest) for name, rest in others.items()}

    def of(self, token: str) -> frozenset[str]:
        """Every known other form of a folded name; empty when none is known."""
        return self._others.get(token, frozenset())

    def related(self, left: str, right: str) -> bool:
        """True when the two folded names are forms of one name."""
        return right in self._others.get(left, ())

    def known(self, token: str) -> bool:
        """True when the folded name stands in the data, so it is a name and not a slip."""
        return token in self._given or token in self._others

    def known_given(self, token: str) -> bool:
        """True when the folded name stands among the first names people bear."""
        return token in self._given

    def weak(self, token: str) -> bool:
        """True for a name so many bear, by faith or as a title, that it tells little: Kaur."""
        return token in self._weak

    def __len__(self) -> int:
        return len(self._others)


def read_variants(*folders: Path) -> Variants:
    """Read the variant files of one or more folders and join their lines.

    A folder may lack one of the files. Raises NameDataError, naming file and line, when a
    file has other columns, a line with nothing on it, or something that is no name.
    """
    families: list[list[str]] = []
    given: list[str] = []
    weak: list[str] = []
    for folder in folders:
        for file in (NICKNAMES, SPELLINGS):
            for line, row in rows(folder / file, "name", "variants"):
                families.append([row["name"], *row["variants"].split()])
                _check(folder / file, line, families[-1])
        for file, names in ((GIVEN, given), (WEAK, weak)):
            for line, row in rows(folder / file, "name"):
                _check(folder / file, line, [row["name"]])
                names.append(row["name"])
    return Variants(families, given, weak)


def _check(path: Path, line: int, names: list[str]) -> None:
    for name in names:
        if not name_tokens(name):
            raise NameDataError(f"{path}, line {line}: “{name}” has no letters of a name.")


_hub_folders: list[Path] = []


@lru_cache(maxsize=1)
def shipped_variants() -> Variants:
    """The variants that come with the package and those a hub added, read once."""
    return read_variants(shipped_folder(), *_hub_folders)


def add_names(folder: Path) -> tuple[str, ...]:
    """Add a hub's own names to the shipped ones; gives the files found, none without a folder.

    Done once at start, before anybody is compared. Raises NameDataError, naming file and line,
    and adds nothing then.
    """
    files = tuple(file for file in HUB_FILES if (folder / file).is_file())
    if files and folder not in _hub_folders:
        read_variants(folder)
        _hub_folders.append(folder)
        shipped_variants.cache_clear()
    return files
