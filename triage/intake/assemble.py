"""From what was gathered to a contact's content: who is a child, who an adult, what is kept."""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import lru_cache

from triage.domain.contact import Address, Adult, Child, Content, Referrer
from triage.domain.fact import NOT_SAID, Fact, Place, Unknown
from triage.domain.fact import read as read_fact
from triage.intake.dates import age_on
from triage.intake.gathered import Gathered, Person, Reading, turned
from triage.intake.household import CHILD_RELATION
from triage.intake.interpret import PROFESSIONAL_RELATION
from triage.intake.labels import Subject
from triage.intake.people import settle_case
from triage.intake.pieces import Piece
from triage.intake.sources import source_code


def fact_of(reading: Reading | None) -> Fact:
    """A reading as a fact; NOT_SAID when there is none."""
    if reading is None or not reading.value:
        return NOT_SAID
    places = tuple(piece.place(reading.label) for piece in reading.pieces if piece)
    others = (reading.other,) if reading.other else ()
    return read_fact(reading.value, *places, note=reading.note, alternatives=others)


_NICK = re.compile(r"\s[“\"‘][^“”\"‘’]{1,20}[”\"’](?=\s)")
_GROWN = frozenset({"mother", "father", "stepmother", "stepfather", "grandmother"}) | frozenset(
    {"grandfather", "mother's partner", "father's partner", "foster carer", "guardian"}
)


def settle_people(got: Gathered) -> None:
    """Decide who is a child and who is an adult; join what was said twice of one person."""
    for person in got.people:
        relation = person.facts.get("relationship")
        born = person.facts.get("dob")
        age = None
        if born is not None:
            age = age_on(date.fromisoformat(born.value), got.today)
        said = relation.value if relation else ""
        if person.subject is Subject.ADULT:
            if (
                (
                    CHILD_RELATION.match(said)
                    and "grown" not in person.facts
                    and (age is None or age < 18)
                    and not re.search(r"(?i)self|adult", said)
                )
                or (age is not None and 0 <= age < 14)
            ) or person.unborn:
                _become_child(person, said)
        elif person.subject is Subject.CHILD and (
            age >= 19 if age is not None else said in _GROWN and "age" not in person.facts
        ):
            _become_adult(person)
    kids = [p for p in got.people if p.subject is Subject.CHILD and not p.empty]
    if any(p.patient for p in kids) and any(not p.patient for p in kids):
        for person in kids:
            born = person.facts.get("dob")
            young = born and age_on(date.fromisoformat(born.value), got.today) < 13
            if person.patient and not young:
                _become_adult(person)
    named = any(p.value("given") or p.value("family") for p in got.of(Subject.CHILD))
    got.people[:] = [p for p in got.people if not p.empty and not (named and _is_nobody(p))]
    _join(got)
    _to_the_one_named(got)


def _to_the_one_named(got: Gathered) -> None:
    """Move "Tomasz has dyslexia", asked for once for all children, to Tomasz."""
    kids = {p.value("given").split()[0]: p for p in got.of(Subject.CHILD) if p.value("given")}
    for person in list(kids.values()):
        named = re.match(
            r"([^\W\d_][\w’'-]+) (?:has|is|uses|wears|needs)\b", person.value("disability")
        )
        whose = kids.get(named[1]) if named else None
        if whose is not None and whose is not person:
            whose.put("disability", person.facts.pop("disability"))


_TELLS_WHO = frozenset(
    {"given", "family", "name", "dob", "edd", "age", "nhs", "upn", "counted", "home"}
)


def _is_nobody(person: Person) -> bool:
    """True for a child of whom a form's table gives no name, birth, age or number."""
    if person.subject is not Subject.CHILD or person.unborn or person.aliases:
        return False
    of_form = person.key[:1] in {("group",), ("index",), ("now",)}
    return of_form and not _TELLS_WHO & person.facts.keys()


def _become_child(person: Person, said: str) -> None:
    person.subject = Subject.CHILD
    name = person.facts.get("name")
    if name is not None and name.pieces and "given" not in person.facts:
        from triage.intake.people import split_name

        given, family, _ = split_name(name.pieces[0])
        for fact, piece in (("given", given), ("family", family)):
            if piece is not None:
                person.put(fact, Reading(settle_case(piece.text), (piece,), name.label))
    plain = re.search(r"(?i)brother|sister|\bson\b|daughter", said)
    if plain and (relation := person.facts.get("relationship")):
        person.put(
            "sex",
            Reading(
                "M" if plain[0].lower() in {"brother", "son"} else "F",
                relation.pieces,
                relation.label,
            ),
        )


def _become_adult(person: Person) -> None:
    person.subject = Subject.ADULT
    if "name" not in person.facts:
        bits = [person.facts[f] for f in ("given", "family") if f in person.facts]
        if bits:
            person.facts["name"] = Reading(
                " ".join(b.value for b in bits),
                tuple(p for b in bits for p in b.pieces),
                bits[0].label,
            )
    else:
        name = person.facts["name"]
        person.facts["name"] = Reading(turned(name.value), name.pieces, name.label)


@lru_cache(maxsize=20_000)
def _plain(words: str) -> str:
    return " ".join(re.findall(r"[\w\u0300-\u036f]+", words.casefold()))


def _same_child(one: Person, other: Person) -> bool:
    a, b = _plain(one.value("given")), _plain(other.value("given"))
    if one.unborn != other.unborn:
        return False
    if one.value("nhs") and one.value("nhs") == other.value("nhs"):
        return True
    if not a or not b:
        return (
            one.unborn
            and other.unborn
            and one.value("edd") == other.value("edd")
            and one.key[:1] != other.key[:1]
        )
    if a != b and not (
        a.split()[0] == b.split()[0] and one.value("dob") and one.value("dob") == other.value("dob")
    ):
        return False
    for fact in ("dob", "nhs"):
        if one.value(fact) and other.value(fact) and one.value(fact) != other.value(fact):
            return False
    c, d = _plain(one.value("family")), _plain(other.value("family"))
    return not (c and d and c != d and c not in d and d not in c)


def _same_adult(one: Person, other: Person) -> bool:
    a, b = _plain(_adult_name(one)), _plain(_adult_name(other))
    if not a or not b:
        return False
    if one.value("dob") and other.value("dob") and one.value("dob") != other.value("dob"):
        return False
    if a == b:
        return True
    if set(a.split()) <= set(b.split()) or set(b.split()) <= set(a.split()):
        r, s = one.value("relationship"), other.value("relationship")
        return not r or not s or r == s
    return False


def _marks(person: Person) -> list[tuple[str, str]]:
    """What somebody must share with a person to be the same one."""
    if person.subject is Subject.ADULT:
        return [("adult", word) for word in dict.fromkeys(_plain(_adult_name(person)).split())]
    given = _plain(person.value("given")).split()
    marks = [("nhs", person.value("nhs")), ("given", given[0] if given else "")]
    if person.unborn:
        marks.append(("unborn", ""))
    return [mark for mark in marks if mark[1] or mark[0] == "unborn"]


def _join(got: Gathered) -> None:
    kept: list[Person] = []
    beside: dict[tuple[str, str], list[Person]] = {}  # only they can be the same person
    for person in got.people:
        same = _same_child if person.subject is Subject.CHILD else _same_adult
        marks = _marks(person)
        near = [k for mark in marks for k in beside.get(mark, ())]
        twin = next((k for k in near if same(k, person)), None)
        if twin is None:
            kept.append(person)
            for mark in marks:
                beside.setdefault(mark, []).append(person)
            continue
        if person.subject is Subject.ADULT and len(_adult_name(person)) > len(_adult_name(twin)):
            twin.facts["name"] = person.facts.get("name") or twin.facts["name"]
        for fact, reading in person.facts.items():
            twin.put(fact, reading)
        held = {_plain(alias.value) for alias in twin.aliases}
        twin.aliases.extend(a for a in person.aliases if _plain(a.value) not in held)
    names = {
        _plain(f"{p.value('given')} {p.value('family')}")
        for p in kept
        if p.subject is Subject.CHILD
    }
    got.people[:] = [
        p
        for p in kept
        if not (
            p.subject is Subject.ADULT and _plain(_adult_name(p)) in names and not p.value("dob")
        )
    ]


def _adult_name(person: Person) -> str:
    if (
        person.subject is Subject.ADULT
        and ("given" in person.facts or "family" in person.facts)
        and "name" not in person.facts
    ):
        return " ".join(filter(None, (person.value("given"), person.value("family"))))
    return person.value("name")


def _adult(person: Person, key: str, referrer_name: str) -> Adult | None:
    facts = person.facts
    if "name" not in facts:
        bits = [facts[f] for f in ("given", "family") if f in facts]
        if not bits:
            return None
        facts["name"] = Reading(
            " ".join(b.value for b in bits), tuple(p for b in bits for p in b.pieces), bits[0].label
        )
    if nick := _NICK.search(facts["name"].value):  # Robert “Robbie” Fenn
        whole = facts["name"].value
        facts["name"] = replace(facts["name"], value=whole[: nick.start()] + whole[nick.end() :])
    relation = facts.get("relationship")
    if relation is not None and PROFESSIONAL_RELATION.search(relation.value):
        return None
    if referrer_name and _plain(facts["name"].value) == _plain(referrer_name) and relation is None:
        return None
    return Adult(
        key=key,
        name=fact_of(facts["name"]),
        relationship=fact_of(relation),
        dob=fact_of(facts.get("dob")),
        phone=fact_of(facts.get("phone")),
        parental_responsibility=fact_of(facts.get("pr")),
        lives_here=fact_of(facts.get("home")),
    )


def _child(person: Person, key: str, household: dict[str, Reading]) -> Child:
    facts = person.facts
    own = {
        _plain(person.value("given")),
        _plain(f"{person.value('given')} {person.value('family')}"),
    }
    aliases = []
    for alias in person.aliases:
        if _plain(alias.value) and _plain(alias.value) not in own:
            aliases.append(fact_of(alias))
            own.add(_plain(alias.value))
    return Child(
        key=key,
        given=fact_of(facts.get("given")),
        family=fact_of(facts.get("family")),
        aliases=tuple(aliases),
        dob=fact_of(facts.get("dob")),
        edd=fact_of(facts.get("edd")),
        age_text=fact_of(facts.get("age")) if "dob" not in facts else NOT_SAID,
        sex=fact_of(facts.get("sex")),
        nhs_number=fact_of(facts.get("nhs")),
        upn=fact_of(facts.get("upn")),
        school=fact_of(facts.get("school")),
        gp=fact_of(facts.get("gp")),
        ethnicity=fact_of(facts.get("ethnicity")),
        language=fact_of(facts.get("language") or household.get("language")),
        interpreter=fact_of(facts.get("interpreter") or household.get("interpreter")),
        disability=fact_of(facts.get("disability")),
        whereabouts=fact_of(facts.get("whereabouts")),
        lives_here=fact_of(facts.get("home")),
        unborn=person.unborn,
    )


def joined(concerns: list[tuple[Piece, str]]) -> Fact:
    """The concern in the referrer's own words: every passage of it, in order, each once."""
    said: list[str] = []
    places: list[Place] = []
    spans: list[tuple[object, int, int]] = []
    for whole, label in concerns:
        piece = whole.strip()
        if not piece or any(
            s is piece.sheet and a <= piece.start and piece.end <= b for s, a, b in spans
        ):
            continue
        spans.append((piece.sheet, piece.start, piece.end))
        said.append(piece.text)
        places.append(piece.place(label))
    return read_fact("\n".join(said), *places) if said else NOT_SAID


_OF_A_FRIEND = re.compile(
    r"(?i)\bmy (?:best |good )?(?:friend|mate|pal)['’]?s? "
    r"(?:kids?|child(?:ren)?|son|daughter|little|baby|boy|girl)"
)
_MY_KIN = re.compile(
    r"(?i)\bmy (?:own )?(?:grand\w+|niece|nephew|son|daughter|child(?:ren)?|brother|sister|step\w+"
    r"|ex(?:[- ]\w+)?|cousin)\b(?:,? (?P<name>(?-i:[A-Z])[\w’'-]+))?"
    r"|\bI(?:['’]?m| am) (?:a|the) (?:single |lone )?(?:mum|mam|mother|dad|father|parent)\b"
    r"|\bI have (?:two|three|four|five|\d) (?:\w+ )?(?:boys|girls|children|kids|sons|daughters)\b"
)


def _writes_as_kin(got: Gathered, hint: str) -> bool:
    """True for one who writes of "my grandson" or of a kin who is of this family: "my daughter
    Lucy helps at the club too" tells of somebody else."""
    if _OF_A_FRIEND.search(hint):
        return False
    names = {word for p in got.people for f in ("given", "family", "name")
             for word in p.value(f).casefold().split()}  # fmt: skip
    return any(not kin["name"] or kin["name"].casefold() in names for kin in _MY_KIN.finditer(hint))


def content_of(
    got: Gathered, *, public: bool, extra: str, hint: str = "", young: bool = False
) -> Content:
    """What was gathered as a contact's content."""
    referrer = got.referrer
    anonymous = referrer.value("anonymous") == "yes" and "name" not in referrer.facts
    role = referrer.value("role")
    agency = referrer.value("agency_note") or referrer.value("agency")
    code = source_code(role, agency, anonymous=anonymous, public=public, extra=extra)
    why = tuple(
        piece.place(referrer.facts[f].label)
        for f in ("role", "agency")
        if f in referrer.facts
        for piece in referrer.facts[f].pieces[:1]
    )
    if (
        code == "10"
        and not agency
        and re.search(r"(?i)\b(?:pupil|in my class|my form group|form time|home time)\b", hint)
    ):
        code = "2A"
    if (young or "self" in got.facts) and not agency:
        code = "1C"
    if not agency and code == "2A" and role:
        schools = {kid.value("school"): kid for kid in got.of(Subject.CHILD)}
        if len(schools) == 1 and "" not in schools and (one := next(iter(schools.values()))):
            referrer.put("agency", one.facts["school"])  # the head of the children's own school
    if code == "10" and not agency and not role:
        if _writes_as_kin(got, hint):
            code = "1A"
        elif _OF_A_FRIEND.search(hint) or re.search(
            r"(?i)\bnext door\b|\blives? (?:opposite|across the road|upstairs|downstairs|a few doors)\b|\bmy neighbou?rs?\b|\bour street\b|\bacross the road\b"
            r"|\b(?:up|down)stairs from me\b"
            r"|\bwe(?:['’]?re| are| live)(?: at)? (?:number|no\.?) ?\d",
            hint,
        ):
            code = "1B"
    source = Fact() if code == "10" else read_fact(code, *why)
    children = tuple(
        _child(person, f"c{number}", got.household)
        for number, person in enumerate(got.of(Subject.CHILD), start=1)
    )
    adults: list[Adult] = []
    for person in got.of(Subject.ADULT):
        adult = _adult(person, f"a{len(adults) + 1}", referrer.value("name"))
        if adult is not None:
            adults.append(adult)
    facts = got.facts
    withheld = facts.get("address_withheld")
    address = Address(
        line=fact_of(facts.get("line"))
        if withheld is None
        else Fact(unknown=Unknown.REFUSED, note="The file says not to record it."),
        town=fact_of(facts.get("town")) if withheld is None else NOT_SAID,
        postcode=fact_of(facts.get("postcode")) if withheld is None else NOT_SAID,
        is_refuge=withheld is not None and bool(re.search(r"(?i)refuge", withheld.pieces[0].text)),
    )
    return Content(
        referrer=Referrer(
            name=fact_of(referrer.facts.get("name")),
            role=fact_of(referrer.facts.get("role")),
            agency=fact_of(referrer.facts.get("agency")),
            phone=fact_of(referrer.facts.get("phone")),
            email=fact_of(referrer.facts.get("email")),
            anonymous=fact_of(referrer.facts.get("anonymous")) if anonymous else NOT_SAID,
            best_time=fact_of(referrer.facts.get("best_time")),
            may_be_named=fact_of(referrer.facts.get("may_be_named")),
            source_code=source,
        ),
        children=children,
        adults=tuple(adults),
        address=address,
        concern=joined(got.concerns),
        child_words=tuple(fact_of(reading) for reading in got.voices),
        consent=fact_of(facts.get("consent")),
        consent_reason=fact_of(facts.get("consent_reason")),
        family_informed=fact_of(facts.get("informed")),
        family_informed_reason=fact_of(facts.get("informed_reason")),
        urgent=fact_of(facts.get("urgent")),
        risk_to_workers=fact_of(facts.get("risk")),
        risk_text=fact_of(facts.get("risk_text")),
        safe_contact=fact_of(facts.get("safe_contact")),
        lowers_risk=tuple(fact_of(reading) for reading in got.strengths),
    )
