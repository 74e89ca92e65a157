from __future__ import annotations

import asyncio
import gzip
import socket
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from plivo.utils import validate_signature
from plivo.utils.signature_v3 import validate_v3_signature

from mixminus.callflow.events import FetchProblem
from mixminus.webhooks.exchange import REDIRECTS_MAX, Answer, Exchange, Failed, fresh_nonce

from .application import Asked, Respond, application, empty_page
from .facts import ACCOUNT

FIELDS = (("CallUUID", "u-1"), ("CallerName", "Zoë & Söhne"), ("Digits", ""))
LIMIT = 100_000


async def _ask(exchange: Exchange, url: str, method: str = "POST", within_s: float = 10.0) -> Answer | Failed:
    return await exchange.ask(method, url, FIELDS, within_s=within_s, body_max=LIMIT)


def _problem(outcome: Answer | Failed) -> FetchProblem:
    assert isinstance(outcome, Failed)
    return outcome.problem


def _assert_signed(asked: Asked) -> None:
    v3, nonce = asked.headers["X-Plivo-Signature-V3"], asked.headers["X-Plivo-Signature-V3-Nonce"]
    assert len(nonce) == 20
    assert nonce.isdigit()
    if asked.method == "POST":
        assert validate_v3_signature("POST", asked.url, nonce, ACCOUNT.auth_token, v3, dict(asked.form))
    v2, v2_nonce = asked.headers["X-Plivo-Signature-V2"], asked.headers["X-Plivo-Signature-V2-Nonce"]
    assert validate_signature(asked.url, v2_nonce, v2, ACCOUNT.auth_token)
    assert asked.headers["X-Plivo-Signature-Ma-V3"] == v3


@asynccontextmanager
async def _raw_server(reply: bytes) -> AsyncIterator[str]:
    """Run a server that answers anything with `reply` and closes."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(reply)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def test_a_post_is_a_signed_form(exchange: Exchange) -> None:
    """Form-encoded body (`application/x-www-form-urlencoded`) for POST. Signature headers on every request."""
    async with application(empty_page) as app:
        answer = await _ask(exchange, f"{app.base}/answer?x=1#ct=500&rc=0")
        assert answer == Answer(f"{app.base}/answer?x=1", "application/xml", b"<Response/>")
        [asked] = app.asked
        assert (asked.method, asked.url) == ("POST", f"{app.base}/answer?x=1")
        assert asked.form == dict(FIELDS)
        assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"
        assert asked.headers["User-Agent"].startswith("Mixminus")
        _assert_signed(asked)


async def test_a_get_has_the_fields_in_the_query(exchange: Exchange) -> None:
    """Same names in the query string for GET (merged with the URL's own query)."""
    async with application(empty_page) as app:
        await exchange.ask("GET", f"{app.base}/a?x=1", (("To", "+1 2"),), within_s=10, body_max=LIMIT)
        [asked] = app.asked
        assert (asked.method, asked.query, asked.form) == ("GET", {"x": "1", "To": "+1 2"}, {})
        signature = asked.headers["X-Plivo-Signature-V3"]
        nonce = asked.headers["X-Plivo-Signature-V3-Nonce"]
        for given in ({}, dict(asked.query)):
            assert validate_v3_signature("GET", asked.url, nonce, ACCOUNT.auth_token, signature, given)


async def test_credentials_in_the_url_become_basic_auth(exchange: Exchange) -> None:
    async with application(empty_page) as app:
        await _ask(exchange, app.base.replace("//", "//ann:p%40ss@"))
        [asked] = app.asked
        assert asked.headers["Authorization"] == "Basic " + b64encode(b"ann:p@ss").decode()
        _assert_signed(asked)


@pytest.mark.parametrize(
    ("status", "method"), [(301, "POST"), (302, "POST"), (307, "POST"), (308, "POST"), (303, "GET")]
)
async def test_a_redirect_is_followed_and_signed_anew(exchange: Exchange, status: int, method: str) -> None:
    """RFC 9110 15.4.4: 303 is retrieved with GET; otherwise the form is sent again."""

    async def respond(request: web.Request) -> web.StreamResponse:
        if request.path == "/old/a":
            return web.Response(status=status, headers={"Location": "../new?y=2"})
        return await empty_page(request)

    async with application(respond) as app:
        answer = await _ask(exchange, f"{app.base}/old/a")
        first, second = app.asked
        assert isinstance(answer, Answer)
        assert answer.url == f"{app.base}/new?y=2"
        assert second.method == method
        assert (second.form or second.query).items() >= dict(FIELDS).items()
        assert second.query["y"] == "2"
        assert first.headers["X-Plivo-Signature-V3-Nonce"] != second.headers["X-Plivo-Signature-V3-Nonce"]
        _assert_signed(second)


@pytest.mark.parametrize("location", ["file:///etc/passwd", "gopher://127.0.0.1/", "http://[", ""])
async def test_a_redirect_leads_to_http_only(exchange: Exchange, location: str) -> None:
    async def respond(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": location} if location else {})

    async with application(respond) as app:
        assert _problem(await _ask(exchange, app.base)) is FetchProblem.STATUS


async def test_redirects_end(exchange: Exchange) -> None:
    async def respond(request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": request.path})

    async with application(respond) as app:
        assert _problem(await _ask(exchange, app.base)) is FetchProblem.STATUS
        assert len(app.asked) == 1 + REDIRECTS_MAX


@pytest.mark.parametrize(
    ("fragment", "status", "requests"),
    [
        ("", 404, 1),
        ("", 500, 1),
        ("#rp=5xx", 500, 2),
        ("#rp=5xx&rc=3", 503, 4),
        ("#rp=4xx", 500, 1),
        ("#rp=all", 404, 2),
    ],
)
async def test_a_status_is_repeated_only_by_policy(
    exchange: Exchange, fragment: str, status: int, requests: int
) -> None:
    """`rp`: `4xx`,`5xx`,`ct`,`rt`,`all`; default `ct,rt`. `rc`: 0–5, default 1 extra attempt."""

    async def respond(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status)

    async with application(respond) as app:
        outcome = await _ask(exchange, app.base + "/" + fragment)
        assert _problem(outcome) is FetchProblem.STATUS
        assert len(app.asked) == requests


def _silent(release: asyncio.Event) -> Respond:
    async def respond(request: web.Request) -> web.StreamResponse:
        await release.wait()
        return await empty_page(request)

    return respond


async def test_a_silent_application_is_given_up(exchange: Exchange) -> None:
    release = asyncio.Event()
    async with application(_silent(release)) as app:
        outcome = await _ask(exchange, app.base, within_s=0.05)
        release.set()
    assert _problem(outcome) is FetchProblem.TIMEOUT


async def test_a_response_timeout_is_repeated(exchange: Exchange) -> None:
    """`rt` 100–40000 ms; default policy `ct,rt`"""
    release = asyncio.Event()
    async with application(_silent(release)) as app:
        outcome = await _ask(exchange, app.base + "/#rt=100&rc=1")
        release.set()
        assert len(app.asked) == 2
    assert _problem(outcome) is FetchProblem.TIMEOUT


async def test_tt_limits_all_attempts(exchange: Exchange) -> None:
    """`tt`: all attempts on one URL"""
    release = asyncio.Event()
    async with application(_silent(release)) as app:
        outcome = await _ask(exchange, app.base + "/#tt=100&rc=5")
        release.set()
        assert len(app.asked) == 1
    assert _problem(outcome) is FetchProblem.TIMEOUT


async def test_nobody_listens(exchange: Exchange) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        outcome = await _ask(exchange, f"http://127.0.0.1:{bound.getsockname()[1]}/")
    assert _problem(outcome) is FetchProblem.UNREACHABLE


async def test_a_name_that_does_not_exist(exchange: Exchange) -> None:
    """RFC 6761 6.4: `.invalid` names do not exist."""
    assert _problem(await _ask(exchange, "http://nowhere.invalid/")) in (
        FetchProblem.UNREACHABLE,
        FetchProblem.TIMEOUT,
    )


@pytest.mark.parametrize(
    "url",
    [
        "",
        "answer",
        "/answer",
        "ftp://h/",
        "file:///etc/passwd",
        "http://",
        "http://h:99999/",
        "http://[::1",
        "http://h/" + "x" * 9000,
    ],
)
async def test_what_is_no_url(exchange: Exchange, url: str) -> None:
    assert _problem(await _ask(exchange, url)) is FetchProblem.INVALID_URL


@pytest.mark.parametrize("size", [LIMIT, LIMIT + 1])
async def test_a_page_is_at_most_100_kb(exchange: Exchange, size: int) -> None:
    """`<100 KB`"""

    async def respond(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"x" * size)

    async with application(respond) as app:
        outcome = await _ask(exchange, app.base)
    if size <= LIMIT:
        assert isinstance(outcome, Answer)
        assert len(outcome.body) == size
    else:
        assert _problem(outcome) is FetchProblem.TOO_LARGE


async def test_a_gzip_bomb_is_cut_off(exchange: Exchange) -> None:
    """Reliability B.2 15: gzip bomb rejected."""
    bomb = gzip.compress(bytes(50_000_000))

    async def respond(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=bomb, headers={"Content-Encoding": "gzip"})

    async with application(respond) as app:
        assert _problem(await _ask(exchange, app.base)) is FetchProblem.TOO_LARGE


async def test_an_endless_answer_is_cut_off(exchange: Exchange) -> None:
    async def respond(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b"x" * 10_000)
        except ConnectionError:
            return response

    async with application(respond) as app:
        assert _problem(await _ask(exchange, app.base)) is FetchProblem.TOO_LARGE


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    ],
)
async def test_what_is_no_http_answer(exchange: Exchange, reply: bytes) -> None:
    async with _raw_server(reply) as url:
        assert _problem(await _ask(exchange, url)) is FetchProblem.UNREACHABLE


async def test_one_connection_serves_many_requests(exchange: Exchange) -> None:
    ports = set()

    async def respond(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        ports.add(request.transport.get_extra_info("peername")[1])
        return await empty_page(request)

    async with application(respond) as app:
        for _ in range(5):
            await _ask(exchange, app.base)
    assert len(ports) == 1


async def test_cookies_are_not_kept(exchange: Exchange) -> None:
    async def respond(_request: web.Request) -> web.StreamResponse:
        return web.Response(headers={"Set-Cookie": "session=1"})

    async with application(respond) as app:
        await _ask(exchange, app.base)
        await _ask(exchange, app.base)
        assert "Cookie" not in app.asked[1].headers


def test_nonces_are_twenty_digits_and_differ() -> None:
    """A random 20-digit decimal string. New one per request."""
    nonces = {fresh_nonce() for _ in range(1000)}
    assert len(nonces) == 1000
    assert all(len(nonce) == 20 and nonce.isdigit() for nonce in nonces)
