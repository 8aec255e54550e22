"""What arrived: a contact, an answer to a request, or something to set aside."""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

import re

from triage.domain.draft import DraftKind
from triage.intake.mail import TOKEN, Letter

_BOUNCE_FROM = re.compile(
    r"(?i)mailer-?daemon|postmaster|mail delivery|mail administrator|microsoft ?exchange|microsoft outlook"
)
_BOUNCE_SUBJECT = re.compile(
    r"(?i)undeliver|delivery (?:status|failure|has failed|incomplete|delayed)|returned (?:mail|to sender)|failure notice|mail delivery failed|could not be delivered"
)
_AUTO_SUBJECT = re.compile(
    r"(?i)^\W*(?:(?:re|fw|fwd|aw):\s*)*(?:automatic reply|auto[- ]?reply|autoreply|out of (?:the )?office|auto[- ]?response|away from (?:the|my) (?:office|desk)|on (?:annual )?leave\b|i am out of|absence:|read:|thank you for (?:contacting|your (?:e-?mail|message|enquiry)))"
)
_AUTO_TEXT = re.compile(
    r"(?i)\b(?:i am (?:currently )?(?:out of (?:the )?office|on (?:annual |maternity |sick )?leave|away)|this is an automat(?:ed|ic) (?:reply|response)|(?:your|this) (?:e-?mail|message) (?:has been received and|is not monitored)|will respond (?:to your e-?mail )?(?:on my return|within))"
)
_CALENDAR = re.compile(
    r"(?i)^\W*(?:accepted|declined|tentative(?:ly accepted)?|cancell?ed|invitation|updated invitation)\s?:"
)
_SUBSCRIBED = re.compile(r"(?i)\bunsubscribe\b|\bbecause you (?:are )?subscribed\b")
_HARM = re.compile(
    r"(?i)\b(?:worr(?:y|ied)|concern(?:ed|s)? (?:about|for|regarding)|bruis\w*|neglected|abused|hurt|injur\w*|unsafe|at risk of|assault\w*|disclosed|went missing|drunk|hungry|crying|hit|scared|frightened)\b"
)
_NOTICE = re.compile(
    r"(?i)\b(?:room \d|heating|boiler|meeting room|room booking|car park|parking|fire (?:alarm|drill)|training (?:day|session|course|event)|(?:half|full|one)[- ]day course|(?:course|workshop|places?) (?:is |are )?(?:available|left)|(?:book|reserve) (?:a|your) place|minutes of|agenda|timesheet|expenses|annual leave|it (?:services|support|maintenance|outage)|(?:planned|scheduled|essential) (?:maintenance|works|downtime)|(?:system|server|network|portal|database)s? (?:will be )?(?:unavailable|offline|down)\b|system (?:maintenance|upgrade|downtime)|password (?:reset|expir)|invoice|purchase order|newsletter|bulletin|webinar|conference|vacanc\w+|job advert|recruitment|printer|toner|out of (?:service|order|action|use)|resurfac\w+|refurbish\w*|kitchen|christmas (?:party|lunch|opening|closure)|opening hours|rota|payroll|building (?:will be )?closed|lift is|office move|stationery|survey|subscription|unsubscribe|book now|offer|discount|raffle|charity (?:run|walk|bake)|bake sale|charity|parcel|delivery slot|desk|phones? (?:will be|are) down|wifi|network|teams meeting|calendar|invitation|audit|supplies|catering|lanyards?|photocopier|water supply|power cut|mailbox (?:is|storage|quota)|intranet|closing date)\b"
)
_ADVERT = re.compile(
    r"(?i)\d ?% off\b|\blast chance\b|\bexpires? (?:today|soon|at midnight)\b|\bto stop receiving\b|\bto claim\b"
    r"|\bspecial offer|\bfree delivery\b|\bview (?:this email )?in (?:your )?browser\b|\byour quote\b|\bbuy (?:now|one)\b|\bdeals?@"
)
_ANSWER = re.compile(
    r"(?i)\b(?:response to|in (?:reply|response) to|our (?:reply|response)|as requested|information (?:you )?requested|no (?:trace|record))\b"
)


def token_of(letter: Letter) -> str:
    """The token of our information request that a message answers, or ""."""
    places = [letter.subject, " ".join(letter.in_reply_to), letter.text[:4000]]
    places.extend(f"{inner.subject} {inner.text[:4000]}" for inner in letter.inner)
    places.extend("\n".join(p.text for p in _pieces(letter))[:4000] for _ in (0,))
    for words in places:
        if match := TOKEN.search(words):
            return match[0].upper()
    return ""


def _pieces(letter: Letter):  # type: ignore[no-untyped-def]
    from triage.intake.mail import pieces_of

    return pieces_of(letter.quoted)


def is_bounce(letter: Letter) -> bool:
    """True for a report that a message was not delivered."""
    report = letter.content_type == "multipart/report"
    kind = letter.headers.get("content-type", "")
    if report and "disposition-notification" in kind:
        return False
    sender = f"{letter.from_name} {letter.from_address}"
    if report and ("delivery-status" in kind or _BOUNCE_FROM.search(sender)):
        return True
    return bool(
        (
            _BOUNCE_FROM.search(sender)
            or letter.headers.get("return-path", "").strip() == "<>"
            or "x-failed-recipients" in letter.headers
        )
        and _BOUNCE_SUBJECT.search(letter.subject)
    )


def is_auto_reply(letter: Letter, *, about_a_child: bool) -> bool:
    """True for an answer that a machine wrote. A form's relay is not one."""
    submitted = letter.headers.get("auto-submitted", "no").lower()
    if submitted.startswith("auto-replied"):
        return True
    if letter.content_type == "multipart/report":
        return True
    if _AUTO_SUBJECT.match(letter.subject) and not about_a_child:
        return True
    if (
        any(name in letter.headers for name in ("x-autoreply", "x-autorespond"))
        and not about_a_child
    ):
        return True
    if letter.headers.get("precedence", "").lower() in {"auto_reply", "auto-reply"}:
        return True
    return bool(
        not about_a_child
        and len(letter.text) < 1500
        and _AUTO_TEXT.search(letter.text)
        and (
            submitted != "no" or "x-auto-response-suppress" in letter.headers or letter.in_reply_to
        )
    )


def may_be_a_machines(subject: str, own_words: str) -> bool:
    """Whether a subject, or words in which nothing else is said, are those of an automatic reply,
    though no header owns up to it. A person may have answered under such a subject: it is for one
    to say."""
    short = len(own_words) < 1500
    return bool(_AUTO_SUBJECT.match(subject) or (short and _AUTO_TEXT.search(own_words)))


def kind_of(letter: Letter, *, about_a_child: bool, has_form: bool, named_child: bool) -> DraftKind:
    """What a message is. When in doubt it is a contact, for a person to look at."""
    if is_bounce(letter):
        return DraftKind.BOUNCE
    if is_auto_reply(letter, about_a_child=about_a_child):
        return DraftKind.AUTO_REPLY
    token = token_of(letter)
    if token and (
        TOKEN.search(letter.subject) is not None
        or re.match(r"(?i)^\s*(?:re|aw|sv|fw|fwd)\s*:", letter.subject)
        or letter.in_reply_to
        or _ANSWER.search(letter.text)
        or not named_child
    ):
        return DraftKind.REPLY
    if _CALENDAR.match(letter.subject) and not named_child:
        return DraftKind.NOT_A_CONTACT
    bulk = any(
        name in letter.headers for name in ("list-unsubscribe", "list-id")
    ) or letter.headers.get("precedence", "").lower() in {"bulk", "list"}
    if named_child or has_form:
        return DraftKind.NOT_A_CONTACT if bulk and not about_a_child else DraftKind.CONTACT
    if (
        bulk
        or letter.content_type == "text/calendar"
        or "text/calendar" in letter.headers.get("content-type", "")
    ):
        return DraftKind.NOT_A_CONTACT
    text = f"{letter.subject}\n{letter.text}"
    for inner in letter.chain():
        text += f"\n{inner.subject}\n{inner.text[:5000]}"
    if len({hit[0].casefold() for hit in _ADVERT.finditer(text)}) > 1:
        return DraftKind.NOT_A_CONTACT
    if _HARM.search(text):
        return (
            DraftKind.CONTACT
            if not (
                _NOTICE.search(text)
                and re.search(r"(?i)unsubscribe|book now|webinar|newsletter|training", text)
            )
            else DraftKind.NOT_A_CONTACT
        )
    if _SUBSCRIBED.search(text) and _NOTICE.search(text):
        return DraftKind.NOT_A_CONTACT
    if _NOTICE.search(text) and not re.search(
        r"(?i)\b(?:my|his|her|their|a|the) (?:child|children|baby|son|daughter|mum|mother|dad|father|pupil)\b(?!['’]s (?:\w+ )?(?:play|area|centre|system|services?|social care|team|workforce|database))",
        text,
    ):
        return DraftKind.NOT_A_CONTACT
    return DraftKind.CONTACT
