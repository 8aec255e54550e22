"""Who referred: the form's own words, the foot of the letter, its title, the From line."""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

from __future__ import annotations

import re

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
    said = " ".join(p.text for p in pieces[:40])
    unsigned = signer.name is None and not signature.is_personal(writer.from_name)
    hidden = signature.nameless(said) or (unsigned and signature.keeps_name_back(said))
    if "name" not in referrer.facts and hidden:
        first = next(p for p in pieces if p.text.strip())
        for fact in ("role", "agency", "phone", "email"):
            referrer.facts.pop(fact, None)
        referrer.facts["anonymous"] = Reading("yes", (first,), "letter")
        return
    if "name" not in referrer.facts and unsigned and _WITHHELD.search(letter.subject):
        header.write("Subject: ")
        piece = header.write(letter.subject)
        header.write("\n")
        referrer.facts["anonymous"] = Reading("yes", (piece,), "Subject")
        return
    if _told_by(got, pieces):
        return  # who wrote it down is not who told
    relay = bool(
        signature.RELAY.search(writer.from_address) or signature.RELAY.search(writer.from_name)
    )
    if referrer.value("anonymous") == "yes" and "name" not in referrer.facts:
        return
    for items in form_items:
        if "agency" not in referrer.facts and referrer.facts:
            agency_from_title(got, items)
    _not_kin(got, signer)
    from_form = "name" in referrer.facts
    same = (
        not from_form
        or (
            signer.name is not None
            and signature.names_alike(signer.name.text, referrer.value("name"))
        )
        or (signature.names_alike(writer.from_name, referrer.value("name")))
    )
    if same:
        for fact in ("name", "role", "agency", "phone", "email"):
            found = getattr(signer, fact)
            if found is not None and not (fact == "email" and relay):
                referrer.put(fact, Reading(found.text, (found,), "signature"))
    if writer is not letter and "agency" not in referrer.facts:
        outer = signature.body_and_signer(letter)[1].agency
        if outer is not None and _domain(letter) == _domain(writer) != "":
            referrer.put("agency", Reading(outer.text, (outer,), "signature"))
    if not from_form and "role" not in referrer.facts:
        for line in pieces[:12]:
            if kin := _I_AM_KIN.search(line.text[:2000]):
                found = line.of(kin, "kin")
                referrer.put("role", Reading(found.text, (found,), "letter"))
                break
    if relay:
        for line in pieces[:10]:
            if "phone" not in referrer.facts and (sent := _SENT_FROM.search(line.text[:400])):
                found = line.of(sent, "number")
                referrer.put("phone", Reading(found.text, (found,), "from"))
        return
    if "agency" not in referrer.facts and not from_form:
        headed = signature.letterhead_of_domain(pieces, writer)
        if headed is not None:
            referrer.put("agency", Reading(headed.text, (headed,), "letterhead"))
    if not from_form:
        role, agency = signature.says_of_self(pieces[:400])
        for fact, own in (("role", role), ("agency", agency)):
            if own is not None:
                referrer.put(fact, Reading(own.text, (own,), "letter"))
    if not from_form and "phone" not in referrer.facts:
        phone = signature.own_phone(pieces[:400])
        if phone is not None:
            referrer.put("phone", Reading(phone.text, (phone,), "letter"))
    if writer is not letter and not writer.from_address and "," in writer.from_name:
        header.write("From: ")  # "From: Sgt Paul Renwick, Neighbourhood Team, Northmere Police"
        piece = header.write(writer.from_name)
        header.write("\n")
        card = read_card(piece, got.today, professional=True)
        if card.name is not None and (card.role or card.rank or card.agency):
            PersonFacts(got).apply_card(referrer, card, "From")
    if "name" not in referrer.facts:
        for line in pieces[:6]:
            if hello := _IT_IS.match(line.text[:400]):
                found = line.of(hello, "name")
                referrer.put("name", Reading(found.text, (found,), "letter"))
                stands = _I_AM_A.search(line.text[:600])
                if stands and is_post(stands["role"]):
                    post = line.of(stands, "role")
                    referrer.put("role", Reading(post.text, (post,), "letter"))
                break
    if "name" not in referrer.facts:
        for line in pieces[:40]:
            if said_name := _NAMED_SELF.search(line.text[:4000]):
                found = line.of(said_name, "name")
                referrer.put("name", Reading(found.text, (found,), "letter"))
                break
    if "name" not in referrer.facts and signature.is_personal(writer.from_name):
        name = re.sub(r"\s*[(\[].*?[)\]]", "", writer.from_name).strip()
        if name.count(",") == 1:
            name = " ".join(reversed([bit.strip() for bit in name.split(",")]))
        name = RANKS.sub("", name)
        header.write("From: ")
        piece = header.write(writer.from_name)
        header.write("\n")
        referrer.put("name", Reading(name, (piece,), "From"))
    _writes_of_own(got)
    held = referrer.value("name")
    if (
        signature.is_personal(writer.from_name)
        and re.match(r"[A-Z]\.?\s", held)
        and writer.from_name[:1] == held[:1]
        and writer.from_name.split()[-1].casefold() == held.split()[-1].casefold()
    ):
        header.write("From: ")
        piece = header.write(writer.from_name)
        header.write("\n")
        # "T Ogle" at the foot: the From line has the whole name
        referrer.facts["name"] = Reading(writer.from_name, (piece,), "From")
    if "email" not in referrer.facts and writer.from_address:
        caller = from_form and re.search(
            r"(?i)\b(?:caller|informant)\b", referrer.facts["name"].label
        )
        stranger = (caller and not same) or (
            from_form and signature.is_personal(writer.from_name) and not same
        )
        if not stranger:
            header.write("E-mail: ")
            piece = header.write(writer.from_address)
            header.write("\n")
            referrer.put("email", Reading(writer.from_address, (piece,), "From"))
    if (
        "agency" not in referrer.facts
        and not signature.is_personal(writer.from_name)
        and is_organisation(writer.from_name)
        and len(writer.from_name.split()) > 1
        and (not from_form or _sends_for_itself(writer, letter))
    ):
        header.write("From: ")
        piece = header.write(writer.from_name)
        header.write("\n")
        referrer.put("agency", Reading(writer.from_name, (piece,), "From"))


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
