"""Every act that writes, while the hub's server is away: kept here and there once, or refused in a
sentence and not done at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from tests.factory import KEY
from tests.workflow.away_acts import KEEPING, REFUSED
from tests.workflow.conftest import Front
from tests.workflow.test_events import ACTS
from triage.domain.errors import UnreachableError
from triage.domain.trail import detail_of
from triage.storage import events, hub_line
from triage.storage.hub_line import Line
from triage.storage.journal import Journal
from triage.workflow import unsent
from triage.workflow.unsent import Kept, Unsent

LEADERS = (
    "unsent.keep_comment",
    *(f"unsent_words.{act}" for act in ("ask_why", "keep_copy", "keep_note", "record_reply")),
)
"""What only a team leader does."""
NOT_DONE = sorted(name for named in REFUSED.values() for name in named.split())


@contextmanager
def away(front: Front, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The store as one whose server was found away, and is not asked again."""
    monkeypatch.setattr(hub_line, "RETRY_S", 1e9)
    line = front.store._line = Line()
    line.broke()
    yield
    line.answered()


def files(front: Front) -> set[tuple[str, int]]:
    return {(str(p), p.stat().st_mtime_ns) for p in front.folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("name", sorted(KEEPING))
def test_what_is_kept_while_the_server_is_away_is_there_once_it_answers_and_only_once(
    front: Front, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    act, before = ACTS[name](front), front.seq
    journal = Journal(front.folder / "unsent.db", KEY)
    front.desk = replace(front.desk, unsent=Unsent(journal))
    with away(front, monkeypatch):
        kept = act()
    assert isinstance(kept, Kept)
    assert kept.here
    desk = front.priya if name in LEADERS else front.ruth
    assert [bool(piece) for piece in unsent.pieces(desk)] == [True]
    assert front.seq == before
    waiting, typed = journal.all(), front.watch.now
    front.watch.move(minutes=5)
    assert unsent.send(desk).refused == ()
    there = front.seq
    told = [detail_of(e).get("typed_at") for e in front.events(before)]
    assert set(told) == {typed.isoformat()}
    for entry in waiting:  # as where the answer was lost
        journal.put(entry.id, entry.kind, entry.subject, entry.body, typed)
    assert unsent.send(desk).refused == ()
    assert (front.seq, unsent.pieces(desk)) == (there, ())
    assert events.verify(front.store) is None
    journal.close()


@pytest.mark.parametrize("name", NOT_DONE)
def test_what_is_refused_while_the_server_is_away_says_what_is_safe_and_leaves_nothing(
    front: Front, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    act, before = ACTS[name](front), front.seq
    there = files(front)
    with (
        away(front, monkeypatch),
        pytest.raises(UnreachableError, match=r"not done\. Nothing was changed.* before is safe"),
    ):
        act()
    assert front.seq == before
    assert files(front) == there
