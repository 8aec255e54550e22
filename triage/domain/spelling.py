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


def day_shapes(day: date) -> tuple[str, ...]:
    """A day as it may be written: 2 Aug 2023, 2nd August 23, August 2, 2023, 02/08/2023, 2.8.23,
    020823, 2023-08-02."""
    end = "th" if day.day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    months = [spell_day(day).split()[1], spell_long_day(day).split()[1]]
    years = (f"{day.year}", f"{day.year % 100:02}")
    numbers = [f"{n}{e}" for n, e in _numbers(day, end)]
    said = [f"{n} {m} {year}" for m in months for n in numbers for year in years]
    said += [f"{m} {n}{sign} {day.year}" for m in months for n in numbers for sign in ("", ",")]
    said += [f"{day.day:02}{day.month:02}{year}" for year in years]
    for mark in "/.-":
        for n in (f"{day.day:02}{mark}{day.month:02}", f"{day.day}{mark}{day.month}"):
            said += [f"{n}{mark}{year}" for year in years]
    return tuple(dict.fromkeys([*said, day.isoformat()]))


def _numbers(day: date, end: str) -> tuple[tuple[str, str], ...]:
    return (str(day.day), ""), (f"{day.day:02}", ""), (str(day.day), end)


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
