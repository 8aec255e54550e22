"""The last page of a copy: what was removed from it and why, and who has which copy."""

from collections.abc import Mapping

from triage.domain.pack import Copy, Removal
from triage.export.pack_blocks import (
    NOBODY,
    Block,
    Bullets,
    Paragraph,
    Run,
    Section,
    Table,
    kept,
    places,
    sentence,
)
from triage.export.pack_removal import Nature, Removing

_NOT_DRAWN = (
    "Some letters are not removed, but could not be drawn on this paper: {what}. Square brackets "
    "name each where it stands. The signed decision holds them as they were written."
)
_NOT_IN_THE_FILE = (
    "Where words were removed, a black mark holds the number above. The words themselves are not "
    "in this file."
)
_WHY = {
    Removal.HEALTH_NUMBERS: "Not needed by this recipient",
    Removal.REFERRER: "Who tells us is not passed on",
    Removal.SAFE_CONTACT: "A safe way to reach the family is for those who call them",
    Removal.ADDRESS: "Where the children live is not needed, or must not be known",
    Removal.RELATIVES: "Facts about others of the family, not needed here",
    Removal.CHOSEN_WORDS: "Chosen by the person who made this copy",
}


def removed_sections(
    copy: Copy,
    copies: tuple[Copy, ...],
    removing: Removing,
    counts: Mapping[Removal, int],
    not_drawn: tuple[str, ...] = (),
) -> tuple[Section, ...]:
    """The last page: what was removed from this copy and why, and who has which copy.

    `not_drawn` names the writings of letters that this paper could not show.
    """
    rows = tuple(
        (
            (Run(text="x", nature=Nature.KEPT, whole=kind),),
            kept(sentence(_name(kind))),
            kept(places(counts.get(kind, 0))),
            kept(_WHY[kind]),
        )
        for kind in removing.numbers
    )
    removed: tuple[Block, ...] = (Paragraph(runs=kept("Nothing was removed from this copy.")),)
    if rows:
        heads = ("Mark", "What was removed", "Where", "Why")
        removed = (
            Table(heads=heads, rows=rows, widths=(0.14, 0.3, 0.14, 0.42)),
            Paragraph(runs=kept(_NOT_IN_THE_FILE)),
        )
    if not_drawn:
        removed += (Paragraph(runs=kept(_NOT_DRAWN.format(what=", ".join(not_drawn)))),)
    out = tuple(
        (
            kept(str(each.number), weight="strong" if each.number == copy.number else "regular"),
            kept(
                each.recipient or NOBODY,
                weight="strong" if each.number == copy.number else "regular",
            ),
            kept(each.by.capitalize()),
            kept(
                sentence(
                    "; ".join(_name(k) for k in Removal if k in each.removals or _chosen(k, each))
                )
                or "Nothing"
            ),
        )
        for each in copies
    )
    return (
        Section(
            title="Removed from this copy",
            blocks=removed,
            page="removed",
        ),
        Section(
            title="Copies of this decision",
            blocks=(
                Table(
                    heads=("Copy", "For", "How", "Removed"),
                    rows=out,
                    widths=(0.1, 0.34, 0.22, 0.34),
                ),
            ),
            page="removed",
        ),
        Section(
            title="Left out of every copy",
            blocks=(
                Bullets(
                    lines=(
                        kept("Earlier events that were not used in this decision."),
                        kept("How records were weighed against each other."),
                        kept("Drafts, and what staff said to each other about them."),
                        kept("Files and pictures sent by others: ask them."),
                    )
                ),
            ),
            page="removed",
        ),
    )


def _name(kind: Removal) -> str:
    """What a kind is called on paper, whose reader chose nothing."""
    return "other words" if kind is Removal.CHOSEN_WORDS else kind.value


def _chosen(kind: Removal, copy: Copy) -> bool:
    return kind is Removal.CHOSEN_WORDS and bool(copy.words)
