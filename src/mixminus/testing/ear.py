"""What a phone hears: samples at the places their RTP timestamps name, telephone events as digits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .g711 import decode
from .wire import EventPart, Packet

Samples = NDArray[np.int16]

RECORDING_MAX_S = 1800
"""A phone that listens longer forgets what comes after: 29 MB are enough for any story."""

JUMP_MAX_S = 5
"""A timestamp farther away than this starts a new stretch: there is no such gap in an always-sending peer."""


class Ear:
    """Records one call."""

    def __init__(self, rate: int = 8000) -> None:
        self.rate = rate
        self.digits = ""
        """Keys heard as telephone events (RFC 4733)."""
        self.packets = 0
        self._buffer: Samples = np.zeros(rate * 10, np.int16)
        self._end = 0
        self._stream: int | None = None
        self._offset = 0
        self._event: int | None = None
        self._waiting: list[tuple[Callable[[], bool], asyncio.Future[None]]] = []

    @property
    def heard(self) -> Samples:
        """Return everything heard so far; what was lost on the way is silence."""
        return self._buffer[: self._end].copy()

    @property
    def position(self) -> int:
        """Return how many samples were heard so far."""
        return self._end

    def last(self, duration_ms: int) -> Samples:
        """Return the newest `duration_ms`, or less if there is less."""
        return self._buffer[max(0, self._end - self.rate * duration_ms // 1000) : self._end].copy()

    def hear_audio(self, packet: Packet, codec: str) -> None:
        """Record a packet of voice."""
        self.packets += 1
        samples = decode(codec, packet.payload)
        start = self._place(packet)
        end = min(start + len(samples), RECORDING_MAX_S * self.rate)
        if start < 0 or end <= start:
            return
        if end > len(self._buffer):
            self._buffer = np.concatenate([self._buffer, np.zeros(max(len(self._buffer), end), np.int16)])
        self._buffer[start:end] = samples[: end - start]
        self._end = max(self._end, end)
        self._wake()

    def hear_event(self, packet: Packet) -> None:
        """Record a telephone event, once however many packets it has."""
        part = EventPart.parse(packet.payload)
        if part is not None and packet.timestamp != self._event:
            self._event = packet.timestamp
            self.digits += part.digit
            self._wake()

    async def until(self, condition: Callable[[], bool], timeout_s: float) -> None:
        """Wait until `condition` holds; it is asked again whenever something was heard. Raises TimeoutError."""
        if condition():
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((condition, waiter))
        await asyncio.wait_for(waiter, timeout_s)

    def _place(self, packet: Packet) -> int:
        if packet.ssrc != self._stream:
            self._stream = packet.ssrc
            self._offset = self._end - packet.timestamp
        start = _signed(packet.timestamp + self._offset - self._end) + self._end
        if abs(start - self._end) > JUMP_MAX_S * self.rate:
            self._offset = self._end - packet.timestamp
            start = self._end
        return start

    def _wake(self) -> None:
        for condition, waiter in self._waiting:
            if not waiter.done() and condition():
                waiter.set_result(None)
        self._waiting = [(condition, waiter) for condition, waiter in self._waiting if not waiter.done()]


def _signed(difference: int) -> int:
    """Read a difference of timestamps modulo 2^32 as the shorter way."""
    return (difference + 0x80000000 & 0xFFFFFFFF) - 0x80000000
