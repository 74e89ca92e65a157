"""Turning prompts into samples and playing them to one call, one after the other."""

from __future__ import annotations

import asyncio

import structlog

from ..callflow.commands import Audio, Beep, Pause, Prompt, Repeated, Speech
from ..callflow.events import Done, PromptFailed
from ..engine.tone import beeps
from .media import CallMedia
from .ports import PromptProblem, Prompts, Samples

log = structlog.get_logger(__name__)


async def samples_of(prompts: Prompts, prompt: Audio | Speech | Beep, rate: int) -> Samples | PromptProblem:
    """Return what a prompt sounds like at `rate`."""
    match prompt:
        case Audio(url):
            return await prompts.audio(url, rate)
        case Speech(text, voice, language):
            return await prompts.speech(text, voice, language, rate)
        case Beep(times):
            return beeps(rate, times)


class Announcer:
    """Plays prompts to one call that is in no room."""

    def __init__(self, prompts: Prompts, media: CallMedia, rate: int) -> None:
        self._prompts = prompts
        self._media = media
        self._rate = rate

    async def play(self, sequence: tuple[Repeated, ...]) -> Done | PromptFailed:
        """Play prompts one after the other; a prompt that cannot be had is logged and left out."""
        problems = [problem for item in sequence if (problem := await self._play_one(item)) is not None]
        if sequence and len(problems) == len(sequence):
            return PromptFailed("; ".join(problem.reason for problem in problems))
        return Done()

    async def _play_one(self, item: Repeated) -> PromptProblem | None:
        if isinstance(item.prompt, Pause):
            await _pause(item.prompt, item.loop)
            return None
        samples = await samples_of(self._prompts, item.prompt, self._rate)
        if isinstance(samples, PromptProblem):
            log.warning("prompt_failed", prompt=describe(item.prompt), reason=samples.reason)
            return samples
        await self._play_samples(samples, item.loop)
        return None

    async def _play_samples(self, samples: Samples, loops: int) -> None:
        finished = asyncio.Event()
        player = self._media.play(samples, loops, finished.set)
        try:
            await finished.wait()
        finally:
            self._media.stop(player)


async def _pause(pause: Pause, loops: int) -> None:
    if loops == 0:
        await asyncio.Event().wait()
    await asyncio.sleep(pause.length_s * loops)


def describe(prompt: Prompt) -> str:
    """Name a prompt for the log."""
    match prompt:
        case Audio(url):
            return url
        case Speech(text):
            return text[:40]
        case Pause(length_s):
            return f"{length_s} s of silence"
        case Beep(times):
            return f"{times} beeps"
