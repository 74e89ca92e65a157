"""The synthesiser's process: started at the first text, asked one thing at a time, replaced when it fails."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence

from ..switch.ports import PromptProblem
from .wire import RATE, REPLY, SPEECH_S_MAX, request

COMMAND = (sys.executable, "-m", "mixminus.prompts.synthesiser")

REPLY_S = 10.0
"""3000 characters take 0.2 s; a process that needs more is stuck."""

WAITING_MAX = 64
"""Texts that wait for the process; the last one of them waits about a second."""

REPLY_BYTES_MAX = 2 * RATE * (SPEECH_S_MAX + 1)


class Synthesis:
    """Supervises the process."""

    def __init__(self, command: Sequence[str] = COMMAND, reply_s: float = REPLY_S) -> None:
        self._command = command
        self._reply_s = reply_s
        self._process: Process | None = None
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def speak(self, voice: str, ssml: str) -> bytes | PromptProblem:
        """Return mono int16 samples at 22 050 Hz, or why there are none."""
        if self._waiting >= WAITING_MAX:
            return PromptProblem("too many texts wait to be spoken")
        self._waiting += 1
        try:
            async with self._turn:
                return await self._ask(request(voice, ssml))
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            _kill(process)
            await process.wait()

    async def _ask(self, message: bytes) -> bytes | PromptProblem:
        answered = False
        try:
            async with asyncio.timeout(self._reply_s):
                process = await self._running()
                reply = await _exchange(process, message)
            answered = True
        except TimeoutError:
            return PromptProblem("the synthesiser did not answer in time")
        except (OSError, EOFError, ValueError) as error:
            return PromptProblem(f"the synthesiser failed: {type(error).__name__}: {error}")
        finally:
            # Whatever interrupted the exchange, a cancelled call too: half an answer may be in the pipe.
            if not answered:
                await self.close()
        return PromptProblem("the synthesiser does not know the voice") if reply is None else reply

    async def _running(self) -> Process:
        process = self._process
        if process is None or process.returncode is not None:
            # A session of its own: Ctrl-C in the server's terminal is for the server alone.
            process = await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, start_new_session=True
            )
            self._process = process
        return process


async def _exchange(process: Process, message: bytes) -> bytes | None:
    if process.stdin is None or process.stdout is None:
        raise ValueError("the process has no pipes")
    process.stdin.write(message)
    await process.stdin.drain()
    spoken, length = REPLY.unpack(await process.stdout.readexactly(REPLY.size))
    if length > REPLY_BYTES_MAX:
        raise ValueError(f"an answer of {length} bytes")
    samples = await process.stdout.readexactly(length)
    return samples if spoken else None


def _kill(process: Process) -> None:
    try:
        process.kill()
    except ProcessLookupError:
        return
