"""Measure the media engine: CPU for each participant-second beside a bare receive-and-send loop, gaps, capacity.

Run `python -m benchmarks.engine` on a machine with two cores and nothing else to do. The engine is kept on one core,
the phones (a process of their own) on the other. Everybody talks; jitter buffer, concealment, in-band DTMF detection
and speech detection are on. Times are of the threads' own CPU clocks.
"""

from __future__ import annotations

import argparse
import multiprocessing as mp
import os
import threading
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection

import numpy as np

from benchmarks import engine_wire as wire
from mixminus.engine import compiled
from mixminus.engine.codecs import pcmu
from mixminus.engine.engine import Engine
from mixminus.engine.media import Heard, Media, PortIdentity, PortSockets

ENGINE_CORE, LOAD_CORE = 0, 1
TICKS_PER_S = 50
LOOPBACK = int.from_bytes(bytes((127, 0, 0, 1)))
VOICE_FRAMES = 150
WARM_UP_S = 3.0
CAPACITY_STEP = 300


@dataclass(frozen=True, slots=True)
class Result:
    """One run."""

    participants: int
    room: int
    engine_ms: float
    """CPU for each participant-second."""
    bare_ms: float
    packets: int
    gaps: int
    longest_gap_ms: float
    late_slots: int
    load_late_ms: float

    def line(self) -> str:
        """Return a row of the table."""
        return (
            f"{self.participants:6d} {self.room:5d} {self.engine_ms:10.3f} {self.bare_ms:10.3f} "
            f"{self.engine_ms / self.bare_ms:6.2f} {self.packets:9d} {self.gaps:6d} {self.longest_gap_ms:8.1f} "
            f"{self.late_slots:6d} {self.load_late_ms:8.1f}"
        )


HEAD = "people  room  engine ms    bare ms  ratio   packets   gaps  longest   late load late"


def main() -> None:
    """Run the table, then the search for the capacity."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=10.0)
    options.add_argument("--participants", type=int, nargs="*", default=[300, 1200])
    options.add_argument("--rooms", type=int, nargs="*", default=[3, 10])
    options.add_argument("--capacity", action="store_true", help="search for the most participants on one core")
    chosen = options.parse_args()
    print(f"{os.cpu_count()} cores; CPU in ms for each participant-second; gaps are of more than 40 ms")
    print(HEAD)
    for participants in chosen.participants:
        for room in chosen.rooms:
            print(measure(participants, room, chosen.seconds).line(), flush=True)
    if chosen.capacity:
        search(chosen.seconds)


def search(seconds: float) -> None:
    """Add participants in rooms of 3 until output gaps over 40 ms appear."""
    participants = 1200
    while (result := measure(participants, 3, seconds)).gaps == 0:
        print(result.line(), flush=True)
        participants += CAPACITY_STEP
    print(result.line())
    print(f"most participants without a gap over 40 ms: {participants - CAPACITY_STEP}")


def measure(participants: int, room: int, seconds: float) -> Result:
    """Run the phones against the bare loop and then against the engine, over the same sockets."""
    context = mp.get_context("spawn")
    ours, theirs = context.Pipe()
    phones = context.Process(target=be_phones, args=(theirs, participants), daemon=True)
    phones.start()
    os.sched_setaffinity(0, {ENGINE_CORE})
    sockets = wire.open_sockets(participants)
    ours.send([one.getsockname()[1] for one in sockets])
    peers = [int(port) for port in ours.recv()]
    fds = np.array([one.fileno() for one in sockets], np.int64)
    try:
        bare = _bare(ours, fds, np.array([LOOPBACK << 16 | port for port in peers], np.int64), seconds)
        return _with_engine(ours, [int(fd) for fd in fds], peers, room, seconds, bare)
    finally:
        ours.send(None)
        phones.join()
        for one in sockets:
            one.close()


def _bare(phones: Connection, fds: wire.Ints, peers: wire.Ints, seconds: float) -> float:
    scratch = wire.scratch()
    wire.relay(scratch, fds, peers, 0)
    phones.send(seconds + WARM_UP_S)
    time.sleep(WARM_UP_S / 2)
    before = time.thread_time()
    ticks = int(seconds * TICKS_PER_S)
    wire.relay(scratch, fds, peers, ticks)
    used = time.thread_time() - before
    phones.recv()
    return 1000 * used / (len(fds) * ticks / TICKS_PER_S)


def _with_engine(
    phones: Connection, fds: list[int], peers: list[int], room: int, seconds: float, bare_ms: float
) -> Result:
    engine = Engine(capacity=max(4096, len(fds)), core=ENGINE_CORE)
    engine.compile(lambda _: None)
    engine.start()
    _fill(engine, fds, peers, room)
    phones.send(WARM_UP_S)
    phones.recv()
    media = next(thread for thread in threading.enumerate() if thread.name == "media")
    clock = time.pthread_getcpuclockid(media.ident or 0)
    late = engine.totals().slots_late
    phones.send(seconds)
    before = time.clock_gettime(clock), time.monotonic()
    packets, gaps, longest, load_late = phones.recv()
    used, elapsed = time.clock_gettime(clock) - before[0], time.monotonic() - before[1]
    late = engine.totals().slots_late - late
    engine.close()
    engine_ms = 1000 * used / (len(fds) * elapsed)
    return Result(len(fds), room, engine_ms, bare_ms, packets, gaps, longest / 1e6, late, load_late / 1e6)


def _fill(engine: Engine, fds: list[int], peers: list[int], size: int) -> None:
    for first in range(0, len(fds), size):
        room = engine.open_room()
        ports = []
        for i in range(first, min(first + size, len(fds))):
            port = engine.open_port(room, PortSockets(fds[i]), PortIdentity(i + 1, i, i * 160))
            peer = ("127.0.0.1", peers[i])
            engine.set_media(port, Media(peer, peer, "PCMU", 0))
            ports.append(port)
        engine.set_plan(room, tuple(Heard(a, b) for a in ports for b in ports if a != b))
        engine.events()


def be_phones(control: Connection, participants: int) -> None:
    """Talk and listen for as many seconds as the other process asks, again and again."""
    os.sched_setaffinity(0, {LOAD_CORE})
    sockets = wire.open_sockets(participants)
    control.send([one.getsockname()[1] for one in sockets])
    peers = np.array([LOOPBACK << 16 | port for port in control.recv()], np.int64)
    fds = np.array([one.fileno() for one in sockets], np.int64)
    seen = np.zeros(participants, np.int64)
    scratch = wire.scratch()
    voice = speech_like()
    wire.make_load(scratch, fds, peers, voice, 0, 0, seen, np.zeros(3, np.int64))
    tick = 0
    while (seconds := control.recv()) is not None:
        ticks = int(seconds * TICKS_PER_S)
        gaps = np.zeros(3, np.int64)
        seen[:] = 0
        late = wire.make_load(scratch, fds, peers, voice, ticks, tick, seen, gaps)
        tick += ticks
        control.send((*gaps.tolist(), late))


def speech_like() -> wire.Bytes:
    """Return three seconds of encoded syllables: harmonics of a gliding pitch, four syllables a second."""
    t = np.arange(VOICE_FRAMES * 160) / 8000
    pitch = np.cumsum(120 + 20 * np.sin(2 * np.pi * 0.7 * t)) / 8000
    tone = sum(np.sin(2 * np.pi * pitch * k) / k for k in range(1, 15))
    loudness = 2500 * (0.3 + np.maximum(0, np.sin(2 * np.pi * 4 * t)))
    samples = (tone * loudness).astype(np.float32)
    encoded = np.zeros(len(samples), np.uint8)
    compiled.plain(pcmu.encode)(samples, encoded)
    return encoded.reshape(VOICE_FRAMES, 160)


if __name__ == "__main__":
    main()
