"""Everything that can be played to a caller."""

from __future__ import annotations

import aiohttp

from ..switch.ports import PromptProblem, Samples
from .audio import AudioFiles
from .speech import SpokenTexts
from .synthesis import Synthesis


class PromptLibrary:
    """Implements `switch.ports.Prompts`; to be made, and closed, in the event loop. The session stays the caller's."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._files = AudioFiles(session)
        self._texts = SpokenTexts(Synthesis())

    async def audio(self, url: str, rate: int) -> Samples | PromptProblem:
        """Fetch and decode an audio file (mp3, wav, at most 10 MB) to mono int16 at `rate` Hz."""
        return await self._files.audio(url, rate)

    async def decode(self, data: bytes, rate: int) -> Samples | PromptProblem:
        """Decode an audio file that is already here."""
        return await self._files.decode(data, rate)

    async def speech(self, text: str, voice: str, language: str, rate: int) -> Samples | PromptProblem:
        """Speak text or SSML."""
        return await self._texts.speech(text, voice, language, rate)

    async def close(self) -> None:
        """End what is under way, the synthesiser's process too."""
        await self._files.close()
        await self._texts.close()
