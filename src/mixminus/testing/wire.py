"""RTP packets and telephone events as bytes. Pure; for virtual phones, written apart from the engine's."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

HEADER = struct.Struct("!BBHII")
EVENT = struct.Struct("!BBH")
VERSION_2 = 0x80
MARKER = 0x80
EVENT_END = 0x80
EVENT_CODES = "0123456789*#ABCD"
EVENT_VOLUME = 10
END_PACKETS = 3
"""The last packet of an event is sent three times (RFC 4733 §2.5.1.4)."""


@dataclass(frozen=True, slots=True)
class Packet:
    """An RTP packet (RFC 3550 §5.1), without what a phone on loopback never sees: extensions and CSRCs are skipped."""

    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes
    marker: bool = False

    def encode(self) -> bytes:
        """Render the packet."""
        kind = self.payload_type | (MARKER if self.marker else 0)
        return (
            HEADER.pack(VERSION_2, kind, self.sequence & 0xFFFF, self.timestamp & 0xFFFFFFFF, self.ssrc) + self.payload
        )

    @classmethod
    def parse(cls, data: bytes) -> Packet | None:
        """Read a packet; None for anything else."""
        if len(data) < HEADER.size or data[0] & 0xC0 != VERSION_2:
            return None
        first, kind, sequence, timestamp, ssrc = HEADER.unpack_from(data)
        start = HEADER.size + 4 * (first & 0x0F)
        if first & 0x10 and len(data) >= start + 4:
            start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4], "big")
        end = len(data) - data[-1] if first & 0x20 else len(data)
        return cls(kind & 0x7F, sequence, timestamp, ssrc, data[start:end], bool(kind & MARKER))


@dataclass(frozen=True, slots=True)
class EventPart:
    """One packet's worth of a telephone event (RFC 4733 §2.3); `duration` counts from the event's start."""

    digit: str
    duration: int
    end: bool

    def encode(self) -> bytes:
        """Render the payload."""
        flags = EVENT_VOLUME | (EVENT_END if self.end else 0)
        return EVENT.pack(EVENT_CODES.index(self.digit), flags, self.duration)

    @classmethod
    def parse(cls, payload: bytes) -> EventPart | None:
        """Read a payload; None for anything but a DTMF key."""
        if len(payload) < EVENT.size:
            return None
        code, flags, duration = EVENT.unpack_from(payload)
        return cls(EVENT_CODES[code], duration, bool(flags & EVENT_END)) if code < len(EVENT_CODES) else None


def event_parts(digit: str, duration_ms: int, packet_ms: int = 20, rate: int = 8000) -> Iterator[EventPart]:
    """Cut a key press into packets: one each `packet_ms`, the last one three times."""
    per_packet = rate * packet_ms // 1000
    steps = max(1, duration_ms // packet_ms)
    for step in range(1, steps + 1):
        yield EventPart(digit, step * per_packet, end=False)
    for _ in range(END_PACKETS):
        yield EventPart(digit, steps * per_packet, end=True)
