"""Whatever a customer sends, the API answers with JSON and never with 5xx, and the directory stays true."""

from __future__ import annotations

import asyncio
import base64
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.types import ASGIApp, Message, Scope

from mixminus.api.app import create_app
from mixminus.api.bodies import parse
from mixminus.api.fields import ApplicationFields, NumberFields
from mixminus.api.ports import ApiServices, Health
from mixminus.store.credentials import Credentials
from mixminus.store.store import Store, open_store

ACCOUNT = "/v1/Account/MAXXXXXXXXXXXXXXXXXX/"
AUTHORIZATION = b"Basic " + base64.b64encode(b"MAXXXXXXXXXXXXXXXXXX:correct-horse")
NAMES = [*ApplicationFields.__annotations__, *NumberFields.__annotations__, "number", "numbers", "limit", "offset"]


class Asked:
    """A loop, a store and the application on it, called without a socket."""

    def __init__(self, runner: asyncio.Runner, store: Store) -> None:
        self._runner = runner
        services = ApiServices(
            store=store,
            credentials=Credentials("MAXXXXXXXXXXXXXXXXXX", "correct-horse", created=False),
            health=lambda: Health(ok=True, status="ok"),
            sip_domain="localhost",
        )
        self._app: ASGIApp = create_app(services)

    def __call__(self, method: str, path: str, query: bytes = b"", body: bytes = b"") -> tuple[int, bytes]:
        """Send one request and return status and body."""
        scope: Scope = {
            "type": "http",
            "method": method,
            "path": ACCOUNT + path,
            "query_string": query,
            "headers": [(b"authorization", AUTHORIZATION)],
        }
        return self._runner.run(self._ask(scope, body))

    async def _ask(self, scope: Scope, body: bytes) -> tuple[int, bytes]:
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body}

        async def send(message: Message) -> None:
            sent.append(message)

        await self._app(scope, receive, send)
        return sent[0]["status"], sent[1]["body"]


@pytest.fixture(scope="module")
def asked() -> Iterator[Asked]:
    """One store for all examples, so that they meet what earlier ones left."""
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        store = runner.run(open_store(Path(folder)))
        yield Asked(runner, store)
        runner.run(store.close())


plausible = st.sampled_from(
    [
        "Sales",
        "http://app/answer",
        "GET",
        "true",
        "",
        "100",
        "+14155550100,200",
        "10000000000000001",
        "SAXXXXXXXXXXXXXXXXXX",
    ]
)
scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False) | st.text() | plausible
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5)
objects = st.dictionaries(st.sampled_from(NAMES) | st.text(), values, max_size=8)
likely_applications = st.fixed_dictionaries(
    {"app_name": st.just("Sales"), "answer_url": st.just("http://app/")}, optional=dict.fromkeys(NAMES[2:], values)
)
paths = st.sampled_from(["Application/", "Number/", "Number/100/", "Application/10000000000000001/"]) | st.builds(
    "{}/{}/".format, st.sampled_from(["Application", "Number"]), st.text()
)


def fine(status: int, body: bytes) -> None:
    """Check that an answer is one that the SDKs understand."""
    assert status < 500
    assert status == 204 or "api_id" in msgspec.json.decode(body, type=dict[str, object])
    assert status < 400 or "error" in msgspec.json.decode(body, type=dict[str, object])


@settings(max_examples=300, derandomize=True, deadline=None)
@given(path=paths, content=objects | likely_applications)
def test_json_objects_are_never_5xx(asked: Asked, path: str, content: dict[str, object]) -> None:
    fine(*asked("POST", path, body=msgspec.json.encode(content)))


@settings(max_examples=200, derandomize=True, deadline=None)
@given(body=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_bytes_are_never_5xx(asked: Asked, body: bytes) -> None:
    fine(*asked("POST", "Application/", body=body))


@settings(max_examples=200, derandomize=True, deadline=None)
@given(content=likely_applications, cut=st.integers(0, 400), flipped=st.integers(0, 400), bit=st.integers(0, 7))
def test_damaged_json_is_never_5xx(asked: Asked, content: dict[str, object], cut: int, flipped: int, bit: int) -> None:
    body = bytearray(msgspec.json.encode(content))
    body[flipped % len(body)] ^= 1 << bit
    fine(*asked("POST", "Application/", body=bytes(body[: cut or None])))


@settings(max_examples=200, derandomize=True, deadline=None)
@given(
    method=st.sampled_from(["GET", "HEAD", "DELETE", "PUT"]),
    path=paths,
    query=st.binary(max_size=100),
    number=st.text(),
)
def test_paths_and_queries_are_never_5xx(asked: Asked, method: str, path: str, query: bytes, number: str) -> None:
    fine(*asked(method, path, query=query))
    fine(*asked("GET", "Number/", query=f"limit={number}&offset={number}".encode("utf-8", "replace")))


@settings(max_examples=200, derandomize=True, deadline=None)
@given(content=st.dictionaries(st.text(min_size=1), st.text()))
def test_json_is_read_as_it_was_written(content: dict[str, str]) -> None:
    assert parse(msgspec.json.encode(content), "") == content
