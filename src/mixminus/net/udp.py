"""SIP over UDP: the socket is drained whenever it is readable, cheaper than a protocol call for each packet."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

import structlog

from ..sip.flow import Flow

DRAIN_MAX = 64
"""Datagrams handled before others get their turn in the event loop."""

DATAGRAM_MAX = 65_535
SHORTEST = 16
"""A datagram below this size is a keepalive or junk: no SIP message is that short."""

log = structlog.get_logger(__name__)


class UdpPort:
    """One bound UDP socket; hands every datagram to `received`, and calls `drained` once after each batch."""

    def __init__(
        self, bound: socket.socket, received: Callable[[bytes, Flow], None], drained: Callable[[], None]
    ) -> None:
        self._socket = bound
        self._received = received
        self._drained = drained
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(bound, self._drain)

    def send(self, data: bytes, flow: Flow) -> None:
        """Send now, or not at all: SIP repeats over UDP what is lost (RFC 3261 §17)."""
        try:
            self._socket.sendto(data, flow.remote)
        except OSError as problem:
            log.debug("sip.udp.unsent", remote=flow.remote, problem=str(problem))

    def close(self) -> None:
        """Stop listening."""
        self._loop.remove_reader(self._socket)
        self._socket.close()

    def _drain(self) -> None:
        receive = self._socket.recvfrom
        for _ in range(DRAIN_MAX):
            try:
                data, address = receive(DATAGRAM_MAX)
            except OSError:
                break
            if len(data) >= SHORTEST:
                self._received(data, Flow("udp", (address[0], address[1])))
        self._drained()
