"""Known variants of names: nicknames and spelling families, read from `resources/names`."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from matching.errors import NameDataError
from matching.normalise import name_tokens

FILES = ("nicknames.csv", "spellings.csv")
GIVEN = "given.csv"


class Variants:
    """Which names are forms of one another. Families are not chained together."""

    def __init__(self, families: Iterable[Iterable[str]], given: Iterable[str] = ()) -> None:
        others: dict[str, set[str]] = {}
        for family in families:
            members = {token for name in family for token in name_tokens(name)}
            for member in members:
                others.setdefault(member, set()).update(members - {member})
        self._given = frozenset(token for name in given for token in name_tokens(name))
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

    def __len__(self) -> int:
        return len(self._others)


def read_variants(*folders: Path) -> Variants:
    """Read the variant files of one or more folders and join their lines.

    A folder may lack one of the files. Raises NameDataError, naming file and line, when a
    file has other columns or a line with nothing on it.
    """
    families: list[list[str]] = []
    given: list[str] = []
    for folder in folders:
        for name in FILES:
            path = folder / name
            if not path.is_file():
                continue
            with path.open(encoding="utf-8", newline="") as lines:
                rows = csv.DictReader(lines)
                if not {"name", "variants"} <= set(rows.fieldnames or ()):
                    raise NameDataError(
                        f"{path} needs the columns name and variants in its first line."
                    )
                for row in rows:
                    if not row["name"] or not row["variants"]:
                        raise NameDataError(
                            f"{path}, line {rows.line_num}: a name and its variants are needed."
                        )
                    families.append([row["name"], *row["variants"].split()])
        if (folder / GIVEN).is_file():
            given += (folder / GIVEN).read_text(encoding="utf-8").splitlines()[1:]
    return Variants(families, given)


def data_folder() -> Path:
    """The folder of the shipped name data: `resources/names` beside the package.

    It stands there both in a source checkout and in an installation. Raises NameDataError.
    """
    folder = Path(__file__).resolve().parent.parent / "resources" / "names"
    if not folder.is_dir():
        raise NameDataError(
            f"The name variants are not at {folder}. Install Fanlight again, or copy "
            "resources/names there."
        )
    return folder


@lru_cache(maxsize=1)
def shipped_variants() -> Variants:
    """The variants that come with the package, read once."""
    return read_variants(data_folder())
