"""Access is asked about by rules that can be read; nobody is asked about their own day's work."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from triage.domain.oversight import Look, OversightRules, Unusual, questions
from triage.domain.worker import Role, Worker

TOM = Worker(id="tbell", name="Tom Bell", role=Role.CONTACT_OFFICER, job="Contact officer")
NELL = Worker(id="nnight", name="Nell Ward", role=Role.NIGHT_TEAM, job="Night duty")
PRIYA = Worker(id="pnandra", name="Priya Nandra", role=Role.TEAM_LEADER, job="Team leader")
EVERYONE = {w.id: w for w in (TOM, NELL, PRIYA)}
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
RULES = OversightRules(many=3, many_minutes=10)


def look(n: int, *, by: str = "tbell", at: datetime = NOON, of: int = 1, **said: bool) -> Look:
    facts = {"worked": True, "theirs_to_see": True} | said
    return Look(seq=n, by=by, at=at, contact_id=UUID(int=of), **facts)


def asked(*looks: Look, names: tuple[str, ...] = (), zone: str = "Europe/London") -> list[str]:
    found = questions(
        looks,
        EVERYONE,
        {UUID(int=1): names},
        {UUID(int=n): f"C-26-{n:05}" for n in range(9)},
        rules=RULES,
        zone=zone,
    )
    return [f"{q.why.value}: {q.sentence}" for q in found]


def test_ordinary_work_is_not_asked_about() -> None:
    assert asked(look(1), look(2, at=NOON + timedelta(minutes=1), of=2), names=("Rowe",)) == []


def test_ones_own_family_name_is_asked_about_in_any_case_and_named_by_reference_alone() -> None:
    (said,) = asked(look(1), names=("BELL", "Rowe"))
    assert said == (
        "Own family name: Tom Bell looked at C-26-00001, in which somebody has the same family "
        "name."
    )
    assert asked(look(1), names=("Bellamy",)) == []


def test_a_contact_of_somebody_else_that_one_never_worked_with_is_asked_about() -> None:
    mine = look(1, worked=False, theirs_to_see=True)
    done = look(2, worked=True, theirs_to_see=False)
    strange = look(3, worked=False, theirs_to_see=False)
    assert asked(mine, done) == []
    (said,) = asked(strange, look(4, worked=False, theirs_to_see=False))
    assert said.endswith(
        "looked at C-26-00001 twice and has done nothing with it. It is not theirs."
    )


def test_leaders_look_at_what_others_work_on() -> None:
    assert asked(look(1, by="pnandra", worked=False, theirs_to_see=False)) == []


def test_night_is_by_the_hubs_clock_and_not_for_the_night_team() -> None:
    late = datetime(2026, 7, 1, 21, 30, tzinfo=UTC)  # 22:30 in London
    (said,) = asked(look(1, at=late))
    assert said.startswith("At night: Tom Bell, who is not of the night team, looked at 1 contact")
    assert "the last at 22:30" in said
    assert asked(look(1, at=late, by="nnight")) == []
    assert asked(look(1, at=late), zone="UTC") == []


def test_night_within_one_day_is_understood_too() -> None:
    found = questions(
        [look(1, at=NOON)],
        EVERYONE,
        {},
        {},
        rules=OversightRules(night_from=time(11), night_until=time(13)),
        zone="UTC",
    )
    assert [q.why for q in found] == [Unusual.NIGHT]


def test_many_counts_different_contacts_within_the_minutes() -> None:
    def looks(*minutes_and_contacts: tuple[int, int]) -> list[Look]:
        return [
            look(n, at=NOON + timedelta(minutes=m), of=of)
            for n, (m, of) in enumerate(minutes_and_contacts, 1)
        ]

    assert asked(*looks((0, 1), (1, 1), (2, 1), (3, 2))) == []
    assert asked(*looks((0, 1), (6, 2), (12, 3))) == []
    (said,) = asked(*looks((0, 1), (6, 2), (10, 3), (40, 1)))
    assert said == "Many records: Tom Bell looked at 3 different contacts within 10 minutes."


def test_somebody_not_listed_is_left_out_and_the_weightiest_comes_first() -> None:
    night = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
    found = asked(look(1, by="gone", at=night), look(2, at=night), names=("Bell",))
    assert [said.split(":")[0] for said in found] == ["Own family name", "At night"]
