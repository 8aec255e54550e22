"""Words under a heading without a label of their own: a person, an answer, or an account."""

from __future__ import annotations

import re

from triage.intake.contact_facts import ContactFacts
from triage.intake.gathered import Gathered
from triage.intake.household import Household
from triage.intake.labels import Subject, classify
from triage.intake.meanings import said_above
from triage.intake.people import is_role, name_runs, read_card
from triage.intake.pieces import Entry, Line, Passage, Piece
from triage.intake.roster import read_row, take_people

_SIGNED = re.compile(
    r"(?:This (?:form|referral|report) (?:was |is )?)?(?:[Rr]eferred|[Rr]eported|[Cc]ompleted"
    r"|[Ss]ubmitted|[Rr]aised|[Ss]ent|[Ss]igned|[Ww]ritten|[Mm]ade|[Nn]otified)"
    r" (?:in )?by:? (?=[A-Z])"
)


class Passages(Household):
    """Reads passages into what is gathered."""

    def __init__(self, gathered: Gathered) -> None:
        super().__init__(gathered)
        self.contact = ContactFacts(gathered)

    def _passage(self, passage: Passage) -> None:
        """Take in the words for what the nearest heading asks, else keep them as an account."""
        if not passage.piece:
            return
        above, _, _, attribute = said_above(Entry((), passage.piece, passage.path))
        words = passage.piece.text
        if attribute == "concern":
            self.got.concerns.append((passage.piece, passage.path[-1]))
            return
        if attribute == "address" and len(words) < 300:
            here = Entry((), passage.piece, passage.path)
            meaning = classify(passage.path[-1])
            self.contact.address(
                "address", Subject.NONE, meaning, passage.piece, passage.path[-1], here
            )
            return
        if (
            attribute
            in {"consent", "consent_reason", "informed", "informed_reason", "risk", "urgent"}
            and len(words) < 600
        ):
            self.contact.put(
                attribute, passage.path[-1], passage.piece, Entry((), passage.piece, passage.path)
            )
            return
        if self.contact.ends_address(passage.piece) or self._goes_on(passage.piece):
            return
        short = len(words) < 8_000
        if short and any(self._reads_signed(line) for line in passage.piece.lines()):
            self.got.passages.append(passage)
            return
        if above is Subject.REFERRER and self._reads_card(passage):
            return
        if above in {Subject.CHILD, Subject.ADULT} and short and self._reads_rows(passage):
            return
        if (
            above is Subject.REFERRER
            and len(words) < 200
            and "\n" not in words
            and not self.got.referrer.facts
            and (name := read_card(passage.piece, self.got.today, professional=True).name)
            and len(name.text.split()) > 1
            and name.text.istitle()
        ):
            self.persons.apply(self.got.referrer, "name", passage.path[-1], passage.piece)
            return
        if re.search(
            r"\?|\bI\b|(?i:^(?:section|part|step|page) \d)", words
        ):  # a question and its answer, not a list of people
            self.got.passages.append(passage)
            return
        if above is Subject.CHILD and len(words) < 300 and not is_role(words):
            self._list(
                Subject.CHILD,
                passage.piece,
                passage.path[-1],
                Entry((), passage.piece, passage.path),
            )
            return
        if above is Subject.ADULT and len(words) < 300:
            self._list(
                Subject.ADULT,
                passage.piece,
                passage.path[-1],
                Entry((), passage.piece, passage.path),
            )
            return
        self.got.passages.append(passage)

    def _reads_rows(self, passage: Passage) -> bool:
        """Read lines that each tell of one person; False where any line does not."""
        lines = [Line(line) for line in passage.piece.lines() if line]
        if len(lines) < 2 or any(read_row(self.got, line) is None for line in lines):
            return False
        people = len(self.got.people)
        take_people(self.got, [*lines])
        return len(self.got.people) == people + len(lines)

    def _goes_on(self, piece: Piece) -> bool:
        """Read a post and body on the line under the name of who refers."""
        referrer = self.got.referrer
        known = {"role", "agency"} & referrer.facts.keys()
        if self.last is not Subject.REFERRER or known or len(piece.text) > 120:
            return False
        first = re.split(r",\s", piece.text.strip(), maxsplit=1)[0]
        if not is_role(first) or piece.text.rstrip().endswith("."):
            return False
        card = read_card(piece, self.got.today, professional=True)
        for fact, found in (("role", card.role), ("agency", card.agency), ("phone", card.phone)):
            if found is not None:
                self.persons.apply(referrer, fact, "line under the name", found)
        return True

    def _reads_signed(self, piece: Piece) -> bool:
        """Read "Referred by Ada Fenn, school nurse, 01632 960100" on a line without a label."""
        told = _SIGNED.match(piece.text)
        if (
            told is None
            or len(piece.text) > 300
            or {"name", "given"} & self.got.referrer.facts.keys()
        ):
            return False
        card = read_card(piece.cut(told.end()), self.got.today, professional=True)
        if card.name is None or not (card.role or card.agency or card.phone or card.email):
            return False
        self.persons.apply_card(self.got.referrer, card, told[0].strip())
        return True

    def _reads_card(self, passage: Passage) -> bool:
        """Read a block of lines without labels under "Your details": name, post, body, number."""
        lines = [line for line in passage.piece.lines() if line]
        if not 2 < len(lines) < 8 or {"name", "given"} & self.got.referrer.facts.keys():
            return False
        runs = name_runs(lines[0])
        if len(runs) != 1 or runs[0].text != lines[0].text or " " not in runs[0].text:
            return False
        card = read_card(passage.piece, self.got.today, professional=True)
        if card.name is None or not (card.phone or card.email or card.role):
            return False
        self.persons.apply_card(self.got.referrer, card, passage.path[-1])
        return True
