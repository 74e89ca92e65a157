"""The SIP port: UDP and TCP sockets around a `sip.Endpoint`, and the clock that drives it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import replace

import structlog

from ..sip.endpoint import Endpoint, EndpointSettings
from ..sip.events import Event
from ..sip.flow import Flow
from .binding import bind_sip, known_as
from .tcp import Connections, StreamLimits
from .udp import UdpPort

TOKEN_BYTES = 8

AFTER_BUG_S = 0.5
"""How long timers rest after a bug in one: a deadline that never goes away must not take the whole processor."""

log = structlog.get_logger(__name__)


def fresh_token() -> str:
    """Return 16 unguessable hexadecimal characters, for tags, branches and Call-IDs."""
    return secrets.token_hex(TOKEN_BYTES)


class SipListener:
    """Owns the sockets and the `Endpoint`.

    Whoever calls a method of a Session outside of `on_event` calls `flush` afterwards. A bug met while one message or
    event is handled is logged and ends at most that call.
    """

    def __init__(self, endpoint: Endpoint, address: tuple[str, int], on_event: Callable[[Event], None]) -> None:
        self.endpoint = endpoint
        self.address = address
        """What is bound: (host, port)."""
        self.known_as = address
        """Where peers can reach it, the same unless a wildcard is bound or a public host is named."""
        self.on_event = on_event
        self._loop = asyncio.get_running_loop()
        self.now: Callable[[], float] = self._loop.time
        self._udp: UdpPort
        self._tcp: Connections
        self._timer: asyncio.TimerHandle | None = None
        self._wakes_at = 0.0
        """When the timer fires; uvloop's handles do not always know."""
        self._not_before = 0.0
        self._flushing = False

    @classmethod
    async def open(
        cls,
        host: str,
        port: int,
        settings: EndpointSettings,
        on_event: Callable[[Event], None],
        *,
        public_host: str | None = None,
        limits: StreamLimits | None = None,
    ) -> SipListener:
        """Listen at host:port (0: any free port); `settings.addresses` is replaced by what we are known as.

        Raises BadSettings with a sentence that says what to do.
        """
        udp, tcp = bind_sip(host, port)
        bound: tuple[str, int] = udp.getsockname()[:2]
        known = (public_host or known_as(udp), bound[1])
        endpoint = Endpoint(replace(settings, addresses={"udp": known, "tcp": known}), fresh_token)
        listener = cls(endpoint, bound, on_event)
        listener.known_as = known
        listener._udp = UdpPort(udp, listener._receive, listener.flush)
        listener._tcp = Connections(tcp, limits or StreamLimits(), listener._receive, listener.flush, listener._gone)
        await listener._tcp.listen()
        return listener

    def flush(self) -> None:
        """Send what the endpoint wants sent, dispatch its events, set the timer anew."""
        if self._flushing:
            return
        self._flushing = True
        try:
            self._transmit()
            while events := self.endpoint.events():
                for event in events:
                    self._dispatch(event)
                self._transmit()
        finally:
            self._flushing = False
        self._arm()

    async def close(self) -> None:
        """Close all sockets. What waits to be sent over TCP is sent; calls are not hung up here."""
        if self._timer is not None:
            self._timer.cancel()
        self._udp.close()
        await self._tcp.close()

    def _receive(self, data: bytes, flow: Flow) -> None:
        try:
            self.endpoint.receive(data, flow, self.now())
        except Exception:
            log.exception("sip.bug.receive", remote=flow.remote, transport=flow.transport, start=data[:80])

    def _gone(self, flow: Flow) -> None:
        try:
            self.endpoint.flow_closed(flow, self.now())
        except Exception:
            log.exception("sip.bug.flow_closed", remote=flow.remote)
        self.flush()

    def _transmit(self) -> None:
        for transmit in self.endpoint.transmits():
            carrier = self._udp if transmit.flow.transport == "udp" else self._tcp
            carrier.send(transmit.data, transmit.flow)

    def _dispatch(self, event: Event) -> None:
        try:
            self.on_event(event)
        except Exception:
            log.exception("sip.bug.event", event_type=type(event).__name__, call_id=event.session.call_id)
            self._end_call(event)

    def _end_call(self, event: Event) -> None:
        try:
            event.session.hang_up(self.now())
        except Exception:
            log.exception("sip.bug.hang_up", call_id=event.session.call_id)

    def _arm(self) -> None:
        """Wake at the next deadline; a timer that wakes too early is left alone: cheaper than a new one."""
        deadline = self.endpoint.next_timeout()
        if deadline is None:
            return
        deadline = max(deadline, self._not_before)
        if self._timer is not None and self._wakes_at <= deadline:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._wakes_at = deadline
        self._timer = self._loop.call_at(deadline, self._on_time)

    def _on_time(self) -> None:
        self._timer = None
        try:
            self.endpoint.handle_timeout(self.now())
        except Exception:
            log.exception("sip.bug.timeout")
            self._not_before = self.now() + AFTER_BUG_S
        self.flush()
