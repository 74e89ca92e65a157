"""SIP over TCP: accepted and opened connections, and the limits that keep strangers from using them all."""

from __future__ import annotations

import asyncio
import itertools
import socket
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import structlog

from ..sip.flow import Flow
from ..sip.framing import StreamFramer
from ..sip.message import MalformedMessage

PONG = b"\r\n"
"""The answer to a keepalive ping (RFC 5626 §3.5.1)."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class StreamLimits:
    """How much a peer may take of us."""

    connections: int = 2000
    """In all: a file descriptor and some 10 kB each."""
    connections_per_host: int = 200
    """From one address: an office behind one NAT, or a trunk's pool; not a whole attack."""
    whole_message_s: float = 10.0
    """For a message to become complete, and for the first one to come: slow senders hold a descriptor for nothing."""
    idle_s: float = 3600.0
    """Without a byte: longer than the session refresh (1800 s) of the calls that use the connection."""
    connect_s: float = 5.0
    """For a connection of ours to be accepted: well below Timer B (32 s)."""
    unsent_bytes: int = 1 << 20
    """What may wait for a peer that does not read."""
    unsent_messages: int = 64
    """What may wait for a connection that is being opened."""
    sweep_s: float = 1.0
    """How often the times above are looked at."""


@dataclass(slots=True)
class Activity:
    """When a connection was last heard of."""

    opened: float
    heard: float
    partial_since: float | None
    """Since when a message has been incomplete, or the first one awaited."""


def overdue(activity: Activity, limits: StreamLimits, now: float) -> bool:
    """Say whether a connection has used up its time."""
    if activity.partial_since is not None and now - activity.partial_since >= limits.whole_message_s:
        return True
    return now - activity.heard >= limits.idle_s


class Connection(asyncio.Protocol):
    """One TCP connection, accepted or opened."""

    def __init__(self, owner: Connections, accepted: bool) -> None:
        self._owner = owner
        self._framer = StreamFramer()
        self.accepted = accepted
        self.flow: Flow | None = None
        self.activity = Activity(0.0, 0.0, None)
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports do not descend from asyncio.Transport.
        self._transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")
        if peer is None:  # it hung up before we looked
            self.abort()
            return
        now = self._owner.now()
        self.activity = Activity(now, now, now if self.accepted else None)
        self.flow = self._owner.admit(self, (str(peer[0]), int(peer[1])))
        if self.flow is None:
            self.abort()

    def data_received(self, data: bytes) -> None:
        if self.flow is None:
            return
        now = self._owner.now()
        self.activity.heard = now
        try:
            messages = self._framer.feed(data)
        except MalformedMessage as problem:
            log.info("sip.tcp.malformed", remote=self.flow.remote, problem=problem.reason)
            self.abort()
            return
        self._note_progress(bool(messages), now)
        for message in messages:
            if message:
                self._owner.received(message, self.flow)
            else:
                self.send(PONG)
        self._owner.drained()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.flow is not None:
            self._owner.forget(self, self.flow)

    def send(self, data: bytes) -> None:
        """Queue data; a peer that does not read loses its connection."""
        if self._transport is None or self._transport.is_closing():
            return
        self._transport.write(data)
        if self._transport.get_write_buffer_size() > self._owner.limits.unsent_bytes:
            log.info("sip.tcp.unread", remote=self.flow.remote if self.flow else None)
            self._transport.abort()

    def close(self) -> None:
        """Close when what waits is sent."""
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Close at once."""
        if self._transport is not None:
            self._transport.abort()

    def _note_progress(self, completed: bool, now: float) -> None:
        if not self._framer.is_partial:
            self.activity.partial_since = None
        elif completed or self.activity.partial_since is None:
            self.activity.partial_since = now


class Connections:
    """All TCP connections of the listener, by flow and by remote address."""

    def __init__(
        self,
        bound: socket.socket,
        limits: StreamLimits,
        received: Callable[[bytes, Flow], None],
        drained: Callable[[], None],
        closed: Callable[[Flow], None],
    ) -> None:
        self.limits = limits
        self.received = received
        self.drained = drained
        self._closed = closed
        self._bound = bound
        self._loop = asyncio.get_running_loop()
        self.now = self._loop.time
        self._ids = itertools.count(1)
        self._open: dict[int, Connection] = {}
        self._by_remote: dict[tuple[str, int], Connection] = {}
        self._hosts: Counter[str] = Counter()
        self._opening: dict[tuple[str, int], tuple[asyncio.Task[None], list[bytes]]] = {}
        self._server: asyncio.Server | None = None
        self._sweeper = self._loop.call_later(limits.sweep_s, self._sweep)

    async def listen(self) -> None:
        """Accept connections from now on."""
        self._server = await self._loop.create_server(lambda: Connection(self, accepted=True), sock=self._bound)

    def admit(self, connection: Connection, remote: tuple[str, int]) -> Flow | None:
        """Register a new connection; None when there are too many."""
        full = len(self._open) >= self.limits.connections
        if connection.accepted and (full or self._hosts[remote[0]] >= self.limits.connections_per_host):
            log.warning("sip.tcp.refused", remote=remote, connections=len(self._open))
            return None
        flow = Flow("tcp", remote, next(self._ids))
        self._open[flow.id] = self._by_remote[remote] = connection
        self._hosts[remote[0]] += 1
        return flow

    def forget(self, connection: Connection, flow: Flow) -> None:
        """Take note that a connection is gone."""
        del self._open[flow.id]
        if self._by_remote.get(flow.remote) is connection:
            del self._by_remote[flow.remote]
        self._hosts[flow.remote[0]] -= 1
        if not self._hosts[flow.remote[0]]:
            del self._hosts[flow.remote[0]]
        self._closed(flow)

    def send(self, data: bytes, flow: Flow) -> None:
        """Send on a connection; flow id 0 stands for any connection to that address, opened if there is none."""
        connection = self._open.get(flow.id) if flow.id else self._by_remote.get(flow.remote)
        if connection is not None:
            connection.send(data)
        elif flow.id == 0:
            self._send_when_open(data, flow.remote)

    async def close(self) -> None:
        """Stop accepting, close everything."""
        self._sweeper.cancel()
        for task, _ in self._opening.values():
            task.cancel()
        if self._server is not None:
            self._server.close()
        for connection in list(self._open.values()):
            connection.close()

    def _send_when_open(self, data: bytes, remote: tuple[str, int]) -> None:
        if remote not in self._opening:
            self._opening[remote] = (self._loop.create_task(self._connect(remote)), [])
        _, waiting = self._opening[remote]
        if len(waiting) < self.limits.unsent_messages:
            waiting.append(data)

    async def _connect(self, remote: tuple[str, int]) -> None:
        try:
            async with asyncio.timeout(self.limits.connect_s):
                _, connection = await self._loop.create_connection(lambda: Connection(self, accepted=False), *remote)
        except (OSError, TimeoutError) as problem:
            log.info("sip.tcp.unreachable", remote=remote, problem=str(problem))
            del self._opening[remote]
            self._closed(Flow("tcp", remote, 0))
            return
        for data in self._opening.pop(remote)[1]:
            connection.send(data)

    def _sweep(self) -> None:
        now = self.now()
        for connection in list(self._open.values()):
            if overdue(connection.activity, self.limits, now):
                connection.abort()
        self._sweeper = self._loop.call_later(self.limits.sweep_s, self._sweep)
