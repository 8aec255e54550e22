"""An extract that was read once is opened at the next start, and answers as it did."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import Person, derive
from tests import factory
from tests.partners.test_extracts import EVENTS, MAPPING, NOW, PEOPLE, put
from triage.domain.lookup import Candidate, Involvement, PartnerRecord
from triage.partners import extracts
from triage.partners.extracts import OWN, Extracts
from triage.partners.kept_index import Records, lay_out
from triage.partners.sealing import Sealing

CARLA = Person(id="?", given="Carla", family="Rowe", dob=date(1994, 1, 30))
_SHARES = json.loads(derive.SHIPPED.read_text())
_SHARES["levels"]["dob"]["same"]["u"] *= 8
OWN_WEIGHTS = json.dumps(_SHARES)
"""The shipped weights, but a birth date that agrees tells 3 bits less."""


def weight_of(candidate: Candidate, field: str) -> float:
    return next(e.weight for e in candidate.evidence if e.field == field)


WORDS = st.text(st.characters(exclude_categories=["Cs"]))


def hub(folder: Path, names: Path | None = None, weights: str = "") -> Extracts:
    sealing = Sealing(bytes(32))
    return Extracts(
        [MAPPING],
        folder=folder,
        keep=folder / "kept",
        seal=sealing.seal,
        unseal=sealing.unseal,
        names=names,
        weights=weights,
    )


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which extracts were read anew, in order."""
    done: list[str] = []
    whole = extracts.records_of

    def noted(*given: object, **named: object) -> tuple[PartnerRecord, ...]:
        done.append("housing")
        return whole(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(extracts, "records_of", noted)
    return done


def test_the_next_start_opens_what_was_laid_out_and_finds_the_same(
    tmp_path: Path, read: list[str]
) -> None:
    put(tmp_path, PEOPLE, EVENTS)
    first, second = hub(tmp_path), hub(tmp_path)
    assert first.load("housing", NOW) == second.load("housing", NOW)
    assert read == ["housing"]
    assert first.search(CARLA, "housing") == second.search(CARLA, "housing")
    assert first.record("housing", "T2") == second.record("housing", "T2")


def test_the_hubs_own_weights_are_used_on_what_was_laid_out_before(
    tmp_path: Path, read: list[str]
) -> None:
    put(tmp_path, PEOPLE, EVENTS)
    first, own = hub(tmp_path), hub(tmp_path, weights=OWN_WEIGHTS)
    for found in (first, own):
        found.load("housing", NOW)
    assert read == ["housing"]
    before, after = (h.search(CARLA, "housing")[0] for h in (first, own))
    assert before.record == after.record
    assert weight_of(before, "dob") - weight_of(after, "dob") == pytest.approx(3.0)
    maya = factory.record("C-26-00001/c1", OWN)
    for held in (first, own):
        held.learn(maya)
    asked = Person(id="?", given="Maya", dob=date(2019, 3, 14))
    before, after = (h.search(asked, OWN)[0] for h in (first, own))
    assert weight_of(before, "dob") - weight_of(after, "dob") == pytest.approx(3.0)


def test_the_same_extract_delivered_again_bears_its_new_day(
    tmp_path: Path, read: list[str]
) -> None:
    put(tmp_path, PEOPLE, EVENTS, age=timedelta(days=1))
    assert hub(tmp_path).load("housing", NOW).as_of == date(2026, 11, 23)
    put(tmp_path, PEOPLE, EVENTS)
    again = hub(tmp_path)
    assert again.load("housing", NOW).as_of == date(2026, 11, 24)
    assert again.record("housing", "T1").as_of == date(2026, 11, 24)
    assert read == ["housing"]


@pytest.mark.parametrize("changed", ["people", "events", "names"])
def test_whatever_it_depends_on_has_it_read_anew(
    tmp_path: Path, read: list[str], changed: str
) -> None:
    names = tmp_path / "names"
    put(tmp_path, PEOPLE, EVENTS)
    hub(tmp_path, names).load("housing", NOW)
    if changed == "names":
        names.mkdir()
        (names / "nicknames.csv").write_text("name,variant\nCarla,Lala\n", encoding="utf-8")
    else:
        people = PEOPLE.replace("Carla", "Clara") if changed == "people" else PEOPLE
        events = EVENTS.replace("Shouting", "Music") if changed == "events" else EVENTS
        put(tmp_path, people, events)
    hub(tmp_path, names).load("housing", NOW)
    assert read == ["housing", "housing"]
    assert len(list((tmp_path / "kept").glob("housing.*.index"))) == 1


@pytest.mark.parametrize("which", ["index", "records"])
def test_a_damaged_one_is_read_anew(tmp_path: Path, read: list[str], which: str) -> None:
    put(tmp_path, PEOPLE, EVENTS)
    hub(tmp_path).load("housing", NOW)
    [file] = (tmp_path / "kept").glob(f"housing.*.{which}")
    file.write_bytes(file.read_bytes()[:-1])
    again = hub(tmp_path)
    assert again.load("housing", NOW).searchable
    assert read == ["housing", "housing"]
    assert again.search(CARLA, "housing")[0].record.record_id == "T1"


def test_a_faulty_extract_leaves_the_kept_one_open_to_search(
    tmp_path: Path, read: list[str]
) -> None:
    put(tmp_path, PEOPLE, EVENTS)
    hub(tmp_path).load("housing", NOW)
    put(tmp_path, PEOPLE.replace("BORN", "BIRTH"), EVENTS)
    again = hub(tmp_path)
    assert "was refused" in again.load("housing", NOW).problem
    assert again.search(CARLA, "housing")[0].record.record_id == "T1"
    assert read == ["housing", "housing"]  # the faulty one; the last good one is opened


def test_nothing_of_it_is_plain_on_disk(tmp_path: Path) -> None:
    put(tmp_path, PEOPLE, EVENTS)
    hub(tmp_path).load("housing", NOW)
    kept = [file.read_bytes().lower() for file in (tmp_path / "kept").iterdir()]
    assert len(kept) == 3
    assert not any(b"rowe" in content for content in kept)


@given(
    st.lists(
        st.builds(
            PartnerRecord,
            partner=st.just("housing"),
            record_id=WORDS,
            fields=st.dictionaries(WORDS, WORDS),
            as_of=st.just(NOW.date()),
            restricted=st.booleans(),
            involvement=st.lists(
                st.builds(
                    Involvement,
                    kind=WORDS,
                    lane=WORDS,
                    start=st.dates(),
                    end=st.none() | st.dates(),
                    words=WORDS,
                    source=WORDS,
                    reference=WORDS,
                ),
                max_size=2,
            ).map(tuple),
        ),
        max_size=4,
        unique_by=lambda record: record.record_id,
    )
)
def test_a_record_comes_back_as_it_was_laid_out(held: list[PartnerRecord]) -> None:
    records = Records(lay_out(held), partner="housing", as_of=NOW.date())
    assert list(records.values()) == held
    assert list(records) == [record.record_id for record in held]
