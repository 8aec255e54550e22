"""Calls to one partner: signed in, in turn, tried twice at most, paused in trouble."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from triage.domain.live_partner import LivePartner
from triage.domain.lookup import Outcome
from triage.partners.connector import Context, NoAnswerError
from triage.partners.exchange import Hitch, Line, Reply, Unanswered
from triage.partners.pace import Breaker, Limiter, RetryBudget
from triage.partners.sign_in import SignedIn

_AGAIN = frozenset({408, 429, 502, 503, 504})
_TRIES = 2
_DEEPEST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """How the way to a partner stands: paused until when, and what went wrong last."""

    partner: str
    name: str
    paused_until: datetime | None = None
    failures: int = 0
    problem: str = ""


class Caller:
    """Puts questions to one partner over its line, and keeps how the connection stands.

    `jitter` gives a part of a second between 0 and 1, by which two desks do not try again at the
    same moment.
    """

    def __init__(
        self,
        partner: LivePartner,
        line: Line,
        secret: Callable[[str], bytes | None],
        *,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.partner, self._line, self._jitter = partner, line, jitter
        pace = partner.pace
        self._limiter = Limiter(pace.per_second, pace.burst)
        self._budget = RetryBudget()
        self._breaker = Breaker(pace.pause_after, pace.pause_s)
        self._signed_in = SignedIn(partner, line, secret)
        self._problem = ""

    def connection(self, now: datetime) -> Connection:
        """How the connection stands."""
        until = self._breaker.paused_until(now.timestamp())
        return Connection(
            partner=self.partner.partner,
            name=self.partner.name,
            paused_until=datetime.fromtimestamp(until, UTC) if until is not None else None,
            failures=self._breaker.failures,
            problem=self._problem,
        )

    def try_now(self) -> None:
        """End the pause."""
        self._breaker.try_now()

    def close(self) -> None:
        """Cut what is under way."""
        self._line.close()

    def ask(
        self,
        url: str,
        params: Iterable[tuple[str, str]],
        context: Context,
        *,
        asked_by: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> tuple[int, Any, Reply]:
        """One question: the status, the JSON that came, and the reply it came in. One with a
        `body` of JSON is posted; it changes nothing over there, so it too may be put twice.

        Of an answer that is not 200 the JSON may be None. Raises NoAnswerError: UNAVAILABLE where
        it did not answer, DENIED, BAD_RESPONSE where 200 came with something that is not JSON.
        """
        name = self.partner.name
        if (at := self.connection(context.now()).paused_until) is not None:
            raise NoAnswerError(
                Outcome.UNAVAILABLE,
                f"{name} is paused after it failed several times in a row, so nobody was looked up "
                "there. Try it now, or carry on.",
                paused_until=at,
            )
        sent = {**self.partner.reach.headers, **(headers or {})}
        if self.partner.reach.user_header:
            sent[self.partner.reach.user_header] = asked_by
        try:
            reply = self._replied(url, tuple(params), sent, body, context)
            value = _json(reply)
            if reply.status in (401, 403):
                raise NoAnswerError(
                    Outcome.DENIED,
                    f"{name} does not let this desk look (code {reply.status}). Nobody was looked "
                    "up there. Tell IT.",
                )
            if reply.status >= 500 or reply.status in _AGAIN:
                raise NoAnswerError(
                    Outcome.UNAVAILABLE,
                    f"{name} can't answer now (code {reply.status}). Search again in a while.",
                )
            if reply.status == 200 and value is None:
                raise NoAnswerError(
                    Outcome.BAD_RESPONSE,
                    f"{name} answered with something that can't be read (code 200). Nobody was "
                    "looked up there. Search again; if it stays so, tell IT.",
                )
        except Unanswered as fault:
            if fault.hitch not in (Hitch.CLOSED, Hitch.FILES):
                self._failed(context, fault.words)
            broken = fault.hitch in (Hitch.SIZE, Hitch.AWAY)
            raise NoAnswerError(
                Outcome.BAD_RESPONSE if broken else Outcome.UNAVAILABLE, fault.words
            ) from fault
        except NoAnswerError as fault:
            if fault.outcome in (Outcome.UNAVAILABLE, Outcome.BAD_RESPONSE):
                self._failed(context, fault.words)
            else:
                self._problem = fault.words
            raise
        self._breaker.worked()
        self._problem = ""
        return reply.status, value, reply

    def _failed(self, context: Context, words: str) -> None:
        self._problem = words
        self._breaker.failed(context.now().timestamp())

    def _replied(
        self,
        url: str,
        params: tuple[tuple[str, str], ...],
        headers: Mapping[str, str],
        body: bytes | None,
        context: Context,
    ) -> Reply:
        """The reply to one question, put twice at the most."""
        renewed = False
        for left in range(_TRIES - 1, -1, -1):
            self._take_turn(context)
            try:
                reply = self._line.ask(
                    "POST" if body is not None else "GET",
                    url,
                    deadline=context.deadline,
                    params=params,
                    body=body,
                    headers={
                        "Accept": "application/json",
                        **headers,
                        **self._signed_in.headers(context),
                    },
                )
            except Unanswered as fault:
                if fault.hitch is not Hitch.LINE or not self._again(left, 0.2, context):
                    raise
                continue
            if reply.status == 401 and not renewed and left and self._signed_in.forget():
                renewed = True
                continue
            if reply.status in _AGAIN and self._again(left, _seconds(reply, context), context):
                continue
            return reply
        return reply

    def _take_turn(self, context: Context) -> None:
        wait = self._limiter.wait(context.clock(), context.left)
        if wait is None or (wait and context.waits(wait)):
            raise NoAnswerError(
                Outcome.NOT_CHECKED,
                f"{self.partner.name} takes only so many questions at a time, and others were "
                "before this one. Search again in a moment.",
            )
        self._budget.asked(context.clock())

    def _again(self, left: int, seconds: float, context: Context) -> bool:
        """Wait as long as is asked for, a little scattered, where there is time, tries and budget
        for another."""
        wait = seconds + 0.3 * self._jitter()
        if not left or wait >= context.left or not self._budget.may_again(context.clock()):
            return False
        return not context.waits(wait)


def _seconds(reply: Reply, context: Context) -> float:
    """What Retry-After asks for; a little where it asks for nothing."""
    said = reply.headers.get("retry-after", "").strip()
    if said.isdecimal():
        return float(said[:9])
    try:
        there = parsedate_to_datetime(said)
    except (ValueError, OverflowError):
        return 0.2
    if there.tzinfo is None:
        there = there.replace(tzinfo=UTC)
    return max(timedelta(), there - context.now()).total_seconds()


def _json(reply: Reply) -> Any:
    """The body as JSON, or None where it is not. Nobody nests people sixty levels deep."""
    try:
        value = json.loads(reply.untrusted_body)
        if b"\\ud" in reply.untrusted_body.lower():
            # Half a letter, as systems that cut words short send it, no store can keep.
            whole = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
            value = json.loads(whole)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) and _shallow(value) else None


def _shallow(value: Any) -> bool:
    level: list[Any] = [value]
    for _ in range(_DEEPEST):
        inner = [y for x in level for y in (x.values() if isinstance(x, dict) else x)]
        level = [y for y in inner if isinstance(y, dict | list)]
        if not level:
            return True
    return False
