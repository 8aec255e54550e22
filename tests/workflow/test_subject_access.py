"""A child's record for whoever asks: gathered whole, third parties truly out of the file."""

import json
import re
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from types import MappingProxyType

import pytest
from pypdf import PdfReader

from tests import factory
from tests.export.test_pack_removal import everything_in
from tests.test_cli_hub import WORDS, data, run  # noqa: F401 - a fixture comes by import
from tests.workflow.conftest import Front
from triage.domain.access_draft import AccessDraft, Settled
from triage.domain.contact import Contact
from triage.domain.errors import ConflictError, NotAllowedError, NotReadyError
from triage.domain.lookup import Subject
from triage.export.pack_signing import verify_pack
from triage.practice.hub import PracticeHub
from triage.practice.people import WORKERS
from triage.storage import contacts
from triage.workflow import fields, match, people, queue, subject_access
from triage.workflow.hub import vault_of
from triage.workflow.hub_desk import open_store

FACT = factory.fact
WHO = {worker.id: worker for worker, _ in WORKERS}


def family(front: Front) -> subject_access.Gathered:
    told = factory.content(
        factory.child(),
        factory.child("c2", "Theo", family="Rowe", dob="2023-05-06"),
        concern="Mrs Rowe shouted. Theo (6th May 2023, 06.05.23) hid. "
        "Jane Pell (07700 900123) heard Maya cry.",
    )
    neighbour = replace(
        told.referrer,
        name=FACT("Jane Pell"),
        phone=FACT("07700 900123"),
        agency=FACT(None),
        may_be_named=FACT("no"),
    )
    told = replace(told, referrer=neighbour, adults=(factory.adult(),))
    first = front.bring(replace(factory.contact(), content=told))
    front.bring(factory.contact(reference="C-26-00002"))
    return subject_access.gather(front.priya, first.id, "c1")


def words_of(pdf: bytes) -> str:
    return " ".join(" ".join(p.extract_text() for p in PdfReader(BytesIO(pdf)).pages).split())


def seen(
    front: Front, contact: Contact, decided: Mapping[str, Settled] = MappingProxyType({})
) -> str:
    """What can be read in the copy of a contact's first child, as far as it is decided."""
    found = subject_access.gather(front.priya, contact.id, "c1")
    return words_of(subject_access.preview(front.priya, found, decided).pdf)


def test_everything_about_the_child_is_gathered_and_third_parties_are_named(
    front: Front,
) -> None:
    found = family(front)
    assert found.references == ("C-26-04817", "C-26-00002")
    said = {party.words: party.why for party in found.third_parties}
    assert said["Theo Rowe"] == "another child"
    assert said["Carla Rowe"] == "Mother"
    assert "may not be named" in said["Jane Pell"]
    assert found.child not in said
    with pytest.raises(NotAllowedError):
        subject_access.gather(front.ruth, found.contact_ids[0], "c1")


def test_whom_a_linked_record_alone_names_is_a_third_party_too(front: Front) -> None:
    contact = front.bring(factory.contact())
    front.people.hold(factory.record(mother="Della Marsh", siblings="Kit Rowe; Una Marsh"))
    [result] = match.look_up(front.ruth, contact.id, partners=("social_care",), people=("c1",))
    match.link(
        front.ruth, Subject(contact_id=contact.id, person="c1"), result.candidates[0], ["x"], "Same"
    )
    found = subject_access.gather(front.priya, contact.id, "c1")
    said = {party.words for party in found.third_parties}
    assert {"Della Marsh", "Kit Rowe", "Una Marsh"} <= said


def test_words_decided_out_are_not_in_the_file_and_those_kept_are(
    front: Front, tmp_path: Path
) -> None:
    found = family(front)
    decided = {
        p.words: Settled(goes=p.words != "Carla Rowe", why=p.why) for p in found.third_parties
    }
    decided["Carla Rowe"] = Settled(goes=False, why="She asked for it with her daughter.")
    with pytest.raises(NotReadyError, match="Decide first"):
        subject_access.export(front.priya, found, {}, for_whom="Maya Rowe", harm="None found.")
    pdf = subject_access.export(
        front.priya,
        found,
        decided,
        for_whom="Maya Rowe",
        harm="None found.",
        also={"cry": "Said in confidence."},
    )
    shown = words_of(pdf)
    within = everything_in(pdf, tmp_path)
    for gone in ("jane", "pell", "900123", "theo", "may 2023", "05.23", " cry."):
        assert gone not in within
    assert "Maya" in shown
    assert "Mrs Rowe shouted" in shown  # the child's own family name, of somebody who stays
    assert "another person's name or particulars, in" in shown
    issued = verify_pack(pdf, people.trust_list(front.priya))
    assert issued.name == "Priya Nandra"
    made = [e for e in front.events(0) if e.kind == "access.exported"]
    assert front.kinds().count("access.gathered") == len(made) == 2
    told = {e.contact_id: json.loads(e.detail)["decided"] for e in made}
    first, second = (told[id] for id in found.contact_ids)
    mother = {"words": "Carla Rowe", "goes": False, "why": "She asked for it with her daughter."}
    assert mother in first
    assert second == [], "a third party's words stand with the contact they come from alone"


def test_no_copy_is_made_without_a_reason_and_the_preview_takes_out_what_is_not_decided(
    front: Front,
) -> None:
    found = family(front)
    shown = words_of(subject_access.preview(front.priya, found, {}).pdf)
    assert "Carla" not in shown
    stays = {"Carla Rowe": Settled(goes=False, why="She agrees.")}
    assert "Carla" in words_of(subject_access.preview(front.priya, found, stays).pdf)
    decided = {p.words: Settled(goes=True, why=" ") for p in found.third_parties}
    with pytest.raises(NotReadyError, match="Say why"):
        subject_access.export(front.priya, found, decided, for_whom="Maya", harm="None found.")
    decided = {p.words: Settled(goes=True, why=p.why) for p in found.third_parties}

    def made(for_whom: str = "Maya", harm: str = "None found.", why: str = "A secret.") -> bytes:
        also = {"cry": why}
        return subject_access.export(
            front.priya, found, decided, for_whom=for_whom, harm=harm, also=also
        )

    for lacking in ({"for_whom": " "}, {"harm": ""}, {"why": " "}):
        with pytest.raises(NotReadyError):
            made(**lacking)
    people.revoke_key(front.ola, "pnandra", "Lost")
    with pytest.raises(NotAllowedError, match="revoked"):
        made()
    assert "access.exported" not in front.kinds()


def test_words_that_would_stay_where_they_stand_are_not_recorded_as_taken_out(
    front: Front, tmp_path: Path
) -> None:
    found = family(front)
    decided = {p.words: Settled(goes=True, why=p.why) for p in found.third_parties}
    also = {"shouted. Theo": "Told in confidence.", "heard removed 1 cry": "Chosen on the page."}
    drawn = subject_access.preview(front.priya, found, decided, also=also)
    assert drawn.not_found == ("heard removed 1 cry",)
    assert "shouted" not in everything_in(drawn.pdf, tmp_path)
    with pytest.raises(NotReadyError, match="across a mark"):
        subject_access.export(
            front.priya, found, decided, for_whom="Maya", harm="None found.", also=also
        )
    assert "access.exported" not in front.kinds()


def test_copy_is_made_from_the_command_line_with_each_third_party_asked_of(
    data: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    out = tmp_path / "copy.pdf"
    with (
        closing(open_store(data, vault_of(data, lambda: WORDS.strip()))) as store,
        store.write() as tx,
    ):
        contacts.insert(tx, factory.contact())
    reference = factory.contact().reference
    asked = ["--for", "Maya", "--harm", "None found.", "--remove", "crying", "Said in confidence."]
    said = run(
        "access", "export", reference, str(out), *asked, "--as", "jsmith", "--data", str(data),
        typed=WORDS + "4837\n" + "y\n" * 9,
    )  # fmt: skip
    assert said.exit_code == 0, said.output
    shown = words_of(out.read_bytes())
    assert "Take out “Carla Rowe” (Mother)?" in said.output
    assert "PC Dan Holt" in shown
    assert "crying" not in shown
    assert "Carla" not in shown
    again = run("access", "export", reference, str(out), *asked, "--as", "jsmith")
    assert "is there already" in again.output


def test_facts_about_whoever_is_taken_out_go_as_one_with_their_name(
    practice: PracticeHub,
) -> None:
    desk = practice.hub.desk(WHO["pnandra"])
    contact_id = next(
        row.contact_id for row in queue.queue(desk).rows if row.title.startswith("Maya Rowe")
    )
    found = subject_access.gather(desk, contact_id, "c1")
    shown = words_of(subject_access.preview(desk, found, {}).pdf)
    assert "Facts about another person were taken out: another child." in shown
    assert "Child 1 gender: Female" in shown
    assert "Facts about other people, or what is not to be passed on, as a whole, in" in shown
    for gone in ("Male", "Child: removed", "(removed", "Adult: removed", "Mother's partner Lives"):
        assert gone not in shown
    stays = {p.words: Settled(goes=False, why="They agree.") for p in found.third_parties}
    shown = words_of(subject_access.preview(desk, found, stays).pdf)
    assert "Child: Theo Rowe" in shown
    assert "Child 2 gender: Male" in shown
    assert "were taken out" not in shown


def test_what_is_a_brothers_goes_with_him_but_for_what_is_the_childs_own_too(front: Front) -> None:
    upn = "B123456789012"
    brother = factory.child(
        "c2", "Theo", family="Marsh", sex="M", school="Brookfold Primary", ethnicity="WBRI",
        language="French", nhs_number="9990142349", upn=upn, whereabouts="At his aunt's",
    )  # fmt: skip
    brother = replace(brother, aliases=(FACT("Teddy"),))
    told = factory.content(
        factory.child(school="Brookfold Primary", nhs_number="9990142276"),
        brother,
        concern="Teddy: ring about 999 014 2349 or B1234 5678 9012, not 999 014 2276.",
    )
    no_name = replace(told.referrer, role=FACT("Caretaker"), may_be_named=FACT("no"))
    told = replace(told, referrer=no_name)
    contact = front.bring(replace(factory.contact(), content=told))
    shown = seen(
        front, contact, {"Theo Marsh": Settled(goes=True, why="He was asked and said no.")}
    )
    assert "He was asked" not in shown, "why somebody decided so may itself tell of them"
    assert "were taken out: reported it and may not be named." in shown
    for gone in ("French", "aunt", "2349", upn, "5678", "Marsh", "Mother", "Teddy", "Caretaker",
                 "Police"):  # fmt: skip
        assert gone not in shown
    assert shown.count("Brookfold Primary") == 1, "the school is the child's own too"
    assert "not 999 014 2276." in shown


def test_of_children_without_a_name_only_the_one_asked_about_has_their_facts_in_the_copy(
    front: Front,
) -> None:
    unnamed = [factory.child(key, None, language=spoken) for key, spoken in
               (("c2", "French"), ("c3", "Polish"))]  # fmt: skip
    contact = front.bring(replace(factory.contact(), content=factory.content(*unnamed)))
    found = subject_access.gather(front.priya, contact.id, "c3")
    shown = words_of(subject_access.preview(front.priya, found, {}).pdf)
    assert "Polish" in shown
    assert "French" not in shown
    assert "were taken out: another child." in shown


def test_copy_says_nothing_in_keys_or_codes_of_the_program(practice: PracticeHub) -> None:
    desk = practice.hub.desk(WHO["pnandra"])
    contact_id = next(
        row.contact_id for row in queue.queue(desk).rows if row.title.startswith("Maya Rowe")
    )
    with desk.store.read() as tx:
        maya = contacts.get(tx, contact_id)
    found = subject_access.gather(desk, maya.id, "c1")
    keys = {name for path, _ in fields.facts_of(maya.content) for name in path.split(".")}
    keys |= {question.id for part in desk.profile.parts for question in part.questions}
    keys |= {"given", "family", "status", "mother", "siblings"}
    codes = {c.code for codes in desk.profile.codes.values() for c in codes if c.code != c.label}
    codes |= {"yes", "no", "not_asked", "not_stated"} | {a.code for a in desk.profile.agencies}
    said = [
        passage
        for chapter in found.chapters
        for part in chapter.parts
        for group in part.groups
        for passage in group.passages
    ]
    assert {p.label for p in said} & keys == set()
    values = {word for p in said if p.label != "Role" for word in p.words.split("; ")}
    assert values & codes == set()
    stays = {p.words: Settled(goes=False, why="They agree.") for p in found.third_parties}
    shown = words_of(subject_access.preview(desk, found, stays).pdf)
    raw = {word for word in keys | codes if "_" in word or word in ("c1", "c2", "a1")}
    assert {word for word in raw if re.search(rf"\b{word}\b", shown)} == set()
    assert not re.search(r"\d{4}-\d\d-\d\d", shown), "days are spelt"
    for words in ("Born 14 Mar 2019", "Sex Female", "Agrees to it Not asked", "Rating Amber"):
        assert words in shown
    assert "“Two calls to 14 Larch Court since March." in shown, "what a partner said by question"


def test_what_was_decided_of_a_copy_is_kept_for_its_maker_alone_until_it_is_made(
    front: Front,
) -> None:
    found = family(front)
    begun = AccessDraft(
        decided={"Theo Rowe": Settled(goes=False, why="She knows her brother.")},
        also={"cry": "Said in confidence."},
        for_whom="Maya ",
        harm="None fo",
    )
    kept = subject_access.keep(front.priya, found.draft_at, begun)
    assert kept == replace(begun, version=1)
    first, second = found.contact_ids
    for contact_id in (first, second):
        again = subject_access.gather(front.priya, contact_id, "c1")
        assert (again.draft, again.draft_at) == (kept, (first, "c1")), "also from another contact"
    assert subject_access.gather(front.ola, first, "c1").draft == AccessDraft()
    assert "She knows" not in "".join(e.detail for e in front.events(0))
    later = subject_access.keep(front.priya, found.draft_at, replace(kept, harm="None found."))
    with pytest.raises(ConflictError, match="another window"):
        subject_access.keep(front.priya, found.draft_at, replace(kept, harm="Some."))
    with pytest.raises(ConflictError):
        subject_access.keep(front.priya, found.draft_at, begun)
    assert subject_access.gather(front.priya, first, "c1").draft == later
    decided = {p.words: Settled(goes=True, why=p.why) for p in found.third_parties}
    subject_access.export(front.priya, found, decided, for_whom="Maya", harm="None found.")
    assert subject_access.gather(front.priya, first, "c1").draft == AccessDraft()
