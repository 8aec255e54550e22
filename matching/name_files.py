"""The plain files of name data: where they stand, and reading one with its faults named."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from matching.errors import NameDataError

NICKNAMES = "nicknames.csv"
SPELLINGS = "spellings.csv"
TRANSLATIONS = "translations.csv"
GIVEN = "given.csv"
FAMILY = "family.csv"
WEAK = "weak.csv"
SCRIPTS = "scripts.csv"
HAN = "han.csv"
WORDS = "words.csv"
HUB_FILES = (NICKNAMES, SPELLINGS, TRANSLATIONS, GIVEN, FAMILY, WEAK)
"""The files a hub's own folder may hold; each adds to the shipped one of the same name."""


def shipped_folder() -> Path:
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


def rows(path: Path, *columns: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Each line of a file with its number, further columns with it; none without such a file.

    Raises NameDataError, naming file and line, for a file that is no UTF-8 text or lacks one of
    `columns`, and for a line where one of them is empty.
    """
    if not path.is_file():
        return
    needed = " and ".join(columns)
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            table = csv.DictReader(lines)
            if not set(columns) <= set(table.fieldnames or ()):
                raise NameDataError(
                    f"{path} needs the column{'s' * (len(columns) > 1)} {needed} in its first line."
                )
            for row in table:
                if not all((row[column] or "").strip() for column in columns):
                    raise NameDataError(
                        f"{path}, line {table.line_num}: {needed} must not be empty."
                    )
                # What stands beyond the last heading comes under None, as a list.
                yield table.line_num, {k: v.strip() for k, v in row.items() if k and v}
    except UnicodeDecodeError as error:
        raise NameDataError(f"{path} is not UTF-8 text. Save it again as UTF-8.") from error
    except csv.Error as error:
        raise NameDataError(f"{path} does not read as a table: {error}.") from error
