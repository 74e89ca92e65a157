"""A customer's application on loopback that remembers what it was asked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.test_utils import TestServer
from multidict import CIMultiDictProxy

Respond = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Asked:
    """One request as the application got it."""

    method: str
    url: str
    query: dict[str, str]
    form: dict[str, str]
    headers: CIMultiDictProxy[str]


@dataclass
class Application:
    """The requests it got, and its address."""

    respond: Respond
    asked: list[Asked] = field(default_factory=list)
    base: str = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Remember the request, then let the test answer it."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(Asked(request.method, str(request.url), dict(request.query), form, request.headers))
        return await self.respond(request)


@asynccontextmanager
async def application(respond: Respond) -> AsyncIterator[Application]:
    """Run an application on a free port."""
    running = Application(respond)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", running.answer)
    async with TestServer(app) as server:
        running.base = f"http://127.0.0.1:{server.port}"
        yield running


async def empty_page(_request: web.Request) -> web.StreamResponse:
    """Answer with an empty document."""
    return web.Response(text="<Response/>", content_type="application/xml")
