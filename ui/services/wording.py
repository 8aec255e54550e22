"""What the screen says of a service, a referral and a search, in few words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from triage.domain.directory import Found, Hidden, Hit
from triage.domain.profile import Profile
from triage.domain.service import (
    Assurance,
    Cost,
    Helped,
    Reach,
    Service,
    Session,
    assurance,
    fits,
)
from triage.domain.service_referral import ReferralState, ServiceReferral
from triage.domain.spelling import spell_day, spell_short_day
from triage.workflow.naming import local
from triage.workflow.services import Family, Suggested

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "mx", "a", "an", "name"})
_WHY = {
    Hidden.COST: ("costs money", "cost money"),
    Hidden.FAR: ("is further away", "are further away"),
    Hidden.REACH: ("is given another way", "are given another way"),
    Hidden.DAY: ("is on other days", "are on other days"),
    Hidden.LANGUAGE: ("is in other languages", "are in other languages"),
    Hidden.ONLY: ("is not said to be what you only want", "are not said to be what you only want"),
}
ASSURED: dict[Assurance, tuple[str, str]] = {
    Assurance.ASSURED: ("circle-check", "okText"),
    Assurance.DUE: ("clock-alert", "warnText"),
    Assurance.LAPSED: ("circle-x", "dangerText"),
}
STATES: dict[ReferralState, tuple[str, str]] = {
    ReferralState.DRAFT: ("pencil", "text2"),
    ReferralState.SENT: ("send", "accent"),
    ReferralState.SEEN: ("eye", "accent"),
    ReferralState.ACCEPTED: ("circle-check", "okText"),
    ReferralState.NOT_TAKEN: ("circle-x", "dangerText"),
}
"""The icon and colour of a state; its word always stands beside them."""


def ages(service: Service) -> str:
    """5-11, 8 and over, up to 5, Adults, or All ages."""
    low, high = service.min_age, service.max_age
    if low is not None and low >= 18 and high is None:
        return "Adults"
    if low is None and high is None:
        parents = service.for_adults and not service.for_children
        return "Adults" if parents else "All ages"
    if high is None:
        return f"{low} and over"
    return f"{low or 0}-{high}"


def names(people: Sequence[Helped], everyone: Sequence[Helped] = ()) -> str:
    """Maya; Maya and Theo; Maya, Theo, Carla; or All, where it is everyone of several."""
    if len(people) > 1 and len(people) == len(everyone):
        return "All"
    return _and([short_name(p) for p in people])


def names_in_a_cell(people: Sequence[Helped], everyone: Sequence[Helped]) -> str:
    """As `names`, as short as a cell: Maya +2."""
    if len(people) < 3 or len(people) == len(everyone):
        return (
            ", ".join(short_name(p) for p in people)
            if len(people) == 2
            else names(people, everyone)
        )
    return f"{short_name(people[0])} +{len(people) - 1}"


def short_name(helped: Helped) -> str:
    """The first name, as the desk says it; the whole where it begins with a title."""
    first = helped.name.split(" ", 1)[0]
    return helped.name if first.rstrip(".").casefold() in _TITLES else first


def _and(words: Sequence[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def person(helped: Helped) -> str:
    """Maya, 7."""
    if helped.adult:
        return helped.name
    return f"{helped.name}, {helped.age}" if helped.age is not None else helped.name


def distance(hit: Hit, *, placed: bool) -> str:
    """1.4 km, Comes to you, By phone, Online, or Distance not known."""
    if hit.km is not None:
        return f"{hit.km:.1f}\u00a0km"
    reach = hit.service.reach
    for way, words in (
        (Reach.VISITS, "Comes to you"),
        (Reach.PHONE, "By phone"),
        (Reach.ONLINE, "Online"),
    ):
        if way in reach and not hit.service.venues:
            return words
    return "Not known" if placed else "From where?"


def cost(service: Service) -> str:
    """Free, what it costs, or Not known."""
    if service.cost is Cost.FREE:
        return "Free"
    return (service.cost_words or "Paid") if service.cost is Cost.PAID else "Not known"


def wait(service: Service) -> str:
    """The wait as said."""
    return service.wait or "Not known"


def assured(service: Service) -> str:
    """The day it was last checked, or Never."""
    return spell_day(service.assured_on) if service.assured_on else "Never"


def state(service: Service, family: Family | None, day: date) -> tuple[str, str]:
    """What stands in the last column and its colour: the referral first, then the decision, then
    what the directory says."""
    referral = family.referral_to(service) if family else None
    if referral is not None:
        word = referral.state.value
        return word[0].upper() + word[1:], STATES[referral.state][1]
    if family is not None and family.has(service):
        return "In decision", "accent"
    if assurance(service, day) is Assurance.LAPSED:
        return "Cannot refer", "dangerText"
    if service.closed_for_now:
        return service.alert or "Closed for now", "warnText"
    if service.places_left is not None:
        if not service.places_left:
            return service.alert or "Full now", "warnText"
        of = f" of {service.places_all}" if service.places_all else ""
        return f"{service.places_left}{of} places", "text"
    return (service.alert if 0 < len(service.alert) <= 24 else "Open"), "text"


def row_sentence(hit: Hit, family: Family | None, day: date, *, placed: bool) -> str:
    """The whole row, as a reader hears it."""
    service = hit.service
    said, _ = state(service, family, day)
    check = {
        Assurance.ASSURED: f"assured {assured(service)}",
        Assurance.DUE: f"assured {assured(service)}, runs out within 30 days",
        Assurance.LAPSED: (
            f"last assured {assured(service)}, over 12 months"
            if service.assured_on
            else "never assured"
        ),
    }[assurance(service, day)]
    parts = [
        service.name,
        service.summary.rstrip("."),
        f"ages {ages(service)}" if ages(service)[0].isdigit() else ages(service),
        f"for {names(hit.whom, family.people if family else ())}" if hit.whom else "",
        distance(hit, placed=placed),
        cost(service),
        f"wait {wait(service)}",
        check,
        said,
        f"hidden by your choices: {_and([_WHY[w][0] for w in hit.hidden])}" if hit.hidden else "",
    ]
    return ", ".join(p for p in parts if p)


def hidden_words(found: Found) -> tuple[str, str]:
    """2 hidden by your choices; and why: one costs money, one is further away."""
    if not found.hidden_count:
        return "", ""
    why = [
        f"{'one' if n == 1 else n} {_WHY[which][0 if n == 1 else 1]}"
        for which, n in found.hidden_why.items()
    ]
    line = ", ".join(why)
    return f"{found.hidden_count} hidden by your choices", f"{line[0].upper()}{line[1:]}."


def when(service: Service) -> str:
    """Tuesdays, 16:00 to 17:30."""
    return "; ".join(w for s in service.sessions if (w := _session(s)))


def _session(session: Session) -> str:
    days = session.days
    if len(days) == 7:
        said = "Every day"
    elif days == (0, 1, 2, 3, 4):
        said = "Monday to Friday"
    else:
        said = ", ".join(_DAYS[d] for d in days)
    hours = ""
    if session.opens and session.closes:
        whole = session.opens == "00:00" and session.closes in ("23:59", "24:00")
        hours = "24 hours" if whole else f"{session.opens} to {session.closes}"
    return ", ".join(w for w in (said, hours, session.words) if w)


def facts(hit: Hit, family: Family | None, *, placed: bool) -> list[tuple[str, str]]:
    """The card's rows: what it is called, and what is known; nothing for what is not said."""
    service = hit.service
    places = [
        ", ".join(w for w in (v.name, v.address, v.postcode) if w) for v in service.venues[:3]
    ]
    where = "; ".join(places) or ", ".join(r.value for r in service.reach)
    if places and hit.km is not None:
        where = f"{where} · {hit.km:.1f}\u00a0km"
    elif places and placed:
        where = f"{where} · distance not known"
    money = " · ".join(
        (
            cost(service),
            f"wait {wait(service).lower()}" if service.wait else "wait not known",
            *((state_of_places(service),) if service.places_left is not None else ()),
        )
    )
    call = ", ".join(w for w in (service.phone, service.phone_words) if w)
    rows = [
        ("For", _for_whom(service, family)),
        ("Where", where),
        ("Getting there", _getting_there(service)),
        ("When", when(service)),
        ("Cost and wait", money),
        ("Languages", _languages(service)),
        ("Who can refer", service.who_can_refer),
        ("Needs from us", service.needs_from_us),
        ("Agreement", "A parent must agree" if service.agreement_needed else ""),
        ("Safe contact", service.safe_contact),
        ("Call", call),
        ("Write", service.email),
        ("Run by", service.provider),
    ]
    return [(label, words) for label, words in rows if words]


def state_of_places(service: Service) -> str:
    """2 of 8 places left."""
    of = f" of {service.places_all}" if service.places_all else ""
    return f"{service.places_left}{of} places left"


def _for_whom(service: Service, family: Family | None) -> str:
    said = ages(service)
    words = f"Ages {said}" if said[0].isdigit() else said
    if family is None or not family.people:
        return words
    yes = [short_name(p) for p in family.people if fits(service, p)]
    no = [short_name(p) for p in family.people if not fits(service, p)]
    if not no:
        return f"{words}. Fits everyone here"
    if not yes:
        return f"{words}. Fits nobody here"
    return f"{words}. Fits {_and(yes)}; not {_and(no)}"


def _getting_there(service: Service) -> str:
    steps = {v.step_free for v in service.venues}
    said = "step-free" if True in steps else "not step-free" if False in steps else ""
    return "; ".join(w for w in (service.getting_there.rstrip("."), said) if w)


def _languages(service: Service) -> str:
    words = ", ".join(service.languages)
    offered = "interpreter offered" if service.interpreter else ""
    return "; ".join(w for w in (words, offered) if w)


def suggested_for(made: Suggested, family: Family) -> str:
    """For Maya · ages 5-11 · 1.4 km."""
    parts = [f"For {_whom_of(made, family)}"]
    hit = Hit(service=made.service, km=made.km)
    said = ages(made.service)
    if said[0].isdigit():
        parts.append(f"ages {said}")
    if made.km is not None or not made.service.venues:
        parts.append(distance(hit, placed=True).lower())
    if not made.service.venues and made.service.wait:
        parts.append(f"wait {made.service.wait.lower()}")
    return " · ".join(parts)


def _whom_of(made: Suggested, family: Family) -> str:
    """Of several adults nobody is named: a factor does not say which of them was hurt."""
    if len(made.whom) > 1 and all(p.adult for p in made.whom):
        return "a parent or carer"
    whom = names(made.whom, family.people)
    return "the household" if whom == "All" else whom


def moment(profile: Profile, at: datetime, day: date) -> str:
    """11:41, or 24 Nov on another day."""
    here = local(profile, at)
    return f"{here:%H:%M}" if here.date() == day else spell_short_day(here.date())


def referral_title(made: ServiceReferral) -> str:
    """Referral for Maya."""
    return f"Referral for {_and(made.people_names)}"


def copy_words(hit: Hit) -> str:
    """The card as plain words, for one's own mail; no family is named."""
    service = hit.service
    lines = [service.name, service.description or service.summary, ""]
    lines += [f"{label}: {words}" for label, words in facts(hit, None, placed=False)]
    return "\n".join(lines)
