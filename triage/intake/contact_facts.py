"""Facts of the contact itself: concern, consent, who was told, urgency, risk, the address."""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

from __future__ import annotations

import re
from dataclasses import dataclass, replace

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


_WORDS = frozenset({"reference", "received", "concern", "strengths", "place_now", "religion"})
_NUMBERED = re.compile(r"(?i)^\W*(?:incident|report|information|details|notes)\b")
_KNOWS = re.compile(r"(?i)\W*(?:\w+ ){0,4}(?:aware|informed|told|knows?|discussed)\b")
_KNOWS_NOT = re.compile(
    r"(?i)\W*(?:\w+ ){0,4}(?:not|n[o'’]t) (?:been )?(?:aware|informed|told|discussed|know)"
)


@dataclass(frozen=True, slots=True)
class _Answer:
    """A label, what was chosen or written under it, and all that stands there."""

    label: str
    answer: Piece
    value: Piece
    options: tuple[Piece, ...]
    entry: Entry

    @property
    def words(self) -> str:
        return self.answer.text

    @property
    def in_full(self) -> Reading:
        if has_boxes(self.value):
            return Reading(" ".join(o.text for o in self.options), self.options, self.label)
        return Reading(self.value.text, (self.value,), self.label)

    def reads(self, as_: str) -> Reading:
        return Reading(as_, (self.answer,), self.label)


def _answer_in(label: str, value: Piece, entry: Entry) -> _Answer | None:
    options = tuple(chosen(value))
    if not options:
        return None
    answer = options[0]
    if is_printed(printed := answer.text.split("\n")[0]):
        value = answer = answer.cut(len(printed)).strip()
        if answer.text.endswith("?"):
            return None  # the next question, not an answer
    return _Answer(label, answer, value, options, entry) if answer else None


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
        """Take in the value of a label that asks this of the whole contact."""
        asked_before = self.last_global in {"consent", "informed", *_REASONS}
        if attribute in _REASONS and not asked_before and tells_why_it_came(label, value.text):
            attribute = "concern"
        if attribute in {"consent", "informed", "urgent", "risk", *_REASONS}:
            self.last_global = attribute
        elif attribute not in {"reference", "received"} and not attribute.endswith("_more"):
            self.last_global = ""
        if attribute in _WORDS:
            self._keep_words(attribute, label, value, entry)
        elif (answer := _answer_in(label, value, entry)) is not None:
            self._answer(attribute, answer)

    def _answer(self, attribute: str, said: _Answer) -> None:
        asked = {
            "consent": self._consent,
            "informed": self._informed,
            "urgent": self._urgent,
            "risk": self._risk,
            "risk_more": self._risk_more,
            "consent_reason": self._consent_reason,
            "informed_reason": self._informed_reason,
            "anonymous": self._anonymous,
            "may_be_named": self._may_be_named,
        }
        if attribute in asked:
            asked[attribute](said)

    def _keep_words(self, attribute: str, label: str, value: Piece, entry: Entry) -> None:
        got, told = self.got, bool(value) and not is_blank(value.text)
        if attribute == "reference":
            if value and len(value.text) < 60:
                got.references.append(value.text)
        elif attribute == "received":
            got.received = got.received or as_instant(value, got.today)
        elif attribute == "strengths":
            if told:
                got.strengths.append(Reading(value.text, (value,), label))
        elif attribute != "concern":
            if told:
                got.passages.append(Passage(value, entry.path))
        elif told and not (_NUMBERED.search(label) and len(value.text) < 12):
            if has_boxes(value):
                got.concerns.extend((option, label) for option in chosen(value))
            else:
                got.concerns.append((value, label))
                say_labelled(got, label, value)

    def _consent(self, said: _Answer) -> None:
        got, words, label = self.got, said.words, said.label
        consent = consent_in(words, label)
        if consent is None and _TICK.fullmatch(words) and not _DENIES.search(label):
            consent = Consent.GIVEN  # "Parent consents to referral ☒"
        if consent is not None:
            got.put("consent", said.reads(consent.value))
        if re.search(r"(?i)\b(?:knows?|told|aware|informed)\b", label) and yes_or_no(words):
            got.put("informed", said.reads(yes_or_no(words)))  # both are asked
        if yes_or_no(words) == "yes" and re.search(r"(?i)\byou (?:asked|spoken)\b", label):
            got.put("informed", said.reads("yes"))
        if re.match(r"(?i)\W*not (?:informed|told|aware)\b", words):
            got.put("informed", said.reads("no"))
        if consent in {Consent.GIVEN, Consent.REFUSED} and _ANSWERED_BY.search(words):
            got.put("informed", said.reads("yes"))
        if len(words.split()) > 2:
            got.put("consent_reason", said.in_full)

    def _informed(self, said: _Answer) -> None:
        got, words, label = self.got, said.words, said.label
        told = yes_or_no(words)
        if not told and _KNOWS.match(words) and not re.search(r"(?i)\bnot?\b|n[o'’]t\b", words):
            told = "yes"
        elif not told and _KNOWS_NOT.match(words):
            told = "no"
        if re.search(r"(?i)agree|consent", label) and re.search(r"(?i)agree|consent", words):
            agreed = consent_in(words, label)
            if agreed is not None:
                got.put("consent", said.reads(agreed.value))
        got.put("informed", said.reads(told))
        if len(words.split()) > 2:
            got.put("informed_reason", said.in_full)

    def _urgent(self, said: _Answer) -> None:
        how = urgency_in(said.words)
        if re.search(r"(?i)\bsafe\b(?! to\b)", said.label) and yes_or_no(said.words):
            # "Is the child safe tonight?"
            how = "no" if yes_or_no(said.words) == "yes" else "yes"
        self.got.put("urgent", said.reads(how))
        if not how and len(said.words.split()) > 3:
            # "Gone to her nan, Ada Fenn"
            self.got.passages.append(Passage(said.answer, said.entry.path))

    def _risk(self, said: _Answer) -> None:
        words = said.words
        if _GRADE.fullmatch(words):
            return  # how grave it is, not whom it endangers
        if (said.value and not is_blank(words)) or re.match(r"(?i)\W*(?:none|nil|no)\b", words):
            safe = _IS_IT_SAFE.search(said.label) and yes_or_no(words)
            danger = {"yes": "no", "no": "yes"}[safe] if safe else risk_in(words)
            self.got.put("risk", said.reads(danger))
            bare = re.fullmatch(r"(?i)\W*(?:yes|y|true|[☒☑✓✔]|\[x\])\W*", words)
            if danger == "yes" and not bare:
                self.got.put("risk_text", said.in_full)

    def _risk_more(self, said: _Answer) -> None:
        held = self.got.facts.get("risk")
        if held and held.value == "no" and len(said.words) > 30:
            # the details are of something else
            self.got.concerns.append((said.value, said.label))
        elif not is_blank(said.words):
            self.got.put("risk_text", said.in_full)
            self.got.put("risk", said.reads(risk_in(said.words)))

    def _consent_reason(self, said: _Answer) -> None:
        if not is_blank(said.words):
            self.got.put("consent_reason", said.in_full)
            if self.got.facts.get("consent"):
                self._weigh_refusal(said.words)

    def _informed_reason(self, said: _Answer) -> None:
        if not is_blank(said.words):
            self.got.put("informed_reason", said.in_full)

    def _anonymous(self, said: _Answer) -> None:
        tells = re.search(r"(?i)who you are|\b(?:give|leave|share|tell)\b.*\bname\b", said.label)
        if yes_or_no(said.words) == ("no" if tells else "yes"):
            self.got.referrer.put("anonymous", said.reads("yes"))

    def _may_be_named(self, said: _Answer) -> None:
        named = yes_or_no(said.words)
        if named and re.search(r"(?i)withh|confidential|private|anonym", said.label):
            named = "no" if named == "yes" else "yes"
        self.got.referrer.put("may_be_named", said.reads(named))

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
