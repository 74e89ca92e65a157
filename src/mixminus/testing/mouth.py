"""What a phone says, a packet of 20 ms at a time: a voice that repeats, and keys pressed over it. Pure."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from .g711 import encode
from .tones import dtmf, silence
from .wire import EventPart, Packet, event_parts

Samples = NDArray[np.int16]

PACKET_MS = 20
KEY_MS = 100
"""How long a key is pressed; receivers must know 40 ms and more (ITU-T Q.24)."""
BETWEEN_KEYS_MS = 100


class Mouth:
    """Makes one RTP stream (continuous SSRC, sequence and timestamp)."""

    def __init__(self, ssrc: int, rate: int = 8000) -> None:
        self._ssrc = ssrc
        self._rate = rate
        self._per_packet = rate * PACKET_MS // 1000
        self._sequence = ssrc & 0xFFFF
        self._timestamp = ssrc & 0xFFFFFFF
        self._voice: Samples = silence(PACKET_MS, rate)
        self._at = 0
        self._insert: Samples = np.zeros(0, np.int16)
        self._events: deque[EventPart | None] = deque()
        self._event_start = 0

    def say(self, voice: Samples) -> None:
        """Repeat `voice` from now on (a second of a whole number of Hz repeats without a seam)."""
        self._voice, self._at = voice, 0

    def press(self, digits: str) -> None:
        """Queue keys as telephone events (RFC 4733)."""
        for digit in digits:
            self._events.extend(event_parts(digit, KEY_MS, PACKET_MS, self._rate))
            self._events.extend([None] * (BETWEEN_KEYS_MS // PACKET_MS))

    def press_in_band(self, digits: str) -> None:
        """Queue keys as tones, instead of the voice."""
        gap = silence(BETWEEN_KEYS_MS, self._rate)
        for digit in digits:
            self._insert = np.concatenate([self._insert, dtmf(digit, KEY_MS, rate=self._rate), gap])

    @property
    def is_pressing(self) -> bool:
        """Say whether queued keys are still to be sent."""
        return bool(self._events) or len(self._insert) > 0

    def next_packet(self, codec: str, payload_type: int, event_type: int | None) -> Packet:
        """Return the packet of the next 20 ms."""
        frame = self._next_frame()
        part = self._events.popleft() if self._events else None
        if part is not None and event_type is not None:
            packet = self._event_packet(part, event_type)
        else:
            packet = Packet(payload_type, self._sequence, self._timestamp, self._ssrc, encode(codec, frame))
        self._sequence = self._sequence + 1 & 0xFFFF
        self._timestamp = self._timestamp + self._per_packet & 0xFFFFFFFF
        return packet

    def _event_packet(self, part: EventPart, event_type: int) -> Packet:
        first = part.duration == self._per_packet and not part.end
        if first:
            self._event_start = self._timestamp
        return Packet(event_type, self._sequence, self._event_start, self._ssrc, part.encode(), marker=first)

    def _next_frame(self) -> Samples:
        if len(self._insert):
            frame, self._insert = self._insert[: self._per_packet], self._insert[self._per_packet :]
            return frame
        frame = np.take(self._voice, np.arange(self._at, self._at + self._per_packet), mode="wrap")
        self._at = (self._at + self._per_packet) % len(self._voice)
        return frame
