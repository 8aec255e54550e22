"""Days, moments and numbers of things as people read them, in English whatever the language.

`strftime` names months in the language that the computer was set to, and knows days without a
leading nought on some systems only.
"""

from datetime import date, datetime

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def counted(number: int, what: str) -> str:
    """1 event, 2 events, 2,310 events: for words whose plural is an added s."""
    return f"{number} {what}" if number == 1 else f"{number:,} {what}s"


def spell_day(day: date) -> str:
    """24 Nov 2026."""
    return f"{spell_short_day(day)} {day.year}"


def spell_short_day(day: date) -> str:
    """24 Nov."""
    return f"{day.day} {MONTHS[day.month - 1][:3]}"


def spell_long_day(day: date) -> str:
    """24 November 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def spell_moment(at: datetime) -> str:
    """24 Nov 2026 12:14, as `at` has it."""
    return f"{spell_day(at)} {at:%H:%M}"


def spell_weekday(day: date) -> str:
    """Wed."""
    return WEEKDAYS[day.weekday()][:3]


def spell_in_week(at: datetime) -> str:
    """Wed 12:14, as `at` has it: for what is within a week."""
    return f"{spell_weekday(at)} {at:%H:%M}"


def spell_kept(kept: str) -> str:
    """A day or moment kept as ISO text, spelt; other words as they are."""
    try:
        at = datetime.fromisoformat(kept)
    except ValueError:
        return kept
    return spell_moment(at) if "T" in kept or " " in kept else spell_day(at)
