"""From labels and values to what a contact says. Whose fact it is comes from the label, the
heading above it, the record it stands in, or the person last named, in that order."""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

from __future__ import annotations

import re
from dataclasses import replace

from triage.intake.cards import part_cards
from triage.intake.choices import chosen, has_boxes, is_blank, is_ethnicity, sex_in, yes_or_no
from triage.intake.contact_facts import ContactFacts
from triage.intake.form_parts import (
    DOCUMENT,
    MORE,
    OF_CHILDREN,
    STATED,
    STATES,
    is_childs,
    is_title,
    of_referrer,
    placed,
    reason_of,
    ungroup,
)
from triage.intake.gathered import Gathered, Reading
from triage.intake.homes import asks_home, home_answer
from triage.intake.household import Household, hold_responsibility
from triage.intake.labels import NO_LABEL, Meaning, Subject, classify, normalise, relation_in
from triage.intake.people import PHONE, is_organisation, is_post, is_role, name_runs, read_card
from triage.intake.people_lists import RELATED
from triage.intake.pieces import Entry, Item, Passage, Piece

_CHILD_ONLY = frozenset(
    {"nhs", "upn", "school", "ethnicity", "disability", "edd", "sex", "age", "gp"}
) | {"dob", "alias", "given", "family", "language", "interpreter", "whereabouts"}
_REFERRER_ONLY = frozenset({"role", "agency", "email", "may_be_named", "anonymous"})
_ADULT_ONLY = frozenset({"pr"})
_PERSONAL = _CHILD_ONLY | _REFERRER_ONLY | _ADULT_ONLY | {"name", "phone", "relationship", ""}
_RELATIVE = re.compile(
    r"^(?:(?:Mr|Mrs|Ms|Miss|Mx)\.? )?[^\W\d_a-z][\w’'-]+(?: [\w’'-]+){0,3} ?\((?:"
    + "(?i:"
    + RELATED
    + ")"
    + r")\)$"
)
PROFESSIONAL_RELATION = re.compile(
    r"(?i)\b(?:social worker|teacher|health visitor|gp|doctor|nurse|midwife|school|key ?worker|support worker|professional|officer)\b"
)
_TITLE = re.compile(
    r"(?i)^(?!.*\b(?:details?|about|subject of|person)\b).*\b(?:form|referral|notification|request|report|alert|marf|front door|services)\b"
)


class Interpreter(Household):
    """Reads items in order and gathers what they say."""

    def __init__(self, gathered: Gathered) -> None:
        super().__init__(gathered)
        self.contact = ContactFacts(gathered)
        self.entries: list[Entry] = []
        self.coming: list[Entry] = []
        self.holders: list[Piece] = []
        self.signed_in: tuple[object, ...] = ()  # the row of a table that names who refers

    def read(self, items: list[Item]) -> None:
        """Take in the items of one part."""
        self.now = {Subject.REFERRER: self.got.referrer}
        self.last = Subject.NONE
        self.entries = entries = [item for item in items if isinstance(item, Entry)]
        self.in_group.update(part_cards(items))
        seen = 0
        ungroup(entries)
        for item in items:
            if isinstance(item, Passage):
                self._passage(item)
            else:
                seen += 1
                self.coming = entries[seen : seen + 5]
                self._entry(item)
        for holder in self.holders:
            hold_responsibility(self.got, holder)
        self.contact.settle_address()

    # --- what a label stands for ---------------------------------------------------------

    def _meaning(self, entry: Entry) -> tuple[Meaning, str]:
        meanings = [(classify(label), label) for label in entry.labels if label]
        best, words = next(
            ((m, w) for m, w in meanings if m.attribute and m.attribute != "ignore"), (NO_LABEL, "")
        )
        if best.attribute == "concern" and best.weight == 1:  # <Consent><Reason>
            best, words = next(
                (
                    (m, w)
                    for m, w in meanings
                    if m.attribute in {"consent_reason", "informed_reason"}
                ),
                (best, words),
            )
        if not best.attribute:
            best, words = next(
                ((m, w) for m, w in meanings if m.attribute),
                (NO_LABEL, entry.labels[0] if entry.labels else ""),
            )
        if not best.attribute:
            best, words = next(((m, w) for m, w in meanings if m.subject), (best, words))
        subject, index, relation = best.subject, best.index, best.relation
        for meaning, _ in meanings:
            subject = subject or (
                meaning.subject if meaning.attribute in {best.attribute, ""} else subject
            )
            if not (entry.group and entry.path):  # a record's number is not its person's
                index = index or meaning.index
        return replace(best, subject=subject, index=index, relation=relation), words

    def _above(self, entry: Entry) -> tuple[Subject, str, str, str]:
        """Subject, index, relation and attribute that the headings give."""
        for words in reversed(entry.path):
            meaning, heading = classify(words), normalise(words)
            about = meaning.attribute == "concern" and meaning.subject is Subject.CHILD
            if about and words == entry.path[0] and heading.startswith("concern"):
                continue  # "Concern about a child": the form's own name
            if meaning.subject and re.search(
                r"(?i)\b(?:details?|information|about|section|part)\b", heading
            ):
                if meaning.attribute in {"concern", "received", "reference"}:
                    meaning = replace(meaning, attribute="")
            elif meaning.attribute and meaning.share < 0.2:
                continue
            subject = meaning.subject
            if (
                subject in {Subject.CHILD, Subject.ADULT}
                and _TITLE.search(heading)
                and words == entry.path[0]
            ):
                continue  # "Child concern report": the form's own name
            if (
                meaning.attribute == "ignore"
                and meaning.share >= 0.3
                and re.search(
                    r"(?i)professional|agenc|services|office use|workers|network", heading
                )
            ):
                return Subject.OTHER, "", "", ""
            if meaning.attribute == "children":
                subject = Subject.ADULT if meaning.relation else Subject.CHILD
            elif meaning.attribute == "adults" and OF_CHILDREN.search(heading):
                subject = Subject.CHILD  # "Children and young people in the household"
            elif meaning.attribute == "adults":
                subject = Subject.ADULT
            elif meaning.attribute in {"school", "gp"} and not subject:
                subject = Subject.OTHER if meaning.attribute == "gp" else Subject.NONE
            if meaning.attribute in {"address"} and not subject:
                return Subject.NONE, "", "", "address"
            if meaning.attribute in {
                "concern",
                "informed",
                "informed_reason",
                "consent",
                "consent_reason",
                "risk",
                "urgent",
                "received",
                "reference",
            }:
                return Subject.NONE, "", "", meaning.attribute
            if (
                subject is Subject.ADULT
                and not meaning.relation
                and re.search(r"(?i)child", heading)
                and "household" not in heading.casefold()
                and re.search(r"(?i)detail", heading)
            ):
                subject = Subject.CHILD
            if subject:
                return subject, meaning.index, meaning.relation, meaning.attribute
        return Subject.NONE, "", "", ""

    def _entry(self, entry: Entry) -> None:
        meaning, label = self._meaning(entry)
        self.got.labels += bool(meaning.attribute or meaning.subject)
        above, above_index, above_relation, above_attribute = self._above(entry)
        attribute = meaning.attribute
        value = entry.value.strip()
        if not entry.path and is_title(label, value) and entry is self.entries[0]:
            if is_organisation(label) and not DOCUMENT.search(label):
                self.got.referrer.put("agency", Reading(label, (), "title"))
            self.got.unused.append(value)
            return
        if self._tells_more(entry, attribute):
            attribute = "consent_reason"
        named = above is not Subject.OTHER and _RELATIVE.match(value.text)
        if named and (attribute in {"ignore", ""} or attribute == "urgent") and not meaning.subject:
            self._list(Subject.ADULT, value, label, entry)  # "Priority 1: Saira Mirza (Mother)"
            return
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
            self.got.unused.append(value)
            if value and len(value.text) > 60:
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
            if parent.attribute in {"school", "agency", "gp"}:
                attribute = parent.attribute
        if attribute in {"relationship"} and subject is Subject.CHILD:
            subject = Subject.NONE
        if attribute == "name" and meaning.subject is Subject.NONE and above is Subject.NONE:
            subject = self._guess_name(entry)
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
            and (above is not Subject.ADULT or attribute == "interpreter")
            and not entry.group
        ):
            self.contact.household(attribute, value, label)
            return
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
        if subject is Subject.ADULT and attribute == "role":
            attribute = "relationship"
        if attribute in {"address", "postcode", "town"}:
            apart = subject is Subject.ADULT and not whose  # in the part of a form on an adult
            self.contact.address(attribute, subject, meaning, value, label, entry, apart=apart)
            return
        if (
            attribute == ""
            and subject in {Subject.CHILD, Subject.ADULT}
            and (
                (0 < meaning.share <= 0.5 and not meaning.relation and meaning.subject)
                or _TITLE.search(value.text)
            )
        ):  # "Child's demeanour" asks for more than a name
            self.got.unused.append(value)
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
        self._person_fact(subject, attribute, index, relation, label, value, entry, patient)

    def _tells_more(self, entry: Entry, attribute: str) -> bool:
        """True for a bare "Explain" after a question of consent, of telling or of danger."""
        asked = attribute in {"", "ignore"} and bool(self.contact.last_global)
        return asked and MORE.fullmatch(entry.labels[0]) is not None

    def _signs_next(self) -> bool:
        """True for a school named at the top, just before the one who writes from it."""
        return bool(self.coming) and self._meaning(self.coming[0])[0].subject is Subject.REFERRER

    def _related(self, value: Piece) -> bool:
        """True for "Contact 1: Louise Marsh" where "Contact 1 relation" comes after it."""
        beside = {self._meaning(one)[0].attribute for one in self.coming[:2]}
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
        beside = {self._meaning(one)[0].attribute for one in self.coming[:3]}
        if not beside & {"phone", "email", "agency"}:
            return False
        self.persons.apply(referrer, "name", label, value)
        post = entry.labels[0].strip(" :")
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
        column = named.group[:1] == ("column",)
        of_it = [one for one in self.entries if one.group == named.group and one is not named]
        for entry in of_it if column else self.coming:
            meaning, _ = self._meaning(entry)
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
        if (
            attribute == "nhs"
            and self.last is Subject.ADULT
            and adult is not None
            and adult.patient
        ):
            return Subject.ADULT
        if attribute in _CHILD_ONLY:
            return Subject.CHILD
        return Subject.NONE

    def _reads_card(self, passage: Passage) -> bool:
        """Read a block of lines without labels under "Your details": name, post, body, number."""
        lines = [line for line in passage.piece.lines() if line]
        if not 2 < len(lines) < 8 or {"name", "given"} & self.got.referrer.facts.keys():
            return False
        runs = name_runs(lines[0])
        if len(runs) != 1 or runs[0].text != lines[0].text or " " not in runs[0].text:
            return False
        card = read_card(passage.piece, self.got.today, professional=True)
        if card.name is None or not (card.phone or card.email or card.role):
            return False
        self.persons.apply_card(self.got.referrer, card, passage.path[-1])
        return True

    def _passage(self, passage: Passage) -> None:
        if not passage.piece:
            return
        above, _, _, attribute = self._above(Entry((), passage.piece, passage.path))
        words = passage.piece.text
        if attribute == "concern":
            self.got.concerns.append((passage.piece, passage.path[-1]))
            return
        if attribute == "address" and len(words) < 300:
            here = Entry((), passage.piece, passage.path)
            meaning = classify(passage.path[-1])
            self.contact.address(
                "address", Subject.NONE, meaning, passage.piece, passage.path[-1], here
            )
            return
        if (
            attribute
            in {"consent", "consent_reason", "informed", "informed_reason", "risk", "urgent"}
            and len(words) < 600
        ):
            self.contact.put(
                attribute, passage.path[-1], passage.piece, Entry((), passage.piece, passage.path)
            )
            return
        if above is Subject.REFERRER and self._reads_card(passage):
            return
        if (
            above is Subject.REFERRER
            and len(words) < 200
            and "\n" not in words
            and not self.got.referrer.facts
            and (name := read_card(passage.piece, self.got.today, professional=True).name)
            and len(name.text.split()) > 1
            and name.text.istitle()
        ):
            self.persons.apply(self.got.referrer, "name", passage.path[-1], passage.piece)
            return
        if re.search(
            r"\?|\bI\b|(?i:^(?:section|part|step|page) \d)", words
        ):  # a question and its answer, not a list of people
            self.got.passages.append(passage)
            return
        if above is Subject.CHILD and len(words) < 300 and not is_role(words):
            self._list(
                Subject.CHILD,
                passage.piece,
                passage.path[-1],
                Entry((), passage.piece, passage.path),
            )
            return
        if above is Subject.ADULT and len(words) < 300:
            self._list(
                Subject.ADULT,
                passage.piece,
                passage.path[-1],
                Entry((), passage.piece, passage.path),
            )
            return
        self.got.passages.append(passage)
