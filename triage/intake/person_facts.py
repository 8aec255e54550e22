"""One fact of one person: what a value says of their name, birth, numbers and standing."""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

from __future__ import annotations

import re

from triage.intake import addresses
from triage.intake.choices import has_boxes, is_blank, needs_one, sex_in, yes_or_no
from triage.intake.dates import FoundDate, bare_date, find_age, find_dates
from triage.intake.gathered import Gathered, Person, Reading, nhs_note, turned
from triage.intake.labels import Subject, classify, normalise, relation_in
from triage.intake.people import (
    EMAIL,
    PHONE,
    UPN,
    Card,
    is_organisation,
    read_card,
    settle_case,
    split_name,
)
from triage.intake.pieces import Piece

_NICKNAME = re.compile(r"\s[“\"‘(](?P<nick>[^\W\d_][\w’'-]{1,20})[”\"’)]\s(?=[^\W\d_])")
_ANSWER = re.compile(r"(?i)yes|no|y|n|none")
_YEAR_AND_SCHOOL = re.compile(r"(?i)(?:year|yr|y) ?\d{1,2},? (?:at )?(?P<school>[A-Z].{3,70})$")
_NEWBORN = re.compile(
    r"(?:(?:[Uu]nnamed |[Nn]ewborn |[Tt]win )*(?:[Bb]aby |[Ii]nfant )?(?P<sex>[Gg]irl|[Bb]oy|GIRL|BOY) )(?=[A-Z][\w’'-]+$)"
)
_NEWBORN_LED = re.compile(r"(?i)\b(?:baby|infant|newborn) (?:girl|boy)\s$")
_BABY_LED = re.compile(r"(?i)\bbaby\s$")
_NOT_NAMED = re.compile(
    r"(?i)\s*[(,–-]\s?(?:not yet named|unnamed|no (?:first )?name|name (?:not|to be))"
)
_YEAR_THEN_SCHOOL = re.compile(
    r"\((?:[Yy]ear|[Yy]r|Y) ?\d{1,2},? (?:at )?(?P<school>[A-Z][^()]{3,60})\)"
)
_AT_SCHOOL = re.compile(r"\bat (?P<school>[A-Z][\w’'.-]+(?: [\w’'.&-]+){0,6})$")
_REAL_NAME = re.compile(
    r"\breal name(?: is|['’]s) ((?:[^\W\d_a-z][\w’'-]+ ?){1,3})(?=[,.;)]| but| and|$|\s[a-z])"
)
_KIN_TO = re.compile(
    r"(?i),\s(?P<kin>(?:step|grand|foster )?(?:mother|father|mum|dad|\w+)) (?:to|of) (?:both|all|the|child|[A-Z])"
)
_INJURY = re.compile(
    r"(?i)\W*(?:[\w-]+ ){0,4}(?:bites?|bitten|fractur\w+|lacerat\w+|overdose|burns?|scald\w*|wounds?|bruis\w+|injur\w+|ingest\w+|poison\w+|assault)\b"
)
_KIND = re.compile(r"(?i)(?:notifier|source|sender) (?:kind|type|category)$")
_NO_NAMES = frozenset(
    {"child", "children", "surname", "forename", "first name", "last name", "name"}
)
_VAGUE = re.compile(
    r"(?i)^(?:an? )?(?:member of (?:the )?public|public|professional|relative|family member)$"
)
_NOT_A_BODY = re.compile(
    r"(?i)\b(?:alert|referral|report|notification|notice|form|protected|sensitive|confidential|contact"
    r"|record|request|concern)s?$|^(?:notification|notice|referral|report|record|request) (?:of|for|to|form)\b"
)


# HL7 v3 RoleCode, as hospital systems send it
_KIN_CODES = {
    "MTH": "mother", "FTH": "father", "STPMTH": "stepmother", "STPFTH": "stepfather",
    "GRMTH": "grandmother", "GRFTH": "grandfather", "MGRMTH": "grandmother", "NMTH": "mother",
    "MGRFTH": "grandfather", "PGRMTH": "grandmother", "PGRFTH": "grandfather", "NFTH": "father",
    "AUNT": "aunt", "UNCLE": "uncle", "MTHFOST": "foster carer", "FTHFOST": "foster carer",
    "BRO": "brother", "SIS": "sister", "SIB": "sibling", "HBRO": "half-brother",
    "HSIS": "half-sister", "SON": "son", "DAU": "daughter", "GUARD": "guardian",
}  # fmt: skip


def _is_question(words: str) -> bool:
    """True for words that a form prints ("Health or additional needs"), never a name."""
    meaning = classify(words)
    return bool(meaning.attribute) and meaning.share >= 0.75


class PersonFacts:
    """Puts what a value says onto a person."""

    def __init__(self, got: Gathered) -> None:
        self.got = got

    def apply(self, person: Person, attribute: str, label: str, value: Piece) -> None:
        words = value.text
        if attribute in {"", "name"}:
            self.apply_card(
                person,
                read_card(value, self.got.today, professional=person.subject is Subject.REFERRER),
                label,
            )
            return
        if person.subject is Subject.REFERRER and attribute == "school":
            attribute = "agency"
        if person.subject is Subject.REFERRER and attribute == "role" and _KIND.search(label):
            person.put("agency_note", Reading(words, (value,), label))
            return
        if person.subject is Subject.REFERRER and attribute in {"role", "agency", "relationship"}:
            self._referrer_standing(person, attribute, label, value)
            return
        if attribute in {"given", "family"}:
            self._name_part(person, attribute, label, value)
        elif attribute in {"dob", "edd", "age"}:
            self._birth(person, attribute, label, value)
        elif attribute == "sex" and has_boxes(value) and sex_in(label):
            person.put("sex", Reading(sex_in(label), (value,), label))
        elif attribute == "sex":
            told = re.findall(r"(?i)\b(?:male|female|boy|girl)\b", words)
            one = told[0] if len(told) == 1 else words.split()[0]
            one = {"1": "M", "2": "F"}.get(one, one)  # PERSON STATED GENDER CODE
            person.put("sex", Reading(sex_in(words) or sex_in(one), (value,), label))
        elif attribute == "nhs":
            digits = re.sub(r"\D", "", words)
            if match := UPN.search(words.upper()):
                person.put("upn", Reading(match[0], (value,), label))
            elif len(digits) == 10 and not person.unborn:
                person.put("nhs", Reading(digits, (value,), label, note=nhs_note(digits)))
        elif attribute == "upn":
            if match := UPN.search(words.upper().replace(" ", "")):
                person.put("upn", Reading(match[0], (value,), label))
            elif re.fullmatch(r"[\w-]{6,20}", words):
                person.put(
                    "upn", Reading(words, (value,), label, note="This is not laid out as a UPN is.")
                )
        elif attribute == "phone":
            if match := PHONE.search(words):
                person.put("phone", Reading(match[0].strip(), (value.of(match),), label))
            if person.subject is Subject.REFERRER and (match := EMAIL.search(words)):
                person.put("email", Reading(match[0], (value.of(match),), label))
        elif attribute == "email":
            if match := EMAIL.search(words):
                person.put("email", Reading(match[0], (value.of(match),), label))
            if person.subject is Subject.REFERRER and (match := PHONE.search(words)):
                person.put("phone", Reading(match[0].strip(), (value.of(match),), label))
        elif attribute == "alias":
            for part in value.split(re.compile(r"[,;/\n]|\sor\s|\sand\s")):
                bit = part.strip("“”\"'‘’ .()")
                if bit and not is_blank(bit.text) and not _ANSWER.fullmatch(bit.text):
                    person.aliases.append(Reading(bit.text, (bit,), label))
        elif attribute == "pr":
            answer = yes_or_no(words) or (
                "yes" if re.match(r"(?i)\W*(?:shared|full|joint|both)", words) else ""
            )
            person.put("pr", Reading(answer, (value,), label))
        elif attribute == "relationship":
            bare = value.cut(0, len(re.split(r"\s*[(,;–]", words, maxsplit=1)[0])).strip()
            relation = relation_in(bare.text) or _KIN_CODES.get(bare.text, "")
            said = bare.text if relation in {"", "partner"} else relation
            guessed = person.facts.get("relationship")
            if guessed is not None and not guessed.pieces and said:
                del person.facts["relationship"]  # "Guardian's name ... Relationship: Mum"
            person.put("relationship", Reading(said, (bare,), label))
            if re.search(r"(?i)\bPR\b|parental responsibility", words) and not re.search(
                r"(?i)\bno(?:t)?\b", words
            ):
                person.put("pr", Reading("yes", (value,), label))
        elif attribute == "interpreter":
            person.put(
                "interpreter",
                Reading(needs_one(words), (value,), label),
            )
        elif attribute == "disability" and _INJURY.match(words):
            self.got.concerns.append((value, label))
        elif attribute == "disability":
            if not re.match(
                r"(?i)\W*(?:none|nil) for \w+|\W*(?:none|no|nil)(?: known| reported| identified| noted| disclosed| declared| stated| recorded| diagnosed| disabilities| disability| concerns)?\W*$",
                words,
            ):
                if yes_or_no(words) and re.fullmatch(r"(?i)\W*(?:yes|no|y|n)\W*", words):
                    return
                lead = re.match(r"(?i)yes\s*[-–:,;.]\s*", words)
                held = value.cut(lead.end()) if lead else value
                person.put("disability", Reading(held.text, (held,), label))
        else:
            if attribute == "school" and re.match(
                r"(?i)\W*(?:no school|not (?:yet |currently )?(?:(?:in|at) (?:any |a )?(?:school|education|nursery|college|childcare|pre-?school)|on (?:the |a )?(?:school )?roll|at (?:any )?(?:school|nursery)|attending|enrolled|registered)|no longer|none|nil|too young|under school age|home educated|n/?a|excluded|yes|no)\b",
                words,
            ):
                return
            if attribute == "school" and (
                named := re.match(r"(.{4,80}?)(?:\s*[,;(–]|\s-\s|\n|$)", words)
            ):
                value = value.of(named, 1)
            person.put(attribute, Reading(value.text, (value,), label))

    def _referrer_standing(self, person: Person, attribute: str, label: str, value: Piece) -> None:
        if attribute == "relationship":
            attribute = "role"
        if attribute == "agency":
            cut = re.search(r"\s*\((?![^)]*$)", value.text)
            kept = value
            if cut and cut.start() > 3:
                person.put("agency_note", Reading(value.text, (value,), label))
                kept = value.cut(0, cut.start()).strip()
            bits = list(kept.split(re.compile(r",\s|\n")))
            if len(bits) > 1 and addresses.POSTCODE.search(kept.text):
                kept = bits[0]
            elif len(bits) == 2 and re.search(
                r"(?i)department|ward|team|unit|station", bits[0].text
            ):
                person.put("agency_note", Reading(value.text, (value,), label))
                kept = bits[1]
            if re.match(r"\d", kept.text) and addresses.POSTCODE.search(value.text):
                return  # where an office is, not what it is
            if _NOT_A_BODY.search(kept.text.strip()) or PHONE.match(kept.text.strip()):
                return  # the title of a form: "FIRE SERVICE: SAFEGUARDING ALERT"
            place = "station" in label.casefold() or "base" in label.casefold()
            if place and not is_organisation(kept.text):
                return
            person.put("agency", Reading(kept.text.strip(), (kept,), label))
            return
        if re.fullmatch(
            r"(?i)\W*(?:mr|mrs|ms|miss|mx|dr|prof|rev)\W*|.*\b(?:referral|form)", value.text
        ):
            return  # a title before the name, or of the form
        told = len(value.text) > 100 or re.match(r"\[\d", value.text)
        if told and re.search(r"[.!?:]\s", value.text):
            return  # a sentence, or a line of a chat, is no post
        if _VAGUE.match(person.value("role")):  # what they are to the child says more
            del person.facts["role"]
        person.put("role", Reading(value.text, (value,), label))

    def _name_part(self, person: Person, attribute: str, label: str, value: Piece) -> None:
        words = value.text
        if re.match(r"(?i)\W*(?:(?:baby|child|infant)\W+)?unborn\b", words):
            person.unborn = True
            rest = re.sub(
                r"(?i)^\W*(?:(?:baby|child|infant)\W+)?unborn(?: baby| child)?\W*", "", words
            )
            value = value.cut(len(words) - len(rest))
            words = rest
        if not words or is_blank(words) or words.casefold() in _NO_NAMES:
            return
        hedge = re.search(
            r"(?i)[\s,]*(?:\(?(?:i think|we think|not sure|unsure|possibly|maybe|spelling|sp\?|unknown spelling).*|\(?\?+\)?)$",
            words,
        )
        note = ""
        if hedge:
            value, note = value.cut(0, hedge.start()).strip(), "The referrer was not sure of this."
            words = value.text
        if not words or is_blank(words):
            return
        if (
            re.match(r"^[=+@<]", words) is None
            and (bracket := re.search(r"\s*[(“\"]([^()“”\"]{1,40})[)”\"]\s*$", words))
            and bracket.start() > 0
        ):
            inner = value.of(bracket, 1)
            value = value.cut(0, bracket.start())
            if (
                re.match(r"(?i)(?:known as|aka|goes by)?\s*[A-Z]", inner.text)
                and len(inner.text.split()) < 5
            ):
                alias = re.sub(r"(?i)^(?:known as|aka|goes by)\s*", "", inner.text)
                person.aliases.append(
                    Reading(alias, (inner.cut(len(inner.text) - len(alias)),), label)
                )
        person.put(attribute, Reading(settle_case(value.text), (value,), label, note=note))

    def _birth(self, person: Person, attribute: str, label: str, value: Piece) -> None:
        words = value.text
        if person.subject is Subject.ADULT and (kin := _KIN_TO.search(words)):
            self.apply(person, "relationship", label, value.of(kin, "kin"))
        expected = attribute == "edd" or bool(
            re.search(r"(?i)\bedd\b|\bdue\b|expected|unborn", words)
        )
        found = next(iter(find_dates(value, self.got.today)), None)
        if found is None and attribute == "dob":
            found = bare_date(value, self.got.today)
        if found is not None:
            born = attribute == "dob" or re.search(r"\b(?:born|birth|dob)\b", normalise(label))
            if attribute == "edd" and born and found.value <= self.got.today:
                expected = False  # "When were they born? (or due date)"
            if born and re.match(r"\W*\(", words) and found.value <= self.got.today:
                expected = False
            if expected:
                person.unborn = True
                person.put("edd", self.dated(found, label))
            elif attribute != "age" or born:  # "Age or DOB"
                if re.search(r"(?i)\bedd\b", label) and found.value > self.got.today:
                    person.unborn = True
                    person.put("edd", self.dated(found, label))
                else:
                    person.put("dob", self.dated(found, label))
            return
        if "school" in label.casefold() and (both := _YEAR_AND_SCHOOL.match(words)):
            school = value.of(both, "school")
            person.put("school", Reading(school.text, (school,), label))
        year = _YEAR_THEN_SCHOOL.search(words) if attribute == "age" else None
        if year is not None and is_organisation(year["school"] + " school"):
            school = value.of(year, "school")
            person.put("school", Reading(school.text, (school,), label))
        at_school = _AT_SCHOOL.search(words) if attribute == "age" else None
        if at_school is not None and is_organisation(at_school["school"]):
            school = value.of(at_school, "school")
            person.put("school", Reading(school.text, (school,), label))
        if (age_piece := find_age(value)) is not None:
            person.put("age", Reading(age_piece.text, (age_piece,), label))
        elif re.search(r"\d", words) and attribute == "dob":
            self.got.unused.append(value)

    def dated(self, found: FoundDate, label: str) -> Reading:
        """A date as a reading, both ways where the file itself leaves it open."""
        value, other, note = found.value, found.other, ""
        if other is not None and self.got.month_first:
            note = "Another date in this file is written month first, so this one may be too."
            return Reading(value.isoformat(), (found.piece,), label, note, other.isoformat())
        if found.month_first:
            note = "This can only be read month first."
        elif found.short_year:
            note = ""
        return Reading(value.isoformat(), (found.piece,), label, note)

    def apply_card(self, person: Person, card: Card, label: str) -> None:
        if card.unborn:
            person.unborn = True
        own = (
            _REAL_NAME.search(name.sheet.text[name.start : name.end + 60])
            if (name := card.name)
            else None
        )
        if name is not None and own is not None:  # "Ash (my real name is Ada Fenn)"
            person.aliases.append(Reading(name.text, (name,), label))
            card.name = Piece(name.sheet, name.start + own.start(1), name.start + own.end(1))
        if card.name is not None and not _is_question(card.name.text):
            self.put_name(person, card.name, label)
        if card.alias is not None:
            person.aliases.append(Reading(card.alias.text, (card.alias,), label))
        if card.relation and person.subject is Subject.ADULT:
            told = (card.relation_piece,) if card.relation_piece else ()
            person.put("relationship", Reading(card.relation, told, label))
        if card.edd is not None:
            person.put("edd", self.dated(card.edd, label))
        elif card.dob is not None and person.subject is not Subject.REFERRER:
            if person.unborn and card.dob.value > self.got.today:
                person.put("edd", self.dated(card.dob, label))
            else:
                person.put("dob", self.dated(card.dob, label))
        if person.subject is Subject.CHILD:
            if card.age is not None:
                person.put("age", Reading(card.age.text, (card.age,), label))
            if card.school is not None:
                person.put("school", Reading(card.school.text, (card.school,), label))
            if card.sex is not None:
                person.put("sex", Reading(card.sex[0], (card.sex[1],), label))
            if card.nhs is not None:
                digits = re.sub(r"\D", "", card.nhs.text)
                person.put("nhs", Reading(digits, (card.nhs,), label, note=nhs_note(digits)))
            if card.upn is not None:
                person.put("upn", Reading(card.upn.text, (card.upn,), label))
        if card.pr is not None and person.subject is Subject.ADULT:
            person.put("pr", Reading(card.pr[0], (card.pr[1],), label))
        if card.phone is not None and person.subject is not Subject.CHILD:
            person.put("phone", Reading(card.phone.text, (card.phone,), label))
        if person.subject is Subject.REFERRER:
            for fact, piece in (
                ("email", card.email),
                ("role", card.role or card.rank),
                ("agency", card.agency),
            ):
                if piece is not None:
                    person.put(fact, Reading(piece.text, (piece,), label))
            if card.relation and card.relation_piece is not None:
                person.put("role", Reading(card.relation_piece.text, (card.relation_piece,), label))

    def _is_family_name(self, name: Piece) -> bool:
        """True for the name after "Baby" of one not named yet, or that another child's family has."""
        after = name.sheet.text[name.end : name.end + 24]
        held = {p.value("family").casefold() for p in self.got.of(Subject.CHILD)}
        return bool(_NOT_NAMED.match(after)) or name.text.casefold() in held

    def put_name(self, person: Person, name: Piece, label: str) -> None:
        """Keep a whole name; a child's is parted into given and family."""
        if person.subject is not Subject.CHILD:
            value = settle_case(turned(name.text))
            person.put("name", Reading(value, (name,), label))
            return
        if "given" in person.facts or "family" in person.facts:
            return
        nameless = _NEWBORN.match(name.text)  # "Baby Girl Osei" has no first name yet
        if nameless:
            if nameless["sex"]:
                said = sex_in(nameless["sex"])
                person.put("sex", Reading(said, (name.of(nameless, "sex"),), label))
            name = name.cut(nameless.end())
            person.put("family", Reading(settle_case(name.text), (name,), label))
            return
        led = name.sheet.text[max(0, name.start - 24) : name.start]
        if " " not in name.text and _NEWBORN_LED.search(led):
            person.put("family", Reading(settle_case(name.text), (name,), label))
            return
        if " " not in name.text and _BABY_LED.search(led) and self._is_family_name(name):
            person.put("family", Reading(settle_case(name.text), (name,), label))
            return
        given, family, doubtful = split_name(name)
        note = "Where the family name begins is a guess." if doubtful else ""
        if nick := _NICKNAME.search(name.text):
            person.aliases.append(Reading(nick["nick"], (name.of(nick, "nick"),), label))
            before, after = name.cut(0, nick.start()), name.cut(nick.end())
            person.put("given", Reading(settle_case(before.text), (before,), label))
            person.put("family", Reading(settle_case(after.text), (after,), label))
            person.facts["name"] = Reading(f"{before.text} {after.text}", (before, after), label)
            return
        person.whole = name
        if person.unborn and family is None:
            given, family = None, given  # "Unborn baby Trevanion"
        if given is not None:
            person.put("given", Reading(settle_case(given.text), (given,), label, note))
        if family is not None:
            person.put("family", Reading(settle_case(family.text), (family,), label, note))
        person.facts["name"] = Reading(name.text, (name,), label)
