"""Writes a small compound file, as Outlook messages are, for tests of the reader."""

import struct

SECTOR = 512
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file with streams at its root; each is padded past the mini-stream cutoff."""
    names = sorted(streams, key=lambda name: (len(name), name.upper()))
    table: list[int] = [FAT]
    sectors: list[bytes] = [b""]
    entries: list[tuple[str, int, int, int]] = []

    def store(data: bytes) -> int:
        first = len(sectors)
        count = max(1, -(-len(data) // SECTOR))
        for number in range(count):
            sectors.append(data[number * SECTOR : (number + 1) * SECTOR].ljust(SECTOR, b"\0"))
            table.append(first + number + 1 if number + 1 < count else END)
        return first

    mini = b""
    mini_table: list[int] = []
    for name in names:
        data = streams[name]
        if len(data) >= 4096:
            entries.append((name, 2, store(data), len(data)))
            continue
        first = len(mini_table)
        count = -(-len(data) // 64)
        mini_table += [first + n + 1 if n + 1 < count else END for n in range(count)]
        mini += data.ljust(count * 64, b"\0")
        entries.append((name, 2, first if count else END, len(data)))
    mini_start = store(mini) if mini else END
    mini_fat = (
        store(struct.pack(f"<{len(mini_table)}I", *mini_table).ljust(SECTOR, b"\xff"))
        if mini_table
        else END
    )
    directory = [_entry("Root Entry", 5, FREE, FREE, 1 if entries else FREE, mini_start, len(mini))]
    for number, (name, kind, start, size) in enumerate(entries):
        right = number + 2 if number + 1 < len(entries) else FREE
        directory.append(_entry(name, kind, FREE, right, FREE, start, size))
    blob = b"".join(directory)
    blob += _entry("", 0, FREE, FREE, FREE, 0, 0) * (-len(directory) % 4)
    directory_start = store(blob)
    sectors[0] = struct.pack(f"<{len(table)}I", *table).ljust(SECTOR, b"\xff")
    assert len(table) <= 128
    mini_count = -(-len(mini_table) * 4 // SECTOR)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack(
        "<IIIIIIIIII", 0, 1, directory_start, 0, 4096, mini_fat, mini_count, END, 0, 0
    )
    return header.ljust(SECTOR, b"\xff") + b"".join(sectors)


def _entry(name: str, kind: int, left: int, right: int, child: int, start: int, size: int) -> bytes:
    raw = name.encode("utf-16-le")
    size_of = len(raw) + 2 if name else 0
    out = raw.ljust(64, b"\0") + struct.pack("<HBBIII", size_of, kind, 1, left, right, child)
    return out + b"\0" * 36 + struct.pack("<IQ", start, size)


def message(subject: str, sender: str, address: str, body: str, headers: str = "") -> bytes:
    """An Outlook message with a plain body."""
    texts = {
        0x001A: "IPM.Note", 0x0037: subject, 0x1000: body, 0x0C1A: sender, 0x0C1F: address,
        0x007D: headers or f"From: {sender} <{address}>\r\n",
    }  # fmt: skip
    streams = {
        f"__substg1.0_{number:04X}001F": text.encode("utf-16-le") for number, text in texts.items()
    }
    properties = struct.pack("<8x4I8x", 0, 0, 0, 0)
    for number, text in texts.items():
        properties += struct.pack("<HHIII", 0x001F, number, 6, len(text) * 2 + 2, 0)
    # PidTagClientSubmitTime, hundreds of nanoseconds from 1601: 20 November 2026, 16:00 UTC
    properties += struct.pack("<HHIQ", 0x0040, 0x0039, 6, (1795190400 + 11644473600) * 10_000_000)
    streams["__properties_version1.0"] = properties
    return compound(streams)
