"""Services: what is looked for, what fits and what the factors call for, and one service's card."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from triage.domain.directory import Hit, Order
from triage.domain.errors import FanlightError
from triage.domain.service_referral import NEXT, Agreed, ReferralState, ServiceReferral
from triage.domain.spelling import spell_moment
from triage.domain.worker import May
from triage.workflow import directories, service_referrals, services, unsent_words
from triage.workflow.desk import Desk
from triage.workflow.naming import local
from triage.workflow.services import Family, Finding, Record
from triage.workflow.unsent import Kept
from ui.desk import DeskHolder
from ui.errors import plain_box, sentence
from ui.folders import downloads
from ui.jobs import Jobs, Token
from ui.printing.plain_paper import PlainPaper, Sheet, plain_pdf
from ui.services import wording
from ui.services.boxes import AnswerBox, ReferBox, SendBox
from ui.services.card_pane import CardPane
from ui.services.filter_pane import FilterPane
from ui.services.list_pane import ListPane
from ui.services.results import HitRow, WordsRow
from ui.services.suggest_pane import SuggestPane
from ui.shell.dialogs import AskBox, typed_into_a_box
from ui.shell.room import room_of, share, space
from ui.shell.screen import Screen
from ui.theme import theme
from ui.widgets.pane_bar import PaneBar

NO_CONTACT = "Open a contact in Triage first: a service is added, or a family referred, from there."


def card_sheet(words: str) -> tuple[Sheet, bytes]:
    """A service's card for a family to take home: its name, then all else. It names nobody."""
    name, _, rest = words.partition("\n")
    plain = "".join(c for c in name if c.isalnum() or c in " -'").strip()[:60] or "card"
    sheet = Sheet(
        asked=f"Print {name}",
        words="The card of the service. It names nobody of the family.",
        called=f"The card of {name}",
        title="Service card",
        file=downloads() / f"{plain}.pdf",
    )
    return sheet, plain_pdf(name, rest.strip())


class ServicesScreen(Screen):
    """Filters, suggestions and results, card. Everything slow goes through `jobs`.

    `current_contact` gives the contact that is open in Triage, or None. `decided` tells that an
    answer of its decision was changed here; `kept_changed` says of when the directory is.
    """

    decided = Signal()
    kept_changed = Signal(str)

    def __init__(
        self,
        holder: DeskHolder,
        jobs: Jobs,
        current_contact: Callable[[], UUID | None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._holder, self._jobs, self._current_contact = holder, jobs, current_contact
        self._family: Family | None = None
        self._finding: Finding | None = None
        self._records: dict[tuple[str, str], Record] = {}
        self._searching, self._recording = Token(), Token()
        self._blur = self._hidden = False
        self._postcode = ""
        self._undo: Callable[[], None] | None = None
        self._box: AskBox | None = None
        self.filters = FilterPane()
        self.suggest = SuggestPane()
        self.list = ListPane()
        self.card = CardPane()
        self.which = PaneBar(
            (("filters", "Look for"), ("list", "Services"), ("card", "Card")), "list"
        )
        self._middle_box = QWidget()
        self._middle = QVBoxLayout(self._middle_box)
        self._middle.setContentsMargins(0, 0, 0, 0)
        self._middle.addWidget(self.suggest)
        self._middle.addWidget(self.list, 1)
        self._row = QHBoxLayout()
        for pane, stretch in ((self.filters, 0), (self._middle_box, 1), (self.card, 0)):
            self._row.addWidget(pane, stretch)
        self._outer = QVBoxLayout(self)
        self._outer.addWidget(self.which)
        self._outer.addLayout(self._row, 1)
        self.paper = PlainPaper(self, jobs)
        self._connect()
        self._space()

    def _connect(self) -> None:
        self.filters.changed.connect(self._search)
        self.filters.show_hidden.connect(self._show_hidden)
        self.filters.faults_asked.connect(self._show_faults)
        self.filters.cleared.connect(lambda: self.said.emit("Nothing is left out now."))
        self.suggest.added.connect(self._add_key)
        self.list.chosen.connect(self._show_card)
        self.list.order_asked.connect(self._other_order)
        self.list.widen_asked.connect(self.filters.widen)
        self.list.again_asked.connect(self._copy_now)
        self.list.view.card_asked.connect(self._open_card)
        self.list.view.add_asked.connect(self._add)
        self.list.view.refer_asked.connect(self._refer)
        self.card.add_asked.connect(self._add)
        self.card.refer_asked.connect(self._refer)
        self.card.copy_asked.connect(self._copy_card)
        self.card.print_asked.connect(self.print_preview)
        self.paper.said.connect(self.said)
        self.paper.refused.connect(self.refused)
        self.card.step_asked.connect(self._step)
        self.which.chosen.connect(lambda _: self._arrange())
        self._holder.changed.connect(self._seated)
        theme().scaled.connect(self._space)

    # ---- what the window asks ---------------------------------------------------

    def panes(self) -> Sequence[QWidget]:
        """Filters, suggestions, results, card."""
        return (self.filters, self.suggest, self.list, self.card)

    def entered(self) -> None:
        """Look again at the contact that is open, and search."""
        self.refresh()

    def left(self) -> None:
        """Of when the directory is, is said here only."""
        self.kept_changed.emit("")

    def not_kept(self) -> str:
        """A referral or an answer that is being written."""
        return typed_into_a_box(self)

    def refresh(self) -> None:
        """Read the family and the directory again."""
        desk, contact_id = self._desk(), self._current_contact()
        self.filters.set_needs(desk.profile.services.needs)
        if contact_id is None:
            self._show_family(None)
            return
        self._jobs.run(
            lambda: services.look(desk, contact_id),
            self._show_family,
            self._no_family,
            owner=self,
        )

    def look_again(self) -> None:
        """Something happened at the hub."""
        if self.isVisible():
            self.refresh()

    def main_act(self) -> None:
        """Ctrl Enter: refer, send, or record the answer."""
        self._refer()

    def find_words(self) -> None:
        """Ctrl F: the words."""
        self._bring("filters")
        self.filters.words.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filters.words.selectAll()

    def next_tab(self) -> None:
        """Ctrl Tab: the next pane, where one stands at a time."""
        self.which.next_pane()

    def step_back(self) -> bool:
        """Esc: back to the list."""
        if self.which.isVisible() and self.which.value() != "list":
            self._bring("list")
            self.list.view.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        focus = self.focusWidget()
        if focus is not None and focus is not self.list.view and self.card.isAncestorOf(focus):
            self.list.view.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return False

    def undo(self) -> None:
        """Ctrl Z: take what was added last out of the decision again."""
        act, self._undo = self._undo, None
        if act is not None:
            act()
        else:
            self.refused.emit("There is nothing to undo here.")

    def set_blur(self, on: bool) -> None:
        """Names of the family become what they are, told apart: Child 1, Adult 2."""
        if on == self._blur:
            return
        self._blur = on
        origin = self.filters.origin
        if on:
            self._postcode = origin.text()
        origin.put("" if on else self._postcode)
        self._put_family(anew=False)

    def help_topic(self) -> str:
        """The page on services."""
        return "services"

    # ---- the family -------------------------------------------------------------

    def _show_family(self, family: Family | None) -> None:
        before = self._family
        same = before is not None and family is not None and before.contact_id == family.contact_id
        anew = not same or (before is not None and not before.needs)
        if before is None and family is None:
            anew = False
        self._family = family
        self._records.clear()
        self._put_family(anew=anew)

    def _no_family(self, fault: Exception) -> None:
        self._show_family(None)
        self.refused.emit(sentence(fault))

    def _put_family(self, *, anew: bool) -> None:
        shown = self._shown_family()
        self.suggest.show_family(shown, may_add=self._may_propose())
        self.filters.show_family(shown, anew=anew)
        self._search()
        self.panes_changed.emit()

    def _shown_family(self) -> Family | None:
        family = self._family
        if family is None or not self._blur:
            return family
        people, counts = [], {"Adult": 0, "Child": 0}
        for person in family.people:
            kind = "Adult" if person.adult else "Child"
            counts[kind] += 1
            people.append(replace(person, name=f"{kind}\u00a0{counts[kind]}"))
        by_key = {p.key: p for p in people}
        suggested = tuple(
            replace(s, whom=tuple(by_key[p.key] for p in s.whom)) for s in family.suggested
        )
        referrals = tuple(
            replace(
                r,
                people_names=("a person",),
                steps=tuple(replace(s, words="") for s in r.steps),
            )
            for r in family.referrals
        )
        return replace(
            family,
            title="name hidden",
            people=tuple(people),
            postcode="",
            suggested=suggested,
            referrals=referrals,
        )

    # ---- searching ----------------------------------------------------------------

    def _search(self) -> None:
        desk, wanted = self._desk(), self.filters.wanted()
        postcode = self.filters.postcode() or (self._postcode if self._blur else "")
        self._searching.cancel()
        self._searching = self._jobs.run(
            lambda: services.find(desk, wanted, postcode),
            self._found,
            lambda fault: self.refused.emit(sentence(fault)),
            owner=self,
        )

    def _found(self, finding: Finding) -> None:
        self._finding = finding
        if not finding.found.hidden_count:
            self._hidden = False
        self.filters.show_finding(finding)
        self.list.show_finding(finding, self._shown_family(), hidden=self._hidden)
        if self.isVisible():
            self.kept_changed.emit(self._kept_words(finding))

    def _kept_words(self, finding: Finding) -> str:
        when = [c.as_at for c in finding.copies if c.as_at is not None]
        if not when:
            return ""
        profile = self._desk().profile
        return f"Directory of {spell_moment(local(profile, min(when)))}, kept here for offline use"

    def _show_hidden(self) -> None:
        self._hidden = True
        if self._finding is not None:
            self.list.show_finding(self._finding, self._shown_family(), hidden=True)
        self._bring("list")
        self.list.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_faults(self) -> None:
        """What was wrong with each directory's list, told by the reader of it."""
        copies = self._finding.copies if self._finding is not None else ()
        told = [report for copy in copies for report in copy.reports]
        if told:
            title = "What is good of the directory's list was taken. This was wrong with it:"
            plain_box(self, title, "\n\n".join(told)).open()

    def _other_order(self) -> None:
        other = Order.WAIT if self.filters.order() is Order.NEED else Order.NEED
        self.list.show_order(other)
        self.filters.set_order(other)

    def _copy_now(self) -> None:
        desk = self._desk()
        named = [s.id for s in desk.profile.services.sources]

        def work() -> None:
            for directory in named:
                directories.copy_now(desk, directory)

        self._jobs.run(
            work,
            lambda _: self.refresh(),
            lambda fault: self.refused.emit(sentence(fault)),
            owner=self,
        )

    # ---- the card -------------------------------------------------------------------

    def _hit(self) -> Hit | None:
        entry = self.list.entry()
        return entry.hit if isinstance(entry, HitRow) else None

    def _show_card(self) -> None:
        entry = self.list.entry()
        if isinstance(entry, WordsRow):
            self.card.show_words(entry.told)
            return
        if not isinstance(entry, HitRow):
            self.card.show_nothing()
            return
        key = entry.hit.service.key
        self._put_card(entry, self._records.get(key, Record()))
        if key in self._records:
            return
        desk = self._desk()
        self._recording.cancel()
        self._recording = self._jobs.run(
            lambda: (key, services.gone_before(desk, key)),
            self._recorded,
            lambda fault: self.refused.emit(sentence(fault)),
            owner=self,
        )

    def _recorded(self, found: tuple[tuple[str, str], Record]) -> None:
        key, record = found
        self._records[key] = record
        entry = self.list.entry()
        if isinstance(entry, HitRow) and entry.hit.service.key == key:
            self._put_card(entry, record)

    def _put_card(self, entry: HitRow, record: Record) -> None:
        self.card.show_service(
            entry.hit,
            entry.family,
            record,
            profile=self._desk().profile,
            day=entry.day,
            placed=entry.placed,
            may_refer=self._may_propose(),
        )
        self.panes_changed.emit()

    def _open_card(self) -> None:
        if self.list.entry() is None:
            return
        self._bring("card")
        goal = self.card.refer if self.card.refer.isVisible() else self.card.copy
        goal.setFocus(Qt.FocusReason.OtherFocusReason)

    def _copy_card(self) -> None:
        hit = self._hit()
        if hit is not None:
            QGuiApplication.clipboard().setText(wording.copy_words(hit))
            self.said.emit(f"The card of {hit.service.name} is copied. It names nobody.")

    def print_preview(self) -> None:
        """Ctrl P: the card on paper."""
        hit = self._hit()
        if hit is None:
            self.refused.emit("Choose a service first.")
        else:
            sheet, pdf = card_sheet(wording.copy_words(hit))
            self.paper.ask(sheet, lambda take: take(pdf))

    # ---- adding -----------------------------------------------------------------------

    def _add(self) -> None:
        hit = self._hit()
        if hit is None:
            self.refused.emit("Choose a service first.")
        else:
            self._add_key(hit.service.key)

    def _add_key(self, key: object) -> None:
        family = self._family
        if not isinstance(key, tuple) or family is None:
            self.refused.emit(NO_CONTACT)
            return
        desk, contact_id = self._desk(), family.contact_id

        def work() -> tuple[str, Family]:
            now = services.add_to_decision(desk, contact_id, key)
            return services.service(desk, key).name, now

        def added(done: tuple[str, Family]) -> None:
            name, now = done
            self._changed(now)
            self._undo = partial(self._take_out, key)
            self.undo_offered.emit(f"{name} is in the decision of {now.reference}.", self.undo)

        self._jobs.run(
            work,
            added,
            self._not_done,
            owner=self,
            lane="store",
        )

    def _take_out(self, key: tuple[str, str]) -> None:
        family = self._family
        if family is None:
            return
        desk, contact_id = self._desk(), family.contact_id
        self._jobs.run(
            lambda: services.take_out_of_decision(desk, contact_id, key),
            self._changed,
            self._not_done,
            owner=self,
            lane="store",
        )

    def _changed(self, family: Family) -> None:
        self._show_family(family)
        self.decided.emit()

    def _not_done(self, fault: Exception) -> None:
        self.refused.emit(sentence(fault))

    # ---- referring --------------------------------------------------------------------

    def _refer(self) -> None:
        """The next step of the referral to the service shown."""
        hit, family = self._hit(), self._family
        if hit is None:
            self.refused.emit("Choose a service first.")
            return
        if family is None:
            self.refused.emit(NO_CONTACT)
            return
        made = family.referral_to(hit.service)
        if made is None or made.state is ReferralState.NOT_TAKEN:
            self._draft(hit, family)
        elif made.state is ReferralState.DRAFT:
            self._step(ReferralState.SENT)
        elif made.open:
            self._step(ReferralState.ACCEPTED)
        else:
            self.refused.emit(f"{made.service_name} has accepted already.")

    def _draft(self, hit: Hit, family: Family) -> None:
        desk, service = self._desk(), hit.service
        why = services.why_not_refer(service, services.today(desk))
        if why:
            self.refused.emit(f"{why} Choose another service.")
            return
        chosen = [p.key for p in hit.whom]
        whom = [p for p in family.people if p.key in chosen]
        words = service_referrals.first_words(service, whom)
        box = ReferBox(self, service, family.people, chosen, words)
        self._box = box

        def given(people: tuple[str, ...], said: str, agreed: Agreed, who: str) -> None:
            def work() -> ServiceReferral:
                return service_referrals.refer(
                    desk,
                    family.contact_id,
                    service.key,
                    people,
                    said,
                    agreed=agreed,
                    agreed_words=who,
                )

            self._keep(box, work, "is a draft. Nobody is told yet.")

        box.given.connect(given)
        box.open()

    def _step(self, state: object) -> None:
        hit, family = self._hit(), self._family
        made = family.referral_to(hit.service) if hit is not None and family is not None else None
        if made is None or hit is None or not isinstance(state, ReferralState):
            return
        if state is ReferralState.SENT:
            self._send(made, agreement_needed=hit.service.agreement_needed)
        else:
            self._answer(made, state)

    def _send(self, made: ServiceReferral, *, agreement_needed: bool) -> None:
        desk = self._desk()
        text = service_referrals.text_to_send(desk, made)
        box = SendBox(self, made, text, agreement_needed=agreement_needed)
        self._box = box

        def given(how: str, agreed: Agreed, words: str) -> None:
            def work() -> ServiceReferral:
                return service_referrals.send(desk, made, how, agreed=agreed, words=words)

            self._keep(box, work, "is recorded as sent.")

        box.given.connect(given)
        box.open()

    def _answer(self, made: ServiceReferral, state: ReferralState) -> None:
        desk = self._desk()
        box = AnswerBox(self, made, NEXT[made.state], state)
        self._box = box

        def given(said: ReferralState, words: str) -> None:
            told = f"is recorded as {said.value}."
            self._keep(box, lambda: unsent_words.record_step(desk, made, said, words), told)

        box.given.connect(given)
        box.open()

    def _keep(
        self, box: AskBox, work: Callable[[], ServiceReferral | Kept[ServiceReferral]], told: str
    ) -> None:
        def kept(done: ServiceReferral | Kept[ServiceReferral]) -> None:
            box.accept()
            if isinstance(done, Kept):
                if done.here:
                    self.said.emit(f"Kept on this computer: {done.value.number} {told}")
                    return
                done = done.value
            self.said.emit(f"{done.number} {told}")
            self.refresh()

        def refused(fault: Exception) -> None:
            box.refuse(sentence(fault))
            if not isinstance(fault, FanlightError):
                self.refresh()

        self._jobs.run(work, kept, refused, owner=box, lane="store")

    # ---- people and room ----------------------------------------------------------------

    def _desk(self) -> Desk:
        return self._holder.current()

    def _may_propose(self) -> bool:
        return self._desk().worker.may(May.PROPOSE)

    def _seated(self) -> None:
        """Another person sits down: nothing of the one before stays."""
        self._searching.cancel()
        self._recording.cancel()
        self._family = self._undo = None
        self._records.clear()
        self._put_family(anew=True)
        if self.isVisible():
            self.refresh()

    def _bring(self, key: str) -> None:
        self.which.set_value(key)

    def _space(self) -> None:
        space(self._outer, self._middle, self._row)
        self._arrange()

    def _arrange(self) -> None:
        panes = {"filters": self.filters, "list": self._middle_box, "card": self.card}
        share(room_of(self), self.which, panes, {"filters": (300, 252), "card": (500, 384)})
        self.panes_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wide, less wide, or one pane at a time."""
        super().resizeEvent(event)
        self._arrange()
