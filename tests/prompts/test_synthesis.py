from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from mixminus.prompts import synthesis as module
from mixminus.prompts.synthesis import COMMAND, Synthesis
from mixminus.prompts.wire import RATE, SPEECH_S_MAX
from mixminus.switch.ports import PromptProblem

HELLO = "<speak>hello</speak>"


@asynccontextmanager
async def _supervised(*command: str, reply_s: float = 10.0) -> AsyncIterator[Synthesis]:
    synthesis = Synthesis(command or COMMAND, reply_s)
    try:
        yield synthesis
    finally:
        await synthesis.close()


def _python(program: str) -> tuple[str, str, str]:
    return sys.executable, "-c", program


async def test_one_process_answers_all() -> None:
    async with _supervised() as synthesis:
        answers = await asyncio.gather(*(synthesis.speak("en-us", HELLO) for _ in range(5)))
    assert all(isinstance(answer, bytes) and len(answer) > RATE // 2 for answer in answers)


async def test_an_unknown_voice_is_said_to_be_one() -> None:
    async with _supervised() as synthesis:
        assert isinstance(await synthesis.speak("tlh", HELLO), PromptProblem)
        assert isinstance(await synthesis.speak("en-us", HELLO), bytes)


async def test_a_process_that_died_is_replaced() -> None:
    async with _supervised() as synthesis:
        await synthesis.speak("en-us", HELLO)
        assert synthesis._process is not None
        first = synthesis._process
        first.kill()
        await first.wait()
        assert isinstance(await synthesis.speak("en-us", HELLO), bytes)
        assert synthesis._process.pid != first.pid


async def test_no_text_speaks_for_ever() -> None:
    async with _supervised() as synthesis:
        answer = await synthesis.speak("en-us", '<speak><break time="100000s"/></speak>')
    assert isinstance(answer, bytes)
    assert len(answer) / 2 / RATE < SPEECH_S_MAX + 1


@pytest.mark.parametrize(
    "program",
    [
        "raise SystemExit",
        "print('nonsense' * 10)",
        "import sys; sys.stdout.buffer.write(b'\\x01\\xff\\xff\\xff\\xff'); sys.stdout.flush(); input()",
    ],
)
async def test_a_process_that_misbehaves_is_a_problem(program: str) -> None:
    async with _supervised(*_python(program)) as synthesis:
        assert isinstance(await synthesis.speak("en-us", HELLO), PromptProblem)
        assert synthesis._process is None


async def test_a_process_that_hangs_is_ended() -> None:
    async with _supervised(*_python("import time; time.sleep(60)"), reply_s=0.2) as synthesis:
        problem = await synthesis.speak("en-us", HELLO)
    assert problem == PromptProblem("the synthesiser did not answer in time")


async def test_a_program_that_is_not_there_is_a_problem() -> None:
    async with _supervised("/nowhere/synthesiser") as synthesis:
        assert isinstance(await synthesis.speak("en-us", HELLO), PromptProblem)


async def test_a_caller_who_leaves_does_not_spoil_the_next_answer() -> None:
    async with _supervised() as synthesis:
        expected = await synthesis.speak("en-us", HELLO)
        leaving = asyncio.create_task(synthesis.speak("en-us", "<speak>a long goodbye</speak>"))
        await asyncio.sleep(0)
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        answer = await synthesis.speak("en-us", HELLO)
    assert isinstance(answer, bytes)
    assert isinstance(expected, bytes)
    assert len(answer) == pytest.approx(len(expected), rel=0.05)


async def test_too_many_texts_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAITING_MAX", 2)
    async with _supervised() as synthesis:
        answers = await asyncio.gather(*(synthesis.speak("en-us", HELLO) for _ in range(4)))
    assert [isinstance(answer, PromptProblem) for answer in answers] == [False, False, True, True]


async def test_the_process_ends_with_its_input() -> None:
    """It never outlives the server."""
    async with _supervised() as synthesis:
        await synthesis.speak("en-us", HELLO)
        process = synthesis._process
        assert process is not None
        assert process.stdin is not None
        process.stdin.close()
        assert await asyncio.wait_for(process.wait(), 10) == 0


async def test_the_server_itself_never_loads_the_synthesiser() -> None:
    """GPL stays behind the process boundary."""
    program = "import sys, mixminus.prompts.library; print('espeakng_loader' in sys.modules)"
    process = await asyncio.create_subprocess_exec(
        *_python(program), stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    )
    output, _ = await process.communicate()
    assert output.strip() == b"False"
