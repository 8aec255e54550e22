"""What a partner reads: the request line by line, and the form it can be answered on.

The same lines are shown to the worker before they are sent, go into the message and onto paper.
Nothing else of the contact leaves the hub: `left_out` says what was kept back.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from triage.domain.contact import Adult, Child, Contact
from triage.domain.fact import Fact
from triage.domain.profile import Profile
from triage.domain.request import AskedAbout, InfoRequest
from triage.domain.spelling import spell_day

TITLE = "Request for information"
FORM_BEGINS = "ANSWER FORM"
FORM_ENDS = "END OF THE FORM"
ANSWER = "Answer"
ANSWERED_BY = "Answered by (name and job)"
PASS_ON = "May we pass this on? (yes, ask first, or no)"
CONDITIONS = "Conditions on passing it on"
HOW_TO = (
    "Write after each “Answer”, on paper, in Word or in your reply. If you looked and hold "
    "nothing, write: nothing held. If you do not know, write: not known. If you will not share "
    "it, write: refused, and why."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterLine:
    """One row of the letter: its label, and one or more lines beside it."""

    label: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """The request as the partner reads it. `reply_by` is "24 Nov 2026, 12:35"."""

    marking: str
    hub: str
    reference: str
    reply_by: str
    lines: tuple[LetterLine, ...]
    questions: tuple[str, ...]
    left_out: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """The subject line: it travels in the clear, so it holds the reference and no more."""
        return f"{TITLE} {self.reference}"


def people_named(request: InfoRequest, contact: Contact) -> tuple[AskedAbout, ...]:
    """Those asked about with the names and birth dates that the contact has for them now."""
    held = {p.key: p for p in people_of(contact)}
    return tuple(
        replace(asked, name=name_of(held[asked.person]), born=_value(held[asked.person].dob))
        for asked in request.people
        if asked.person in held
    )


def people_of(contact: Contact) -> tuple[Child | Adult, ...]:
    """Everyone of the contact who can be asked about, children first."""
    return (*contact.content.children, *contact.content.adults)


def name_of(person: Child | Adult) -> str:
    """The person's name as it is sent."""
    if isinstance(person, Child):
        return person.name
    return _value(person.name) or "Name not known"


def letter(request: InfoRequest, contact: Contact, profile: Profile) -> Letter:
    """The letter that this request makes of what the contact holds now."""
    zone = ZoneInfo(profile.working_time.zone)
    people = people_named(request, contact)
    lines = [LetterLine(label="About", values=tuple(about(p) for p in people))]
    address = address_of(contact) if request.with_address else ""
    if address:
        lines.append(LetterLine(label="Address", values=(address,)))
    questions = questions_of(request)
    numbered = tuple(f"{n} {words}" for n, words in enumerate(questions, 1))
    lines.append(LetterLine(label="Please tell us", values=numbered))
    lines.append(LetterLine(label="Why we ask", values=(why_of(request, profile),)))
    do_not = profile.requests.please_do_not
    if do_not:
        lines.append(LetterLine(label="Please do not", values=(do_not,)))
    lines.append(LetterLine(label="Reply", values=(f"By the answer form, or {profile.phone}.",)))
    return Letter(
        marking=profile.marking,
        hub=profile.hub,
        reference=request.reference,
        reply_by=_moment(request.due_at, zone),
        lines=tuple(line for line in lines if line.values),
        questions=questions,
        left_out=left_out(request, contact),
    )


def questions_of(request: InfoRequest) -> tuple[str, ...]:
    """The questions as they are numbered, the worker's own last."""
    return tuple(
        f"{q.words} since {spell_day(q.since)}" if q.since else q.words for q in request.questions
    )


def address_of(contact: Contact) -> str:
    """The household's address; never that of a refuge, which is not passed on."""
    address = contact.content.address
    if address.is_refuge:
        return ""
    town = " ".join(_value(f) for f in (address.town, address.postcode) if f.known)
    return ", ".join(w for w in (_value(address.line), town) if w)


def left_out(request: InfoRequest, contact: Contact) -> tuple[str, ...]:
    """What the contact holds and the letter does not, in a few words each."""
    content = contact.content
    kept = []
    if content.concern.known or content.said:
        agency = _value(content.referrer.agency)
        kept.append(f"what {agency} reported" if agency else "what was reported")
    if content.child_words:
        kept.append("the child's own words" if len(content.children) == 1 else "children's words")
    asked = {p.person for p in request.people}
    others = [name_of(p) for p in people_of(contact) if p.key not in asked]
    if others:
        kept.append(_listed(others))
    if content.address.is_refuge:
        kept.append("the address, which is a refuge's")
    elif not request.with_address and address_of(contact):
        kept.append("the address")
    if contact.rating:
        kept.append("the rating")
    return (*kept, "who made the contact")


def as_text(letter: Letter) -> str:
    """The letter with its form, as plain text."""
    rows = [
        letter.marking,
        TITLE,
        f"{letter.hub}, {letter.reference}" + _by(letter),
        "",
    ]
    for line in letter.lines:
        rows += [line.label, *(f"  {value}" for value in line.values), ""]
    rows += [f"{FORM_BEGINS} {letter.reference}", HOW_TO, ""]
    for number, words in enumerate(letter.questions, 1):
        rows += [f"{number}. {words}", f"{ANSWER} {number}:", ""]
    rows += [f"{ANSWERED_BY}:", f"{PASS_ON}:", f"{CONDITIONS}:", FORM_ENDS, "", letter.marking]
    return "\n".join(rows) + "\n"


def reminder_text(letter: Letter, asked: str) -> str:
    """The reminder, which goes into the same thread; it names nobody."""
    return "\n".join(
        (
            letter.marking,
            f"Reminder: {TITLE.lower()} {letter.reference}",
            "",
            f"We asked you on {asked}{_by(letter)}. We have no answer from you yet, or only a "
            "part of one.",
            "If you hold nothing, please say so: an answer of “nothing held” helps us decide.",
            "",
            letter.hub,
        )
    )


def _by(letter: Letter) -> str:
    return f", reply by {letter.reply_by}" if letter.reply_by else ""


def about(person: AskedAbout) -> str:
    """Whom it asks about: "Maya Rowe, born 14 Mar 2019"."""
    if not person.born:
        return f"{person.name}, birth date not known"
    try:
        born = spell_day(datetime.fromisoformat(person.born).date())
    except ValueError:
        born = person.born
    return f"{person.name}, born {born}"


def why_of(request: InfoRequest, profile: Profile) -> str:
    """Why it asks, and on which lawful basis."""
    basis = next(
        (c for c in profile.codes.get("lawful_basis", ()) if c.code == request.basis), None
    )
    words = request.why.strip() or profile.requests.why
    if basis is None:
        return words
    return f"{words} {basis.label}" + (f"; {basis.hint}." if basis.hint else ".")


def _moment(at: datetime | None, zone: ZoneInfo) -> str:
    if at is None:
        return ""
    local = at.astimezone(zone)
    return f"{spell_day(local)}, {local:%H:%M}"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _value(fact: Fact) -> str:
    return fact.value if fact.known else ""
