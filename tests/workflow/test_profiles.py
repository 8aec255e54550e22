"""A profile is data: each fault is found with its file and line, and a good one is kept."""

import re
import shutil
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import factory
from triage.domain.errors import NotAllowedError, ProfileError
from triage.domain.profile import AskedOf, ClockUnit, QuestionKind
from triage.domain.worker import ALLOWED, May, Role
from triage.workflow.profile_files import _lines_of
from triage.workflow.profiles import CODESETS, load_or_last_good, load_profile

TODAY = date(2026, 11, 24)
NORTHMERE = CODESETS.parent / "profiles" / "northmere"
CONTACT_FLAGS = (CODESETS / "contact_outcome.csv").read_text(encoding="utf-8")
REFERRAL_FLAGS = (CODESETS / "referral_outcome.csv").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(NORTHMERE, tmp_path / "northmere"))


def change(folder: Path, name: str, old: str, new: str) -> int:
    """Replace the first `old` by `new`; the line it stands on."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def faults(folder: Path) -> tuple[str, ...]:
    with pytest.raises(ProfileError) as found:
        load_profile(folder, today=TODAY)
    return found.value.faults


def test_northmere_is_whole_and_holds_what_a_decision_must_record() -> None:
    hub = load_profile(NORTHMERE, today=TODAY)
    asked = {q.id: q for p in hub.parts for q in p.questions}
    assert [p.title for p in hub.parts] == [
        "Rating and level of need",
        "Risk and protective factors",
        "Sharing and consent",
        "The child's voice",
        "Analysis",
        "Outcome and reasons",
        "Services and advice",
    ]
    assert asked["voice"].asked_of is asked["outcome"].asked_of is AskedOf.EACH_CHILD
    assert asked["outcome"].kind is QuestionKind.CHOICES
    assert asked["parent_view"].asked_of is AskedOf.EACH_PARENT
    assert asked["lawful_basis"].codes != asked["consent"].codes
    assert {"necessity", "proportionality", "family_told", "history", "replies", "dissent"} <= {
        q.id for q in asked.values() if q.needed
    }
    assert not asked["cin_factors"].needed
    assert "version" in hub.threshold_document
    assert all(q.guidance in hub.guidance for q in asked.values())
    assert all("\nSource: " in note for note in hub.guidance.values())


def test_each_outcome_has_the_sectors_flags() -> None:
    for code in load_profile(NORTHMERE, today=TODAY).codes["outcome"]:
        flags = dict.fromkeys(f for f in code.flags if ":" in f)
        assert any(f.startswith("contact:") for f in flags)
        for flag in flags:
            kind, name = flag.split(":")
            known = CONTACT_FLAGS if kind == "contact" else REFERRAL_FLAGS
            assert f"\n{name}," in known


def test_bank_holidays_and_the_half_days_of_each_year_are_filled_in() -> None:
    hours = load_profile(NORTHMERE, today=TODAY).working_time
    assert {date(2026, 12, 25), date(2026, 12, 28), date(2027, 3, 29)} <= hours.closed
    assert hours.half_days[date(2027, 12, 24)] == (time(8, 45), time(12, 30))


def test_red_runs_by_the_wall_clock_and_the_statutory_day_never_pauses() -> None:
    clocks = {c.id: c for c in load_profile(NORTHMERE, today=TODAY).clocks}
    assert (clocks["red"].amount, clocks["red"].unit) == (4, ClockUnit.ELAPSED)
    assert not clocks["statutory"].pauses


def test_a_code_is_chosen_from_the_day_it_is_in_force_and_keeps_its_label_after() -> None:
    hub = load_profile(NORTHMERE, today=TODAY)
    on_time = [c.code for c in hub.codes_on("cin_assessment_factors", TODAY)]
    assert "18A" not in on_time
    assert "18B" in on_time
    assert hub.label("cin_assessment_factors", "18A") == "Physical abuse"
    assert "duty_to_share" not in [c.code for c in hub.codes_on("lawful_basis", TODAY)]
    assert "duty_to_share" in [c.code for c in hub.codes_on("lawful_basis", date(2027, 5, 1))]


def test_a_question_can_be_added_and_a_threshold_changed_without_code(folder: Path) -> None:
    (folder / "form.toml").write_text(
        (folder / "form.toml").read_text(encoding="utf-8")
        + '\n[[part.question]]\nid = "pets"\nlabel = "Pets"\nkind = "line"\n'
        + '\n[[part.question]]\nid = "later"\nlabel = "Later"\nkind = "line"\nfrom = 2027-01-01\n',
        encoding="utf-8",
    )
    change(folder, "profile.toml", "version 4.2", "version 4.3")
    hub = load_profile(folder, today=TODAY)
    assert hub.question("pets").label == "Pets"
    assert "version 4.3" in hub.threshold_document
    with pytest.raises(KeyError):
        hub.question("later")
    assert load_profile(folder, today=date(2027, 1, 1)).question("later").label == "Later"


def test_the_last_days_question_gives_way_to_the_next_of_the_same_name(folder: Path) -> None:
    change(folder, "form.toml", 'id = "dissent"', 'id = "dissent"\nuntil = 2026-12-31')
    (folder / "form.toml").write_text(
        (folder / "form.toml").read_text(encoding="utf-8")
        + '\n[[part.question]]\nid = "dissent"\nlabel = "Any other view?"\nkind = "choice"\n'
        + 'codes = "dissent"\nfrom = 2027-01-01\n',
        encoding="utf-8",
    )
    assert load_profile(folder, today=TODAY).question("dissent").label.startswith("Does anyone")
    assert load_profile(folder, today=date(2027, 1, 1)).question("dissent").label.startswith("Any")


SLIPS: list[tuple[str, str, str, str]] = [
    ("extracts.toml", "extracts/social_care.csv", "../../social_care.csv", "below the hub's data"),
    ("extracts.toml", "extracts/social_care.csv", "/etc/passwd", "below the hub's data"),
    ("extracts.toml", 'partner = "social_care"', 'partner = "hub"', "hub's own contacts"),
    ("extracts.toml", 'Y = "yes"', 'Y = "true"', "means yes or no"),
    ("form.toml", 'codes = "raises"', 'codes = "rases"', "code list “rases”, not found"),
    ("form.toml", 'guidance = "level"', 'guidance = "levl"', "no note guidance/levl.md"),
    ("form.toml", 'question = "family_told"', 'question = "told"', "no question “told”"),
    ("form.toml", '["not_told", "told_some"]', '["not_tld"]', "no code “not_tld”"),
    ("form.toml", "needed = true", "neded = true", "not a setting that Fanlight knows"),
    ("form.toml", 'kind = "choice"', 'kind = "choise"', "cannot be used"),
    ("form.toml", 'label = "Rating"', "", "is missing"),
    ("form.toml", "needed = true", "needed = true\nadvised = true", "either needed or advised"),
    ("form.toml", 'kind = "text"', 'kind = "text"\ncodes = "raises"', "which has no codes"),
    ("form.toml", 'id = "level"', 'id = "rating"', "two questions called “rating”"),
    ("form.toml", 'id = "factors"', 'id = "rating"', "two parts called “rating”"),
    ("form.toml", '{ fact = "repeat_contacts"', '{ fact = "repeats"', "is not a fact"),
    (
        "form.toml",
        '{ fact = "repeat_contacts"',
        '{ question = "level", fact = "repeat_contacts"',
        "a question or a fact, not both",
    ),
    (
        "form.toml",
        'id = "level"',
        'id = "level"\nfrom = 2026-02-01\nuntil = 2026-01-01',
        "ends before it begins",
    ),
    ("rules.toml", 'question = "repeat_words"', 'question = "repeats"', "not found"),
    ("rules.toml", "{repeat_months}", "{months}", "not a blank that is filled"),
    ("rules.toml", "{repeat_months}", "{", "not a blank that is filled"),
    ("rules.toml", 'id = "nfa_on_repeats"', 'id = "nfa_with_more"', "two rules called"),
    ("clocks.toml", 'rating = "amber"', 'rating = "blue"', "no rating “blue”"),
    ("clocks.toml", "amount = 3", "amount = 3.5", "counted whole"),
    ("clocks.toml", 'unit = "elapsed"', 'unit = "hours"', "cannot be used"),
    ("clocks.toml", 'id = "amber"', 'id = "red"', "two clocks called"),
    ("hours.toml", '["08:45", "17:15"]', '["17:15", "08:45"]', "closes before it opens"),
    ("hours.toml", '"12-24"', '"12-34"', "not a month and day"),
    ("hours.toml", 'every_year = "12-24"', "", "A half day has a day"),
    ("hours.toml", "Europe/London", "Europe/Northmere", "no time zone"),
    ("hours.toml", 'closes = "12:30"', 'closes = "08:00"', "closes before it opens"),
    ("extracts.toml", 'dob = "Date of Birth"', "", "no column for dob"),
    ("extracts.toml", 'gp = "GP Practice"', 'gpp = "GP Practice"', "not a field"),
    ("extracts.toml", '"Home visit" = "visit"', '"Home visit" = "call"', "not a kind"),
    ("extracts.toml", '"cp1252"', '"cp9999"', "no encoding called"),
    ("extracts.toml", "MEMBER[after ,]", "MEMBER[beside ,]", "written A[before ,]"),
    ("extracts.toml", 'partner = "education"', 'partner = "health"', "two extracts called"),
    ("profile.toml", 'code = "amber"', 'code = "red"', "two ratings called"),
    ("profile.toml", 'code = "police"', 'code = "health"', "two agencies called"),
    ("profile.toml", "from = 2026-09-01", "from = 2027-09-01", "in force from 1 Sep 2027"),
    (
        "profile.toml",
        "from = 2026-09-01",
        "from = 2026-01-01\nuntil = 2026-10-01",
        "until 1 Oct 2026",
    ),
    ("profile.toml", '["not the same", "undo"]', '["merge"]', "offers none for it"),
    ("profile.toml", 'export_url = ""', 'export_url = "http://x.example"', "over https"),
    ("profile.toml", 'export_url = ""', 'export_url = "https:/x"', "over https"),
    ("profile.toml", 'export_url = ""', 'export_url = "sftp://u@c.example/in"', "server's key"),
    ("profile.toml", 'shape = "circle"', 'shape = "square"', "cannot be used"),
    ("profile.toml", 'letter = "R"', 'letter = "Red"', "cannot be used"),
]


@pytest.mark.parametrize(("name", "old", "new", "said"), SLIPS)
def test_a_slip_is_named_with_its_file_and_line(
    folder: Path, name: str, old: str, new: str, said: str
) -> None:
    at = change(folder, name, old, new)
    found = [f for f in faults(folder) if said in f]
    assert found
    where = re.match(rf"{name}, line (\d+): ", found[0])
    assert where
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    # On the line itself, or at the head of the table it is missing from or twice in.
    near = int(where[1])
    assert near <= len(lines)
    if "missing" not in said and "two" not in said and "column" not in said:
        assert abs(near - at) <= 16


def test_a_half_day_may_be_one_date_and_a_hub_may_keep_no_bank_holidays(folder: Path) -> None:
    change(folder, "hours.toml", 'every_year = "12-24"', "day = 2026-11-30")
    change(folder, "hours.toml", 'bank_holidays = "ENG"', 'bank_holidays = ""')
    hours = load_profile(folder, today=TODAY).working_time
    assert hours.half_days[date(2026, 11, 30)] == (time(8, 45), time(12, 30))
    assert hours.closed == {date(2026, 12, 29)}


def test_the_codes_of_yes_and_no_are_known(folder: Path) -> None:
    (folder / "form.toml").write_text(
        (folder / "form.toml").read_text(encoding="utf-8")
        + '\n[[part.question]]\nid = "dog"\nlabel = "A dog?"\nkind = "yes_no"\n'
        + '\n[[part.question]]\nid = "dog_words"\nlabel = "Which?"\nkind = "line"\n'
        + 'shown_when = [{ question = "dog", any_of = ["perhaps"] }]\n',
        encoding="utf-8",
    )
    assert any("no code “perhaps”" in f for f in faults(folder))


def test_a_window_is_locked_after_no_less_than_its_warning_and_no_more_than_an_hour(
    folder: Path,
) -> None:
    for minutes in ("2", "240"):
        at = change(
            folder, "profile.toml", "lock_after_minutes = 15", f"lock_after_minutes = {minutes}"
        )
        assert faults(folder)[0].startswith(f"profile.toml, line {at}: “lock_after_minutes”")
        change(folder, "profile.toml", f"lock_after_minutes = {minutes}", "lock_after_minutes = 15")
    change(folder, "profile.toml", "lock_after_minutes = 15", "lock_after_minutes = 5")
    assert load_profile(folder, today=TODAY).lock_after_minutes == 5


def test_lists_without_end_in_one_another_are_a_fault_like_any_other(folder: Path) -> None:
    (folder / "hours.toml").write_text("x = " + "[" * 5000, encoding="utf-8")
    assert any(f.startswith("hours.toml, line 1: ") for f in faults(folder))


def test_a_fault_in_a_line_is_said_at_that_line(folder: Path) -> None:
    at = change(folder, "clocks.toml", "amount = 4", 'amount = "four"')
    assert faults(folder)[0].startswith(f"clocks.toml, line {at}: ")


def test_every_fault_is_found_not_only_the_first(folder: Path) -> None:
    change(folder, "form.toml", 'codes = "raises"', 'codes = "rases"')
    change(folder, "clocks.toml", 'rating = "amber"', 'rating = "blue"')
    change(folder, "extracts.toml", '"cp1252"', '"cp9999"')
    (folder / "rules.toml").write_text("[[rule\n", encoding="utf-8")
    files = [f.split(",")[0] for f in faults(folder)]
    assert {"form.toml", "clocks.toml", "extracts.toml", "rules.toml"} <= set(files)


def test_a_file_that_is_not_toml_says_where(folder: Path) -> None:
    text = (folder / "hours.toml").read_text(encoding="utf-8")
    (folder / "hours.toml").write_text(text + "\nclosed = = 3\n", encoding="utf-8")
    line = text.count("\n") + 2
    assert faults(folder)[0].startswith(f"hours.toml, line {line}: This is not TOML")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("code,name\na,A\n", "line 1: The columns are"),
        ("code,label\na,A\na,B\n", "line 3: “a” is there twice"),
        ("code,label\n,A\n", "line 2: “code” is missing"),
        ("code,label,parent\na,A,b\n", "which is not in the list"),
        ("code,label,from,until\na,A,2026-02-01,2026-01-01\n", "line 2: It ends before it begins"),
        ("code,label,from\na,A,soon\n", "line 2: “from” cannot be used"),
        ("", "found none"),
    ],
)
def test_a_code_list_is_read_as_strictly(folder: Path, rows: str, said: str) -> None:
    (folder / "codes" / "extra.csv").write_text(rows, encoding="utf-8")
    assert any(f.startswith("codes/extra.csv, ") and said in f for f in faults(folder))


def test_a_hub_cannot_take_a_national_lists_name(folder: Path) -> None:
    (folder / "codes" / "sex.csv").write_text("code,label\nM,Man\n", encoding="utf-8")
    assert any("national list of this name" in f for f in faults(folder))


def test_a_list_or_note_that_is_not_text_is_named(folder: Path) -> None:
    (folder / "codes" / "bytes.csv").write_bytes(b"code,label\n\xff\xfe,x\n")
    (folder / "guidance" / "voice.md").write_bytes(b"\xff\xfe")
    found = faults(folder)
    assert any(f.startswith("codes/bytes.csv, line 1: The file could not be read") for f in found)
    assert any(f.startswith("guidance/voice.md, line 1: ") for f in found)


def test_a_note_without_heading_or_without_a_question_is_named(folder: Path) -> None:
    (folder / "guidance" / "voice.md").write_text("No heading\n", encoding="utf-8")
    (folder / "guidance" / "spare.md").write_text("# Spare\n", encoding="utf-8")
    found = faults(folder)
    assert any("begins with its heading" in f for f in found)
    assert any("No question of form.toml shows this note" in f for f in found)


def test_an_empty_folder_names_every_file_that_is_not_there(tmp_path: Path) -> None:
    assert len(faults(tmp_path)) == 6


def test_a_hub_that_never_opens_is_refused(folder: Path) -> None:
    text = (folder / "hours.toml").read_text(encoding="utf-8")
    (folder / "hours.toml").write_text(text[: text.index("[week]")] + "[week]\n", encoding="utf-8")
    assert any("open on no day" in f for f in faults(folder))


def test_the_last_good_profile_stays_in_use_and_the_faults_are_said(
    folder: Path, tmp_path: Path
) -> None:
    keep = tmp_path / "kept"
    first, none = load_or_last_good(folder, keep, today=TODAY)
    assert none == ()
    change(folder, "profile.toml", 'version = "2026.3"', 'version = "2026.4"')
    load_or_last_good(folder, keep, today=TODAY)
    change(folder, "form.toml", 'codes = "raises"', 'codes = "rases"')
    kept, said = load_or_last_good(folder, keep, today=TODAY)
    assert (first.version, kept.version) == ("2026.3", "2026.4")
    assert said
    assert "rases" in said[0]


def test_a_disk_without_room_for_the_copy_keeps_nobody_from_work(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = tmp_path / "kept"
    load_or_last_good(folder, keep, today=TODAY)
    change(folder, "profile.toml", 'version = "2026.3"', 'version = "2026.4"')

    def full(*_: object) -> None:
        raise shutil.Error([("a", "b", "No space left on device")])

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "copytree", full)
        opened, said = load_or_last_good(folder, keep, today=TODAY)
    assert (opened.version, said) == ("2026.4", ())
    assert load_profile(keep, today=TODAY).version == "2026.3"
    assert [p.name for p in tmp_path.glob("kept*")] == ["kept"]


def test_a_copy_cut_short_in_its_exchange_leaves_the_one_before(
    folder: Path, tmp_path: Path
) -> None:
    keep = tmp_path / "kept"
    load_or_last_good(folder, keep, today=TODAY)
    keep.rename(tmp_path / "kept.old")  # as it is left by a computer that stops between the two
    change(folder, "form.toml", 'codes = "raises"', 'codes = "rases"')
    opened, said = load_or_last_good(folder, keep, today=TODAY)
    assert opened.version == "2026.3"
    assert said


def test_windows_opened_at_one_moment_all_get_the_profile(folder: Path, tmp_path: Path) -> None:
    with ProcessPoolExecutor(4) as windows:
        asked = [
            windows.submit(load_or_last_good, folder, tmp_path / "kept", today=TODAY)
            for _ in range(12)
        ]
        opened = [one.result() for one in asked]
    assert {profile.version for profile, _ in opened} == {"2026.3"}
    assert load_profile(tmp_path / "kept", today=TODAY).version == "2026.3"


def test_a_first_profile_with_faults_is_refused(folder: Path, tmp_path: Path) -> None:
    change(folder, "form.toml", 'codes = "raises"', 'codes = "rases"')
    with pytest.raises(ProfileError):
        load_or_last_good(folder, tmp_path / "kept", today=TODAY)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_damage_to_a_file_breaks_the_loader(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    whole = (NORTHMERE / "clocks.toml").read_text(encoding="utf-8")
    start = data.draw(st.integers(0, len(whole)))
    text = whole[:start] + data.draw(st.text(max_size=5)) + whole[start + 3 :]
    folder = Path(shutil.copytree(NORTHMERE, tmp_path_factory.mktemp("damaged") / "n"))
    (folder / "clocks.toml").write_text(text, encoding="utf-8", newline="")
    found: tuple[str, ...] = ()
    try:
        load_profile(folder, today=TODAY)
    except ProfileError as damaged:
        found = damaged.faults
    assert all(re.match(r"[\w./]+, line \d+: ", f) for f in found)


def test_tables_below_arrays_of_tables_keep_their_lines() -> None:
    lines = _lines_of('a = 1\n[[p]]\nx = 1\n[[p.q]]\n"y z" = 2\n[p.q.r]\nk = 1\n[[p]]\n[[p.q]]\n')
    assert lines[("p", 0, "q", 0, "y z")] == 5
    assert lines[("p", 0, "q", 0, "r", "k")] == 7
    assert lines[("p", 1, "q", 0)] == 9


def test_services_are_optional_and_a_profile_without_them_is_whole(folder: Path) -> None:
    (folder / "services.toml").unlink()
    assert load_profile(folder, today=TODAY).services.sources == ()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('url = ""', 'url = "http://a.example"', "over https"),
        ('need = "domestic_abuse"', 'need = "da"', "There is no need “da”"),
        ('factor = "injury_parent"', 'factor = "hurt"', "There is no factor “hurt”"),
        ('dialect = "v3"', 'dialect = "v2"', "cannot be used"),
        ('at = "02:30"', 'at = "26:30"', "cannot be used"),
        ('"NM1 1" = [55.0012, -0.8014]', '"NM1 1" = [0.0, 0.0]', "cannot be used"),
        ('code = "parenting"', 'code = "mental_health"', "is there twice"),
    ],
)
def test_a_slip_in_services_is_told_with_its_line(
    folder: Path, old: str, new: str, told: str
) -> None:
    line = change(folder, "services.toml", old, new)
    found = next(f for f in faults(folder) if told in f)
    number = int(re.search(r"line (\d+)", found)[1])  # type: ignore[index]
    assert found.startswith("services.toml")
    assert abs(number - line) <= 1


def test_the_threshold_document_is_read_by_its_headings(folder: Path) -> None:
    passages = load_profile(folder, today=TODAY).services.threshold
    assert passages[1].title == "Level 2, early help"
    assert passages[1].source.startswith("Northmere Right Help, Right Time")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('agency = "police"', 'agency = "polis"', "“polis” is not an agency of profile.toml."),
        ('"pvp@northmere-police.example"', '"pvp at police"', "is not an e-mail address"),
        ('address = "X26ABC2"', 'address = "health"', "is not a MESH mailbox"),
        ('via = "by hand"\nphone = "01632 960 770"', 'via = "by hand"', "needs a phone"),
        ('rating = "red"\nagencies', 'rating = "purple"\nagencies', "no rating “purple”"),
        ('concerns = ["neglect"]', 'concerns = ["neglekt"]', "is not a code of codes/concerns.csv"),
        ('id = "housing_who"', 'id = "police_incidents"', "two questions called"),
        ('sender = "mash@northmere.example"', 'sender = "mash"', "is not an e-mail address"),
        ("https://mesh.northmere", "http://mesh.northmere", "over https only"),
        ('user = "mash-requests"\nfolder', 'user = "m"\nauth = "oauth2"\nfolder', "needs a tenant"),
        ('user = "mash-requests"\nsender', 'password = "x"\nsender', "is not a setting"),
        ("remind_minutes = 20", "remind_minutes = 0", "cannot be used"),
    ],
)
def test_a_slip_in_requests_is_told_with_its_line(
    folder: Path, old: str, new: str, said: str
) -> None:
    change(folder, "requests.toml", old, new)
    found = faults(folder)
    assert any(re.match(r"requests\.toml, line \d+: ", f) and said in f for f in found), found


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ('"nfa", ', '"nfa", "nothing", ', "“nothing” is no outcome"),
        ('"nfa", ', '"nfa", "adoption", ', "“adoption” stands in “adoption” already"),
        ("years = 6", "years = 0", "retention.toml, line"),
    ],
)
def test_a_slip_in_retention_is_told_with_its_line(
    folder: Path, was: str, now: str, said: str
) -> None:
    path = folder / "retention.toml"
    path.write_text(path.read_text("utf-8").replace(was, now), "utf-8")
    with pytest.raises(ProfileError, match=said):
        load_profile(folder, today=TODAY)


def test_a_hub_says_what_its_roles_may(folder: Path) -> None:
    change(
        folder, "roles.toml", '"read", "screen", "rate", "link", "propose", ', '"read", "screen", '
    )
    roles = load_profile(folder, today=TODAY).roles
    officer = replace(factory.RUTH, role=Role.CONTACT_OFFICER, roles=roles)
    assert officer.may(May.SCREEN)
    with pytest.raises(NotAllowedError, match="Ask a night team or a social worker or a team lead"):
        officer.must(May.PROPOSE)
    with pytest.raises(NotAllowedError, match="Ask an auditor or a team leader"):
        officer.must(May.AUDIT)
    (folder / "roles.toml").write_text('[business_support]\nmay = ["receive", "read", "print"]\n')
    one = load_profile(folder, today=TODAY).roles
    support = frozenset({May.RECEIVE, May.READ, May.PRINT})
    assert one == {**ALLOWED, Role.BUSINESS_SUPPORT: support}, "the others are as usual"
    (folder / "roles.toml").unlink()
    assert load_profile(folder, today=TODAY).roles == ALLOWED


def test_roles_that_are_shipped_are_the_usual_ones() -> None:
    assert load_profile(NORTHMERE, today=TODAY).roles == ALLOWED


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ('may = ["receive", "read"]', 'may = ["read", "sign"]', "business support may never sign"),
        ('"print", "sign", ', '"print", ', "team leader must sign"),
        ('may = ["receive", "read"]', 'may = ["receive"]', "may not read can do nothing else"),
        ("[night_team]", "[auditor]", "auditor"),
        ("[night_team]", "[administrator]", "administrator"),
        ('"break glass"]', '"open restricted"]', "contact officer may never open restricted"),
        ('"break glass"]', '"fly"]', "roles.toml, line"),
    ],
)
def test_a_role_that_no_hub_may_give_is_told_with_its_line(
    folder: Path, was: str, now: str, said: str
) -> None:
    change(folder, "roles.toml", was, now)
    found = faults(folder)
    assert any(re.match(r"roles\.toml, line \d+: ", f) and said in f for f in found), found


def test_a_hub_without_requests_asks_by_telephone_and_is_whole(folder: Path) -> None:
    (folder / "requests.toml").unlink()
    hub = load_profile(folder, today=TODAY)
    assert hub.requests.partners == ()


def test_a_rating_and_worries_call_for_agencies_and_questions() -> None:
    rules = load_profile(NORTHMERE, today=TODAY).requests
    assert rules.called_for("amber", ("substance_use",)) == ("health", "education", "adult_care")
    ticked = {q.id for q in rules.ticked("housing", ("neglect",))}
    assert "housing_repairs" in ticked
    assert "housing_arrears" not in ticked
    for partner in rules.partners:
        assert rules.ticked(partner.code, ()), f"{partner.code} has no question for every contact"


def test_checkpoints_by_mail_need_an_address_and_a_way_to_send(folder: Path) -> None:
    line = change(folder, "profile.toml", 'checkpoint_mail = ""', 'checkpoint_mail = "records"')
    assert faults(folder) == (f"profile.toml, line {line}: “records” is not an e-mail address.",)
    change(folder, "profile.toml", '= "records"', '= "records@council.example"')
    load_profile(folder, today=TODAY)
    (folder / "requests.toml").unlink()
    assert "no [smtp], so no checkpoint can be sent" in faults(folder)[0]
