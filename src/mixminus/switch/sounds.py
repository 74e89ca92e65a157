"""What a room plays: the sounds of entering and leaving, and what is heard while waiting."""

from __future__ import annotations

import numpy as np
import structlog

from ..callflow.commands import Pause, Repeated
from ..callflow.events import FetchFailed
from ..callflow.sounds import parse_sound
from ..engine.tone import beeps
from ..errors import InvalidDocument
from .ports import CallFacts, Pages, PromptProblem, Prompts, Samples, Sound
from .prompting import samples_of

log = structlog.get_logger(__name__)

BEEPS = {"beep:1": 1, "beep:2": 2}
MAX_SOUND_S = 600
"""A sound of several prompts is one run of samples in memory; ten minutes are 10 MB at 8 kHz."""


class Sounds:
    """Resolves sounds to samples. A sound that cannot be had is silence with a logged reason, never a dropped call."""

    def __init__(self, pages: Pages, prompts: Prompts) -> None:
        self._pages = pages
        self._prompts = prompts

    async def of_room(self, call: CallFacts, sound: str, rate: int) -> Samples | None:
        """Return an enterSound or exitSound: "beep:1", "beep:2" or a URL of XML or audio."""
        if sound in BEEPS:
            return beeps(rate, BEEPS[sound])
        return await self._resolve(await self._pages.sound(call, sound, "POST"), sound, rate)

    async def of_waiting(self, call: CallFacts, conference: str, url: str, rate: int) -> Samples | None:
        """Return a waitSound."""
        return await self._resolve(await self._pages.wait_sound(call, conference, url), url, rate)

    async def _resolve(self, answer: Sound | FetchFailed, url: str, rate: int) -> Samples | None:
        if isinstance(answer, FetchFailed):
            _report(url, f"{answer.problem.value}: {answer.detail}")
            return None
        if answer.is_audio:
            return _checked(await self._prompts.decode(answer.body, rate), url)
        try:
            sequence = parse_sound(answer.url, answer.body)
        except InvalidDocument as error:
            _report(url, str(error))
            return None
        return await self._sequence(sequence, url, rate)

    async def _sequence(self, sequence: tuple[Repeated, ...], url: str, rate: int) -> Samples | None:
        parts = [part for item in sequence if (part := await self._part(item, url, rate)) is not None]
        if not parts:
            return None
        return parts[0] if len(parts) == 1 else np.concatenate(parts)[: MAX_SOUND_S * rate]

    async def _part(self, item: Repeated, url: str, rate: int) -> Samples | None:
        if isinstance(item.prompt, Pause):
            once: Samples | None = np.zeros(int(min(item.prompt.length_s, MAX_SOUND_S) * rate), np.int16)
        else:
            once = _checked(await samples_of(self._prompts, item.prompt, rate), url)
        if once is None or not once.size or item.loop <= 1:
            return once
        return np.tile(once, min(item.loop, 1 + MAX_SOUND_S * rate // once.size))


def _checked(samples: Samples | PromptProblem, url: str) -> Samples | None:
    if isinstance(samples, PromptProblem):
        _report(url, samples.reason)
        return None
    return samples


def _report(url: str, reason: str) -> None:
    log.warning("sound_failed", url=url, reason=reason)
