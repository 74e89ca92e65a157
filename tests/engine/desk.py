"""An engine whose wheel is turned by hand, and phones on loopback sockets: what comes out depends on what goes in."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mixminus.engine import loop
from mixminus.engine.codecs import pcmu
from mixminus.engine.engine import Engine
from mixminus.engine.events import EngineEvent
from mixminus.engine.layout import SLOTS
from mixminus.engine.media import CodecName, Heard, Media, PortIdentity, PortSockets

FRAME = 160
Samples = NDArray[np.float32]


def tone(hz: float, frames: int, amplitude: float = 5000.0) -> Samples:
    """Return a sine at 8000 samples a second, `frames` frames of 20 ms long."""
    return np.asarray(amplitude * np.sin(2 * np.pi * hz * np.arange(frames * FRAME) / 8000), np.float32)


def level(samples: Samples, hz: float) -> float:
    """Return the amplitude of a sine of that frequency in the samples."""
    turning = np.exp(-2j * np.pi * hz * np.arange(len(samples)) / 8000)
    return float(2 * abs(np.dot(samples, turning)) / len(samples))


def open_socket() -> socket.socket:
    """Return a non-blocking UDP socket on loopback."""
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.bind(("127.0.0.1", 0))
    one.setblocking(False)
    return one


def datagrams(one: socket.socket) -> list[bytes]:
    """Return all that waits on a socket."""
    waiting = []
    while True:
        try:
            waiting.append(one.recv(4096))
        except BlockingIOError:
            return waiting


def header(packet: bytes) -> tuple[int, int, int, int, int]:
    """Return marker, payload type, sequence, timestamp and SSRC of an RTP packet."""
    words = int.from_bytes(packet[2:4]), int.from_bytes(packet[4:8]), int.from_bytes(packet[8:12])
    return packet[1] >> 7, packet[1] & 127, *words


@dataclass
class Phone:
    """One call: its own socket, the engine's, and the numbers of its RTP stream, which begin near their wrap."""

    port: int
    own: socket.socket
    engine: socket.socket
    sequence: int = 65_530
    timestamp: int = 0xFFFF_FFFF - 800
    ssrc: int = 0x1234
    packets: list[bytes] = field(default_factory=list)

    def send(self, payload: bytes, payload_type: int = 0, samples: int = FRAME, *, lost: bool = False) -> bytes:
        """Send a packet (unless it is lost on the way) and let time pass."""
        packet = (
            bytes((0x80, payload_type))
            + self.sequence.to_bytes(2)
            + self.timestamp.to_bytes(4)
            + self.ssrc.to_bytes(4)
            + payload
        )
        self.sequence = (self.sequence + 1) & 0xFFFF
        self.timestamp = (self.timestamp + samples) & 0xFFFF_FFFF
        if not lost:
            self.own.sendto(packet, self.engine.getsockname())
        return packet

    def say(self, samples: Samples, *, lost: bool = False) -> None:
        """Send samples as PCMU."""
        payload = np.zeros(len(samples), np.uint8)
        pcmu.encode(samples, payload)
        self.send(payload.tobytes(), samples=len(samples), lost=lost)

    def heard(self) -> Samples:
        """Return what was received as PCMU."""
        payload = np.frombuffer(b"".join(packet[12:] for packet in self.packets if packet[1] & 127 == 0), np.uint8)
        samples = np.zeros(len(payload), np.float32)
        pcmu.decode(payload, samples)
        return samples


class Desk:
    """Rooms, phones and the crank of the wheel."""

    def __init__(self) -> None:
        self.engine = Engine(capacity=16)
        self.phones: list[Phone] = []
        self.events: list[EngineEvent] = []

    def room(self, rate: int = 8000) -> int:
        """Open a room."""
        return self.engine.open_room(rate)

    def phone(
        self,
        room: int,
        codec: CodecName = "PCMU",
        *,
        dtmf: int | None = 101,
        ptime_ms: int = 20,
        sends: bool = True,
        receives: bool = True,
    ) -> Phone:
        """Add a phone to a room; the engine's own numbers begin near their wrap, too."""
        own, engine = open_socket(), open_socket()
        identity = PortIdentity(0xABC, 65_534, 0xFFFF_FFFF - 160)
        phone = Phone(self.engine.open_port(room, PortSockets(engine.fileno()), identity), own, engine)
        address = own.getsockname()
        payload_type = {"PCMU": 0, "PCMA": 8}.get(codec, 96)
        media = Media(address, address, codec, payload_type, ptime_ms, dtmf, sends, receives)
        self.engine.set_media(phone.port, media)
        self.phones.append(phone)
        return phone

    def connect(self, room: int, *phones: Phone) -> None:
        """Let these phones hear each other."""
        pairs = tuple(Heard(a.port, b.port) for a in phones for b in phones if a is not b)
        self.engine.set_plan(room, pairs)

    def turn(self, turns: int = 1) -> None:
        """Turn the wheel so many times, by 20 ms each, and collect what comes out."""
        loop.run(self.engine.tables, turns * SLOTS)
        for phone in self.phones:
            phone.packets += [packet for packet in datagrams(phone.own) if not 192 <= packet[1] <= 223]
        self.events += self.engine.events()

    def close(self) -> None:
        """Close everything."""
        self.engine.close()
        for phone in self.phones:
            phone.own.close()
            phone.engine.close()
