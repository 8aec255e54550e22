"""All that one contact holds, in the words that a person at the screen reads: labels of fields and
of the form, codes as their words, days spelt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from triage.domain import request_letter
from triage.domain.decision import VersionState
from triage.domain.request import RequestState, Via, state_words
from triage.domain.spelling import spell_day, spell_moment
from triage.export.access_copy import Chapter, Group, Part, Passage, Whose
from triage.export.pack_answers import is_said, words_of
from triage.export.pack_blocks import sentence
from triage.export.pack_removal import Nature
from triage.storage import answers, corrections, drafts, lookups, requests, services, versions
from triage.workflow import fact_words, fields, naming
from triage.workflow.access_whose import (
    PLACE,
    WHERE,
    linked_of,
    of_answer,
    of_path,
    of_person,
    of_request,
    theirs_in,
)
from triage.workflow.partner_answers import said_to
from triage.workflow.recipients import recipients
from triage.workflow.requests import agency_name

if TYPE_CHECKING:
    from triage.domain.contact import Child, Contact
    from triage.domain.decision import Answer
    from triage.domain.request import InfoRequest
    from triage.storage.engine import Transaction
    from triage.workflow.desk import Desk


def chapter(desk: Desk, tx: Transaction, contact: Contact, child: Child) -> Chapter:
    """What is held about a contact, in the order it came to be held, with whose it is where it is
    not the child's."""
    day = spell_day(naming.local_day(desk.profile, contact.received_at))
    parts = (
        ("What was read or told", _facts(desk, contact, child)),
        ("The original, as words", _original(tx, contact, child)),
        ("Answers of the form", _answers(desk, tx, contact, child)),
        ("Decisions", _decisions(desk, tx, contact)),
        ("Partners' systems that were searched", _searched(desk, tx, contact, child)),
        ("Records of others that were linked", _linked(desk, tx, contact, child)),
        ("What partners were asked, and answered", _partners(desk, tx, contact, child)),
        ("Corrections that were asked for", _corrections(tx, contact, child)),
        ("Referrals to services", _referrals(tx, contact)),
        ("Who was given what this holds", _given(desk, tx, contact)),
    )
    return Chapter(
        title=f"{contact.reference}, received {day}",
        parts=tuple(Part(heading=heading, groups=tuple(groups)) for heading, groups in parts),
    )


def _facts(desk: Desk, contact: Contact, child: Child) -> Iterator[Group]:
    content, profile = contact.content, desk.profile
    groups: dict[tuple[str, Whose | None], list[Passage]] = {}
    for path, fact in fields.facts_of(content):
        if fact.known and fact.value:
            words = fact_words.said(profile, fact_words.name_in(path), fact.value)
            told = Passage(label=fact_words.label_of(path, fact), words=words, nature=_nature(path))
            group = _group_title(contact, path), of_path(contact, child, path)
            groups.setdefault(group, []).append(told)
    if content.concerns:
        words = "; ".join(naming.concern_label(profile, code) for code in content.concerns)
        told = Passage(label="Concerns", words=words)
        groups.setdefault((fact_words.SEEN, None), []).append(told)
    for (title, whose), passages in groups.items():
        yield Group(title=title, passages=tuple(passages), whose=whose)
    said = []
    for line in content.said:
        at = spell_moment(naming.local(profile, line.at))
        label = f"{at} ({line.voice.value})" if line.voice.value else at
        said.append(Passage(label=label, words=line.words))
    yield Group(title="Said on the telephone", passages=tuple(said))


def _nature(path: str) -> Nature:
    """Who reported it is not looked for in what a fact says of the child's school or GP: a gap
    there would say that they did."""
    return Nature.FACT if fact_words.name_in(path) in ("school", "gp") else Nature.TOLD


def _group_title(contact: Contact, path: str) -> str:
    """Whose facts they are: "Child: Maya Rowe", "Sender"."""
    group, who = fact_words.group_of(path), ""
    if path.startswith(("children.", "adults.")):
        who = fact_words.called(contact.content, path.split(".")[1])
    return f"{group}: {who}" if who else group


def _original(tx: Transaction, contact: Contact, child: Child) -> Iterator[Group]:
    draft = drafts.get(tx, contact.id)
    for part in draft.parts if draft else ():
        theirs = theirs_in(contact, child, part.name, part.text)
        held = Passage(words=part.text, keeps_lines=True, theirs=theirs)
        yield Group(
            title=fact_words.part_words(part.name),
            passages=(held,) if part.text.strip() else (),
        )


def _answers(desk: Desk, tx: Transaction, contact: Contact, child: Child) -> Iterator[Group]:
    """The answers part by part of the form, each question's by person in the order of the contact;
    last what an earlier form asked."""
    content = contact.content
    people = ("", *(c.key for c in content.children), *(a.key for a in content.adults))
    saved: dict[str, list[tuple[str, Answer]]] = {}
    for key, answer in answers.all(tx, contact.id).items():
        id, _, person = key.partition("@")
        if is_said(answer.value):
            saved.setdefault(id, []).append((person, answer.value))

    def passage(label: str, person: str, words: str) -> Passage:
        if person:
            who = fact_words.called(content, person) or "Somebody no longer named"
            label = f"{label} ({who})"
        return Passage(label=label, words=words, whose=of_person(contact, child, person))

    def place(each: tuple[str, Answer]) -> int:
        return people.index(each[0]) if each[0] in people else len(people)

    for part in desk.profile.parts:
        passages = []
        for question in part.questions:
            for person, value in sorted(saved.pop(question.id, ()), key=place):
                words = words_of(desk.profile, question, value)
                passages.append(passage(question.label, person, words))
        yield Group(title=part.title, passages=tuple(passages))
    passages = []
    for id, given in saved.items():
        for person, value in given:
            words = value if isinstance(value, str) else "; ".join(value)
            passages.append(passage(sentence(id.replace("_", " ")), person, words))
    yield Group(title="Asked in an earlier form", passages=tuple(passages))


def _decisions(desk: Desk, tx: Transaction, contact: Contact) -> Iterator[Group]:
    passages = []
    for version in versions.of_contact(tx, contact.id):
        if version.state in (VersionState.SIGNED, VersionState.SUPERSEDED):
            at = version.signed_at
            on = f" on {spell_day(naming.local_day(desk.profile, at))}" if at else ""
            comment = f" {version.comment}" if version.comment else ""
            words = f"Written by {version.author_name}, signed by {version.signer_name}{on}."
            passages.append(Passage(label=f"Version {version.number}", words=words + comment))
    yield Group(passages=tuple(passages))


def _linked(desk: Desk, tx: Transaction, contact: Contact, child: Child) -> Iterator[Group]:
    for key, record in linked_of(tx, contact):
        held = [
            Passage(
                label=fact_words.RECORD_LABELS.get(name, sentence(name.replace("_", " "))),
                words=fact_words.said(desk.profile, name, value),
                nature=_nature(name),
                whose=PLACE if record.restricted and name in WHERE else None,
            )
            for name, value in record.fields.items()
            if value
        ]
        for point in record.involvement:
            until = f" to {spell_day(point.end)}" if point.end else ""
            words = point.words or sentence(point.kind)
            held.append(Passage(label=f"{spell_day(point.start)}{until}", words=words))
        whose = of_person(contact, child, key)
        title = desk.partner_name(record.partner)
        yield Group(title=title, passages=tuple(held), whose=whose)


def _searched(desk: Desk, tx: Transaction, contact: Contact, child: Child) -> Iterator[Group]:
    """What each partner that answers at once was last told; of a list that lies here nobody is."""
    passages = []
    for result in lookups.results_of(tx, contact.id):
        if result.live and result.sent:
            at = spell_moment(naming.local(desk.profile, result.asked_at))
            passages.append(
                Passage(
                    label=f"{desk.partner_name(result.partner)}, {at}",
                    words=f"With {result.searched}: {result.outcome.value}.",
                    whose=of_person(contact, child, result.subject.person),
                )
            )
    yield Group(passages=tuple(passages))


def _partners(desk: Desk, tx: Transaction, contact: Contact, child: Child) -> Iterator[Group]:
    """Each request that went or goes out, and what came of it. A draft asked nobody."""
    kept_here = (RequestState.DRAFT, RequestState.WITHDRAWN)
    held = requests.of_contact(tx, contact.id)
    asked = [r for r in held if r.sent_at or r.state not in kept_here]
    came = requests.answers_to(tx, [r.id for r in asked])
    for request in asked:
        yield _asked(desk, contact, child, request)
        for answer in came.get(request.id, ()):
            day = spell_day(naming.local_day(desk.profile, answer.received_at))
            said = [
                Passage(label=item.question or "Said besides", words=sentence(said_to(item)))
                for item in answer.items
            ]
            if answer.text.strip():
                said.append(Passage(label="As it came", words=answer.text, keeps_lines=True))
            if answer.answered_by:
                said.append(Passage(label="Answered by", words=answer.answered_by))
            said.append(Passage(label="Passing it on", words=answer.limit))
            yield Group(
                title=f"{agency_name(desk, request.agency)}, answered {day}",
                passages=tuple(said),
                whose=of_answer(request, answer, desk) or of_request(contact, child, request),
            )


def _asked(desk: Desk, contact: Contact, child: Child, request: InfoRequest) -> Group:
    profile = desk.profile
    went = request.sent_at
    at = f"asked on {spell_moment(naming.local(profile, went))}" if went else "to be asked"
    # By telephone nobody's name is kept with it: they were asked about as the contact had them.
    named = any(p.name for p in request.people)
    asked_about = request.people if named else request_letter.people_named(request, contact)
    people = [
        Passage(
            label="About",
            words=". ".join(w.rstrip(".") for w in (request_letter.about(p), p.why) if w) + ".",
            whose=of_person(contact, child, p.person),
        )
        for p in asked_about
    ]
    numbered = enumerate(request_letter.questions_of(request), 1)
    questions = [Passage(label=f"Question {n}", words=words) for n, words in numbered]
    told = profile.label("told", request.told) if request.told else ""
    not_told = profile.label("not_told_why", request.not_told_why) if request.not_told_why else ""
    others = {
        "Why, and on which basis": request_letter.why_of(request, profile),
        "Parents told": ". ".join(w for w in (told, not_told) if w),
        "The family's address": "It was given to them."
        if request.with_address and request_letter.address_of(contact)
        else "",
        "What came of it": f"{state_words(request.state)}.",
    }
    more = [Passage(label=label, words=words) for label, words in others.items() if words]
    way = {Via.EMAIL: "by e-mail", Via.MESH: "by MESH"}.get(request.via, "by telephone")
    title = f"{agency_name(desk, request.agency)}, {at} {way} ({request.reference})"
    whose = of_request(contact, child, request)
    return Group(title=title, passages=(*people, *questions, *more), whose=whose)


def _corrections(tx: Transaction, contact: Contact, child: Child) -> Iterator[Group]:
    yield Group(
        passages=tuple(
            Passage(
                label=fact_words.about(contact.content, each.path),
                words=each.told,
                whose=of_path(contact, child, each.path),
            )
            for each in corrections.of_contact(tx, contact.id)
        )
    )


def _referrals(tx: Transaction, contact: Contact) -> Iterator[Group]:
    yield Group(
        passages=tuple(
            Passage(label=f"{referral.number}, {referral.service_name}", words=referral.words)
            for referral in reversed(services.referrals_of(tx, contact.id))
        )
    )


def _given(desk: Desk, tx: Transaction, contact: Contact) -> Iterator[Group]:
    """UK GDPR article 15(1)(c); partners that were asked have a part of their own."""
    given = [each for each in recipients(desk, tx, contact.id) if not each.asked]
    days = [spell_day(naming.local_day(desk.profile, each.at)) for each in given]
    told = zip(days, given, strict=True)
    yield Group(
        passages=tuple(Passage(label=day, words=f"{each.who}, {each.what}") for day, each in told)
    )
