"""The family's address in running text: not a school's, nor the writer's own."""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

from __future__ import annotations

import re

from triage.intake import addresses
from triage.intake.gathered import Gathered, Reading
from triage.intake.people import is_organisation
from triage.intake.pieces import Piece
from triage.intake.prose_cues import ADDRESS_CUE, ADDRESS_START, KIN_WRITES, PHONE_LIKE

_NOT_ADDRESS = re.compile(
    r"^\d{1,2}\s(?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
    r"|\b(?:have|has|was|were|are|but|that|they|who|when|because)\b"
)
# "Their previous address was 9 Tower Court": where nobody of them lives any more
_LEFT = re.compile(
    r"(?i)\b(?:(?:previous|former|old|last|last known) (?:home|address)|(?:previously|formerly) (?:of|at|lived|living)|used to live|moved (?:here )?from)\b[^.;\n]{0,40}$"
)
# "Suspect Gary Pearce of 9 Hill View": the address of one who lives elsewhere
_OF_ANOTHER = re.compile(
    r"(?i)\b(?:suspect|perpetrator|offender|witness|informant|caller|neighbou?r)\b[^.;\n]{0,90}\b(?:of|at|from)\s*$"
)
_NAMED_HOUSE = re.compile(
    r"\b(?:[Aa]ddress(?: (?:I|we) (?:have|hold))?(?: is)?:?|[Hh]ome (?:to|at|is|address is)|[Ll]iv(?:es?|ing)(?: with [^.;\n]{2,60}?)?,? at|,? of(?= (?:[A-Z][\w’'-]+ ){0,2}(?:Farm|House|Cottage|Lodge|Hall|Barn|Manor|Villa|Court|Mill)\b)|(?:at home|[Ll]iv(?:es?|ing)|[Ss]tay(?:s|ing))(?: with [^.;:\n]{2,30})?:)\s((?:[A-Z][\w’'-]+,? ){2,9})$"
)


_CODE_AFTER = re.compile(
    rf"[.,]?\s?(?:[A-Z][\w’'-]+[.,]? ){{0,3}}(?P<code>{addresses.POSTCODE.pattern})"
)


class AddressReader:
    """Finds where the children live and adds it to what was gathered."""

    got: Gathered
    kin_writes: bool

    def address(self, piece: Piece) -> list[tuple[int, int]]:
        """Read the family's address; spans of all addresses, so no street becomes a name."""
        words = piece.text
        spans: list[tuple[int, int]] = []
        self.kin_writes = self.kin_writes or KIN_WRITES.search(words[:5000]) is not None
        best: tuple[int, Piece, Piece] | None = None
        for match in addresses.POSTCODE.finditer(words):
            floor = max(
                words.rfind("\n\n", 0, match.start()),
                words.rfind(". ", 0, match.start()) + 1,
                spans[-1][1] if spans else 0,
                match.start() - 160,
                0,
            )
            starts = list(ADDRESS_START.finditer(words, floor, match.start()))
            start = None
            for candidate in starts:
                between = words[candidate.start() : match.start()]
                if _NOT_ADDRESS.search(between):
                    continue
                if re.search(r"(?i)\b(?:19|20)\d\d\b(?![A-Za-z])", between) or PHONE_LIKE.search(
                    between
                ):
                    continue
                if re.match(r"[^()]{0,12}\)", words[candidate.end() :]):
                    continue  # an age in brackets: "(51, MS) at 5 Mill Lane"
                start = candidate.start()
                break
            if start is None and (named := _NAMED_HOUSE.search(words[floor : match.start()])):
                start = floor + named.start(1)
            if start is None:
                spans.append(match.span())
                continue
            named = re.search(
                r"(?:^|\b(?:at|of|in|is)\s(?:the\s)?|:\s)((?:[A-Z][\w’'-]+ ?){1,4}, ?)$",
                words[max(0, start - 70) : start],
            )
            if named and not is_organisation(named[1]):
                start -= len(named[1])
            spans.append((start, match.end()))
            under = piece.sheet.text[piece.start + match.end() :][:24]
            if re.match(r"[\s,|·]*(?:Tel|Telephone|Phone|Fax|E-?mail|www)\b", under):
                continue  # a letter-head
            before = words[max(0, start - 110) : start]
            line = piece.cut(start, match.end())
            if is_organisation(
                words[max(0, start - 14) : start].rsplit("\n", 1)[-1]
            ) and not re.search(r"(?i)\b(?:liv\w+|address|home|family|stay\w+)\b", before[-30:]):
                continue
            above = piece.sheet.text[: piece.start + start].rstrip(" ")
            over = above.rstrip().rsplit("\n", 1)[-1]
            if len(above) < 200 and above.endswith("\n") and is_organisation(over):
                continue  # under the name a letter is headed with
            if _OF_ANOTHER.search(before) or _LEFT.search(before):
                continue
            own = re.search(
                r"(?i)\b(?:I|I['’]m|we|my|our)\b(?! (?:have|hold|had|got) (?:the|an|this|their|her|his)\b)[^.]{0,12}\b(?:live|address|house|flat|am|reside)\b[^.]{0,12}$",
                before,
            )
            if own and not self.kin_writes:
                continue  # the writer's own
            rank = (
                0
                if re.search(
                    r"(?i)\b(?:liv(?:es?|ed|ing)|address|home|resid\w+|stay\w+)\b[^.]{0,70}$",
                    before,
                )
                else 1
                if ADDRESS_CUE.search(before)
                else 2
            )
            rank = -1 if own else rank
            if best is None or rank < best[0]:
                best = (rank, line, piece.of(match))
        if best is None:
            best = self._bare_address(piece, spans)
        if (
            best is not None
            and "line" not in self.got.facts
            and (best[1] is best[2] or "postcode" not in self.got.facts)
            and "address_withheld" not in self.got.facts
        ):
            home, town, postcode = addresses.parts_of(best[1])
            if home is not None:
                self.got.put("line", Reading(addresses.tidy_line(home.text), (home,), "letter"))
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
            r"(?i)\b(?:(?:liv(?:es?|ing)|is|are)(?: with [^.;\n]{2,90}?),? at|liv(?:es?|ing),? (?:at|in)|liv(?:es?|ing) with [^.;\n]{2,90}?,? in|(?:family|children|kids) at|(?:home )?address(?: we hold| we have| is)*\s?(?:is|:)|stay(?:s|ing) at|resid(?:es|ing) at|of|(?:at|from|in)(?= (?:number|no\.?) \d))\s(?:number |no\.? )?(?=(?:flat|apartment|room|caravan|\d))",
            words,
        ):
            if re.search(
                r"(?i)\b(?:I|we|my|our|I['’]m)\s*$|\bI(?: am|['’]m)? [^.;,]{0,40} and $",
                words[max(0, cue.start() - 60) : cue.start()],
            ):
                continue
            rest = re.match(
                r"(?i)(?:(?:flat|apartment|room|caravan|unit)\s\w{1,4},?\s)?\d{1,4}[a-z]?\s(?:[A-Z][\w’'-]*,?\s?){1,5}",
                words[cue.end() :],
            )
            sure = re.search(r"(?i)\bwith\b", cue[0]) and rest and "," in rest[0]
            if rest and (sure or addresses._STREET.search(rest[0])):
                stop = re.search(
                    r"[,.;\n]|\s(?:and|with|who|is|was|has|but)\b",
                    words[cue.end() + rest.end() - 1 :],
                )
                del stop
                found = piece.cut(cue.end(), cue.end() + rest.end()).strip(" ,.")
                beyond = piece.cut(found.end - piece.start, found.end - piece.start + 40)
                if code := _CODE_AFTER.match(beyond.text):
                    code_piece = beyond.of(code, "code")
                    told = addresses.tidy_postcode(code_piece.text)
                    self.got.put("postcode", Reading(told, (code_piece,), "letter"))
                spans.append((found.start - piece.start, found.end - piece.start))
                return 1, found, found
        return None
