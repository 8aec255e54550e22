"""Words of a call that the store did not take are sent again, without another key pressed."""

import pytest

from tests.ui.test_newcontact import Call, call  # noqa: F401 - a fixture comes by import
from tests.workflow.conftest import front  # noqa: F401 - a fixture comes by import
from triage.domain.contact import Contact
from triage.domain.errors import StoreError
from triage.workflow import receive


def test_what_the_store_did_not_take_of_a_call_is_kept_by_itself_once_it_can(
    call: Call,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ui.newcontact.screen.AGAIN_MS", 15)
    call.begin()

    def full(*_: object) -> Contact:
        raise StoreError("The disk is full.")

    banner = call.screen.form.banner
    with monkeypatch.context() as patched:
        patched.setattr(receive, "keep_call", full)
        call.screen.form.words.setFocus()
        call.screen.form.words.insertPlainText("A bruise")
        call.screen.save_now()
        call.bot.waitUntil(banner.isVisible)
        assert call.held().content.said == ()
    call.bot.waitUntil(lambda: bool(call.held().content.said))
    call.bot.waitUntil(banner.isHidden)


def test_words_of_a_call_that_the_store_did_not_take_are_named_before_the_window_closes(
    call: Call,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ui.newcontact.screen.AGAIN_MS", 15)
    call.begin()
    assert call.screen.not_kept() == ""

    def full(*_: object) -> Contact:
        raise StoreError("The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(receive, "keep_call", full)
        call.screen.form.words.setFocus()
        call.screen.form.words.insertPlainText("A bruise")
        call.screen.left()
        call.bot.waitUntil(call.screen.form.banner.isVisible)
        assert "only in this window" in call.screen.not_kept()
    call.screen.save_now()
    call.bot.waitUntil(lambda: bool(call.held().content.said))
    call.bot.waitUntil(lambda: call.screen.not_kept() == "")
