"""People, addresses and facts named in running text. What is only likely is left out."""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

from __future__ import annotations

import re

from triage.intake import passing, siblings
from triage.intake.dates import FoundDate, age_on, find_age, find_dates
from triage.intake.gathered import Gathered, Person, Reading
from triage.intake.labels import Subject, relation_in
from triage.intake.people import is_organisation, name_runs, settle_case
from triage.intake.person_facts import PersonFacts
from triage.intake.pieces import Piece
from triage.intake.prose_addresses import AddressReader
from triage.intake.prose_births import BirthsReader
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
    PARENTS,
    PARENTS_APART,
    PR_AFTER,
    PROFESSIONAL,
    PROFESSIONAL_AFTER,
    RELATION,
    SEX,
    SIBLING_AFTER,
    SIBLING_BEFORE,
    STREET_AFTER,
    WORRY,
    YEAR_AFTER,
)
from triage.intake.prose_particulars import ParticularsReader


def _age_of(match: re.Match[str]) -> str:
    return next(text for text in match.groupdict().values() if text)


def _young(age: re.Match[str] | None) -> bool:
    return age is not None and (siblings.years_in(_age_of(age)) or 0) < 18


_PRIEST = re.compile(  # "I spoke to Father Michael"
    r"\b(?:spoke to|told|asked|rang|by|from|wrote to|spoken to|colleague) (?:Father|Sister|Brother) $"
)
_PARENT = {"mother": "grandmother", "father": "grandfather"}
_ALL_ONE_SEX = re.compile(r"\b(?P<who>girl|boy)s\b[^.]{0,40}$")  # "two girls, the big one called"
_NEW_LINE = re.compile(r"[:,]?\s*\n\s*[*•·–-]\s*")
_GOES_TO = re.compile(
    rf"\b(?P<who>{NAME}) (?:goes to|attends|is at) (?:the )?(?P<school>{NAME}(?: {NAME}){{1,3}})(?=[.,;)]|$|\s(?:and|but|in)\b)"
)
_BODY = re.compile(
    r" (?:Centre|School|Hospital|Surgery|Academy|Council|Services?|Trust|Practice|College|Nursery|Clinic|Association"
    r"|Project|Police|Infirmary|Hub|Brownies|Scouts|Cabs|Team)$|^HMP "
)
_AND_HER_CHILDREN = re.compile(
    r"^,?\s(?:and|with) her (?:\w+ ){0,2}(?:children|kids|daughters?|sons?|baby|boys?|girls?)\b"
)
_HIS_PARTNER = re.compile(  # "father lives at 5 The Green with his new partner"
    r"(?i)\b(?:dad|father)\b[^.]{0,120}\bhis (?:\w+ )?(?:partner|girlfriend|wife)[\s,]*$"
)
_THEIRS = re.compile(r"(?i)\b(?:his|her) (?:own )?(?:mum|mam|mother|dad|father)[\s,(]*$")


class ProseReader(AddressReader, ParticularsReader, BirthsReader):
    """Finds people and facts in running text and adds them to what was gathered."""

    def __init__(self, got: Gathered) -> None:
        self.got = got
        self.persons = PersonFacts(got)
        self.dated = self.persons.dated
        self.kin_writes = False
        self.mentioned: list[tuple[int, Person]] = []
        self.named: list[Piece] = []
        self.sexes: dict[str, tuple[str, Piece]] = {}

    # --- people --------------------------------------------------------------------------------

    def people(
        self, piece: Piece, spans: list[tuple[int, int]], *, children: bool, weak: bool = True
    ) -> None:
        """Read the people named in a passage; children only where the letter is about them."""
        words = piece.text
        dates = list(find_dates(piece, self.got.today))
        runs = []
        spans = [*spans[:200], *self._rows(piece)]
        for run in name_runs(piece)[:3000]:
            start, end = run.start - piece.start, run.end - piece.start
            if any(a < end and start < b for a, b in spans) or STREET_AFTER.match(
                words[end : end + 40]
            ):
                continue
            if re.search(r"\d[A-Za-z]?\s?$", words[max(0, start - 3) : start]) and not re.search(
                r"\d{4}\s?$", words[max(0, start - 5) : start]
            ):
                continue
            before = _NEW_LINE.sub(" ", words[max(0, start - 70) : start])
            runs.append((run, before, words[end : end + 90], end))
        if children:
            self._unborn(piece, dates)
            for child in (*siblings.listed(piece), *siblings.called(piece)):
                if self._known(child.value("given")) is None:
                    self.got.people.append(child)
                    self.mentioned.append((piece.start, child))
        self.named += [run for run, *_ in runs if " " in run.text]
        for run, before, after, end in runs:
            self._one(piece, run, before, after, end, dates, children)
        passing.note_sexes(self.got, self.sexes)
        siblings.surname_said(self.got, piece)
        if children and weak and not self.got.of(Subject.CHILD):
            self._weak_child(runs)
        if children:
            self._orphan_dob(piece, dates)
            self._numbers(piece)
            self._goes_to(piece)
        self._parents(piece)
        if children:
            passing.mother_of_unborn(self.got, piece)

    def _rows(self, piece: Piece) -> list[tuple[int, int]]:
        """Where lines stand that tell of one person each: they are read already."""
        return [
            (row.start - piece.start, row.end - piece.start)
            for row in self.got.in_rows
            if row.sheet is piece.sheet and piece.start <= row.start < piece.end
        ]

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
        name = run.text
        if PROFESSIONAL.search(before) and not re.search(
            r"(?i)\b(?:birth |step|grand)?(?:father|sister)[\s,(:]*$", before
        ):
            return
        if _BODY.search(name):
            return
        if PROFESSIONAL_AFTER.match(after) or (" " not in name and _PRIEST.search(before)):
            return
        if passing.ALIAS_BEFORE.search(before) or passing.EXAMPLE.search(before):
            return
        if beside := passing.sex_beside(before, after):
            self.sexes.setdefault(name.casefold().split()[0], (beside, run))
        known = self._known(name)
        dob = self._dob_after(piece, end, dates)
        relation_match = BEFORE_ADULT.search(before)
        after_match = AFTER_ADULT.match(after)
        relation = ""
        if relation_match:
            lead = OWNER.search(before[: relation_match.start("rel")])
            relation = relation_in((lead[0] if lead else "") + relation_match["rel"])
        elif after_match:
            relation = relation_in(after_match["rel"] or after_match["rel2"] or "")
            if after_match["rel"] and re.match(
                r"(?i)^\s?,\s?" + re.escape(after_match["rel"]) + r"\s(?:is|was|has)\b", after
            ):
                relation = ""
        if relation == "partner" and any(
            re.search(
                rf"\b{re.escape(p.value('name').split()[0])} (?:has|had|'s|got)\b[^.]*$", before
            )
            for p in self.got.of(Subject.ADULT)
            if p.value("relationship") == "mother" and p.value("name")
        ):
            relation = "mother's partner"  # "Stacey has a new fella Dazza"
        if relation == "partner" and (
            owned := re.search(rf"\b({NAME})['’]s (?:\w+ )?{RELATION},?\s?$", before)
        ):
            owner = self._known(owned[1])
            if owner is not None and owner.value("relationship") in {"mother", "father"}:
                relation = f"{owner.value('relationship')}'s partner"
        if not relation and (
            (own := re.search(r"(?i)\b(?:my|our) (daughter|son)[\s,]*$", before))
            and re.search(
                r"(?i)\bmy (?:\w+ )?grand(?:son|daughter|child|children|kids)\b"
                r"|\b(?:nan|nana|gran\w*|grandad) (?:to|of) (?-i:[A-Z])",
                piece.sheet.text[:20_000],
            )
        ):
            relation = "mother" if own[1].lower() == "daughter" else "father"
        if not relation and re.search(
            r"(?i)\bunborn (?:baby|child|twins?|infant) of (?:Ms |Miss |Mrs )?$", before
        ):
            relation = "mother"
        if relation == "guardian" and re.search(
            r"(?i)\b(?:parent|carer)s?\s?/\s?guardian\W*(?:(?:mr|mrs|ms|miss)\.?\s)?$", before
        ):
            relation = ""  # the label of a form letter: either of them
        if relation in _PARENT and relation_match:
            at = run.start - piece.start - len(before) + relation_match.start("rel")
            relation = self._kin_of_owner(piece.text[max(0, at - 200) : at], relation)
        known_kin = {p.value("relationship") for p in self.got.of(Subject.ADULT)}
        theirs = _THEIRS.search(before)
        if relation in {"mother", "father"} and theirs and not before[: theirs.start()].strip():
            relation = ""  # "Her dad Bo Fenn" after a list of adults: hers may be the mother's
            if known is None and " " in name:
                person = Person(Subject.ADULT, ("prose", run.start))
                person.put("name", passing.as_adult(run))
                self._add(person, run)
                return
        if relation in {"mother", "father"} & known_kin and theirs:
            relation = ""  # "at his mum's": whose son he is need not be said
            if known is None and " " in name and relation_match and dob is None:
                person = Person(Subject.ADULT, ("prose", run.start))
                person.put("name", passing.as_adult(run))
                self._add(person, run)  # kin of somebody, it is not said of whom
                return
        sibling = SIBLING_BEFORE.search(before)
        if sibling and re.search(
            r"(?i)\b(?:brothers?|sisters?|sons?|daughters?|boys?|girls?) and\b[^.]{0,20}$",
            before[: sibling.start()],
        ):
            sibling = None  # "two brothers and their sister: Tomas, Marek and Leila"
        sibling_after = SIBLING_AFTER.match(after)
        if not relation and re.search(
            r"(?i)\b(?:liv(?:es?|ing)|stay(?:s|ing)) with (?:my|our) (?:daughter|son|sister|brother)[\s,]*$",
            before,
        ):
            person = Person(Subject.ADULT, ("prose", run.start))
            person.put("name", Reading(settle_case(name), (run,), "letter"))
            kin = re.search(r"(?i)\bwith (?:my|our) (daughter|son)[\s,]*$", before)
            if kin and re.search(r"(?i)\bmy grand(?:son|daughter|child|kids)", piece.text):
                relation = "mother" if kin[1].lower() == "daughter" else "father"
                person.put("relationship", Reading(relation, (run,), "letter"))
            if self._known(name) is None:
                self._add(person, run)
            return
        if (
            dob is None
            and relation
            and (near := next(iter(find_dates(piece.cut(end, end + 12), self.got.today)), None))
        ):
            bare = piece.text[end : near.piece.start - piece.start].strip() == ""
            if bare and age_on(near.value, self.got.today) >= 14:
                dob = near  # "Mother Kirsty MARWOOD 01/01/1995"
        grown = dob is not None and age_on(dob.value, self.got.today) >= 18
        if known is not None:
            self.mentioned.append((run.start, known))
            if dob is not None and known.subject is Subject.CHILD and not grown:
                known.put("dob", self.dated(dob, "letter"))
            if known.subject is Subject.CHILD:
                if " " in name and "family" not in known.facts:
                    self.persons.put_name(known, run, "letter")
                if sibling_after and "sex" not in known.facts:
                    who = (sibling_after["who"] or sibling_after["who2"]).lower()
                    known.put("sex", Reading(SEX[who], (run,), "letter"))
            elif known.subject is Subject.ADULT:
                if relation:
                    known.put("relationship", Reading(relation, (run,), "letter"))
                held = known.value("name")
                if held and len(name.split()) > len(held.split()):
                    known.facts["name"] = Reading(settle_case(name), (run,), "letter")
                if PR_AFTER.match(after):
                    known.put("pr", Reading("yes", (run,), "letter"))
            return
        if (
            relation == "partner"
            and re.search(
                r"(?i)\b(?:her|she|shes|she['’]s|mum|mother)\b[^.]{0,90}$",
                piece.text[max(0, end - len(name) - 130) : end - len(name)],
            )
            and not re.search(r"(?i)\bhis (?:\w+ )?(?:partner|girlfriend|wife)\b", before[-30:])
        ):
            relation = "mother's partner"
        if relation == "partner" and _HIS_PARTNER.search(piece.text[: run.start - piece.start]):
            relation = "father's partner"
        if not relation and re.match(
            r"^(?:\s?\([^)]{0,40}\))?,?\s(?:and|with) her (?:\w+ )?(?:children|kids|daughters?|sons?|baby)\b",
            after,
        ):
            relation = "mother"
        if relation == "partner" and _AND_HER_CHILDREN.match(after):
            relation = "mother"  # a man's new partner, and her daughters
        if (has := HAS_CHILDREN.match(after)) and not relation:
            relation = "father" if (has["who"] or "").casefold() == "he" else "mother"
            if has["who"] and has["who"].casefold() == "who":
                relation = ""
        if (
            relation == "cousin"
            and dob is None
            and (" " not in name or _young(AGE_AFTER.match(after)))
        ):
            return  # a child who is somebody's cousin need not live in the home
        if relation and not (relation == "cousin" and dob is not None and not grown):
            person = Person(Subject.ADULT, ("prose", run.start))
            person.put("name", Reading(settle_case(name), (run,), "letter"))
            own = re.search(
                r"(?i)\b(?:my|our|ex)[- ]?(?:ex[- ]?)?(?:partner|wife|husband|girlfriend|boyfriend)\W*$",
                before,
            )
            if own is None:  # otherwise it is the writer's relation, not the child's
                person.put("relationship", Reading(relation, (run,), "letter"))
            if dob is not None:
                person.put("dob", self.dated(dob, "letter"))
            if PR_AFTER.match(after):
                person.put("pr", Reading("yes", (run,), "letter"))
            self._add(person, run)
            return
        if grown and dob is not None:
            person = Person(Subject.ADULT, ("prose", run.start))
            person.put("name", Reading(settle_case(name), (run,), "letter"))
            person.put("dob", self.dated(dob, "letter"))
            if parent := passing.parent_in(piece, end, after):
                person.put("relationship", Reading(parent, (run,), "letter"))
            self._add(person, run)
            return
        if not children:
            return
        alias = ALIAS_AFTER.match(after)
        told = re.sub(r"^[”\"'’)]*", "", after[alias.end() :]) if alias else after
        base = run.end + len(after) - len(told)
        age = AGE_AFTER.match(told) if dob is None else None
        if age is None and dob is None and (worded := siblings.WORD_AGE_AFTER.match(told)):
            age = worded
        if age and (siblings.years_in(_age_of(age)) or 0) > 17:
            self._adult_with_children(piece, run, end)
            return
        if (
            age
            and re.match(r"\s?\d", after)
            and not re.search(r"(?i)year|yr|month|week|old", _age_of(age))
        ):
            age = None
        year = YEAR_AFTER.match(after)
        early = AGE_BEFORE.search(before)
        called = CHILD_CALLED.search(before)
        said = None
        if dob is None and age is None and year is None:
            told_of = bool(called or sibling or sibling_after)
            if told_of or (siblings.ACTS.match(after) and not name.isupper()):
                said = siblings.age_said(piece, end, later=told_of)
        if not (dob or age or year or early or called or said):
            self._adult_with_children(piece, run, end, near=True)
            return
        person = Person(Subject.CHILD, ("prose", run.start))
        self.persons.put_name(person, self._whole(run), "letter")
        if dob is not None:
            person.put("dob", self.dated(dob, "letter"))
        if age is not None:
            person.put("age", _reading_at(piece, base, age))
        elif year is not None and dob is None:
            person.put("age", _reading_at(piece, run.end, year))
        elif early is not None:
            at = run.start - len(before) + early.start("age")
            span = Piece(
                piece.sheet, at, at + len(early[0].rstrip().split(",")[0].split(" boy")[0])
            )
            found = find_age(span)
            if found is not None:
                person.put("age", Reading(found.text, (found,), "letter"))
        if said is not None:
            person.put("age", Reading(said.text, (said,), "letter"))
        if age is not None and (pronoun := re.search(r"(?i)\b(?:she|he)\b", age[0])):
            told = "F" if pronoun[0].casefold() == "she" else "M"
            person.put("sex", Reading(told, (run,), "letter"))
        if called and called["one"] and (all_ := _ALL_ONE_SEX.search(before)):
            person.put("sex", Reading(SEX[all_["who"]], (run,), "letter"))
        if (
            called and (sex := SEX.get(called["who"] or called["kin"] or called["is_a"] or ""))
        ) or (sibling and (sex := SEX.get(sibling["who"].lower()))):
            person.put("sex", Reading(sex, (run,), "letter"))
        elif sibling_after:
            person.put(
                "sex",
                Reading(
                    SEX[(sibling_after["who"] or sibling_after["who2"]).lower()], (run,), "letter"
                ),
            )
        if alias:
            at = run.end
            span = Piece(piece.sheet, at + alias.start("alias"), at + alias.end("alias"))
            person.aliases.append(Reading(span.text, (span,), "letter"))
        self._add(person, run)

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

    def more_of_known(self, piece: Piece) -> None:
        """A birth date or number in a sentence of its own, of a child named under a label."""
        self._orphan_dob(piece, list(find_dates(piece, self.got.today)))
        kids = self.got.of(Subject.CHILD)
        if len(kids) == 1:
            self.mentioned.append((piece.start - 1, kids[0]))
            self._numbers(piece)

    def _goes_to(self, piece: Piece) -> None:
        """A child's school that goes by its street: "Bo goes to Turner Street"."""
        kids = {
            k.value("given").split()[0]: k for k in self.got.of(Subject.CHILD) if k.value("given")
        }
        for match in _GOES_TO.finditer(piece.text):
            if (child := kids.get(match["who"])) is not None and not relation_in(match["school"]):
                found = piece.of(match, "school")
                child.put("school", Reading(found.text, (found,), "letter"))

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

    def _weak_child(self, runs: list[tuple[Piece, str, str, int]]) -> None:
        """One whole name that the letter says it is about, when no child was surer."""
        for run, before, after, _ in runs:
            if len(run.text.split()) < 2 or len(run.text.split()) > 5:
                continue
            if (
                self._known(run.text)
                or not WORRY.search(before)
                or is_organisation(run.text + after[:12])
            ):
                continue
            if re.search(
                r"(?i)\b(?:mr|mrs|ms|miss|mother|father|adult)\.?\s?$", before
            ) or PROFESSIONAL_AFTER.match(after):
                continue
            person = Person(Subject.CHILD, ("prose", run.start))
            self.persons.put_name(person, run, "letter")
            self._add(person, run)
            return

    def _parents(self, piece: Piece) -> None:
        """ "His parents are Ivan and Maria Petrov": two adults of one family name."""
        passing.grandparents(self.got, piece, self._known)
        for tenant in passing.tenants(self.got, piece):
            if self._known(tenant.text) is None:
                person = Person(Subject.ADULT, ("prose", tenant.start))
                person.put("name", passing.as_adult(tenant))
                self._add(person, tenant)
        for match in PARENTS_APART.finditer(piece.text):
            for group in ("one", "two"):
                if self._known(match[group]) is None:
                    person = Person(Subject.ADULT, ("prose", piece.start + match.start(group)))
                    found = piece.of(match, group)
                    person.put("name", Reading(settle_case(found.text), (found,), "letter"))
                    self._add(person, found)
        for match in PARENTS.finditer(piece.text):
            for name in (f"{match['one']} {match['family']}", f"{match['two']} {match['family']}"):
                if self._known(name) is None:
                    person = Person(Subject.ADULT, ("prose", piece.start + match.start()))
                    first = "one" if name.startswith(match["one"]) else "two"
                    pieces = (piece.of(match, first), piece.of(match, "family"))
                    person.put("name", Reading(name, pieces, "letter"))
                    self._add(person, pieces[0])


def _reading_at(piece: Piece, base: int, match: re.Match[str]) -> Reading:
    group = next(name for name, text in match.groupdict().items() if text)
    found = Piece(piece.sheet, base + match.start(group), base + match.end(group)).strip()
    return Reading(found.text, (found,), "letter")
