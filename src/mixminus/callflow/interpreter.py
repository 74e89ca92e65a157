"""Runs a call flow: pages and events in, commands out. No clock, no I/O.

start() or receive(event) returns the next command. There is always exactly one command outstanding; it is
the whole visible state of a call flow.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Final

from ..errors import InvalidDocument
from ..hangup import Cause, Source
from . import causes
from .commands import Answer, CollectDigits, Command, Fetch, HangUp, JoinRoom, Page, Play, SendDigits, Wait
from .document import Parsed, parse
from .elements.base import Flow, Here
from .events import Digits, Document, Done, Event, FetchFailed, LeftRoom
from .remarks import Remark

MAX_REDIRECTS: Final = 10
"""Pages in a row that only name the next one. A sane flow has two or three; a loop of them would never end and cost the
application a request each time."""


class Interpreter:
    """The flow of one call."""

    def __init__(self, first: Fetch, fallback: Fetch | None = None) -> None:
        """Prepare a flow that begins with `first`; if that page fails, `fallback` is tried instead of it."""
        self.outstanding: Command = first
        self._fallback = fallback
        self._answered = False
        self._has_run = False
        self._redirects = 0
        self._warnings: list[Remark] = []
        self._flow = self._run(first)

    def start(self) -> Command:
        """Return the first command."""
        return self._advance(None)

    def receive(self, event: Event) -> Command:
        """Take the event that answers the outstanding command and return the next one."""
        assert not isinstance(self.outstanding, HangUp), "the call flow is over"
        if _took_time(self.outstanding, event):
            self._redirects = 0
        return self._advance(event)

    def transfer(self, fetch: Fetch) -> Command:
        """Abandon whatever is going on and run another page."""
        self._flow.close()
        self._redirects = 0
        self._flow = self._run(fetch)
        return self._advance(None)

    def warnings(self) -> tuple[Remark, ...]:
        """Return what is to be logged since the last time, and forget it."""
        remarks, self._warnings = tuple(self._warnings), []
        return remarks

    def _advance(self, event: Event | None) -> Command:
        try:
            self.outstanding = next(self._flow) if event is None else self._flow.send(event)
        except StopIteration as end:
            self.outstanding = end.value
        return self.outstanding

    def _run(self, fetch: Fetch) -> Generator[Command, Event, HangUp]:
        onward: Fetch | HangUp | None = fetch
        while isinstance(onward, Fetch):
            onward = yield from self._page(onward)
            if isinstance(onward, Fetch) and onward.page is not Page.FALLBACK:
                self._redirects += 1
                if self._redirects == MAX_REDIRECTS:
                    return _too_many_redirects(onward)
        return onward or HangUp()

    def _page(self, fetch: Fetch) -> Flow:
        """Fetch a page and run it; if it is the answer page and cannot be run, run the fallback page."""
        event = yield fetch
        page = self._read(fetch, event)
        if isinstance(page, Parsed):
            assert isinstance(event, Document)
            return (yield from self._elements(page, event.url))
        if fetch.page is Page.ANSWER and self._fallback is not None:
            self._warnings.append(Remark(f"{page.problem}; the fallback URL is tried"))
            return self._fallback
        return page

    def _read(self, fetch: Fetch, event: Event) -> Parsed | HangUp:
        match event:
            case Document(_, body):
                try:
                    parsed = parse(body)
                except InvalidDocument as error:
                    return HangUp(causes.INVALID_XML[fetch.page], Source.ERROR, f"{fetch.url}: {error}")
                self._warnings.extend(parsed.warnings)
                return parsed
            case FetchFailed(problem, detail):
                text = f"{fetch.method} {fetch.url}: {problem.value}{f' ({detail})' if detail else ''}"
                return HangUp(causes.of_failure(fetch.page, problem), Source.ERROR, text)
            case _:
                return HangUp(Cause.INTERNAL_ERROR, Source.ERROR, f"{fetch.url}: answered by {event!r}")

    def _elements(self, page: Parsed, url: str) -> Flow:
        for element in page.elements:
            if element.needs_answer and not self._answered:
                self._answered = True
                yield Answer()
            here = Here(url, self._answered, not self._has_run)
            self._has_run = True
            onward = yield from element.run(here)
            if onward is not None:
                return onward
        return None


def _took_time(command: Command, event: Event) -> bool:
    """Return whether the caller had something of a command, so that what follows is no loop of redirects.

    A prompt that could not be had and a room that is full do not count, nor do digits that are sent meanwhile.
    """
    match command, event:
        case (Play(), Done()) | (CollectDigits(), Digits()) | (Wait(), Done()) | (JoinRoom(), LeftRoom()):
            return True
        case SendDigits(asynchronous=False), Done():
            return True
        case _:
            return False


def _too_many_redirects(fetch: Fetch) -> HangUp:
    # Plivo has no cause for it. What is wrong is what the pages say, so it is the cause of a bad redirect page, and
    # the problem says the rest.
    problem = f"{MAX_REDIRECTS} redirects in a row without anything for the caller; the last one led to {fetch.url}"
    return HangUp(Cause.INVALID_REDIRECT_XML, Source.ERROR, problem)
