"""Partners' extracts: read by mapping, refused by line, kept encrypted, searched and explained."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from matching import Index, Person, total
from triage.domain.errors import NotFoundError, ProfileError
from triage.domain.lookup import PartnerRecord
from triage.domain.profile import ExtractMapping
from triage.partners.extract_file import records_of
from triage.partners.extracts import OWN, Extracts
from triage.partners.persons import columns_of, person_of
from triage.practice.extract_files import write_extracts
from triage.practice.families import HeldPerson, nhs_number

NOW = datetime(2026, 11, 24, 11, 42, tzinfo=UTC)
MAPPING = ExtractMapping(
    partner="housing",
    name="Housing",
    path="housing.csv",
    encoding="cp1252",
    delimiter="|",
    max_age_hours=36,
    columns={
        "record_id": "REF",
        "given": "MEMBER[after ,]",
        "family": "MEMBER[before ,]",
        "dob": "BORN",
        "sex": "SEX",
        "address": "HOUSE + STREET",
        "postcode": "PCODE",
        "restricted": "FLAG",
    },
    date_formats=("%Y%m%d",),
    involvement_path="housing_events.csv",
    involvement_columns={
        "record_id": "REF",
        "kind": "EVENT",
        "start": "OPENED",
        "end": "CLOSED",
        "words": "NOTE",
    },
    lane="Housing",
    lanes={"incident": "Incidents"},
    values={
        "sex": {"FEMALE": "F", "MALE": "M"},
        "restricted": {"Y": "yes"},
        "kind": {"ASB": "incident"},
    },
)
PEOPLE = (
    "REF|MEMBER|BORN|SEX|HOUSE|STREET|PCODE|FLAG|THEIRS\n"
    "T1|ROWE, Carla|19940130|FEMALE|14|Larch Court|NM3 4QT||x\n"
    "T2|O’BRIEN, Zoë|20190314|FEMALE||9 Quay|NM9 1AB|Y|x\n"
)
SWAPPED = PEOPLE.replace("|19940130|", "|NM3 4QT|").replace("|NM3 4QT||x", "|19940130||x")
LEFT_OUT = PEOPLE.replace("|19940130|", "|").replace("|20190314|", "|").replace("|x\n", "|x|\n")
EVENTS = "REF|EVENT|OPENED|CLOSED|NOTE\nT1|ASB|20251001|20251015|Shouting reported\n"


def sealed(key: bytes = bytes(32)) -> dict[str, object]:
    def seal(plain: bytes) -> bytes:
        nonce = os.urandom(12)
        return nonce + AESGCM(key).encrypt(nonce, plain, None)

    def unseal(kept: bytes) -> bytes:
        return AESGCM(key).decrypt(kept[:12], kept[12:], None)

    return {"seal": seal, "unseal": unseal}


@pytest.fixture
def extracts(tmp_path: Path) -> Extracts:
    put(tmp_path, PEOPLE, EVENTS)
    return Extracts([MAPPING], folder=tmp_path, keep=tmp_path / "kept", **sealed())  # type: ignore[arg-type]


def put(folder: Path, people: str, events: str = EVENTS, *, age: timedelta = timedelta()) -> None:
    for name, text in ((MAPPING.path, people), (MAPPING.involvement_path, events)):
        path = folder / name
        path.write_bytes(text.encode("cp1252"))
        at = (NOW - age).timestamp()
        os.utime(path, (at, at))


def test_a_partners_own_style_becomes_our_fields() -> None:
    first, second = records_of(
        PEOPLE.encode("cp1252"), MAPPING, as_of=date(2026, 11, 24), involvement=EVENTS.encode()
    )
    assert first.fields == {
        "given": "Carla",
        "family": "ROWE",
        "dob": "1994-01-30",
        "sex": "F",
        "address": "14, Larch Court",
        "postcode": "NM3 4QT",
    }
    (event,) = first.involvement
    assert (event.kind, event.lane, event.start) == ("incident", "Incidents", date(2025, 10, 1))
    assert second.fields["given"] == "Zoë"
    assert second.fields["family"] == "O’BRIEN"
    assert second.restricted
    assert not first.restricted


@pytest.mark.parametrize(
    ("people", "said"),
    [
        (PEOPLE.replace("BORN", "BIRTH"), "line 1: there is no column “BORN”"),
        (PEOPLE.replace("T2|", "T1|"), "line 3: record T1 is there a second time"),
        (PEOPLE.replace("T1|", "|"), "line 2: the row has no record number"),
        (PEOPLE + "T3|A, B\n", "line 4: 2 values for 9 columns"),
        (SWAPPED, "line 2: “NM3 4QT” stands under “BORN”"),
        (LEFT_OUT, "line 2: “FEMALE” under “BORN” is no birth date"),
    ],
)
def test_each_fault_of_an_extract_is_named_with_its_line(people: str, said: str) -> None:
    with pytest.raises(ProfileError) as refused:
        records_of(people.encode("cp1252"), MAPPING, as_of=date(2026, 11, 24))
    assert any(said in fault for fault in refused.value.faults)


def test_bytes_in_another_encoding_are_refused() -> None:
    with pytest.raises(ProfileError, match="not in the encoding"):
        records_of(b"REF|\x81\n", MAPPING, as_of=date(2026, 11, 24))


def test_a_search_explains_itself_to_the_last_bit(extracts: Extracts) -> None:
    extracts.load("housing", NOW)
    query = Person(id="q", given="Carla", family="Rowe", dob=date(1994, 1, 30))
    (best, *_) = extracts.search(query, "housing")
    assert best.record.record_id == "T1"
    assert best.score == pytest.approx(best.prior + sum(e.weight for e in best.evidence))
    assert [e.field for e in best.evidence][:2] == ["name", "dob"]
    assert total(best.prior, ()) == best.prior


def test_a_faulty_extract_leaves_the_last_good_one_and_says_so(
    extracts: Extracts, tmp_path: Path
) -> None:
    extracts.load("housing", NOW)
    put(tmp_path, PEOPLE.replace("BORN", "BIRTH"))
    state = extracts.load("housing", NOW)
    assert state.searchable
    assert state.records == 2
    assert "was refused" in state.problem
    assert any("BORN" in fault for fault in state.faults)


@pytest.mark.parametrize("bad", [SWAPPED.encode("cp1252"), PEOPLE.encode("utf-16"), b"\x81"])
def test_shifted_columns_or_another_encoding_leave_the_last_good_one_with_its_day(
    extracts: Extracts, tmp_path: Path, bad: bytes
) -> None:
    extracts.load("housing", NOW)
    (tmp_path / MAPPING.path).write_bytes(bad)
    state = extracts.load("housing", NOW + timedelta(days=2))
    assert (state.searchable, state.records, state.as_of) == (True, 2, NOW.date())
    assert "24 Nov 2026" in state.problem
    assert state.faults
    assert extracts.search(Person(id="q", given="Carla", family="Rowe"), "housing")


def test_one_value_in_the_wrong_place_is_a_slip_and_stays_as_written() -> None:
    slipped = PEOPLE.replace("|19940130|", "|NM3 4QT|")
    first, _ = records_of(slipped.encode("cp1252"), MAPPING, as_of=date(2026, 11, 24))
    assert first.fields["dob"] == "NM3 4QT"
    assert person_of(first).dob_text == "NM3 4QT"


def test_the_last_good_copy_is_never_plain_on_disk(extracts: Extracts, tmp_path: Path) -> None:
    extracts.load("housing", NOW)
    kept = b"".join(p.read_bytes() for p in (tmp_path / "kept").iterdir())
    assert kept
    assert b"ROWE" not in kept


def test_an_extract_that_is_too_old_is_searched_with_its_date_and_a_warning(
    extracts: Extracts, tmp_path: Path
) -> None:
    put(tmp_path, PEOPLE, age=timedelta(days=3))
    state = extracts.load("housing", NOW)
    assert state.searchable
    assert "21 Nov 2026" in state.problem


def test_a_missing_extract_is_not_the_same_as_nobody_found(tmp_path: Path) -> None:
    empty = Extracts([MAPPING], folder=tmp_path, keep=tmp_path / "kept", **sealed())  # type: ignore[arg-type]
    state = empty.load("housing", NOW)
    assert not state.searchable
    assert "nobody was looked up" in state.problem
    with pytest.raises(NotFoundError):
        empty.search(Person(id="q", given="Carla"), "housing")


def test_the_hubs_own_people_can_be_learnt_and_forgotten(extracts: Extracts) -> None:
    record = PartnerRecord(
        partner=OWN, record_id="C-26-00001/c1", fields={"given": "Maya", "family": "Rowe"}
    )
    extracts.learn(record)
    extracts.learn(record)
    query = Person(id="q", given="Maya", family="Rowe")
    assert [c.record for c in extracts.search(query, OWN)] == [record]
    extracts.forget(record.record_id)
    assert extracts.search(query, OWN) == ()


@given(
    st.lists(
        st.tuples(
            st.text("abcdefgh'é", min_size=1, max_size=12).map(str.strip).filter(bool),
            st.text("ijklmn-ö", min_size=1, max_size=12).map(str.strip).filter(bool),
            st.dates(date(1950, 1, 1), date(2026, 1, 1)),
            st.sampled_from(["F", "M"]),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_what_the_practice_partners_write_is_read_back(
    people: list[tuple[str, str, date, str]],
) -> None:
    import tempfile

    held = [
        HeldPerson(
            partner="housing",
            record_id=f"T{n}",
            fields={"given": given, "family": family, "dob": dob.isoformat(), "sex": sex},
        )
        for n, (given, family, dob, sex) in enumerate(people)
    ]
    with tempfile.TemporaryDirectory() as folder:
        write_extracts(held, [MAPPING], Path(folder))
        data = (Path(folder) / MAPPING.path).read_bytes()
    for person, record in zip(held, records_of(data, MAPPING, as_of=NOW.date()), strict=True):
        assert record.fields["given"] == person.fields["given"]
        assert record.fields["family"].casefold() == person.fields["family"].casefold()
        assert record.fields["dob"] == person.fields["dob"]
        assert record.fields["sex"] == person.fields["sex"]


@given(st.integers(0, 999_999))
def test_practice_nhs_numbers_are_valid_and_of_the_test_range(serial: int) -> None:
    from stdnum.gb import nhs

    number = nhs_number(serial)
    assert number.startswith("999")
    assert nhs.is_valid(number)


@pytest.mark.parametrize("word", ["Y", "y", "Yes", "S47", "N "])
def test_a_word_about_restriction_that_nobody_explained_restricts(word: str) -> None:
    people = PEOPLE.replace("||x", f"|{word.strip()}|x")
    [carla, _] = records_of(people.encode("cp1252"), MAPPING, as_of=NOW.date())
    assert carla.restricted


def test_a_damaged_copy_of_the_last_good_extract_stops_no_other(tmp_path: Path) -> None:
    put(tmp_path, "REF\nT1\n")
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "housing.good").write_bytes(b"damaged")
    held = Extracts([MAPPING], folder=tmp_path, keep=kept, seal=bytes, unseal=bytes)
    [state] = held.load_all(NOW)
    assert not state.searchable
    assert "can't be read" in state.problem


def test_a_disk_without_room_for_the_copy_stops_no_search(
    extracts: Extracts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    state = extracts.load("housing", NOW)
    assert (state.searchable, state.records, state.problem) == (True, 2, "")


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(
                ["given", "family", "aliases", "dob", "edd", "age", "sex", "siblings", "mother"]
            ),
            st.sampled_from(
                ["Maya", "F", "M", "X", "2019-03-14", "20190314", "March 2019", "A; B;", "Baby"]
            ),
        ),
        max_size=5,
    )
)
def test_records_laid_out_by_column_are_the_people_they_are_one_by_one(
    held: list[dict[str, str]],
) -> None:
    records = [
        PartnerRecord(partner="p", record_id=str(i), fields=fields, as_of=NOW.date())
        for i, fields in enumerate(held)
    ]
    index = Index.build_columns(columns_of(records), source="p")
    assert sorted(index.people(), key=lambda p: p.id) == [person_of(r) for r in records]
