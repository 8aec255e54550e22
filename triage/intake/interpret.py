"""From labels and values to what a contact says. Whose fact it is comes from the label, the
heading above it, the record it stands in, or the person last named, in that order."""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

from __future__ import annotations

import re
from dataclasses import replace

from triage.intake.addresses import POSTCODE
from triage.intake.asides import CHILD_OF
from triage.intake.asked import Asked, asked_by
from triage.intake.cards import part_cards
from triage.intake.choices import chosen, has_boxes, is_blank, is_ethnicity, sex_in, yes_or_no
from triage.intake.form_parts import (
    DOCUMENT,
    MORE,
    STATED,
    STATES,
    is_title,
    of_referrer,
    pair_up,
    placed,
    reason_of,
    ungroup,
)
from triage.intake.gathered import Gathered, Reading
from triage.intake.homes import asks_home, home_answer
from triage.intake.household import hold_responsibility
from triage.intake.labels import Subject, classify, relation_in
from triage.intake.meanings import FORMS_NAME, meaning_of
from triage.intake.people import (
    PHONE,
    is_organisation,
    is_post,
    is_role,
    name_runs,
    read_card,
    settle_case,
)
from triage.intake.people_lists import RELATED, kin_list
from triage.intake.pieces import Entry, Item, Passage, Piece
from triage.intake.sources import source_code
from triage.intake.told_children import told_children
from triage.intake.whose import ADULT_ONLY, CHILD_ONLY, REFERRER_ONLY, Whose

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.{0,15}")
_DATED = re.compile(r"(?i)date(?:[ _]?time)?|time ?stamp")
_NAME_PART = re.compile(
    r"(?i)(?:forename|first ?name|given ?name|middle ?name)s?[\s_]*(?P<at>[1-4])$"
)
_ADDRESSED = re.compile(
    r"(?:Flat|Apartment|Room|Unit) \w{1,4}, \d|\d{1,4}[A-Za-z]? [A-Z][\w’'-]+ [A-Z]"
)
_SITE = re.compile(r"(?i)\W*(?:site|accommodation|premises)\W*$")
_SIGNED = re.compile(r"(?i)\W*sign(?:ed|ature)\b")
_OF_PERSON = frozenset({"relationship", "pr", "dob", "sex", "age"})
_PERSONAL = CHILD_ONLY | REFERRER_ONLY | ADULT_ONLY | {"name", "phone", "relationship", ""}
_OF_CONTACT = frozenset(
    {"consent", "informed", "urgent", "risk", "concern", "consent_reason", "informed_reason"}
) | {"strengths", "received", "reference", "place_now", "may_be_named", "anonymous", "religion"}
_CHILDREN = re.compile(r"(?i)child(?:ren|\(ren\))|siblings|kids")
_ADULTS = re.compile(r"(?i)parents|carers|members|adults|others")
_ONE_RELATIVE = (
    r"(?:\d[.)]? )?(?:(?:Mr|Mrs|Ms|Miss|Mx)\.? )?[^\W\d_a-z][\w’'-]+(?: [\w’'-]+){0,3} ?\((?:"
    + f"(?i:{RELATED})"
    + r")(?:,[^()]{1,20})?\)"
)
_RELATIVE = re.compile(rf"{_ONE_RELATIVE}(?:[\s,;&]+{_ONE_RELATIVE}){{0,5}}$")
PROFESSIONAL_RELATION = re.compile(
    r"(?i)\b(?:social worker|teacher|health visitor|gp|doctor|nurse|midwife|school|key ?worker|support worker|professional|officer)\b"
)


class Interpreter(Whose):
    """Reads items in order and gathers what they say."""

    def __init__(self, gathered: Gathered) -> None:
        super().__init__(gathered)
        self.holders: list[Piece] = []
        self.asked_in: dict[tuple[object, ...], set[str]] = {}  # what each record asks for

    def read(self, items: list[Item]) -> None:
        """Take in the items of one part."""
        self.now = {Subject.REFERRER: self.got.referrer}
        self.last = Subject.NONE
        self.entries = entries = [item for item in items if isinstance(item, Entry)]
        self.in_group.update(part_cards(items))
        seen = 0
        ungroup(entries)
        pair_up(entries)
        self.asked_in = {}
        for entry in entries:
            if entry.group:
                self.asked_in.setdefault(entry.group, set()).add(meaning_of(entry)[0].attribute)
        for item in items:
            if isinstance(item, Passage):
                self._passage(item)
            else:
                seen += 1
                self.coming = entries[seen : seen + 5]
                self._entry(item)
            while self.notes:
                self._entry(self.notes.pop(0))
        for holder in self.holders:
            hold_responsibility(self.got, holder)
        for told, _ in self.got.concerns:
            any(self._reads_signed(line) for line in told.cut(0, 8_000).lines())
        self._works_at()
        self._writes_of_self()
        self.contact.settle_address()

    def _entry(self, entry: Entry) -> None:
        """Take in an entry by the first step that knows what it is."""
        asked = asked_by(entry)
        self.got.labels += bool(asked.meaning.attribute or asked.meaning.subject)
        if not asked.attribute and asked.meaning.subject and " / " in asked.value.text:
            asked.value = self._noted(entry, asked.value)
        mothers = not asked.attribute and asked.meaning.subject is Subject.CHILD
        if mothers and CHILD_OF.search(asked.label):
            asked.meaning = self._unborn_of(asked.meaning, asked.value)
        for step in (
            self._is_title,
            self._is_second_name,
            self._say_nearer,
            self._is_relative,
            self._say_nearer_of_writer,
            self._is_kin_beside,
            self._say_what_number,
            self._is_holder,
            self._is_said_apart,
            self._is_unused,
            self._is_of_contact,
            self._say_whose,
            self._is_of_household,
            self._is_of_writer,
            self._is_of_others,
            self._guess_whose,
            self._is_address,
            self._is_more_than_name,
            self._is_site,
            self._is_list,
            self._is_of_person,
        ):
            if step(asked):
                return

    def _is_title(self, asked: Asked) -> bool:
        first = not asked.entry.path and asked.entry is self.entries[0]
        if not first or not is_title(asked.label, asked.value):
            return False
        if is_organisation(asked.label) and not DOCUMENT.search(asked.label):
            self.got.referrer.put("agency", Reading(asked.label, (), "title"))
        self.got.unused.append(asked.value)
        return True

    def _is_second_name(self, asked: Asked) -> bool:
        part = _NAME_PART.search(asked.entry.labels[0]) if asked.attribute == "given" else None
        if part is None:
            return False
        asked.meaning = replace(asked.meaning, index="")  # <Forename2>: a name of one person
        return part["at"] != "1" and self._second_name(asked.entry, asked.value)

    def _say_nearer(self, asked: Asked) -> bool:
        """What is asked, by what else the record asks and what was asked before."""
        group = asked.entry.group
        beside = self.asked_in.get(group, set())
        if asked.attribute in {"adults", "children"} and beside & _OF_PERSON:
            whose = Subject.ADULT if asked.attribute == "adults" else Subject.CHILD
            asked.attribute = "name"  # one a row, no list
            asked.meaning = replace(asked.meaning, subject=whose)
        if asked.attribute == "urgent" and {"name", "relationship"} <= beside:
            asked.attribute = "ignore"  # whom to ring first
        dated = not group and _MOMENT.fullmatch(asked.value.text)
        if asked.attribute == "ignore" and dated and _DATED.fullmatch(asked.entry.labels[0]):
            asked.attribute = "received"
        if self._tells_more(asked.entry, asked.attribute):
            asked.attribute = "consent_reason"
        return False

    def _is_relative(self, asked: Asked) -> bool:
        """ "Priority 1: Saira Mirza (Mother)"."""
        named = asked.above is not Subject.OTHER and _RELATIVE.match(asked.value.text)
        bare = asked.attribute in {"ignore", "", "urgent"} and not asked.meaning.subject
        return bool(named) and bare and self._lists(Subject.ADULT, asked)

    def _lists(self, subject: Subject, asked: Asked) -> bool:
        self._list(subject, asked.value, asked.label, asked.entry)
        return True

    def _say_nearer_of_writer(self, asked: Asked) -> bool:
        """What a label that is passed over elsewhere asks of the one who writes."""
        if asked.attribute == "ignore" and _SIGNED.match(asked.label) and is_role(asked.value.text):
            asked.attribute = "name"
            asked.meaning = replace(asked.meaning, subject=Subject.REFERRER)
        writes = asked.above is Subject.REFERRER or (
            not asked.above and self.last is Subject.REFERRER
        )
        if asked.attribute == "ignore" and writes:
            asked.attribute = of_referrer(asked.label, asked.value)
        return False

    def _is_kin_beside(self, asked: Asked) -> bool:
        """ "Male: Dariusz Wolny, partner"."""
        if asked.attribute != "sex" or asked.entry.group or sex_in(asked.value.text):
            return False
        runs = name_runs(asked.value)
        return bool(runs) and " " in runs[0].text and self._lists(Subject.ADULT, asked)

    def _say_what_number(self, asked: Asked) -> bool:
        if asked.attribute == "reference" and PHONE.fullmatch(asked.value.text):
            asked.attribute = "phone"  # "Call sign / mobile"
        numbered = asked.meaning.index and not asked.meaning.subject
        if asked.attribute == "phone" and numbered and self._related(asked.value):
            asked.attribute = "name"
            asked.meaning = replace(asked.meaning, subject=Subject.ADULT)
        return False

    def _is_holder(self, asked: Asked) -> bool:
        """Who holds parental responsibility, where they are named and not only said to."""
        value = asked.value
        if asked.attribute != "pr" or not value or yes_or_no(value.text) or has_boxes(value):
            return False
        card = read_card(value, self.got.today)
        if card.relation and card.name is not None and " " in card.name.text:
            return self._lists(Subject.ADULT, asked)  # "Mother: Carys Pugh"
        self.holders.append(value)  # "Who holds parental responsibility? Oksana"
        return False

    def _is_said_apart(self, asked: Asked) -> bool:
        """Who signs by their post, where it happened, how to reach somebody, who is at home."""
        entry, label, value = asked.entry, asked.label, asked.value
        subject = asked.meaning.subject
        bare = not subject and asked.attribute in {"", "ignore"}
        signs = (subject is Subject.OTHER or bare) and is_post(label.strip(" :"))
        if signs and self._signs_as(label, value, entry):
            return True
        if self.contact.notes_scene(label, value, entry):
            return True
        if asked.attribute == "safe_contact":
            self._reaching(subject or asked.above, label, value)
            return True
        return asks_home(label) and self._home(entry, asked.above, asked.above_index, label, value)

    def _is_unused(self, asked: Asked) -> bool:
        """What nobody asks for is kept as words, whole sentences as an account."""
        entry, value = asked.entry, asked.value
        if entry.group and self.in_group.get(entry.group) is Subject.OTHER:
            asked.above = Subject.OTHER
        bare = asked.attribute in {"", "ignore"}
        if bare and asked.above_attribute in STATED and STATES.match(asked.label):
            asked.attribute = asked.above_attribute  # <Agreement status="yes">
        of_other = asked.above is Subject.OTHER and asked.attribute in _PERSONAL
        if asked.attribute == "ignore" or of_other:
            self.got.unused.append(value)
            sentence = len(value.text.split()) > 5 and value.text.endswith(".")
            if asked.attribute == "ignore" and sentence:
                self.got.passages.append(Passage(value, entry.path))
            return True
        of_origin = asked.attribute in {"", "concern"} and "background" in asked.label.casefold()
        if of_origin and is_ethnicity(value.text):
            asked.attribute = "ethnicity"
        if asked.attribute or asked.meaning.subject:
            return False
        if entry.group and asked.above and not any(classify(w).attribute for w in entry.labels):
            self.got.unused.append(value)
        elif not self._is_referrers_post(entry, value):
            self.got.unused.append(value)
            sentence = value.text.endswith(".") and len(value.text.split()) > 4
            if value and (len(value.text) > 60 or sentence):
                self.got.passages.append(Passage(value, entry.path))
        return True

    def _is_of_contact(self, asked: Asked) -> bool:
        """What is said of the whole contact; which of the people a record is about."""
        entry, value = asked.entry, asked.value
        who = asked.attribute == "role" and entry.group and not asked.meaning.subject
        if who and placed(self.in_group, entry, value):
            if not relation_in(value.text):
                return True
            asked.attribute = "relationship"  # <Grownup role="mother">
        if asked.attribute not in _OF_CONTACT:
            return False
        attribute = reason_of(asked.attribute, asked.label, self.contact.last_global)
        self.contact.put(attribute, asked.label, value, entry)
        return True

    def _is_address(self, asked: Asked) -> bool:
        if asked.attribute not in {"address", "postcode", "town"}:
            return False
        apart = asked.subject is Subject.ADULT and not asked.named  # in the part on an adult
        code = POSTCODE.search(asked.value.text)
        if code and kin_list(rest := asked.value.cut(code.end()).strip(" .,;")):
            # "..., NM6 3FW. Mum (Ada Fenn)"
            self._list(Subject.ADULT, rest, asked.label, asked.entry)
        return self._lives_at(asked, asked.attribute, asked.subject, apart=apart)

    def _lives_at(self, asked: Asked, attribute: str, subject: Subject, *, apart: bool) -> bool:
        self.contact.address(
            attribute, subject, asked.meaning, asked.value, asked.label, asked.entry, apart=apart
        )
        return True

    def _is_more_than_name(self, asked: Asked) -> bool:
        """ "Child's demeanour" asks for more than a name."""
        if asked.attribute or asked.subject not in {Subject.CHILD, Subject.ADULT}:
            return False
        meaning = asked.meaning
        vague = 0 < meaning.share <= 0.5 and not meaning.relation and bool(meaning.subject)
        if not (
            (vague and (is_post(asked.label) or not self._is_whole_name(asked.value)))
            or FORMS_NAME.search(asked.value.text)
        ):
            return False
        self.got.unused.append(asked.value)
        return True

    def _is_site(self, asked: Asked) -> bool:
        """Where people live, asked for as who they are or as a body's premises."""
        words = asked.value.text
        adults = asked.attribute == "adults" or (
            not asked.attribute and asked.subject is Subject.ADULT
        )
        site = asked.attribute == "agency" and _SITE.match(asked.label) and POSTCODE.search(words)
        if not site and not (adults and _ADDRESSED.match(words) and "(" not in words):
            return False
        return self._lives_at(asked, "address", Subject.NONE, apart=True)

    def _is_list(self, asked: Asked) -> bool:
        """Several people in one value."""
        bare, of_child = not asked.attribute, asked.subject is Subject.CHILD
        if (
            asked.attribute in {"", "name", "children", "age"}
            and (of_child or "child" in asked.label.casefold())
            and (told := told_children(asked.value))
        ):
            self.got.people.extend(told)
            self.now[Subject.CHILD], self.last = told[0], Subject.CHILD
            return True
        if asked.attribute == "adults":
            return self._lists(Subject.ADULT, asked)
        if asked.attribute == "children" or (bare and of_child and _CHILDREN.search(asked.label)):
            return self._lists(Subject.CHILD, asked)
        if bare and asked.subject is Subject.ADULT and _ADULTS.search(asked.label):
            return self._lists(Subject.ADULT, asked)
        named = of_child and asked.attribute in {"", "name"}
        return named and self._counted(asked.value, asked.label)

    def _is_of_person(self, asked: Asked) -> bool:
        """A fact of one person."""
        entry, subject, value = asked.entry, asked.subject, asked.value
        # "... to child 1"
        own_index = "" if asked.attribute == "relationship" else asked.meaning.index
        index = own_index or ("" if entry.group else asked.above_index)
        of_adult = subject is Subject.ADULT
        relation = asked.meaning.relation or (asked.above_relation if of_adult else "")
        named = asked.attribute in {"", "name"}
        if subject is Subject.REFERRER and named:
            self.signed_in = entry.group
        people = subject in {Subject.CHILD, Subject.ADULT} and named
        if people and "\n" in value.text and self._reads_rows(Passage(value, entry.path)):
            return True
        self._person_fact(
            subject, asked.attribute, index, relation, asked.label, value, entry, asked.of_patient
        )
        return True

    def _second_name(self, entry: Entry, value: Piece) -> bool:
        """Add a further forename to the person of the record; False where there is none."""
        whose = self.in_group.get(entry.group)
        person = self.now.get(whose) if whose else None
        held = person.facts.get("given") if person is not None else None
        if not value or person is None or held is None or is_blank(value.text):
            return False
        words = f"{held.value} {settle_case(value.text)}"
        person.facts["given"] = Reading(words, (*held.pieces, value), held.label)
        return True

    def _works_at(self) -> None:
        """Take the school whose system wrote the file for the body of its own staff."""
        referrer = self.got.referrer
        if self.leads and not {"name", "given", "role", "email"} & referrer.facts.keys():
            for attribute, label, value in self.leads:
                if value and not is_blank(value.text):
                    self.persons.apply(referrer, attribute, label, value)
        role = referrer.value("role")
        if self.exported_by and role and source_code(role, "", anonymous=False) == "2A":
            referrer.put("agency", self.exported_by)

    def _tells_more(self, entry: Entry, attribute: str) -> bool:
        """True for a bare "Explain" after a question of consent, of telling or of danger."""
        asked = attribute in {"", "ignore"} and bool(self.contact.last_global)
        return asked and MORE.fullmatch(entry.labels[0]) is not None

    def _reaching(self, subject: Subject, label: str, value: Piece) -> None:
        """How somebody may safely be reached: the one who writes, or the family."""
        options = chosen(value) if has_boxes(value) else ((value,) if value else ())
        if not options or (is_blank(options[0].text) and not yes_or_no(options[0].text)):
            return
        told = "; ".join(" ".join(option.text.split()) for option in options)
        if yes_or_no(told) and len(told.split()) < 3:
            told = f"{label.strip(' :?')}: {told}"  # a bare "No" needs its question
        reading = Reading(told, options, label)
        if subject is Subject.REFERRER or (
            subject is Subject.NONE and self.last is Subject.REFERRER
        ):
            self.got.referrer.put("best_time", reading)
            self.persons.apply(self.got.referrer, "phone", label, options[0])
        elif subject is not Subject.OTHER:
            self.got.put("safe_contact", reading)

    def _home(self, entry: Entry, above: Subject, index: str, label: str, value: Piece) -> bool:
        """Keep whether a person lives with the children; False when that is not the answer."""
        answers = chosen(value)
        said = home_answer(answers[0].text) if answers else ""
        subject = self.in_group.get(entry.group) if entry.group else None
        subject = subject or above or self.last
        if not said or subject not in {Subject.CHILD, Subject.ADULT}:
            return False
        person = self._person(subject, "home", "" if entry.group else index, "", entry)
        person.put("home", Reading(said, (answers[0],), label))
        return True
