"""The server: its socket, its start and its end."""

from __future__ import annotations

import asyncio
import signal
import socket

import aiohttp
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mixminus.api.server import ApiServer, listen
from mixminus.errors import BadSettings


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    """The smallest application."""
    assert Request(scope, receive).url.path == "/"
    await Response(b"hello")(scope, receive, send)


async def test_port_0_picks_a_free_port_that_answers() -> None:
    bound = listen("127.0.0.1", 0)
    port = bound.getsockname()[1]
    server = ApiServer(hello, bound)
    await server.start()
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/") as found:
        assert await found.read() == b"hello"
        assert "Server" not in found.headers
    await server.stop()
    with socket.socket() as again, pytest.raises(ConnectionRefusedError):
        again.connect(("127.0.0.1", port))


def test_a_taken_port_is_one_sentence() -> None:
    """Issue 2: "A wrong option or a taken port: one sentence that says what to do, exit 2"."""
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        sentence = (
            rf"^Cannot listen for HTTP on 127\.0\.0\.1:{port} \(Address already in use\): name another with --http\.$"
        )
        with pytest.raises(BadSettings, match=sentence):
            listen("127.0.0.1", port)


def test_an_address_that_is_not_ours_is_one_sentence() -> None:
    with pytest.raises(BadSettings, match=r"^Cannot listen for HTTP on \[2001:db8::1\]:0 "):
        listen("2001:db8::1", 0)


async def test_signals_stay_with_the_command_line() -> None:
    before = signal.getsignal(signal.SIGTERM)
    server = ApiServer(hello, listen("127.0.0.1", 0))
    await server.start()
    assert signal.getsignal(signal.SIGTERM) is before
    await server.stop()


async def test_a_server_that_cannot_start_says_so() -> None:
    bound = listen("127.0.0.1", 0)
    bound.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        await ApiServer(hello, bound).start()


async def test_stop_lets_a_request_finish() -> None:
    entered, go_on = asyncio.Event(), asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        entered.set()
        await go_on.wait()
        await hello(scope, receive, send)

    bound = listen("127.0.0.1", 0)
    server = ApiServer(slow, bound)
    await server.start()
    async with aiohttp.ClientSession() as session:
        request = asyncio.create_task(session.get(f"http://127.0.0.1:{bound.getsockname()[1]}/"))
        await entered.wait()
        stopping = asyncio.create_task(server.stop())
        go_on.set()
        found = await request
        assert await found.read() == b"hello"
        found.release()
        await stopping
