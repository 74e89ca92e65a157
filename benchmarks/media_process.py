"""The engine in a process of its own, pinned to one core, as a benchmark drives it: over real sockets and one pipe."""

from __future__ import annotations

import multiprocessing
import os
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Self

from mixminus.engine.engine import Engine
from mixminus.engine.media import Heard, Media, PortIdentity, PortSockets
from mixminus.engine.statistics import PortStatistics
from mixminus.net.rtp import RtpPorts

HOST = "127.0.0.1"
ENGINE_CORE = 0
LOAD_CORE = 1
PCMU = 0
PRIORITY = 10


@dataclass(frozen=True, slots=True)
class OpenRooms:
    """Open rooms of `size`, where everybody hears everybody else, whose phones are all at `phone`."""

    rooms: int
    size: int
    phone: tuple[str, int]


class MediaProcess:
    """Starts the engine on its core; `open` returns the ports to send to, `statistics` their counters."""

    def __init__(self, capacity: int) -> None:
        self._pipe, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("spawn").Process(
            target=_serve, args=(theirs, capacity), daemon=True
        )

    def open(self, wanted: OpenRooms) -> list[int]:
        """Open rooms and return the UDP port of each member, room by room."""
        self._pipe.send(wanted)
        ports: list[int] = self._pipe.recv()
        return ports

    def statistics(self) -> list[PortStatistics]:
        """Return the counters of all ports, in the order in which they were opened."""
        self._pipe.send(None)
        statistics: list[PortStatistics] = self._pipe.recv()
        return statistics

    def __enter__(self) -> Self:
        self._process.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, where: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.join()


def keep_to(core: int) -> bool:
    """Keep this process on one core, before all others there if the system allows it; say whether it does."""
    os.sched_setaffinity(0, {core})
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(PRIORITY))
    except PermissionError:
        return False
    return True


def _serve(pipe: Connection, capacity: int) -> None:
    keep_to(ENGINE_CORE)
    engine = Engine(capacity, core=ENGINE_CORE)
    engine.compile(print)
    engine.start()
    numbers = RtpPorts(HOST, 0, 0)
    ports: list[int] = []
    while True:
        match pipe.recv():
            case OpenRooms() as wanted:
                opened = [_open_room(engine, numbers, wanted) for _ in range(wanted.rooms)]
                ports += [port for room in opened for port, _ in room]
                pipe.send([number for room in opened for _, number in room])
            case _:
                pipe.send([engine.statistics(port) for port in ports])
        engine.events()


def _open_room(engine: Engine, numbers: RtpPorts, wanted: OpenRooms) -> list[tuple[int, int]]:
    room = engine.open_room()
    members = [_open_port(engine, numbers, room, wanted.phone) for _ in range(wanted.size)]
    ports = [port for port, _ in members]
    engine.set_plan(room, tuple(Heard(a, b) for a in ports for b in ports if a != b))
    return members


def _open_port(engine: Engine, numbers: RtpPorts, room: int, phone: tuple[str, int]) -> tuple[int, int]:
    pair = numbers.open(time.monotonic())
    if pair is None:
        raise RuntimeError("no free UDP ports")
    identity = PortIdentity(secrets.randbits(32), secrets.randbits(16), secrets.randbits(32))
    port = engine.open_port(room, PortSockets(pair.rtp_fd, pair.rtcp_fd), identity)
    engine.set_media(port, Media(phone, (phone[0], phone[1] + 1), "PCMU", PCMU))
    return port, pair.port


def stolen_ms() -> float:
    """Return the time that the hypervisor has given to others since this machine was started, over all cores."""
    return 1000 * int(Path("/proc/stat").read_text().split()[8]) / os.sysconf("SC_CLK_TCK")


def medians(values: Sequence[float]) -> tuple[float, float, float]:
    """Return p50, p99 and the largest."""
    ordered = sorted(values)
    return ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)], ordered[-1]
