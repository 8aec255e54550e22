"""Who somebody is whom running text names: by the words before and after the name."""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from triage.intake import passing, siblings
from triage.intake.dates import FoundDate, age_on, find_age, find_dates
from triage.intake.gathered import Gathered, Person, Reading
from triage.intake.labels import Subject, relation_in
from triage.intake.people import is_organisation, name_runs, settle_case
from triage.intake.person_facts import PersonFacts
from triage.intake.pieces import Piece
from triage.intake.prose_cues import (
    AFTER_ADULT,
    AGE_AFTER,
    AGE_BEFORE,
    ALIAS_AFTER,
    BEFORE_ADULT,
    CHILD_CALLED,
    DOB_AFTER,
    HAS_CHILDREN,
    NAME,
    OWNER,
    PR_AFTER,
    PROFESSIONAL,
    PROFESSIONAL_AFTER,
    RELATION,
    SEX,
    SIBLING_AFTER,
    SIBLING_BEFORE,
    YEAR_AFTER,
)

_PRIEST = re.compile(  # "I spoke to Father Michael"
    r"\b(?:spoke to|told|asked|rang|by|from|wrote to|spoken to|colleague) (?:Father|Sister|Brother) $"
)
_BORN_KIN = re.compile(r"(?i)\b(?:birth |step|grand)?(?:father|sister)[\s,(:]*$")
_PARENT = {"mother": "grandmother", "father": "grandfather"}
_ALL_ONE_SEX = re.compile(r"\b(?P<who>girl|boy)s\b[^.]{0,40}$")  # "two girls, the big one called"
_BODY = re.compile(
    r" (?:Centre|School|Hospital|Surgery|Academy|Council|Services?|Trust|Practice|College|Nursery|Clinic|Association"
    r"|Project|Police|Infirmary|Hub|Brownies|Scouts|Cabs|Team)$|^HMP "
)
_WITH_HER_CHILDREN = re.compile(
    r"^(?:\s?\([^)]{0,40}\))?,?\s(?:and|with) her (?:\w+ )?(?:children|kids|daughters?|sons?|baby)\b"
)
_AND_HER_CHILDREN = re.compile(
    r"^,?\s(?:and|with) her (?:\w+ ){0,2}(?:children|kids|daughters?|sons?|baby|boys?|girls?)\b"
)
_HERS = re.compile(r"(?i)\b(?:her|she|shes|she['’]s|mum|mother)\b[^.]{0,90}$")
_HIS = re.compile(r"(?i)\bhis (?:\w+ )?(?:partner|girlfriend|wife)\b")
_HIS_PARTNER = re.compile(  # "father lives at 5 The Green with his new partner"
    r"(?i)\b(?:dad|father)\b[^.]{0,120}\bhis (?:\w+ )?(?:partner|girlfriend|wife)[\s,]*$"
)
_WRITERS_PARTNER = re.compile(
    r"(?i)\b(?:my|our|ex)[- ]?(?:ex[- ]?)?(?:partner|wife|husband|girlfriend|boyfriend)\W*$"
)
_THEIRS = re.compile(r"(?i)\b(?:his|her) (?:own )?(?:mum|mam|mother|dad|father)[\s,(]*$")
_GRANDPARENT_WRITES = re.compile(
    r"(?i)\bmy (?:\w+ )?grand(?:son|daughter|child|children|kids)\b"
    r"|\b(?:nan|nana|gran\w*|grandad) (?:to|of) (?-i:[A-Z])"
)
_OWN_CHILD = re.compile(r"(?i)\b(?:my|our) (daughter|son)[\s,]*$")
_LIVES_WITH_OWN = re.compile(
    r"(?i)\b(?:liv(?:es?|ing)|stay(?:s|ing)) with (?:my|our) (?:daughter|son|sister|brother)[\s,]*$"
)
_UNBORN_OF = re.compile(r"(?i)\bunborn (?:baby|child|twins?|infant) of (?:Ms |Miss |Mrs )?$")
_EITHER_PARENT = re.compile(
    r"(?i)\b(?:parent|carer)s?\s?/\s?guardian\W*(?:(?:mr|mrs|ms|miss)\.?\s)?$"
)
_SEVERAL_AND = re.compile(
    r"(?i)\b(?:brothers?|sisters?|sons?|daughters?|boys?|girls?) and\b[^.]{0,20}$"
)


@dataclass(slots=True)
class Named:
    """A name in running text: `before` and `after` are the words round it, `end` where it ends in
    the piece. `relation` is who it is to the children, "" where that is not known."""

    piece: Piece
    run: Piece
    before: str
    after: str
    end: int
    known: Person | None
    dob: FoundDate | None
    relation: str = ""
    kin: re.Match[str] | None = None
    sibling: re.Match[str] | None = None
    sibling_after: re.Match[str] | None = None
    grown: bool = False

    @property
    def name(self) -> str:
        """As it is written."""
        return self.run.text

    def person(self, subject: Subject) -> Person:
        """Somebody anew, as yet with nothing known of them."""
        return Person(subject, ("prose", self.run.start))

    def adult(self) -> Person:
        """An adult of this name."""
        person = self.person(Subject.ADULT)
        person.put("name", self.reading(settle_case(self.name)))
        return person

    def reading(self, value: str) -> Reading:
        """What is known because the name stands where it does."""
        return Reading(value, (self.run,), "letter")


class NamedReader:
    """Finds out who is named. Each step may settle it: then it is True."""

    got: Gathered
    persons: PersonFacts
    dated: Callable[[FoundDate, str], Reading]
    mentioned: list[tuple[int, Person]]
    named: list[Piece]
    sexes: dict[str, tuple[str, Piece]]

    def _one(
        self,
        piece: Piece,
        run: Piece,
        before: str,
        after: str,
        end: int,
        dates: list[FoundDate],
        children: bool,
    ) -> None:
        if _is_no_kin(run.text, before, after):
            return
        if beside := passing.sex_beside(before, after):
            self.sexes.setdefault(run.text.casefold().split()[0], (beside, run))
        found = self._dob_after(piece, end, dates)
        named = Named(piece, run, before, after, end, self._known(run.text), found)
        named.relation, named.kin = _relation_beside(before, after)
        for step in (
            self._say_relation,
            self._is_kin_of_kin,
            self._is_writers_own,
            self._is_known,
            self._say_relation_further,
            self._is_cousin,
            self._is_adult,
        ):
            if step(named):
                return
        if children:
            self._child(named)

    def _say_relation(self, named: Named) -> bool:
        """Whose partner, son or mother it is, where the words beside the name say only half."""
        before = named.before
        if named.relation == "partner" and any(
            re.search(
                rf"\b{re.escape(p.value('name').split()[0])} (?:has|had|'s|got)\b[^.]*$", before
            )
            for p in self.got.of(Subject.ADULT)
            if p.value("relationship") == "mother" and p.value("name")
        ):
            named.relation = "mother's partner"  # "Stacey has a new fella Dazza"
        if named.relation == "partner" and (
            owned := re.search(rf"\b({NAME})['’]s (?:\w+ )?{RELATION},?\s?$", before)
        ):
            owner = self._known(owned[1])
            if owner is not None and owner.value("relationship") in {"mother", "father"}:
                named.relation = f"{owner.value('relationship')}'s partner"
        own = _OWN_CHILD.search(before) if not named.relation else None
        if own and _GRANDPARENT_WRITES.search(named.piece.sheet.text[:20_000]):
            named.relation = "mother" if own[1].lower() == "daughter" else "father"
        if not named.relation and _UNBORN_OF.search(before):
            named.relation = "mother"
        if named.relation == "guardian" and _EITHER_PARENT.search(before):
            named.relation = ""  # the label of a form letter: either of them
        if named.relation in _PARENT and named.kin:
            at = named.run.start - named.piece.start - len(before) + named.kin.start("rel")
            lead = named.piece.text[max(0, at - 200) : at]
            named.relation = self._kin_of_owner(lead, named.relation)
        return False

    def _is_kin_of_kin(self, named: Named) -> bool:
        """Somebody's parent, and it is not said whose, is an adult and no more."""
        theirs = _THEIRS.search(named.before)
        if not theirs or named.relation not in {"mother", "father"}:
            return False
        new = named.known is None and " " in named.name
        if not named.before[: theirs.start()].strip():
            named.relation = (
                ""  # "Her dad Bo Fenn" after a list of adults: hers may be the mother's
            )
            if new:
                person = named.person(Subject.ADULT)
                person.put("name", passing.as_adult(named.run))
                self._add(person, named.run)
                return True
        if named.relation in {p.value("relationship") for p in self.got.of(Subject.ADULT)}:
            named.relation = ""  # "at his mum's": whose son he is need not be said
            if new and named.kin and named.dob is None:
                person = named.person(Subject.ADULT)
                person.put("name", passing.as_adult(named.run))
                self._add(person, named.run)  # kin of somebody, it is not said of whom
                return True
        return False

    def _is_writers_own(self, named: Named) -> bool:
        """ "She lives with my daughter Ada": an adult, and a parent where a grandparent writes."""
        named.sibling = SIBLING_BEFORE.search(named.before)
        if named.sibling and _SEVERAL_AND.search(named.before[: named.sibling.start()]):
            named.sibling = None  # "two brothers and their sister: Tomas, Marek and Leila"
        named.sibling_after = SIBLING_AFTER.match(named.after)
        if named.relation or not _LIVES_WITH_OWN.search(named.before):
            return False
        person = named.adult()
        kin = re.search(r"(?i)\bwith (?:my|our) (daughter|son)[\s,]*$", named.before)
        if kin and re.search(r"(?i)\bmy grand(?:son|daughter|child|kids)", named.piece.text):
            relation = "mother" if kin[1].lower() == "daughter" else "father"
            person.put("relationship", named.reading(relation))
        if named.known is None:
            self._add(person, named.run)
        return True

    def _is_known(self, named: Named) -> bool:
        """Add what is said to somebody who was named before."""
        if named.dob is None and named.relation:
            named.dob = self._date_beside(named)  # "Mother Kirsty MARWOOD 01/01/1995"
        named.grown = named.dob is not None and age_on(named.dob.value, self.got.today) >= 18
        if (known := named.known) is None:
            return False
        self.mentioned.append((named.run.start, known))
        if known.subject is Subject.CHILD:
            if named.dob is not None and not named.grown:
                known.put("dob", self.dated(named.dob, "letter"))
            if " " in named.name and "family" not in known.facts:
                self.persons.put_name(known, named.run, "letter")
            if named.sibling_after and "sex" not in known.facts:
                known.put("sex", named.reading(_sex_of_sibling(named.sibling_after)))
        elif known.subject is Subject.ADULT:
            if named.relation:
                known.put("relationship", named.reading(named.relation))
            held = known.value("name")
            if held and len(named.name.split()) > len(held.split()):
                known.facts["name"] = named.reading(settle_case(named.name))
            if PR_AFTER.match(named.after):
                known.put("pr", named.reading("yes"))
        return True

    def _date_beside(self, named: Named) -> FoundDate | None:
        near = next(
            iter(find_dates(named.piece.cut(named.end, named.end + 12), self.got.today)), None
        )
        if near is None or age_on(near.value, self.got.today) < 14:
            return None
        between = named.piece.text[named.end : near.piece.start - named.piece.start]
        return near if not between.strip() else None

    def _say_relation_further(self, named: Named) -> bool:
        """Whose partner it is by what was said before, whose parent by what is said after."""
        if named.relation == "partner":
            start = named.end - len(named.name)
            lead = named.piece.text[max(0, start - 130) : start]
            if _HERS.search(lead) and not _HIS.search(named.before[-30:]):
                named.relation = "mother's partner"
        if named.relation == "partner" and _HIS_PARTNER.search(
            named.piece.text[: named.run.start - named.piece.start]
        ):
            named.relation = "father's partner"
        if not named.relation and _WITH_HER_CHILDREN.match(named.after):
            named.relation = "mother"
        if named.relation == "partner" and _AND_HER_CHILDREN.match(named.after):
            named.relation = "mother"  # a man's new partner, and her daughters
        if not named.relation and (has := HAS_CHILDREN.match(named.after)):
            who = (has["who"] or "").casefold()
            named.relation = "" if who == "who" else "father" if who == "he" else "mother"
        return False

    def _is_cousin(self, named: Named) -> bool:
        """A child who is somebody's cousin need not live in the home."""
        if named.relation != "cousin" or named.dob is not None:
            return False
        return " " not in named.name or _young(AGE_AFTER.match(named.after))

    def _is_adult(self, named: Named) -> bool:
        child = named.relation == "cousin" and named.dob is not None and not named.grown
        if named.relation and not child:
            person = named.adult()
            if _WRITERS_PARTNER.search(named.before) is None:
                # otherwise it is the writer's relation, not the child's
                person.put("relationship", named.reading(named.relation))
            if named.dob is not None:
                person.put("dob", self.dated(named.dob, "letter"))
            if PR_AFTER.match(named.after):
                person.put("pr", named.reading("yes"))
        elif named.grown and named.dob is not None:
            person = named.adult()
            person.put("dob", self.dated(named.dob, "letter"))
            if parent := passing.parent_in(named.piece, named.end, named.after):
                person.put("relationship", named.reading(parent))
        else:
            return False
        self._add(person, named.run)
        return True

    def _child(self, named: Named) -> None:
        """A child, where an age, a birth or a word for a child stands by the name."""
        run, dob, before, after = named.run, named.dob, named.before, named.after
        alias = ALIAS_AFTER.match(after)
        told = re.sub(r"^[”\"'’)]*", "", after[alias.end() :]) if alias else after
        age = None
        if dob is None:
            age = AGE_AFTER.match(told) or siblings.WORD_AGE_AFTER.match(told)
        if age and not _young(age):
            self._adult_with_children(named.piece, run, named.end)
            return
        if age and re.match(r"\s?\d", after) and not _UNIT.search(_age_of(age)):
            age = None
        year = YEAR_AFTER.match(after)
        early = AGE_BEFORE.search(before)
        called = CHILD_CALLED.search(before)
        said = None
        if dob is None and age is None and year is None:
            told_of = bool(called or named.sibling or named.sibling_after)
            if told_of or (siblings.ACTS.match(after) and not named.name.isupper()):
                said = siblings.age_said(named.piece, named.end, later=told_of)
        if not (dob or age or year or early or called or said):
            self._adult_with_children(named.piece, run, named.end, near=True)
            return
        person = named.person(Subject.CHILD)
        self.persons.put_name(person, self._whole(run), "letter")
        if dob is not None:
            person.put("dob", self.dated(dob, "letter"))
        if age is not None:
            person.put("age", _reading_at(named.piece, run.end + len(after) - len(told), age))
        elif year is not None and dob is None:
            person.put("age", _reading_at(named.piece, run.end, year))
        elif early is not None:
            at = run.start - len(before) + early.start("age")
            span = Piece(run.sheet, at, at + len(early[0].rstrip().split(",")[0].split(" boy")[0]))
            if (found := find_age(span)) is not None:
                person.put("age", Reading(found.text, (found,), "letter"))
        if said is not None:
            person.put("age", Reading(said.text, (said,), "letter"))
        for sex in _sexes_said(named, age, called):
            person.put("sex", named.reading(sex))
        if alias:
            span = Piece(run.sheet, run.end + alias.start("alias"), run.end + alias.end("alias"))
            person.aliases.append(Reading(span.text, (span,), "letter"))
        self._add(person, run)

    def _known(self, name: str) -> Person | None:
        plain = name.casefold().replace("’", "'")
        first = plain.split()[0]
        for person in self.got.people:
            full = (
                (
                    person.value("name")
                    or " ".join(filter(None, (person.value("given"), person.value("family"))))
                )
                .casefold()
                .replace("’", "'")
            )
            if not full:
                continue
            if plain == full or (" " not in plain and plain in {full.split()[0], full}):
                return person
            if " " in plain and full == first and person.subject is Subject.CHILD:
                return person
            if set(plain.split()) <= set(full.split()):
                return person
        return None

    def _kin_of_owner(self, lead: str, relation: str) -> str:
        """A child's grandmother where "Reece's mother" is the father's; "" where it is not sure
        whose mother she is."""
        if re.search(r"(?i)\b(?:dad|father)\b(?! (?:of|to)\b)[^.]{0,80}\bhis (?:own )?$", lead):
            return _PARENT[relation]
        if re.search(r"(?i)\b(?:my|her) ex\b[^.]{0,80}\bhis (?:own )?$", lead):
            return ""
        owned = re.search(rf"\b({NAME})['’]s (?:own |birth )?$", lead)
        owner = self._known(owned[1]) if owned else None
        if owner is None or owner.subject is Subject.CHILD:
            return relation
        return _PARENT[relation] if owner.value("relationship") in _PARENT else ""

    def _whole(self, run: Piece) -> Piece:
        """The whole name said earlier of a child now called by the first one."""
        if " " in run.text:
            return run
        full = {
            p.text: p for p in self.named if p.text.split()[0] == run.text and p.start < run.start
        }
        return next(iter(full.values())) if len(full) == 1 else run

    def _adult_with_children(
        self, piece: Piece, run: Piece, end: int, *, near: bool = False
    ) -> None:
        """ "I support Jacqueline Thorne, 41 ... Her son Elliot": an adult of the family."""
        own = re.search(
            r"\.\s(?P<who>Her|His) (?:\w+ ){0,2}(?:son|daughter|child|children|baby)\b"
            r"|\b(?P<who2>her|his) (?:\w+ )?(?:sons?|daughters?),? [A-Z]",
            piece.text[end : end + 160],
        )
        if own is None or " " not in run.text or run.text.split()[0].isupper():
            return
        if near and name_runs(piece.cut(end, end + own.start())):
            return  # somebody else is named between
        person = Person(Subject.ADULT, ("prose", run.start))
        person.put("name", Reading(settle_case(run.text), (run,), "letter"))
        relation = "mother" if (own["who"] or own["who2"]).lower() == "her" else "father"
        person.put("relationship", Reading(relation, (run,), "letter"))
        self._add(person, run)

    def _add(self, person: Person, run: Piece) -> None:
        self.got.people.append(person)
        self.mentioned.append((run.start, person))

    def _dob_after(self, piece: Piece, end: int, dates: list[FoundDate]) -> FoundDate | None:
        for found in dates:
            at = found.piece.start - piece.start
            if end <= at <= end + 70:
                between = re.sub(
                    r"^(?:\s?\((?:[Yy]ear|[Yy]r|Y) ?\d{1,2}(?=, )|\s\([^()]{3,40}\)|, (?:[Yy]ear|[Yy]r|Y) ?\d{1,2}|, (?:aged? )?\d{1,2}(?: (?:years?|months?|weeks?|days?)(?: old)?| yrs| mths)?)(?=,? )",
                    "",
                    piece.text[end:at],
                )
                if DOB_AFTER.match(between):
                    if not re.search(r"(?i)dob|d\.o|birth|born|\bb\.", between) and not re.search(
                        r"[(,]", between
                    ):
                        return None
                    return found
                if re.match(
                    r"(?i)^(?:,? (?:(?:aged?|who is|is) )?\d{1,2}(?: \w+){0,2},?)?\s?\([^()]{0,50}\b(?:born|dob|d\.o\.b|date of birth)\b[\s.:]*$",
                    between,
                ):
                    return found
                told = re.match(r"(?i)^[^.;()\n]{0,62}\((?:dob|d\.o\.b\.?|born)[:\s]*$", between)
                if told and not any(
                    relation_in(run.text) == "" and not is_organisation(run.text)
                    for run in name_runs(piece.cut(end, at))
                ):
                    return found
                if re.match(
                    r"(?i)^[^.;()\n]{0,45}\b(?:his|her|their|whose) (?:dob|d\.o\.b\.?|date of birth|birthday)"
                    r"(?: is| as|:)?\s*$",
                    between,
                ):
                    return found
                return None
        return None


_UNIT = re.compile(r"(?i)year|yr|month|week|old")


def _is_no_kin(name: str, before: str, after: str) -> bool:
    """True for a professional, a body, another name of somebody, or an example."""
    return bool(
        (PROFESSIONAL.search(before) and not _BORN_KIN.search(before))
        or _BODY.search(name)
        or PROFESSIONAL_AFTER.match(after)
        or (" " not in name and _PRIEST.search(before))
        or passing.ALIAS_BEFORE.search(before)
        or passing.EXAMPLE.search(before)
    )


def _relation_beside(before: str, after: str) -> tuple[str, re.Match[str] | None]:
    """Who somebody is by the word just before or after the name; where it stands before."""
    if kin := BEFORE_ADULT.search(before):
        lead = OWNER.search(before[: kin.start("rel")])
        return relation_in((lead[0] if lead else "") + kin["rel"]), kin
    later = AFTER_ADULT.match(after)
    if later is None:
        return "", None
    begins = rf"(?i)^\s?,\s?{re.escape(later['rel'] or '')}\s(?:is|was|has)\b"
    if later["rel"] and re.match(begins, after):
        return "", None
    return relation_in(later["rel"] or later["rel2"] or ""), None


def _sexes_said(named: Named, age: re.Match[str] | None, called: re.Match[str] | None) -> list[str]:
    """What is said of a child's sex, in the order in which it counts."""
    said = []
    if age is not None and (pronoun := re.search(r"(?i)\b(?:she|he)\b", age[0])):
        said.append("F" if pronoun[0].casefold() == "she" else "M")
    if called and called["one"] and (all_ := _ALL_ONE_SEX.search(named.before)):
        said.append(SEX[all_["who"]])
    if (called and (sex := SEX.get(called["who"] or called["kin"] or called["is_a"] or ""))) or (
        named.sibling and (sex := SEX.get(named.sibling["who"].lower()))
    ):
        said.append(sex)
    elif named.sibling_after:
        said.append(_sex_of_sibling(named.sibling_after))
    return said


def _sex_of_sibling(told: re.Match[str]) -> str:
    return SEX[(told["who"] or told["who2"]).lower()]


def _age_of(match: re.Match[str]) -> str:
    return next(text for text in match.groupdict().values() if text)


def _young(age: re.Match[str] | None) -> bool:
    return age is not None and (siblings.years_in(_age_of(age)) or 0) < 18


def _reading_at(piece: Piece, base: int, match: re.Match[str]) -> Reading:
    group = next(name for name, text in match.groupdict().items() if text)
    found = Piece(piece.sheet, base + match.start(group), base + match.end(group)).strip()
    return Reading(found.text, (found,), "letter")
