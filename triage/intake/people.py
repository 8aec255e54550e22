"""People as forms and letters write them: a name, and what stands beside it.

Names keep the spelling of the file; only names in capitals are set in upper and lower case.
"""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from datetime import date

from triage.intake.choices import is_blank, sex_in
from triage.intake.dates import FoundDate, find_age, find_dates
from triage.intake.labels import LEXICON, RELATION_WORDS, relation_in
from triage.intake.pieces import Piece

_LETTER = r"[^\W\d_]"
WORD = re.compile(_LETTER + r"(?:[\w’'ʼ\-\u0300-\u036f\u2010\u2011]{0,40}[\w\u0300-\u036f])?")
LISTS: dict[str, list[str]] = tomllib.loads(LEXICON.read_text(encoding="utf-8"))["names"]
PARTICLES = frozenset(LISTS["particles"])
TITLES = frozenset(LISTS["titles"])
RANKS = re.compile(
    r"(?P<rank>PC(?:SO)?|DC|DS|DI|DCI|PS|Sgt|Sergeant|Insp(?:ector)?|WPC|T/?DC|A/?PS|Det(?:ective)? (?:Con(?:stable)?|Sgt|Sergeant)|Police (?:Constable|Officer)|Constable|Officer|T/DS)"
    r"\.?\s+(?:[A-Z]{0,2}\d{2,6}[A-Z]{0,2}\s+)?",
)
_COLLAR = re.compile(r"[A-Z]{0,2}\d{2,6}[A-Z]{0,2} (?=[A-Z])")
_NOT_NAMES = frozenset(LISTS["not_names"])
_ORG = re.compile(
    r"\b(?:school|academy|college|primary|infants?|juniors?|grammar|nursery|pre-?school|playgroup|surgery|practice|medical|health|healthcare|hospital|infirmary|clinic|trust|nhs|council|borough|county|constabulary|police|service|services"
    r"|homes|housing|association|team|centre|center|club|cic|ltd|limited|charity|foundation|refuge|support|care|ambulance|court|probation|prison|department|dept|unit|hub|agency|authority|group|partnership|society"
    r"|project|kindergarten|dental|pharmacy|maternity|ward|university|fire|rescue|church|mosque|aid|trustees|office|cafcass|camhs|childminding|advisory|education|directorate|organisation|solicitors|llp|ymca|ywca|nspcc|barnardo(?:[’']s)?|hostel|shelter|home-?start|helpline|childline|border force|border command|sure start|mencap|guides|scouts|gp surgery|women’s|women's|station|branch|hmp|hmyoi|public protection|studio|early help|social care|mission|network|ysgol|league|academies|federation|young carers|walk-in centre)\b",
    re.I,
)
_ROLE = re.compile(
    r"\b(?:teacher|headteacher|head|deputy|principal|nurse|midwife|doctor|gp|consultant|paediatrician|visitor|officer|worker|manager|lead|leader|assistant|practitioner|coordinator|co-ordinator|counsellor|therapist|psychologist|dentist|paramedic|technician|sister|matron|registrar|partner|adviser|advisor|administrator|secretary|receptionist|caretaker|coach|tutor|mentor|senco|sendco|dsl|ddsl|dsp"
    r"|constable|sergeant|inspector|pc|dc|pcso|detective|warden|chaplain|vicar|imam|pastor|childminder|nanny|key ?worker|housekeeper|neighbour|neighbor|friend|relative|volunteer|director|chief|supervisor|specialist|clinician|pharmacist|optician|optometrist|physiotherapist|solicitor|magistrate|guardian|ta|sw|hv|trainee|governor|safeguarding|pastoral|responder|crew|support|caseworker|case worker|liaison|\w+ologist|\w+therapist|radiographer|dietitian|sonographer|advocate|coordinators?|landlord|trainer|instructor|owner|proprietor|member of the public|councillor|colleague|analyst|bursar|emt|idva|isva|ewo|cpn)\b",
    re.I,
)
PHONE = re.compile(
    r"(?<![\w/])(?!\d\d-\d\d-(?:\d\d|\d{4})(?!\d))(?:\+44\s?(?:\(0\)\s?)?|\(?0)\d(?:[\d]|\)\s?(?=\d)|[ \u00a0()-](?=[\d(])(?!\s?\(\d\d? ?h)){7,14}\d?(?:\s?(?:ext?\.?|extension|x)\s?\d{1,6})?(?!\d)",
    re.I,
)
EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}(?<![.-])"
)
NHS = re.compile(r"(?<![\d/-])\d{3}[ \u00a0-]?\d{3}[ \u00a0-]?\d{4}(?![\d/-])")
UPN = re.compile(r"(?<!\w)[A-HJ-NP-RT-Z]\d{11}[\dA-Z](?!\w)")
_MARKS = re.compile(
    r"\b(?:born(?: on)?|dob|d\.o\.b\.?|date of birth|edd|e\.d\.d\.?|due(?: date)?(?: on)?|expected|nhs(?: (?:no|number|num))?\.?(?! (?:[A-Z][a-z]+ )*Trust)|upn|aged?|tel(?:ephone)?|phone|mob(?:ile)?|email|e-mail)\b\s*[:.]?\s*|\bb\.\s?(?=\d)",
    re.I,
)
_LED_BY_POST = re.compile(
    r"(?P<post>(?:(?:Staff|Charge|Senior|Community|District|Ward|School|Specialist|Duty|Lead|Paediatric|Student|Watch|Crew|Group|Area|Team|Deputy|Assistant|Advanced|Emergency|Clinical|Named|Designated|Trainee) )*"
    r"(?:Nurse|Midwife|Sister|Matron|Doctor|Constable|Sergeant|Inspector|Detective|Officer|Paramedic|Consultant|Councillor|Teacher|Manager|Commander|Firefighter|Practitioner|Technician)s?"
    r"|(?:[A-Z][\w-]+ )?(?:supervisor|manager|worker|officer|leader|lead|assistant|coordinator|co-ordinator|nurse|practitioner|adviser|advisor))"
    r"[:,]? (?=[^\W\d_a-z][\w’'-]+ [^\W\d_a-z])"
)
# letters for a degree or a register, after a name
LETTERS_AFTER = re.compile(
    r"(?:,? \(?(?:R?SCPHN|RHV|RGN|RN|RM|RSCN|RMN|RNC|RNLD|SCPHN|HV|QN|[BM]Sc|[BM]A|[BM]Ed|LLB|PhD|MD|MRC\w{1,6}|FRC\w{1,6}(?:\([A-Za-z]+\)?)?|MB ?BS|MB ?ChB|DCH|QPM|OBE|MBE|PGCE|QTS|NPQH|MCSP|HCPC|BDS|BDentSc|MBBS|MRCS|DClinPsych|BSW|Dip\w{0,6}|CPsychol|DClinPsy|SENCO|DSL|Hons)\)?)+\.?$"
)
_HEDGE = re.compile(
    r"(?:\s*[,(;–-]?\s*\b(?:i think|we think|i believe|not sure|unsure|possibly|maybe|perhaps|probably|spelling|sp\b|unknown|not known|dob unknown|dob not known|name unknown|surname unknown|surname not known|don'?t know|age unknown|who\b|but\b|and is\b).*$|\s*\(?\?+\)?\s*$)",
    re.I | re.S,
)  # fmt: skip
_LEAD = re.compile(
    r"^(?:(?:lives? with|living with|also|plus|said to be|believed to be|thought to be|possibly|maybe|called|named|is called|is named|name is|is|is the|the|a|an|my|our|her|his|their|child'?s?|children|person|name|master|mr|mrs|ms|miss|mx|dr|prof|and|also|re|about|for|of)\b[\s:.]*|[\s:•*·–—-]+|\d{1,2}[.)]\s+)+",
    re.I,
)
_ALIAS = re.compile(
    r"(?:\b(?:also |otherwise |usually |sometimes |previously |formerly )?(?:(?<!not )known (?:to \w+ )?(?:as|by)|goes by|called|nicknamed)|\ba\.?k\.?a\.?|\balias|\bprefers|\bnee|\bnée|\bformerly)(?=[\s:“\"'‘])\s*:?\s*[“\"'‘]?(?P<alias>[^\W\d_][^,;()\n“”\"]{0,50}?)[”\"'’]?(?=$|[,;()\n.]| and | \bdob\b| born )",
    re.I,
)  # fmt: skip
_PR = re.compile(
    r"\b(?:parental responsibility|has PR|holds PR|with PR|PR\b)\s*[:=?–-]?\s*(yes|no\b|y\b|n\b|(?:is )?(?:not (?:known|clear|sure|confirmed)|unknown|unclear|unsure|tbc|n/?k)\b|\?)?",
    re.I,
)


# words that are seldom a name but may be a family name after a first name
_SURNAMES_TOO = frozenset(
    {"Ward", "May", "White", "Black", "Head", "French", "English", "Welsh", "Ireland", "England"}
    | {"Wales", "Nurse", "April", "June", "Lane", "Best", "Kind", "Carer", "Lead", "Way"}
)


def is_name_word(word: str) -> bool:
    """True for a word that may be part of a person's name in running text."""
    plain = word.casefold().replace("’", "'")
    return (
        word[:1].isupper()
        and not any(char.isdigit() for char in word)
        and plain not in _NOT_NAMES
        and plain.removesuffix("'s") not in _NOT_NAMES
    )


def is_role(words: str) -> bool:
    """True for words that name a job or standing, not an organisation alone."""
    return _ROLE.search(words) is not None


def is_organisation(words: str) -> bool:
    """True for words that name a school, surgery, service or other body."""
    return _ORG.search(words) is not None


def settle_case(name: str) -> str:
    """A name in capitals set as Halloran-Vega, O'Neil, McBride; any other name as it is, on one
    line."""
    name = re.sub(r"\s+", " ", name) if "\n" in name else name
    letters = [char for char in name if char.isalpha()]
    if len(letters) < 3 or not all(char.isupper() for char in letters):
        return name
    out = re.sub(r"[^\W\d_]+", lambda m: m[0][0] + m[0][1:].lower(), name)
    return re.sub(r"\b(Mc)([a-z])", lambda m: m[1] + m[2].upper(), out)


# a space, or a line's end with what the next is indented by; a nickname in quotes has both sides
_BETWEEN = re.compile(r"[ \u00a0]| {2}|\r?\n {0,40}|\s[“\"‘](?=$)|[”\"’]\s(?=$)")


def name_runs(piece: Piece) -> list[Piece]:
    """Runs of words in a piece that look like names of people, in order."""
    words = piece.text
    runs: list[Piece] = []
    start = end = -1
    for match in WORD.finditer(words):
        word = match[0]
        ok = is_name_word(word) or (start >= 0 and word in _SURNAMES_TOO)
        if start >= 0:
            between = words[end : match.start()]
            if (_BETWEEN.fullmatch(between) or (between == ". " and end - start == 1)) and (
                ok
                or (
                    word.casefold() in PARTICLES
                    and len(word) > 1
                    and _name_follows(words, match.end())
                )
            ):
                end = match.end()
                continue
            runs.append(piece.cut(start, end))
            start = -1
        if ok:
            start, end = match.start(), match.end()
    if start >= 0:
        runs.append(piece.cut(start, end))
    return [_without_possessive(run) for run in runs]


def _name_follows(words: str, at: int) -> bool:
    match = WORD.match(words, at + 1) if words[at : at + 1] == " " else None
    return bool(match and is_name_word(match[0]))


def _without_possessive(run: Piece) -> Piece:
    words = run.text
    return run.cut(0, len(words) - 2) if re.search(r"[’']s$", words) else run


# "OKAFORD / GRACE ADA", as police systems print a name
SLASHED = re.compile(r"(?P<family>[^\W\d_a-z]['’\w-]*) / (?P<given>[^\W\d_a-z]['’\w -]*)")


def split_name(piece: Piece) -> tuple[Piece | None, Piece | None, bool]:
    """Given and family parts of a whole name, and whether the parting is doubtful.

    "Halloran, Bridie" and "HALLORAN Bridie" are turned round; particles go with the family.
    """
    words = piece.text
    if words.count(",") == 1:
        comma = words.index(",")
        return piece.cut(comma + 1).strip(), piece.cut(0, comma).strip(), False
    if words.isupper() and (slash := SLASHED.fullmatch(words)):
        return piece.of(slash, "given"), piece.of(slash, "family"), False
    tokens = list(re.finditer(r"\S+", words))
    while tokens and tokens[0][0].strip(".").casefold() in TITLES and len(tokens) > 1:
        tokens = tokens[1:]
    if not tokens:
        return None, None, False
    if len(tokens) == 1:
        return piece.of(tokens[0]), None, False
    caps = [_all_caps(token[0]) for token in tokens]
    if caps[0] and not all(caps):
        cut = caps.index(False)
        if all(not cap for cap in caps[cut:]):
            return (
                piece.cut(tokens[cut].start(), tokens[-1].end()),
                piece.cut(tokens[0].start(), tokens[cut - 1].end()),
                False,
            )
    at = len(tokens) - 1
    if caps[-1] and not all(caps):
        while at > 1 and caps[at - 1]:
            at -= 1
    while at > 1 and tokens[at - 1][0].casefold() in PARTICLES:
        at -= 1
    return (
        piece.cut(tokens[0].start(), tokens[at - 1].end()),
        piece.cut(tokens[at].start(), tokens[-1].end()),
        len(tokens) - (len(tokens) - at - 1) > 3,
    )


def _all_caps(word: str) -> bool:
    letters = [char for char in word if char.isalpha()]
    return len(letters) > 1 and all(char.isupper() for char in letters)


@dataclass(slots=True)
class Card:
    """What one value says of a person: "Bridie Halloran (mother), born 08/04/1990"."""

    name: Piece | None = None
    relation: str = ""
    relation_piece: Piece | None = None
    dob: FoundDate | None = None
    edd: FoundDate | None = None
    age: Piece | None = None
    sex: tuple[str, Piece] | None = None
    phone: Piece | None = None
    email: Piece | None = None
    nhs: Piece | None = None
    upn: Piece | None = None
    school: Piece | None = None
    alias: Piece | None = None
    role: Piece | None = None
    agency: Piece | None = None
    rank: Piece | None = None
    pr: tuple[str, Piece] | None = None
    unborn: bool = False
    rest: list[Piece] = field(default_factory=list)


def read_card(
    piece: Piece, today: date, *, professional: bool = False, labelled: bool = True
) -> Card:
    """Take a value about one person apart. With `professional` it may hold role and agency."""
    card = Card()
    piece = piece.strip().cut(0, 3000)
    if counted := re.match(r"\(?\d{1,2}[.)]\s+(?=[^\W\d])", piece.text):
        piece = piece.cut(counted.end())
    words = piece.text
    taken: list[tuple[int, int]] = []

    def take(found: Piece) -> Piece:
        taken.append((found.start - piece.start, found.end - piece.start))
        return found

    for kind, pattern in (("email", EMAIL), ("upn", UPN), ("nhs", NHS), ("phone", PHONE)):
        match = pattern.search(words)
        if match and not (kind == "nhs" and words[match.start()] == "0"):
            setattr(card, kind, take(piece.of(match)))
    for found in find_dates(piece, today):
        if any(
            a < found.piece.end - piece.start and found.piece.start - piece.start < b
            for a, b in taken
        ):
            continue
        lead = words[max(0, found.piece.start - piece.start - 14) : found.piece.start - piece.start]
        if _EVENT.search(lead):
            taken.append((found.piece.start - piece.start, found.piece.end - piece.start))
            continue
        take(found.piece)
        if re.search(r"(?i)\bedd\b|\bdue\b|deliver", lead):
            card.edd = card.edd or found
        elif card.dob is None:
            card.dob = found
    if alias := _ALIAS.search(words):
        card.alias = piece.of(alias, "alias").strip()
        take(piece.of(alias))
    if pr := _PR.search(words):
        answer = (pr[1] or "yes").lower()
        answer = answer if answer in {"y", "n"} else {"yes": "y", "no": "n"}.get(answer, "")
        negated = re.search(r"(?i)\b(?:no|not|without|does not have)\s*$", words[: pr.start()])
        held = take(piece.of(pr))
        if answer:  # "PR unknown" is neither
            card.pr = ("no" if answer == "n" or negated else "yes", held)
    for bracket in re.finditer(r"[(\[]([^()\[\]]{1,80})[)\]]", words):
        if professional and is_post(bracket[1]):
            card.role = card.role or piece.of(bracket, 1)
        else:
            _read_bracket(card, piece.of(bracket, 1), labelled)
        take(piece.of(bracket))
    if re.search(r"(?i)\bunborn\b|\bbump\b", words):
        card.unborn = True
    if sexed := re.search(r"(?i)\b(?:baby |little |young )?(girl|boy|male|female)\b", words):
        card.sex = card.sex or (sex_in(sexed[1]), piece.of(sexed))
    for mark in _MARKS.finditer(words):
        taken.append(mark.span())
    masked = _mask(words, taken)
    if professional and (collar := _COLLAR.match(masked)) and RANKS.match(masked, collar.end()):
        taken.append(collar.span())
        masked = masked[collar.end() :].rjust(len(masked))
        piece_led = RANKS.match(masked.lstrip())
        if piece_led:
            at = len(masked) - len(masked.lstrip())
            card.rank = piece.cut(at, at + piece_led.end("rank"))
            taken.append((at, at + piece_led.end()))
            masked = _mask(words, taken)
    if rank := RANKS.match(masked):
        card.rank = piece.of(rank, "rank")
        taken.append(rank.span())
        masked = _mask(words, taken)
    _read_segments(card, piece, masked, professional)
    if card.age is None and card.dob is None and card.edd is None:
        card.age = _age_beside(card, piece, masked)
    return card


def _mask(words: str, taken: list[tuple[int, int]]) -> str:
    chars = list(words)
    for start, end in taken:
        chars[start:end] = "\x01" * (end - start)
    return "".join(chars)


_AT_SCHOOL = re.compile(
    r"(?:[Aa]ttends|[Gg]oes to|[Aa]t)\s(?!(?:home|the|same|this|address|risk)\b)(?P<school>[A-Z][\w’'.-]+(?: [\w’'.-]+){0,5})$"
)


def _read_bracket(card: Card, inside: Piece, labelled: bool) -> None:
    words = inside.text.strip()
    bits = inside.split(re.compile(r"[,;]\s*"))
    if len(bits) > 1:  # "(5, at Brookfold)", "(brother, Year 4)"
        for bit in bits:
            _read_bracket(card, bit, labelled=False)
        return
    if (at := _AT_SCHOOL.match(words)) and not card.school:
        card.school = inside.of(at, "school")
        return
    relation = relation_in(words)
    if sex := sex_in(words):
        card.sex = card.sex or (sex, inside)
    elif relation and not card.relation:
        card.relation, card.relation_piece = relation, inside
    elif re.fullmatch(
        r"(?i)(?:aged? )?(?:about |approx\.? )?\d{1,2}(?:\s?½)?(?:\s?(?:years?|yrs?|months?|mths?|weeks?|wks?|y|m)(?: old)?)?",
        words,
    ):
        card.age = card.age or inside
    elif find_age(inside) and re.match(r"(?i)(?:aged?|about|approx|year|yr|y\d)\b", words):
        card.age = card.age or find_age(inside)
    elif (
        (
            labelled
            and not card.alias
            and re.fullmatch(r"[“\"'‘]?[^\W\d_][\w’'-]+[”\"'’]?(?: [A-Z][\w’'-]+)?", words)
        )
        and (words[0].isupper() or words[0] in "“\"'‘")
        and (
            not is_role(words) and not is_organisation(words) and words.casefold() not in _NOT_NAMES
        )
    ):
        card.alias = inside.strip("“”\"'‘’")


def _read_segments(card: Card, piece: Piece, masked: str, professional: bool) -> None:
    """Name first; then role, agency or relation in what follows a comma, dash or line end."""
    masked = _TITLE_STOP.sub(lambda m: m[0][:-1] + " ", masked)
    bits = re.split(r"\s[–—-]\s|_{2,}|[,;\n\x01|]+|(?<!\b[A-Z])\.\s+(?=[A-Z])", masked)
    at = 0
    segments: list[Piece] = []
    for bit in bits:
        start = masked.index(bit, at) if bit else at
        at = start + len(bit)
        segment = piece.cut(start, at).strip(" :.()[]")
        if segment:
            segments.append(segment)
    for number, segment in enumerate(segments):
        words = segment.text
        relation = relation_in(words)
        clean = _clean_name(segment, relation)
        if (
            card.name is None
            and clean is not None
            and not (professional and number and (is_organisation(words) or is_role(words)))
        ):
            if (
                professional
                and number == 0
                and words.split()[0].casefold().strip(".") not in TITLES
                and not _LED_BY_POST.match(clean.text)
                and (is_role(words) or is_organisation(words))
                and (len(segments) > 1 or not _looks_personal(clean.text))
            ):
                if (is_post(words) or not is_organisation(words)) and card.role is None:
                    card.role = segment
                elif card.agency is None:
                    card.agency = segment
                continue
            if professional and (letters := LETTERS_AFTER.search(clean.text)):
                clean = clean.cut(0, letters.start())
            if professional and (led := _LED_BY_POST.match(clean.text)):
                if card.role is None:
                    card.role = clean.of(led, "post")
                clean = clean.cut(led.end())
            card.name = clean
            if (
                number + 1 < len(segments)
                and _flips(clean, segments[number + 1])
                and piece.sheet.text[clean.end : segments[number + 1].start].strip() == ","
            ):
                card.name = Piece(piece.sheet, clean.start, _clean_end(segments[number + 1]))
                segments[number + 1] = segments[number + 1].cut(0, 0)
            if relation and not card.relation:
                card.relation, card.relation_piece = relation, segment
        elif not words:
            continue
        elif not professional and (sex := sex_in(words)):
            card.sex = card.sex or (sex, segment)
        elif (
            professional
            and card.role is None
            and (is_post(words) or (is_role(words) and not is_organisation(words)))
        ):
            card.role = segment
        elif (
            professional
            and is_organisation(words)
            and not is_post(words)
            and (
                card.agency is None
                or re.match(
                    r"(?i)(?:ward|unit|team|department|dept|emergency department|station)\b[\w\s]{0,12}$|[\w-]{1,12} service$",
                    card.agency.text,
                )
            )
        ):
            card.agency = segment
        elif professional and is_role(words) and card.role is None:
            card.role = segment
        elif relation and not card.relation:
            card.relation, card.relation_piece = relation, segment
        else:
            card.rest.append(segment)
            if card.school is None and (attends := _AT_SCHOOL.match(words)):
                card.school = segment.of(attends, "school")


_TITLE_STOP = re.compile(r"\b(?:Rev|Revd|Dr|Mr|Mrs|Ms|Fr|Prof|Lt|Sgt|Insp|Capt|Cpl)\.(?=\s)")


def _looks_personal(words: str) -> bool:
    tokens = words.split()
    return 2 <= len(tokens) <= 4 and not is_role(words) and not is_organisation(words)


def _clean_end(segment: Piece) -> int:
    return _strip_hedge(segment).end


def _flips(first: Piece, second: Piece) -> bool:
    """True when "Halloran, Bridie" puts the family name first."""
    after = _strip_hedge(second).text
    if not re.fullmatch(
        r"[^\W\d_][\w’'\-\u0300-\u036f]*(?: [^\W\d_][\w’'\-\u0300-\u036f]*){0,2}", after
    ):
        return False
    caps = first.text.isupper() and len(after.split()) > 1  # "ASARE, Nana Kofi"
    if not after[:1].isupper() or is_role(after) or is_organisation(after):
        return False
    if relation_in(after) and not caps:
        return False
    if all(_all_caps(word) for word in first.text.split()):
        return not _all_caps(after.split()[0])
    return len(first.text.split()) == 1


def _strip_hedge(piece: Piece) -> Piece:
    match = _HEDGE.search(piece.text.replace("’", "'"))
    return (piece.cut(0, match.start()) if match else piece).strip(" ,.;:(?")


_EVENT = re.compile(
    r"(?i)\b(?:admitted|seen|attended|moved|since|until|died|left|visited|discharged|arrested|released|started|from)(?: on)?:?\s?$"
)
_REFUSED = re.compile(r"(?i)(?:name )?(?:refused|withheld|declined|not given|unknown|not known)")


def _clean_name(segment: Piece, relation: str) -> Piece | None:
    """The name in a segment, or None. Relation words and hedges are taken off."""
    piece = _strip_hedge(segment)
    words = piece.text
    for _ in range(3):
        lead = _LEAD.match(words)
        if lead and lead.end() and lead.end() < len(words):
            piece, words = piece.cut(lead.end()), words[lead.end() :]
        head = WORD.match(words)
        if (
            relation
            and head
            and head[0].casefold().removesuffix("'s").removesuffix("’s")
            in (
                RELATION_WORDS.keys()
                | {"step", "maternal", "paternal", "birth", "foster", "great", "ex"}
            )
            and len(head[0]) < len(words)
        ):
            piece = piece.cut(head.end()).strip(" :-–,")
            words = piece.text
        else:
            break
    if not words or is_blank(words) or not WORD.search(words):
        return None
    if re.match(
        r"(?i)(?:deceased|died|dead|absent|estranged|no contact|not (?:involved|present|in contact|around)|in prison)\b",
        words,
    ):
        return None
    if _REFUSED.fullmatch(words):
        return None
    first = WORD.search(words)
    if first is None or words.casefold() in RELATION_WORDS or words.casefold() in _NOT_NAMES:
        return None
    if re.match(
        r"(?i)(?:baby )?(?:girl|boy|unborn|baby|twins?|child(?:ren)?|infant|newborn)\b", words
    ):
        rest = re.sub(
            r"(?i)^(?:(?:unborn|baby|girl|boy|twins?|child|infant|newborn|of)\b\s*)+", "", words
        )
        if not rest or not rest[0].isupper():
            return None
        piece = piece.cut(len(words) - len(rest))
        words = rest
    if len(words.split()) > 6 or re.search(r"\d", words):
        runs = list(name_runs(piece))
        return runs[0] if runs else None
    if relation or words[0].islower():
        runs = name_runs(piece)
        if runs:
            return runs[0]
        return None if len(words.split()) > 3 or (words[0].islower() and relation) else piece
    tail = re.search(
        r"\s(?:is|was|has|lives|who|and|aged|not|also|at|from|the|to|in|with|of no)\b", words
    )
    return piece.cut(0, tail.start()).strip(" ,.;:") if tail else piece


def _age_beside(card: Card, piece: Piece, masked: str) -> Piece | None:
    name = card.name
    for segment in [*card.rest, *([piece] if name is None else [])]:
        if (found := find_age(segment)) is not None:
            return found
    if name is not None and (tail := Piece(piece.sheet, name.end, piece.end)):
        clean = _mask(tail.text, [])
        match = re.search(r"(?i)\b(?:aged?|who is|is)\s+(\d{1,2}[^,;)\n]{0,20})", clean)
        if (
            match
            and "\x01" not in masked[name.end - piece.start + match.start() :][: len(match[0])]
        ):
            return find_age(tail.of(match, 1))
    return None


_POST_END = re.compile(
    r"(?i)\b(?:teacher|headteacher|head|principal|nurse|midwife|doctor|gp|consultant|paediatrician|visitor|officer|worker|manager|lead|leader|assistant|practitioner|co-?ordinator|counsellor|therapist|psychologist|dentist|paramedic|technician|sister|matron|registrar|partner|advis[eo]r|administrator|secretary|receptionist|coach|tutor|mentor|senco|sendco|dsl|ddsl|dsp|constable|sergeant|inspector|pc|dc|pcso|detective|warden|chaplain|childminder|nanny|neighbour|volunteer|director|supervisor|specialist|clinician|pharmacist|optometrist|physiotherapist|solicitor|trainee|governor|responder|crew|caseworker|\w+ologist|\w+therapist|radiographer|dietitian|sonographer|advocate|trainer|instructor|owner|councillor|bursar|deputy|sgt|insp|guardian|member|hv|sw|ta|emt|idva|isva|ewo|cpn|therapist)s?(?:\s*\([^)]*\))?$"
)


def is_post(words: str) -> bool:
    """True for words that end as a job does ("School nurse", "Head of Year 11")."""
    return bool(_POST_END.search(words.strip(" .,"))) or bool(
        re.match(
            r"(?i)(?:head|director|manager|leader|lead|chair|member|secretary|teacher|deputy|assistant) (?:of|for|in|to|head|teacher)\b",
            words,
        )
    )
