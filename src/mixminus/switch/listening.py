"""What a call listens for while it waits: silence, a beep, or the end of the waiting."""

from __future__ import annotations

import asyncio

from ..callflow.commands import Wait
from ..engine.engine import Engine
from ..engine.speech import STOP_FRAMES

HANGOVER_S = STOP_FRAMES * 0.02
"""The end of speech is reported this much after it happened."""


class Ear:
    """Whether a caller is speaking, since when he is not, and whether a beep was heard."""

    def __init__(self, engine: Engine, port: int) -> None:
        self._engine = engine
        self._port = port
        self._speaking = False
        self._silent_since_s = 0.0
        self._changed = asyncio.Event()
        self._beep = asyncio.Event()

    def speech_changed(self, speaking: bool) -> None:
        """Take the start or end of speech; the end is reported one hangover late."""
        self._speaking = speaking
        self._silent_since_s = asyncio.get_running_loop().time() - HANGOVER_S
        self._changed.set()

    def beep_heard(self) -> None:
        """Take the beep that was watched for."""
        self._beep.set()

    async def wait(self, command: Wait) -> None:
        """Wait as long as `command` says, or until what it listens for."""
        try:
            async with asyncio.timeout(command.length_s):
                if command.beep is not None:
                    await self._until_beep(command.beep.duration_ms)
                elif command.min_silence_ms is not None:
                    await self._until_silent(command.min_silence_ms / 1000)
                else:
                    await asyncio.Event().wait()
        except TimeoutError:
            pass

    async def _until_beep(self, duration_ms: int) -> None:
        self._beep.clear()
        self._engine.watch_beep(self._port, duration_ms)
        try:
            await self._beep.wait()
        finally:
            self._engine.watch_beep(self._port, None)

    async def _until_silent(self, silence_s: float) -> None:
        loop = asyncio.get_running_loop()
        started = loop.time()
        while True:
            self._changed.clear()
            remaining = None if self._speaking else max(started, self._silent_since_s) + silence_s - loop.time()
            try:
                async with asyncio.timeout(remaining):
                    await self._changed.wait()
            except TimeoutError:
                return
