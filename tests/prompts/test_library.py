from __future__ import annotations

import aiohttp

from mixminus.prompts.library import PromptLibrary
from mixminus.switch.ports import PromptProblem, Prompts

from .file_server import body, file_server
from .sounds import tone, wav

FILE = wav(tone(440, 0.5, 8000), 8000)


async def test_the_library_plays_files_and_texts() -> None:
    async with aiohttp.ClientSession() as session, file_server(body(FILE)) as (url, _):
        library = PromptLibrary(session)
        prompts: Prompts = library
        outcomes = [
            await prompts.audio(url, 8000),
            await prompts.decode(FILE, 8000),
            await prompts.speech("hello", "Polly.Nobody", "tlh", 8000),
        ]
        await library.close()
    assert [len(outcome) >= 4000 for outcome in outcomes if not isinstance(outcome, PromptProblem)] == [True] * 3


async def test_it_can_be_closed_unused() -> None:
    async with aiohttp.ClientSession() as session:
        await PromptLibrary(session).close()
