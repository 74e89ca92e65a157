"""Text and SSML turned into samples."""

from __future__ import annotations

import asyncio

import numpy as np
import structlog

from ..switch.ports import PromptProblem, Samples
from .cache import Kept, SampleCache
from .decode import resample
from .shared_work import SharedWork
from .ssml import rewrite
from .synthesis import Synthesis
from .voices import WOMAN_VARIANT, voice_for
from .wire import RATE

TEXT_CHARS_MAX = 3000
"""Plivo: SSML of at most 3000 characters."""

CACHE_BYTES = 16_000_000
"""A quarter of an hour of speech at 8 kHz: announcements are repeated, names are not."""

log = structlog.get_logger(__name__)

Key = tuple[str, str, str, int]


class SpokenTexts:
    """Plays the part of `switch.ports.Prompts` that is about speech."""

    def __init__(self, synthesis: Synthesis) -> None:
        self._synthesis = synthesis
        self._cache: SampleCache[Key] = SampleCache(CACHE_BYTES)
        self._under_way: SharedWork[Key, Samples | PromptProblem] = SharedWork()

    async def speech(self, text: str, voice: str, language: str, rate: int) -> Samples | PromptProblem:
        """Speak text or SSML in a voice (MAN, WOMAN, Polly.<Name>) and language (en-US), at `rate` Hz."""
        if len(text) > TEXT_CHARS_MAX:
            return PromptProblem(f"the text is longer than {TEXT_CHARS_MAX} characters")
        if not text.strip():
            return PromptProblem("there is nothing to say")
        key = (text, voice, language, rate)
        kept = self._cache.get(key)
        if kept is not None:
            return kept.samples
        return await self._under_way.join(key, lambda: self._speak(key))

    async def close(self) -> None:
        """End what is under way."""
        await self._under_way.close()
        await self._synthesis.close()

    async def _speak(self, key: Key) -> Samples | PromptProblem:
        text, wanted, language, rate = key
        voice = voice_for(wanted, language)
        if voice.warning:
            log.warning("voice replaced", reason=voice.warning, used=voice.name)
        variant = WOMAN_VARIANT if voice.name.endswith(WOMAN_VARIANT) else ""
        spoken = await self._synthesis.speak(voice.name, rewrite(text, variant))
        if isinstance(spoken, PromptProblem):
            return spoken
        samples = await asyncio.to_thread(resample, np.frombuffer(spoken, np.int16), RATE, rate)
        # What is kept is shared by every call that plays it.
        samples.flags.writeable = False
        self._cache.put(key, Kept(samples))
        return samples
