"""Requests that only inform: queued for each URL, sent in order, repeated a few times, then given up."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from ..callflow.events import FetchProblem
from ..switch.ports import ActionInformed, Notice
from .account import Account
from .exchange import Answer, Exchange, Failed
from .fetcher import PAGE_BYTES_MAX, PAGE_WITHIN_S
from .fragments import Trouble
from .payloads import Fields, notice_fields
from .targets import loggable

PAUSES_S = (1.0, 2.0, 4.0)
"""Long enough for an application to restart, short enough that what comes after is still news."""

QUEUES_MAX = 1000
"""One URL for each of a thousand rooms; each queue is a task."""

WAITING_MAX = 10_000
"""Notices waiting in all; at about 2 kB each this is 20 MB of an application that does not answer."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Letter:
    method: str
    url: str
    fields: Fields


class QueuedNotices:
    """Implements `switch.ports.Notices`: one queue and one worker for each URL that has something to be told."""

    def __init__(
        self, exchange: Exchange, account: Account, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._exchange = exchange
        self._auth_id = account.auth_id
        self._sleep = sleep
        self._queues: dict[str, deque[_Letter]] = {}
        self._workers: dict[str, asyncio.Task[None]] = {}
        self.waiting = 0
        self.lost = 0

    def tell(self, notice: Notice) -> None:
        """Queue a notice and return at once; to be called in the event loop."""
        letter = _Letter(_method(notice), notice.url, notice_fields(notice, self._auth_id))
        if not self._has_room_for(letter):
            self._lose(letter, "too many notices are waiting")
            return
        self.waiting += 1
        self._queues.setdefault(letter.url, deque()).append(letter)
        if letter.url not in self._workers:
            self._workers[letter.url] = asyncio.create_task(self._work(letter.url))

    async def close(self, timeout_s: float) -> None:
        """Wait until everything is told, `timeout_s` at most; what is left then is lost and logged."""
        workers = set(self._workers.values())
        if not workers:
            return
        _, late = await asyncio.wait(workers, timeout=timeout_s)
        for worker in late:
            worker.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        for queue in self._queues.values():
            for letter in queue:
                self._lose(letter, "the server stops")
        self._queues.clear()
        self.waiting = 0

    def _has_room_for(self, letter: _Letter) -> bool:
        return self.waiting < WAITING_MAX and (letter.url in self._queues or len(self._queues) < QUEUES_MAX)

    async def _work(self, url: str) -> None:
        queue = self._queues[url]
        try:
            while queue:
                # It stays in the queue while it is sent, so that a shutdown finds it there.
                await self._deliver(queue[0])
                queue.popleft()
                self.waiting -= 1
            del self._queues[url]
        finally:
            del self._workers[url]

    async def _deliver(self, letter: _Letter) -> None:
        try:
            failure = await self._attempts(letter)
        except Exception as error:  # a bug costs one notice, not those behind it
            log.exception("notice failed")
            failure = Failed(FetchProblem.UNREACHABLE, repr(error))
        if failure is not None:
            self._lose(letter, failure.detail)

    async def _attempts(self, letter: _Letter) -> Failed | None:
        failure = await self._attempt(letter)
        for pause_s in PAUSES_S:
            if failure is None or not _is_worth_repeating(failure):
                break
            await self._sleep(pause_s)
            failure = await self._attempt(letter)
        return failure

    async def _attempt(self, letter: _Letter) -> Failed | None:
        answer = await self._exchange.ask(
            letter.method, letter.url, letter.fields, within_s=PAGE_WITHIN_S, body_max=PAGE_BYTES_MAX
        )
        if isinstance(answer, Answer) or answer.problem is FetchProblem.TOO_LARGE:
            return None
        return answer

    def _lose(self, letter: _Letter, reason: str) -> None:
        self.lost += 1
        log.warning("notice lost", url=loggable(letter.url), reason=reason, lost=self.lost)


def _method(notice: Notice) -> str:
    return notice.inform.method if isinstance(notice, ActionInformed) else notice.method


def _is_worth_repeating(failure: Failed) -> bool:
    """Say whether the same request may fare better later: not when the URL is wrong or the application refused it."""
    return failure.problem is not FetchProblem.INVALID_URL and failure.trouble is not Trouble.CLIENT_ERROR
