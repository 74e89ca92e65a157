"""Delay and resilience of the media engine: python -m benchmarks.latency [--rooms N] [--seconds S]

Delay: in rooms of 3 one phone at a time says a burst (20 ms) into silence; counted is the time from sending its packet
to the arrival (kernel time stamp) of the first packet with its onset at another phone. Clean link, 10 s of warm-up.

Resilience: rooms of 3 that all talk, under every pair of jitter (each packet held back 0..J ms at random, so it may be
overtaken) and loss; counted is the share of frames that were concealed, and of packets that came too late.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import random
import socket
import struct
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from mixminus.engine.statistics import PortStatistics
from mixminus.net.rtp import SO_TIMESTAMPNS
from mixminus.testing.g711 import MULAW, encode
from mixminus.testing.wire import Packet

from .media_process import HOST, LOAD_CORE, PCMU, MediaProcess, OpenRooms, keep_to, medians, stolen_ms

FRAME_S = 0.02
FRAME = 160
ROOM_SIZE = 3
WARM_UP_S = 10.0
BURST_EVERY_S = (0.7, 1.3)
"""Long enough apart that a burst is over (and its echo in the jitter buffer's state, too) before the next."""
LOUD = 4000
"""An onset is the first sample louder than this; the burst peaks at 16 000, codec noise is below 100."""
JITTER_MS = (0, 20, 60)
LOSS_PERCENT = (0, 1, 3, 5)
TALK_S, PAUSE_S = 2.0, 1.0

SILENCE_PAYLOAD = bytes([0xFF]) * FRAME
LOUD_CODES = frozenset(code for code in range(256) if abs(int(MULAW[code])) > LOUD)
BURST_PAYLOAD = encode("PCMU", np.tile(np.array([16_000, -16_000], np.int16), FRAME // 2))


@dataclass(slots=True)
class Talker:
    """One phone: where its packets go, and what the link does to them."""

    port: int
    room: int
    ssrc: int
    jitter_ms: int = 0
    loss_percent: int = 0
    talks: bool = False
    sequence: int = 0
    burst: bool = False
    """The next packet is a burst."""


@dataclass(slots=True)
class Probe:
    """A burst on its way: who said it, when, and who has heard it."""

    speaker: int
    sent: float
    heard: set[int] = field(default_factory=set)


class Load:
    """All phones behind one socket: the engine tells them apart by its own ports."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((HOST, 0))
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.talkers: dict[int, Talker] = {}
        self.delays_ms: list[float] = []
        self.missed = 0
        self.latest_ms = 0.0
        """By how much a packet of ours was sent too late at worst: what the machine adds to every result."""
        self._schedule: list[tuple[float, int]] = []
        self._held_back: list[tuple[float, int, bytes]] = []
        self._probes: dict[int, Probe] = {}
        self._members: dict[int, list[Talker]] = {}
        self._bursts: list[tuple[float, int]] = []
        self._voice = _voice_payloads(self.random)
        self._began = time.monotonic()

    def add(
        self, ports: Sequence[int], first_room: int, jitter_ms: int = 0, loss_percent: int = 0, *, talks: bool
    ) -> None:
        """Plug in phones, each with a phase of its own within the 20 ms."""
        for index, port in enumerate(ports):
            due = time.monotonic() + self.random.uniform(0, FRAME_S)
            room = first_room + index // ROOM_SIZE
            ssrc = self.random.getrandbits(32)
            talker = Talker(port, room, ssrc, jitter_ms, loss_percent, talks)
            self.talkers[port] = talker
            self._members.setdefault(room, []).append(talker)
            heapq.heappush(self._schedule, (due, port))

    def run(self, seconds: float, *, bursts: bool = False) -> None:
        """Send and receive for a while."""
        start = time.monotonic()
        end = start + seconds
        self._bursts = [(start + self.random.uniform(*BURST_EVERY_S), room) for room in self._members]
        heapq.heapify(self._bursts)
        while (now := time.monotonic()) < end:
            if bursts:
                self._plan_bursts(now)
            self._send_due(now)
            self._receive()
            time.sleep(0.0005)

    def _send_due(self, now: float) -> None:
        while self._schedule[0][0] <= now:
            due, port = self._schedule[0]
            talker = self.talkers[port]
            heapq.heapreplace(self._schedule, (due + FRAME_S, port))
            self.latest_ms = max(self.latest_ms, 1000 * (now - due))
            self._say(talker, due)
        while self._held_back and self._held_back[0][0] <= now:
            _, port, data = heapq.heappop(self._held_back)
            self.socket.sendto(data, (HOST, port))

    def _say(self, talker: Talker, due: float) -> None:
        talker.sequence += 1
        if talker.loss_percent and self.random.random() * 100 < talker.loss_percent:
            return
        timestamp = talker.sequence * FRAME
        packet = Packet(PCMU, talker.sequence, timestamp, talker.ssrc, self._payload(talker, due)).encode()
        if talker.jitter_ms:
            arrival = due + self.random.uniform(0, talker.jitter_ms / 1000)
            heapq.heappush(self._held_back, (arrival, talker.port, packet))
            return
        if talker.burst:
            talker.burst = False
            self._probes[talker.room] = Probe(talker.port, time.time())
        self.socket.sendto(packet, (HOST, talker.port))

    def _payload(self, talker: Talker, due: float) -> bytes:
        if talker.burst:
            return BURST_PAYLOAD
        if talker.talks and (due - self._began + talker.room) % (TALK_S + PAUSE_S) < TALK_S:
            return self._voice[(talker.sequence + talker.ssrc) % len(self._voice)]
        return SILENCE_PAYLOAD

    def _receive(self) -> None:
        while True:
            try:
                data, ancillary, _, address = self.socket.recvmsg(2048, 64)
            except BlockingIOError:
                return
            listener = self.talkers.get(address[1])
            probe = self._probes.get(listener.room) if listener is not None else None
            if listener is None or probe is None or listener.port in probe.heard:
                continue
            if LOUD_CODES.isdisjoint(data[12:]):
                continue
            seconds, nanoseconds = struct.unpack("qq", ancillary[0][2])
            self._hear(listener, probe, seconds + nanoseconds / 1e9)

    def _hear(self, listener: Talker, probe: Probe, arrived: float) -> None:
        if listener.port == probe.speaker:
            raise RuntimeError("a phone hears itself")
        probe.heard.add(listener.port)
        self.delays_ms.append(1000 * (arrived - probe.sent))
        if len(probe.heard) == ROOM_SIZE - 1:
            del self._probes[listener.room]

    def _plan_bursts(self, now: float) -> None:
        while self._bursts[0][0] <= now:
            _, room = self._bursts[0]
            heapq.heapreplace(self._bursts, (now + self.random.uniform(*BURST_EVERY_S), room))
            if self._probes.pop(room, None) is not None:
                self.missed += 1
            self.random.choice(self._members[room]).burst = True


def _voice_payloads(order: random.Random) -> list[bytes]:
    """Make ten seconds of something like speech: noise whose loudness follows syllables."""
    noise = np.random.default_rng(order.getrandbits(32)).normal(0, 1, 500 * FRAME)
    syllables = np.abs(np.sin(2 * np.pi * 2.5 * np.arange(len(noise)) / 8000))
    samples = np.clip(4000 * noise * syllables, -32_000, 32_000).astype(np.int16)
    return [encode("PCMU", frame) for frame in samples.reshape(-1, FRAME)]


def measure_delay(rooms: int, seconds: float) -> Load:
    """Measure the delay on a clean link."""
    load = Load(seed=1)
    with MediaProcess(capacity=max(64, rooms * ROOM_SIZE)) as media:
        load.add(media.open(OpenRooms(rooms, ROOM_SIZE, load.socket.getsockname())), 0, talks=False)
        load.run(WARM_UP_S)
        load.latest_ms = 0.0
        load.run(seconds, bursts=True)
    return load


@dataclass(frozen=True, slots=True)
class Resilience:
    """Shares of all frames, in percent, and what the jitter buffer adds."""

    jitter_ms: int
    loss_percent: int
    lost: float
    concealed: float
    late: float
    buffered_ms: float


def measure_resilience(rooms: int, seconds: float) -> Iterator[Resilience]:
    """Measure all conditions at once, `rooms` for each."""
    load = Load(seed=2)
    conditions = list(itertools.product(JITTER_MS, LOSS_PERCENT))
    phones = rooms * ROOM_SIZE
    with MediaProcess(capacity=max(64, len(conditions) * phones)) as media:
        for index, (jitter_ms, loss_percent) in enumerate(conditions):
            ports = media.open(OpenRooms(rooms, ROOM_SIZE, load.socket.getsockname()))
            load.add(ports, index * rooms, jitter_ms, loss_percent, talks=True)
        load.run(WARM_UP_S)
        before = media.statistics()
        load.run(seconds)
        after = media.statistics()
    for index, condition in enumerate(conditions):
        part = slice(index * phones, (index + 1) * phones)
        yield _resilience(condition, before[part], after[part])


def _resilience(
    condition: tuple[int, int], before: Sequence[PortStatistics], after: Sequence[PortStatistics]
) -> Resilience:
    pairs = list(zip(before, after, strict=True))
    frames = sum(b.frames - a.frames for a, b in pairs)
    concealed = sum(b.concealed - a.concealed for a, b in pairs)
    late = sum(b.late - a.late for a, b in pairs)
    lost = sum(b.lost - a.lost for a, b in pairs)
    buffered = sum(b.delay_ms for b in after) / len(after)
    percent = 100 / frames
    return Resilience(*condition, lost * percent, concealed * percent, late * percent, buffered)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rooms", type=int, nargs="*", default=[20, 100], help="rooms of 3 for the delay (20 100)")
    parser.add_argument("--seconds", type=float, default=30.0, help="how long each measurement lasts (30)")
    options = parser.parse_args()
    before_all = "SCHED_RR" if keep_to(LOAD_CORE) else "normal priority: other work on the machine counts"
    print(f"Engine and load on a core each, {before_all}")
    print("Delay in -> mixed out, rooms of 3, clean link (PJSIP 10.5 / 20, Asterisk without jitter buffer 20.5 / 21)")
    for rooms in options.rooms:
        stolen = stolen_ms()
        load = measure_delay(rooms, options.seconds)
        p50, p99, largest = medians(load.delays_ms)
        print(
            f"  {rooms * ROOM_SIZE:5} participants: p50 {p50:5.1f} ms, p99 {p99:5.1f} ms, max {largest:5.1f} ms",
            end=" ",
        )
        print(f"({len(load.delays_ms)} bursts heard, {load.missed} not;", end=" ")
        print(f"load late by {load.latest_ms:.0f} ms at worst, {stolen_ms() - stolen:.0f} ms stolen by the hypervisor)")
    print("Resilience: % of frames, rooms of 3, all talking 2 s of 3")
    print("  jitter ms  loss %    lost  concealed   late  buffered ms")
    for row in measure_resilience(5, options.seconds):
        print(f"  {row.jitter_ms:9} {row.loss_percent:7} {row.lost:7.2f} {row.concealed:10.2f} {row.late:6.2f}", end="")
        print(f" {row.buffered_ms:12.1f}")


if __name__ == "__main__":
    main()
