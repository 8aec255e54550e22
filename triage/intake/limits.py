"""How much of a file may be taken in: sizes, counts, depth, time and memory."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on one file. Bytes, characters, counts and seconds.

    A file past a bound is kept whole and named as not read; it is never cut.
    """

    file_bytes: int = 60_000_000
    part_bytes: int = 30_000_000
    unpacked_bytes: int = 25_000_000
    unpack_ratio: int = 200
    zip_members: int = 2_000
    depth: int = 8
    attachments: int = 200
    pages: int = 120
    rows: int = 5_000
    cells: int = 20_000
    nodes: int = 50_000
    text_chars: int = 12_000_000
    prose_chars: int = 120_000
    seconds: float = 30.0
    memory_bytes: int = 1_500_000_000
