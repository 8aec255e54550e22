"""What was ticked, chosen or answered: yes, no, consent, urgency, risk, sex. Silence is no answer."""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

import re

from triage.domain.contact import Consent
from triage.intake.marks import only_printed, picked
from triage.intake.pieces import Piece

_ON = r"[☒☑✓✔✗✘✅❎✖✕☓🗹🗷■◼▣●◉⦿⚫🔘⊠⊗]|\[\s?[xX✓✔*]\s?\]|\((?:x|X|✓|✔|\*)\)"
_OFF = r"[☐□○◯❏❑⬜◻▢⚪⭘❍]|\[\s{0,3}\]|\(\s{1,3}\)|\[[_-]\]|\(_\)"
_BOX = re.compile(f"(?P<on>{_ON})|(?P<off>{_OFF})")
_BLANK = re.compile(
    r"^(?:(?:(?:name|surname|dob|date of birth|details?|school|sex|address|number|age|this is|it is"
    r"|currently|i am|i'm|im|we are)\s+)?(?:not|un)[\s-]?(?:known|sure|given|provided|stated|recorded"
    r"|available|applicable|disclosed|specified|confirmed|allocated|established|obtained|yet known"
    r"|relevant|answered|completed|entered|on file|held)(?: to (?:me|us|the \w+))?"
    r"|n\s?/?\s?[akd]|nil|none|none known|null|nan|tb[ac]|see (?:above|below|attached|over)"
    r"|same(?: as (?:above|child|mother|mum|parent|\d))?|as (?:above|below|child|mother)|ditto|\"|anonymous"
    r"|(?:i )?(?:do not|don'?t|dont) know\w*|dk|nk|unsure|no information(?: available)?|no details"
    r"|withheld|(?:left )?blank|\(?left blank[^)]{0,60}\)?|unborn(?: (?:baby|child))?|baby|no name"
    r"|(?:click|tap) .{0,60}|choose an item\.?|please (?:select|choose|specify).{0,30}|select\.{0,3}"
    r"|enter .{0,40} here\.?|type here|dd\s?[/.-]\s?mm\s?[/.-]\s?yy(?:yy)?|xx+|[\W_]*|no answer"
    r"|prefer not to say|refused to (?:say|give)|would not (?:say|give)|not asked|none given|to be confirmed"
    r"|none (?:at present|stated|held|recorded|declared|reported)|no (?:email|e-mail|phone|fixed abode))"
    r"[\s.?!*)\]]*$",
    re.IGNORECASE,
)  # fmt: skip
_YES = re.compile(
    r"^\W*(?:yes|y|true|1|ydy|oes|ydw|agreed|aware|informed|told|done|positive|affirmative|✓|✔|☒|☑|\[x\])(?![\w])",
    re.I,
)
_NO = re.compile(
    r"^\W*(?:no|n|false|0|nac ydy|nac oes|none|never|nil|not|neither|nope|unaware|negative)(?![\w])",
    re.I,
)
_PRINTED = re.compile(
    r"^\W*(?:yes\s{0,6}[/|,]?\s{0,6}no(?:\s{0,6}[/|,]?\s{0,6}(?:not|un)\s?\w+)?|y\s?/\s?n)[\s.*]*$",
    re.I,
)


def is_blank(words: str) -> bool:
    """True for an empty value or one that says there is none ("not known", "N/A", "-")."""
    plain = words.replace("’", "'").replace("\u00a0", " ").strip()
    if re.match(_ON, plain):
        return False
    return len(plain) < 90 and bool(_BLANK.match(plain) or is_printed(plain))


_NEEDS = re.compile(
    r"(?i)\W*(?:required|needed|for\b|(?-i:[A-Z][a-z]+)$"
    r"|(?:mum|mam|mother|dad|father|both|parents?|they|he|she)\b(?! (?:does|do|is|are)(?: not|n[’']t)).{0,14}$)"
)


def needs_one(words: str) -> str:
    """ "yes" or "no" where an answer says whether an interpreter is needed ("Mum does"), else ""."""
    return yes_or_no(words) or ("yes" if _NEEDS.match(words) else "")


def is_printed(words: str) -> bool:
    """True for the options that a form prints, with none of them marked ("Yes / No / Not asked")."""
    return bool(_PRINTED.match(words)) or only_printed(words)


def chosen(piece: Piece) -> tuple[Piece, ...]:
    """The ticked options of a value with boxes; the value itself when it has no boxes."""
    words = piece.text
    boxes = list(_BOX.finditer(words[:5000]))
    if (at := picked(words)) is not None and not any(box["off"] for box in boxes):
        return (piece.cut(*at),)
    if not boxes:
        return (piece,) if piece.strip() else ()
    before = bool(words[: boxes[0].start()].strip())
    out: list[Piece] = []
    for number, box in enumerate(boxes):
        if box["on"] is None:
            continue
        if before:
            start = boxes[number - 1].end() if number else 0
            option = piece.cut(start, box.start())
        else:
            end = boxes[number + 1].start() if number + 1 < len(boxes) else len(words)
            option = piece.cut(box.end(), end)
        option = option.strip(",;/|")
        out.append(option or piece.of(box))
    return tuple(out)


def has_boxes(piece: Piece) -> bool:
    """True when the value holds tick boxes, ticked or not."""
    return _BOX.search(piece.text[:5000]) is not None or picked(piece.text) is not None


def yes_or_no(words: str) -> str:
    """ "yes", "no", or "" when neither is said."""
    plain = words.replace("’", "'").strip()
    if is_blank(plain) and not re.match(r"(?i)(none|nil|no)\b", plain):
        return ""
    if re.match(r"(?i)\W*not? (?:known|sure|applicable|stated)", plain):
        return ""
    if _YES.match(plain):
        return "yes"
    if _NO.match(plain):
        return "no"
    return ""


_REFUSED = re.compile(
    r"\b(?:refus\w*|declin\w*|withh?eld|withdr[ae]w\w*|denied|object(?:s|ed)\w*"
    r"|(?:do(?:es)?|did|is|are|was|has|have|would|will)(?:\s?n[o']?t)? (?:not )?(?:want|agree|consent|happy|willing)"
    r"(?! to (?:you|us|this))|wants? nothing|against)\b",
    re.I,
)
_NOT_WANTED = re.compile(
    r"\b(?:do(?:es)?|did|is|are|was|has|have|would|will|wo|ca)\s?(?:n[o']t|not)\b[^.]{0,20}"
    r"\b(?:want|agree|consent\w*|happy|willing|agreed|given? (?:consent|permission))\b",
    re.I,
)
_NOT_ASKED = re.compile(
    r"\bnot (?:yet )?(?:been )?(?:asked|sought|obtained|requested|gained|discussed|possible|safe|appropriate|able|approached|taken)\b"
    r"|\bunable to\b|\bwithout (?:consent|asking|seeking)\b|\bn[o']t (?:get|have|had) (?:the |a )?chance to ask\b"
    r"|\b(?:did|have|has)(?:n[o']t| not) (?:ask(?:ed)?|sought|seek)\b|\black(?:s|ed)? capacity\b|\b(?:increase|place|put|raise)\b.{0,40}\brisk\b"
    r"|\bno attempt\b|\bnot been sought\b|\bcould not (?:be )?(?:ask|obtain|contact|reach)\w*\b|\bunsafe to\b",
    re.I,
)
_GIVEN = re.compile(
    r"^\W*(?:yes|y|true|1|given|obtained|granted|gained|received|verbal\w*|written|signed|explicit|full|informed consent|agreed|agrees|consents?|consented"
    r"|happy|in place|confirmed|provided)\b",
    re.I,
)


def consent_in(words: str, label: str = "") -> Consent | None:
    """The state of consent that an answer gives, or None when it says nothing of it."""
    plain = re.sub(r"(?i)\bnot[-_]", "not ", words.replace("’", "'")).strip()
    if re.match(
        r"(?i)\W*(?:not (?:required|needed|necessary|known|stated|applicable|sure)|unknown|n/?a\b|unsure|don'?t know)",
        plain,
    ):
        return None
    if _NOT_ASKED.search(plain):
        if re.search(r"(?i)\b(?:refused|declined)\b", plain) and not re.match(
            r"(?i)\W*not ", plain
        ):
            return Consent.REFUSED
        return Consent.NOT_ASKED
    if re.search(
        r"(?i)\b(?:refused|declined|withdrawn|withheld|denied|refuses|declines)\b", plain
    ) or (_NOT_WANTED.search(plain)):
        return Consent.REFUSED
    if _NO.match(plain):
        if _REFUSED.search(plain):
            return Consent.REFUSED
        if re.search(r"(?i)sought|asked|obtained|gained|discussed", label):
            return Consent.NOT_ASKED
        return Consent.REFUSED
    if _GIVEN.match(plain) or re.search(
        r"(?i)\b(?:has|have|gave|gives|given|mum|mother|dad|father|parents?|family|carer|young person|child)\b[^.]{0,40}"
        r"\b(?:agree[sd]?|consent(?:s|ed)?|consent|permission|happy)\b"
        r"|^[A-Z][\w’'-]+(?: [A-Z][\w’'-]+){0,2} (?:has |have )?(?:agreed|agrees|consented|consents)\b"
        r"|\bsigned\b.{0,24}\b(?:form|consent|agreement)\b",
        plain,
    ):
        return Consent.GIVEN
    return None


def urgency_in(words: str) -> str:
    """ "yes" or "no" where an answer says how urgent it is, else ""."""
    plain = words.replace("’", "'").strip()
    if re.search(
        r"(?i)\bnot (?:urgent|immediate|an emergency)|\bnon[\s-]?urgent|^\W*(?:routine|standard|normal|low|medium|no rush)\b|\bwithin (?:[3-9]|1\d|five|seven|ten) (?:working )?days?",
        plain,
    ):
        return "no"
    if answer := yes_or_no(plain):
        return answer
    if re.search(
        r"(?i)\burgent|\bimmediate|\bemergency|\bsame[\s-]day|\btoday\b|\btonight\b|\bright (?:now|away)\b|\bas soon as possible|\basap\b|\bcritical\b|\bwithin (?:1|2|4|24|one|two|four|twenty[\s-]four) ?(?:hours?|hrs?)\b",
        plain,
    ):
        return "yes"
    return ""


def risk_in(words: str) -> str:
    """ "yes" when a risk to workers is described, "no" when none is known, else ""."""
    plain = words.replace("’", "'").strip()
    if re.match(
        r"(?i)\W*(?:not known|unknown|unsure|not sure|n/?k|n/?a\b|not applicable|don'?t know|not assessed|[\W_]*$|tbc\b|not stated|not asked)",
        plain,
    ):
        return ""
    if re.match(
        r"(?i)\W*(?:no(?:ne|thing|t aware of any|t that (?:i|we) (?:know|am|are)|t to (?:my|our) knowledge| known)?|nil|n|false)\b(?![^.]{0,30}\bbut\b)",
        plain,
    ):
        return "no"
    return "yes"


_ETHNIC = re.compile(
    r"(?i)(?:any|other|mixed|white|black|asian|arab|gypsy|roma|irish|chinese|indian|pakistani"
    r"|bangladeshi|british|english|welsh|scottish|african|caribbean|somali|polish|romanian|traveller"
    r"|european|eastern|or|and|multiple|ethnic|heritage|background|group|origin|of|&|/|-|,|–|:|\(|\)|\s)+"
)


def is_ethnicity(words: str) -> bool:
    """True for the name of an ethnic group as the census gives them, and nothing more."""
    return len(words) < 60 and bool(
        _ETHNIC.fullmatch(words)
        and re.search(r"(?i)white|black|asian|arab|gypsy|roma\b|irish|chinese|indian|mixed|african"
                      r"|pakistani|bangladeshi|british|caribbean|traveller|somali", words)
    )  # fmt: skip


_SEXES = {
    "m": "M", "male": "M", "boy": "M", "man": "M", "f": "F", "female": "F", "girl": "F",
    "woman": "F", "lad": "M", "lass": "F", "u": "U", "indeterminate": "U", "gwryw": "M", "benyw": "F", "baby boy": "M", "baby girl": "F",
}  # fmt: skip


def sex_in(words: str) -> str:
    """M, F or U where an answer is just that, else ""."""
    return _SEXES.get(words.strip(" .()[]/").casefold(), "")
