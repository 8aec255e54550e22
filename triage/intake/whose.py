"""Whose a fact is: from its label, its record, the heading above it, or the person last named."""

from __future__ import annotations

import re

from triage.intake.asides import Asides
from triage.intake.asked import Asked
from triage.intake.dates import age_on, find_dates
from triage.intake.form_parts import is_childs
from triage.intake.gathered import Gathered, Reading
from triage.intake.labels import Subject, classify
from triage.intake.meanings import FORMS_NAME, meaning_of
from triage.intake.people import is_organisation, is_role, name_runs, read_card
from triage.intake.pieces import Entry, Piece
from triage.intake.siblings import years_in

CHILD_ONLY = frozenset(
    {"nhs", "upn", "school", "ethnicity", "disability", "edd", "sex", "age", "gp"}
) | {"dob", "alias", "given", "family", "language", "interpreter", "whereabouts"}
REFERRER_ONLY = frozenset({"role", "agency", "email", "may_be_named", "anonymous"})
ADULT_ONLY = frozenset({"pr"})
_FAMILY = frozenset({Subject.CHILD, Subject.ADULT})
_THEIRS = re.compile(r"(?i)\W*(?:their|her|his)\b")
_LEAD = re.compile(r"(?i)\bd?dsl|safeguarding lead")
_PATIENT = re.compile(r"(?i)patient|\bwoman\b")


class Whose(Asides):
    """Finds out of whom an entry tells. Each step may take the whole entry: then it is True."""

    def __init__(self, gathered: Gathered) -> None:
        super().__init__(gathered)
        self.entries: list[Entry] = []
        self.coming: list[Entry] = []
        # a school's own lead, should nobody else sign
        self.leads: list[tuple[str, str, Piece]] = []
        self.exported_by: Reading | None = None  # the school that a record system belongs to
        self.signed_in: tuple[object, ...] = ()  # the row of a table that names who refers

    # --- the steps, in their order -----------------------------------------------------------

    def _say_whose(self, asked: Asked) -> bool:
        """Whose the label says it is, or a heading that names a school, or the name by its age."""
        asked.subject = asked.meaning.subject
        if asked.attribute in {"name", "given"} and asked.entry.path and not asked.subject:
            heading = asked.entry.path[-1]
            parent = classify(heading)
            titled = FORMS_NAME.search(heading)  # "Inter-agency referral" is no agency
            sure = parent.share >= 0.5 and not titled
            if parent.attribute in {"school", "agency", "gp"} and sure:
                asked.attribute = parent.attribute
        if asked.attribute == "relationship" and asked.subject is Subject.CHILD:
            asked.subject = Subject.NONE
        unsaid = asked.meaning.subject is Subject.NONE and asked.above is Subject.NONE
        if asked.attribute == "name" and unsaid:
            asked.subject = self._by_age(asked.value) or self._guess_name(asked.entry)
        return False

    def _is_of_household(self, asked: Asked) -> bool:
        """What a home speaks, where no record says whose language it is."""
        if asked.attribute not in {"language", "interpreter", "ethnicity"}:
            return False
        spoken, whole = asked.attribute != "ethnicity", False
        if asked.subject in {Subject.NONE, Subject.OTHER}:
            asked.subject = asked.above if asked.above in _FAMILY else Subject.CHILD
            of_adults = asked.above is Subject.ADULT and not asked.entry.group
            whole = spoken and (of_adults or asked.above not in _FAMILY)
        return whole and self._told_of_home(asked)

    def _told_of_home(self, asked: Asked) -> bool:
        self.contact.household(asked.attribute, asked.value, asked.label)
        return True

    def _is_of_writer(self, asked: Asked) -> bool:
        """Which school or surgery is the writer's own."""
        asked.named = asked.subject
        path, group = asked.entry.path, asked.entry.group
        nested = len(path) > 1 or (path and classify(path[0]).attribute == "school")
        if asked.attribute == "school" and not (asked.subject or asked.above or group) and nested:
            told = Reading(asked.value.text, (asked.value,), asked.label)
            self.exported_by = self.exported_by or told
        signs = group and group == self.signed_in and not asked.named
        if signs and asked.attribute in {"gp", "school"}:
            # "Clinician | Designation | Surgery"
            asked.attribute, asked.subject = "agency", Subject.REFERRER
        spoken = asked.attribute in {"language", "interpreter"}
        return spoken and asked.subject is Subject.ADULT and not group and self._told_of_home(asked)

    def _is_of_others(self, asked: Asked) -> bool:
        """What a form says of other professionals is kept as words, but for a school or a GP."""
        if asked.subject is not Subject.OTHER:
            return False
        if _LEAD.search(asked.label):
            self.leads.append((asked.attribute or "name", asked.label, asked.value))
        writes = asked.above in {Subject.REFERRER, Subject.CHILD}
        if writes and asked.attribute in {"school", "gp"}:
            asked.subject = asked.above
            return False
        self.got.unused.append(asked.value)
        return True

    def _guess_whose(self, asked: Asked) -> bool:
        """Whose it is where neither label nor heading says so."""
        value, above = asked.value, asked.above
        if (
            asked.attribute == "phone"
            and asked.meaning.subject is Subject.NONE
            and ("," in value.text or "\n" in value.text)
            and (is_role(value.text) or is_organisation(value.text))
        ):  # "Contact: duty manager, Pellimere Care"
            asked.attribute, asked.subject = "", Subject.REFERRER
        of_patient = _PATIENT.search(asked.label) is not None
        asked.of_patient = of_patient and asked.attribute != "relationship"
        in_childs_part = above is Subject.CHILD and not asked.subject
        if in_childs_part and asked.attribute in {"role", "agency", "phone", "school"}:
            own = "agency" if asked.attribute == "school" else asked.attribute
            signs = self.last is Subject.REFERRER and own not in self.got.referrer.facts
            asked.subject = Subject.REFERRER if signs else above
        asked.subject = (
            asked.subject or above or self._by_attribute(asked.attribute, asked.entry, above)
        )
        return self._guess_by_birth(asked)

    def _guess_by_birth(self, asked: Asked) -> bool:
        """Whose a birth date is, by how old it makes them; an adult's role is who they are to
        the child."""
        if asked.attribute == "dob":
            adults = asked.subject is Subject.ADULT and not asked.named
            if adults and is_childs(self.got, asked.value):
                asked.subject = Subject.CHILD
            last = self.now.get(Subject.CHILD)
            unsure = not asked.named or (last is not None and last.unborn)
            if asked.subject is Subject.CHILD and unsure and not asked.entry.group:
                asked.subject = self._grown_or_child(asked.value)
        if asked.subject is Subject.ADULT and asked.attribute == "role":
            asked.attribute = "relationship"
        return False

    # --- what they ask -----------------------------------------------------------------------

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
        if attribute in REFERRER_ONLY:
            return (
                Subject.REFERRER
                if attribute != "email" or self.last is not Subject.ADULT
                else Subject.NONE
            )
        if attribute == "relationship":
            if entry.group and above is not Subject.REFERRER:
                return Subject.ADULT
            return self.last if self.last in {Subject.ADULT, Subject.REFERRER} else Subject.ADULT
        if attribute in ADULT_ONLY:
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
        if attribute in CHILD_ONLY:
            return Subject.CHILD
        return Subject.NONE
