"""Facts of the contact itself: concern, consent, who was told, urgency, risk, the address."""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

from __future__ import annotations

import re
from dataclasses import replace

from triage.domain.contact import Consent
from triage.intake import addresses
from triage.intake.choices import (
    chosen,
    consent_in,
    has_boxes,
    is_blank,
    is_printed,
    needs_one,
    risk_in,
    urgency_in,
    yes_or_no,
)
from triage.intake.dates import as_instant
from triage.intake.gathered import Gathered, Reading
from triage.intake.labels import Meaning, Subject
from triage.intake.pieces import Entry, Passage, Piece
from triage.intake.voices import say_labelled

_FIRST_LINE = re.compile(
    r"(?i)(?:line|address)[\s_]*1|building[\s_]*name|house[\s_]*name|buildingname"
)

_REASONS = frozenset({"consent_reason", "informed_reason"})
_ASKS_OF_LEAVE = re.compile(
    r"(?i)consent|permission|agree|inform(?:ed|ing)?\b|\btold\b|aware|refus|\bnot?\b|without|overrid|dispens"
)
_OF_LEAVE = re.compile(
    r"(?i)consent|permission|\bagree|\binform(?:ed|ing)?\b|aware|without telling"
    r"|\b(?:told|tell|telling|speak(?:ing)? to|spoken? to|discuss\w*(?: \w+)? with|contact\w*)"
    r" (?:the |his |her |their |both )?"
    r"\b(?:mum|dad|mother|father|parents?|carers?|family|them|us)\b"
    r"|(?:increase|greater|further|more|place\w*|put\w*)\b.{0,40}\b(?:risk|danger)"
)


def tells_why_it_came(label: str, words: str) -> bool:
    """True for a long answer to "Why is this coming to us?" that is the account itself, not the
    reason for sharing without leave."""
    return len(words) > 120 and not _ASKS_OF_LEAVE.search(label) and not _OF_LEAVE.search(words)


class ContactFacts:
    """Puts what a value says onto the contact; knows which question came last."""

    def __init__(self, got: Gathered) -> None:
        self.got = got
        self.last_global = ""
        self.homes_apart: list[tuple[Piece, str, Entry]] = []
        self.seen_at: list[tuple[Piece, str, Entry]] = []
        self.as_seen = False
        self.apart = False
        self.line_of: tuple[tuple[str, ...], tuple[str, ...]] | None = None

    def put(self, attribute: str, label: str, value: Piece, entry: Entry) -> None:
        got = self.got
        asked_before = self.last_global in {"consent", "informed", *_REASONS}
        if attribute in _REASONS and not asked_before and tells_why_it_came(label, value.text):
            attribute = "concern"
        if attribute in {
            "consent",
            "informed",
            "urgent",
            "risk",
            *_REASONS,
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
                    say_labelled(got, label, value)
            return
        if attribute in {"strengths", "place_now", "religion"}:
            if value and not is_blank(value.text):
                got.strengths.append(
                    Reading(value.text, (value,), label)
                ) if attribute == "strengths" else got.passages.append(Passage(value, entry.path))
            return
        answer = options[0] if options else None
        if answer is not None and is_printed(printed := answer.text.split("\n")[0]):
            value = answer = answer.cut(len(printed)).strip()
            if answer.text.endswith("?"):
                return  # the next question, not an answer
        if not answer:
            return
        words = answer.text
        long = Reading(
            value.text if not has_boxes(value) else " ".join(o.text for o in options),
            options if has_boxes(value) else (value,),
            label,
        )
        if attribute == "consent":
            said = consent_in(words, label)
            if said is None and _TICK.fullmatch(words) and not _DENIES.search(label):
                said = Consent.GIVEN  # "Parent consents to referral ☒"
            if said is not None:
                got.put("consent", Reading(said.value, (answer,), label))
            if re.search(r"(?i)\b(?:knows?|told|aware|informed)\b", label) and yes_or_no(words):
                got.put("informed", Reading(yes_or_no(words), (answer,), label))  # both are asked
            if yes_or_no(words) == "yes" and re.search(r"(?i)\byou (?:asked|spoken)\b", label):
                got.put("informed", Reading("yes", (answer,), label))
            if re.match(r"(?i)\W*not (?:informed|told|aware)\b", words):
                got.put("informed", Reading("no", (answer,), label))
            if said in {Consent.GIVEN, Consent.REFUSED} and _ANSWERED_BY.search(words):
                got.put("informed", Reading("yes", (answer,), label))
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
                r"(?i)\W*(?:\w+ ){0,4}(?:not|n[o'’]t) (?:been )?(?:aware|informed|told"
                r"|discussed|know)",
                words,
            ):
                said_yes = "no"
            if re.search(r"(?i)agree|consent", label) and re.search(r"(?i)agree|consent", words):
                agreed = consent_in(words, label)
                if agreed is not None:
                    got.put("consent", Reading(agreed.value, (answer,), label))
            got.put("informed", Reading(said_yes, (answer,), label))
            if len(words.split()) > 2:
                got.put("informed_reason", long)
        elif attribute == "urgent":
            how = urgency_in(words)
            if re.search(r"(?i)\bsafe\b(?! to\b)", label) and yes_or_no(words):
                how = "no" if yes_or_no(words) == "yes" else "yes"  # "Is the child safe tonight?"
            got.put("urgent", Reading(how, (answer,), label))
            if not how and len(words.split()) > 3:
                got.passages.append(Passage(answer, entry.path))  # "Gone to her nan, Ada Fenn"
        elif attribute == "risk":
            if _GRADE.fullmatch(words):
                return  # how grave it is, not whom it endangers
            if (value and not is_blank(words)) or re.match(r"(?i)\W*(?:none|nil|no)\b", words):
                safe = _IS_IT_SAFE.search(label) and yes_or_no(words)
                danger = {"yes": "no", "no": "yes"}[safe] if safe else risk_in(words)
                got.put("risk", Reading(danger, (answer,), label))
                if danger == "yes" and not re.fullmatch(
                    r"(?i)\W*(?:yes|y|true|[☒☑✓✔]|\[x\])\W*", words
                ):
                    got.put("risk_text", long)
        elif attribute == "risk_more":
            if got.facts.get("risk") and got.facts["risk"].value == "no" and len(words) > 30:
                got.concerns.append((value, label))  # the details are of something else
            elif not is_blank(words):
                got.put("risk_text", long)
                got.put("risk", Reading(risk_in(words), (answer,), label))
        elif attribute in _REASONS:
            if not is_blank(words):
                got.put(attribute, long)
                if attribute == "consent_reason" and got.facts.get("consent"):
                    self._weigh_refusal(words)
        elif attribute == "anonymous":
            tells = re.search(r"(?i)who you are|\b(?:give|leave|share|tell)\b.*\bname\b", label)
            if yes_or_no(words) == ("no" if tells else "yes"):
                got.referrer.put("anonymous", Reading("yes", (answer,), label))
        elif attribute == "may_be_named":
            said_yes = yes_or_no(words)
            if said_yes and re.search(r"(?i)withh|confidential|private|anonym", label):
                said_yes = "no" if said_yes == "yes" else "yes"
            got.referrer.put("may_be_named", Reading(said_yes, (answer,), label))

    def _weigh_refusal(self, words: str) -> None:
        """What a bare "No" to consent means: the reason says whether somebody was asked."""
        held = self.got.facts["consent"]
        said = consent_in(words)
        bare = re.fullmatch(r"(?i)\W*(?:no|n|false)\W*", held.pieces[0].text)
        if _NOT_REQUIRED.search(words):
            said = Consent.NOT_ASKED
        if bare and said in {Consent.NOT_ASKED, Consent.REFUSED}:
            self.got.facts["consent"] = replace(held, value=said.value)

    def household(self, attribute: str, value: Piece, label: str) -> None:
        options = chosen(value)
        if not options or is_blank(options[0].text):
            return
        words = options[0].text
        if re.search(r"(?i)\binterpret", f"{words} {label}") and (
            attribute == "language" or re.search(r"(?i)\blanguage", label)
        ):
            self._language_and_interpreter(options[0], label)
            return
        if attribute == "interpreter":
            said = needs_one(words)
            if said and "interpreter" not in self.got.household:
                self.got.household["interpreter"] = Reading(said, (options[0],), label)
        elif attribute not in self.got.household:
            self.got.household[attribute] = Reading(words, (options[0],), label)

    def _language_and_interpreter(self, value: Piece, label: str) -> None:
        """ "Polish. Yes, mother needs an interpreter": two answers in one."""
        for bit in value.split(re.compile(r"[.;,]\s+|\s[–—-]\s|\s?\((?=[^()]*interpret)")):
            words = bit.text
            needed = yes_or_no(words)
            if needed or re.search(r"(?i)\binterpret", words):
                denied = needed == "no" or re.search(r"(?i)\b(?:no|not|n[o’']t)\b", words)
                said = Reading("no" if denied else "yes", (bit,), label)
                self.got.household.setdefault("interpreter", said)
            elif re.match(r"[A-Z][a-z]+(?: (?:and|&) [A-Z][a-z]+)?$", words):
                self.got.household.setdefault("language", Reading(words, (bit,), label))

    def ends_address(self, value: Piece) -> bool:
        """Take "Northmere NM2 8FF" on a line of its own for the end of an address without one."""
        if "line" not in self.got.facts or "postcode" in self.got.facts or len(value.text) > 40:
            return False
        line, town, postcode = addresses.parts_of(value)
        if postcode is None or re.search(r"[\d,:]", value.text[: postcode.start - value.start]):
            return False
        self.got.put(
            "postcode", Reading(addresses.tidy_postcode(postcode.text), (postcode,), "address")
        )
        if (place := town or line) is not None:
            self.got.put("town", Reading(place.text, (place,), "address"))
        return True

    def notes_scene(self, label: str, value: Piece, entry: Entry) -> bool:
        """Keep where an incident was, in case the family lives "as incident location"."""
        scene = _SEEN_AT.match(label) is not None and bool(addresses.POSTCODE.search(value.text))
        self.as_seen = self.as_seen or (scene and "address" in label.casefold())
        if scene:
            self.seen_at.append((value, label, entry))
        return scene

    def settle_address(self) -> None:
        """Take the place of an incident where people live "as incident location", or an adult's
        home, where no other address was given."""
        told = self.seen_at if self.as_seen else []
        for value, _, entry in [*told, *self.homes_apart]:
            if not {"line", "postcode"} & self.got.facts.keys():
                self.address("address", Subject.NONE, Meaning(), value, "home", entry)
        self.seen_at, self.homes_apart = [], []

    def address(
        self,
        attribute: str,
        subject: Subject,
        meaning: Meaning,
        value: Piece,
        label: str,
        entry: Entry,
        *,
        apart: bool = False,
    ) -> None:
        """Keep a part of where the children live. An address in an adult's part of a form
        (`apart`) is taken only where none is given for the children or the family."""
        if subject in {Subject.REFERRER, Subject.OTHER}:
            self.got.unused.append(value)
            return
        if value and _AS_SEEN.match(value.text):
            self.as_seen = True
            return
        if attribute == "address":
            self.apart = apart and not re.search(r"(?i)family|household|home", label)
        if (apart if attribute == "address" else self.apart) and not re.search(
            r"(?i)family|household|home", label
        ):
            self.homes_apart.append((value, label, entry))
            return
        if (
            subject is Subject.ADULT
            and (meaning.relation or entry.group)
            and not re.search(r"(?i)family|household|home", label)
        ) and ("line" in self.got.facts or not entry.group):
            self.got.unused.append(value)
            return
        if not value or is_blank(value.text) or _SPOKEN.match(value.text):
            return
        if addresses.is_confidential(value.text):
            self.got.put("address_withheld", Reading("yes", (value,), label))
            return
        if attribute == "postcode" and len(value.text) < 13:
            if tidy := addresses.tidy_postcode(value.text):
                self.got.put("postcode", Reading(tidy, (value,), label))
            return
        if attribute == "town":
            if not addresses.tidy_postcode(value.text):
                self.got.put("town", Reading(value.text, (value,), label))
            return
        line, town, postcode = addresses.parts_of(value)
        if line is None and town is None and postcode is None and _FIRST_LINE.search(label):
            line = value.strip(" ,")  # "Ty Gwyn": a house with a name
        held = self.got.facts.get("line")
        again, self.line_of = self.line_of == (entry.path, entry.labels), (entry.path, entry.labels)
        if held and again and line is None and town is not None:
            line, town = town, None  # two <Line>s of one address
        part = re.search(
            r"(?i)line\s*\d|addr(?:ess)?\s*\d|street|house|building|lines?$|premises|property",
            label.replace("_", " "),
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


# "to keep our staff safe" asks for dangers; "Is it safe to visit?" for safety
_IS_IT_SAFE = re.compile(r"(?i)^(?!.*\b(?:keep|anything|any)\b).*\bsafe\b")
_ANSWERED_BY = re.compile(
    r"(?i)\b(?:mum|mam|mother|dad|father|(?:both )?parents?|carers?|nan|gran\w*|aunt\w*|he|she|they)\b(?: \w+)? "
    r"(?:(?:has|have|had) )?(?:agree[sd]?|consent(?:s|ed)|refuse[sd]|decline[sd]|gave|said)\b"
)
_NOT_REQUIRED = re.compile(
    r"(?i)\b(?:consent|permission|agreement)\b.{0,12}\b(?:not|n[’']t) (?:required|needed|necessary|applicable)|\bstatutory\b"
)
_TICK = re.compile(r"[☒☑✓✔✗✘]|\[[xX]\]")
_DENIES = re.compile(r"(?i)\b(?:not?|declin\w+|refus\w+|withh\w+|withdr\w+|without)\b")
_GRADE = re.compile(r"(?i)\W*(?:low|medium|standard|high|red|amber|green|\d)(?: risk)?\W*")
_SPOKEN = re.compile(r"[A-Z][a-z]{2,15}: \S")  # a line of a chat, under the question it answers
_SEEN_AT = re.compile(r"(?i)\W*(?:incident |event )?(?:location|scene|venue)\b")
_AS_SEEN = re.compile(
    r"(?i)\W*(?:as|same as|see) (?:per )?(?:the )?(?:incident|event|scene|location)\b"
)


def _is_line(line: Piece, held: Reading, label: str) -> bool:
    if re.search(r"(?i)(?:line|addr(?:ess)?)[\s_]*[3-9]", label):
        return False
    return bool(addresses._STREET.search(line.text) or re.search(r"\d", line.text))
