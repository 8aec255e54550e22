"""Which PINs are guessed first, and so are not taken (NIST SP 800-63B section 5.1.1.2)."""

from datetime import date
from itertools import pairwise

SHORTEST = 4
_COLUMNS = ("2580", "0852", "147258", "1470")
"""Walks down a keypad."""

_HOW = "Choose figures or letters that nobody who knows you would try."


def why_guessable(pin: str, *names: str) -> str:
    """Why a PIN is too easy to guess for a person of these names, in a sentence; "" where not.

    Refused: fewer than `SHORTEST` letters, one letter or pair again and again, letters in a row,
    a year or a date, a walk down the keypad, and a name of theirs.
    """
    steps = {ord(b) - ord(a) for a, b in pairwise(pin)}
    if len(pin) < SHORTEST:
        return f"A PIN needs {SHORTEST} figures or letters, better six."
    if len(set(pin)) == 1 or (len(pin) % 2 == 0 and pin == pin[:2] * (len(pin) // 2)):
        return f"The same again and again is the first that is tried. {_HOW}"
    if steps in ({1}, {-1}) or pin in _COLUMNS:
        return f"What lies in a row is the first that is tried. {_HOW}"
    if _is_year(pin) or _is_date(pin):
        return f"A year or a date is the first that is tried by who knows you. {_HOW}"
    words = {word for name in names for word in (name, *name.split())}
    if pin.casefold() in {word.casefold() for word in words}:
        return f"Your name is the first that is tried. {_HOW}"
    return ""


def _is_year(pin: str) -> bool:
    return len(pin) == 4 and pin.isdecimal() and pin[:2] in ("19", "20")


def _is_date(pin: str) -> bool:
    """Whether six or eight figures are a day, in any order that people write one."""
    if len(pin) not in (6, 8) or not pin.isdecimal():
        return False
    year = len(pin) - 4
    orders = (
        (pin[:year], pin[year : year + 2], pin[year + 2 :]),
        (pin[4:], pin[2:4], pin[:2]),
        (pin[4:], pin[:2], pin[2:4]),
    )
    for written, month, day in orders:
        full = int(written) + (0 if len(written) == 4 else 1900)
        try:
            date(full, int(month), int(day))
        except ValueError:
            continue
        if 1900 <= full < 2100:
            return True
    return False
