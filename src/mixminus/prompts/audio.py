"""Audio files at URLs: fetched, decoded, kept."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import aiohttp

from ..switch.ports import PromptProblem, Samples
from .cache import Kept, SampleCache
from .decode import decode
from .download import File, Unchanged, download
from .freshness import Freshness
from .shared_work import SharedWork

DECODERS = 2
"""Decoding a minute takes about 60 ms: two threads keep a long file from delaying all short ones."""

CACHE_BYTES = 32_000_000
"""Half an hour of prompts at 8 kHz."""

DOWNLOADS_MAX = 16
"""With 10 MB each, what downloads may take of the memory at once."""

Key = tuple[str, int]


class AudioFiles:
    """Plays the part of `switch.ports.Prompts` that is about files."""

    def __init__(self, session: aiohttp.ClientSession, clock: Callable[[], float] = time.monotonic) -> None:
        self._session = session
        self._clock = clock
        self._cache: SampleCache[Key] = SampleCache(CACHE_BYTES)
        self._under_way: SharedWork[Key, Samples | PromptProblem] = SharedWork()
        self._downloads = asyncio.Semaphore(DOWNLOADS_MAX)
        self._decoders = ThreadPoolExecutor(DECODERS, thread_name_prefix="prompt-decoder")

    async def audio(self, url: str, rate: int) -> Samples | PromptProblem:
        """Fetch and decode an audio file, or take it from the cache while it is fresh."""
        kept = self._cache.get((url, rate))
        if kept is not None and self._clock() < kept.until:
            return kept.samples
        return await self._under_way.join((url, rate), lambda: self._fetch(url, rate, kept))

    async def decode(self, data: bytes, rate: int) -> Samples | PromptProblem:
        """Decode an audio file that is already here, in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._decoders, decode, data, rate)

    async def close(self) -> None:
        """End what is under way."""
        await self._under_way.close()
        self._decoders.shutdown(wait=False, cancel_futures=True)

    async def _fetch(self, url: str, rate: int, kept: Kept | None) -> Samples | PromptProblem:
        async with self._downloads:
            found = await download(self._session, url, dict(kept.conditions) if kept else {})
            match found:
                case Unchanged() if kept is not None:
                    samples: Samples | PromptProblem = kept.samples
                case Unchanged():
                    return PromptProblem("the audio's server answered 304 to a request without conditions")
                case File():
                    samples = await self.decode(found.body, rate)
                case PromptProblem():
                    return found
        if not isinstance(samples, PromptProblem):
            self._keep((url, rate), samples, found.freshness)
        return samples

    def _keep(self, key: Key, samples: Samples, freshness: Freshness) -> None:
        if not freshness.stored:
            self._cache.drop(key)
            return
        # What is kept is shared by every call that plays it.
        samples.flags.writeable = False
        conditions = tuple(freshness.conditions().items())
        self._cache.put(key, Kept(samples, self._clock() + freshness.fresh_s, conditions))
