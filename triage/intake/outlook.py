"""Outlook messages (.msg)."""


def is_message(untrusted_bytes: bytes) -> bool:
    return False


def read_message(reader, untrusted_bytes):  # type: ignore
    raise NotImplementedError
