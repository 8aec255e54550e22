"""The answers of the contact that is open, as they stand here, and what is asked and missing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from zoneinfo import ZoneInfo

from triage.domain.completeness import Asked, codes_of, completeness, visible_questions, word_count
from triage.domain.decision import (
    Answer,
    Completeness,
    DecisionDraft,
    Problem,
    SavedAnswer,
    Weight,
    key,
)
from triage.domain.fact import Answer3
from triage.domain.profile import Code, Profile, QuestionKind
from triage.domain.spelling import counted
from ui.keymap import GLOBAL, keymap
from ui.triage.parts.values import DecisionPaneView

_DECIDERS = "@deciders"
HISTORY = "history"
"""The question whose answer may say why it is decided without looking somebody up."""
LOOK_UP = "Look up at partners"
LOOK_UP_KEY = keymap().label(GLOBAL, LOOK_UP)


class Answering:
    """One contact's decision while it is written. `answers` holds what is typed over what is
    kept; `asked` and `meter` are worked out of them by `renew`."""

    def __init__(
        self,
        view: DecisionPaneView,
        before: Answering | None = None,
        waiting: Collection[str] = (),
    ) -> None:
        """Take up what was kept. Of `before`, the same contact's, what is `waiting` to be kept
        and what was kept since stays."""
        self.view = view
        self.answers: dict[str, SavedAnswer] = dict(view.draft.answers)
        self.asked: tuple[Asked, ...] = ()
        self.meter: Completeness = view.completeness
        for at, ours in before.answers.items() if before else ():
            kept = self.answers.get(at)
            if at in waiting or ours.version > (kept.version if kept else 0):
                self.answers[at] = ours

    def read_only(self) -> bool:
        """Whether nothing may be changed."""
        return bool(self.view.read_only_why) or self.view.signed is not None

    def put(self, answer_key: str, value: Answer, version: int) -> SavedAnswer | None:
        """Note an answer that is not kept yet; gives the one before."""
        before = self.answers.get(answer_key)
        self.answers[answer_key] = SavedAnswer(
            key=answer_key,
            value=value,
            version=version,
            by=before.by if before else "",
            at=before.at if before else self.view.contact.received_at,
        )
        return before

    def renew(self, meter: Completeness | None = None) -> tuple[object, ...]:
        """Work out what is asked and missing now; gives all that the form shows of it."""
        view, draft = self.view, self._draft()
        self.asked = visible_questions(
            view.profile,
            draft,
            view.contact,
            view.today,
            repeat_contacts=view.repeat_contacts,
            results=view.results,
            awaited=view.awaited,
        )
        self.meter = meter or completeness(
            view.profile,
            draft,
            view.contact,
            today=view.today,
            repeat_contacts=view.repeat_contacts,
            results=view.results,
            awaited=view.awaited,
        )
        left_out = self._left_out()
        if left_out is not None:
            self.meter = replace(self.meter, problems=(*self.meter.problems, left_out))
        # Each answer of a partner has all of it read anew, and hardly ever changes the form.
        return self.asked, self.meter, draft.answers, replace(view, results=())

    def _draft(self) -> DecisionDraft:
        return replace(self.view.draft, answers=dict(self.answers))

    def left_out(self) -> str:
        """Whom no partner was asked about, in few words for the meter, with the key that does it;
        "" where all were, or the decision says why not."""
        left = self.view.left_out
        if left is None or self._left_out() is None:
            return ""
        return f"{left.short}: {LOOK_UP_KEY}" if left.can_look_up else left.short

    def _left_out(self) -> Problem | None:
        """The same as something to look at again, at the question where it may be explained."""
        left = self.view.left_out
        explained = self.value(HISTORY) == "not_available" and self.value(f"{HISTORY}_words")
        if left is None or self.read_only() or explained:
            return None
        at = self.find(HISTORY)
        mend = f" {LOOK_UP_KEY} looks up whoever is left." if left.can_look_up else ""
        return Problem(
            part=at.part.id if at is not None else "",
            question=HISTORY,
            weight=Weight.CONTRADICTS,
            sentence=f"{left.sentence}{mend}",
        )

    def of_part(self, part: str) -> list[Asked]:
        """What a part asks now."""
        return [a for a in self.asked if a.part.id == part]

    def find(self, question: str, person: str = "") -> Asked | None:
        """A question as it is asked now; None where it is not."""
        wanted = (question, person)
        return next((a for a in self.asked if (a.question.id, a.person) == wanted), None)

    def value(self, question: str, person: str = "") -> Answer:
        """The answer as it stands; "" where there is none."""
        saved = self.answers.get(key(question, person))
        return saved.value if saved else ""

    def given(self, asked: Asked) -> Answer:
        """What was answered elsewhere: the rating, from the queue."""
        return self.view.contact.rating or "" if asked.question.id == "rating" else ""

    def changed_by(self, asked: Asked) -> str:
        """Who gave the answer, and when; "" where there is none that was kept."""
        saved = self.answers.get(key(asked.question.id, asked.person))
        if saved is None or not saved.by:
            return ""
        at = saved.at.astimezone(ZoneInfo(self.view.profile.working_time.zone))
        return f"{self.view.names.get(saved.by, saved.by)} at {at:%H:%M}"

    def missing(self, *, needed: bool) -> list[Asked]:
        """What is needed, or else advised, and has no answer."""
        return [
            a
            for a in self.asked
            if (a.needed if needed else a.advised)
            and not codes_of(self.value(a.question.id, a.person))
            and not self.given(a)
        ]

    def next_missing(self, now: Asked | None, step: int) -> Asked | None:
        """What is missing after (1) or before (-1) `now`, needed before advised, and round again
        at the end; None where nothing is."""
        missing = self.missing(needed=True) or self.missing(needed=False)
        if not missing:
            return None
        here = self.asked.index(now) if now in self.asked else -1
        places = [self.asked.index(a) for a in missing]
        if step > 0:
            return missing[next((i for i, p in enumerate(places) if p > here), 0)]
        return missing[next((i for i, p in reversed([*enumerate(places)]) if p < here), -1)]

    def is_urgent(self) -> bool:
        """Whether it may go despite gaps: said to be urgent, or rated so."""
        rating = next(iter(codes_of(self.value("rating"))), "") or self.view.contact.rating
        rated = self.view.profile.rating(rating)
        said = self.view.contact.content.urgent.answer is Answer3.YES
        return said or (rated is not None and rated.urgent)

    def contradictions(self, asked: Asked) -> list[str]:
        """What speaks against an answer, in sentences."""
        return [
            p.sentence
            for p in self.meter.problems
            if p.weight is Weight.CONTRADICTS
            and (p.question, p.person) == (asked.question.id, asked.person)
        ]

    def codes(self, asked: Asked) -> tuple[Code, ...]:
        """What may be chosen today, and what was chosen earlier, so that it reads as words."""
        view = self.view
        whole = self.labelled().codes.get(asked.question.codes, ())
        chosen = codes_of(self.value(asked.question.id, asked.person))
        live = view.profile.codes_on(asked.question.codes, view.today)
        if asked.question.codes == _DECIDERS:
            live = view.deciders
        known = {c.code for c in live}
        return (*live, *(c for c in whole if c.code in chosen and c.code not in known))

    def labelled(self) -> Profile:
        """The profile, also with the words for those who may decide."""
        view = self.view
        return replace(view.profile, codes={**view.profile.codes, _DECIDERS: view.deciders})

    def words_in(self, part: str) -> str:
        """How many words stand in a part that is one piece of writing."""
        first = next(iter(self.of_part(part)), None)
        if first is None or first.question.kind is not QuestionKind.TEXT or first.person:
            return ""
        words = word_count(self.value(first.question.id))
        return counted(words, "word") if words else ""

    def children(self) -> tuple[str, ...]:
        """The children's given names, where they are known."""
        return tuple(c.given.value for c in self.view.contact.content.children if c.given.known)
