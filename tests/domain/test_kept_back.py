"""What of a contact is shown only where it is put right."""

from dataclasses import replace

import pytest

from tests import factory
from triage.domain.contact import Content, why_not_shown
from triage.domain.fact import entered


def _content(*, refuge: bool = False, unknown: bool = False) -> Content:
    held = factory.content()
    home = replace(held.address, is_refuge=refuge)
    said = entered("yes", by="rosei", at=factory.NOW)
    told = replace(held.referrer, anonymous=said) if unknown else held.referrer
    return replace(held, address=home, referrer=told)


@pytest.mark.parametrize("part", ["line", "postcode", "phone"])
def test_where_a_refuge_is_is_not_shown_and_any_other_address_is(part: str) -> None:
    path = f"address.{part}"
    assert why_not_shown(_content(refuge=True), path) == "the address of a refuge"
    assert why_not_shown(_content(unknown=True), path) == ""


@pytest.mark.parametrize("part", ["name", "phone", "email"])
def test_who_asked_to_stay_unknown_is_not_shown_and_anybody_else_is(part: str) -> None:
    path = f"referrer.{part}"
    assert why_not_shown(_content(unknown=True), path) == "who asked to stay unknown"
    assert why_not_shown(_content(refuge=True), path) == ""


@pytest.mark.parametrize("path", ["referrer.role", "children.c1.dob", "concern", ""])
def test_everything_else_is_shown(path: str) -> None:
    assert why_not_shown(_content(refuge=True, unknown=True), path) == ""
