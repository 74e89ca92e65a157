from __future__ import annotations

import asyncio

import pytest

from mixminus.prompts.shared_work import SharedWork


async def test_the_same_work_is_done_once_at_a_time() -> None:
    shared: SharedWork[str, int] = SharedWork()
    started: list[str] = []

    async def work() -> int:
        started.append("work")
        await asyncio.sleep(0)
        return len(started)

    assert await asyncio.gather(*(shared.join("a", work) for _ in range(5))) == [1] * 5
    assert await shared.join("a", work) == 2


async def test_a_caller_who_leaves_does_not_end_it_for_the_others() -> None:
    shared: SharedWork[str, str] = SharedWork()
    release = asyncio.Event()

    async def work() -> str:
        await release.wait()
        return "done"

    leaving, staying = (asyncio.create_task(shared.join("a", work)) for _ in range(2))
    await asyncio.sleep(0)
    leaving.cancel()
    release.set()
    assert await staying == "done"


async def test_closing_cancels() -> None:
    shared: SharedWork[str, bool] = SharedWork()
    waiting = asyncio.create_task(shared.join("a", asyncio.Event().wait))
    await asyncio.sleep(0)
    await shared.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
