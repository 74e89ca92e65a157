"""The API on a loopback port, with a real store, and two ways to ask it: the official SDK and plain HTTP."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import aiohttp
import plivo
import plivo.rest.client
import pytest

from mixminus.api.app import create_app
from mixminus.api.ports import ApiServices, Health
from mixminus.api.server import ApiServer, listen
from mixminus.store.credentials import Credentials
from mixminus.store.store import Store, open_store

AUTH_ID = "MAXXXXXXXXXXXXXXXXXX"
AUTH_TOKEN = "correct-horse-battery-staple"


def basic(auth_id: str, auth_token: str) -> str:
    """Return the header of HTTP Basic (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{auth_id}:{auth_token}".encode()).decode("ascii")


@dataclass
class Running:
    """A server that answers."""

    origin: str
    store: Store
    health: Health = field(default_factory=lambda: Health(ok=True, status="ok"))

    @property
    def account(self) -> str:
        """The URL of the account, with its trailing slash."""
        return f"{self.origin}/v1/Account/{AUTH_ID}/"


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    """Start a server on a free port."""
    store = await open_store(tmp_path)
    bound = listen("127.0.0.1", 0)
    server = Running(f"http://127.0.0.1:{bound.getsockname()[1]}", store)
    services = ApiServices(
        store=store,
        credentials=Credentials(AUTH_ID, AUTH_TOKEN, created=False),
        health=lambda: replace(server.health),
        sip_domain="127.0.0.1:5060",
    )
    api = ApiServer(create_app(services), bound)
    await api.start()
    yield server
    await api.stop()
    await store.close()


@pytest.fixture
async def http(running: Running) -> AsyncIterator[aiohttp.ClientSession]:
    """A client that knows the account's URL and credentials."""
    # The environment of the machine may name a proxy, which would not reach loopback.
    headers = {"Authorization": basic(AUTH_ID, AUTH_TOKEN)}
    async with aiohttp.ClientSession(running.account, headers=headers, trust_env=False) as session:
        yield session


@pytest.fixture
def sdk(running: Running, monkeypatch: pytest.MonkeyPatch) -> plivo.RestClient:
    """The official SDK, pointed here (reference §1.1: it has no option for that). Call it in a thread."""
    base = f"{running.origin}/v1/Account"
    for name in (
        "PLIVO_API_BASE_URI",
        "API_VOICE_BASE_URI",
        "API_VOICE_BASE_URI_FALLBACK_1",
        "API_VOICE_BASE_URI_FALLBACK_2",
    ):
        monkeypatch.setattr(plivo.rest.client, name, base)
    client = plivo.RestClient(AUTH_ID, AUTH_TOKEN)
    client.session.trust_env = False
    return client
