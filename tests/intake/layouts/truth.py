"""The shape of what a file truly says, with everything not said left empty."""

from typing import Any


def child(given: str | None, family: str | None, **more: Any) -> dict[str, Any]:
    """One child; facts not given are not said."""
    empty: dict[str, Any] = dict.fromkeys(
        (
            "dob", "edd", "age_text", "sex", "nhs_number", "upn", "school", "ethnicity_text",
            "language", "interpreter", "disability_text",
        )
    )  # fmt: skip
    return {"given": given, "family": family, "aliases": [], **empty, **more}


def adult(name: str, relationship: str | None = None, **more: Any) -> dict[str, Any]:
    """One adult of the family."""
    return {
        "name": name, "relationship": relationship, "dob": None,
        "parental_responsibility": None, **more,
    }  # fmt: skip


def said(file: str, code: str, referrer: dict[str, Any], **more: Any) -> dict[str, Any]:
    """One file's truth."""
    who = {
        "name": None,
        "role": None,
        "agency": None,
        "phone": None,
        "email": None,
        "anonymous": False,
    }
    expected: dict[str, Any] = {
        "kind": "contact", "referral_source_code": code, "referrer": {**who, **referrer},
        "received_at": None, "reply_token": None, "children": [], "adults": [],
        "address": {"line": None, "postcode": None}, "concern_contains": [],
        "consent": "not_stated", "consent_reason_contains": [], "family_informed": None,
        "urgent": False, "risk_to_workers": None, "risk_contains": [], "attachments": 0,
        "same_family_as": [], "duplicate_of": None, "safety": None,
    }  # fmt: skip
    return {"file": file, "expected": {**expected, **more}, "evidence": {}, "traps": []}


def any_of(*values: Any) -> dict[str, Any]:
    """Any of these is right."""
    return {"any_of": list(values)}
