"""The referral pack: one signed decision as a PDF, each copy for one named person.

The facts are those that were frozen when the decision was signed. Words a copy leaves out are taken
out before anything is drawn, and a numbered black mark is left in their place.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from triage.domain.decision import DecisionVersion
from triage.domain.pack import Copy, Removal
from triage.domain.profile import Profile
from triage.export import pack_blocks as c
from triage.export.pack_contents import children_words, contents
from triage.export.pack_copies import removed_sections
from triage.export.pack_letters import not_drawn
from triage.export.pack_pages import print_pack
from triage.export.pack_paper import Press
from triage.export.pack_removal import Nature, Piece, Removing, count, removing
from triage.export.pack_surround import Furniture, Signature

LARGE_PRINT = 16 / 10.5
"""Large print is 16 point where the standard copy is 10.5."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackFile:
    """A copy as drawn.

    `removed` counts the places of each kind, `numbers` is the figure on each kind's marks, and
    `begins` the first page (from 1) of the decision, the why, the events and the removals.
    `could_remove` counts the places of every kind, were it removed alone.
    `still_says` are words of a removed kind that also stand where they are not taken out (the
    hub's own wording, a recipient, a child's school), and `not_found` chosen words that do not
    stand anywhere as they were chosen: both for the person who makes the copy to see.
    """

    pdf: bytes
    pages: int
    removed: Mapping[Removal, int]
    numbers: Mapping[Removal, int]
    begins: Mapping[str, int]
    could_remove: Mapping[Removal, int]
    still_says: tuple[str, ...] = ()
    not_found: tuple[str, ...] = ()


def seal_of(document: bytes) -> str:
    """The seal printed on the pack: the first 12 hex digits of the document's SHA-256, grouped."""
    digest = hashlib.sha256(document).hexdigest().upper()
    return "-".join(digest[at : at + 4] for at in (0, 4, 8))


def _lines(section: c.Section) -> Iterator[c.Line]:
    yield section.note
    for block in section.blocks:
        yield from _lines_of(block)


def _lines_of(block: c.Block) -> Iterator[c.Line]:
    if isinstance(block, c.Paragraph):
        yield block.runs
    elif isinstance(block, c.Bullets):
        yield from block.lines
    elif isinstance(block, c.Table):
        yield from (line for row in block.rows for line in row)
    elif isinstance(block, c.Pairs):
        yield from (line for _, line in block.pairs)
    else:
        for inner in (*block.left, *block.right):
            yield from _lines_of(inner)


def _pieces(takes: Removing, lines: Iterable[c.Line]) -> list[tuple[Piece, ...]]:
    return [pieces for line in lines for pieces in takes.take_out_of(line)]


def _alone(kind: Removal, version: DecisionVersion, copy: Copy, lines: list[c.Line]) -> int:
    takes = removing(version, replace(copy, removals=frozenset({kind})))
    return count(_pieces(takes, lines)).get(kind, 0)


def _copy_words(version: DecisionVersion, copy: Copy) -> str:
    whom = f"for {copy.recipient}" if copy.recipient.strip() else f"({c.NOBODY.lower()})"
    return f"{version.reference} · copy {copy.number} {whom}"


def _job(job: str) -> str:
    """A job in running text: "contact officer", but "IDVA"."""
    return job if job[1:2].isupper() else job[:1].lower() + job[1:]


def build_pack(
    version: DecisionVersion,
    copy: Copy,
    *,
    profile: Profile,
    printed_at: datetime,
    copies: tuple[Copy, ...],
    seal: str,
    verify_text: str,
    author_job: str = "",
    signer_job: str = "",
    practice: bool = False,
) -> PackFile:
    """One copy of the pack of a frozen decision, unsigned.

    `copies` are all copies of the decision, this one among them; `printed_at` is aware; `seal` is
    `seal_of` the signed decision; `verify_text` says in a few words how to check it. The same
    arguments give the same bytes. A version not yet signed is drawn with "Not signed yet".
    """
    zone = ZoneInfo(profile.working_time.zone)
    takes = removing(version, copy)
    whole = contents(version, profile=profile, copies=copies)
    children = takes.take_out(whole.children, Nature.FACT)
    lines = [line for section in whole.sections for line in _lines(section)]
    pieces = _pieces(takes, lines)
    counts = count([*pieces, children])
    kept = [piece for cell in pieces for piece in cell if isinstance(piece, str)]
    missing = not_drawn([*kept, *(piece for piece in children if isinstance(piece, str))])
    sections = (*whole.sections, *removed_sections(copy, copies, takes, counts, missing))
    handling = "Personal: children. Hand only to the people named in part 6."
    furniture = Furniture(
        marking=profile.marking,
        handling=f"{handling} Practice data, fictional people." if practice else handling,
        title=whole.title,
        children=children,
        children_short=takes.take_out(children_words(version, most=1), Nature.FACT),
        reference=version.reference,
        hub=" · ".join(words for words in (profile.hub, profile.phone) if words),
        rating_letter=whole.rating_letter,
        rating_shape=whole.rating_shape,
        rating_words=whole.rating_words,
        copy_words=_copy_words(version, copy),
        printed=f"Printed {c.time_words(printed_at, zone)}",
        signatures=(
            Signature(
                label="Screened by",
                name=version.author_name,
                job=_job(author_job),
                when=c.time_words(version.proposed_at, zone),
            ),
            Signature(
                label="Decision signed by",
                name=version.signer_name or "Not signed yet",
                job=_job(signer_job),
                when=c.time_words(version.signed_at, zone) if version.signed_at else "",
            ),
        ),
        seal=seal,
        verify_text=verify_text,
        qr=f"{version.reference} copy {copy.number} seal {seal}",
    )
    scale = LARGE_PRINT if copy.large_print else 1.0
    press = Press(cut=takes.take_out_of, numbers=takes.numbers, scale=scale)
    subject = f"Copy {copy.number}"
    drawn = print_pack(sections, press, furniture, subject=subject, made_at=printed_at)
    around = (furniture.hub, furniture.copy_words, version.author_name, version.signer_name)
    return PackFile(
        pdf=drawn.pdf,
        pages=drawn.pages,
        removed={kind: counts.get(kind, 0) for kind in takes.numbers},
        numbers=takes.numbers,
        begins=drawn.begins,
        could_remove={kind: _alone(kind, version, copy, lines) for kind in Removal},
        still_says=takes.still_says((*kept, *around)),
        not_found=tuple(
            words
            for words in copy.words
            if not takes.says(words, ("".join(run.text for run in line) for line in lines))
        ),
    )
