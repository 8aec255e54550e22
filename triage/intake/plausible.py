"""The last gate of the reader: what is no such thing on its face does not leave as a fact.

A fact that fails is never lost. Where its end is surely not part of it, that is taken off; else
the field says that it could not be read, with its place and why, and a person looks.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property, lru_cache, partial

from triage.domain.contact import Address, Adult, Child, Referrer
from triage.domain.draft import Draft, NotRead
from triage.domain.fact import NOT_SAID, Fact, FactState, Place, Unknown
from triage.domain.spelling import spell_long_day
from triage.intake import addresses
from triage.intake.addresses import POSTCODE
from triage.intake.choices import is_blank, yes_or_no
from triage.intake.dates import age_on
from triage.intake.labels import LEXICON, RELATION_WORDS, classify, lexicon_words, relation_in
from triage.intake.people import (
    EMAIL,
    LETTERS_AFTER,
    LISTS,
    PARTICLES,
    TITLES,
    is_organisation,
    is_post,
    is_role,
)
from triage.intake.running import day_of

AHEAD = timedelta(days=300)
"""How far before its birth a child is told of, at the most."""
OVERDUE = timedelta(days=120)
"""How long ago a child told of as unborn may have been expected: what arrives can be old."""
OLDEST = 25
"""Years of the oldest who is a child here: young people with a plan are served so long."""
_LEAST, _MOST = 10, 110  # years of an adult of the family: parents of ten are known

Judge = Callable[[str], str]  # the value as it may leave; "" where it may not

_LEADS = TITLES | RELATION_WORDS.keys()
_NAME = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f\u200c\u200d]|[ .,·’'‘ʼ`\-\u2010-\u2013\u00a0])+")
_EDGES = " \t\u00a0,;:|*•·–—-"
# what is surely no part of a name: "2) ", " b." of "b. 1950", " (mother)", ", 7", " “Kit”"
_BEFORE = re.compile(r"^\(?\d{1,2}[.)]\s+")
_AFTER = re.compile(
    r"(?i)(?:\s(?:b|d\.?o\.?b|born|aged?)\.?|\s?\([^()]*\)|\s[“\"‘'][^“”\"]+[”\"’']"
    r"|[\s,]\d{1,2}(?:\s?(?:yrs?|years?|y|m|mths?|months?)(?: old)?)?)$"
)
_REGISTER = re.compile(r"(?<=[a-z]),? [BCDFGHJ-NP-TV-XZ]{3,8}$")  # "Ife Sands RGN"
_TURNED = re.compile(r"([^\W\d_][\w’'-]+) ([^\W\d_a-z]\.)$")  # "Osgood P."
# what a machine would run, typed as a name: it is shown as it is, in plain letters
_CODE = re.compile(r"=\w+\(|<\w+>")
_SENTENCE = re.compile(r"[a-z]{3,}[)”\"’]?[.!?]\s+[A-Z“\"‘]")
_ENDED = re.compile(r"[a-z]{3,}[.!?][”\"’]?$")
_RUNS_ON = re.compile(
    r"(?i)(?:and|or|but|who|whom|whose|which|that|because|if|when|while|where|is|was|are|were|has"
    r"|have|had|with|i|we|you|he|she|they|it|this|these|there|please|also|not|no)\b(?!-)"
)
_FORM_TITLE = re.compile(
    r"(?i)(?:(?:\w+ ){0,2}(?:notification|referral|report|request|notice|record|alert)s? "
    r"(?:of|to|for|form)\b|.*\b(?:referral|notification|request|report|record|alert) form$)"
)
_BODIES = frozenset(
    {"agency", "organisation", "organization", "service", "team", "setting", "school"}
)
_CAMELS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_CAMEL = re.compile(r"[A-Z][a-z]+[A-Z][a-z]{2,}\w*")
_YOUNG = re.compile(
    r"(?i)\d|½|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen)\b|baby|born"
    r"|toddler|infant|child|teen|napp|nursery|reception|pre-?school|year|month|week|day|young"
)
_BEFORE_BIRTH = re.compile(
    r"(?i)\bunborn\b|\bpre-?birth\b|\bantenatal\b|\be\.?d\.?[dc]\b|\bdue date\b|\bgestation\b"
    r"|\bdate of (?:delivery|confinement)\b"
)
_NEWBORN = re.compile(
    r"(?i)\bnew-?born\b|\bborn (?:today|this morning)\b|\bdelivered\b|\bmaternity\b"
)
_OFFICE = re.compile(
    r"(?i)\b(?:police station|(?:civic|health|medical) cent(?:re|er)|council offices?"
    r"|(?:town|county) hall|p\.?o\.? box|nhs)\b"
)
_TELLS = re.compile(r"\b(?:is|are|was|were|has|have|had|he|she|they|his|her|who|because)\b")
_WHOLE_WORD = re.compile(r"(?<![\w@./’'-])[^\W\d_][\w’']*(?![\w@/-]|\.\w)")
_FOREIGN = re.compile(r"@|\d{5}|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|https?:")
_COUNTED = re.compile(r"(?i)\d\s?(?:\+\s?\d|½|m|w|d)|month|week|day|mth|wk")
_I = re.compile(r"(?<![\w.’'/-])i(?=[ ’'](?!\.e))")


@lru_cache(maxsize=2)
def _listed(kind: str) -> frozenset[str]:
    """The "given" or "family" names of `resources/names`, without accents."""
    path = LEXICON.parent.parent / "names" / f"{kind}.csv"
    return frozenset(path.read_text(encoding="utf-8").split()[1:])


def _is_given(word: str) -> bool:
    return _bare(word) in _listed("given")


def _is_borne(word: str) -> bool:
    return (bare := _bare(word)) in _listed("given") or bare in _listed("family")


@lru_cache(maxsize=1)
def _of_forms() -> frozenset[str]:
    """Words that forms are made of: those of labels and answers, and what is done with people."""
    return frozenset({*lexicon_words(), *LISTS["not_names"], *LISTS["never_names"]}) - PARTICLES


def _bare(word: str) -> str:
    word = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in word if c.isalpha())


def _is_of_forms(word: str) -> bool:
    return len(word) > 1 and word.casefold() in _of_forms() and not _is_borne(word)


def _is_key(word: str) -> bool:
    """True for a machine's name of a field ("legalForename")."""
    bits = _CAMELS.findall(word) if word.isascii() and word.isalpha() else []
    return len(bits) > 1 and any(_is_of_forms(bit) for bit in bits)


def _asks(value: str) -> bool:
    """True for words that ask for a fact and give none ("Main language")."""
    meaning = classify(value)
    if value.strip(" ?:").casefold() in _BODIES or "?" in value:
        return True
    named = is_organisation(value) and meaning.attribute in {"ignore", "school"}
    return bool(meaning.attribute) and meaning.share >= 0.75 and not named


def _words(value: str) -> list[str]:
    return re.findall(r"[^\W\d_][^\s\-\u2010-\u2013,.]*", value)


class _Writing:
    """How the words of an arrival are written, to tell a name from a common word."""

    def __init__(self, draft: Draft) -> None:
        self.texts = {part.name: part.text for part in draft.parts}
        self.before_birth = any(_BEFORE_BIRTH.search(text) for text in self.texts.values())
        self.newborn = any(_NEWBORN.search(text) for text in self.texts.values())
        self.informal = any(_I.search(text) for text in self.texts.values())

    def common(self, word: str) -> bool:
        """True for a word that no list of names has and that stands elsewhere in small letters."""
        if self.informal or len(word) < 3 or not word[0].isupper() or _is_borne(word):
            return False
        return word.lower() in self._small

    @cached_property
    def _small(self) -> frozenset[str]:
        """The words in small letters, without those of addresses of mail and of the web."""
        return frozenset(
            word
            for text in self.texts.values()
            for word in _WHOLE_WORD.findall(text)
            if word.islower()
        )

    def amid(self, place: Place) -> bool:
        """True where the words stand in the run of a sentence."""
        text = self.texts.get(place.part, "")
        if place.start is None or place.end is None:
            return False
        before, after = text[: place.start][-20:], text[place.end : place.end + 20]
        return bool(re.search(r"[a-z]{2,}[ ]$", before) or re.match(r"[ ][a-z]{2,}", after))


def _one_line(most: int, value: str) -> str:
    """A short text that is no sentence, no bare yes or no, and has no number or address in it."""
    value = value.strip(" \t;:|*•")
    if len(value) > most or "\n" in value or _SENTENCE.search(value) or _FOREIGN.search(value):
        return ""
    bare = len(value.split()) < 3 and bool(yes_or_no(value))
    return value if any(c.isalnum() for c in value) and not bare else ""


def _words_of(most: int, value: str) -> str:
    value = _one_line(most, value)
    return "" if not value or is_blank(value) or _asks(value) or _is_key(value) else value


def _relationship(value: str) -> str:
    titled = value.strip(". ").casefold() in TITLES - {"sister"}
    return "" if titled or is_organisation(value) else _one_line(80, value)


def _language(value: str) -> str:
    return "" if re.search(r"\d", value) or is_organisation(value) else _words_of(70, value)


def _trimmed(value: str) -> str:
    words, was = value[:200], ""  # what is longer is no name
    while words != was:
        was = words
        words = _AFTER.sub("", LETTERS_AFTER.sub("", _BEFORE.sub("", words))).strip(_EDGES)
    return _TURNED.sub(r"\2 \1", words) if len(words.split()) == 2 else words


def _name(writing: _Writing, most: int, places: tuple[Place, ...], value: str) -> str:
    if _CODE.match(value):
        return value
    words = _trimmed(value)
    if not _NAME.fullmatch(words) or len(words) > 70 or is_blank(words):
        return ""
    tokens = _words(words)
    while len(tokens) > 1 and tokens[0].strip(".").casefold() in _LEADS:
        tokens = tokens[1:]  # "Aunty Grace"
    if not tokens or len(words.split()) > most or max(map(len, tokens)) > 30:
        return ""
    if len(tokens) > 2 and addresses._STREET.fullmatch(tokens[-1]) and not _is_given(tokens[0]):
        return ""  # "Oxbow Mill Lodge"
    for token in tokens:
        if (token.casefold() in PARTICLES or token == "or") and len(tokens) > 1:
            continue  # "Robbie or Robin"
        org = is_organisation(token) and not _is_borne(token)
        if org or _is_of_forms(token) or _is_key(token) or writing.common(token):
            return ""
        small = token[0].islower() and not writing.informal and not _is_borne(token)
        if small and any(writing.amid(place) for place in places):
            return ""
    return words


def _alias(value: str) -> str:
    words = value.strip(_EDGES + "“”\"'‘’").strip()
    if "\n" in words or len(words) > 50 or len(words.split()) > 5 or is_blank(words):
        return ""
    none = not any(c.isalpha() for c in words)
    return "" if none or all(_is_of_forms(word) for word in _words(words)) else words


def _referrer_name(writing: _Writing, value: str) -> str:
    words = _REGISTER.sub("", _trimmed(value))
    tokens = _words(words)
    if not tokens or len(words) > 70 or len(tokens) > 7 or re.search(r"[&\n/@<>=]", words):
        return ""
    last = tokens[-1]
    alone = len(tokens) == 1 and writing.common(last)
    if (alone or is_organisation(last)) and not _is_borne(last):
        return ""
    keyed = any(map(_is_key, tokens)) or "?" in words
    return "" if keyed or (_is_of_forms(last) and not is_role(last)) else words


def _body(most: int, value: str) -> str:
    """A school, an agency: its first line where that names one."""
    first, _, rest = value.partition("\n")
    if rest and is_organisation(first):
        value = first.strip(_EDGES)
    value = _words_of(most, value)
    if not value or _RUNS_ON.match(value) or _FORM_TITLE.match(value):
        return ""
    known = is_organisation(value) or re.search(r"(?i)educat|exclu", value)
    if not known and all(_is_of_forms(word) for word in _words(value)):
        return ""
    return "" if is_post(value) else value


def _school(value: str) -> str:
    value = _body(90, value)
    person = value.split(" ")[0].strip(".").casefold() in TITLES - {"sir", "lady", "lord"}
    return "" if person or re.fullmatch(r"(?i)(?:year|yr|y)\s?\d{1,2}", value) else value


def _role(value: str) -> str:
    value = _one_line(90, value)
    if not any(c.isalpha() for c in value) or _CAMEL.fullmatch(value):
        return ""
    if not is_role(value) and not relation_in(value):
        asks = _asks(value) or _is_key(value)
        return "" if asks or (_RUNS_ON.match(value) and len(value.split()) < 3) else value
    return value


def _line(value: str) -> str:
    words = value.strip(_EDGES)
    if len(words) > 120 or _SENTENCE.search(words) or is_blank(words) or len(words.split()) > 14:
        return ""
    if not any(c.isalpha() for c in words) or (_ENDED.search(words) and len(words.split()) > 6):
        return ""
    if _OFFICE.search(words) or "@" in words or _TELLS.search(words):
        return ""
    placed = addresses._STREET.search(words) or re.search(r"\d", words) or len(words.split()) <= 4
    return words if placed and not _RUNS_ON.match(words) else ""


def _age(value: str) -> str:
    number = re.search(r"\d+", value)
    if len(value) > 60 or "\n" in value or re.match(r"0\d", value) or not _YOUNG.search(value):
        return ""
    if number and int(number[0]) > OLDEST and not _COUNTED.search(value):
        return ""
    return value


def _account(value: str) -> str:
    """A disability or need, in some words of its own; no part of a letter."""
    if len(value) > 300 or is_blank(value):
        return ""
    lines = value.split("\n")
    of_more = len(lines) > 1 and any(
        is_blank(line) or re.match(r"[A-Z][\w ]{2,30}:", line.strip()) for line in lines
    )
    return "" if of_more else value


def _phone(value: str) -> str:
    words = value.strip(_EDGES) if len(value) <= 60 else ""
    if words.count("(") != words.count(")"):  # "0808 157 0199 (24", of a bracket that is cut
        words = re.sub(r"\s*\(\d{0,3}$|^\((?=[^)]*$)|(?<=\d)\)$", "", words).strip(_EDGES)
    return words if 3 <= sum(c.isdigit() for c in words) <= 20 else ""


def _email(value: str) -> str:
    return value if EMAIL.fullmatch(value) else ""


def _postcode(value: str) -> str:
    return value if POSTCODE.fullmatch(value) else ""


def _nhs(value: str) -> str:
    return value if re.fullmatch(r"\d{10}", value) else ""


def refused(fact: Fact, what: str, why: str = "") -> Fact:
    """A field that could not be read for certain: without a value, with its place and why."""
    said = " ".join(fact.value.split())
    said = said if len(said) <= 60 else f"{said[:58]}…"
    why = why or f"“{said}” stands where {what} would, and does not look like one"
    return Fact(
        unknown=Unknown.UNREADABLE,
        state=FactState.TO_CHECK,
        places=fact.places,
        note=f"{why}. Nothing was filled in: look at the original.",
    )


def _weigh(fact: Fact, judge: Judge, what: str) -> Fact:
    if not fact.known:
        return fact
    value = judge(fact.value)
    if not value:
        return refused(fact, what)
    return fact if value == fact.value else replace(fact, value=value)


def _dated(fact: Fact, what: str, first: date, last: date) -> Fact:
    if not fact.known:
        return fact
    day = fact.as_date
    if day is None or not first <= day <= last:
        told = spell_long_day(day) if day else "What stands here"
        return refused(fact, what, f"{told} can't be {what} of somebody here")
    return fact


def weighed(draft: Draft) -> Draft:
    """The draft with no fact in it that is implausible on its face. Gives the same when asked
    again; never raises."""
    writing = _Writing(draft)
    arrived = day_of(draft.received_at)
    content = draft.content
    adults = [_adult(one, writing, arrived) for one in content.adults]
    births = {one.dob.value for one in adults if one.dob.known}
    children = _own_numbers([_child(one, writing, arrived, births) for one in content.children])
    families = _family_names(children, adults)
    children = [_named_by_family(one, families) for one in children]
    adults = [_not_by_family(one, families) for one in adults]
    nobody = [_unread_of(one) for one in children if _is_nobody(one)]
    nobody += [one.name for one in adults if _unread(one.name)]
    lost = [_not_read(fact, draft.file, "No person was made of it.") for fact in nobody]
    for child in children:
        lost += [_not_read(alias, draft.file) for alias in child.aliases if _unread(alias)]
    return replace(
        draft,
        content=replace(
            content,
            referrer=_referrer(content.referrer, writing),
            children=tuple(
                replace(one, aliases=tuple(a for a in one.aliases if not _unread(a)))
                for one in children
                if not _is_nobody(one)
            ),
            adults=tuple(one for one in adults if not _unread(one.name)),
            address=_address(content.address),
        ),
        not_read=(*draft.not_read, *lost),
    )


def _unread(fact: Fact) -> bool:
    return fact.unknown is Unknown.UNREADABLE


def _not_read(fact: Fact, file: str, more: str = "") -> NotRead:
    place = fact.places[0] if fact.places else Place(file=file)
    return NotRead(place=place, what="A name in it", why=f"{fact.note} {more}".strip())


def _unread_of(child: Child) -> Fact:
    return next(f for f in (child.given, child.family, *child.aliases, child.dob) if _unread(f))


def _is_nobody(child: Child) -> bool:
    """True for a child of whom nothing is left that tells who it is."""
    tells = (child.given, child.dob, child.edd, child.age_text, child.nhs_number, child.upn,
             child.sex, child.school, *child.aliases)  # fmt: skip
    if child.unborn or any(fact.known for fact in tells):
        return False
    unread = any(map(_unread, (child.given, child.family, *child.aliases, child.dob)))
    return unread and (not child.family.known or _unread(child.given))


def _family_names(children: list[Child], adults: list[Adult]) -> set[str]:
    """The family names borne in the draft, plainly."""
    whole = [one.name.value.split() for one in adults if one.name.known]
    names = {_bare(words[-1]) for words in whole if len(words) > 1}
    return names | {_bare(one.family.value) for one in children if one.family.known}


def _named_by_family(child: Child, families: set[str]) -> Child:
    """The child whose one name is a family name of those about it, as what it is."""
    given, family = child.given, child.family
    if given.known and family.known:
        words = given.value.split()
        if len(words) > 1 and _bare(words[-1]) == _bare(family.value):  # "Kofi Mensah", "Mensah"
            return replace(child, given=replace(given, value=" ".join(words[:-1])))
    bare = _bare(given.value)
    if given.known and not family.known and bare in families and bare not in _listed("given"):
        return replace(
            child,
            given=refused(given, "", f"“{given.value}” is a family name here"),
            family=given if not _unread(family) else family,
        )
    return child


def _not_by_family(adult: Adult, families: set[str]) -> Adult:
    """The adult, unread where they are known by one word only that is no first name."""
    bare = _bare(adult.name.value)
    single = adult.name.known and len(adult.name.value.split()) == 1
    if (
        not single
        or adult.relationship.known
        or (bare in _listed("given") and bare not in families)
    ):
        return adult
    return replace(adult, name=refused(adult.name, "a person's name"))


def _adult(adult: Adult, writing: _Writing, arrived: date) -> Adult:
    years = partial(_years_before, arrived)
    return replace(
        adult,
        name=_weigh(adult.name, partial(_name, writing, 8, adult.name.places), "a person's name"),
        relationship=_weigh(adult.relationship, _relationship, "a relationship"),
        dob=_dated(adult.dob, "the birth date", years(_MOST), years(_LEAST)),
        phone=_weigh(adult.phone, _phone, "a telephone number"),
    )


def _years_before(day: date, years: int) -> date:
    return day - timedelta(days=round(365.25 * years))


def _child(child: Child, writing: _Writing, arrived: date, births: set[str]) -> Child:
    given = _weigh(child.given, partial(_name, writing, 5, child.given.places), "a first name")
    family = _weigh(child.family, partial(_name, writing, 5, child.family.places), "a family name")
    if _misshapen(child.given) or _misshapen(child.family):  # both of one name, wrongly parted
        given = refused(given, "a first name") if given.known else given
        family = refused(family, "a family name") if family.known else family
    child = _birth(child, writing, arrived, births)
    return replace(
        child,
        given=given,
        family=family,
        aliases=tuple(_weigh(alias, _alias, "another name") for alias in child.aliases),
        age_text=_weigh(child.age_text, _age, "a child's age"),
        nhs_number=_weigh(child.nhs_number, _nhs, "an NHS number"),
        school=_weigh(child.school, _school, "a school"),
        gp=_weigh(child.gp, partial(_one_line, 140), "a surgery"),
        ethnicity=_weigh(child.ethnicity, partial(_words_of, 90), "an ethnicity"),
        language=_weigh(child.language, _language, "a language"),
        disability=_weigh(child.disability, _account, "a need"),
    )


def _misshapen(fact: Fact) -> bool:
    if not fact.known or _CODE.match(fact.value):
        return False
    words = _trimmed(fact.value)
    return not _NAME.fullmatch(words) or not any(c.isalpha() for c in words)


def _birth(child: Child, writing: _Writing, arrived: date, births: set[str]) -> Child:
    """The child with a birth that fits: an unborn one has no date and no number of its own, and
    nobody's mother or father is born on their day."""
    born, due = child.dob.as_date, child.edd.as_date
    if born and arrived + timedelta(days=1) < born <= arrived + AHEAD and not child.edd.known:
        ahead = replace(
            child.dob,
            state=FactState.TO_CHECK,
            note="It was written as a birth date and lies ahead, so it is when the baby is due.",
        )
        moved = replace(child, dob=NOT_SAID, edd=ahead, unborn=True)
        return _birth(moved, writing, arrived, births)
    dob, nhs = child.dob, child.nhs_number
    years = age_on(born, arrived) if born else 0
    if writing.before_birth and not (child.given.known or child.family.known) and years > _LEAST:
        child = replace(child, unborn=True)  # its mother's, where no child has a name
    expected = child.unborn or (due is not None and due > arrived)
    if born and expected and (due is None or born < due - AHEAD):
        dob = refused(dob, "", "A baby that is not born has no birth date yet, so it is another's")
    elif born and dob.value in births and years > _LEAST:
        dob = refused(dob, "", "An adult here has the same birth date, so it may be theirs")
    elif born == arrived and not writing.newborn:
        dob = refused(dob, "", "It is the day on which this arrived, so it may be the form's date")
    if nhs.known and expected and not (born and dob.known):
        nhs = refused(nhs, "", "A baby that is not born has no NHS number yet, so it is another's")
    first = _years_before(arrived, OLDEST + 1)
    return replace(
        child,
        dob=_dated(dob, "the birth date", first, arrived + timedelta(days=1)),
        edd=_dated(child.edd, "the due date", arrived - OVERDUE, arrived + AHEAD),
        nhs_number=nhs,
    )


def _own_numbers(children: list[Child]) -> list[Child]:
    """The children without an NHS number that stands for two of them."""
    held = Counter(child.nhs_number.value for child in children if child.nhs_number.known)
    why = "Two children have this NHS number"
    return [
        replace(child, nhs_number=refused(child.nhs_number, "", why))
        if held[child.nhs_number.value] > 1
        else child
        for child in children
    ]


def _referrer(referrer: Referrer, writing: _Writing) -> Referrer:
    sure = replace(
        referrer,
        name=_weigh(referrer.name, partial(_referrer_name, writing), "the referrer's name"),
        role=_weigh(referrer.role, _role, "the referrer's job"),
        agency=_weigh(referrer.agency, partial(_body, 100), "the referrer's agency"),
        phone=_weigh(referrer.phone, _phone, "a telephone number"),
        email=_weigh(referrer.email, _email, "an email address"),
    )
    code = referrer.source_code
    told = {fact.places for fact in (sure.role, sure.agency) if _unread(fact)}
    rested = told and not (sure.role.known or sure.agency.known)
    if code.known and rested and any(code.places[0] in places for places in told if code.places):
        why = "It would rest on words that could not be read for certain"
        return replace(sure, source_code=refused(code, "", why))
    return sure


def _address(address: Address) -> Address:
    return replace(
        address,
        line=_weigh(address.line, _line, "an address"),
        town=_weigh(address.town, partial(_words_of, 60), "a town"),
        postcode=_weigh(address.postcode, _postcode, "a postcode"),
        phone=_weigh(address.phone, _phone, "a telephone number"),
    )
