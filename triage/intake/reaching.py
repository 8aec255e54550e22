"""How the family may safely be reached, as a letter says it ("Do not leave voicemail").

Only what limits or names a way is taken: an order not to, a time or number that is safe. What
is asked for the writer ("don't call me before nine") or told of others is left alone.
"""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

from __future__ import annotations

import re

from triage.intake.gathered import Gathered, Reading
from triage.intake.pieces import Piece

_SENTENCE = re.compile(r"[^.!?\n;]+(?:\n(?!\s*\n)[^.!?\n;]+){0,12}[.!?]?")
_REACH = r"(?:call|ring|phone|telephone|text|contact|write|e-?mail|visit|message|speak to|approach|knock|send (?:letters?|texts?|anything|post))"
_FAMILY = r"(?:mum|mam|mother|dad|father|parents?|her|him|them|the (?:family|house|home|children|landline|address|property)|home|carers?|(?:his|her|their|mum['’]s|dad['’]s) \w+|letters?|anything|while|when|until|if|at|on|before|after|between|during|without|unless|$)"
_LEFT = r"leave (?:any |a |voice )?(?:voice ?mails?|voice messages?|messages?|answer ?phone messages?|notes?|cards?)"
_CUES = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"(?:^|[,:–-]|\b(?:please|so|but|and|therefore|must))\W{{0,3}}(?:please )?(?:do not|don['’]?t|never)(?: ever)? {_LEFT}",
        rf"(?:^|[,:–-]|\b(?:please|so|but|and|therefore))\W{{0,3}}(?:please )?(?:do not|don['’]?t|never)(?: ever)? {_REACH} {_FAMILY}",
        r"\bno (?:voice ?mails?|voice messages?|messages|letters|texts|calls)\b(?= (?:please|to|at|on|should|as|because|before|after)|\W*$)",
        rf"\b(?:un|not |never |only |is |it['’]?s |be |safe)safe(?:st|ly)? to (?:{_REACH}|{_LEFT}|be (?:called|rung|contacted|texted))\b",
        r"\bsafe(?:st)? (?:number|way|time|times|method|means)\b[^.]{0,30}\b(?:to|is|for|are)\b",
        rf"\b(?:can|may|should|could|must|please) (?:only|safely) (?:be )?(?:{_REACH}|called|rung|contacted|reached|texted|phoned)\b",
        rf"\b(?:please )?only (?:{_REACH}) (?:her|him|them|mum|dad|mother|father|on|at|when|between|before|after)\b",
        rf"\b(?:best|safest) to (?:{_REACH}) (?:her|him|them|mum|mother|dad|father)\b",
    )
)
_OTHERS = re.compile(
    r"(?i)\b(?:hesitate|police|999|111|(?:call|ring|phone|contact|text|e-?mail|reach|call back|message|write to|speak to) (?:me|us|back|myself|the (?:office|school|surgery|writer))"
    r"|my (?:number|mobile|phone|work)|told (?:her|him|them|me|us|the \w+|\w+) (?:not|never|to never)|i (?:can|am|may)\b)"
)


def note_reaching(got: Gathered, pieces: list[Piece]) -> None:
    """Keep the sentences that say how the family may be reached; each once, in order."""
    found: list[Piece] = []
    for piece in pieces:
        for match in _SENTENCE.finditer(piece.text[:120_000]):
            words = " ".join(match[0][:400].split())
            if len(match[0]) > 400 or _OTHERS.search(words):
                continue
            said = piece.of(match).strip()
            if any(cue.search(words) for cue in _CUES) and said and len(found) < 4:
                found.append(said)
    if found and "safe_contact" not in got.facts:
        plain = dict.fromkeys(" ".join(said.text.split()) for said in found)
        got.put("safe_contact", Reading(" ".join(plain), tuple(found), "letter"))
