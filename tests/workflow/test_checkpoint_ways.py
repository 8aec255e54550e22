"""Checkpoints by e-mail and on paper: what goes out, once, and what is read from it again."""

import email
import email.policy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
import segno
from pypdfium2.raw import FPDF_PAGEOBJ_PATH

from tests import factory
from tests.hub_here import HubHere
from tests.post import post_of
from tests.workflow.conftest import Front
from tests.workflow.test_checkpoints import cut_to, happen, rewritten
from triage.domain.event import Checkpoint
from triage.domain.request import MessageState
from triage.domain.worker import Worker
from triage.export import checkpoint_paper as paper
from triage.practice.post_servers import PostServers
from triage.storage import checkpoint_mails, events
from triage.workflow import checkpoints, people
from triage.workflow.checkpoints import Look
from triage.workflow.desk import Desk

At = Callable[[Worker], Desk]
TO = "records@northmere-council.example"


def mailing(desk: Desk, servers: PostServers, folder: str = "") -> Desk:
    rules = servers.rules(desk.profile.requests)
    return replace(
        desk,
        profile=replace(desk.profile, checkpoint_mail=TO, checkpoint_folder=folder, requests=rules),
        post=post_of(servers, rules, desk.now),
    )


def found(front: Front, *lodged: bytes) -> str:
    read = checkpoints.read((("it", each) for each in lodged), people.trust_list(front.ruth))
    assert not read.foreign
    assert len(read.signed) == len(lodged)
    return checkpoints.verify(front.store, read.signed)


def test_checkpoint_goes_out_by_mail_once_and_finds_a_trail_written_anew(
    front: Front, servers: PostServers
) -> None:
    desk = mailing(front.priya, servers)
    happen(front, 20)
    assert checkpoints.lodge_due(desk).made is not None
    assert [m.state for m in checkpoints.send_due(desk)] == [MessageState.SENT]
    assert front.kinds()[-2:] == ["audit.checkpoint", "audit.checkpoint_mailed"]
    assert checkpoints.send_due(desk) == ()
    [(to, mail)] = servers.out.taken
    assert to == TO
    assert "event 20" in str(email.message_from_bytes(mail)["Subject"])
    front.watch.move(hours=3)
    assert checkpoints.lodge_due(desk) == Look(), "nothing happened but the checkpoint itself"
    assert found(front, mail) == ""
    rewritten(front, but=7)
    assert events.verify(front.store) is None
    assert "was written anew" in found(front, mail)
    cut_to(front, 19)
    assert "Event 20 is missing" in found(front, mail)


def test_each_hour_in_which_anything_happened_has_a_mail_of_its_own(
    front: Front, servers: PostServers
) -> None:
    desk = mailing(front.priya, servers)
    happen(front, 1)
    for _ in range(4):
        happen(front, 1)
        assert checkpoints.lodge_due(desk).made is not None
        assert len(checkpoints.send_due(desk)) == 1
        assert checkpoints.lodge_due(desk) == Look()
        front.watch.move(hours=1)
    assert checkpoints.lodge_due(desk) == Look(), "only mails went out"
    assert len(servers.out.taken) == 4


def test_who_takes_nothing_in_sends_no_checkpoint_by_mail(
    front: Front, servers: PostServers
) -> None:
    happen(front, 20)
    assert checkpoints.lodge_due(mailing(front.of(factory.AMIR), servers)) == Look()
    checkpoints.lodge_due(mailing(front.priya, servers))
    assert checkpoints.send_due(mailing(front.of(factory.AMIR), servers)) == ()
    assert servers.out.taken == []


def test_mail_that_another_desk_took_on_meanwhile_is_left_to_it(
    front: Front, servers: PostServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = mailing(front.priya, servers)
    happen(front, 20)
    checkpoints.lodge_due(desk)
    at = desk.now()
    with front.store.read() as tx:
        found = checkpoint_mails.due(tx, at)
    with front.store.write() as tx:
        assert checkpoint_mails.claim(tx, found[0].id, "siqbal", at + checkpoints.CLAIM, at=at)
    monkeypatch.setattr(checkpoint_mails, "due", lambda tx, at: found)
    assert checkpoints.send_due(desk) == ()
    assert servers.out.taken == []


def test_mail_that_waited_for_an_hour_is_told_of(front: Front, servers: PostServers) -> None:
    desk = mailing(front.priya, servers)
    happen(front, 20)
    checkpoints.lodge_due(desk)
    front.watch.move(minutes=59)
    assert checkpoints.lodge_due(desk).words == ""
    front.watch.move(minutes=1)
    assert f"1 checkpoint of the trail could not be sent to {TO}" in (
        checkpoints.lodge_due(desk).words
    )


def test_checkpoint_in_doubt_is_vouched_for_by_one_of_its_event_or_a_later_one(
    front: Front,
) -> None:
    happen(front, 1)
    sure = checkpoints.lodge(front.priya)
    doubt = replace(sure, in_doubt="Her key was lost.")

    def told(*signed: Checkpoint) -> int:
        return len(checkpoints.on_own_word(checkpoints.Found(signed=signed)))

    assert [told(doubt), told(sure), told(doubt, sure)] == [1, 0, 0]
    assert told(doubt, replace(sure, seq=doubt.seq + 1)) == 0
    assert told(doubt, replace(sure, seq=doubt.seq - 1)) == 1


def test_mail_whose_answer_was_lost_goes_again_as_the_same_bytes(
    front: Front, servers: PostServers
) -> None:
    desk = mailing(front.priya, servers)
    happen(front, 20)
    checkpoints.lodge_due(desk)
    servers.out.cut_after = 1
    assert [m.state for m in checkpoints.send_due(desk)] == [MessageState.UNKNOWN]
    assert checkpoints.send_due(desk) == (), "it waits a minute"
    front.watch.move(minutes=2)
    assert [m.state for m in checkpoints.send_due(desk)] == [MessageState.SENT]
    (_, first), (_, second) = servers.out.taken
    assert first == second


def test_two_desks_that_find_one_due_send_one(front: Front, servers: PostServers) -> None:
    desk = mailing(front.priya, servers)
    happen(front, 20)
    with front.store.read() as tx:
        seen = checkpoint_mails.newest(tx)
    assert seen == []
    assert checkpoints.lodge_due(desk).made
    late = checkpoints._lodge(desk, None, TO, mailed=0, though_not_filed=True)
    assert late is None, "the other desk was first"
    assert len(checkpoints.send_due(desk)) == 1
    assert front.kinds().count("audit.checkpoint") == 1


def test_folder_that_is_away_keeps_no_mail_back_and_no_mail_is_sent_for_it_each_minute(
    front: Front, servers: PostServers, tmp_path: Path
) -> None:
    desk = mailing(front.priya, servers, str(tmp_path / "away"))
    happen(front, 20)
    for _ in range(3):
        with pytest.raises(checkpoints.DeliveryError, match="could not be put into"):
            checkpoints.lodge_due(desk)
    assert len(checkpoints.send_due(desk)) == 1
    (tmp_path / "away").mkdir()
    assert checkpoints.lodge_due(desk).made is not None
    assert len(list((tmp_path / "away").iterdir())) == 1


def test_what_nobody_signed_or_goes_elsewhere_is_not_sent_and_that_is_said(
    front: Front, servers: PostServers
) -> None:
    desk = mailing(front.priya, servers)
    happen(front, 20)
    checkpoints.lodge_due(desk)
    with front.store.write() as tx:
        [good] = checkpoint_mails.newest(tx)
        for seq, other in enumerate(
            (replace(good, to="somebody@elsewhere.example"), replace(good, token=b"made up")), 900
        ):
            checkpoint_mails.put(tx, replace(other, id=desk.new_id(), seq=seq))
    states = sorted(m.state for m in checkpoints.send_due(desk))
    assert states == [MessageState.FAILED, MessageState.FAILED, MessageState.SENT]
    assert [to for to, _ in servers.out.taken] == [TO]
    words = checkpoints.lodge_due(desk).words
    assert "Among the mails of checkpoints is one of event 901, which nobody" in words
    assert "2 checkpoints of the trail could not be sent" in words


def test_officer_at_a_hub_lodges_and_sends_and_nobody_changes_what_was_signed(
    hub: HubHere, at: At, servers: PostServers
) -> None:
    desk = mailing(at(factory.RUTH), servers)
    happen(hub.front, 20)
    assert checkpoints.lodge_due(desk).made is not None
    assert [m.state for m in checkpoints.send_due(desk)] == [MessageState.SENT]
    assert len(servers.out.taken) == 1
    for tried in (
        "UPDATE checkpoint_mail SET token = ''",
        """UPDATE checkpoint_mail SET "to" = 'x@y.example'""",
        "DELETE FROM checkpoint_mail",
        """INSERT INTO checkpoint_mail (id, seq, "to", token, state, made_at, attempts, words, told)
           VALUES (gen_random_uuid(), 9, 'x', '', 'waiting', now(), 0, '', 0)""",
        "UPDATE checkpoint_mail SET told = 1",
    ):
        assert hub.answered(factory.RUTH, tried)[:5] in ("42501", "FL001"), tried


def test_page_says_what_it_is_and_its_code_and_its_letters_hold_the_whole_checkpoint(
    front: Front, tmp_path: Path
) -> None:
    happen(front, 20)
    made = checkpoints.lodge(front.priya, tmp_path, page=tmp_path / "page.pdf")
    [filed] = tmp_path.glob("*.jws")
    token = filed.read_bytes()
    document = pypdfium2.PdfDocument(tmp_path / "page.pdf")
    text = document[0].get_textpage().get_text_bounded()
    for words in ("Signed checkpoint of the audit trail", "Last event", made.hash[:32], "pnandra"):
        assert words in text
    assert paper.when(made) in text
    letters = "\n".join(text[text.index("eyJ") :].split())
    assert paper.tokens_in(letters.encode()) == (token,)
    assert found(front, letters.encode()) == ""
    code = segno.make(token.decode(), error="m").matrix
    assert drawn_code(document[0], len(code)) == [bytes(row) for row in code]
    rewritten(front, but=7)
    assert "was written anew" in found(front, letters.encode())


def drawn_code(page: pypdfium2.PdfPage, squares: int) -> list[bytes]:
    """The dark and light squares of the page's code, as a camera would see them."""
    scale, tall = 4, page.get_height()
    picture = page.render(scale=scale).to_pil().convert("L")
    bounds = [o.get_bounds() for o in page.get_objects() if o.type == FPDF_PAGEOBJ_PATH]
    left, _, right, top = max(bounds, key=lambda b: b[2] - b[0])
    step = (right - left) / squares
    middles = [(n + 0.5) * step for n in range(squares)]
    return [
        bytes(
            picture.getpixel((int((left + x) * scale), int((tall - top + y) * scale))) < 128
            for x in middles
        )
        for y in middles
    ]


def test_mail_is_from_the_hub_whatever_signs_its_name_has(
    front: Front, servers: PostServers
) -> None:
    desk = mailing(front.priya, servers)
    named = replace(desk.profile, hub="Northmere (East), Front Door")
    desk = replace(desk, profile=named)
    happen(front, 20)
    checkpoints.lodge_due(desk)
    checkpoints.send_due(desk)
    [(_, mail)] = servers.out.taken
    [sender] = email.message_from_bytes(mail, policy=email.policy.default)["From"].addresses
    assert sender.display_name == "Northmere (East), Front Door"
    smtp = desk.profile.requests.smtp
    assert smtp is not None
    assert sender.addr_spec == smtp.sender


def test_mail_of_mails_without_end_is_no_checkpoint(front: Front) -> None:
    deep = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(5000)
    )
    read = checkpoints.read([("deep.eml", deep)], people.trust_list(front.ruth))
    assert "without end" in read.foreign[0]
