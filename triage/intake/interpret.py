"""From labels and values to what a contact says. Whose fact it is comes from the label, the
heading above it, the record it stands in, or the person last named, in that order."""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

from __future__ import annotations

import re
from dataclasses import replace

from triage.intake.addresses import POSTCODE
from triage.intake.asides import CHILD_OF, Asides
from triage.intake.cards import part_cards
from triage.intake.choices import chosen, has_boxes, is_blank, is_ethnicity, sex_in, yes_or_no
from triage.intake.dates import age_on, find_dates
from triage.intake.form_parts import (
    DOCUMENT,
    MORE,
    STATED,
    STATES,
    is_childs,
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
from triage.intake.labels import Meaning, Subject, classify, relation_in
from triage.intake.meanings import FORMS_NAME, meaning_of, said_above
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
from triage.intake.siblings import years_in
from triage.intake.sources import source_code
from triage.intake.told_children import told_children

_CHILD_ONLY = frozenset(
    {"nhs", "upn", "school", "ethnicity", "disability", "edd", "sex", "age", "gp"}
) | {"dob", "alias", "given", "family", "language", "interpreter", "whereabouts"}
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
_THEIRS = re.compile(r"(?i)\W*(?:their|her|his)\b")
_OF_PERSON = frozenset({"relationship", "pr", "dob", "sex", "age"})
_REFERRER_ONLY = frozenset({"role", "agency", "email", "may_be_named", "anonymous"})
_ADULT_ONLY = frozenset({"pr"})
_PERSONAL = _CHILD_ONLY | _REFERRER_ONLY | _ADULT_ONLY | {"name", "phone", "relationship", ""}
_ONE_RELATIVE = (
    r"(?:\d[.)]? )?(?:(?:Mr|Mrs|Ms|Miss|Mx)\.? )?[^\W\d_a-z][\w’'-]+(?: [\w’'-]+){0,3} ?\((?:"
    + f"(?i:{RELATED})"
    + r")(?:,[^()]{1,20})?\)"
)
_RELATIVE = re.compile(rf"{_ONE_RELATIVE}(?:[\s,;&]+{_ONE_RELATIVE}){{0,5}}$")
PROFESSIONAL_RELATION = re.compile(
    r"(?i)\b(?:social worker|teacher|health visitor|gp|doctor|nurse|midwife|school|key ?worker|support worker|professional|officer)\b"
)


class Interpreter(Asides):
    """Reads items in order and gathers what they say."""

    def __init__(self, gathered: Gathered) -> None:
        super().__init__(gathered)
        self.entries: list[Entry] = []
        self.coming: list[Entry] = []
        self.holders: list[Piece] = []
        self.leads: list[
            tuple[str, str, Piece]
        ] = []  # a school's own lead, should nobody else sign
        self.exported_by: Reading | None = None  # the school that a record system belongs to
        self.asked_in: dict[tuple[object, ...], set[str]] = {}  # what each record asks for
        self.signed_in: tuple[object, ...] = ()  # the row of a table that names who refers

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
        meaning, label = meaning_of(entry)
        self.got.labels += bool(meaning.attribute or meaning.subject)
        above, above_index, above_relation, above_attribute = said_above(entry)
        attribute = meaning.attribute
        value = entry.value.strip()
        if not attribute and meaning.subject and " / " in value.text:
            value = self._noted(entry, value)
        if not attribute and meaning.subject is Subject.CHILD and CHILD_OF.search(label):
            meaning = self._unborn_of(meaning, value)
        if not entry.path and is_title(label, value) and entry is self.entries[0]:
            if is_organisation(label) and not DOCUMENT.search(label):
                self.got.referrer.put("agency", Reading(label, (), "title"))
            self.got.unused.append(value)
            return
        if attribute == "given" and (part := _NAME_PART.search(entry.labels[0])):
            meaning = replace(meaning, index="")  # <Forename2>: a name of one person
            if part["at"] != "1" and self._second_name(entry, value):
                return
        of_person = self.asked_in.get(entry.group, set()) & _OF_PERSON
        if attribute in {"adults", "children"} and of_person:
            whose = Subject.ADULT if attribute == "adults" else Subject.CHILD
            attribute, meaning = "name", replace(meaning, subject=whose)  # one a row, no list
        if attribute == "urgent" and {"name", "relationship"} <= self.asked_in.get(
            entry.group, set()
        ):
            attribute = "ignore"  # whom to ring first
        if attribute == "ignore" and not entry.group and _MOMENT.fullmatch(value.text):
            attribute = "received" if _DATED.fullmatch(entry.labels[0]) else attribute
        if self._tells_more(entry, attribute):
            attribute = "consent_reason"
        named = above is not Subject.OTHER and _RELATIVE.match(value.text)
        if named and (attribute in {"ignore", ""} or attribute == "urgent") and not meaning.subject:
            self._list(Subject.ADULT, value, label, entry)  # "Priority 1: Saira Mirza (Mother)"
            return
        if attribute == "ignore" and _SIGNED.match(label) and is_role(value.text):
            attribute, meaning = "name", replace(meaning, subject=Subject.REFERRER)
        if attribute == "ignore" and (
            above is Subject.REFERRER or (not above and self.last is Subject.REFERRER)
        ):
            attribute = of_referrer(label, value)
        if (
            attribute == "sex"
            and not entry.group
            and not sex_in(value.text)
            and (len(name_runs(value)[:1]) and " " in name_runs(value)[0].text)
        ):
            self._list(Subject.ADULT, value, label, entry)  # "Male: Dariusz Wolny, partner"
            return
        if attribute == "reference" and PHONE.fullmatch(value.text):
            attribute = "phone"  # "Call sign / mobile"
        if attribute == "phone" and meaning.index and not meaning.subject and self._related(value):
            attribute, meaning = "name", replace(meaning, subject=Subject.ADULT)
        if attribute == "pr" and value and not yes_or_no(value.text) and not has_boxes(value):
            card = read_card(value, self.got.today)
            if card.relation and card.name is not None and " " in card.name.text:
                self._list(Subject.ADULT, value, label, entry)  # "Mother: Carys Pugh"
                return
            self.holders.append(value)  # "Who holds parental responsibility? Oksana"
        other = meaning.subject is Subject.OTHER or (
            not meaning.subject and attribute in {"", "ignore"}
        )
        if other and is_post(label.strip(" :")) and self._signs_as(label, value, entry):
            return
        if self.contact.notes_scene(label, value, entry):
            return
        if attribute == "safe_contact":
            self._reaching(meaning.subject or above, label, value)
            return
        if asks_home(label) and self._home(entry, above, above_index, label, value):
            return
        if entry.group and self.in_group.get(entry.group) is Subject.OTHER:
            above = Subject.OTHER
        if above_attribute in STATED and attribute in {"", "ignore"} and STATES.match(label):
            attribute = above_attribute  # <Agreement status="yes">
        if attribute == "ignore" or (above is Subject.OTHER and attribute in _PERSONAL):
            self.got.unused.append(value)
            if attribute == "ignore" and len(value.text.split()) > 5 and value.text.endswith("."):
                self.got.passages.append(Passage(value, entry.path))
            return
        if (
            attribute in {"", "concern"}
            and "background" in label.casefold()
            and is_ethnicity(value.text)
        ):
            attribute = "ethnicity"
        if not attribute and not meaning.subject:
            if entry.group and above and not any(classify(w).attribute for w in entry.labels):
                self.got.unused.append(value)
                return
            if self._is_referrers_post(entry, value):
                return
            self.got.unused.append(value)
            sentence = value.text.endswith(".") and len(value.text.split()) > 4
            if value and (len(value.text) > 60 or sentence):
                self.got.passages.append(Passage(value, entry.path))
            return
        if (
            attribute == "role"
            and entry.group
            and not meaning.subject
            and placed(self.in_group, entry, value)
        ):
            if not relation_in(value.text):
                return
            attribute = "relationship"  # <Grownup role="mother">
        if attribute in {"consent", "informed", "urgent", "risk", "concern"} or self._global(
            attribute, meaning, above_attribute
        ):
            self.contact.put(
                reason_of(attribute, label, self.contact.last_global), label, value, entry
            )
            return
        subject = meaning.subject
        if attribute in {"name", "given"} and entry.path and not meaning.subject:
            parent = classify(entry.path[-1])
            titled = FORMS_NAME.search(entry.path[-1])  # "Inter-agency referral" is no agency
            sure = parent.share >= 0.5 and not titled
            if parent.attribute in {"school", "agency", "gp"} and sure:
                attribute = parent.attribute
        if attribute in {"relationship"} and subject is Subject.CHILD:
            subject = Subject.NONE
        if attribute == "name" and meaning.subject is Subject.NONE and above is Subject.NONE:
            subject = self._by_age(value) or self._guess_name(entry)
        if attribute in {"language", "interpreter", "ethnicity"} and subject in {
            Subject.NONE,
            Subject.OTHER,
        }:
            subject = above if above in {Subject.CHILD, Subject.ADULT} else Subject.CHILD
            if above is Subject.ADULT and not entry.group and attribute != "ethnicity":
                self.contact.household(attribute, value, label)
                return
            if (
                above is not Subject.CHILD
                and above is not Subject.ADULT
                and attribute != "ethnicity"
            ):
                self.contact.household(attribute, value, label)
                return
        whose = subject
        nested = len(entry.path) > 1 or (
            entry.path and classify(entry.path[0]).attribute == "school"
        )
        if attribute == "school" and not (subject or above or entry.group) and nested:
            self.exported_by = self.exported_by or Reading(value.text, (value,), label)
        if (
            entry.group
            and entry.group == self.signed_in
            and not whose
            and attribute in {"gp", "school"}
        ):
            attribute, subject = "agency", Subject.REFERRER  # "Clinician | Designation | Surgery"
        if (
            attribute in {"language", "interpreter"}
            and subject is Subject.ADULT
            and not entry.group
        ):
            self.contact.household(attribute, value, label)
            return
        if subject is Subject.OTHER and re.search(r"(?i)\bd?dsl|safeguarding lead", label):
            self.leads.append((attribute or "name", label, value))
        if subject is Subject.OTHER:
            if above in {Subject.REFERRER, Subject.CHILD} and attribute in {"school", "gp"}:
                subject = above
            else:
                self.got.unused.append(value)
                return
        if (
            attribute == "phone"
            and meaning.subject is Subject.NONE
            and ("," in value.text or "\n" in value.text)
            and (is_role(value.text) or is_organisation(value.text))
        ):
            attribute, subject = "", Subject.REFERRER  # "Contact: duty manager, Pellimere Care"
        patient = (
            re.search(r"(?i)patient|\bwoman\b", label) is not None and attribute != "relationship"
        )
        if (
            above is Subject.CHILD
            and not subject
            and attribute in {"role", "agency", "phone", "school"}
        ):
            own = "agency" if attribute == "school" else attribute
            signs = self.last is Subject.REFERRER and own not in self.got.referrer.facts
            subject = Subject.REFERRER if signs else above
        subject = subject or above or self._by_attribute(attribute, entry, above)
        if (
            attribute == "dob"
            and subject is Subject.ADULT
            and not whose
            and is_childs(self.got, value)
        ):
            subject = Subject.CHILD
        last = self.now.get(Subject.CHILD)
        open_ = not whose or (last is not None and last.unborn)
        if attribute == "dob" and subject is Subject.CHILD and open_ and not entry.group:
            subject = self._grown_or_child(value)
        if subject is Subject.ADULT and attribute == "role":
            attribute = "relationship"
        if attribute in {"address", "postcode", "town"}:
            apart = subject is Subject.ADULT and not whose  # in the part of a form on an adult
            code = POSTCODE.search(value.text)
            if code and kin_list(rest := value.cut(code.end()).strip(" .,;")):
                self._list(Subject.ADULT, rest, label, entry)  # "..., NM6 3FW. Mum (Ada Fenn)"
            self.contact.address(attribute, subject, meaning, value, label, entry, apart=apart)
            return
        if (
            attribute == ""
            and subject in {Subject.CHILD, Subject.ADULT}
            and (
                (
                    0 < meaning.share <= 0.5
                    and not meaning.relation
                    and meaning.subject
                    and (is_post(label) or not self._is_whole_name(value))
                )
                or FORMS_NAME.search(value.text)
            )
        ):  # "Child's demeanour" asks for more than a name
            self.got.unused.append(value)
            return
        if (
            (attribute == "adults" or (attribute == "" and subject is Subject.ADULT))
            and _ADDRESSED.match(value.text)
            and "(" not in value.text
        ):
            self.contact.address("address", Subject.NONE, meaning, value, label, entry, apart=True)
            return
        if attribute == "agency" and _SITE.match(label) and POSTCODE.search(value.text):
            self.contact.address("address", Subject.NONE, meaning, value, label, entry, apart=True)
            return
        asked = attribute in {"", "name", "children", "age"} and (
            subject is Subject.CHILD or "child" in label.casefold()
        )
        if asked and (told := told_children(value)):
            self.got.people.extend(told)
            self.now[Subject.CHILD], self.last = told[0], Subject.CHILD
            return
        if attribute in {"adults", "children"} or (
            attribute == ""
            and subject is Subject.CHILD
            and re.search(r"(?i)child(?:ren|\(ren\))|siblings|kids", label)
        ):
            self._list(
                Subject.ADULT if attribute == "adults" else Subject.CHILD, value, label, entry
            )
            return
        if (
            attribute == ""
            and subject is Subject.ADULT
            and re.search(r"(?i)parents|carers|members|adults|others", label)
        ):
            self._list(Subject.ADULT, value, label, entry)
            return
        if subject is Subject.CHILD and attribute in {"", "name"} and self._counted(value, label):
            return
        own_index = "" if attribute == "relationship" else meaning.index  # "... to child 1"
        index = own_index or ("" if entry.group else above_index)
        relation = meaning.relation or (above_relation if subject is Subject.ADULT else "")
        if subject is Subject.REFERRER and attribute in {"", "name"}:
            self.signed_in = entry.group
        people = subject in {Subject.CHILD, Subject.ADULT} and attribute in {"", "name"}
        if people and "\n" in value.text and self._reads_rows(Passage(value, entry.path)):
            return
        self._person_fact(subject, attribute, index, relation, label, value, entry, patient)

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

    def _by_age(self, value: Piece) -> Subject:
        """Whom a bare name is of that has an age or a birth date beside it."""
        card = read_card(value, self.got.today)
        if card.name is None or not (card.dob or card.age):
            return Subject.NONE
        age = (
            age_on(card.dob.value, self.got.today)
            if card.dob
            else years_in(card.age.text if card.age else "")
        )
        return Subject.ADULT if age is not None and age >= 18 else Subject.CHILD

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

    def _grown_or_child(self, value: Piece) -> Subject:
        """Whose a birth date is that can't be the child's, who has one: the adult last named."""
        child, adult = self.now.get(Subject.CHILD), self.now.get(Subject.ADULT)
        born = next(iter(find_dates(value, self.got.today)), None)
        if born is None or child is None or adult is None:
            return Subject.CHILD
        if "dob" not in child.facts and not child.unborn:
            return Subject.CHILD
        grown = (
            age_on(born.value, self.got.today) >= 16
            if child.unborn
            else age_on(born.value, self.got.today) >= 19
        )
        grown = grown and "dob" not in adult.facts
        return Subject.ADULT if grown else Subject.CHILD

    def _tells_more(self, entry: Entry, attribute: str) -> bool:
        """True for a bare "Explain" after a question of consent, of telling or of danger."""
        asked = attribute in {"", "ignore"} and bool(self.contact.last_global)
        return asked and MORE.fullmatch(entry.labels[0]) is not None

    def _signs_next(self) -> bool:
        """True for a school named at the top, just before the one who writes from it."""
        return bool(self.coming) and meaning_of(self.coming[0])[0].subject is Subject.REFERRER

    def _related(self, value: Piece) -> bool:
        """True for "Contact 1: Louise Marsh" where "Contact 1 relation" comes after it."""
        beside = {meaning_of(one)[0].attribute for one in self.coming[:2]}
        runs = name_runs(value)
        return "relationship" in beside and bool(runs) and runs[0].text == value.text

    def _signs_as(self, label: str, value: Piece, entry: Entry) -> bool:
        """True for "Manager: Philippa Sorensen" with how to reach her beside it: who refers."""
        referrer = self.got.referrer
        if {"name", "given", "role"} & referrer.facts.keys() or entry.group:
            return False
        runs = name_runs(value)
        if len(runs) != 1 or runs[0].text != value.text or " " not in value.text:
            return False
        beside = {meaning_of(one)[0].attribute for one in self.coming[:3]}
        if not beside & {"phone", "email", "agency"}:
            return False
        self.persons.apply(referrer, "name", label, value)
        post = entry.labels[0].strip(" :")
        if "role" not in beside:
            referrer.put("role", Reading(post, (), label))
        self.last = Subject.REFERRER
        return True

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

    def _global(self, attribute: str, meaning: Meaning, above: str) -> bool:
        return attribute in {
            "consent_reason",
            "informed_reason",
            "strengths",
            "received",
            "reference",
            "place_now",
            "may_be_named",
            "anonymous",
            "religion",
        }

    def _guess_name(self, named: Entry) -> Subject:
        """Whose a bare "Name" is, from the labels that come after it in its record."""
        column = named.group[:1] == ("column",) or isinstance(next(iter(named.group), ""), tuple)
        of_it = [one for one in self.entries if one.group == named.group and one is not named]
        for entry in of_it if column else self.coming:
            meaning, _ = meaning_of(entry)
            attribute = meaning.attribute
            if attribute == "name" or (meaning.subject and attribute in {"given", "family"}):
                break
            if attribute in {"role", "agency", "email"}:
                return Subject.REFERRER
            if attribute in {"relationship", "pr"}:
                return Subject.ADULT
            if attribute in {"dob", "edd", "sex", "nhs", "upn", "school", "age", "alias"}:
                return Subject.CHILD
        if self.last in {Subject.CHILD, Subject.ADULT} and self._holds("name"):
            return Subject.NONE if self.last is Subject.ADULT else Subject.CHILD
        return Subject.NONE if self.got.referrer.facts else Subject.REFERRER

    def _holds(self, fact: str) -> bool:
        """True when a fact of the person last spoken of is known."""
        person = self.now.get(self.last)
        return person is not None and fact in person.facts

    def _by_attribute(self, attribute: str, entry: Entry, above: Subject) -> Subject:
        if entry.group and (held := self.in_group.get(entry.group)) is not None:
            return held
        if attribute == "phone" and entry.group and entry.group == self.signed_in:
            return Subject.REFERRER
        if attribute == "school" and not entry.group and not self.got.people and self._signs_next():
            return Subject.REFERRER
        bare_school = attribute == "school" and self.last is Subject.REFERRER and not above
        if bare_school and "agency" not in self.got.referrer.facts:
            return Subject.REFERRER
        if attribute in _REFERRER_ONLY:
            return (
                Subject.REFERRER
                if attribute != "email" or self.last is not Subject.ADULT
                else Subject.NONE
            )
        if attribute == "relationship":
            if entry.group and above is not Subject.REFERRER:
                return Subject.ADULT
            return self.last if self.last in {Subject.ADULT, Subject.REFERRER} else Subject.ADULT
        if attribute in _ADULT_ONLY:
            return Subject.ADULT
        if attribute == "phone":
            return (
                self.last
                if self.last in {Subject.ADULT, Subject.REFERRER}
                else (Subject.CHILD if self.last is Subject.CHILD else Subject.REFERRER)
            )
        if attribute in {"sex", "ethnicity", "alias"} and self.last is Subject.ADULT:
            return Subject.CHILD if self.got.of(Subject.CHILD) and not above else self.last
        if attribute == "dob" and self.last is Subject.ADULT and self._holds("dob"):
            return Subject.CHILD
        if attribute in {"dob", "sex", "age", "ethnicity", "alias", "given", "family"}:
            return self.last if self.last in {Subject.ADULT, Subject.CHILD} else Subject.CHILD
        adult = self.now.get(Subject.ADULT)
        theirs = adult is not None and (adult.patient or _THEIRS.match(entry.labels[0]) is not None)
        if attribute == "nhs" and self.last is Subject.ADULT and theirs:
            return Subject.ADULT
        if attribute in _CHILD_ONLY:
            return Subject.CHILD
        return Subject.NONE
