"""What a label means: whose fact it names and which. The words are in resources/intake."""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

LEXICON = Path(__file__).parents[2] / "resources" / "intake" / "labels.toml"


def words_for(what: str) -> list[str]:
    """A list of words of the lexicon: "filling", "qualifies", "fields"."""
    lists: dict[str, list[str]] = tomllib.loads(LEXICON.read_text(encoding="utf-8"))["words"]
    return lists[what]


class Subject(StrEnum):
    """Whom a label speaks of."""

    REFERRER = "referrer"
    CHILD = "child"
    ADULT = "adult"
    OTHER = "other"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a label asks for. `attribute` is "" when it is no label; "ignore" when it is one
    whose value is nothing a contact holds. `weight` is how many words of it were understood,
    `share` their part of the label."""

    attribute: str = ""
    subject: Subject = Subject.NONE
    index: str = ""
    relation: str = ""
    weight: int = 0
    share: float = 0.0


NO_LABEL = Meaning()
_Hit = tuple[float, bool, int, str, re.Match[str]]
# words that carry no meaning of their own in a question
_FILLING = frozenset(words_for("filling"))
# attributes whose phrases may take in the word for the person they are of
_TAKES_IN = frozenset(
    {"dob", "edd", "age", "sex", "school", "disability", "ethnicity", "nhs", "upn", "agency"}
    | {"phone", "email", "alias", "given", "family"}
)
# attributes whose own phrase says whose they are
_WITH_SUBJECT = frozenset({"name", "given", "adults", "children", "informed", "consent"})

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WHO_BRACKET = re.compile(
    r"\((adult|child|parent|carer|mother|father|young person|referrer|victim|suspect)s?\)", re.I
)
_BRACKETS = re.compile(r"[(\[{][^()\[\]{}]{0,80}[)\]}]")
_POSSESSIVE = re.compile(r"[’'`]s\b|s[’'`](?=\s|$)")
_NUMBERING = re.compile(
    r"^\s*(?:(?:section|part|q(?:uestion)?)\s*)?(?:\d{1,2}(?:\.\d{1,2})+\s+|\d{1,2}(?:\.\d{1,2})*\s?[.):–-]\s*|[a-h]\)\s*|[a-h]\.\s+)",
    re.I,
)
_AND_IF = re.compile(r"\?\s*\(?if (?:no|not|yes|so)\b.*$", re.I | re.S)
_NOT_WORD = re.compile(r"[^\w]+|_+")
_SPELLINGS = (
    (re.compile(r"\bd\.?\s?o\.?\s?b\b\.?", re.I), "dob"),
    (re.compile(r"\bd/b\b", re.I), "dob"),
    (re.compile(r"\bg[.]\s?p\b\.?", re.I), "gp"),
    (re.compile(r"\be[.]d[.]d\b\.?", re.I), "edd"),
    (re.compile(r"\be-mail\b", re.I), "email"),
    (re.compile(r"\bpost[\s-]code\b", re.I), "postcode"),
    (re.compile(r"\bgender/sex\b", re.I), "sex"),
    (re.compile(r"\bn\.?h\.?s\b\.?", re.I), "nhs"),
    (re.compile(r"\bfirst[\s-]name", re.I), "first name"),
    (re.compile(r"\bfull[\s-]name", re.I), "full name"),
    (re.compile(r"\bstep-", re.I), "step"),
)
_INDEX = re.compile(r"(?:\b|(?<=[a-z_]))(\d{1,2})\b|\b(one|two|three|four|five)\b", re.I)
_ORDINALS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5"}

_ORDINAL = re.compile(
    r"\b(?P<nth>first|second|third|fourth|fifth|1st|2nd|3rd|4th|5th) (?P<who>child|baby|sibling|adult|parent|carer|pupil|twin|young person|person)\b"
)
_NTH = {"first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5"}
_JOINED = (
    ("post code", "postcode"),
    ("e mail", "email"),
    ("d o b", "dob"),
    ("p code", "postcode"),
    ("p codes", "postcode"),
    ("n h s", "nhs"),
)

# labels of cards, signatures and notes that are one letter long or two
_LETTERS = {
    "e": "email", "t": "telephone", "m": "mobile", "dd": "direct dial", "mo": "mother",
    "fa": "father", "mgm": "grandmother", "mgf": "grandfather", "pgm": "grandmother",
    "pgf": "grandfather",
}  # fmt: skip

RELATIONS: dict[str, str] = {
    "mother": "mother mum mam mummy mom mums mothers",
    "father": "father dad daddy dads fathers",
    "stepmother": "stepmother stepmum stepmam",
    "stepfather": "stepfather stepdad",
    "grandmother": "grandmother nan gran grandma nana nanna granny mamgu nain",
    "grandfather": "grandfather grandad granddad grandpa tadcu taid",
    "aunt": "aunt auntie aunty",
    "uncle": "uncle",
    "foster carer": "foster",
    "mother's partner": "",
    "father's partner": "",
    "partner": "partner boyfriend girlfriend spouse fella",
    "husband": "husband",
    "wife": "wife",
    "guardian": "guardian",
    "lodger": "lodger",
    "cousin": "cousin",
    "great-grandmother": "",
    "family friend": "",
}
RELATION_WORDS = {word: relation for relation, words in RELATIONS.items() for word in words.split()}


def unnumbered(label: str) -> str:
    """A label without the number of its question ("1.4 Sex at birth")."""
    return _NUMBERING.sub("", label)


def normalise(label: str) -> str:
    """A label as lower-case words with one space between."""
    words = label[:200].replace("’", "'").replace("\u00a0", " ").replace("\u2011", "-")
    words = _NUMBERING.sub("", words)
    words = _AND_IF.sub("?", words)
    words = _WHO_BRACKET.sub(r" \1 ", words)
    words = _BRACKETS.sub(" ", words)
    for pattern, plain in _SPELLINGS:
        words = pattern.sub(plain, words)
    words = re.sub(r"D[oO]B(?![a-z])", "Dob", words)
    words = _CAMEL.sub(" ", words)
    words = _POSSESSIVE.sub("", words)
    plain = " ".join(_NOT_WORD.sub(" ", words).casefold().split())
    for parted, joined in _JOINED:
        plain = plain.replace(parted, joined) if parted in plain else plain
    plain = _ORDINAL.sub(lambda m: f"{m['who']} {_NTH.get(m['nth'], m['nth'][0])}", plain)
    return _LETTERS.get(plain, plain)


@lru_cache(maxsize=1)
def _lexicon() -> tuple[
    dict[Subject, list[re.Pattern[str]]], dict[str, list[tuple[str, int, re.Pattern[str]]]]
]:
    data = tomllib.loads(LEXICON.read_text(encoding="utf-8"))
    subjects = {
        Subject(name): [_compiled(phrase)[1] for phrase in phrases]
        for name, phrases in data["subjects"].items()
    }
    by_word: dict[str, list[tuple[str, int, re.Pattern[str]]]] = {}
    attributes = dict(data["attributes"]) | {"ignore": data["ignore"]["phrases"]}
    for attribute, phrases in attributes.items():
        for phrase in phrases:
            weight, pattern = _compiled(phrase)
            for first in phrase.removeprefix("=").split()[0].split("|"):
                by_word.setdefault(first, []).append((attribute, weight, pattern))
    return subjects, by_word


def lexicon_words() -> frozenset[str]:
    """Every word that labels are known by."""
    data = tomllib.loads(LEXICON.read_text(encoding="utf-8"))
    phrases = [p for part in ("subjects", "attributes", "ignore") for p in data[part].values()]
    return frozenset(re.findall(r"[^\W\d_]+", " ".join(p for of in phrases for p in of).casefold()))


def _compiled(phrase: str) -> tuple[int, re.Pattern[str]]:
    alone = phrase.startswith("=")
    bits = phrase.removeprefix("=").split()
    weight = sum(bit != "..." for bit in bits)
    out = ""
    for number, bit in enumerate(bits):
        if bit == "...":
            out += r"(?: \w+){0,8}?"
        else:
            out += (" " if number else "") + "(?:" + bit + ")"
    if alone:
        return weight, re.compile(r"\A" + out + r"\Z")
    return weight, re.compile(r"(?<!\w)" + out + r"(?!\w)")


@lru_cache(maxsize=4096)
def classify(label: str) -> Meaning:
    """What a label means. Pure; the words alone, without what stands around them."""
    words = normalise(label)
    if not words:
        return NO_LABEL
    bare = re.sub(r"[(\[](?!\s?\d{1,2}\s?[)\]])[^()\[\]]{0,80}[)\]]", " ", label[:200])
    bare = words if _ORDINAL.search(bare.casefold()) else bare
    index_match = _INDEX.search(_NUMBERING.sub("", bare).replace("_", " "))
    index = ""
    if index_match and not re.search(r"(?i)line\s?\d|address\s?\d|\d{3}|\d\s?(?:-|to)\s?\d", label):
        index = index_match[1] or _ORDINALS[index_match[2].lower()]
    words = re.sub(r"(?<=[a-z])(?=\d)", " ", words) if index else words
    plain = re.sub(r"\b\d{1,2}\b", " ", words) if index else words
    tokens = plain.split()
    plain = " ".join(tokens)
    subjects, by_word = _lexicon()
    best: _Hit | None = None
    for token in set(tokens):
        for attribute, weight, pattern in by_word.get(token, ()):
            match = pattern.search(plain)
            if match is None:
                continue
            # longer phrase first; then an ignored one; then the one that stands last
            ignored = attribute == "ignore"
            # one ignored word amid others says nothing ("Consent to step up")
            # or beside another ("Grade / designation")
            lone = ignored and weight == 1 and (len(tokens) > 2 or "/" in label)
            key = (weight - (0.5 if lone else 0.0), ignored, match.end())
            if best is None or key > best[:3]:
                best = (*key, attribute, match)
    if best is not None and best[3] in {"adults", "children"}:
        best = _more_exact(plain, best, by_word, bool(index)) or best
    relation = relation_in(plain)
    if not relation and re.search(r"\b(?:expectant|expecting|pregnant)\b", plain):
        relation = "mother"
    if relation == "guardian" and re.search(r"\b(?:parent|carer)s?\b", plain):
        relation = ""  # either of them
    subject = _subject(plain, best, subjects)
    if best is not None and best[3] in {"concern", "name", "school", "phone", "role"}:
        whole = _covering(plain, best[4], subjects)
        if whole is not None:
            best, subject = None, whole  # "Subject of concern" is a person
    if best is None:
        if subject is Subject.NONE:
            return NO_LABEL
        return Meaning("", subject, index, relation, 0, _named(plain, subjects))
    if subject is Subject.REFERRER and best[3] in _CARD and _asks_several(plain):
        return Meaning("name", subject, index, "", 2, 1.0)  # "Your name and role"
    rank, _, _, attribute, _ = best
    weight = round(rank + 0.1)
    if attribute == "ignore" and weight == 1 and subject is Subject.REFERRER:
        return Meaning("", subject, index, relation, 0, 1 / len(tokens))  # "Form completed by"
    if attribute == "concern" and subject and len(tokens) < 4 and best[4][0] in _OF_WHOM:
        return Meaning("", subject, index, relation, 0, _named(plain, subjects))  # "Mum's details"
    if len(tokens) > 14 and weight < 2:
        return NO_LABEL
    share = weight / len(tokens)
    if label.rstrip().endswith("?") or len(tokens) < 9:
        understood = _understood(plain, best, subjects, by_word, "/" in label)
        share = max(share, understood if understood >= 0.6 or label.rstrip().endswith("?") else 0)
    return Meaning(attribute, subject, index, relation, weight, share)


def _named(words: str, subjects: dict[Subject, list[re.Pattern[str]]]) -> float:
    """The part of a label's telling words that says whom it speaks of."""
    telling = [word for word in words.split() if word not in _FILLING]
    if not telling:
        return 1.0  # "Your details"
    if len(telling) > 5:
        return 1 / max(len(words.split()), 1)
    told = {
        word
        for phrases in subjects.values()
        for pattern in phrases
        for hit in pattern.finditer(words)
        for word in hit[0].split()
    }
    return max(sum(word in told for word in telling) / len(telling), 1 / len(words.split()))


def _understood(
    words: str,
    best: _Hit,
    subjects: dict[Subject, list[re.Pattern[str]]],
    by_word: dict[str, list[tuple[str, int, re.Pattern[str]]]],
    several: bool = False,
) -> float:
    """The part of a label's telling words that is understood: those of what it asks and of whom.
    A label parted by a stroke may ask `several` things."""
    told = set(best[4][0].split())
    rest = words[: best[4].start()] + " " + words[best[4].end() :]
    for phrases in subjects.values():
        for pattern in phrases:
            told.update(word for hit in pattern.finditer(rest) for word in hit[0].split())
    for token in rest.split():
        for attribute, weight, pattern in by_word.get(token, ()):
            if (attribute == best[3] or several) and weight == 1 and pattern.search(token):
                told.add(token)
    telling = [word for word in words.split() if word not in _FILLING]
    return sum(word in told for word in telling) / len(telling) if telling else 0.0


_OF_WHOM = frozenset({"details", "information"})
_CARD = frozenset({"name", "role", "agency", "phone", "email", "ignore"})
_ASKED = (
    r"\bname\b", r"\b(?:role|job|position|designation)\b",
    r"\b(?:phone|telephone|tel|mobile|contact)\b",
    r"\b(?:organisation|organization|agency|team|service)\b", r"\bemail\b",
)  # fmt: skip


def _asks_several(words: str) -> bool:
    """True for a label that asks for a whole person ("organisation, telephone and email")."""
    return " and " in words and sum(bool(re.search(cue, words)) for cue in _ASKED) > 1


_OF_ONE = frozenset(
    {"relationship", "dob", "edd", "given", "family", "phone", "email", "sex", "age", "nhs"}
    | {"upn", "school", "ethnicity", "language", "disability", "alias", "address", "postcode"}
)


_OF_ALL = frozenset({"consent", "informed", "consent_reason"})


def _more_exact(
    words: str,
    best: _Hit,
    by_word: dict[str, list[tuple[str, int, re.Pattern[str]]]],
    numbered: bool,
) -> _Hit | None:
    """What "Parent/carer 1 relationship" asks of that one person, not the list of them."""
    ahead = words[: best[4].start()] if best[3] == "adults" else " " * best[4].start()
    rest = ahead + " " * len(best[4][0]) + words[best[4].end() :]
    for token in words.split():
        for attribute, weight, pattern in by_word.get(token, ()):
            match = pattern.search(words) if attribute in _OF_ALL else None
            whole = match is not None and (
                weight >= best[0] or words.endswith(match[0]) or words.startswith(match[0])
            )
            match = match if whole else None
            if match:  # "Has consent been obtained from the parent/carer to share?"
                return (weight, False, match.end(), attribute, match)
    for token in rest.split():
        for attribute, weight, pattern in by_word.get(token, ()):
            match = pattern.search(rest)
            if match and (attribute in _OF_ONE or (attribute == "name" and numbered)):
                return (weight, False, match.end(), attribute, match)
    return None


def _subject(
    words: str,
    best: _Hit | None,
    subjects: dict[Subject, list[re.Pattern[str]]],
) -> Subject:
    rest = words
    if best is not None:
        match = best[4]
        if best[3] not in _WITH_SUBJECT:
            rest = words[: match.start()] + " " + words[match.end() :]
        if best[3] == "relationship" and re.search(r"\byour\b|\byou\b", rest):
            return Subject.REFERRER
        if best[3] == "role" and re.search(r"relation|know|connection", match[0]):
            return (
                Subject.ADULT
                if "their" in rest
                else (
                    Subject.REFERRER if re.search(r"\byou|referrer|caller", words) else Subject.NONE
                )
            )
    whole = words.replace("family name", " ").replace("familyname", " ")
    for said in (rest, whole) if best is not None and best[3] in _TAKES_IN else (rest,):
        found = _longest(said, subjects)
        if found is not None:
            return found[0]
    own = words if best is not None and best[3] == "age" else rest
    if re.search(r"\b(?:you|your|yours|me|i)\b", own):
        return Subject.REFERRER
    return Subject.NONE


def _covering(
    words: str, match: re.Match[str], subjects: dict[Subject, list[re.Pattern[str]]]
) -> Subject | None:
    """Whom a longer phrase speaks of that holds what was taken for a fact."""
    best: tuple[int, Subject] | None = None
    for subject, patterns in subjects.items():
        for pattern in patterns:
            for whole in pattern.finditer(words):
                inside = whole.start() <= match.start() and match.end() <= whole.end()
                length = len(whole[0].split())
                if inside and length > len(match[0].split()) and (best is None or length > best[0]):
                    best = (length, subject)
    return best[1] if best else None


def _longest(
    words: str, subjects: dict[Subject, list[re.Pattern[str]]]
) -> tuple[Subject, re.Match[str]] | None:
    """Whom words speak of: by the longest phrase; of one length, referrer, other, adult, child."""
    best: tuple[Subject, re.Match[str]] | None = None
    for subject in (Subject.REFERRER, Subject.OTHER, Subject.ADULT, Subject.CHILD):
        for pattern in subjects[subject]:
            match = pattern.search(words)
            if match and (best is None or len(match[0].split()) > len(best[1][0].split()) + (
                subject is not best[0])):  # fmt: skip
                best = (subject, match)
    return best


def relation_in(words: str) -> str:
    """The family relation that words name ("mum", "mother's partner"), plainly; "" if none."""
    lowered = words.casefold().replace("’", "'")
    lowered = re.sub(r"\b(step|grand|god|half)[\s-](?=[a-z])", r"\1", lowered)
    tokens = re.findall(r"[a-z]+(?:'s)?", lowered)
    bare = [token.removesuffix("'s") for token in tokens]
    for at, token in enumerate(bare):
        relation = RELATION_WORDS.get(token)
        if relation is None:
            continue
        owner = RELATION_WORDS.get(bare[at - 1]) if at else None
        if token in RELATIONS["partner"].split():
            after = lowered.split(token, 1)[1]
            if owner in {"mother", "father"}:
                return f"{owner}'s partner"
            of = re.match(r"\s(?:of|to)\s(?:the\s|child'?s?\s|her\s|his\s)*([a-z]+)", after)
            if of and RELATION_WORDS.get(of[1]) in {"mother", "father"}:
                return f"{RELATION_WORDS[of[1]]}'s partner"
        elif at + 1 < len(bare) and tokens[at] != bare[at] and RELATION_WORDS.get(bare[at + 1]):
            continue
        elif re.match(r"(?:'s)?\s(?:ex|former)\b", lowered.split(token, 1)[1]):
            return ""  # "Mother's ex-partner"
        elif (
            at + 1 < len(bare)
            and bare[at + 1] in RELATIONS["partner"].split()
            and (relation in {"mother", "father"})
        ):
            return f"{relation}'s partner"
        if token == "foster":
            return "foster carer"
        if at and bare[at - 1] == "great" and relation.startswith("grand"):
            return f"great-{relation}"
        if at and bare[at - 1] == "ex" and relation == "partner":
            return ""
        return relation
    return ""
