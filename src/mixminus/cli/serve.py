"""`mixminus serve`: builds the server from its settings, runs it, and ends it when a signal asks for that."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import resource
import signal
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import click
import structlog

from ..api.app import create_app
from ..api.ports import ApiServices, Health
from ..api.server import ApiServer, listen
from ..config import Settings
from ..engine.engine import Engine
from ..net.route import address_towards
from ..net.rtp import RtpPorts
from ..net.sip import SipListener, fresh_token
from ..prompts.library import PromptLibrary
from ..sip.endpoint import EndpointSettings
from ..store.credentials import Credentials, load_or_create
from ..store.store import Store, open_store
from ..switch.admission import Admission
from ..switch.call import Surroundings
from ..switch.plane import MediaPlane
from ..switch.rooms import LiveRooms
from ..switch.sounds import Sounds
from ..switch.switch import Switch
from ..webhooks.account import Account
from ..webhooks.exchange import Exchange
from ..webhooks.fetcher import PageFetcher
from ..webhooks.notices import QueuedNotices
from ..webhooks.session import open_session, user_agent
from .logs import set_up_logs

MAX_CALLS = 4000
"""One media thread carries about this many on a core of today; the engine's tables are made for it."""

ENGINE_PORTS = 4096

FILES_FOR_CALL = 2
"""RTP and RTCP."""
OTHER_FILES = 1200
"""Connections to applications, to the REST API and over SIP/TCP, and what every process has open."""

LAST_NOTICES_S = 5.0
"""How long applications have, after the last call, to hear of its end."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, as the one who started it needs it."""

    http: tuple[str, int]
    sip: tuple[str, int]
    credentials: Credentials

    @property
    def ready(self) -> str:
        """Return the line that says that calls can be taken."""
        return f"ready http={_place(self.http)} sip={_place(self.sip)}"


async def serve(settings: Settings) -> None:
    """Run the server until SIGTERM or SIGINT."""
    set_up_logs(settings.log_level, settings.log_format)
    stop = _stop_signal()
    async with running(settings, _say) as server:
        if server.credentials.created:
            _say(f"auth_id={server.credentials.auth_id} auth_token={server.credentials.auth_token}")
        _say(server.ready)
        await stop.wait()


@contextlib.asynccontextmanager
async def running(settings: Settings, report: Callable[[str], None]) -> AsyncIterator[Server]:
    """Run the server for as long as the block lasts, then drain it. Raises BadSettings when it cannot start."""
    credentials = load_or_create(settings.data, settings.auth_id, settings.auth_token)
    async with contextlib.AsyncExitStack() as stack:
        http = listen(settings.http.host, settings.http.port)
        stack.callback(http.close)
        admission = Admission(settings.trusted_peers)
        listener = await _open_listener(settings, admission)
        stack.push_async_callback(listener.close)
        store = await open_store(settings.data)
        stack.push_async_callback(store.close)
        engine = _start_engine(report, stack)
        switch = await _build_switch(settings, credentials, store, listener, engine, stack)
        health = _health(listener, switch, admission)
        services = ApiServices(store, credentials, health, _place(listener.known_as))
        api = ApiServer(create_app(services), http)
        await api.start()
        stack.push_async_callback(api.stop)
        _leave_alone_what_stays()
        listener.endpoint.draining = False
        yield Server(http.getsockname()[:2], listener.address, credentials)
        log.info("draining", calls=switch.calls)
        listener.endpoint.draining = True
        await switch.drain(settings.drain_s)


async def _open_listener(settings: Settings, admission: Admission) -> SipListener:
    public = str(settings.public_address) if settings.public_address else None
    wanted = EndpointSettings(user_agent=user_agent(), contact_user="mixminus")
    listener = await SipListener.open(
        settings.sip.host, settings.sip.port, wanted, _nobody_listens_yet, public_host=public
    )
    listener.endpoint.admits = admission.admit
    listener.endpoint.draining = True  # until all is built: an early caller is told to try again
    return listener


def _nobody_listens_yet(event: object) -> None:
    """Take events before the switch is there; there are none while the endpoint refuses calls."""


def _start_engine(report: Callable[[str], None], stack: contextlib.AsyncExitStack) -> Engine:
    _allow_files(MAX_CALLS * FILES_FOR_CALL + OTHER_FILES)
    engine = Engine(ENGINE_PORTS)
    engine.compile(report)
    engine.start()
    stack.callback(engine.close)
    return engine


async def _build_switch(
    settings: Settings,
    credentials: Credentials,
    store: Store,
    listener: SipListener,
    engine: Engine,
    stack: contextlib.AsyncExitStack,
) -> Switch:
    session = open_session()
    stack.push_async_callback(session.close)
    account = Account(credentials.auth_id, credentials.auth_token)
    exchange = Exchange(session, account)
    pages = PageFetcher(exchange, account)
    notices = QueuedNotices(exchange, account)
    stack.push_async_callback(notices.close, LAST_NOTICES_S)
    prompts = PromptLibrary(session)
    stack.push_async_callback(prompts.close)
    rtp = RtpPorts(settings.sip.host, settings.rtp_ports.low, settings.rtp_ports.high)
    plane = MediaPlane(engine, rtp, listener.now)
    rooms = LiveRooms(plane, notices, Sounds(pages, prompts), _new_uuid)
    around = Surroundings(plane, rooms, pages, notices, prompts, listener)
    public = str(settings.public_address) if settings.public_address else None
    switch = Switch(
        around,
        store.directory,
        new_uuid=_new_uuid,
        token=fresh_token,
        address_towards=lambda peer: address_towards(peer, public),
        max_calls=MAX_CALLS,
    )
    listener.on_event = switch.on_signal
    loop = asyncio.get_running_loop()
    loop.add_reader(engine.event_fd, switch.on_media)
    stack.callback(loop.remove_reader, engine.event_fd)
    return switch


def _health(listener: SipListener, switch: Switch, admission: Admission) -> Callable[[], Health]:
    def health() -> Health:
        if listener.endpoint.draining:
            return Health(False, "draining")
        return Health(True, f"ok: {switch.calls} calls, {admission.refused} strangers refused")

    return health


def _leave_alone_what_stays() -> None:
    """Keep the collector from looking at what lives as long as the server: it held up calls for 0.1 s at a time."""
    gc.collect()
    gc.freeze()


def _allow_files(wanted: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))


def _stop_signal() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


def _new_uuid() -> str:
    return str(uuid.uuid4())


def _say(text: str) -> None:
    click.echo(text)


def _place(address: tuple[str, int]) -> str:
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
