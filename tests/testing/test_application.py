"""The customer's web application in miniature."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from mixminus.testing.application import Page, Received, WebApplication
from mixminus.webhooks.signatures import signature_headers

TOKEN = "my_auth_token"
XML = "<Response/>"


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_pages_are_served_and_requests_kept(http: aiohttp.ClientSession) -> None:
    async with WebApplication({"/answer": XML}) as application:
        async with http.post(application.url("/answer?x=1"), data={"CallUUID": "u", "To": "+1"}) as response:
            assert (response.status, response.content_type, await response.text()) == (200, "application/xml", XML)
        async with http.get(application.url("/nothing")) as response:
            assert response.status == 404
    assert [request.path for request in application.inbox.requests] == ["/answer", "/nothing"]
    assert dict(application.inbox.requests[0].fields) == {"x": "1", "CallUUID": "u", "To": "+1"}
    assert application.inbox.requests[1]["CallUUID"] == ""


async def test_a_function_answers_each_request(http: aiohttp.ClientSession) -> None:
    late = asyncio.Event()

    async def answer_late(request: Received) -> Page:
        await late.wait()
        return Page(request["To"], 500, "text/plain")

    async with WebApplication({"/now": lambda request: request["To"], "/late": answer_late}) as application:
        async with http.post(application.url("/now"), data={"To": "7"}) as response:
            assert await response.text() == "7"
        request = asyncio.ensure_future(http.post(application.url("/late"), data={"To": "8"}))
        await application.inbox.wait_path("/late")
        late.set()
        async with await request as response:
            assert (response.status, await response.text()) == (500, "8")


async def test_waiting_is_for_past_and_future_requests(http: aiohttp.ClientSession) -> None:
    async with WebApplication() as application:
        coming = asyncio.ensure_future(application.inbox.wait(lambda request: request["Event"] == "Hangup"))
        await http.post(application.url("/x"), data={"Event": "StartApp"})
        await http.post(application.url("/x"), data={"Event": "Hangup"})
        assert await coming is await application.inbox.wait(lambda request: request["Event"] == "Hangup")
        with pytest.raises(TimeoutError, match="there were: /x StartApp, /x Hangup"):
            await application.inbox.wait_path("/y", timeout_s=0.01)


async def test_a_forged_request_is_refused(http: aiohttp.ClientSession) -> None:
    async with WebApplication({"/answer": XML}, auth_token=TOKEN) as application:
        url, fields = application.url("/answer"), [("CallUUID", "u")]
        for token, status in ((TOKEN, 200), ("another", 403)):
            headers = signature_headers("POST", url, fields, "01234567890123456789", token)
            async with http.post(url, data=dict(fields), headers=headers) as response:
                assert response.status == status
        async with http.get(url) as response:
            assert response.status == 403
        signed = url + "?a=b"
        async with http.get(signed, headers=signature_headers("GET", signed, [], "1" * 20, TOKEN)) as response:
            assert response.status == 200
    assert (len(application.inbox.requests), len(application.forged)) == (2, 2)


async def test_audio_is_for_everybody(http: aiohttp.ClientSession) -> None:
    async with WebApplication({"/tone.wav": Page(b"RIFF", content_type="audio/wav")}, auth_token=TOKEN) as application:
        async with http.get(application.url("/tone.wav")) as response:
            assert (response.status, await response.read()) == (200, b"RIFF")
        assert not application.forged
