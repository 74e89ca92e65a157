"""Bodies are JSON objects or forms; everything else is 400 (reference §1.1)."""

from __future__ import annotations

import asyncio

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from mixminus.api import bodies
from mixminus.api.bodies import MAX_FORM_FIELDS, parameters, parse

FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b"", "application/json", {}),
        (b" \r\n", FORM, {}),
        (b'{"status": "active"}', "application/json", {"status": "active"}),
        # "curl users post `-d '{"status":"active"}'` without a content type"
        (b'{"status": "active"}', FORM, {"status": "active"}),
        (b'{"status": "active"}', "", {"status": "active"}),
        (b"status=active&name=a+b%26c&empty=", FORM, {"status": "active", "name": "a b&c", "empty": ""}),
        (b"status=active", "", {"status": "active"}),
        ("näme=ä".encode(), FORM, {"näme": "ä"}),
    ],
)
def test_a_body_is_json_else_a_form(body: bytes, content_type: str, expected: dict[str, object]) -> None:
    assert parse(body, content_type) == expected


@pytest.mark.parametrize(
    ("body", "content_type", "sentence"),
    [
        (b"{", FORM, "request body is not valid JSON"),
        (b" [1,", "", "request body is not valid JSON"),
        (b"a=1", "application/json; charset=utf-8", "request body is not valid JSON"),
        (b'{"a": "\xff"}', "", "request body is not valid JSON"),
        (b'{"a": "\\ud800"}', "", "request body is not valid JSON"),
        (b"[" * 90_000, "", "request body is not valid JSON"),
        (b"[]", "", "request body must be a JSON object"),
        (b"null", "", "request body must be a JSON object"),
        (b"1", FORM, "request body must be a JSON object"),
        (b"just text", FORM, "request body is neither a JSON object nor a form"),
        (b"a=%FF", FORM, "request body is neither a JSON object nor a form"),
        (b"\xff=1", FORM, "request body is neither a JSON object nor a form"),
        (b"&".join([b"a=1"] * (MAX_FORM_FIELDS + 1)), FORM, "request body is neither a JSON object nor a form"),
    ],
)
def test_other_bodies_are_400(body: bytes, content_type: str, sentence: str) -> None:
    with pytest.raises(HTTPException) as raised:
        parse(body, content_type)
    assert (raised.value.status_code, raised.value.detail) == (400, sentence)


def arriving(*messages: Message) -> Request:
    """A request whose body arrives as these messages, and then no more."""
    waiting = list(messages)

    async def receive() -> Message:
        if not waiting:
            await asyncio.Event().wait()
        return waiting.pop(0)

    return Request({"type": "http", "method": "POST", "headers": []}, receive)


async def test_a_body_may_arrive_in_pieces() -> None:
    request = arriving(
        {"type": "http.request", "body": b'{"a": ', "more_body": True}, {"type": "http.request", "body": b'"b"}'}
    )
    assert await parameters(request) == {"a": "b"}


async def test_a_body_that_does_not_arrive_is_408(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_TIMEOUT_S", 0)
    with pytest.raises(HTTPException, match="did not arrive in time") as raised:
        await parameters(arriving({"type": "http.request", "body": b"{", "more_body": True}))
    assert raised.value.status_code == 408


async def test_a_client_that_leaves_is_no_bug_of_ours() -> None:
    with pytest.raises(HTTPException, match="incomplete") as raised:
        await parameters(
            arriving({"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"})
        )
    assert raised.value.status_code == 400
