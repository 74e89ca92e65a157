"""Play a call flow: an expected command, the event that answers it, the next expected command..., the last command."""

from __future__ import annotations

from mixminus.callflow.commands import Audio, Command, Fetch, HangUp, Page, Play, Repeated, Speech
from mixminus.callflow.document import Parsed, parse
from mixminus.callflow.events import Document, Event
from mixminus.callflow.interpreter import Interpreter
from mixminus.hangup import Cause, Source

URL = "http://app/answer"
ANSWER = Fetch(URL, "POST", Page.ANSWER, event="StartApp")
FALLBACK = Fetch("http://app/fallback", "GET", Page.FALLBACK, event="StartApp")
END = HangUp(Cause.END_OF_XML, Source.PLATFORM)


def page(xml: str, url: str = URL) -> Document:
    """Return a page with these elements."""
    return Document(url, f"<Response>{xml}</Response>".encode())


def parsed(xml: str) -> Parsed:
    """Read a page with these elements."""
    return parse(page(xml).body)


def warnings(xml: str) -> list[str]:
    """Return what is remarked about a page with these elements."""
    return [str(remark) for remark in parsed(xml).warnings]


def audio(url: str, loop: int = 1) -> Play:
    """Return the command of one <Play>."""
    return Play((Repeated(Audio(url), loop),))


def speech(text: str) -> Play:
    """Return the command of one <Speak>."""
    return Play((Repeated(Speech(text)),))


def play(*steps: Command | Event, fallback: Fetch | None = None) -> Interpreter:
    """Check that a flow asks for each command in turn; return it with the last one outstanding."""
    flow = Interpreter(ANSWER, fallback)
    got = flow.start()
    for expected, event in zip(steps[::2], steps[1::2], strict=False):
        assert got == expected
        got = flow.receive(event)  # type: ignore[arg-type]  # every second step is an event
    assert got == steps[-1]
    return flow


def problem_of(flow: Interpreter) -> str:
    """Return what the flow says about its end."""
    assert isinstance(flow.outstanding, HangUp)
    return flow.outstanding.problem
