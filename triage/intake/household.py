"""The people of a form as it names them: lists, counted children, one person after another."""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

from __future__ import annotations

import re

from triage.intake.addresses import POSTCODE, parts_of, tidy_line, tidy_postcode
from triage.intake.choices import chosen, has_boxes, is_blank, sex_in
from triage.intake.gathered import Gathered, Person, Reading
from triage.intake.homes import note_home
from triage.intake.labels import Subject, relation_in
from triage.intake.people import PARTICLES, TITLES, is_name_word, is_post, read_card
from triage.intake.people_lists import RELATED, kin_list, split_people
from triage.intake.person_facts import PersonFacts
from triage.intake.pieces import Entry, Passage, Piece
from triage.intake.prose_cues import ADDRESS_START, NAME
from triage.intake.siblings import years_in

_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_COUNTED = re.compile(
    r"(?i)^\W*(?:there are |about )?(?P<count>one|two|three|four|five|[1-8])\s(?:\w+\s){0,2}?"
    r"(?P<who>boys?|girls?|children|kids?|child|babies)\b(?! (?:called|named))"
)
_AGES = re.compile(
    r"((?:(?:about|approx\.?|around|aged?|nearly)\s)?\b\d{1,2}(?:\s?(?:years?|yrs?|months?|weeks?)(?: old)?)?)"
)
CHILD_RELATION = re.compile(
    r"(?i)^\W*(?:(?:half|step|foster|older|younger|twin|full|maternal|paternal)[\s-]*)*(?:brother|sister|sibling|sib|twin|half-?brother|half-?sister|step-?brother|step-?sister|subject(?: child)?|child|self|son|daughter|index child|baby|unborn)\b(?!['’]s| of (?:mum|mother|dad|father))"
)


_KIN = re.compile(r"(?i)\b(brother|sister|daughter|son)\b")
_SEX_OF = {"brother": "M", "son": "M", "sister": "F", "daughter": "F"}


_NOBODY = re.compile(
    r"(?i)\W*(?:none|no|not|nil|nobody|no-?one|nothing|unknown|same|both|parents|grandparents|family"
    r"|foster (?:carers?|parents?|family)|siblings|relatives|friends|carers|extended family)\b"
)
_ONE = re.compile(
    r"(?i)\W*(?:one|1|an?) (?:boy|girl|child|son|daughter|baby),? (?:called |named )?(?=(?-i:[A-Z][\w’'-]+ [A-Z]))"
)
_NO_CHILD = re.compile(
    r"(?i)\W*(?:none|nil|no(?: \w+)? (?:children|child|kids))\b[^.\n]{0,60}(?:[.\n]|$)"
)
# "Ada Fenn (mum). Her sister stays at weekends.": what comes after is an account
_TOLD_ON = re.compile(
    r"(?<=[a-z)])\.\s+(?=[A-Z][^.\n]{5,90}? (?:is|was|has|had|sleeps|lives|stays|works|visits|helps|comes|goes|left|moved)\b)"
)
_INITIAL = re.compile(r"(?P<m>M|MO)\s?[-–:=]\s|(?P<f>F|FA)\s?[-–:=]\s")
_PAIR = re.compile(
    rf"(?P<one>(?!(?i:mr|mrs|ms|miss|dr|mum|dad)\b){NAME}) (?:and|&) (?P<two>{NAME}) (?P<family>{NAME})"
)
_YOUNG = re.compile(
    r"(?i)child|pupil|student|young|baby|infant|son\b|daughter|sibling|brother|sister"
)
_SAYS = re.compile(r"(?i)\b(?:says|said|states|stated|reports|tells us|told us)\W*$")
# sentences: an account, whoever the label speaks of
_ACCOUNT = re.compile(r"(?:[^\W\d_][\w’',-]*\s){7,}[^\W\d_][\w’']*[.!?](?:\s|$)")
# "Enzo Delvine; lives with grandmother Carmel Delvine"
_AND_KIN = re.compile(rf"(?i);\s(?=(?:[\w’'-]+\s){{0,4}}?(?:{RELATED})\s(?-i:[A-Z]))")
_OWNER = re.compile(
    r"(?i)(?:['’]s)? (?:new |current |ex[- ]?)?(?:partner|boyfriend|girlfriend|mum|mother|dad|father)\b(?!.*[:=])"
)
_SAYS_ON = re.compile(
    r"\s(?:with|is|was|has|had|have|will|does|did|who|when|at|in|on|to|from|told|said|says|tells|came|went|and then)\s"
)


def names_nobody(told: Piece, name: Piece) -> bool:
    """True for words beside a label for people that are no name: "None registered", "Contact
    with Dad at weekends", a body, or a word without a capital."""
    words = name.text
    first = words.split()[0].strip(".,") if words.split() else ""
    after = told.sheet.text[name.end : min(told.end, name.end + 24)]
    if _OWNER.match(after):  # "Gemma's boyfriend, name unknown"
        return True
    if _NOBODY.match(words) or not re.search(r"[^\W\d_a-z]", words):
        return True
    if not is_name_word(first) and first.casefold() not in TITLES | PARTICLES:
        return True
    return " " not in words and _SAYS_ON.match(after) is not None


def hold_responsibility(got: Gathered, holder: Piece) -> None:
    """Mark the adults that an answer to "Who has parental responsibility?" names."""
    said = holder.text.casefold()
    if re.search(r"\b(?:not|no|unknown|unsure|except)\b", said):
        return
    both = re.match(r"\W*both(?: parents)?\W*$", said)
    for person in got.of(Subject.ADULT):
        name = person.value("name").casefold()
        relation = person.value("relationship")
        meant = name and (name in said or name.split()[0] in re.findall(r"[\w’'-]+", said))
        kin = relation in {"mother", "father"} and (both or relation_in(holder.text) == relation)
        if meant or kin:
            person.put("pr", Reading("yes", (holder,), "parental responsibility"))


class Household:
    """Gathers people: who is meant by a value, and whether it begins somebody new."""

    def __init__(self, gathered: Gathered) -> None:
        self.got = gathered
        self.now: dict[Subject, Person] = {Subject.REFERRER: gathered.referrer}
        self.last = Subject.NONE
        self.persons = PersonFacts(gathered)
        self.in_group: dict[tuple[object, ...], Subject] = {}

    def _list(self, subject: Subject, value: Piece, label: str, entry: Entry) -> None:
        """A value that may name several people."""
        if not value or is_blank(value.text):
            return
        only = _ONE.match(value.text) if subject is Subject.CHILD else None
        if only is not None:
            value = value.cut(only.end())
        if subject is Subject.CHILD and self._counted(value, label):
            return
        if subject is Subject.CHILD and (none := _NO_CHILD.match(value.text)):
            self.got.passages.append(Passage(value.cut(none.end()).strip(), entry.path))
            return
        if subject is Subject.ADULT and (more := _TOLD_ON.search(value.text)):
            self.got.passages.append(Passage(value.cut(more.end()).strip(), entry.path))
            value = value.cut(0, more.start() + 1)
        if pair := _PAIR.fullmatch(value.text):
            for one in ("one", "two"):
                self._of_pair(subject, value.of(pair, one), value.of(pair, "family"), label)
            return
        told = dict(kin_list(value))  # by piece: each knows where it stands
        for one_of in told or split_people(value):
            bit, parent = one_of, ""
            if subject is Subject.ADULT and (initial := _INITIAL.match(bit.text)):
                parent, bit = "mother" if initial["m"] else "father", bit.cut(initial.end())
            card = read_card(bit, self.got.today)
            stands = told.get(bit, "")
            card.relation = card.relation or parent
            if not card.relation and not CHILD_RELATION.match(stands):
                card.relation = relation_in(stands)
            relation = card.relation
            if card.name is not None and card.name.text.islower() and not bit.text.islower():
                card.name = None  # "For example", amid words with capitals
            who = subject
            young = card.age is not None and (years_in(card.age.text) or 0) < 18
            kin = CHILD_RELATION.match(stands or bit.text) or (young and _KIN.search(bit.text))
            years = (years_in(card.age.text) or 0) if card.age is not None else 0
            if subject is Subject.ADULT and kin and years >= 18:  # "older brother Bo, 19"
                grown_kin = _KIN.search(stands or bit.text)
                card.relation = grown_kin[0].casefold() if grown_kin else ""
            elif subject is Subject.ADULT and not relation and kin:
                who = Subject.CHILD
            if card.name is None and card.age is None and card.dob is None and not card.unborn:
                self.got.unused.append(bit)
                continue
            alone = card.name is not None and " " not in card.name.text and not relation
            if who is Subject.ADULT and alone and re.search(r"(?i)\bfamily\b|surname", label):
                self.got.unused.append(bit)  # "Family: PEARSON" names no one
                continue
            if who is Subject.ADULT and (card.name is None or names_nobody(bit, card.name)):
                continue
            if who is Subject.ADULT and not relation and any(is_post(r.text) for r in card.rest):
                self.got.unused.append(bit)  # "Mr Bell, lunchtime supervisor"
                continue
            person = Person(who, ("list", bit.start))
            if who is Subject.ADULT and kin and years >= 18:
                person.put("grown", Reading("yes", (bit,), label))
            if who is Subject.ADULT and re.search(r"\bPR\b|(?i:parental responsibility)", label):
                person.put("pr", Reading("yes", (bit,), label))
            self.got.people.append(person)
            self.persons.apply_card(person, card, label)
            if who is Subject.CHILD and (is_kin := _KIN.search(stands)):
                person.put("sex", Reading(_SEX_OF[is_kin[0].casefold()], (bit,), label))
            if who is Subject.CHILD and only is not None:
                sex = sex_in(only[0].strip(" ,").split()[1].strip(","))
                person.put("sex", Reading(sex, (bit,), label))
            note_home(person, bit, label, entry.path)
            if who is Subject.ADULT or who not in self.now:
                self.now[who] = person  # siblings listed do not take the main child's place
            self.last = who

    def _of_pair(self, subject: Subject, given: Piece, family: Piece, label: str) -> None:
        """One of "Joel and Tamar Larch"."""
        person = Person(subject, ("list", given.start))
        if subject is Subject.CHILD:
            person.put("given", Reading(given.text, (given,), label))
            person.put("family", Reading(family.text, (family,), label))
        else:
            person.put("name", Reading(f"{given.text} {family.text}", (given, family), label))
        self.got.people.append(person)
        self.last = subject

    def _counted(self, value: Piece, label: str) -> bool:
        """ "Two boys, approx 5 and 7": so many children without names."""
        match = _COUNTED.match(value.text)
        if match is None:
            return False
        count = _NUMBERS.get(match["count"].casefold(), 0) or int(match["count"])
        rest = value.cut(match.end())
        ages = [rest.of(m, 1).strip() for m in _AGES.finditer(rest.text)]
        sex = {"b": "M", "g": "F"}.get(match["who"][0].casefold(), "")
        for number in range(min(count, 8)):
            person = Person(Subject.CHILD, ("counted", value.start, number))
            person.put("sex", Reading(sex, (value.of(match, "who"),), label))
            if len(ages) == count:
                person.put("age", Reading(ages[number].text, (ages[number],), label))
            if person.empty:
                person.put("counted", Reading("yes", (value.of(match),), label))
            self.got.people.append(person)
        return True

    def _home_beside(self, value: Piece, label: str) -> None:
        """Take the address that stands with a child's name and numbers, up to its postcode."""
        found = POSTCODE.search(value.text)
        start = ADDRESS_START.search(value.text, 0, found.start()) if found else None
        if found is None or start is None or {"line", "postcode"} & self.got.facts.keys():
            return
        line, town, postcode = parts_of(value.cut(start.start(), found.end()))
        for fact, piece, said in (
            ("line", line, tidy_line(line.text) if line else ""),
            ("town", town, town.text if town else ""),
            ("postcode", postcode, tidy_postcode(postcode.text) if postcode else ""),
        ):
            if piece is not None:
                self.got.put(fact, Reading(said, (piece,), label))

    def _person(
        self, subject: Subject, attribute: str, index: str, relation: str, entry: Entry
    ) -> Person:
        if subject is Subject.REFERRER:
            return self.got.referrer
        people = self.got.of(subject)
        if entry.group and not (entry.group[0] == "row" and not entry.group):
            key: tuple[object, ...] = ("group", subject, index, relation, *entry.group)
            self.in_group[entry.group] = subject
            found = next((p for p in self.got.people if p.key == key), None)
            if found is None and index:
                key = ("index", subject, index)
                found = next((p for p in people if p.key == key), None)
        elif relation and subject is Subject.ADULT:
            key = ("relation", relation, index)
            found = next((p for p in people if p.key == key), None) or next(
                (p for p in people if p.value("relationship") == relation), None
            )
        elif index:
            key = ("index", subject, index)
            found = next((p for p in people if p.key == key), None)
            if (
                found is None
                and index == "1"
                and len(people) == 1
                and people[0].key[:1] == ("now",)
                and not people[0].patient
            ):
                found = people[0]
        else:
            key = ("now", len(self.got.people))
            found = self.now.get(subject) if subject in self.now else None
            if found is None and people:
                found = people[-1]
            if found is not None and self._starts_anew(found, attribute):
                found = None
        if found is None:
            found = Person(subject, key)
            if relation and subject is Subject.ADULT and not entry.group:
                found.key = ("relation", relation, index)
            self.got.people.append(found)
        return found

    def _starts_anew(self, person: Person, attribute: str) -> bool:
        if attribute in {"name", ""}:
            return bool({"name", "given"} & person.facts.keys()) or person.unborn
        if attribute == "given":
            return "given" in person.facts or "name" in person.facts
        if attribute == "family":
            return "family" in person.facts or (
                "name" in person.facts and person.subject is Subject.CHILD
            )
        if attribute in {"dob", "edd", "nhs", "upn"}:
            return False
        return False

    def _person_fact(
        self, subject: Subject, attribute: str, index: str, relation: str, label: str,
        value: Piece, entry: Entry, patient: bool,
    ) -> None:  # fmt: skip
        if subject is Subject.NONE:
            self.got.unused.append(value)
            return
        if subject is Subject.CHILD:
            self.got.child_columns = True
        if subject is Subject.REFERRER and attribute in {"dob", "ethnicity", "sex", "language"}:
            self.got.unused.append(value)
            return
        if (
            not value
            and not entry.group
            and attribute in {"name", "given", ""}
            and subject is Subject.CHILD
        ):
            person = self.now.get(subject)
            if person is not None and self._starts_anew(person, attribute):
                self.now.pop(subject, None)
        held = self.got.referrer.value("name")
        if subject is Subject.REFERRER and attribute in {"name", ""} and held and value:
            said = read_card(value, self.got.today, professional=True).name
            if said is not None and not set(said.text.casefold().split()) & set(
                held.casefold().split()
            ):
                self.got.unused.append(value)
                return  # an informant, or who took it down: another has said they refer
        if (
            subject is Subject.REFERRER
            and attribute in {"name", ""}
            and re.search(r"(?i)\banonymous", value.text)
        ):
            self.got.referrer.put("anonymous", Reading("yes", (value,), label))
            return
        if not value or (
            is_blank(value.text)
            and not re.search(r"(?i)unborn|\bbaby\b|anonymous|^nan$", value.text)
        ):
            self.last = subject
            return
        if has_boxes(value):
            options = chosen(value)
            if not options:
                return
            value = options[0]
        family = re.fullmatch(r"(?i)\W*family(?: name)?\W*", label) and (
            " " not in value.text or POSTCODE.search(value.text) or " / " in value.text
        )
        if family and subject is Subject.ADULT:
            self._home_beside(value, label)
        whole = value
        if subject is Subject.ADULT and relation_in(re.split(r"[,;(]", value.text)[0]):
            whole = read_card(value, self.got.today).name or value  # "aunt, Ada Fenn"
        if subject is Subject.ADULT and attribute == "" and (family or names_nobody(value, whole)):
            self.got.unused.append(value)
            if ". " in value.text:
                self.got.passages.append(Passage(value, entry.path))
            return
        if (
            subject is Subject.ADULT
            and attribute in {"", "name"}
            and (more := _AND_KIN.search(value.text))
        ):
            self._list(subject, value.cut(more.end()), label, entry)
            value = value.cut(0, more.start()).strip()
        if attribute in {"", "name"} and (_ACCOUNT.search(value.text) or _SAYS.search(label)):
            self.got.unused.append(value)
            self.got.passages.append(Passage(value, entry.path))
            return
        grown = attribute in {"", "name"} and re.match(r"(?:Mr|Mrs|Ms)\.? ", value.text)
        if subject is Subject.CHILD and grown and not _YOUNG.search(label):
            subject = Subject.ADULT  # "Our client: Mrs Dawn Prowse"
        person = self._person(subject, attribute, index, relation, entry)
        person.patient = person.patient or patient
        self.now[subject], self.last = person, subject
        if subject is Subject.CHILD and (kin := _KIN.findall(label)) and len(set(kin)) == 1:
            person.put("sex", Reading(_SEX_OF[kin[0].lower()], (), label))
        vague = relation == "partner" and not re.search(r"(?i)mother|father|mum|dad|parent", label)
        if (
            relation
            and not vague  # "Spouse": of whom is not said
            and subject is Subject.ADULT
            and attribute in {"", "name", "given", "dob"}
        ):
            person.put("relationship", Reading(relation, (), label))
        self.persons.apply(person, attribute, label, value)
        if subject is Subject.CHILD and attribute in {"", "name"}:
            self._home_beside(value, label)
