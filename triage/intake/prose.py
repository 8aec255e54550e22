"""People, addresses and facts named in running text. What is only likely is left out."""

from __future__ import annotations

import re
from datetime import date

from triage.intake import addresses
from triage.intake.dates import FoundDate, find_age, find_dates
from triage.intake.interpret import Gathered, Interpreter, Person, Reading, _nhs_note
from triage.intake.labels import Subject, relation_in
from triage.intake.people import NHS, UPN, is_organisation, name_runs, settle_case
from triage.intake.pieces import Piece

_RELATION = r"(?:(?:birth |step-?|half-?|foster |maternal |paternal |great[- ]?|biological |ex-?)*(?:mother|mum|mam|mummy|mom|father|dad|daddy|grandmother|grandfather|nan|nana|nanna|gran|grandma|grandad|granddad|grandpa|aunt|auntie|aunty|uncle|partner|boyfriend|girlfriend|husband|wife|stepdad|stepmum|stepfather|stepmother|guardian|carer|cousin|lodger))"
_BEFORE_ADULT = re.compile(
    rf"\b(?P<rel>{_RELATION}(?:['’]s\s(?:new\s|current\s|former\s)?(?:partner|boyfriend|girlfriend|husband|wife))?)"
    r"(?:\s(?:is|was|of (?:the )?(?:baby|child|children|both|all))?(?:\s?(?:called|named))?|\s?[,:(–-])?[\s,:(]*(?:is\s|said to be\s|called\s|named\s)?(?:(?:Mr|Mrs|Ms|Miss|Mx)\.?\s)?$",
    re.I,
)
_AFTER_ADULT = re.compile(
    rf"^\s?[,(–-]\s?(?:(?:who is|is|the|her|his|their|child['’]s|children['’]s|mum['’]s|mother['’]s|dad['’]s|father['’]s)\s)*(?P<rel>{_RELATION}(?:['’]s\s(?:partner|boyfriend|girlfriend))?)(?=\s?(?:[,).;:–-]|$|of\b|and\b|to\b|who\b|has\b|is\b|was\b|\())|^\s(?:is|was) (?:the|her|his|their)\s(?:[a-z]+['’]s\s)?(?P<rel2>{_RELATION}(?:['’]s\s(?:partner|boyfriend|girlfriend))?)\b",
    re.I,
)
_OWNER = re.compile(r"(?i)\b(?:mum|mother|mam|dad|father)['’]s\s(?:new\s|current\s|ex[- ]?)?$")
_SIBLING_BEFORE = re.compile(
    r"\b(?:(?:younger|older|little|big|baby|twin|half|step|elder|eldest|youngest)[\s-]?)*(?P<who>brother|sister|son|daughter|baby|sibling|boy|girl|child|pupil|student)s?(?:\s?[,:(])?\s?(?:is\s|called\s|named\s)?$",
    re.I,
)
_SIBLING_AFTER = re.compile(
    r"^\s(?:is|was) (?:her|his|their|the) (?:(?:younger|older|little|big|baby|twin|half|step|elder|eldest|youngest)[\s-]?)*(?P<who>brother|sister|son|daughter)\b|^\s?[,(]\s?(?:her|his|their|the) (?:(?:younger|older|little|big|baby|twin|half|step|elder|eldest|youngest)[\s-]?)*(?P<who2>brother|sister|son|daughter)\b",
    re.I,
)
_DOB_AFTER = re.compile(
    r"^[\s,;:(\[–-]*(?:who (?:is|was)\s)?(?:d\.?\s?o\.?\s?b\.?\s?(?:is)?|date of birth(?: is)?|born(?: on)?(?: the)?|b\.|birth date)?[\s:,(–-]*$",
    re.I,
)
_AGE_AFTER = re.compile(
    r"^\s?(?:[,(–-]\s?)?(?:(?:who|she|he) (?:is|was|['’]s)\s|is\s|aged?\s|now\s)?(?P<age>(?:about |around |approx\.? |nearly |almost |just |only )?\d{1,2}(?:\s?½)?(?:\s?(?:or|-|–|to)\s?\d{1,2})?(?:\s?-?(?:ish|years?|yrs?|months?|mths?|weeks?|wks?|days?|y/?o)(?:[\s-]?old)?)?)(?=\s?(?:[,).;–-]|$|and\b|in\b|at\b|\())",
    re.I,
)
_AGE_BEFORE = re.compile(
    r"(?P<age>\d{1,2})[\s-]?(?P<unit>years?|yrs?|months?|mths?|weeks?|wks?)[\s-]olds?,?\s(?:(?:boy|girl|child|son|daughter|brother|sister|baby|called|named|pupil|student)[\s,]*){0,3}$",
    re.I,
)
_YEAR_AFTER = re.compile(
    r"^\s?[,(–-]?\s?(?:(?:who )?(?:is|are)\s|a\s|is a\s|currently\s)*(?:in\s)?(?P<age>(?:year|yr)\s?(?:1[0-3]|[1-9])|y(?:1[0-3]|[1-9])|reception)\b",
    re.I,
)
_WORRY = re.compile(
    r"(?:\b(?:worr(?:y|ied)|concern(?:s|ed)?|referral|refer(?:ring)?|report|regarding|re|about|following up|message|letter|safeguarding)\b[\s:–-]*(?:\b(?:about|for|regarding|over|on|with|re|a|the|our|my|one of our|pupil|child|student|patient|boy|girl|young person|family|called|named|year \d+)\b[\s:,–-]*)*|^re\s?:?\s?)$",
    re.I,
)
_EDD = re.compile(
    r"(?i)\b(?:e\.?d\.?d\.?|due(?: date)?(?: is| on)?|expected (?:date of )?(?:delivery|to deliver)(?: is| on)?|baby is due(?: on)?|estimated due date)\b[\s:–(-]{0,6}$"
)
_PROFESSIONAL = re.compile(
    r"(?i)\b(?:dr|doctor|pc|dc|ds|sgt|sergeant|constable|nurse|midwife|worker|visitor|teacher|officer|head|headteacher|tutor|counsellor|gp|consultant|colleague|councillor|judge|solicitor|nursery manager|manager|lead|senco|dsl|rev|father|paramedic|dentist|sister)\.?[\s,(:]*$"
)
_PROFESSIONAL_AFTER = re.compile(
    r"(?i)^\s?[,(–-]\s?(?:(?:the|our|a|an|his|her|their|my|school|class|form|head|family|deputy|early help|specialist|duty)\s)*(?:teacher|nurse|midwife|health visitor|social worker|worker|officer|gp|doctor|dsl|senco|tutor|counsellor|manager|headteacher|practitioner|support worker|ta|teaching assistant|lead|key ?worker|consultant|paediatrician|youth worker)\b"
)
_STREET_AFTER = re.compile(
    r"^\s?(?:[A-Z][\w’'-]+\s){0,2}(?:Street|Road|Lane|Close|Avenue|Drive|Way|Court|Row|Terrace|Place|Square|Gardens|Grove|Crescent|Walk|Mews|Yard|Wharf|Buildings|Cottages?|House|Park|Hill|View|Rise|Green|Parade|Quay|Steps|Lodge|Flats?|Apartments?|Estate|School|Academy|College|Nursery|Surgery|Hospital|Infirmary|Primary|Infant|Junior|High|Medical|Health|Centre|Center|Council|Police|Services?|Homes|Housing|Family|Club|Practice|Trust|Team|Community|Constabulary|University|Church|Mosque)\b"
)
_ADDRESS_CUE = re.compile(
    r"(?i)\b(?:liv(?:es?|ed|ing)|resid(?:es?|ing)|stay(?:s|ing)|home(?: address)?(?: is)?|address(?:\s\w+){0,4}|house|based|lodg(?:es|ing)|them|her|him|reply|visit(?:ed)?|family|of|at|moved (?:in)?to)\b(?:[^.\n]{0,90}?\b(?:at|of|in|to|is))?\s*[:,–-]?\s*(?:at\s|of\s|is\s|in\s)?$"
)
_ADDRESS_START = re.compile(
    r"(?i)(?:\b(?:top|ground|first|second|third|basement|upper|lower|middle) (?:floor )?flat,? |\b(?:flat|apartment|apt|room|unit|caravan|berth|plot|suite|block|pitch|studio)\s\w{1,5},? |(?<!\d[/.-])\b\d{1,4}[a-z]?(?:-\d{1,4}[a-z]?)?,?[ \t]+(?=(?-i:[A-Z])))"
)
_LANGUAGES = "Polish|Romanian|Somali|Arabic|Urdu|Punjabi|Bengali|Gujarati|Hindi|Tamil|Portuguese|Spanish|French|Italian|German|Lithuanian|Latvian|Bulgarian|Hungarian|Czech|Slovak|Albanian|Turkish|Kurdish|Sorani|Kurmanji|Farsi|Persian|Dari|Pashto|Tigrinya|Amharic|Yoruba|Igbo|Hausa|Twi|Akan|Swahili|Lingala|Shona|Mandarin|Cantonese|Chinese|Vietnamese|Thai|Tagalog|Nepali|Sinhala|Malayalam|Telugu|Ukrainian|Russian|Greek|Dutch|Welsh|Irish|British Sign Language|BSL|Sylheti|Mirpuri|Pahari|Oromo|Ukrainian|Japanese|Korean|Hebrew|Yiddish|Georgian|Armenian|Serbian|Croatian|Bosnian|Krio|Wolof|Fula|Ndebele|Zulu|Afrikaans|Malay|Burmese|Roma(?:ni|nes)"
_LANGUAGE = re.compile(
    rf"\b(?:(?:speaks?|speaking|language(?: at home)?(?: is|:)?|mother tongue is|talk(?:s)? (?:only )?)\s(?:only\s|mainly\s|mostly\s|some\s)?(?P<a>{_LANGUAGES})|(?P<b>{_LANGUAGES})\s(?:is (?:the (?:main |first |home )?language(?: spoken)?|spoken|their first|her first|his first)|speaking|at home))\b"
)
_INTERPRETER = re.compile(
    rf"(?i)\b(?:(?P<no>(?:no|not|n[o’']t|without)\b[^.]{{0,20}}interpreter)|(?:need|needs|needed|require[sd]?|will need|want|wants|used|use|with|through|via)\b[^.]{{0,24}}\binterpreter|interpreter (?:is |was |will be )?(?:needed|required|used|necessary))\b"
)
_SCHOOL = re.compile(
    r"\b(?:attends?|attending|goes to|go to|pupils? (?:at|of)|students? at|enrolled at|on roll at|is at|in (?:Year|Reception|Y)\s?\d{0,2} (?:pupil )?at|I teach (?:[\w\s]{1,24} )?at|a (?:Year|Y) ?\d+ (?:pupil|student) at|Year \d+ (?:pupil |student )?at|\b[Ss]chool is|started at|moved to|nursery is)\s(?P<school>(?:the\s)?(?:[A-Z][\w’'.&-]*\s){1,6}?(?:[\w\s]{0,12})?(?:School|Academy|College|Nursery|Pre-?school|Primary|Infants?|Juniors?|High|Grammar|Playgroup|Kindergarten)(?:\s(?:School|Academy|College|Nursery))?)\b"
)
_CONDITION = r"(?:uses? (?:a |an )?(?:wheelchair|hearing aids?|walking frame|feeding tube|inhaler)|is (?:autistic|deaf|blind|non-?verbal|profoundly deaf|partially sighted|tube[- ]fed)|(?:has|have) (?:(?:a |an |the )?(?:diagnos\w+ of |severe |mild |moderate )*)(?:autism|ADHD|epilepsy|diabetes|cerebral palsy|Down['’]?s syndrome|learning (?:disability|disabilities|difficulties)|cystic fibrosis|hearing (?:loss|impairment|aids?)|visual impairment|a visual impairment|ASD|type 1 diabetes|spina bifida|muscular dystrophy|sickle cell(?: disease)?|hydrocephalus|an EHCP)(?: and (?:autism|ADHD|epilepsy|asthma|diabetes|ASD|learning (?:disability|difficulties)|hearing loss))?)"
_DISABILITY = re.compile(
    rf"\b(?P<who>[^\W\d_][\w’'\u0300-\u036f-]+)\s(?:also\s)?(?P<what>{_CONDITION})"
)
_ALIAS_AFTER = re.compile(
    r"^\s?[(,]?\s?(?:also |usually |often |sometimes )?(?:known (?:as|to (?:friends|us|everyone) as)|aka|a\.k\.a\.?|calls? (?:herself|himself|themselves)|goes by|nicknamed)\s[“\"'‘]?(?P<alias>[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+){0,3})[”\"'’]?"
)
_NAME = r"[^\W\d_a-z][\w’'\u0300-\u036f-]+"
_PARENTS = re.compile(
    rf"\b[Pp]arents(?: are| named|,|:)? (?:Mr )?(?P<one>{_NAME}) (?:and|&) (?:Mrs )?(?P<two>{_NAME}) (?P<family>{_NAME}(?:-{_NAME})?)"
)
_PR_AFTER = re.compile(
    r"(?i)^[^.;]{0,40}\b(?:who )?(?:holds?|has|have|with) (?:full |shared )?(?:parental responsibility|PR)\b"
)
_SEX = {"brother": "M", "son": "M", "boy": "M", "sister": "F", "daughter": "F", "girl": "F"}


class ProseReader:
    """Finds people and facts in running text and adds them to what was gathered."""

    def __init__(self, got: Gathered, interpreter: Interpreter) -> None:
        self.got = got
        self.dated = interpreter.dated
        self.mentioned: list[tuple[int, Person]] = []

    # --- addresses ---------------------------------------------------------------------------

    def address(self, piece: Piece) -> list[tuple[int, int]]:
        """Read the family's address; spans of all addresses, so no street becomes a name."""
        words = piece.text
        spans: list[tuple[int, int]] = []
        best: tuple[int, Piece, Piece] | None = None
        for match in addresses.POSTCODE.finditer(words):
            floor = max(
                words.rfind("\n\n", 0, match.start()),
                words.rfind(". ", 0, match.start()) + 1,
                match.start() - 160,
                0,
            )
            starts = list(_ADDRESS_START.finditer(words, floor, match.start()))
            start = None
            for candidate in starts:
                between = words[candidate.start() : match.start()]
                if re.search(r"(?i)\b(?:19|20)\d\d\b(?![A-Za-z])", between) or PHONE_LIKE.search(
                    between
                ):
                    continue
                start = candidate.start()
                break
            if start is None:
                spans.append(match.span())
                continue
            spans.append((start, match.end()))
            before = words[max(0, start - 110) : start]
            line = piece.cut(start, match.end())
            if is_organisation(
                words[max(0, start - 14) : start].rsplit("\n", 1)[-1]
            ) and not re.search(r"(?i)\b(?:liv\w+|address|home|family|stay\w+)\b", before[-30:]):
                continue
            if re.search(r"(?i)\b(?:I|I['’]m|we|my|our)\b[^.]{0,12}\b(?:live|address|house|flat|am|reside)\b[^.]{0,12}$", before):
                continue  # the writer's own
            rank = (
                0
                if re.search(
                    r"(?i)\b(?:liv(?:es?|ed|ing)|address|home|resid\w+|stay\w+)\b[^.]{0,70}$",
                    before,
                )
                else 1
                if _ADDRESS_CUE.search(before)
                else 2
            )
            if best is None or rank < best[0]:
                best = (rank, line, piece.of(match))
        if best is None:
            best = self._bare_address(piece, spans)
        if (
            best is not None
            and "line" not in self.got.facts
            and "postcode" not in self.got.facts
            and "address_withheld" not in self.got.facts
        ):
            line, town, postcode = addresses.parts_of(best[1])
            if line is not None:
                self.got.put("line", Reading(addresses.tidy_line(line.text), (line,), "letter"))
            if town is not None:
                self.got.put("town", Reading(town.text, (town,), "letter"))
            if postcode is not None:
                self.got.put(
                    "postcode",
                    Reading(addresses.tidy_postcode(postcode.text), (postcode,), "letter"),
                )
        return spans

    def _bare_address(
        self, piece: Piece, spans: list[tuple[int, int]]
    ) -> tuple[int, Piece, Piece] | None:
        words = piece.text
        for cue in re.finditer(
            r"(?i)\b(?:liv(?:es?|ing)(?: with [^.,;]{2,50})?,? (?:at|in)|(?:home )?address(?: we hold| we have| is)*\s?(?:is|:)|stay(?:s|ing) at|resid(?:es|ing) at|of)\s(?=(?:flat|apartment|room|caravan|\d))",
            words,
        ):
            if re.search(r"(?i)\b(?:I|we|my|our|I['’]m)\s*$", words[max(0, cue.start() - 12) : cue.start()]):
                continue
            rest = re.match(
                r"(?i)(?:(?:flat|apartment|room|caravan|unit)\s\w{1,4},?\s)?\d{1,4}[a-z]?\s(?:[A-Z][\w’'-]*,?\s?){1,5}",
                words[cue.end() :],
            )
            if rest and addresses._STREET.search(rest[0]):
                stop = re.search(
                    r"[,.;\n]|\s(?:and|with|who|is|was|has|but)\b",
                    words[cue.end() + rest.end() - 1 :],
                )
                del stop
                found = piece.cut(cue.end(), cue.end() + rest.end()).strip(" ,.")
                spans.append((found.start - piece.start, found.end - piece.start))
                return 1, found, found
        return None

    # --- people --------------------------------------------------------------------------------

    def people(
        self, piece: Piece, spans: list[tuple[int, int]], *, children: bool, weak: bool = True
    ) -> None:
        """Read the people named in a passage; children only where the letter is about them."""
        words = piece.text
        dates = list(find_dates(piece, self.got.today))
        runs = []
        spans = spans[:200]
        for run in name_runs(piece)[:3000]:
            start, end = run.start - piece.start, run.end - piece.start
            if any(a < end and start < b for a, b in spans) or _STREET_AFTER.match(
                words[end : end + 40]
            ):
                continue
            if re.search(r"\d[A-Za-z]?\s?$", words[max(0, start - 3) : start]) and not re.search(
                r"\d{4}\s?$", words[max(0, start - 5) : start]
            ):
                continue
            runs.append((run, words[max(0, start - 70) : start], words[end : end + 90], end))
        if children:
            self._unborn(piece, dates)
        for run, before, after, end in runs:
            self._one(piece, run, before, after, end, dates, children)
        if children and weak and not self.got.of(Subject.CHILD):
            self._weak_child(runs)
        if children:
            self._orphan_dob(piece, dates)
            self._numbers(piece)
        self._parents(piece)

    def _known(self, name: str) -> Person | None:
        plain = name.casefold().replace("’", "'")
        first = plain.split()[0]
        for person in self.got.people:
            full = (
                (
                    person.value("name")
                    or " ".join(filter(None, (person.value("given"), person.value("family"))))
                )
                .casefold()
                .replace("’", "'")
            )
            if not full:
                continue
            if plain == full or (" " not in plain and plain in {full.split()[0], full}):
                return person
            if " " in plain and full == first and person.subject is Subject.CHILD:
                return person
            if set(plain.split()) <= set(full.split()):
                return person
        return None

    def _one(
        self,
        piece: Piece,
        run: Piece,
        before: str,
        after: str,
        end: int,
        dates: list[FoundDate],
        children: bool,
    ) -> None:
        name = run.text
        if _PROFESSIONAL.search(before) and not re.search(
            r"(?i)\b(?:birth |step|grand)?(?:father|sister)[\s,(:]*$", before
        ):
            return
        if _PROFESSIONAL_AFTER.match(after):
            return
        known = self._known(name)
        dob = self._dob_after(piece, end, dates)
        relation_match = _BEFORE_ADULT.search(before)
        after_match = _AFTER_ADULT.match(after)
        relation = ""
        if relation_match:
            lead = _OWNER.search(before[: relation_match.start("rel")])
            relation = relation_in((lead[0] if lead else "") + relation_match["rel"])
        elif after_match:
            relation = relation_in(after_match["rel"] or after_match["rel2"] or "")
            if after_match["rel"] and re.match(
                r"(?i)^\s?,\s?" + re.escape(after_match["rel"]) + r"\s(?:is|was|has)\b", after
            ):
                relation = ""
        sibling = _SIBLING_BEFORE.search(before)
        sibling_after = _SIBLING_AFTER.match(after)
        if not relation and re.search(
            r"(?i)\b(?:liv(?:es?|ing)|stay(?:s|ing)) with (?:my|our) (?:daughter|son|sister|brother)[\s,]*$",
            before,
        ):
            person = Person(Subject.ADULT, ("prose", run.start))
            person.put("name", Reading(settle_case(name), (run,), "letter"))
            if self._known(name) is None:
                self._add(person, run)
            return
        grown = dob is not None and _age(dob.value, self.got.today) >= 18
        if known is not None:
            self.mentioned.append((run.start, known))
            if dob is not None and known.subject is Subject.CHILD and not grown:
                known.put("dob", self.dated(dob, "letter"))
            if known.subject is Subject.CHILD:
                if sibling_after and "sex" not in known.facts:
                    who = (sibling_after["who"] or sibling_after["who2"]).lower()
                    known.put("sex", Reading(_SEX[who], (run,), "letter"))
            elif known.subject is Subject.ADULT:
                if relation:
                    known.put("relationship", Reading(relation, (run,), "letter"))
                if len(name.split()) > len(known.value("name").split()):
                    known.facts["name"] = Reading(settle_case(name), (run,), "letter")
                if _PR_AFTER.match(after):
                    known.put("pr", Reading("yes", (run,), "letter"))
            return
        if relation == "partner" and re.search(r"(?i)\b(?:her|she|shes|she['’]s|mum|mother)\b[^.]{0,40}$", before) and not re.search(r"(?i)\bhis (?:\w+ )?(?:partner|girlfriend|wife)\b", before[-30:]):
            relation = "mother's partner"
        if re.match(r"^(?:\s?\([^)]{0,40}\))?,?\s(?:and|with) her (?:\w+ )?(?:children|kids|daughters?|sons?|baby)\b", after):
            relation = "mother"
        if relation and not (dob is not None and not grown):
            person = Person(Subject.ADULT, ("prose", run.start))
            person.put("name", Reading(settle_case(name), (run,), "letter"))
            person.put("relationship", Reading(relation, (run,), "letter"))
            if dob is not None and grown:
                person.put("dob", self.dated(dob, "letter"))
            if _PR_AFTER.match(after):
                person.put("pr", Reading("yes", (run,), "letter"))
            self._add(person, run)
            return
        if grown:
            person = Person(Subject.ADULT, ("prose", run.start))
            person.put("name", Reading(settle_case(name), (run,), "letter"))
            person.put("dob", self.dated(dob, "letter"))  # type: ignore[arg-type]
            self._add(person, run)
            return
        if not children:
            return
        age = _AGE_AFTER.match(after)
        if age and (
            int(re.search(r"\d+", age["age"])[0]) > 17
            and not re.search(r"(?i)month|week|day|mth|wk", age["age"])
        ):  # type: ignore[index]
            return
        if (
            age
            and re.match(r"\s?\d", after)
            and not re.search(r"(?i)year|yr|month|week|old", age["age"])
        ):
            age = None
        year = _YEAR_AFTER.match(after)
        early = _AGE_BEFORE.search(before)
        if dob is None and age is None and year is None and early is None:
            return
        person = Person(Subject.CHILD, ("prose", run.start))
        Interpreter(self.got).put_name(person, run, "letter")
        if dob is not None:
            person.put("dob", self.dated(dob, "letter"))
        base = run.end
        if age is not None:
            person.put("age", _reading_at(piece, base, age))
        elif year is not None and dob is None:
            person.put("age", _reading_at(piece, base, year))
        elif early is not None:
            at = run.start - len(before) + early.start("age")
            span = Piece(
                piece.sheet, at, at + len(early[0].rstrip().split(",")[0].split(" boy")[0])
            )
            found = find_age(span)
            if found is not None:
                person.put("age", Reading(found.text, (found,), "letter"))
        if sibling and (sex := _SEX.get(sibling["who"].lower())):
            person.put("sex", Reading(sex, (run,), "letter"))
        elif sibling_after:
            person.put(
                "sex",
                Reading(
                    _SEX[(sibling_after["who"] or sibling_after["who2"]).lower()], (run,), "letter"
                ),
            )
        if alias := _ALIAS_AFTER.match(after):
            span = Piece(piece.sheet, base + alias.start("alias"), base + alias.end("alias"))
            person.aliases.append(Reading(span.text, (span,), "letter"))
        self._add(person, run)

    def _add(self, person: Person, run: Piece) -> None:
        self.got.people.append(person)
        self.mentioned.append((run.start, person))

    def _dob_after(self, piece: Piece, end: int, dates: list[FoundDate]) -> FoundDate | None:
        for found in dates:
            at = found.piece.start - piece.start
            if end <= at <= end + 70:
                between = piece.text[end:at]
                if _DOB_AFTER.match(between):
                    if not re.search(r"(?i)dob|d\.o|birth|born|\bb\.", between) and not re.search(
                        r"[(,]", between
                    ):
                        return None
                    return found
                if re.match(
                    r"(?i)^\s?\([^()]{0,50}\b(?:born|dob|d\.o\.b|date of birth)\b[\s.:]*$", between
                ):
                    return found
                if re.match(
                    r"(?i)^[^.;()\n]{0,45}\b(?:his|her|their|whose) (?:dob|d\.o\.b\.?|date of birth|birthday)"
                    r"(?: is|:)?\s*$",
                    between,
                ):
                    return found
                return None
        return None

    def _weak_child(self, runs: list[tuple[Piece, str, str, int]]) -> None:
        """One whole name that the letter says it is about, when no child was surer."""
        for run, before, after, _ in runs:
            if len(run.text.split()) < 2 or len(run.text.split()) > 5:
                continue
            if (
                self._known(run.text)
                or not _WORRY.search(before)
                or is_organisation(run.text + after[:12])
            ):
                continue
            if re.search(
                r"(?i)\b(?:mr|mrs|ms|miss|mother|father|adult)\.?\s?$", before
            ) or _PROFESSIONAL_AFTER.match(after):
                continue
            person = Person(Subject.CHILD, ("prose", run.start))
            Interpreter(self.got).put_name(person, run, "letter")
            self._add(person, run)
            return

    def _unborn(self, piece: Piece, dates: list[FoundDate]) -> None:
        words = piece.text
        mention = re.search(
            r"(?i)\bunborn (?:baby|child|infant|twins?|bab(?:y|ies))?\s?(?:of\s)?", words
        )
        due = next(
            (
                d
                for d in dates
                if _EDD.search(
                    words[max(0, d.piece.start - piece.start - 40) : d.piece.start - piece.start]
                )
            ),
            None,
        )
        if (mention is None and due is None) or any(p.unborn for p in self.got.people):
            return
        if mention is None and not re.search(
            r"(?i)\b(?:pregnan\w+|unborn|baby|expecting|gestation|antenatal)\b", words
        ):
            return
        if mention is None and due is None:
            return
        person = Person(Subject.CHILD, ("unborn", piece.start), unborn=True)
        if due is not None:
            person.put("edd", self.dated(due, "letter"))
        if mention is not None and not re.search(r"(?i)of\s$", mention[0]):
            family = re.match(
                r"([A-Z][\w’'-]+)(?=\s*(?:[-–,(.:;]|$|\n|EDD|due|\())", words[mention.end() :]
            )
            if family:
                found = piece.cut(mention.end(), mention.end() + family.end())
                person.put("family", Reading(settle_case(found.text), (found,), "letter"))
        self.got.people.append(person)
        if mention is not None and re.search(r"(?i)twins", mention[0]):
            twin = Person(
                Subject.CHILD, ("unborn", piece.start + 1), dict(person.facts), unborn=True
            )
            self.got.people.append(twin)

    def _orphan_dob(self, piece: Piece, dates: list[FoundDate]) -> None:
        """A birth date said in a sentence of its own belongs to the only child there is."""
        kids = [p for p in self.got.of(Subject.CHILD) if not p.unborn]
        if len(kids) != 1 or "dob" in kids[0].facts:
            return
        words = piece.text
        for found in dates:
            at = found.piece.start - piece.start
            before = words[max(0, at - 60) : at].rsplit(".", 1)[-1] if "D.O.B" not in words[max(0, at - 12) : at] else words[at - 12 : at]
            if not re.search(r"(?i)\b(?:dob|d\.o\.b\.?|date of birth|born)\b(?: is| on|:)?\s*$", before):
                continue
            if name_runs(Piece(piece.sheet, found.piece.start - len(before), found.piece.start)):
                continue
            if re.search(rf"(?i)\b{_RELATION}\b", before) or not 0 <= _age(found.value, self.got.today) < 19:
                continue
            kids[0].put("dob", self.dated(found, "letter"))
            return

    def _parents(self, piece: Piece) -> None:
        """ "His parents are Ivan and Maria Petrov": two adults of one family name."""
        for match in _PARENTS.finditer(piece.text):
            for name in (f"{match['one']} {match['family']}", f"{match['two']} {match['family']}"):
                if self._known(name) is None:
                    person = Person(Subject.ADULT, ("prose", piece.start + match.start()))
                    first = "one" if name.startswith(match["one"]) else "two"
                    pieces = (piece.of(match, first), piece.of(match, "family"))
                    person.put("name", Reading(name, pieces, "letter"))
                    self._add(person, pieces[0])

    def _numbers(self, piece: Piece) -> None:
        """NHS and pupil numbers go to the child last named before them, in reach."""
        words = piece.text
        for kind, pattern in (("nhs", NHS), ("upn", UPN)):
            for match in pattern.finditer(words):
                if kind == "nhs" and not re.search(
                    r"(?i)nhs[^\d]{0,16}$", words[max(0, match.start() - 22) : match.start()]
                ):
                    continue
                at = piece.start + match.start()
                near = [
                    (start, person)
                    for start, person in self.mentioned
                    if start < at and at - start < 160
                ]
                if not near:
                    continue
                person = max(near, key=lambda one: one[0])[1]
                if person.subject is Subject.CHILD:
                    found = piece.of(match)
                    value = re.sub(r"\D", "", match[0]) if kind == "nhs" else match[0]
                    person.put(
                        kind,
                        Reading(
                            value,
                            (found,),
                            "letter",
                            note=_nhs_note(value) if kind == "nhs" else "",
                        ),
                    )

    # --- other facts -----------------------------------------------------------------------------

    def particulars(self, piece: Piece, *, letter: bool) -> None:
        """School, language, interpreter and disability said in running text."""
        words = piece.text
        kids = [p for p in self.got.of(Subject.CHILD) if not p.unborn]
        for match in _DISABILITY.finditer(words):
            found = piece.of(match, "what")
            child = next(
                (
                    p
                    for p in kids
                    if p.value("given").casefold().split()[:1] == [match["who"].casefold()]
                ),
                None,
            )
            if child is None and match["who"] in {"She", "He", "she", "he"} and len(kids) == 1:
                child = kids[0]
            if child is not None:
                child.put("disability", Reading(found.text, (found,), "words"))
        if not letter:
            return
        if kids and (match := _SCHOOL.search(words)):
            found = piece.of(match, "school")
            for child in (
                kids
                if len(kids) == 1
                or re.search(
                    r"(?i)\b(?:both|all|they|children|siblings|brothers|sisters)\b",
                    words[max(0, match.start() - 60) : match.start()],
                )
                else self._near(match.start() + piece.start, kids)
            ):
                child.put("school", Reading(found.text, (found,), "letter"))
        if (spoken := _LANGUAGE.search(words)) and kids:
            found = piece.of(spoken, "a" if spoken["a"] else "b")
            if "language" not in self.got.household:
                self.got.household["language"] = Reading(found.text, (found,), "letter")
        if (
            (needs := _INTERPRETER.search(words))
            and kids
            and "interpreter" not in self.got.household
        ):
            self.got.household["interpreter"] = Reading(
                "no" if needs["no"] else "yes", (piece.of(needs),), "letter"
            )

    def _near(self, at: int, kids: list[Person]) -> list[Person]:
        near = [
            (start, person)
            for start, person in self.mentioned
            if start < at and at - start < 120 and person in kids
        ]
        return [max(near, key=lambda one: one[0])[1]] if near else []


PHONE_LIKE = re.compile(r"\d{5,}")


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _reading_at(piece: Piece, base: int, match: re.Match[str]) -> Reading:
    found = Piece(piece.sheet, base + match.start("age"), base + match.end("age")).strip()
    return Reading(found.text, (found,), "letter")
