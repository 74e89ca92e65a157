from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from mixminus.webhooks.exchange import Exchange
from mixminus.webhooks.session import open_session

from .facts import ACCOUNT


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with open_session() as opened:
        yield opened


@pytest.fixture
def exchange(session: aiohttp.ClientSession) -> Exchange:
    return Exchange(session, ACCOUNT)
