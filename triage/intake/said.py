"""What a letter says of consent, of telling the family, of urgency and of danger to workers.

Each cue is a way of saying it in running text; a sentence that denies it is read as the denial.
"""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

from __future__ import annotations

import re
from collections.abc import Iterator

from triage.domain.contact import Consent
from triage.intake.gathered import Gathered, Reading
from triage.intake.labels import Subject
from triage.intake.pieces import Piece

_WORDS = r"(?:[^.!?\n]|(?<=\d)\.(?=\d))+"  # "before 3.15 today" is one sentence
_SENTENCE = re.compile(rf"{_WORDS}(?:\n(?!\s*\n){_WORDS})*[.!?]*")
_WHO = r"(?:mum|mam|mo|mom|mother|dad|father|parents?|both parents|family|carers?|grand(?:mother|father|parents?|ma|dad)|nan|gran|aunt\w*|uncle|she|he|they|guardian|step\w+|young person|patient|(?-i:[A-Z])[\w’'-]+)"

_CONSENT: tuple[tuple[Consent, re.Pattern[str]], ...] = tuple(
    (state, re.compile(pattern, re.I))
    for state, pattern in (
        (Consent.NOT_ASKED, r"\b(?:I|we)(?: have|['’]ve| had| did)?(?: not|n[’']?t)(?: yet)? (?:got|get|had|have|obtained?|gained?|sought)\b.{0,16}\b(?:consent|permission|agreement)\b"),
        (Consent.NOT_ASKED, r"(?:\b(?:did|have|has|had|could|was|were|am)|['’]ve)(?:n[’']?t| not)(?: yet)?(?: been)?(?: able to)? (?:get|got|have|had)? ?(?:the |a )?(?:chance |opportunity |able )?(?:to )?(?:ask(?:ed)?|seek|sought|obtain(?:ed)?|gain(?:ed)?|request(?:ed)?)\b.{0,60}\b(?:consent|permission|agree\w*|shar\w+|happy)\b"),
        (Consent.NOT_ASKED, r"\b(?:consent|permission|agreement)\b.{0,25}\b(?:not|never|n[’']t)\b.{0,14}\b(?:sought|asked|obtained|requested|gained|been)\b"),
        (Consent.NOT_ASKED, r"\b(?:not|never|n[’']t|without)\b.{0,20}\b(?:sought|asked(?: for)?|obtained|requested|gained|seeking|asking(?: for)?|discussed)\b.{0,24}\b(?:consent|permission|agreement)\b"),
        (Consent.NOT_ASKED, r"^(?:I have )?not (?:yet )?(?:asked|sought)\b"),
        (Consent.NOT_ASKED, r"\bwithout (?:\w+ )?(?:consent|permission)\b|\b(?:lack(?:s|ed)|no|not\b.{0,20}\bhave|n[’']t have|without) (?:the )?(?:mental )?capacity to consent\b"),
        (Consent.REFUSED, r"\b(?:refus\w+|declin\w+|withh[eo]ld\w*|withdr[ae]w\w*)\b.{0,30}\b(?:consent|permission|referral|information|share|shared|sharing|agree\w*)\b"),
        (Consent.REFUSED, r"\b(?:do(?:es)?|did|has|have|is|are|was|were|would|will)(?: not|n[’']?t)\b.{0,16}\b(?:consent\w*|agree\w*|give\w* (?:\w+ )?(?:consent|permission)|happy (?:for|with|to)|want\b.{0,24}\b(?:referr\w+|social (?:services|workers?|care)|shared?|involved|mash))"),
        (Consent.REFUSED, r"\b(?:consent|permission)\b.{0,12}\b(?:refused|declined|withheld|withdrawn|denied)\b|\bwants? nothing to do with\b|\b(?:objects?|objected) to (?:the|this|us|a|any)\b"),
        (Consent.REFUSED, r"\bsaid\b.{0,24}\b(?:I|we) (?:was|were|am|are) not to\b|\b(?:did|does|do)(?: not|n[’']?t) want (?:me|us) to(?=\W*$|,| and\b| but\b)"),
        (Consent.GIVEN, r"\b(?:content|happy|fine|ok|okay|glad|willing) for (?:her|his|their|the) (?:\w+ )?(?:details|information|name) to be (?:passed|shared|given|sent)\b"),
        (Consent.GIVEN, r"\b(?:content|happy|fine|ok|okay|glad|willing) for (?:you|someone|us|me) to (?:ring|call|contact|visit|speak|phone|get in touch|share|refer|tell|pass)\b"),
        (Consent.NOT_ASKED, r"\b(?:neither|nobody|no[ -]one|none)\b.{0,24}\basked\b.{0,20}\b(?:consent|agree|permission|agreement)\b"),
        (Consent.GIVEN, r"\b(?:knows?|understands?|aware|told|informed)\b.{0,60}\band (?:s?he |they )?(?:has |have )?(?:agreed|consented|agrees|consents)\b"),
        (Consent.GIVEN, r"\b(?:is|are|was|were) in (?:full )?agreement (?:with|to)\b.{0,24}\b(?:referr\w+|shar\w+|this)\b"),
        (Consent.GIVEN, r"\bhappy\b.{0,20}\b(?:for (?:us|me|you|this|information|details)|to share|with (?:this|the|us|me|a)|sharing)\b"),
        (Consent.GIVEN, r"\b(?:agree[sd]?|agreeable|consents?|consented|consenting)\b.{0,12}\b(?:to|with|that|for)\b.{0,45}\b(?:this|referr\w+|shar\w+|contact\w*|refer|speak\w*|speaking|talk\w*|information|you|mash|us|step|support|help|letter|early help)\b"),
        (Consent.GIVEN, r"\b(?:has|have|had|gave|gives|given|with|obtained|got|verbal|written|gained)\b(?: \w+){0,3} (?:consent|permission|agreement)\b"),
        (Consent.GIVEN, r"\b(?:content|happy|ok|okay) (?:for|with) (?:the |this |a )?referral\b"),
        (Consent.GIVEN, r"\b(?:consent|permission)\b.{0,14}\b(?:given|obtained|granted|gained|received|in place)\b"),
        (Consent.GIVEN, r"\b(?:fine|ok|okay|comfortable|content|good) with (?:us|me|this|you|the|my|our)\b|\bsa(?:id|ys) (?:it is|it was|it['’]s|that(?:['’]s| is| was)) (?:ok|okay|fine|alright|all right)\b"),
        (Consent.GIVEN, r"^(?:he|she|they|mum|mam|mother|dad|father|(?:both )?parents|both)(?: both| fully| has| have)? (?:agreed|consented|agrees|consents)\W*$"),
        (Consent.GIVEN, r"\b(?:is|was|are|were) (?:ok|okay|happy|fine|content) (?:with|about) (?:it|that)\b"),
        (Consent.GIVEN, r"\b(?:fine|ok|okay|happy) (?:for (?:me|us) )?to (?:tell|share with|speak to|involve) (?:you|social (?:care|services)|mash|children['’]s services)\b"),
        (Consent.GIVEN, r"\bsigned (?:the|a|our) consent\b"),
        (Consent.GIVEN, r"\bdid say (?:yes|ok|okay)\b.{0,40}\b(?:referr\w+|shar\w+|contact\w*|refer|making|writing)\b"),
        (Consent.GIVEN, r"\bsa(?:id|ys) (?:yes|ok|okay)\b.{0,40}\b(?:referr\w+|shar\w+|contact\w*|refer|making|writing)\b"),
        (Consent.GIVEN, r"\basked\b.{0,24}\b(?:shar\w+|refer\w*|contact\w*|pass\w*)\b.{0,60}\b(?:said (?:yes|ok|okay|that (?:is|was) fine)|agreed|was happy)\b"),
        (Consent.GIVEN, r"\bagree[sd]?\b.{0,40}\bto (?:\w+ )?(?:checks|a referral)\b"),
        (Consent.GIVEN, r"\b(?:asked|wants?|wanted) (?:me|us) to (?:refer|contact|share|get in touch|ring|call|write|tell)\b"),
    )
)  # fmt: skip
_BAD_CONSENT = re.compile(
    r"(?i)\bconsent\w* to (?:treatment|examination|sex|sexual|surgery|medical|search|photo\w*|scan|immuni\w+|vaccin\w+)|\bparent contract|\bagreed to (?:leave|go|stay|wait|come|meet|attend|see|collect|return|move)\b|\bsexual consent|\bhappy to (?:see|go|be|talk|speak|go home)\b"
)
_TELLING = r"(?:referr\w+|refer|mak(?:e|ing)|contact\w*|shar\w+|writ\w+|report\w*|call\w*|concern\w*|mash|social (?:services|care|workers?)|children['’]s services|you|this|ring\w*|tell\w*|notice|help|notif\w+|informing|passing|getting in touch|send\w*|do\w* this)"
_INFORMED: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (state, re.compile(pattern, re.I))
    for state, pattern in (
        ("", r"\bno idea (?:if|whether)\b|\b(?:do not|don[’']?t|not sure) (?:know )?(?:if|whether)\b"),
        ("no", rf"\b{_WHO}\b.{{0,14}}\b(?:has|have|had|is|are|was|were|do|does|did|been)(?: not|n[’']?t)\b.{{0,14}}\b(?:told|informed|aware|notified|advised)\b"),
        ("no", r"\b(?:I|we|staff|school|nobody|no[ -]one)\b.{0,12}(?:have|had|has|did)?(?: not|n[’']?t)(?: yet)?(?: been able to)? (?:told|tell|informed|inform|spoken|speak|discussed|discuss|notif\w+|let|said (?:anything|a word)|mentioned)\b.{0,32}\b(?:mum|mother|dad|father|parents?|family|carers?|them|her|him|grand\w+)\b"),
        ("no", r"\b(?:I|we)(?: have|['’]ve|had|did)?(?: not|n[’']?t) (?:yet )?(?:told|tell|informed|spoken (?:to|with)|discussed this with) (?-i:[A-Z])[\w’'-]+ (?:\w+ )?(?:about|of|that|yet)\b"),
        ("no", r"\b(?:I|we)(?: have|['’]ve|had)?(?: not|n[’']?t) (?:yet )?spoken (?:to|with) (?-i:Mr|Mrs|Ms|Miss|Mx)\.? (?-i:[A-Z])[\w’'-]+"),
        ("no", r"\b(?:I|we)(?: have|['’]ve)?(?: not|n[’']?t) (?:yet )?(?:spoken to|told|contacted) (?-i:[A-Z])[\w’'-]+(?: \w+)? (?:because|as|since|in case|for fear)\b"),
        ("no", r"\b(?:I|we) (?:have|did|had)(?: not|n[’']?t) (?:said|say|mention(?:ed)?) (?:anything|a word|this) to (?:any of )?(?:them|her|him|mum|dad|the (?:family|parents))\b"),
        ("no", rf"\b{_WHO}\b (?:(?:is|are) )?(?:unaware|not aware|does(?: not|n[’']?t) know|do(?: not|n[’']?t) know)\b.{{0,30}}\b{_TELLING}\b"),
        ("no", r"\b(?:family|parents|mum|mother|dad|father|carers?) (?:(?:has|have|is|are) )?not (?:been )?(?:informed|told|aware)\b|\bwithout (?:the )?(?:family|parents?|mum|dad|mother|father)['’]?s? knowledge\b"),
        ("no", r"\b(?:mum|mother|dad|father|parents?|family|carers?)\b (?:does|do)(?: not|n[’']?t) know(?: (?:yet|about this|that (?:I|we)\b.*))?\W*$"),
        ("yes", r"\b(?:I|we)(?: have|['’]ve| had)? (?:told|informed|advised) (?:mum|mam|mother|dad|father|(?:both )?parents|him|her|them|(?-i:(?:Mr|Mrs|Ms|Miss) )?(?-i:[A-Z])[\w’'-]+)(?: (?:of|about) (?:my|our) (?:decision|referral|concerns?|contact|intention)| that (?:this|it|a referral|the information|a report) (?:would|will) be (?:passed|shared|sent|reported|made|referred)| (?:I|we)(?: am|['’]m| was| were| are) getting in touch)\b"),
        ("yes", r"\b(?:I|we)(?: have|['’]ve)? (?:rang|rung|phoned|telephoned|called|texted|visited|saw|met)\b.{0,50}\bto (?:say|tell|let|explain|inform)\b.{0,40}\b(?:I|we) (?:would|will|was|were|am|are)\b.{0,12}" + _TELLING),
        ("yes", r"\b(?:I|we)(?: have|['’]ve| had)? (?:discussed|shared|talked) (?:about )?(?:this|it|everything)(?: \w+){0,2} with (?:both|mum|mam|mother|dad|father|(?:the |her |his |their )?parents?|the family|(?:the )?carers?)\b"),
        ("yes", r"\bsa(?:id|ys) (?:yes|ok|okay)\b.{0,24}\b(?:me|us|my|our)\b.{0,12}\b(?:referr\w+|shar\w+|contact\w*|making|writing)\b"),
        ("yes", r"\b(?:I|we)(?: have|['’]ve| had)? (?:explained|told|informed|advised|let|said|discussed|made .{0,20}aware|shared|spoke|spoken)\b.{0,50}\b(?:I|we)(?: (?:would|will|am|are|was|were|have to|had to|must|need to|needed to|may|might)|['’](?:m|d|ll|re))\b.{0,20}" + _TELLING),
        ("yes", r"\b(?:I|we)(?: have|['’]ve| had)? (?:explained|told|informed|advised|discussed|shared)\b.{0,40}\b(?:of|about|that|with) .{0,20}\b(?:this|the|my|our|a) (?:referral|contact|report|concerns?|letter)\b"),
        ("yes", rf"\b(?:has|have|had) (?:explained|told|informed|advised|let)\b.{{0,50}}\b(?:we|I) (?:would|will|are|were|was|am|have to|had to|must)\b.{{0,20}}{_TELLING}"),
        ("yes", r"\b(?:left a (?:card|letter|note|message)|wrote|written)\b.{0,40}\b(?:would|will|have to|had to)\b.{0,12}\b(?:contact|refer|share|report|tell)"),
        ("yes", rf"\b{_WHO}\b(?: \w+){{0,3}} (?:knows?|understands?|aware|informed|told|notified|advised)\b(?! (?:the )?(?:caller|informant|police|school|staff|neighbours?|referrer)\b).{{0,40}}\b{_TELLING}\b"),
        ("yes", r"\b(?:aware|informed|told|advised|notified)\b (?:of|that|about) .{0,24}\b(?:referral|refer\w*|report|contact(?:ing)?)\b"),
        ("no", r"\b(?:I|we)(?: have|['’]ve| had)?(?: not|n[’']?t) (?:yet )?(?:contacted|approached|said (?:a word|anything) to|spoken to)\b.{0,20}\b(?:mum|mother|dad|father|parents?|family|carers?|them)\b"),
        ("yes", rf"\b(?:relieved|glad|pleased|unhappy|upset|angry|cross|not happy) that (?:I|we) (?:was|were|am|are|would|had)\b.{{0,14}}{_TELLING}"),
        ("yes", r"\b(?:understands?|knows?) why (?:I|we)(?: am| are|['’]m|['’]re)\b"),
        ("yes", r"\b(?:mum|mother|dad|father|parents|carers?|family)\b.{0,60}\b(?:has|have) been (?:spoken to|told|informed)\b"),
        ("yes", rf"\bwas told\b.{{0,40}}\bthat (?:I|we) (?:would|will|must|have to|had to|intended)\b.{{0,20}}{_TELLING}"),
        ("yes", rf"\b{_WHO}\b (?:\w+ )?(?:has|have) been (?:spoken to|consulted)\b"),
        ("yes", r"\bwas told that\b.{0,30}\b(?:would|will) be (?:contacted|informed|told|referred)\b"),
        ("yes", r"\b(?:discussed|shared) (?:this|the (?:referral|concerns?)|my concerns|our concerns|with)\b.{0,30}\b(?:mum|mother|dad|father|parents?|family|carers?|her|him|them)\b.{0,40}\brefer"),
    )
)  # fmt: skip
_URGENT = re.compile(
    r"(?i)\b(?-i:URGENT(?:LY)?)\b|\b(?:treat|regard|deal with|look at|see|mark)\b.{0,16}\bas (?:very |extremely |really )?urgent\b|\b(?:this|it|matter) is (?:very |extremely |really )?urgent\b|\b(?:decision|response|action|visit|help)s? (?:is |are )?(?:needed|required) (?:today|tonight|now|immediately|urgently)\b|\bplease\b(?! (?:do not|don[’']?t|dont|never)\b).{0,24}\b(?:go|come|act|respond|visit|ring|call|see|someone|somebody)\b.{0,24}\b(?:tonight|today|now|urgently|straight away|immediately|right away|asap|as soon as (?:possible|you can))\b"
    r"|\b(?:plz|pls|please) (?:hurry|be quick|come quick\w*)\b"
    r"|\bcan (?:someone|somebody|you|anyone)\b.{0,24}\b(?:asap|urgently|today|tonight|straight away|right away|now)\b|\bneeds? (?:a |an )?(?:response|visit|decision|action|seeing|to be seen)\b.{0,12}\b(?:today|tonight|now)\b"
    r"|\bplease act (?:on (?:this|it) )?(?:before|by|today|tonight|now)\b|\b(?:is|are|will be) in danger\b.{0,40}\b(?:tonight|today|now|right away)\b"
    r"|\b(?:is|are) being (?:hurt|hit|beaten|attacked|abused|held)\b.{0,20}\b(?:right )?now\b"
    r"|\bsomeone (?:go|come|needs? to (?:go|come))\b.{0,10}\b(?:tonight|now|today)\b|\b(?:immediate|imminent) (?:danger|risk|harm)\b|\b(?:in|at) (?:danger|risk) (?:right )?now\b|\bneeds? (?:an? )?(?:urgent|immediate|same[- ]day) (?:response|visit|action|help)\b|\burgent(?:ly)? (?:need|request|referral|response|concern|help|please)\w*|\burgently\b|\bsame[- ]day (?:response|visit)\b|\b(?:consider|believe|think|feel) (?:that )?(?:this|it)(?: matter)? (?:is |to be )?urgent\b",
)
# what is urgent even in the answers of a form
_URGENT_SURE = re.compile(
    r"(?i)\b(?:needs?|requires?|require) (?:an? )?(?:urgent|immediate|same[- ]day) (?:response|visit|action)\b"
)
_RUN_ON = re.compile(r"(?i)\b(i)(ve|m|ll)\b|\b(do|did|does|has|have|is|was|wo|ca)(nt)\b")
_NOT_URGENT = re.compile(
    r"(?i)\b(?:not|isn[’']?t|non)[\s-]{0,2}(?:\w+ ){0,2}(?:urgent|immediate)|\bno immediate\b|\bno one is in immediate"
)
_RISK = re.compile(
    r"(?i)\bwarning markers?\s*(?:[:–-]|for|exists?|present)|\b(?:do not|don[’']?t|dont|should(?: not|n[’']?t)|never) (?:go|visit|attend)\b.{0,20}\b(?:alone|on (?:your|their) own|by (?:your|them)sel\w+)|\b(?:visit|go|attend|see them) in (?:pairs|twos)|\b(?:joint|paired|double[- ]up) visits?\b|\b(?:two|2) (?:workers?|people|staff) (?:should|must|needed|to (?:visit|attend))"
    r"|\b(?:big |large |aggressive |dangerous |loose |vicious |guard )+dogs?\b|\bdogs?\b.{0,24}\b(?:off (?:the|its|a|his|her) lead|loose|bit(?:es|ten)?|aggressive|dangerous|not (?:secured|chained)|attacks?)\b"
    r"|\b(?:dogs?|animals?)\b.{0,50}\b(?:(?:be|been|is|are|get|kept) (?:shut|put|locked) (?:away|in|up|out)|shut away)\b"
    r"|\b(?:not|never) to (?:visit|attend|go)\b.{0,30}\b(?:singly|alone|on (?:your|their) own|unaccompanied)\b"
    r"|\b(?:threaten(?:ed|s|ing)?|aggressive|abusive|violent|hostile|assault(?:ed|ing)?|intimidat\w+)\b.{0,28}\b(?:staff|workers?|professionals?|nurses?|social workers?|visitors|officers?|teachers?|crew|students?|colleagues?|me\b|receptionist|emergency worker|housing officer|us\b)"
    r"|\b(?:spitting|spat|spits|(?:threw|throws|thrown|throwing) \w+) at (?:a |an |our |my |one of our )?(?:\w+ )?(?:staff|colleague|officer|worker|nurse|manager|receptionist|visitor|professional)s?\b|\bremoved from (?:the|our) (?:unit|ward|premises|office|building|hospital|school|clinic|surgery)\b.{0,16}\bsecurity\b|\b(?:do not|don[’']?t|dont|never) (?:go|visit|attend)\b.{0,12}\b(?:after dark|at night|without)\b"
    r"|\b(?:pulled|drew|produced|brandish\w+|waved) (?:a|an|the|his|her) (?:\w+ )?(?:knife|machete|gun|hammer|axe|bat|weapon)\b"
    r"|\b(?:machete|knife|knives|gun|shotgun|firearm|weapons?|axe|baseball bat|sword|crossbow)\b.{0,30}\b(?:under (?:the|his|her|their|a)|behind the|by the door|in the (?:house|home|flat|property|hall|porch)|at the (?:house|home|flat|property|address|door)|kept|keeps)|\bkeeps? (?:a |an )?(?:machete|knife|gun|shotgun|firearm|weapon|axe|bat|sword|crossbow)\b|\b(?:risk|danger(?:ous)?|unsafe) (?:to|for) (?:staff|workers|visit\w*|professionals|social workers|anyone visiting)"
)
_NO_RISK = re.compile(
    r"(?i)\b(?:no(?! (?:answer|reply|response)\b)|not (?:any|aware of any)|nothing|n[’']t (?:any|aware of any))\b[^.,;]{0,40}\b(?:risks?|dangers?|hazards?|threat|concerns?) (?:to|for) (?:staff|workers?|visit\w*|professionals|practitioners|crews?|anyone visiting|colleagues)"
    r"|\b(?:had|have|feel|felt) no (?:\w+ )?(?:concerns?|worries|fears?) (?:for|about) my (?:own |personal )?safety\b"
    r"|\bno (?:\w+ / no |known )?risks? (?:known|identified)\b"
    r"|\b(?:risks?|dangers?|hazards?) (?:to|for) (?:staff|workers?|professionals|visit\w*)\s?[:–-]\s?(?:none|nil|no)\b"
)
_DENIED = re.compile(r"(?i)\b(?:no|not|never|without|n[’']t|denies|denied)\b[^,;]{0,20}$")


_WISH = re.compile(
    r"(?i)\b(?:begs?|begged|asks?|asked|wants?|wanted|requests?|requested|pleads?|pleaded)\b.{0,24}\bnot\b"
)


def sentences(piece: Piece) -> Iterator[Piece]:
    """The sentences of a passage."""
    for match in _SENTENCE.finditer(piece.text):
        found = piece.of(match).strip()
        if found:
            yield found


def _apart(match: re.Match[str]) -> str:
    """ "ive" and "dont" as they are spelt elsewhere."""
    return f"{match[1]}'{match[2]}" if match[1] else f"{match[3]}n't"


def hear_agreement(got: Gathered, pieces: list[Piece]) -> None:
    """Read what an account says of consent and of telling, where no label of its form asked."""
    for piece in pieces:
        for sentence in sentences(piece):
            words = _RUN_ON.sub(_apart, " ".join(sentence.text.split()))
            if not 6 <= len(words) <= 1500 or words.endswith("?"):
                continue
            if "consent" not in got.facts:
                _hear_consent(got, sentence, words)
            _hear_informed(got, sentence, words)


def hear(got: Gathered, pieces: list[Piece], *, letter: bool) -> None:
    """Read the cues in running text. With `letter` also consent, telling and urgency; the words
    inside a form's answer are heard only for danger to workers."""
    for piece in pieces:
        for sentence in sentences(piece):
            words = _RUN_ON.sub(_apart, " ".join(sentence.text.split()))
            if len(words) > 1500 or len(words) < 6:
                continue
            _hear_risk(got, sentence, words)
            if _URGENT_SURE.search(words) and not _NOT_URGENT.search(words):
                got.put("urgent", Reading("yes", (sentence,), "words"))
            if not letter or words.endswith("?"):
                continue  # a question tells nothing
            if "consent" not in got.facts:
                _hear_consent(got, sentence, words)
            _hear_informed(got, sentence, words)
            if (
                "urgent" not in got.facts
                and _URGENT.search(words)
                and not _NOT_URGENT.search(words)
            ):
                got.put("urgent", Reading("yes", (sentence,), "letter"))


def _hear_consent(got: Gathered, sentence: Piece, words: str) -> None:
    if _BAD_CONSENT.search(words) or re.search(
        r"(?i)\b(?:if|unless|whether|would|should)\b[^,.]{0,30}\bconsent", words
    ):
        return
    for state, pattern in _CONSENT:
        if match := pattern.search(words):
            if state is Consent.GIVEN and re.search(
                r"(?i)\b(?:not|n[’']t|never|no)\b.{0,12}\b(?:happy|agree|consent|permission)", words
            ):
                return
            got.put("consent", Reading(state.value, (sentence,), "letter"))
            got.put("consent_reason", Reading(words, (sentence,), "letter"))
            if state is Consent.REFUSED and _PARENTS.search(words[: match.start()]):
                got.put("informed", Reading("yes", (sentence,), "letter"))
            if state is Consent.GIVEN and _agrees_to_it(got, words):
                got.put("informed", Reading("yes", (sentence,), "letter"))
            return


_IT = re.compile(
    r"(?i)\b(?:agree[sd]?|consent(?:s|ed)?|happy|said yes)\b.{0,30}\b(?:(?:this|the|a|my|our) (?:referral|report|contact|notification)"
    r"|(?:me|us|you) (?:contacting|referring|writing|sharing|speaking)|being (?:referred|contacted)|that (?:I|we) (?:could|can|may|should) (?:share|refer|contact|pass|tell)|for (?:me|us|you|this) to (?:refer|share|contact|be (?:told|sent|passed|shared)))\b"
)


def _agrees_to_it(got: Gathered, words: str) -> bool:
    """True where a grown member of the family agrees to the referral itself: they know of it."""
    match = _IT.search(words)
    if match is None:
        return False
    lead = words[: match.start()]
    names = {p.value("name").split()[-1] for p in got.of(Subject.ADULT) if p.value("name")} | {
        p.value("name").split()[0] for p in got.of(Subject.ADULT) if p.value("name")
    }
    parents = [p for p in got.of(Subject.ADULT) if p.value("relationship") in {"mother", "father"}]
    if parents and re.search(
        r"(?i)(?:^|[.;,]\s|\band )(?:she|he|they|both)(?: has| have)? $", lead
    ):
        return True
    kids = {word for p in got.of(Subject.CHILD) for word in p.value("given").split()}
    named = re.search(r"(?:^|[.;]\s|\band )(?P<name>[A-Z][\w’'-]+) (?:has |have |had )?$", lead)
    if named and named["name"] not in kids | {"We", "It", "This", "They", "Child", "Nobody"}:
        return True
    return bool(_PARENTS.search(lead)) or any(
        re.search(rf"\b{re.escape(n)}\b", lead) for n in names
    )


def _hear_informed(got: Gathered, sentence: Piece, words: str) -> None:
    wish = _WISH.search(words)
    held = got.facts.get("informed")
    if held is not None and (held.label != _OF_ONE or not _PARENTS.search(words)):
        return
    for state, pattern in _INFORMED:
        if match := pattern.search(words):
            then = wish and re.search(r"(?i)\bso\b", words[wish.end() : match.start()])
            if wish and not then and state == "no" and wish.start() < match.end():
                return  # what somebody asks for, not what was done
            if state == "no" and _not_the_parents(got, words):
                return
            if state == "yes" and _ASKED_NOT.search(words):
                return  # "please don't tell her family I told you"
            if state == "yes" and (_child_knows(got, words) or _NOT_THEM.search(words)):
                return
            if state:
                got.facts.pop("informed", None)
                one = re.match(r"(?i)(?:s?he|him|her)\b", match[0]) and not _PARENTS.search(words)
                got.put("informed", Reading(state, (sentence,), _OF_ONE if one else "letter"))
                got.put("informed_reason", Reading(words, (sentence,), "letter"))
            return


_ASKED_NOT = re.compile(
    r"(?i)(?:^|\bplease )(?:please )?(?:do not|don['’]?t|never) (?:tell|let|say anything to|inform)\b"
)
_OF_ONE = "letter, of one"
"""The label where only "she knows" was said: what is said of the parents goes before it."""
_NOT_THEM = re.compile(
    r"(?i)\bbut not (?:yet )?(?:to )?(?:her|his|their|the|mum|dad|mother|father|parents?)\b"
)
_PARENTS = re.compile(
    r"(?i)\b(?:mum|mam|mother|dad|father|parents?|family|carers?|nan|gran\w*|aunt\w*|guardian)\b"
)


def _not_the_parents(got: Gathered, words: str) -> bool:
    """True for "Bo has not been told" of a partner or ex: what is asked is whether parents were."""
    told = re.match(r"(?P<who>[A-Z][\w’'-]+) (?:has|was|is)(?: not|n[’']t)\b", words)
    return told is not None and any(
        told["who"] == p.value("name").split()[0] and "partner" in p.value("relationship")
        for p in got.of(Subject.ADULT)
        if p.value("name")
    )


def _child_knows(got: Gathered, words: str) -> bool:
    """True for a sentence that tells only of the child's own knowing ("Precious knows")."""
    given = {child.value("given").split()[0] for child in got.of(Subject.CHILD)
             if child.value("given")}  # fmt: skip
    told = re.search(
        r"\b(?P<one>[A-Z][\w’'-]+) (?:knows|is aware|understands|has been told)"
        r"|\b(?:told|informed) (?P<two>[A-Z][\w’'-]+)",
        words,
    )
    return (
        told is not None
        and (told["one"] or told["two"]) in given
        and not _PARENTS.search(words[: told.end()])
    )


def _hear_risk(got: Gathered, sentence: Piece, words: str) -> None:
    held = got.facts.get("risk")
    if held is not None and (held.value != "yes" or "risk_text" in got.facts):
        return
    if _NO_RISK.search(words):
        got.put("risk", Reading("no", (sentence,), "words"))
    elif match := _RISK.search(words):
        if _DENIED.search(words[: match.start()]):
            return
        got.put("risk", Reading("yes", (sentence,), "words"))
        got.put("risk_text", Reading(words, (sentence,), "words"))
