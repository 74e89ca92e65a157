"""A store in a folder of its own, with known ids and a known day."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from pathlib import Path

import pytest

from mixminus.store.store import Store, open_store

Opener = Callable[[], Awaitable[Store]]

DAY = date(2026, 3, 1)


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Opener]:
    """Open the same store again and again, as restarts do; all are closed at the end."""
    stores: list[Store] = []
    ids = itertools.count(10_000_000_000_000_001)

    async def open_again() -> Store:
        store = await open_store(tmp_path / "data", app_id_source=lambda: str(next(ids)), today=lambda: DAY)
        stores.append(store)
        return store

    yield open_again
    for store in stores:
        await store.close()


@pytest.fixture
async def store(opened: Opener) -> Store:
    """A store that was just made."""
    return await opened()
