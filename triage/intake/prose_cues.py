"""How running text names people and their facts: the patterns alone.

Each is linear in the text: gaps are bounded, and nothing repeats inside a repeat.
"""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

import re

RELATION = r"(?:(?:birth |step[- ]?|half-?|foster |maternal |paternal |great[- ]?|biological |ex-?)*(?:mother|mum|mam|mummy|mom|father|dad|daddy|grandmother|grandfather|nan|nana|nanna|gran|grandma|grandad|granddad|grandpa|aunt|auntie|aunty|uncle|partner|boyfriend|girlfriend|fella|husband|wife|stepdad|stepmum|stepfather|stepmother|guardian|carer|cousin|lodger))"
BEFORE_ADULT = re.compile(
    rf"\b(?P<rel>{RELATION}(?:['’]s\s(?:new\s|current\s|former\s)?(?:partner|boyfriend|girlfriend|husband|wife))?)"
    r"(?:\s?\([^()\n]{3,40}\))?(?:\s(?:is|was|(?:may|might|must) be|of (?:the )?(?:baby|child|children|both|all))?(?:\s?(?:called|named))?|\s?[,:(–-])?[\s,:(]*(?:(?:is|was)\s(?:reported|said|believed|thought|understood|known|named)\s(?:to be|as)\s|is\s|said to be\s|called\s|named\s)?(?:(?:Mr|Mrs|Ms|Miss|Mx)\.?\s)?$",
    re.I,
)
AFTER_ADULT = re.compile(
    rf"^\s?[,(–-]\s?(?:(?:who is|is|the|her|his|their|child['’]s|children['’]s|mum['’]s|mother['’]s|dad['’]s|father['’]s)\s)*(?P<rel>{RELATION}(?:['’]s\s(?:partner|boyfriend|girlfriend))?)(?=\s?(?:[,).;:–-]|$|of\b|and\b|to\b|who\b|has\b|is\b|was\b|\((?!(?-i:[A-Z]))))|^\s(?:is|was) (?:the|her|his|their)\s(?:[a-z]+['’]s\s(?!(?:new |current )?(?:partner|boyfriend|girlfriend)\b))?(?P<rel2>{RELATION}(?:['’]s\s(?:new\s|current\s)?(?:partner|boyfriend|girlfriend))?)\b",
    re.I,
)
OWNER = re.compile(r"(?i)\b(?:mum|mother|mam|dad|father)['’]s\s(?:new\s|current\s|ex[- ]?)?$")
SIBLING_BEFORE = re.compile(
    r"\b(?:(?:younger|older|little|big|baby|twin|half|step|elder|eldest|youngest)[\s-]?)*(?P<who>brother|sister|son|daughter|baby|sibling|boy|girl|child|pupil|student)s?(?:\s?[,:(])?\s?(?:is\s|called\s|named\s)?$",
    re.I,
)
SIBLING_AFTER = re.compile(
    r"^\s(?:is|was) (?:her|his|their|the) (?:(?:younger|older|little|big|baby|twin|half|step|elder|eldest|youngest)[\s-]?)*(?P<who>brother|sister|son|daughter)\b|^\s?[,(]\s?(?:her|his|their|the) (?:(?:younger|older|little|big|baby|twin|half|step|elder|eldest|youngest)[\s-]?)*(?P<who2>brother|sister|son|daughter)\b",
    re.I,
)
DOB_AFTER = re.compile(
    r"^[\s,;:(\[*•·–-]*(?:who (?:is|was)\s)?(?:d\.?\s?o\.?\s?b\.?\s?(?:is)?|date of birth(?: is)?|born(?: on)?(?: the)?|b\.|birth date)?[\s:,(–-]*(?:the )?$",
    re.I,
)
AGE_AFTER = re.compile(
    r"^\s?(?:[,(–-]\s?)?(?:(?:he|she|they|I|we|caller) (?:thinks?|reckons?|believes?|guess(?:es)?|says?)\s|(?:who|she|he)(?: is| was|['’]?s)\s|is\s|aged?\s|now\s)?(?P<age>(?:about |maybe |perhaps |probably |['’]?bout |around |approx\.? |nearly |almost |just |only )?\d{1,2}(?:\s?½)?(?:\s?(?:or|-|–|to)\s?\d{1,2})?(?:\s?-?(?:ish|years?|yrs?|months?|mths?|weeks?|wks?|days?|y/?o)(?:[\s-]?old)?)?)(?=\s?(?:[,).;–-]|$|and\b|in\b|at\b|\()|\n)",
    re.I,
)
AGE_BEFORE = re.compile(
    r"(?P<age>\d{1,2})[\s-]?(?P<unit>years?|yrs?|months?|mths?|weeks?|wks?)[\s-]olds?,?\s(?:(?:boy|girl|child|son|daughter|brother|sister|baby|called|named|pupil|student)[\s,]*){0,3}$",
    re.I,
)
YEAR_AFTER = re.compile(
    r"^\s?[,(–-]?\s?(?:(?:who )?(?:is|are)\s|(?:s?he)(?:['’]?s| is)\s|a\s|is a\s|currently\s)*(?:in\s)?(?P<age>(?:year|yr)\s?(?:1[0-3]|[1-9])|y(?:1[0-3]|[1-9])|reception)\b",
    re.I,
)
WORRY = re.compile(
    r"(?:\b(?:worr(?:y|ied)|concern(?:s|ed)?|referral|refer(?:ring)?|report|regarding|re|about|following up|message|letter|safeguarding)\b[\s:–-]*(?:\b(?:about|for|regarding|over|on|with|re|a|the|our|my|one of our|pupil|child|student|patient|boy|girl|young person|family|called|named|year \d+)\b[\s:,–-]*)*|^re\s?:?\s?)$",
    re.I,
)
EDD = re.compile(
    r"(?i)\b(?:e\.?d\.?d\.?|due(?: date)?(?: is| on)?|expected (?:date of )?(?:delivery|to deliver)(?: is| on)?|baby is due(?: on)?|estimated due date)\b[\s:–(-]{0,6}$"
)
PROFESSIONAL = re.compile(
    r"(?i)(?<!\bI )\b(?:dr|doctor|pc|dc|ds|sgt|sergeant|constable|nurse|midwife|worker|visitor|teacher|officer|head|headteacher|tutor|counsellor|gp|consultant|colleague|councillor|cllr|judge|solicitor|nursery manager|manager|lead|senco|dsl|rev|father|paramedic|dentist|sister|witness|informant|caller|neighbou?r|landlord|landlady|parishioner)\.?[\s,(:]*$"
)
PROFESSIONAL_AFTER = re.compile(
    r"(?i)^\s?[,(–-]\s?(?:(?:the|our|a|an|his|her|their|my|school|class|form|head|family|deputy|early help|specialist|duty)\s)*(?:teacher|nurse|midwife|health visitor|social worker|worker|officer|gp|doctor|dsl|senco|tutor|counsellor|manager|headteacher|practitioner|support worker|ta|teaching assistant|lead|key ?worker|consultant|paediatrician|youth worker)\b"
)
STREET_AFTER = re.compile(
    r"^\s?(?:[A-Z][\w’'-]+\s){0,2}(?:Street|Road|Lane|Close|Avenue|Drive|Way|Court|Row|Terrace|Place|Square|Gardens|Grove|Crescent|Walk|Mews|Yard|Wharf|Buildings|Cottages?|House|Park|Hill|View|Rise|Green|Parade|Quay|Steps|Lodge|Flats?|Apartments?|Estate|School|Academy|College|Nursery|Surgery|Hospital|Infirmary|Primary|Infant|Junior|High|Medical|Health|Centre|Center|Council|Police|Services?|Homes|Housing|Family|Club|Practice|Trust|Team|Community|Constabulary|University|Church|Mosque)\b"
)
ADDRESS_CUE = re.compile(
    r"(?i)\b(?:liv(?:es?|ed|ing)|resid(?:es?|ing)|stay(?:s|ing)|home(?: address)?(?: is)?|address(?:\s\w+){0,4}|house|tenan(?:t|cy)|property|based|lodg(?:es|ing)|them|her|him|reply|visit(?:ed)?|family|of|at|moved (?:in)?to)\b(?:[^.\n]{0,90}?\b(?:at|of|in|to|is))?\s*[:,–-]?\s*(?:at\s|of\s|is\s|in\s)?$"
)
ADDRESS_START = re.compile(
    r"(?i)(?:\b(?:top|ground|first|second|third|basement|upper|lower|middle) (?:floor )?flat,? |\b(?:flat|apartment|apt|room|unit|caravan|berth|plot|suite|block|pitch|studio)\s(?!(?:above|over|in|at|on|is|was|and|with|of|for)\b)\w{1,5},?\s|(?<!\d[/.-])\b\d{1,4}[a-z]?(?:-\d{1,4}[a-z]?)?,?[ \t]+(?=(?-i:[A-Z])))"
)
LANGUAGES = "Polish|Romanian|Somali|Arabic|Urdu|Punjabi|Bengali|Gujarati|Hindi|Tamil|Portuguese|Spanish|French|Italian|German|Lithuanian|Latvian|Bulgarian|Hungarian|Czech|Slovak|Albanian|Turkish|Kurdish|Sorani|Kurmanji|Farsi|Persian|Dari|Pashto|Tigrinya|Amharic|Yoruba|Igbo|Hausa|Twi|Akan|Swahili|Lingala|Shona|Mandarin|Cantonese|Chinese|Vietnamese|Thai|Tagalog|Nepali|Sinhala|Malayalam|Telugu|Ukrainian|Russian|Greek|Dutch|Welsh|Irish|British Sign Language|BSL|Sylheti|Mirpuri|Pahari|Oromo|Ukrainian|Japanese|Korean|Hebrew|Yiddish|Georgian|Armenian|Serbian|Croatian|Bosnian|Krio|Wolof|Fula|Ndebele|Zulu|Afrikaans|Malay|Burmese|Roma(?:ni|nes)"
LANGUAGE = re.compile(
    rf"\b(?:(?:speaks?|speaking|language(?: at home)?(?: is|:)?|mother tongue is|talk(?:s)? (?:only )?)\s(?:only\s|mainly\s|mostly\s|some\s)?(?P<a>{LANGUAGES})|(?P<b>{LANGUAGES})\s(?:is (?:the (?:main |first |home )?language(?: spoken)?|spoken|their first|her first|his first)|speaking|at home|interpreter))\b"
)
INTERPRETER = re.compile(
    r"(?i)\b(?:(?P<no>(?:no|not|n[o’']t|without)\b[^.]{0,20}interpreter)|(?:need|needs|needed|require[sd]?|will need|want|wants|used|use|book|arrange|bring|provide|with|through|via)\b[^.]{0,24}\binterpreter|interpreter (?:is |was |will be )?(?:needed|required|used|necessary))\b"
)
SCHOOL = re.compile(
    r"(?:\b(?:dob|DOB|born|D\.O\.B\.?)[\s:]\s?\d[\d/. -]{5,11},? at|\b(?:attends?|attending|goes to|go to|been (?:to|at)|(?:him|her|them) to|pupils? (?:at|of)|students? at|enrolled at|on roll at|is at|in (?:[Yy]ear|[Rr]eception|[Yy])\s?\d{0,2} (?:pupil )?at|[Ss]chool [Nn]urse (?:at|for)|I teach (?:[\w\s]{1,24} )?at|a (?:Year|Y) ?\d+ (?:pupil|student) at|Year \d+ (?:pupil |student )?at|\b[Ss]chool is|started at|moved to|nursery is))\s(?P<school>(?:the\s)?(?:[A-Z][\w’'.&-]*\s){1,6}?(?:[\w\s]{0,12})?(?:School|Academy|College|Nursery|Pre-?school|Primary|Infants?|Juniors?|High|Grammar|Playgroup|Kindergarten)(?:\s(?:School|Academy|College|Nursery))?)\b"
)
CONDITION = r"(?:uses? (?:a |an )?(?:wheelchair|hearing aids?|walking frame|feeding tube|inhaler)|is (?:autistic|deaf|blind|non-?verbal|profoundly deaf|partially sighted|tube[- ]fed)|(?:has|have) (?:(?:a |an |the )?(?:diagnos\w+ of |severe |mild |moderate )*)(?:autism|ADHD|epilepsy|diabetes|cerebral palsy|Down['’]?s syndrome|learning (?:disability|disabilities|difficulties)|cystic fibrosis|hearing (?:loss|impairment|aids?)|visual impairment|a visual impairment|ASD|[Tt]ype [12] diabetes|spina bifida|muscular dystrophy|sickle cell(?: disease| trait)?|hydrocephalus|an EHCP)(?: and (?:autism|ADHD|epilepsy|asthma|diabetes|ASD|learning (?:disability|difficulties)|hearing loss))?)"
CHILD_CALLED = re.compile(
    r"\b(?:(?:little|young|older|younger|baby|twin|another|small) )?(?P<who>boy|girl|child|baby|toddler|lad|pupil|student|son|daughter|brother|sister|nephew|niece|grandson|granddaughter) (?:who (?:is|we think is|I think is) |is )?(?:called|named) $"
    r"|\b(?i:my|our|their|her|his) (?:\w+ )?(?P<kin>nephew|niece|grandson|granddaughter|stepson|stepdaughter|godson|goddaughter)(?: is|,)? $"
    r"|\b(?:[Cc]hild|[Gg]irl|[Bb]oy|[Bb]aby|[Ll]ad|[Tt]oddler)\b[^.]{0,60}\. (?P<she>She|He) is (?:called|named) $"
    r"|\b[Tt]he (?:oldest|eldest|youngest|middle one) is (?:called |named )?$"
    r"|\b(?:big|little|older|younger|eldest|youngest|middle|small) (?P<one>one) (?:(?:is |gets |got )?(?:called|named) |is |, )?$"
    r"|(?:^|[.:;\n] ?)(?:The )?(?P<is_a>[Bb]oy|[Gg]irl) is $"
)
PR_BOTH = re.compile(
    r"(?i)\b(?P<who>both parents|both)\b[^.;]{0,16}\b(?:hold|have|share|with)\b[^.;]{0,16}\b(?:parental responsibility|PR)\b"
)
HAS_BARE = re.compile(rf"(?:^|\n|[.;:]\s)[•*\-–\s]*(?i:(?:also )?)(?P<what>(?i:{CONDITION}))")
DISABILITY = re.compile(
    rf"\b(?P<who>[^\W\d_][\w’'\u0300-\u036f-]+),?\s(?:who\s)?(?:also\s)?(?P<what>{CONDITION})"
)
ALIAS_AFTER = re.compile(
    r"^\s?[(,]?\s?(?:also |usually |often |sometimes )?(?:known (?:as|to (?:friends|us|everyone) as)|aka|a\.k\.a\.?|calls? (?:herself|himself|themselves)|goes by|nicknamed)\s[“\"'‘]?(?P<alias>[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+){0,3})[”\"'’]?"
)
NAME = r"[^\W\d_a-z][\w’'\u0300-\u036f-]+"
PARENTS = re.compile(
    rf"\b[Pp]arents(?: are| named|,|:)? (?:Mr )?(?P<one>{NAME}) (?:and|&) (?:Mrs )?(?P<two>{NAME}) (?P<family>{NAME}(?:-{NAME})?)"
)
PARENTS_APART = re.compile(
    rf"\b(?:[Pp]arents|[Mm]um and [Dd]ad|[Mm]other and [Ff]ather)(?: are|,|:)? (?P<one>{NAME} {NAME}(?:-{NAME})?) (?:and|&) (?P<two>{NAME} {NAME}(?:-{NAME})?)\b"
)
PR_AFTER = re.compile(
    r"(?i)^\s?\((?:has |holds |with )?PR\b|^[^.;]{0,40}\b(?:who )?(?:holds?|has|have|with) (?:full |shared )?(?:parental responsibility|PR)\b"
)
SEX = {"nephew": "M", "niece": "F", "grandson": "M", "granddaughter": "F", "stepson": "M"} | {
    "stepdaughter": "F",
    "lad": "M",
    "Boy": "M",
    "Girl": "F",
    "brother": "M",
    "son": "M",
    "boy": "M",
    "sister": "F",
    "daughter": "F",
    "girl": "F",
}
PHONE_LIKE = re.compile(r"\d{5,}")
HAS_CHILDREN = re.compile(
    r"(?i)^(?:[^.\n]{0,50}\.)?\s(?P<who>she|he|who) has (?:\w+ ){0,3}(?:daughters?|sons?|children|kids|bab(?:y|ies)|boys?|girls?)\b"
)
KIN_WRITES = re.compile(
    r"(?i)\b(?:my|our) (?:(?:own|little|eldest|youngest|older|younger) )?(?:son|daughter|child|children|kids|baby|boys|girls)\b"
    r"|\bI have (?:two|three|four|five|\d) (?:\w+ )?(?:boys|girls|children|kids|sons|daughters)\b"
    r"|\bI(?:['’]?m| am) (?:a|the) (?:single |lone |young )?(?:mum|mam|mother|dad|father|parent|foster carer)\b"
    r"|\b(?:I(?:['’]m| am) (?:\w+ ){0,3}|, )(?:mum|mam|mother|dad|father) (?:to|of) (?-i:[A-Z])"
)
