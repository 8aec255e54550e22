"""Who wrote a letter: the block at its foot, what they say of themselves, the From line."""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.intake.labels import Subject, classify, relation_in
from triage.intake.mail import Letter
from triage.intake.pairs import pairs_in
from triage.intake.people import (
    EMAIL,
    LETTERS_AFTER,
    PARTICLES,
    PHONE,
    RANKS,
    TITLES,
    is_organisation,
    is_post,
    is_role,
    name_runs,
)
from triage.intake.pieces import Line, Node, Piece

SIGN_OFF = re.compile(
    r"^\W*(?:(?:with |many |kind|best|warm|warmest|kindest)\s*)*(?:regards|wishes|thanks|thank you|thankyou|yours (?:sincerely|faithfully|truly|ever)|ta|cheers|sincerely|respectfully|thx|diolch(?: yn fawr)?|cofion(?: cynnes)?|best|rgds|kr)"
    r"(?: (?:in advance|again|for your help|for your time|very much|so much|and regards|all))*[\s,.!–-]*$",
    re.I,
)
_NOTICE = re.compile(
    r"(?i)\b(?:privileged|intended (?:recipient|solely|only)|think before you print|virus(?:es)?\b|confidentiality notice|disclaimer|got it by mistake|received (?:this|it) in error|sent from my|get outlook for|do not reply to this|unsubscribe|please consider the environment|this (?:e-?mail|message) (?:and|may|is|was|contains|has been)|sent automatically|external (?:e-?mail|sender)|caution:)"
)
RELAY = re.compile(
    r"(?i)(?:no-?reply|\bsms\b|voice-?mail|telephony|donotreply|do-not-reply|forms?@|scan(?:s|ner|room)?@|scan room|post ?room|@forms?\.|webforms?|mailer|noreply|webmaster|postmaster|automated|notifications?@|system@|portal@|@portal\.|eforms?|e-forms?)"
)
_SHARED_BOX = re.compile(
    r"(?i)^(?:the )?(?:office|admin|hub|referrals?|safeguarding|info|enquiries|team|duty|reception|facilities|medical records|mash|secure|front desk)\b"
)
_MYSELF = re.compile(
    r"\b(?:I['’]m|I am|I work as|I write as|I am writing as|My role is|my name is [^.,]{2,40}(?:,| and) I(?: am|['’]m))\s+(?:the|a|an|her|his|their)?\s*(?P<role>(?:[\w’'/-]+\s){0,5}?[\w’'-]+)\s+(?:at|for|with|from|in|of)\s+(?:the\s)?(?P<agency>[A-Z][\w’'&-]*(?:\s(?:[A-Z][\w’'&-]*|and|of|the|for|&)){0,7})"
)
_TEACH = re.compile(
    r"\bI (?:(?:teach|work|run|manage|lead|coach|volunteer)\b[^.]{0,40}? (?:at|for|in)|run|own|manage) (?:the )?(?P<agency>[A-Z][\w’'&-]*(?:\s(?:[A-Z][\w’'&-]*|and|of|the|for|&)){0,7})"
)
_RING = re.compile(
    r"(?i)\b(?:ring|call|phone|contact|reach|text|tel(?:ephone)?|mob(?:ile)?|direct(?: line| dial)?|on|number is|ph)\b[^.\d+(]{0,30}$"
)


@dataclass(slots=True)
class Signer:
    """What a letter says of its writer."""

    name: Piece | None = None
    role: Piece | None = None
    agency: Piece | None = None
    phone: Piece | None = None
    email: Piece | None = None
    lines: list[Line] = field(default_factory=list)


def _tokens(name: str) -> list[str]:
    return [t for t in re.findall(r"[^\W\d_]+", name.casefold()) if t not in TITLES and len(t) > 1]


def names_alike(one: str, other: str) -> bool:
    """True when two names share their longest words ("Balfour Shirin", "Shirin Balfour")."""
    a, b = set(_tokens(one)), set(_tokens(other))
    if not a or not b:
        return False
    return a <= b or b <= a or len(a & b) >= 2


def is_personal(name: str) -> bool:
    """True for a From name that is a person's, not a mailbox's."""
    words = RANKS.sub("", re.sub(r"\(.*?\)|\[.*?\]", "", name).strip())
    tokens = words.replace(",", " ").split()
    if (
        not 2 <= len(tokens) <= 6
        or re.search(r"\s(?:&|and)\s", words)
        or _SHARED_BOX.match(words)
        or "@" in words
        or re.search(r"\d", words)
    ):
        return False
    if re.search(
        r"(?i)\b(?:safety|safeguarding|community|admin|duty|desk|referrals?|enquiries|reports?|no-?reply|letters?|post|mail|inbox|mailbox|records|notifications?|secretaries)\b",
        words,
    ):
        return False
    if any(token[0].islower() and token.casefold() not in PARTICLES for token in tokens):
        return False  # "Parks and Leisure", "Scan to Email"
    if any(len(token) > 3 and token.isupper() for token in tokens) and not words.isupper():
        return False
    return not is_organisation(words) and (
        not is_role(words) or words.split()[0].casefold().strip(".") in TITLES
    )


def body_and_signer(letter: Letter) -> tuple[list[Node], Signer]:
    """A letter's own text without its foot, and who signed it."""
    lines = [node for node in letter.nodes if isinstance(node, Line)]
    tail = lines[-400:]
    full = [line for line in tail if line.piece.text.strip()]
    notice: set[int] = set()
    for number, line in enumerate(full):
        if _NOTICE.search(line.piece.text) and len(line.piece.text) < 1500:
            notice.add(id(line))
            if re.search(
                r"(?i)privileged|intended|confidentiality notice|disclaimer", line.piece.text
            ):
                notice.update(id(after) for after in full[number:] if len(full) - number < 15)
    kept = [line for line in full if id(line) not in notice]
    start = _foot(kept, letter)
    foot = kept[start:] if start is not None else []
    signer = Signer(lines=foot)
    foot = [line for line in foot if not _answers_a_label(line)]
    signer.lines = foot
    _read_foot(signer, foot, letter)
    if signer.role is None and signer.agency is None:
        _read_amid(signer, [line for line in full if line not in foot], letter)
    if not foot and kept:
        _read_inline_foot(signer, kept[-1], letter)
    gone = {id(line) for line in foot} | notice
    body = [node for node in letter.nodes if id(node) not in gone]
    return body, signer


def _read_inline_foot(signer: Signer, line: Line, letter: Letter) -> None:
    """A last sentence that is a signature: "... thanks. Kim Lee, Head of Year 9, Dunlin"."""
    words = line.piece.text[-400:]
    if not is_personal(letter.from_name):
        return
    at = words.rfind(letter.from_name)
    if at > 0 and re.match(r"\s?[,–-]", words[at + len(letter.from_name) :]):
        start = len(line.piece.text) - len(words) + at
        _read_foot(signer, [Line(line.piece.cut(start))], letter)


def _read_amid(signer: Signer, lines: list[Line], letter: Letter) -> None:
    """A signature on one line amid the letter, as over a report pasted under it: "Kim Lee | Head
    of Year | Dunlin School"."""
    if not is_personal(letter.from_name):
        return
    for line in lines[:60]:
        words = line.piece.text.strip()
        head, *rest = re.split(r"\s?[|,]\s|\s[–-]\s", words)
        told = " ".join(rest)
        known = is_role(told) or is_organisation(told)
        if known and len(words) < 200 and names_alike(head, letter.from_name):
            _read_foot(signer, [line], letter)
            return


def letterhead_of_domain(lines: list[Piece], letter: Letter) -> Piece | None:
    """A line at the head of a letter that is the name of the domain it came from."""
    for line in lines[:6]:
        name = re.split(r"\s*[(|\n]|\s[–—-]\s", line.text.strip(), maxsplit=1)[0]
        if name and _is_domain(name, letter):
            return line.strip().cut(0, len(name))
    return None


def _answers_a_label(line: Line) -> bool:
    """True for a line that gives a fact of the contact, though it stands by the signature."""
    kept = {"consent", "informed", "urgent", "risk", "concern", "consent_reason", "informed_reason"}
    return any(
        (classify(label.text).attribute in kept and classify(label.text).share > 0.3)
        or (
            classify(label.text).subject is Subject.REFERRER
            and classify(label.text).attribute in {"", "name", "role", "agency"}
        )
        for label, _ in pairs_in(line.piece.cut(0, 200))
    )


def _foot(lines: list[Line], letter: Letter) -> int | None:
    from_tokens = _tokens(letter.from_name) if is_personal(letter.from_name) else []
    total = len(lines)
    for number in range(total - 1, max(-1, total - 14), -1):
        words = lines[number].piece.text.strip()
        if SIGN_OFF.match(words) or re.fullmatch(r"-{2,3}", words):
            return number + 1 if number + 1 < total else None
        if number == total - 14:
            break
    for number in range(max(0, total - 8), total):
        words = lines[number].piece.text.strip()
        if len(words) > 200 or not words or words[0].isdigit():
            continue
        head = re.split(r"[,|–(]|\s-\s|\s{2,}", words, maxsplit=1)[0]
        head = re.sub(r"(?i)^(?:from|thanks|regards|kind regards|ta)[\s,:]+", "", head)
        tokens = _tokens(head)
        if (
            from_tokens
            and tokens
            and len(head) < 50
            and not re.search(r"(?i)\bmy name\b|\bI(?: am|['’]m)\b", head)
            and (
                set(tokens) <= set(from_tokens)
                or set(from_tokens) <= set(tokens)
                or (tokens[-1] == from_tokens[-1] and tokens[0][0] == from_tokens[0][0])
            )
        ):
            return number
    return _unnamed_foot(lines, total)


def _unnamed_foot(lines: list[Line], total: int) -> int | None:
    """A closing line or block that reads "Name, post, body, number"."""
    for number in range(max(0, total - 6), total):
        piece = lines[number].piece.strip()
        words = piece.text
        if len(words) > 180:
            continue
        lead = _THANKS.match(words)
        if lead is not None and number + 1 == total:
            piece = piece.cut(lead.end())
            words = piece.text
        titled = _TITLED.match(words) or RANKS.match(words)
        if titled is not None:
            piece = piece.cut(titled.end())
            words = piece.text
        head = re.split(r"[,|–]|\s-\s|\s{2,}", words, maxsplit=1)[0]
        runs = name_runs(piece.cut(0, len(head)))
        personal = bool(runs) and runs[0].text == head.strip() and len(head.split()) in {2, 3, 4}
        rest = words[len(head) :]
        if (
            personal
            and rest
            and (is_role(rest) or is_organisation(rest))
            and not re.search(r"(?i)\bdob\b|born|\bis\b|\bwas\b|\baged\b", rest)
        ):
            return number
        if personal and not rest and number + 1 == total and len(words.split()) < 4:
            return number
        if personal and not rest and number + 1 < total:
            after = lines[number + 1].piece.text.strip()
            if number + 2 == total and PHONE.fullmatch(after):
                return number
            if (
                len(after) < 120
                and (is_role(after) or is_organisation(after))
                and not after.endswith(".")
            ):
                return number
    return None


def _read_foot(signer: Signer, foot: list[Line], letter: Letter) -> None:
    for line in foot[:14]:
        piece = line.piece.strip()
        if len(foot) == 1 and (lead := _THANKS.match(piece.text)):
            piece = piece.cut(lead.end())
        words = piece.text
        if _COPIED.match(words):
            return
        for match in PHONE.finditer(words):
            before = words[max(0, match.start() - 8) : match.start()]
            if signer.phone is None and not re.search(r"(?i)fax|f:\s*$", before):
                signer.phone = piece.of(match)
        if (found := EMAIL.search(words)) and signer.email is None:
            signer.email = piece.of(found)
        clean = re.sub(
            r"(?i)\b(?:tel(?:ephone)?|phone|mob(?:ile)?|direct(?: line| dial)?|ext|e-?mail|[tme])\b\s*[.:]",
            lambda m: " " * len(m[0]),
            words,
        )
        for pattern in (PHONE, EMAIL):
            clean = pattern.sub(lambda m: "\x01" * len(m[0]), clean)
        at = 0
        first = re.match(r"[^\W\d_a-z][\w’'-]+,\s", words)  # "Suki, Bay Cabs"
        for bit in re.split(r"[,|•·\x01]+|\s[–—-]\s|\s{3,}|\t", clean):
            start = clean.index(bit, at) if bit else at
            at = start + len(bit)
            bit_piece = piece.cut(start, at).strip(" .:;()[]*/")
            if (
                first
                and start >= first.end() - 1
                and signer.name is None
                and not is_role(bit_piece.text)
            ):
                if signer.agency is None and re.fullmatch(
                    r"[A-Z][A-Za-z&’' -]{2,50}", bit_piece.text
                ):
                    signer.agency = bit_piece
                continue
            roled = signer.role is not None and signer.role.start >= piece.start
            if (
                signer.agency is None
                and signer.role is not None
                and _is_domain(bit_piece.text, letter)
            ):
                signer.agency = bit_piece
                continue
            _foot_bit(signer, bit_piece, letter)
            if (
                roled
                and signer.agency is None
                and not is_role(bit_piece.text)
                and re.fullmatch(r"[A-Z][A-Za-z&’' -]{2,50}", bit_piece.text)
            ):
                signer.agency = bit_piece  # "Name, post, body, number" on one line


def _is_domain(words: str, letter: Letter) -> bool:
    """True for a body whose name is the address's own domain ("Merefoods", merefoods.example)."""
    plain = re.sub(r"[^a-z]", "", words.casefold())
    domain = letter.from_address.rpartition("@")[2].casefold()
    return len(plain) > 4 and len(words) < 60 and re.sub(r"[^a-z.]", "", domain).startswith(plain)


def _foot_bit(signer: Signer, bit: Piece, letter: Letter) -> None:
    words = bit.text
    if (
        not words
        or len(words) > 90
        or SIGN_OFF.match(words)
        or re.search(r"(?i)^(?:from|sent|tel|www\.|http)", words)
    ):
        return
    bare = words
    if rank := RANKS.match(words):
        if signer.role is None:
            signer.role = bit.of(rank, "rank")
        bit = bit.cut(rank.end())
        bare = bit.text
    post = is_post(bare)
    if (
        signer.name is None
        and not post
        and not (is_organisation(bare) and len(bare.split()) > 1)
        and re.fullmatch(r"[^\d@]{3,60}", bare)
    ):
        runs = name_runs(bit)
        if (
            runs
            and len(bare.split()) <= 6
            and (runs[0].text == bare or bare.split()[0].casefold().strip(".") in TITLES)
        ):
            if len(bare.split()) > 1 or not is_personal(letter.from_name):
                if len(bare.split()) > 1 or (signer.lines and len(signer.lines) < 3):
                    letters = LETTERS_AFTER.search(bare)
                    named = bit.cut(0, letters.start()) if letters else bit
                    signer.name = named if len(bare.split()) > 1 else None
                return
            return
    if (signer.role is None and (post or (is_role(bare) and not is_organisation(bare)))) or (
        signer.role is None and relation_in(bare) and len(bare.split()) < 4
    ):
        signer.role = bit
    elif (
        (signer.agency is None or _PART_OF_BODY.search(signer.agency.text))
        and is_organisation(bare)
        and re.search(r"[A-Z]", bare)
        and not re.search(r"(?i)\b(?:road|street|lane|avenue|way)$", bare)
    ):
        signer.agency = bit


_THANKS = re.compile(
    r"(?i)(?:many |kind )?(?:thanks|thank you|regards|cheers|ta|from)[,.]?\s+(?=\S)"
)
_TITLED = re.compile(r"(?:Dr|Mr|Mrs|Ms|Miss|Mx|Prof|Rev)\.?\s+(?=[^\W\d_a-z])")
_COPIED = re.compile(r"(?i)(?:cc|copies?(?: to)?|copied to|enc(?:l|s)?)\b\s?[:.]?\s")
_PART_OF_BODY = re.compile(r"(?i)\b(?:team|ward|unit|department|dept)(?: [A-Z\d]{1,2})?\W*$")


def says_of_self(pieces: list[Piece]) -> tuple[Piece | None, Piece | None]:
    """Role and agency where the writer says "I'm the dentist at Lampwick Dental Practice"."""
    for piece in pieces:
        for match in _MYSELF.finditer(piece.text[:20_000]):
            role, agency = piece.of(match, "role"), piece.of(match, "agency")
            if is_role(role.text):
                return role, agency if is_organisation(agency.text) else None
        teach = _TEACH.search(piece.text[:20_000])
        if teach and is_organisation(teach["agency"]):
            named = piece.of(teach, "agency")
            loose = re.search(r"(?:\s(?:and|of|the|for|&))+$", named.text)
            return None, named.cut(0, loose.start()) if loose else named
    return None, None


_NAMELESS = re.compile(
    r"(?i)\b(?:would not|wouldn[’']?t|(?:am|['’]m) not going to|will not|won[’']?t|refused to|did not|didn[’']?t|declined to|does not want to|(?:do not|don[’']?t) want to) (?:want to |wish to )?(?:give|leave|say|provide) (?:a |their |his |her |any |me |my )*(?:name|details)\b"
    r"|\b(?:wants?|wish(?:es|ed)?|asked|prefers?|like) to (?:stay|remain|be|keep) anonymous\b|\b(?:do not|don[’']?t|would rather not|prefer not to|will not|won[’']?t|can[’']?t|cannot)(?: want to| wish to)? say who (?:I am|we are|this is)\b|\b(?:letter|note|card)\b[^.]{0,60}\bunsigned\b|\banonymous (?:caller|call|referr\w+|report|tip|informant|information)\b|\bcaller (?:was |is )?anonymous\b"
)


def nameless(words: str) -> bool:
    """True when a letter says that who told is not named to us at all."""
    match = _NAMELESS.search(words[:4000])
    return match is not None and not re.match(
        r"(?i)[^.]{0,30}\b(?:to|from|with) (?:the )?(?:family|parents?|mum|dad)",
        words[match.end() :],
    )


def keeps_name_back(words: str) -> bool:
    """True for "I don't want my name in this" and its like."""
    return re.search(
        r"(?i)\bI (?:do not|don[’']?t) want my name (?:in|on|used|mentioned|known|to be)\b", words
    ) is not None and not re.search(r"(?i)\bmy name(?: is|['’]s) [A-Z]", words)


def own_phone(pieces: list[Piece]) -> Piece | None:
    """A number that the writer gives as their own ("ring me on ...")."""
    whole = " ".join(piece.text for piece in pieces)
    alone = len(whole) < 800 and len(PHONE.findall(whole)) == 1
    for piece in pieces:
        words = piece.text[:100_000]
        for match in PHONE.finditer(words):
            before = words[max(0, match.start() - 60) : match.start()]
            if re.search(
                r"(?i)\b(?:me|i am|i'm|my|office|us|school|contact:|contact)\b", before
            ) and _RING.search(before):
                return piece.of(match)
            theirs = re.search(
                r"(?i)\b(?:mum|mother|dad|father|his|her|their|family|parents?)\b", before
            )
            line = words[: match.start()].rsplit("\n", 1)[-1].rsplit(". ", 1)[-1]
            beside = name_runs(
                Piece(
                    piece.sheet,
                    piece.start + match.start() - len(line),
                    piece.start + match.start(),
                )
            )
            if alone and theirs is None and not (beside and len(line.split()) > 3):
                return piece.of(match)
    return None
