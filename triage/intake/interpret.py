"""From labels and values to what a contact says. Whose fact it is comes from the label, the
heading above it, the record it stands in, or the person last named, in that order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from triage.domain.contact import Consent
from triage.intake import addresses
from triage.intake.choices import (
    chosen, consent_in, has_boxes, is_blank, risk_in, sex_in, urgency_in, yes_or_no,
)  # fmt: skip
from triage.intake.dates import FoundDate, as_instant, find_age, find_dates
from triage.intake.labels import NO_LABEL, Meaning, Subject, classify, relation_in
from triage.intake.people import (
    EMAIL,
    NHS,
    PHONE,
    UPN,
    Card,
    is_organisation,
    is_role,
    read_card,
    settle_case,
    split_name,
)
from triage.intake.pieces import Entry, Item, Passage, Piece

_CHILD_ONLY = frozenset(
    {
        "nhs",
        "upn",
        "school",
        "ethnicity",
        "disability",
        "edd",
        "sex",
        "age",
        "gp",
        "dob",
        "alias",
        "given",
        "family",
        "language",
        "interpreter",
        "whereabouts",
    }
)
_REFERRER_ONLY = frozenset({"role", "agency", "email", "may_be_named", "anonymous"})
_ADULT_ONLY = frozenset({"pr"})
_PERSONAL = _CHILD_ONLY | _REFERRER_ONLY | _ADULT_ONLY | {"name", "phone", "relationship", ""}
_RELATED = (
    "mum|mam|mother|dad|father|step-?mum|step-?dad|stepmother|stepfather|partner|boyfriend"
    "|girlfriend|husband|wife|nan|gran|grandma|grandmother|grandad|grandfather|aunt|auntie|uncle"
    "|brother|sister|cousin|lodger"
)
_PROFESSIONAL_RELATION = re.compile(
    r"(?i)\b(?:social worker|teacher|health visitor|gp|doctor|nurse|midwife|school|key ?worker|support worker|professional|officer)\b"
)
_CHILD_RELATION = re.compile(
    r"(?i)^\W*(?:(?:half|step|foster|older|younger|twin|full|maternal|paternal)[\s-]*)*(?:brother|sister|sibling|sib|twin|half-?brother|half-?sister|step-?brother|step-?sister|subject(?: child)?|child|self|son|daughter|index child|baby|unborn)\b(?!['’]s| of (?:mum|mother|dad|father))"
)


@dataclass(slots=True)
class Reading:
    """One value as it will be kept, with the pieces it was read from."""

    value: str
    pieces: tuple[Piece, ...]
    label: str = ""
    note: str = ""
    other: str = ""


@dataclass(slots=True)
class Person:
    """A person while being gathered: facts by name."""

    subject: Subject
    key: tuple[object, ...] = ()
    facts: dict[str, Reading] = field(default_factory=dict)
    aliases: list[Reading] = field(default_factory=list)
    unborn: bool = False
    patient: bool = False
    whole: Piece | None = None

    def put(self, fact: str, reading: Reading | None) -> None:
        """Keep a fact unless one is there."""
        if reading is not None and reading.value and fact not in self.facts:
            self.facts[fact] = reading

    def value(self, fact: str) -> str:
        """A fact's value, "" when there is none."""
        return self.facts[fact].value if fact in self.facts else ""

    @property
    def empty(self) -> bool:
        """True when nothing is known of them."""
        return not self.facts and not self.aliases and not self.unborn


@dataclass(slots=True)
class Gathered:
    """All that was understood so far of one contact."""

    today: date
    month_first: bool = False
    people: list[Person] = field(default_factory=list)
    referrer: Person = field(default_factory=lambda: Person(Subject.REFERRER))
    facts: dict[str, Reading] = field(default_factory=dict)
    concerns: list[tuple[Piece, str]] = field(default_factory=list)
    strengths: list[Reading] = field(default_factory=list)
    household: dict[str, Reading] = field(default_factory=dict)
    passages: list[Passage] = field(default_factory=list)
    unused: list[Piece] = field(default_factory=list)
    received: datetime | None = None
    references: list[str] = field(default_factory=list)
    labels: int = 0
    child_columns: bool = False

    def of(self, subject: Subject) -> list[Person]:
        """The children, or the adults."""
        return [person for person in self.people if person.subject is subject]

    def put(self, fact: str, reading: Reading | None) -> None:
        """Keep a fact of the contact unless one is there."""
        if reading is not None and reading.value and fact not in self.facts:
            self.facts[fact] = reading


class Interpreter:
    """Reads items in order and gathers what they say."""

    def __init__(self, gathered: Gathered) -> None:
        self.got = gathered
        self.now: dict[Subject, Person] = {Subject.REFERRER: gathered.referrer}
        self.last = Subject.NONE
        self.last_global = ""
        self.coming: list[Entry] = []
        self.in_group: dict[tuple[object, ...], Subject] = {}

    def read(self, items: list[Item]) -> None:
        """Take in the items of one part."""
        self.now = {Subject.REFERRER: self.got.referrer}
        self.last = Subject.NONE
        entries = [item for item in items if isinstance(item, Entry)]
        seen = 0
        for item in items:
            if isinstance(item, Passage):
                self._passage(item)
            else:
                seen += 1
                self.coming = entries[seen : seen + 5]
                self._entry(item)

    # --- what a label stands for ---------------------------------------------------------

    def _meaning(self, entry: Entry) -> tuple[Meaning, str]:
        meanings = [(classify(label), label) for label in entry.labels if label]
        best, words = next(
            ((m, w) for m, w in meanings if m.attribute and m.attribute != "ignore"), (NO_LABEL, "")
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
            index = index or meaning.index
        return replace(best, subject=subject, index=index, relation=relation), words

    def _above(self, entry: Entry) -> tuple[Subject, str, str, str]:
        """Subject, index, relation and attribute that the headings give."""
        for heading in reversed(entry.path):
            meaning = classify(heading)
            if meaning.subject and re.search(r"(?i)\b(?:details?|information|about|section|part)\b", heading):
                if meaning.attribute in {"concern", "received", "reference"}:
                    meaning = replace(meaning, attribute="")
            elif meaning.attribute and meaning.share < 0.2:
                continue
            subject = meaning.subject
            if meaning.attribute == "ignore" and meaning.share >= 0.3 and re.search(
                r"(?i)professional|agenc|services|office use|workers|network", heading
            ):
                return Subject.OTHER, "", "", ""
            if meaning.attribute == "children":
                subject = Subject.CHILD
            elif meaning.attribute == "adults":
                subject = Subject.ADULT
            elif meaning.attribute in {"school", "gp"} and not subject:
                subject = Subject.OTHER if meaning.attribute == "gp" else Subject.NONE
            if meaning.attribute in {"address"} and not subject:
                return Subject.NONE, "", "", "address"
            if meaning.attribute in {
                "concern",
                "informed",
                "consent",
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
        if attribute == "ignore" or (above is Subject.OTHER and attribute in _PERSONAL):
            self.got.unused.append(value)
            return
        if not attribute and not meaning.subject:
            if above_attribute in {
                "concern",
                "consent",
                "urgent",
                "risk",
                "informed",
            } and re.search(
                r"(?i)^(?:status|value|given|answer|yes|detail|text|level|state|response|summary)",
                label,
            ):
                attribute = above_attribute
            elif entry.group and above and not any(classify(w).attribute for w in entry.labels):
                self.got.unused.append(value)
                return
            else:
                self.got.unused.append(value)
                if value and len(value.text) > 60:
                    self.got.passages.append(Passage(value, entry.path))
                return
        if attribute in {"consent", "informed", "urgent", "risk", "concern"} or self._global(
            attribute, meaning, above_attribute
        ):
            self._contact_fact(self._reason(attribute, label, above_attribute), label, value, entry)
            return
        subject = meaning.subject
        if attribute in {"name", "given"} and entry.path and not meaning.subject:
            parent = classify(entry.path[-1])
            if parent.attribute in {"school", "agency", "gp"}:
                attribute = parent.attribute
        if attribute in {"relationship"} and subject is Subject.CHILD:
            subject = Subject.NONE
        if attribute == "name" and meaning.subject is Subject.NONE and above is Subject.NONE:
            subject = self._guess_name()
        if attribute in {"language", "interpreter", "ethnicity"} and subject in {
            Subject.NONE,
            Subject.OTHER,
        }:
            subject = above if above in {Subject.CHILD, Subject.ADULT} else Subject.CHILD
            if above is Subject.ADULT and not entry.group and attribute != "ethnicity":
                self._household(attribute, value, label)
                return
            if (
                above is not Subject.CHILD
                and above is not Subject.ADULT
                and attribute != "ethnicity"
            ):
                self._household(attribute, value, label)
                return
        if (
            attribute in {"language", "interpreter"}
            and subject is Subject.ADULT
            and (above is not Subject.ADULT or attribute == "interpreter")
            and not entry.group
        ):
            self._household(attribute, value, label)
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
            and "," in value.text
            and (is_role(value.text) or is_organisation(value.text))
        ):
            attribute, subject = "", Subject.REFERRER  # "Contact: duty manager, Pellimere Care"
        patient = "patient" in label.casefold()
        subject = subject or above or self._by_attribute(attribute, entry, above)
        if subject is Subject.ADULT and attribute == "role":
            attribute = "relationship"
        if attribute in {"address", "postcode", "town"}:
            self._address(attribute, subject, meaning, value, label, entry)
            return
        if attribute in {"adults", "children"} or (
            attribute == ""
            and subject is Subject.CHILD
            and re.search(r"(?i)children|siblings|kids", label)
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
        index = meaning.index or ("" if entry.group else above_index)
        relation = meaning.relation or (above_relation if subject is Subject.ADULT else "")
        self._person_fact(subject, attribute, index, relation, label, value, entry, patient)

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

    def _reason(self, attribute: str, label: str, above: str) -> str:
        """A bare "Reason" or "Details" belongs to the consent or the telling asked just before."""
        if attribute in {"concern", "consent_reason"} and re.match(
            r"(?i)^\W*(?:(?:if (?:no|not|so|yes)\W*)?(?:please )?(?:give |state |explain )?(?:your )?(?:reasons?|why|details|explain|comments?|why not)(?: (?:why|for this|for (?:this )?answer|given|details))?)\W*$",
            label,
        ):
            if self.last_global in {"informed", "informed_reason"}:
                return "informed_reason"
            if self.last_global in {"consent", "consent_reason"}:
                return "consent_reason"
            if self.last_global in {"risk", "urgent"}:
                return f"{self.last_global}_more"
            if attribute == "consent_reason":
                return "consent_reason"
        return attribute

    def _guess_name(self) -> Subject:
        """Whose a bare "Name" is, from the labels that come after it."""
        for entry in self.coming:
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
        if self.last in {Subject.CHILD, Subject.ADULT} and "name" in self.now[self.last].facts:
            return Subject.NONE if self.last is Subject.ADULT else Subject.CHILD
        return Subject.NONE if self.got.referrer.facts else Subject.REFERRER

    def _by_attribute(self, attribute: str, entry: Entry, above: Subject) -> Subject:
        if entry.group and (held := self.in_group.get(entry.group)) is not None:
            return held
        if attribute == "school" and self.last is Subject.REFERRER and not above:
            if "agency" not in self.got.referrer.facts:
                return Subject.REFERRER
        if attribute in _REFERRER_ONLY:
            return (
                Subject.REFERRER
                if attribute != "email" or self.last is not Subject.ADULT
                else Subject.NONE
            )
        if attribute == "relationship":
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
        if attribute == "dob" and self.last is Subject.ADULT and "dob" in self.now[self.last].facts:
            return Subject.CHILD
        if attribute in {"dob", "sex", "age", "ethnicity", "alias", "given", "family"}:
            return self.last if self.last in {Subject.ADULT, Subject.CHILD} else Subject.CHILD
        if attribute in _CHILD_ONLY:
            return Subject.CHILD
        return Subject.NONE

    # --- facts of the contact --------------------------------------------------------------

    def _contact_fact(self, attribute: str, label: str, value: Piece, entry: Entry) -> None:
        got = self.got
        if attribute in {
            "consent",
            "informed",
            "urgent",
            "risk",
            "consent_reason",
            "informed_reason",
        }:
            self.last_global = attribute
        elif attribute not in {"reference", "received"} and not attribute.endswith("_more"):
            self.last_global = ""
        options = chosen(value)
        if attribute == "reference":
            if value and len(value.text) < 60:
                got.references.append(value.text)
            return
        if attribute == "received":
            got.received = got.received or as_instant(value, got.today)
            return
        if attribute == "concern":
            if (
                re.search(r"(?i)^\W*(?:incident|report|information|details|notes)\b", label)
                and len(value.text) < 12
            ):
                return
            if value and not is_blank(value.text):
                if has_boxes(value):
                    for option in options:
                        got.concerns.append((option, label))
                else:
                    got.concerns.append((value, label))
            return
        if attribute in {"strengths", "place_now", "religion"}:
            if value and not is_blank(value.text):
                got.strengths.append(
                    Reading(value.text, (value,), label)
                ) if attribute == "strengths" else got.passages.append(Passage(value, entry.path))
            return
        answer = options[0] if options else None
        if answer is None:
            return
        words = answer.text
        long = Reading(
            value.text if not has_boxes(value) else " ".join(o.text for o in options),
            (value,),
            label,
        )
        if attribute == "consent":
            said = consent_in(words, label)
            if said is not None:
                got.put("consent", Reading(said.value, (answer,), label))
            if len(words.split()) > 2:
                got.put("consent_reason", long)
        elif attribute == "informed":
            said_yes = yes_or_no(words)
            if (
                not said_yes
                and re.match(
                    r"(?i)\W*(?:\w+ ){0,4}(?:aware|informed|told|knows?|discussed)\b", words
                )
                and not re.search(r"(?i)\bnot?\b|n[o'’]t\b", words)
            ):
                said_yes = "yes"
            elif not said_yes and re.match(
                r"(?i)\W*(?:\w+ ){0,4}(?:not|n[o'’]t) (?:been )?(?:aware|informed|told|discussed|know)",
                words,
            ):
                said_yes = "no"
            got.put("informed", Reading(said_yes, (answer,), label))
            if len(words.split()) > 2:
                got.put("informed_reason", long)
        elif attribute == "urgent":
            got.put("urgent", Reading(urgency_in(words), (answer,), label))
        elif attribute == "risk":
            if value and not is_blank(words) or re.match(r"(?i)\W*(?:none|nil|no)\b", words):
                got.put("risk", Reading(risk_in(words), (answer,), label))
                if risk_in(words) == "yes" and not re.fullmatch(
                    r"(?i)\W*(?:yes|y|true|[☒☑✓✔]|\[x\])\W*", words
                ):
                    got.put("risk_text", long)
        elif attribute == "risk_more":
            if not is_blank(words):
                got.put("risk_text", long)
                got.put("risk", Reading(risk_in(words), (answer,), label))
        elif attribute in {"consent_reason", "informed_reason"}:
            if not is_blank(words):
                got.put(attribute, long)
                if (
                    attribute == "consent_reason"
                    and got.facts.get("consent")
                    and got.facts["consent"].value == Consent.REFUSED.value
                ):
                    self._weigh_refusal(words)
        elif attribute == "anonymous":
            if yes_or_no(words) == "yes":
                got.referrer.put("anonymous", Reading("yes", (answer,), label))
        elif attribute == "may_be_named":
            said_yes = yes_or_no(words)
            if said_yes and re.search(r"(?i)withh|confidential|private|anonym", label):
                said_yes = "no" if said_yes == "yes" else "yes"
            got.referrer.put("may_be_named", Reading(said_yes, (answer,), label))

    def _weigh_refusal(self, words: str) -> None:
        """A bare "No" to consent is not a refusal when the reason says nobody asked."""
        held = self.got.facts["consent"]
        if (
            re.fullmatch(r"(?i)\W*(?:no|n|false)\W*", held.pieces[0].text)
            and consent_in(words) is Consent.NOT_ASKED
        ):
            self.got.facts["consent"] = replace(held, value=Consent.NOT_ASKED.value)

    def _household(self, attribute: str, value: Piece, label: str) -> None:
        options = chosen(value)
        if not options or is_blank(options[0].text):
            return
        words = options[0].text
        if attribute == "interpreter":
            said = yes_or_no(words) or (
                "yes" if re.match(r"(?i)\W*(?:required|needed|for\b|[A-Z][a-z]+$)", words) else ""
            )
            if said and "interpreter" not in self.got.household:
                self.got.household["interpreter"] = Reading(said, (options[0],), label)
        elif attribute not in self.got.household:
            self.got.household[attribute] = Reading(words, (options[0],), label)

    def _address(
        self,
        attribute: str,
        subject: Subject,
        meaning: Meaning,
        value: Piece,
        label: str,
        entry: Entry,
    ) -> None:
        if subject in {Subject.REFERRER, Subject.OTHER}:
            self.got.unused.append(value)
            return
        if (
            subject is Subject.ADULT
            and (meaning.relation or entry.group)
            and not re.search(r"(?i)family|household|home", label)
        ):
            if "line" in self.got.facts or not entry.group:
                self.got.unused.append(value)
                return
        if not value or is_blank(value.text):
            return
        if addresses.is_confidential(value.text):
            self.got.put("address_withheld", Reading("yes", (value,), label))
            return
        if attribute == "postcode":
            if tidy := addresses.tidy_postcode(value.text):
                self.got.put("postcode", Reading(tidy, (value,), label))
            return
        if attribute == "town":
            if not addresses.tidy_postcode(value.text):
                self.got.put("town", Reading(value.text, (value,), label))
            return
        line, town, postcode = addresses.parts_of(value)
        held = self.got.facts.get("line")
        part = re.search(
            r"(?i)line\s*\d|address\s*\d|street|house|building|line$|premises|property", label.replace("_", " ")
        )
        if held and line is not None and part and held.value not in line.text:
            if (
                "two" not in held.label
                and (town is None and not postcode)
                and _is_line(line, held, label)
            ):
                self.got.facts["line"] = replace(
                    held,
                    value=f"{held.value}, {addresses.tidy_line(line.text)}",
                    pieces=(*held.pieces, line),
                    label=held.label,
                )
            elif "town" not in self.got.facts:
                self.got.put("town", Reading(value.text, (value,), label))
        elif line is not None:
            self.got.put("line", Reading(addresses.tidy_line(line.text), (line,), label))
        if town is not None:
            self.got.put("town", Reading(town.text, (town,), label))
        if postcode is not None:
            self.got.put(
                "postcode", Reading(addresses.tidy_postcode(postcode.text), (postcode,), label)
            )

    # --- people ------------------------------------------------------------------------------

    def _list(self, subject: Subject, value: Piece, label: str, entry: Entry) -> None:
        """A value that may name several people."""
        if not value or is_blank(value.text):
            return
        for bit in split_people(value):
            card = read_card(bit, self.got.today)
            relation = card.relation
            who = subject
            if subject is Subject.ADULT and not relation and _CHILD_RELATION.match(bit.text):
                who = Subject.CHILD
            if card.name is None and card.age is None and card.dob is None and not card.unborn:
                self.got.unused.append(bit)
                continue
            if who is Subject.ADULT and card.name is None:
                continue
            person = Person(who, ("list", bit.start))
            self.got.people.append(person)
            self._apply_card(person, card, label)
            self.now[who], self.last = person, who

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
            if relation and subject is Subject.ADULT:
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
        if (
            subject is Subject.REFERRER
            and attribute in {"name", ""}
            and re.search(r"(?i)\banonymous", value.text)
        ):
            self.got.referrer.put("anonymous", Reading("yes", (value,), label))
            return
        if not value or (
            is_blank(value.text) and not re.search(r"(?i)unborn|\bbaby\b|anonymous", value.text)
        ):
            self.last = subject
            return
        if has_boxes(value):
            options = chosen(value)
            if not options:
                return
            value = options[0]
        person = self._person(subject, attribute, index, relation, entry)
        person.patient = person.patient or patient
        self.now[subject], self.last = person, subject
        if relation and subject is Subject.ADULT and attribute in {"", "name", "given", "dob"}:
            person.put("relationship", Reading(relation, (), label))
        self._apply(person, attribute, label, value)

    def _apply(self, person: Person, attribute: str, label: str, value: Piece) -> None:
        words = value.text
        if attribute in {"", "name"}:
            self._apply_card(
                person,
                read_card(value, self.got.today, professional=person.subject is Subject.REFERRER),
                label,
            )
            return
        if person.subject is Subject.REFERRER and attribute == "school":
            attribute = "agency"
        if person.subject is Subject.REFERRER and attribute in {"role", "agency", "relationship"}:
            self._referrer_standing(person, attribute, label, value)
            return
        if attribute in {"given", "family"}:
            self._name_part(person, attribute, label, value)
        elif attribute in {"dob", "edd", "age"}:
            self._birth(person, attribute, label, value)
        elif attribute == "sex":
            person.put("sex", Reading(sex_in(words) or sex_in(words.split()[0]), (value,), label))
        elif attribute == "nhs":
            digits = re.sub(r"\D", "", words)
            if len(digits) == 10:
                person.put("nhs", Reading(digits, (value,), label, note=_nhs_note(digits)))
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
        elif attribute == "email":
            if match := EMAIL.search(words):
                person.put("email", Reading(match[0], (value.of(match),), label))
        elif attribute == "alias":
            for bit in value.split(re.compile(r"[,;/\n]|\sor\s|\sand\s")):
                bit = bit.strip("“”\"'‘’ .()")
                if bit and not is_blank(bit.text):
                    person.aliases.append(Reading(bit.text, (bit,), label))
        elif attribute == "pr":
            answer = yes_or_no(words) or (
                "yes" if re.match(r"(?i)\W*(?:shared|full|joint|both)", words) else ""
            )
            person.put("pr", Reading(answer, (value,), label))
        elif attribute == "relationship":
            bare = value.cut(0, re.search(r"\s*[(,;–]|$", words).start()).strip()  # type: ignore[union-attr]
            person.put("relationship", Reading(relation_in(bare.text) or bare.text, (bare,), label))
            if re.search(r"(?i)\bPR\b|parental responsibility", words) and not re.search(
                r"(?i)\bno(?:t)?\b", words
            ):
                person.put("pr", Reading("yes", (value,), label))
        elif attribute == "interpreter":
            person.put(
                "interpreter",
                Reading(
                    yes_or_no(words)
                    or (
                        "yes"
                        if re.match(r"(?i)\W*(?:required|needed|for\b|[A-Z][a-z]+$)", words)
                        else ""
                    ),
                    (value,),
                    label,
                ),
            )
        elif attribute == "disability":
            if not re.match(
                r"(?i)\W*(?:none|no|nil)(?: known| reported| identified| noted| disabilities| disability| concerns)?\W*$",
                words,
            ):
                if yes_or_no(words) and re.fullmatch(r"(?i)\W*(?:yes|no|y|n)\W*", words):
                    return
                lead = re.match(r"(?i)yes\s*[-–:,;.]\s*", words)
                held = value.cut(lead.end()) if lead else value
                person.put("disability", Reading(held.text, (held,), label))
        else:
            if attribute == "school" and re.match(
                r"(?i)\W*(?:no school|not in (?:school|education)|none|too young|home educated|n/?a)\b",
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
            bits = [bit for bit in kept.split(re.compile(r",\s|\n"))]
            if len(bits) > 1 and addresses.POSTCODE.search(kept.text):
                kept = bits[0]
            elif len(bits) == 2 and re.search(
                r"(?i)department|ward|team|unit|station", bits[0].text
            ):
                person.put("agency_note", Reading(value.text, (value,), label))
                kept = bits[1]
            if "station" in label.casefold() or "base" in label.casefold():
                return
            person.put("agency", Reading(kept.text.strip(), (kept,), label))
            return
        person.put("role", Reading(value.text, (value,), label))

    def _name_part(self, person: Person, attribute: str, label: str, value: Piece) -> None:
        words = value.text
        if re.match(r"(?i)\W*unborn\b", words):
            person.unborn = True
            rest = re.sub(r"(?i)^\W*unborn(?: baby| child)?\s*", "", words)
            value = value.cut(len(words) - len(rest))
            words = rest
        if not words or is_blank(words):
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
        expected = attribute == "edd" or re.search(r"(?i)\bedd\b|\bdue\b|expected|unborn", words)
        found = next(iter(find_dates(value, self.got.today)), None)
        if found is not None:
            if expected:
                person.unborn = True
                person.put("edd", self.dated(found, label))
            elif attribute != "age":
                if re.search(r"(?i)\bedd\b", label) and found.value > self.got.today:
                    person.unborn = True
                    person.put("edd", self.dated(found, label))
                else:
                    person.put("dob", self.dated(found, label))
            rest = Piece(value.sheet, found.piece.end, value.end)
            if (
                (
                    age := re.search(
                        r"(?i)\b(?:aged?\s)?\d{1,2}\s?(?:years?|yrs?|months?|mths?|weeks?|wks?)\b[^)\n,;]{0,12}",
                        rest.text,
                    )
                )
                and not expected
                and False
            ):
                person.put("age", Reading(age[0], (rest.of(age),), label))
            return
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

    def _apply_card(self, person: Person, card: Card, label: str) -> None:
        if card.unborn:
            person.unborn = True
        if card.name is not None:
            self.put_name(person, card.name, label)
        if card.alias is not None:
            person.aliases.append(Reading(card.alias.text, (card.alias,), label))
        if card.relation and person.subject is not Subject.REFERRER:
            if person.subject is Subject.ADULT:
                person.put(
                    "relationship",
                    Reading(
                        card.relation, (card.relation_piece,) if card.relation_piece else (), label
                    ),
                )
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
            if card.sex is not None:
                person.put("sex", Reading(card.sex[0], (card.sex[1],), label))
            if card.nhs is not None:
                digits = re.sub(r"\D", "", card.nhs.text)
                person.put("nhs", Reading(digits, (card.nhs,), label, note=_nhs_note(digits)))
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

    def put_name(self, person: Person, name: Piece, label: str) -> None:
        """Keep a whole name; a child's is parted into given and family."""
        if person.subject is not Subject.CHILD:
            value = settle_case(_turned(name.text))
            person.put("name", Reading(value, (name,), label))
            return
        if "given" in person.facts or "family" in person.facts:
            return
        given, family, doubtful = split_name(name)
        note = "Where the family name begins is a guess." if doubtful else ""
        person.whole = name
        if given is not None:
            person.put("given", Reading(settle_case(given.text), (given,), label, note))
        if family is not None:
            person.put("family", Reading(settle_case(family.text), (family,), label, note))
        person.facts["name"] = Reading(name.text, (name,), label)

    def _passage(self, passage: Passage) -> None:
        if not passage.piece:
            return
        above, _, _, attribute = self._above(Entry((), passage.piece, passage.path))
        words = passage.piece.text
        if attribute == "concern":
            self.got.concerns.append((passage.piece, passage.path[-1]))
            return
        if attribute in {"consent", "informed", "risk", "urgent"} and len(words) < 600:
            self._contact_fact(
                attribute, passage.path[-1], passage.piece, Entry((), passage.piece, passage.path)
            )
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


def _is_line(line: Piece, held: Reading, label: str) -> bool:
    if re.search(r"(?i)(?:line|address)[\s_]*[3-9]", label):
        return False
    return bool(addresses._STREET.search(line.text) or re.search(r"\d", line.text))


def _turned(words: str) -> str:
    """ "Halloran, Bridie" as "Bridie Halloran"."""
    words = re.sub(r"\s+", " ", words)
    if words.count(",") == 1:
        family, given = (bit.strip() for bit in words.split(","))
        return f"{settle_case(given)} {settle_case(family)}"
    tokens = words.split()
    caps = [token.isupper() and len(token) > 1 for token in tokens]
    if caps and caps[0] and not all(caps) and not any(caps[caps.index(False) :]):
        at = caps.index(False)
        return " ".join([*tokens[at:], *(settle_case(t) for t in tokens[:at])])
    return (
        " ".join(settle_case(t) if cap else t for t, cap in zip(tokens, caps, strict=True))
        if any(caps) and not all(caps)
        else words
    )


def _nhs_note(digits: str) -> str:
    total = sum(int(digit) * (10 - at) for at, digit in enumerate(digits[:9]))
    check = (11 - total % 11) % 11
    return "" if check == int(digits[9]) else "The check digit of this NHS number is not right."


def split_people(value: Piece) -> list[Piece]:
    """A list of people in one value, one piece each."""
    words = value.text
    relations = re.findall(rf"(?i)\b(?:{_RELATED})\b", words)
    if len(relations) > 1 and "\n" not in words.strip() and "(" not in words:
        parts = value.split(
            re.compile(
                rf"(?:\s*[,;&]\s*(?:and\s)?|\sand\s)(?=(?:(?:her|his|their|the|new|step)\s){{0,2}}(?:{_RELATED})\b(?!['’]s))",
                re.I,
            )
        )
        if len(parts) > 1:
            return parts
    if "\n" in words.strip():
        bits = value.split(re.compile(r"\n+"))
    elif ";" in words:
        bits = value.split(re.compile(r";"))
    elif len(re.findall(r"\([^)]*\)", words)) > 1:
        bits = value.split(re.compile(r"(?<=\))\s*(?:,|&|\band\b|\s)\s*(?=[A-Z\d])"))
    elif re.search(r"\d[.)]\s", words):
        bits = value.split(re.compile(r"(?:^|\s)(?=\d{1,2}[.)]\s)"))
    else:
        bits = [value]
    out: list[Piece] = []
    for bit in bits:
        parts = (
            bit.split(re.compile(r"\s(?:&|and)\s(?=(?:[A-Z][\w’'-]+ ?){1,3}(?:$|[,(\s]))"))
            if len(bits) == 1 and not re.search(r"\d", bit.text)
            else [bit]
        )
        names = bit.split(re.compile(r",\s*"))
        if (
            len(bits) == 1
            and len(names) > 1
            and all(
                re.fullmatch(
                    r"(?:(?:and )?[^\W\d_][\w’'-]+ ?){1,4}(?:\(?\d{1,2}\)?)?(?: (?:and|&) [^\W\d_][\w’'-]+.*)?",
                    n.text.strip(),
                )
                for n in names
            )
            and all(n.text[:1].isupper() for n in names)
            and not any(relation_in(n.text) or n.text.isupper() for n in names)
        ):
            parts = [p for n in names for p in n.split(re.compile(r"\s(?:&|and)\s"))]
        out.extend(parts)
    return out
