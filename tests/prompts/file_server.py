"""A customer's web server on loopback that counts what it is asked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.test_utils import TestServer

Respond = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def file_server(respond: Respond) -> AsyncIterator[tuple[str, list[web.Request]]]:
    """Run a server on a free port; yields its address and the requests it has got."""
    asked: list[web.Request] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append(request)
        return await respond(request)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    async with TestServer(app) as server:
        yield f"http://127.0.0.1:{server.port}/prompt.wav", asked


def body(content: bytes, **headers: str) -> Respond:
    """Answer with the same body each time."""

    async def respond(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=content, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return respond
