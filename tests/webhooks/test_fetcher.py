from __future__ import annotations

import pytest
from aiohttp import web

from mixminus.callflow.commands import Fetch, Page
from mixminus.callflow.events import Document, FetchFailed, FetchProblem
from mixminus.switch.ports import Sound
from mixminus.webhooks.exchange import Exchange
from mixminus.webhooks.fetcher import PAGE_BYTES_MAX, SOUND_BYTES_MAX, PageFetcher, is_audio

from .application import Respond, application, empty_page
from .facts import ACCOUNT, CALL


@pytest.fixture
def pages(exchange: Exchange) -> PageFetcher:
    return PageFetcher(exchange, ACCOUNT)


def _body(body: bytes, content_type: str = "application/xml") -> Respond:
    async def respond(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=body, content_type=content_type)

    return respond


async def test_a_page(pages: PageFetcher) -> None:
    async with application(empty_page) as app:
        fetch = Fetch(f"{app.base}/a", "POST", Page.ACTION, (("Digits", "12"),), "Redirect")
        assert await pages.page(CALL, fetch) == Document(f"{app.base}/a", b"<Response/>")
        [asked] = app.asked
        assert asked.form["CallUUID"] == CALL.call_uuid
        assert (asked.form["Event"], asked.form["Digits"]) == ("Redirect", "12")


async def test_a_page_that_cannot_be_had(pages: PageFetcher) -> None:
    outcome = await pages.page(CALL, Fetch("nowhere", "POST", Page.ANSWER))
    assert outcome == FetchFailed(FetchProblem.INVALID_URL)


async def test_a_wait_sound_is_fetched_with_post(pages: PageFetcher) -> None:
    """waitSound fetch: ConferenceRemoteSounds, to `waitSound` URL, POST"""
    async with application(empty_page) as app:
        sound = await pages.wait_sound(CALL, "demo", f"{app.base}/w")
        assert sound == Sound(f"{app.base}/w", b"<Response/>", is_audio=False)
        [asked] = app.asked
        assert asked.method == "POST"
        assert asked.form["ConferenceAction"] == "waitSound"
        assert asked.form["ConferenceName"] == "demo"


async def test_a_sound_may_be_audio_larger_than_a_page(pages: PageFetcher) -> None:
    music = b"ID3" + bytes(2 * PAGE_BYTES_MAX)
    async with application(_body(music, "audio/mpeg")) as app:
        assert await pages.sound(CALL, f"{app.base}/s", "GET") == Sound(f"{app.base}/s", music, is_audio=True)
        assert app.asked[0].query["Event"] == "ConferenceRemoteSounds"


@pytest.mark.parametrize("body", [b"<Response>" + b" " * PAGE_BYTES_MAX, b"ID3" + bytes(SOUND_BYTES_MAX)])
async def test_a_sound_has_a_limit(pages: PageFetcher, body: bytes) -> None:
    async with application(_body(body)) as app:
        assert await pages.sound(CALL, app.base, "POST") == FetchFailed(FetchProblem.TOO_LARGE)


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ("application/xml", b"<Response/>", False),
        ("audio/mpeg", b"\xef\xbb\xbf <Response/>", False),
        ("text/html", b"ID3\x03", True),
        ("binary/octet-stream", b"\xff\xfb\x90\x64", True),
        ("binary/octet-stream", b"\xff\xf3\x40\xc4", True),
        ("binary/octet-stream", b"RIFF\x24\x00\x00\x00WAVEfmt ", True),
        ("application/xml", "<Response/>".encode("utf-16"), False),
        ("audio/mpeg", b"\x00\x00\x00", True),
        ("application/xml", b"", False),
    ],
)
def test_audio_is_told_by_how_it_begins(content_type: str, body: bytes, expected: bool) -> None:
    """music URL type: sniff content type"""
    assert is_audio(content_type, body) is expected
