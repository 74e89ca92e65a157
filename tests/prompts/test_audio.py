from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator

import aiohttp
import numpy as np
import pytest
from aiohttp import web

from mixminus.prompts import download as module
from mixminus.prompts.audio import AudioFiles
from mixminus.prompts.download import AUDIO_BYTES_MAX
from mixminus.switch.ports import PromptProblem, Samples

from .file_server import body, file_server
from .sounds import pitch, tone, wav

FILE = wav(tone(440, 0.5, 8000), 8000)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def files(clock: Clock) -> AsyncIterator[AudioFiles]:
    async with aiohttp.ClientSession() as session:
        audio_files = AudioFiles(session, clock)
        yield audio_files
        await audio_files.close()


def _samples(outcome: Samples | PromptProblem) -> Samples:
    assert not isinstance(outcome, PromptProblem), outcome
    return outcome


async def test_a_file_is_fetched_and_decoded(files: AudioFiles) -> None:
    async with file_server(body(FILE)) as (url, _):
        samples = _samples(await files.audio(url + "#ct=100", 16000))
    assert pitch(samples, 16000) == pytest.approx(440, abs=3)


async def test_a_file_that_is_already_here(files: AudioFiles) -> None:
    assert len(_samples(await files.decode(FILE, 8000))) == 4000


async def test_a_fresh_file_is_not_asked_for_again(files: AudioFiles, clock: Clock) -> None:
    """RFC 9111 4.2: "A response is fresh when its age has not yet exceeded its freshness lifetime"."""
    async with file_server(body(FILE, Cache_Control="max-age=60")) as (url, asked):
        first = await files.audio(url, 8000)
        clock.now += 59
        assert await files.audio(url, 8000) is first
        assert len(asked) == 1
        clock.now += 2
        await files.audio(url, 8000)
        assert len(asked) == 2


async def test_a_stale_file_is_asked_for_only_if_it_has_changed(files: AudioFiles) -> None:
    """RFC 9110 13.1.2: If-None-Match [...] 304 (Not Modified)"""

    async def respond(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == '"v1"':
            return web.Response(status=304, headers={"ETag": '"v1"'})
        return web.Response(body=FILE, headers={"ETag": '"v1"'})

    async with file_server(respond) as (url, asked):
        first = await files.audio(url, 8000)
        assert await files.audio(url, 8000) is first
        assert len(asked) == 2


async def test_a_file_without_validators_is_fetched_each_time(files: AudioFiles) -> None:
    async with file_server(body(FILE)) as (url, asked):
        await files.audio(url, 8000)
        await files.audio(url, 8000)
        assert len(asked) == 2


async def test_each_rate_is_kept_by_itself(files: AudioFiles) -> None:
    async with file_server(body(FILE, Cache_Control="max-age=60")) as (url, _):
        assert len(_samples(await files.audio(url, 16000))) == 2 * len(_samples(await files.audio(url, 8000)))


async def test_what_is_kept_cannot_be_changed_by_who_plays_it(files: AudioFiles) -> None:
    async with file_server(body(FILE, Cache_Control="max-age=60")) as (url, _):
        samples = _samples(await files.audio(url, 8000))
    with pytest.raises(ValueError, match="read-only"):
        samples[0] = 1


async def test_many_calls_share_one_download(files: AudioFiles) -> None:
    release = asyncio.Event()

    async def respond(_request: web.Request) -> web.StreamResponse:
        await release.wait()
        return web.Response(body=FILE)

    async with file_server(respond) as (url, asked):
        calls = [asyncio.create_task(files.audio(url, 8000)) for _ in range(20)]
        await asyncio.sleep(0)
        calls[0].cancel()
        release.set()
        outcomes = await asyncio.gather(*calls[1:])
        assert len(asked) == 1
    assert all(np.array_equal(_samples(outcomes[0]), _samples(outcome)) for outcome in outcomes)


async def test_a_redirect_is_followed_to_http_only(files: AudioFiles) -> None:
    async def respond(request: web.Request) -> web.StreamResponse:
        if request.path == "/prompt.wav":
            return web.Response(status=302, headers={"Location": "/elsewhere"})
        if request.path == "/elsewhere":
            return web.Response(body=FILE)
        return web.Response(status=302, headers={"Location": "file:///etc/passwd"})

    async with file_server(respond) as (url, _):
        _samples(await files.audio(url, 8000))
        assert isinstance(await files.audio(url + "/file", 8000), PromptProblem)


@pytest.mark.parametrize("status", [304, 404, 500])
async def test_a_status_that_is_no_success(files: AudioFiles, status: int) -> None:
    async def respond(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status)

    async with file_server(respond) as (url, _):
        problem = await files.audio(url, 8000)
    assert isinstance(problem, PromptProblem)
    assert str(status) in problem.reason


@pytest.mark.parametrize("url", ["", "prompt.wav", "file:///etc/passwd", "http://", "http://h:99999/", "ftp://h/"])
async def test_what_is_no_url(files: AudioFiles, url: str) -> None:
    assert isinstance(await files.audio(url, 8000), PromptProblem)


@pytest.mark.parametrize("packed", [False, True])
async def test_a_file_is_at_most_10_mb(files: AudioFiles, packed: bool) -> None:
    """audio 10 MB"""
    large = bytes(AUDIO_BYTES_MAX + 1)
    respond = body(gzip.compress(large, 1), Content_Encoding="gzip") if packed else body(large)
    async with file_server(respond) as (url, _):
        problem = await files.audio(url, 8000)
    assert problem == PromptProblem("the audio is larger than 10 MB")


async def test_a_slow_server_is_given_up(files: AudioFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LIMITS", aiohttp.ClientTimeout(total=0.05))
    release = asyncio.Event()

    async def respond(_request: web.Request) -> web.StreamResponse:
        await release.wait()
        return web.Response()

    async with file_server(respond) as (url, _):
        assert isinstance(await files.audio(url, 8000), PromptProblem)
        release.set()


async def test_a_body_that_breaks_off_is_a_problem(files: AudioFiles) -> None:
    async def respond(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(FILE[:100])
        assert request.transport is not None
        request.transport.abort()
        return response

    async with file_server(respond) as (url, _):
        assert isinstance(await files.audio(url, 8000), PromptProblem)
