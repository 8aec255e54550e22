"""Known variants of names: nicknames and spelling families, read from `resources/names`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from matching.errors import NameDataError
from matching.name_files import (
    FAMILY,
    GIVEN,
    HUB_FILES,
    NICKNAMES,
    SPELLINGS,
    TRANSLATIONS,
    WEAK,
    WORDS,
    rows,
    shipped_folder,
)
from matching.name_forms import written_form
from matching.name_words import name_tokens


class Variants:
    """Which names are forms of one another. Lines are not chained together.

    All names of one of `families` are forms of each other; of one of `translations` only the
    first is a form of each of the rest: Seán and Ian are both John, and two brothers.
    """

    def __init__(
        self,
        families: Iterable[Iterable[str]],
        translations: Iterable[Sequence[str]] = (),
        given: Iterable[str] = (),
        family: Iterable[str] = (),
        weak: Mapping[str, str] | None = None,
    ) -> None:
        others: dict[str, set[str]] = {}
        for line in families:
            members = _tokens(line)
            for member in members:
                others.setdefault(member, set()).update(members - {member})
        for first, *rest in translations:
            for one in _tokens([first]):
                for other in _tokens(rest) - {one}:
                    others.setdefault(one, set()).add(other)
                    others.setdefault(other, set()).add(one)
        self._given = _tokens(given)
        self._family = frozenset(map(written_form, _tokens(family)))
        self._weak = {token: sex for name, sex in (weak or {}).items() for token in _tokens([name])}
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

    def known_family(self, token: str) -> bool:
        """True when the folded name, or a form by rule, stands among the family names."""
        return written_form(token) in self._family

    def weak(self, token: str) -> bool:
        """True for a name so many bear, by faith or as a title, that it tells little: Kaur."""
        return token in self._weak

    @property
    def weak_names(self) -> Collection[str]:
        """Those that are `weak`."""
        return self._weak.keys()

    def borne_by(self, token: str) -> str:
        """ "F" or "M" for a weak name that only women or only men bear, else ""."""
        return self._weak.get(token, "")

    def __len__(self) -> int:
        return len(self._others)


def _tokens(names: Iterable[str]) -> frozenset[str]:
    return frozenset(token for name in names for token in name_tokens(name))


def read_variants(*folders: Path) -> Variants:
    """Read the variant files of one or more folders and join their lines.

    A folder may lack one of the files. Raises NameDataError, naming file and line, when a
    file has other columns, a line with nothing on it, or something that is no name.
    """
    families: list[list[str]] = []
    translations: list[list[str]] = []
    given: list[str] = []
    family: list[str] = []
    weak: dict[str, str] = {}
    for folder in folders:
        for file, lines in (
            (NICKNAMES, families), (SPELLINGS, families), (TRANSLATIONS, translations),
        ):  # fmt: skip
            for line, row in rows(folder / file, "name", "variants"):
                lines.append([row["name"], *row["variants"].split()])
                _check(folder / file, line, lines[-1])
        for file, names in ((GIVEN, given), (FAMILY, family)):
            for line, row in rows(folder / file, "name"):
                _check(folder / file, line, [row["name"]])
                names.append(row["name"])
        for line, row in rows(folder / WEAK, "name"):
            _check(folder / WEAK, line, [row["name"]])
            weak[row["name"]] = row.get("sex", "")
    return Variants(families, translations, given, family, weak)


def _check(path: Path, line: int, names: list[str]) -> None:
    for name in names:
        if not name_tokens(name):
            raise NameDataError(f"{path}, line {line}: “{name}” has no letters of a name.")


@lru_cache(maxsize=1)
def _english() -> frozenset[str]:
    return frozenset(row["word"] for _, row in rows(shipped_folder() / WORDS, "word"))


def is_english(word: str) -> bool:
    """True for a common English word, also one that is a name: mark, will."""
    return word.casefold() in _english()


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
