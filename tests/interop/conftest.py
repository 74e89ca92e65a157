"""One real server for all interoperability tests; a customer's application and phones for each."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Generator, Iterator
from dataclasses import dataclass, field

import pytest

from mixminus.testing.application import Inbox, Page, Received, WebApplication
from mixminus.testing.line import PhoneLine
from mixminus.testing.phone import Phone
from mixminus.testing.server import AUTH_TOKEN, ServerProcess
from mixminus.testing.tones import tone
from mixminus.testing.wav import as_wav

from .pages import response

SHOWN_LINES = 60


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the server has printed beside a test that failed."""
    report = yield
    running = getattr(item, "funcargs", {}).get("server")
    if report.failed and isinstance(running, ServerProcess):
        report.sections.append(("server", "\n".join(running.lines[-SHOWN_LINES:])))
    return report


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A running `mixminus serve` on free ports."""
    with ServerProcess(tmp_path_factory.mktemp("server") / "data", ["--log-level", "debug"]) as running:
        yield running


@dataclass
class Stage:
    """What a story needs: the customer's application (a script for each phone's name), its address, phones."""

    server: ServerProcess
    web: WebApplication
    line: PhoneLine
    app_id: str
    room: str
    """A room name that no other test uses."""
    scripts: dict[str, str | Page] = field(default_factory=dict)

    @property
    def uri(self) -> str:
        """Return the application's SIP URI."""
        return self.server.uri(self.app_id)

    @property
    def inbox(self) -> Inbox:
        """Return what the application was asked."""
        return self.web.inbox

    async def change(self, **fields: object) -> None:
        """Change the application by REST."""
        await self.server.request("POST", f"Application/{self.app_id}/", fields)

    def phone(self, name: str, script: str | Page, tone_hz: int | None = None, *, events: bool = True) -> Phone:
        """Plug in a phone with a script of its own that says a tone."""
        self.scripts[name] = script
        phone = self.line.phone(name, telephone_events=events)
        if tone_hz is not None:
            phone.say_tone(tone_hz)
        return phone

    async def phone_in(
        self, name: str, script: str | Page, tone_hz: int | None = None, *, events: bool = True
    ) -> Phone:
        """Plug in a phone and let it call."""
        phone = self.phone(name, script, tone_hz, events=events)
        await phone.call(self.uri)
        return phone

    def tone_url(self, frequency_hz: int, seconds: float = 30.0) -> str:
        """Let the application serve a tone as a WAV file and return its URL."""
        path = f"/tone-{frequency_hz}-{seconds}.wav"
        self.web.pages[path] = Page(as_wav(tone(frequency_hz, int(seconds * 1000))), content_type="audio/wav")
        return self.web.url(path)

    def page_url(self, path: str, xml: str) -> str:
        """Let the application serve a page and return its URL."""
        self.web.pages[path] = xml
        return self.web.url(path)

    async def request_of(self, name: str) -> Received:
        """Wait for the first request about a phone's call."""
        return await self.inbox.wait(lambda request: request["From"] == name)

    async def hangup_of(self, name: str) -> Received:
        """Wait for the notice that a phone's call is over."""
        return await self.inbox.wait(lambda request: request.path == "/hangup" and request["From"] == name)

    def answer(self, request: Received) -> str | Page:
        """Answer with the script of the phone that calls."""
        return self.scripts.get(request["From"], Page("no such phone", 404))


@pytest.fixture
async def line() -> AsyncIterator[PhoneLine]:
    """Phones that call over UDP."""
    async with PhoneLine() as phones:
        yield phones


@pytest.fixture
async def stage(server: ServerProcess, line: PhoneLine, request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """Build everything a story needs, with an application of its own. Every request of the server has to be signed."""
    async with WebApplication({"/hangup": response()}, auth_token=AUTH_TOKEN) as web:
        app_id = await server.create_application(answer_url=web.url("/answer"), hangup_url=web.url("/hangup"))
        ready = Stage(server, web, line, app_id, room=re.sub(r"\W+", "-", request.node.name))
        web.pages["/answer"] = ready.answer
        yield ready
        await line.hang_up_all()
        assert not web.forged
