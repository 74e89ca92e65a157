"""What every resource has in common: credentials, JSON errors, paths."""

from __future__ import annotations

import logging

import aiohttp
import pytest

from mixminus.api.bodies import MAX_BODY_BYTES
from mixminus.api.ports import Health

from .conftest import AUTH_ID, AUTH_TOKEN, Running, basic


async def error_of(response: aiohttp.ClientResponse) -> str:
    """Return the text of an error body, which must have the two keys and no other."""
    assert response.content_type == "application/json"
    body = await response.json()
    assert set(body) == {"api_id", "error"}
    return str(body["error"])


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Basic",
        "Basic !!!!",
        "Basic w7w6w7w=",
        "Bearer stk_x",
        basic(AUTH_ID, "wrong"),
        basic("MAYYYYYYYYYYYYYYYYYY", AUTH_TOKEN),
        basic(AUTH_ID, AUTH_TOKEN[:-1]),
    ],
)
async def test_wrong_credentials_are_401(running: Running, authorization: str | None) -> None:
    """Reference §1.2: 401 is "bad auth"."""
    headers = {} if authorization is None else {"Authorization": authorization}
    async with aiohttp.ClientSession() as session, session.get(f"{running.account}Number/", headers=headers) as found:
        assert found.status == 401
        assert found.headers["WWW-Authenticate"].startswith("Basic ")
        assert await error_of(found) == "invalid auth_id or auth_token"


async def test_another_account_is_not_here(running: Running, http: aiohttp.ClientSession) -> None:
    """Reference §1.2: 404 is an "unknown resource"; this server has one account."""
    async with http.get(f"{running.origin}/v1/Account/MAYYYYYYYYYYYYYYYYYY/Application/") as found:
        assert found.status == 404
        assert await error_of(found) == "resource not found"


@pytest.mark.parametrize("path", ["", "Nothing/", "Application//", "Application/1/more/", "PhoneNumber/1/"])
async def test_unknown_paths_are_404(http: aiohttp.ClientSession, path: str) -> None:
    async with http.get(path) as found:
        assert found.status == 404
        assert await error_of(found) == "resource not found"


async def test_paths_outside_of_the_api_are_404_without_credentials(running: Running) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{running.origin}/") as found:
        assert found.status == 404
        assert await error_of(found) == "resource not found"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "Application/", "GET, POST"),
        ("DELETE", "Number/", "GET, POST"),
        ("PATCH", "Application/10000000000000001/", "GET, POST, DELETE"),
    ],
)
async def test_a_method_that_is_not_there_is_405(
    http: aiohttp.ClientSession, method: str, path: str, allowed: str
) -> None:
    async with http.request(method, path) as found:
        assert found.status == 405
        assert found.headers["Allow"] == allowed
        assert await error_of(found) == "method not allowed"


@pytest.mark.parametrize("path", ["Application/", "Application", "Number/", "Number"])
async def test_paths_work_with_and_without_the_last_slash(http: aiohttp.ClientSession, path: str) -> None:
    """Reference §1.1: "Serving both is harmless"."""
    async with http.get(path, allow_redirects=False) as found:
        assert found.status == 200


async def test_head_is_get_without_a_body(http: aiohttp.ClientSession) -> None:
    async with http.head("Application/") as found:
        assert found.status == 200
        assert await found.read() == b""


async def test_a_body_over_the_limit_is_413(http: aiohttp.ClientSession) -> None:
    async with http.post("Application/", data=b"x" * (MAX_BODY_BYTES + 1)) as found:
        assert found.status == 413
        assert await error_of(found) == f"request body can be maximum {MAX_BODY_BYTES} bytes long"


async def test_a_body_at_the_limit_is_read(http: aiohttp.ClientSession) -> None:
    async with http.post("Application/", data=b" " * MAX_BODY_BYTES) as found:
        assert found.status == 400
        assert await error_of(found) == "app_name is a mandatory param."


async def test_a_bug_is_500_json_and_is_logged(
    running: Running, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(_: str) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(running.store, "application", fail)
    with caplog.at_level(logging.ERROR):
        async with http.get("Application/10000000000000001/") as found:
            assert found.status == 500
            assert await error_of(found) == "internal server error"
        async with http.get("Application/") as found:
            assert found.status == 200
    assert "a bug" in caplog.text


async def test_healthz_needs_no_credentials(running: Running) -> None:
    """Issue 2: "`GET /healthz` answers 200"."""
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{running.origin}/healthz") as found:
            assert found.status == 200
            assert (await found.json())["status"] == "ok"
        running.health = Health(ok=False, status="draining")
        async with session.get(f"{running.origin}/healthz") as found:
            assert found.status == 503
            assert (await found.json())["status"] == "draining"


async def test_every_answer_has_an_api_id_of_its_own(http: aiohttp.ClientSession) -> None:
    """Reference §1.2: "Every success body has `api_id`"."""
    ids = set()
    for _ in range(2):
        async with http.get("Number/") as found:
            ids.add((await found.json())["api_id"])
    assert len(ids) == 2
