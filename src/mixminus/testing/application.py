"""A customer's web application in miniature, on loopback: answers with pages, keeps every request it gets.

async with WebApplication({"/answer": "<Response><Conference>room</Conference></Response>"}) as application:
    ...  # create a Mixminus application with answer_url=application.url("/answer"), then call it
    hangup = await application.inbox.wait(lambda request: request["Event"] == "Hangup")
"""

from __future__ import annotations

import asyncio
import hmac
import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from aiohttp import web

from ..webhooks.signatures import signature_v3

WAIT_S = 10.0


@dataclass(frozen=True, slots=True)
class Received:
    """A request that Mixminus made; `fields` are its form fields and query parameters, decoded."""

    method: str
    path: str
    url: str
    headers: Mapping[str, str]
    fields: Mapping[str, str]
    form: tuple[tuple[str, str], ...]

    def __getitem__(self, name: str) -> str:
        """Return a field, empty when it was not sent."""
        return self.fields.get(name, "")

    def is_signed_with(self, token: str) -> bool:
        """Say whether X-Plivo-Signature-V3 was made with that auth token."""
        nonce = self.headers.get("X-Plivo-Signature-V3-Nonce", "")
        given = self.headers.get("X-Plivo-Signature-V3", "")
        expected = signature_v3(self.method, self.url, self.form, nonce, token)
        return bool(nonce) and hmac.compare_digest(given.encode(), expected.encode())


@dataclass(frozen=True, slots=True)
class Page:
    """What the application answers."""

    body: str | bytes
    status: int = 200
    content_type: str = "application/xml"


Answer = str | Page | Callable[[Received], "str | Page | Awaitable[str | Page]"]
"""A page, its XML alone, or a function that makes one for each request (a coroutine function may answer late)."""


@dataclass(eq=False)
class Inbox:
    """Every request, in order of arrival."""

    requests: list[Received] = field(default_factory=list)
    _waiting: list[tuple[Callable[[Received], bool], asyncio.Future[Received]]] = field(default_factory=list)

    async def wait(self, predicate: Callable[[Received], bool], timeout_s: float = WAIT_S) -> Received:
        """Return the first request that fits, past or future; TimeoutError names what came instead."""
        for request in self.requests:
            if predicate(request):
                return request
        arrival: asyncio.Future[Received] = asyncio.get_running_loop().create_future()
        self._waiting.append((predicate, arrival))
        try:
            return await asyncio.wait_for(arrival, timeout_s)
        except TimeoutError:
            came = ", ".join(f"{r.path} {r['Event']}".strip() for r in self.requests)
            raise TimeoutError(f"no such request within {timeout_s} s; there were: {came or 'none'}") from None

    async def wait_path(self, path: str, timeout_s: float = WAIT_S) -> Received:
        """Return the first request for a path."""
        return await self.wait(lambda request: request.path == path, timeout_s)

    def put(self, request: Received) -> None:
        """Keep a request and wake who waits for it."""
        self.requests.append(request)
        for predicate, arrival in self._waiting:
            if not arrival.done() and predicate(request):
                arrival.set_result(request)
        self._waiting = [(predicate, arrival) for predicate, arrival in self._waiting if not arrival.done()]


class WebApplication:
    """Serves `pages` (path -> answer; anything else is 404) while the `async with` block lasts.

    With `auth_token`, a request without a good V3 signature is answered 403 and kept in `forged`, not in the inbox.
    Audio files are for everybody, as with Plivo: they often lie with somebody else.
    """

    def __init__(
        self, pages: Mapping[str, Answer] | None = None, *, host: str = "127.0.0.1", auth_token: str = ""
    ) -> None:
        self.pages: dict[str, Answer] = dict(pages or {})
        self.inbox = Inbox()
        self.forged: list[Received] = []
        self._host = host
        self._auth_token = auth_token
        self._port = 0
        self._runner: web.AppRunner | None = None

    def url(self, path: str) -> str:
        """Return the full URL of a path."""
        return f"http://{self._host}:{self._port}{path}"

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, 0)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        received = await _received(request)
        if self._is_forged(received):
            self.forged.append(received)
            return web.Response(status=403)
        self.inbox.put(received)
        page = await self._page(received)
        body = page.body.encode() if isinstance(page.body, str) else page.body
        return web.Response(status=page.status, body=body, content_type=page.content_type)

    def _is_forged(self, received: Received) -> bool:
        answer = self.pages.get(received.path)
        is_audio = isinstance(answer, Page) and answer.content_type.startswith("audio/")
        return bool(self._auth_token) and not is_audio and not received.is_signed_with(self._auth_token)

    async def _page(self, received: Received) -> Page:
        answer = self.pages.get(received.path, Page("", 404))
        if callable(answer):
            made = answer(received)
            answer = await made if inspect.isawaitable(made) else made
        return Page(answer) if isinstance(answer, str) else answer


async def _received(request: web.Request) -> Received:
    form = tuple((name, str(value)) for name, value in (await request.post()).items())
    return Received(
        method=request.method,
        path=request.path,
        url=str(request.url),
        headers=request.headers.copy(),
        fields={**dict(request.query), **dict(form)},
        form=form,
    )
