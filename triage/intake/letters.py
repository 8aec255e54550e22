"""A message as a draft: what kind it is, who truly wrote it, what its letter and forms say."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from triage.domain.contact import Channel, Content
from triage.domain.draft import Attachment, Draft, DraftKind, NotRead
from triage.domain.errors import UnreadableError
from triage.domain.fact import Place
from triage.intake import kinds, signature
from triage.intake.assemble import content_of, joined, settle_people
from triage.intake.dates import writes_month_first
from triage.intake.gathered import Gathered
from triage.intake.interpret import Interpreter
from triage.intake.labels import Subject, classify
from triage.intake.limits import Limits
from triage.intake.mail import TOKEN, Enclosure, Letter, MailReader, pieces_of
from triage.intake.pairs import pairs_in
from triage.intake.parts import Part, write_part
from triage.intake.people import PHONE, is_organisation
from triage.intake.pieces import Entry, Line, Node, Piece, Sheet, plain
from triage.intake.referrer import know_referrer, writes_of_self
from triage.intake.roster import take_people
from triage.intake.rows import items_of
from triage.intake.running import PUBLIC, concern_from, day_of, extra_of, read_prose, unused_of
from triage.intake.said import hear


def read_letter(
    reader: MailReader,
    letter: Letter | None,
    untrusted_bytes: bytes,
    name: str,
    sha: str,
    limits: Limits,
) -> Draft:
    """Everything one letter says: its kind, its people, and the drafts of what it carries."""
    letter = letter or reader.read(untrusted_bytes)
    lost: list[NotRead] = []
    if letter.too_deep or any(inner.too_deep for inner in letter.chain()):
        lost.append(
            NotRead(
                place=Place(file=name),
                what="messages inside",
                why="They are nested deeper than is read. Look at the original.",
            )
        )
    parts, attachments = _read_files(letter, name, lost, limits)
    reading = _LetterReading(letter, parts, limits)
    reading.read_forms()
    reading.read_body()
    header = reading.who_wrote(name)
    reader.sheets.extend([header] if header.length else [])
    reading.say_concern()
    content = reading.content()
    named = any(c.given.known or c.dob.known or c.edd.known for c in content.children)
    kind = kinds.kind_of(
        letter,
        about_a_child=named or bool(content.children and content.concern.known),
        has_form=reading.has_form or bool(lost and attachments),
        named_child=named,
    )
    if kind is not DraftKind.CONTACT:
        machine = kind is not DraftKind.REPLY
        shown = [*letter.nodes, *letter.quoted] if machine else reading.body
        content = _only_text(content, shown, reading.got)
    sheets = [*reader.sheets, *(p.sheet for p in parts)]
    return Draft(
        file=name,
        sha256=sha,
        size=len(untrusted_bytes),
        kind=kind,
        channel=Channel.EMAIL,
        content=content,
        subject=plain(letter.subject),
        received_at=letter.date or reading.got.received,
        message_id=letter.message_id,
        in_reply_to=letter.in_reply_to,
        reply_token=kinds.token_of(letter),
        sender=letter.from_address,
        parts=tuple(sheet.as_part() for sheet in sheets),
        attachments=tuple(attachments),
        not_read=(*lost, *(one for sheet in sheets for one in sheet.lost())),
        unused=unused_of(reading.got),
        why="" if kind is DraftKind.CONTACT else _WHY[kind],
    )


class _LetterReading:
    """What a letter and the forms in it say: first the forms, then its own words."""

    def __init__(self, letter: Letter, parts: list[Part], limits: Limits) -> None:
        self.letter, self.parts, self.limits = letter, parts, limits
        self.writer = _true_writer(letter)
        self.body, self.signer = signature.body_and_signer(self.writer)
        self.lines = [node.piece for node in self.body if isinstance(node, Line)]
        self.form_items = [items_of(part.nodes) for part in parts]
        self.formed = _is_form(self.body)
        self.body_items = items_of(self.body, form=self.formed)
        items = [item for each in (*self.form_items, self.body_items) for item in each]
        values = [item.value for item in items if isinstance(item, Entry)]
        short = [p for p in self.lines if len(p.text) < 2000][:2000]
        today = day_of(letter.date)
        self.got = Gathered(today, writes_month_first([*values, *short], today))
        self.interpreter = Interpreter(self.got)
        self.form_passages: list[Piece] = []
        self.body_passages: list[Piece] = []
        self.prose: list[Piece] = []
        self.has_form = False  # the forms tell of a child, or why they came
        self.labelled = False  # a label of the body says why it came
        self.few_labels = True
        self.signed_inside = False
        self.young = False

    def read_forms(self) -> None:
        """Take in the forms and documents; one that has no labels is read as a letter."""
        got = self.got
        for number, part in enumerate(self.parts):
            if (nodes := take_people(got, part.nodes)) is not part.nodes:
                self.form_items[number] = items_of(nodes)
            self.interpreter.read(self.form_items[number])
        self.form_passages = [p.piece for p in got.passages]
        self.has_form = bool(got.of(Subject.CHILD)) or bool(got.concerns)
        telling = [piece for piece in self.form_passages if len(piece.text) > 120]
        if not got.of(Subject.CHILD) and (telling or got.concerns):
            written = [*self.form_passages, *(piece for piece, _ in got.concerns)]
            read_prose(got, letter=written, form=False)
            self.has_form = bool(got.of(Subject.CHILD))
            got.concerns.extend((piece, "text") for piece in telling if self.has_form)
        self.few_labels = got.labels <= FEW
        if not {"name", "given", "family"} & got.referrer.facts.keys():
            inside = signer_inside(self.parts)
            self.signer = inside or self.signer  # whoever sent it on may have signed too
            self.signed_inside = inside is not None

    def read_body(self) -> None:
        """Take in the letter's own labels and sentences."""
        got, limits = self.got, self.limits
        got.passages = []
        before = len(got.concerns)
        if (nodes := take_people(got, self.body)) is not self.body:
            self.body_items = items_of(nodes, form=self.formed)
        self.interpreter.read(self.body_items)
        self.body_passages = [p.piece for p in got.passages]
        self.prose = _paragraphs(got, self.body, limits)
        self.labelled = len(got.concerns) > before
        if self.formed:
            self.prose = [piece.cut(0, limits.prose_chars) for piece in self.body_passages]
        if not self.has_form:
            got.passages = []
            if self.labelled and not got.of(Subject.CHILD):
                self.prose = [*self.prose, *(piece for piece, _ in got.concerns)]
            subject = self.letter.subject
            read_prose(got, letter=self.prose, form=False, labelled=self.formed, subject=subject)
        else:
            # a letter in a document has few labels; its sentences are read as a letter's are
            read_prose(got, letter=self.form_passages, form=not self.few_labels)
            hear(got, self.prose, letter=True)
            if self.signed_inside and not self.few_labels:  # a letter with a table in it
                hear(got, self.form_passages, letter=True)

    def who_wrote(self, name: str) -> Sheet:
        """Settle who everybody is; what the head of the file `name` told of it, as a sheet."""
        self.young = not self.has_form and writes_of_self(self.got, self.writer, self.prose)
        settle_people(self.got)
        header = Sheet(name, "headers", "text/plain")
        forms = [*self.form_items, self.body_items] if self.formed else self.form_items
        know_referrer(self.got, self.letter, self.writer, self.signer, [*self.lines], forms, header)
        return header

    def say_concern(self) -> None:
        """Settle which words say why it came."""
        got = self.got
        if not self.has_form and not (self.labelled and self.formed):
            whole = _whole_text(self.body)
            if whole is not None:
                got.concerns.insert(0, (whole, "letter"))
        elif not self.labelled and not got.concerns:
            concern_from(got, self.form_passages or self.prose)
        elif self.has_form:
            got.concerns.extend((p, "text") for p in self.form_passages if _tells_of(got, p))
        else:
            most = self.limits.prose_chars
            got.concerns.extend(
                (p, "letter") for p in self.body_passages if 80 < len(p.text) < most
            )

    def content(self) -> Content:
        """What it says, of whom and from whom."""
        text = self.letter.text[:6000] + " ".join(i.subject for i in self.letter.chain())
        hint = f"{self.letter.subject} {text[:3000]}"
        relayed = signature.RELAY.search(self.writer.from_address)
        return content_of(
            self.got,
            public=bool(PUBLIC.search(hint)),
            extra=extra_of(self.got, "" if relayed else self.writer.from_name, ""),
            hint=hint,
            young=self.young,
        )


def _tells_of(got: Gathered, piece: Piece) -> bool:
    """True for an account of some length that names one of the people."""
    if len(piece.text) < 120:
        return False
    names = {word for p in got.people for f in ("given", "name") for word in p.value(f).split()[:1]}
    return any(re.search(rf"\b{re.escape(name)}\b", piece.text) for name in names)


FEW = 5
"""Labels of a document that is a letter all the same."""


def signer_inside(parts: list[Part]) -> signature.Signer | None:
    """Who signed a letter that came as a document."""
    for part in parts:
        signer = signature.body_and_signer(Letter(nodes=part.nodes))[1]
        if signer.name is not None and (signer.role or signer.agency):
            signer.agency = signer.agency or _letterhead(part)
            signer.phone = signer.phone or _head_phone(part)
            return signer
    return None


def _head_phone(part: Part) -> Piece | None:
    """The telephone number a letter is headed with."""
    for node in part.nodes[:6]:
        if isinstance(node, Line) and (told := _TELEPHONE.search(node.piece.text[:400])):
            return node.piece.of(told, "number")
    return None


_TELEPHONE = re.compile(
    rf"(?i)\b(?:tel(?:ephone)?|phone)\b[\s.:]{{1,4}}(?P<number>{PHONE.pattern})"
)
_NO_BODY = re.compile(r"[:.,]\s|\d|(?i:\b(?:form|referral|notification|report)\b)")


def _letterhead(part: Part) -> Piece | None:
    """The body a letter is headed with."""
    lines = [node.piece.strip() for node in part.nodes[:8] if isinstance(node, Line)]
    for line in lines[:4]:
        head = line.lines() if line else iter(())
        for one in head:
            if (
                is_organisation(one.text)
                and len(one.text.split()) < 9
                and not re.search(
                    r"[:.,]\s|\d|(?i:\b(?:form|referral|notification|report)\b)", one.text
                )
            ):
                return one
    return None


_WHY = {
    DraftKind.REPLY: "It answers one of our information requests.",
    DraftKind.AUTO_REPLY: "A machine wrote it; it answers nothing.",
    DraftKind.BOUNCE: "It reports that a message of ours was not delivered.",
    DraftKind.NOT_A_CONTACT: "It is a notice or newsletter, not about a child.",
    DraftKind.REJECTED: "It could not be read safely.",
}


def _only_text(content: Content, body: list[Node], got: Gathered) -> Content:
    """A message that is no contact keeps its words and its writer, and no people."""

    whole = _whole_text(body)
    concern = joined([(whole, "letter")]) if whole is not None else content.concern
    return Content(
        referrer=replace(content.referrer, source_code=Content().referrer.source_code),
        concern=concern,
    )


def _read_files(
    letter: Letter, name: str, lost: list[NotRead], limits: Limits
) -> tuple[list[Part], list[Attachment]]:
    parts: list[Part] = []
    kept: list[Attachment] = []
    for enclosure in letter.all_files():
        if enclosure.inline:
            lost.append(
                _not_read(name, enclosure, "It is a picture in the text. Look at the original.")
            )
            continue
        kept.append(enclosure.as_attachment())
        try:
            part = write_part(name, enclosure.name, enclosure.data, enclosure.media_type, limits)
        except UnreadableError as fault:
            lost.append(_not_read(name, enclosure, str(fault)))
            continue
        except Exception as fault:  # a reader's library may fail in any way on a hostile file
            lost.append(
                _not_read(
                    name,
                    enclosure,
                    f"It could not be read ({type(fault).__name__}). Look at the original.",
                )
            )
            continue
        lost.extend(part.lost)
        parts.append(part)
    return parts, kept


def _not_read(name: str, enclosure: Enclosure, why: str) -> NotRead:
    return NotRead(place=Place(file=name, part=enclosure.name), what=enclosure.name, why=why)


def _true_writer(letter: Letter) -> Letter:
    """The letter that tells of the child: the innermost one forwarded, or the outer one."""
    chain = list(letter.chain())
    best = letter
    if letter.content_type == "multipart/report":
        return letter
    ours = letter.headers.get("to", "").casefold()
    for inner in chain[1:]:
        if inner.from_address and inner.from_address.casefold() in ours:
            break  # what they answer is what we wrote
        if TOKEN.search(inner.subject) and not inner.from_address:
            break  # our own request, quoted
        forwarded = (
            bool(re.match(r"(?i)^\s*(?:fw|fwd|tr|wg)\s*:", best.subject)) or inner.message_id != ""
        )
        outer_words = "\n".join(
            p.text for p in pieces_of(signature.body_and_signer(best)[0])
        ).strip()
        inner_words = inner.text.strip()
        if not inner_words and not inner.files:
            continue
        telling = re.search(
            r"(?i)\bdob\b|date of birth|\bborn\b|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}", outer_words
        )
        if (
            (forwarded or len(outer_words) < 200)
            and not telling
            and len(outer_words) < max(700, len(inner_words))
        ) or (
            not re.match(r"(?i)^\s*re\s*:", best.subject) and not telling and len(outer_words) < 120
        ):
            best = inner
    return best


def _is_form(body: list[Node]) -> bool:
    """True for a body that is a list of labels, as a web form sends."""

    lines = [node.piece for node in body if isinstance(node, Line) and node.piece.text.strip()][:80]
    if sum(bool(pairs_in(line)) for line in lines) >= 4:
        return True
    alone = [_alone(line.text.strip()) for line in lines]
    return sum(a and not b for a, b in pairwise([*alone, False])) >= 5


def _alone(words: str) -> bool:
    """True for a line that is a label and nothing more ("Telephone number")."""
    if len(words) > 90 or words.endswith((".", ",", "!", ";")):
        return False
    meaning = classify(words)
    return bool(meaning.attribute) and (
        meaning.share >= 0.6 or (words.endswith("?") and meaning.weight >= 2)
    )


def _paragraphs(got: Gathered, body: list[Node], limits: Limits) -> list[Piece]:
    """The running text of a letter, by paragraph, with labelled lines left in."""
    out: list[Piece] = []
    now: Piece | None = None
    budget = limits.prose_chars
    for node in body:
        if not isinstance(node, Line):
            now = None
            continue
        piece = node.piece
        if not piece.text.strip():
            now = None
            continue
        budget -= len(piece.text)
        if budget < 0:
            piece.sheet.unread = (
                "Its words are kept, but it is longer than is searched for facts. Read the rest."
            )
            break
        if (
            now is not None
            and now.sheet is piece.sheet
            and piece.start - now.end < 4
            and len(now.text) < 6000
        ):
            now = Piece(now.sheet, now.start, piece.end)
            out[-1] = now
        else:
            now = piece
            out.append(now)
    return out


def _whole_text(body: list[Node]) -> Piece | None:
    lines = [p for p in pieces_of(body) if p.text.strip()]
    if not lines:
        return None
    same = [p for p in lines if p.sheet is lines[0].sheet]
    return Piece(same[0].sheet, same[0].start, same[-1].end).strip()
