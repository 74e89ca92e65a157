"""Audio files fetched from the customer's web server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp

from ..switch.ports import PromptProblem
from .freshness import Freshness, freshness_of

AUDIO_BYTES_MAX = 10_000_000
"""Plivo: audio is at most 10 MB."""

CONNECT_S = 2.0
"""Plivo: ct 2 s for audio."""

TOTAL_S = 30.0
"""10 MB at 2.7 Mbit/s; a caller who waits longer has hung up."""

REDIRECTS_MAX = 5

LIMITS = aiohttp.ClientTimeout(total=TOTAL_S, connect=CONNECT_S)


@dataclass(frozen=True, slots=True)
class File:
    """A file that arrived."""

    body: bytes
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The file is the one we have (304)."""

    freshness: Freshness


async def download(
    session: aiohttp.ClientSession, url: str, conditions: Mapping[str, str]
) -> File | Unchanged | PromptProblem:
    """Fetch a file by http or https with GET, within 30 s and 10 MB. Never raises for what the far end does."""
    try:
        async with session.get(url, headers=conditions, timeout=LIMITS, max_redirects=REDIRECTS_MAX) as response:
            return await _read(response)
    except TimeoutError:
        return PromptProblem("the audio did not arrive in time")
    except aiohttp.InvalidURL:
        return PromptProblem("the audio's URL is not an http or https URL")
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return PromptProblem(f"the audio could not be fetched: {type(error).__name__}: {error}")


async def _read(response: aiohttp.ClientResponse) -> File | Unchanged | PromptProblem:
    freshness = freshness_of(response.headers)
    if response.status == 304:
        return Unchanged(freshness)
    if not 200 <= response.status < 300:
        return PromptProblem(f"the audio's server answered {response.status}")
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > AUDIO_BYTES_MAX:
            # Otherwise the connection would be read to the end before it is used again.
            response.close()
            return PromptProblem(f"the audio is larger than {AUDIO_BYTES_MAX // 1_000_000} MB")
    return File(bytes(body), freshness)
