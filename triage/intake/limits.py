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
    seconds: float = 30.0  # for the largest; see seconds_for
    memory_bytes: int = 1_500_000_000


def seconds_for(size: int) -> float:
    """How long a file of `size` bytes may be read: 10 seconds for a small one, 30 from 5 MB on.

    Files of a few hundred kB are read within two; one that takes longer is broken or hostile, and
    what waits behind it should not wait half a minute.
    """
    return min(Limits().seconds, 10.0 + size / 250_000)
