"""Who referred: the form's own words, the foot of the letter, its title, the From line."""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

from __future__ import annotations

import re
from dataclasses import dataclass

from triage.intake import addresses, signature
from triage.intake.gathered import Gathered, Person, Reading
from triage.intake.labels import Subject, relation_in
from triage.intake.mail import Letter
from triage.intake.pairs import pairs_in
from triage.intake.people import PHONE, RANKS, is_organisation, is_post, name_runs, read_card
from triage.intake.person_facts import PersonFacts
from triage.intake.pieces import Item, Passage, Piece, Sheet

_MY_AGE = re.compile(
    r"\b(?:I['’]?m|I am|im)(?: only| just| nearly)? (?P<age>[89]|1[0-7])\b(?!\s?(?:weeks?|months?|minutes?|miles?|days?|%|o'clock|am|pm))"
)


def agency_from_title(got: Gathered, items: list[Item]) -> None:
    """The body a form comes from, by its title, when no label gave it."""
    if "agency" in got.referrer.facts or got.referrer.value("anonymous"):
        return
    sheets = [i.piece.sheet if isinstance(i, Passage) else i.value.sheet for i in items[:1]]
    for sheet in sheets:
        lines = [line for line in sheet.whole.cut(0, 800).lines() if line]
        for candidate in lines[:3]:
            if len(candidate.text) > 140 or pairs_in(candidate):
                continue
            words = candidate.text.split("\n")[0]
            if re.search(r"(?i)\b(?:taken|received|logged|recorded) by\b", words):
                continue
            if words.startswith("=") or re.match(
                r"(?i)\W*(?:to|dear|fao|for the attention|attn?)\b", words
            ):
                continue
            match = re.match(
                r"(?i)\s*(?:(?:safeguarding |child |children )*(?:referral|concern|notification|report) (?:from|by|form)\s*[:–-]?\s*)?(?P<body>[^–:(\n|]{4,70}?)(?=\s+[–—-]\s|\s*[:(|\n]|$)",
                words,
            )
            if (
                match
                and is_organisation(match["body"])
                and re.search(r"[A-Z].*\s", match["body"])
                and not re.search(
                    r"(?i)\bmash\b|multi-?agency|referral form|front door|children['’]s (?:social|services)|safeguarding (?:form|referral)|council|school or|section|professional|\bform\b|notification|request|cause for concern|exported|\d{4}|\balert\b|\breport\b|\brecord\b",
                    match["body"],
                )
            ):
                found = candidate.of(match, "body")
                got.referrer.put("agency", Reading(found.text, (found,), "title"))
                return
        for candidate in lines[:3]:
            titled = _TITLE_THEN_BODY.match(candidate.text) or _BODY_THEN_TITLE.match(
                candidate.text
            )
            if titled and is_organisation(titled["body"]):
                found = candidate.of(titled, "body")
                got.referrer.put("agency", Reading(found.text, (found,), "title"))
                return
        for candidate in lines[:3]:
            named = _FROM_BODY.search(candidate.text[:200])
            if named:  # "Exported from SafeLog for Pellaby High School on 20 January"
                found = candidate.of(named, "body")
                got.referrer.put("agency", Reading(found.text, (found,), "title"))
                return


_DOCUMENTS = r"(?:referral|notification|alert|report|record|form|notice|concern|contact)s?"
# "Child safeguarding alert - Fernside Walk-in Centre"
_TITLE_THEN_BODY = re.compile(
    rf"(?i)^(?=[^\n]{{0,140}}$)[^\n–—:|]{{0,70}}?\b{_DOCUMENTS}(?: form)?\s+[–—-]\s+(?P<body>(?-i:[A-Z])(?:(?!council|mash\b|front door|children['’]s services|social care|team\b)[^\n:|(–—]){{4,70}})$"
)
# "Ambulance Service Safeguarding Referral": the words before the name of the paper
_BODY_THEN_TITLE = re.compile(
    r"(?i)^(?P<body>[^\n:|(–—-]{0,50}\b(?:ambulance (?:service|trust)|police|constabulary|fire (?:and|&) rescue(?: service)?|hospital|infirmary|school|academy|college|nursery|surgery|medical (?:centre|practice)))"
    rf"\s+(?:[\w’'-]+\s){{0,4}}?(?:safeguarding|child|children['’]?s?|welfare|vulnerable)\s(?:[\w’'-]+\s){{0,3}}?{_DOCUMENTS}(?: form)?$"
)
_FROM_BODY = re.compile(
    r"\b(?:for|by|from|at|behalf of) (?P<body>(?:[A-Z][\w’'.-]*(?: (?:of|and|the|&))? ){1,5}?(?:(?:Primary|High|Infant|Junior|Secondary|Nursery|Grammar) )?(?:School|Academy|College|Nursery|Hospital|Infirmary|Trust|Surgery|Constabulary))\b"
)


@dataclass(frozen=True, slots=True)
class _Writing:
    """A letter, and the one in it that is its writer's own; what its foot says."""

    got: Gathered
    letter: Letter
    writer: Letter
    signer: signature.Signer
    pieces: list[Piece]
    header: Sheet

    @property
    def is_personal(self) -> bool:
        return signature.is_personal(self.writer.from_name)

    @property
    def is_relay(self) -> bool:
        relayed = signature.RELAY.search
        return bool(relayed(self.writer.from_address) or relayed(self.writer.from_name))

    def headed(self, lead: str, words: str) -> Piece:
        """Words of the letter's head, as a piece that can be shown."""
        self.header.write(f"{lead}: ")
        piece = self.header.write(words)
        self.header.write("\n")
        return piece


def know_referrer(
    got: Gathered,
    letter: Letter,
    writer: Letter,
    signer: signature.Signer,
    pieces: list[Piece],
    form_items: list[list[Item]],
    header: Sheet,
) -> None:
    """Who referred: the form's own words first, then the foot of the letter, then the From line."""
    referrer = got.referrer
    join_names(got)
    writing = _Writing(got, letter, writer, signer, pieces, header)
    if _keeps_name_back(writing) or _told_by(got, pieces):
        return  # who wrote it down is not who told
    if referrer.value("anonymous") == "yes" and "name" not in referrer.facts:
        return
    for items in form_items:
        if "agency" not in referrer.facts and referrer.facts:
            agency_from_title(got, items)
    _not_kin(got, signer)
    from_form = "name" in referrer.facts
    same = _signs_form(writing) if from_form else True
    if same:
        for fact in ("name", "role", "agency", "phone", "email"):
            found = getattr(signer, fact)
            if found is not None and not (fact == "email" and writing.is_relay):
                referrer.put(fact, Reading(found.text, (found,), "signature"))
    if writer is not letter and "agency" not in referrer.facts:
        outer = signature.body_and_signer(letter)[1].agency
        if outer is not None and _domain(letter) == _domain(writer) != "":
            referrer.put("agency", Reading(outer.text, (outer,), "signature"))
    if not from_form and "role" not in referrer.facts:
        _put_first(writing, "role", _I_AM_KIN, "kin", lines=12, most=2000)
    if writing.is_relay:
        if "phone" not in referrer.facts:
            _put_first(writing, "phone", _SENT_FROM, "number", lines=10, most=400, label="from")
        return
    if not from_form:
        _say_of_self(writing)
    _card_in_from(writing)
    _name_in_words(writing)
    if "name" not in referrer.facts and writing.is_personal:
        _name_from(writing)
    _writes_of_own(got)
    _whole_name(writing)
    _address_from(writing, from_form=from_form, same=same)
    _body_from(writing, from_form=from_form)


def _keeps_name_back(writing: _Writing) -> bool:
    """Take the writer for anonymous who says so, or whose number is withheld."""
    facts, pieces = writing.got.referrer.facts, writing.pieces
    if "name" in facts:
        return False
    said = " ".join(p.text for p in pieces[:40])
    unsigned = writing.signer.name is None and not writing.is_personal
    if signature.nameless(said) or (unsigned and signature.keeps_name_back(said)):
        first = next(p for p in pieces if p.text.strip())
        for fact in ("role", "agency", "phone", "email"):
            facts.pop(fact, None)
        facts["anonymous"] = Reading("yes", (first,), "letter")
        return True
    if unsigned and _WITHHELD.search(writing.letter.subject):
        subject = writing.headed("Subject", writing.letter.subject)
        facts["anonymous"] = Reading("yes", (subject,), "Subject")
        return True
    return False


def _signs_form(writing: _Writing) -> bool:
    """Whether the one a form names is who signed or sent it."""
    named, signed = writing.got.referrer.value("name"), writing.signer.name
    if signed is not None and signature.names_alike(signed.text, named):
        return True
    return signature.names_alike(writing.writer.from_name, named)


def _put_first(
    writing: _Writing,
    fact: str,
    cue: re.Pattern[str],
    group: str,
    *,
    lines: int,
    most: int,
    label: str = "letter",
) -> None:
    """Put what the first of so many lines says that holds the cue in so many letters."""
    for line in writing.pieces[:lines]:
        if told := cue.search(line.text[:most]):
            found = line.of(told, group)
            writing.got.referrer.put(fact, Reading(found.text, (found,), label))
            return


def _say_of_self(writing: _Writing) -> None:
    referrer, pieces = writing.got.referrer, writing.pieces
    if "agency" not in referrer.facts:
        headed = signature.letterhead_of_domain(pieces, writing.writer)
        if headed is not None:
            referrer.put("agency", Reading(headed.text, (headed,), "letterhead"))
    role, agency = signature.says_of_self(pieces[:400])
    for fact, own in (("role", role), ("agency", agency)):
        if own is not None:
            referrer.put(fact, Reading(own.text, (own,), "letter"))
    if "phone" not in referrer.facts:
        phone = signature.own_phone(pieces[:400])
        if phone is not None:
            referrer.put("phone", Reading(phone.text, (phone,), "letter"))


def _card_in_from(writing: _Writing) -> None:
    """ "From: Sgt Paul Renwick, Neighbourhood Team, Northmere Police"."""
    writer = writing.writer
    if writer is writing.letter or writer.from_address or "," not in writer.from_name:
        return
    piece = writing.headed("From", writer.from_name)
    card = read_card(piece, writing.got.today, professional=True)
    if card.name is not None and (card.role or card.rank or card.agency):
        PersonFacts(writing.got).apply_card(writing.got.referrer, card, "From")


def _name_in_words(writing: _Writing) -> None:
    """ "It's Ada Fenn here", "My name is Ada Fenn"."""
    referrer = writing.got.referrer
    for line in writing.pieces[:6] if "name" not in referrer.facts else ():
        if hello := _IT_IS.match(line.text[:400]):
            found = line.of(hello, "name")
            referrer.put("name", Reading(found.text, (found,), "letter"))
            stands = _I_AM_A.search(line.text[:600])
            if stands and is_post(stands["role"]):
                post = line.of(stands, "role")
                referrer.put("role", Reading(post.text, (post,), "letter"))
            break
    if "name" not in referrer.facts:
        _put_first(writing, "name", _NAMED_SELF, "name", lines=40, most=4000)


def _name_from(writing: _Writing) -> None:
    name = re.sub(r"\s*[(\[].*?[)\]]", "", writing.writer.from_name).strip()
    if name.count(",") == 1:
        name = " ".join(reversed([bit.strip() for bit in name.split(",")]))
    piece = writing.headed("From", writing.writer.from_name)
    writing.got.referrer.put("name", Reading(RANKS.sub("", name), (piece,), "From"))


def _whole_name(writing: _Writing) -> None:
    """ "T Ogle" at the foot: the From line has the whole name."""
    held, sent = writing.got.referrer.value("name"), writing.writer.from_name
    if (
        writing.is_personal
        and re.match(r"[A-Z]\.?\s", held)
        and sent[:1] == held[:1]
        and sent.split()[-1].casefold() == held.split()[-1].casefold()
    ):
        piece = writing.headed("From", sent)
        writing.got.referrer.facts["name"] = Reading(sent, (piece,), "From")


def _address_from(writing: _Writing, *, from_form: bool, same: bool) -> None:
    """The sender's address, unless a form names somebody else."""
    facts, address = writing.got.referrer.facts, writing.writer.from_address
    if "email" in facts or not address:
        return
    calls = from_form and re.search(r"(?i)\b(?:caller|informant)\b", facts["name"].label)
    if from_form and not same and (calls or writing.is_personal):
        return
    piece = writing.headed("E-mail", address)
    writing.got.referrer.put("email", Reading(address, (piece,), "From"))


def _body_from(writing: _Writing, *, from_form: bool) -> None:
    sent = writing.writer.from_name
    if (
        "agency" not in writing.got.referrer.facts
        and not writing.is_personal
        and is_organisation(sent)
        and len(sent.split()) > 1
        and (not from_form or _sends_for_itself(writing.writer, writing.letter))
    ):
        piece = writing.headed("From", sent)
        writing.got.referrer.put("agency", Reading(sent, (piece,), "From"))


def _sends_for_itself(writer: Letter, letter: Letter) -> bool:
    """True for a body's own mailbox that sends the form of one of its people."""
    to = letter.headers.get("to", "").rpartition("@")[2].strip("> ").casefold()
    team = re.search(r"(?i)\bteam\b", writer.from_name) is not None
    return team or (writer is letter and _domain(writer) != to)


def _not_kin(got: Gathered, signer: signature.Signer) -> None:
    """Make kin who told a professional ("Reported by: foster carer") an adult of the family, where
    the professional signs the letter."""
    facts = got.referrer.facts
    relation = relation_in(got.referrer.value("role"))
    if not relation or signer.name is None or not (signer.role or signer.agency):
        return
    if signer.role is not None and relation_in(signer.role.text):
        return
    if "name" in facts and signature.names_alike(signer.name.text, facts["name"].value):
        return
    name = facts.pop("name", None)
    role, phone = facts.pop("role"), facts.pop("phone", None)
    runs = [run for piece in role.pieces for run in name_runs(piece)]
    if name is None and len(runs) == 1:
        name = Reading(runs[0].text, (runs[0],), role.label)  # "foster carer Yvonne Tapp"
    if name is not None:
        person = Person(Subject.ADULT, ("told",))
        person.put("name", name)
        person.put("relationship", Reading(relation, role.pieces, role.label))
        person.put("phone", phone)
        got.people.append(person)


_CALL_FROM = re.compile(
    r"\b(?:[Cc]all|T/C|TC|[Cc]ontact|[Rr]eferral|[Ii]nformation|[Mm]essage) (?:was )?(?:taken|received|made|came in|rec['’]?d)\b[^\n]{0,40}? (?:from|by) (?P<who>[A-Z][^.;\n]{6,160})"
)


def _writes_of_own(got: Gathered) -> None:
    """Add a mother or father who asks for help for their own child to the adults of the family."""
    name, role = got.referrer.facts.get("name"), got.referrer.facts.get("role")
    relation = relation_in(role.value) if role else ""
    if (
        name is None
        or role is None
        or relation not in {"mother", "father"}
        or not got.of(Subject.CHILD)
    ):
        return
    if any(p.value("relationship") == relation for p in got.of(Subject.ADULT)):
        return
    person = Person(Subject.ADULT, ("own",))
    person.put("name", name)
    person.put("relationship", Reading(relation, role.pieces, role.label))
    got.people.append(person)


def _told_by(got: Gathered, pieces: list[Piece]) -> bool:
    """Whom a note of a call names as the caller ("Call taken at 02:10 from Staff Nurse ...")."""
    if "name" in got.referrer.facts:
        return False
    for piece in pieces[:12]:
        match = _CALL_FROM.search(piece.text[:4000])
        if match is None:
            continue
        who = piece.of(match, "who")
        card = read_card(who, got.today, professional=True)
        if card.name is not None and (card.role or card.agency or card.relation):
            for fact in ("role", "agency", "phone", "email"):
                got.referrer.facts.pop(fact, None)
            PersonFacts(got).apply_card(got.referrer, card, "caller")
            return True
        return False
    return False


def _domain(letter: Letter) -> str:
    return letter.from_address.rpartition("@")[2].casefold()


_I_AM_KIN = re.compile(  # "I am the grandmother of Kayden Frith"
    r"\bI(?: am|['’]?m) (?:the |a )?(?P<kin>(?:maternal |paternal |step-?|great[- ]?)?(?:grandmother|grandfather|nan|nana"
    r"|gran|grandad|aunt|auntie|uncle|mother|mum|father|dad|sister|brother|cousin)) (?:of|to) (?:(?:two|three|four) \w+, )?[A-Z]"
)
_NAMED_SELF = re.compile(
    r"\b[Mm]y (?:full )?name(?: is|['’]?s) (?P<name>[^\W\d_a-z][\w’'-]+(?: (?!I['’]?(?:m|ve|d|ll)?\b)[^\W\d_a-z][\w’'-]+){1,3})"
)
_IT_IS = re.compile(
    r"^\W*(?:[Hh](?:i|ello|iya|ey)\W+)?(?:[Ii]t['’]?s|[Tt]his is) (?P<name>[^\W\d_a-z][\w’'-]+ [^\W\d_a-z][\w’'-]+)"
    r"(?=,? (?:here|from|and|im|i['’]?m|I['’]?m|I am)\b|[,.])"
)
_I_AM_A = re.compile(r"\b(?:I['’]?m|I am|i['’]?m|im) an? (?P<role>(?:[a-z-]+ ){0,2}[a-z-]+)")
_WITHHELD = re.compile(r"(?i)\bfrom:? (?:number )?(?:withheld|unknown|private)\b")
_SENT_FROM = re.compile(
    rf"(?i)\b(?:from|sender|caller|number|mobile)\b\W{{1,4}}(?P<number>{PHONE.pattern})"
)
_LOWER_NAME = re.compile(
    r"(?i)\bmy name(?:['’]?s| is) (?P<name>(?!(?:not|no|on|in|the|is)\b)[^\W\d_][\w’'-]{1,20})"
)


def writes_of_self(got: Gathered, writer: Letter, prose: list[Piece]) -> bool:
    """True when a child writes about themselves; they are the child then."""

    others = got.of(Subject.CHILD)
    for piece in prose[:10]:
        match = _MY_AGE.search(piece.text)
        if match is None or not re.search(
            r"(?i)\bmy (?:mums?|mams?|dads?|step\w+|parents?|mothers?|fathers?|foster \w+|nan|family)\b",
            piece.text,
        ):
            continue
        child = Person(Subject.CHILD, ("self",))
        age = piece.of(match, "age")
        child.put("age", Reading(age.text, (age,), "letter"))
        named = re.search(
            r"(?i:my names? is|my name['’]?s|i['’]m called) (?P<name>[^\W\d_a-z][\w’'-]+(?: [^\W\d_a-z][\w’'-]+){0,3})",
            piece.text,
        )
        if named is None and not re.search(r"[A-Z]", re.sub(r"\bI\b|(?m:^.)", "", piece.text)):
            named = _LOWER_NAME.search(piece.text)
        if others and (
            named is None
            or any(kid.value("given").split()[:1] == named["name"].split()[:1] for kid in others)
        ):
            return False
        if named:
            PersonFacts(got).put_name(child, piece.of(named, "name"), "letter")
            got.referrer.put("name", Reading(named["name"], (piece.of(named, "name"),), "letter"))
        got.people.append(child)
        if "line" not in got.facts:
            here = re.search(r"(?i)\bI live (?:at|in)\s", piece.text)
            if here:
                rest = piece.cut(here.end(), here.end() + 120)
                stop = addresses.POSTCODE.search(rest.text) or re.search(
                    r"^\d[^.,;\n]{3,60}?(?=[.,;\n]|$)", rest.text
                )
                if stop:
                    line, town, postcode = addresses.parts_of(rest.cut(0, stop.end()))
                    for fact, found in (("line", line), ("town", town)):
                        if found is not None:
                            got.put(
                                fact, Reading(addresses.tidy_line(found.text), (found,), "letter")
                            )
                    if postcode is not None:
                        got.put(
                            "postcode",
                            Reading(addresses.tidy_postcode(postcode.text), (postcode,), "letter"),
                        )
        return True
    return False


def join_names(got: Gathered) -> None:
    """A referrer's first and last names, asked for apart, as one name."""
    facts = got.referrer.facts
    bits = [facts[f] for f in ("given", "family") if f in facts]
    if "name" not in facts and bits:
        pieces = tuple(piece for bit in bits for piece in bit.pieces)
        facts["name"] = Reading(" ".join(bit.value for bit in bits), pieces, bits[0].label)
