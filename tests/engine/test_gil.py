"""The audio path never waits for the interpreter."""

from __future__ import annotations

import socket
import struct
import time

from mixminus.engine.engine import Engine
from mixminus.engine.media import Media, PortIdentity, PortSockets

from .desk import open_socket

SO_TIMESTAMPNS = 35
BLOCKED_S = 1.0


def test_every_call_gets_its_packets_while_python_is_blocked() -> None:
    """Issue: 'while Python is blocked for a second (a test does that), every call still gets a packet each 20 ms'.

    One instruction holds the interpreter's lock for a second; arrival times are the kernel's. On a machine that others
    use the media thread may come late, so the packets are counted rather than their gaps measured.
    """
    engine = Engine(capacity=8)
    engine.compile(lambda _: None)
    phones = [(open_socket(), open_socket()) for _ in range(3)]
    room = engine.open_room()
    for own, ours in phones:
        own.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        address = own.getsockname()
        port = engine.open_port(room, PortSockets(ours.fileno()), PortIdentity(1, 2, 3))
        engine.set_media(port, Media(address, address, "PCMU", 0))
    engine.start()
    began, ended = _hold_the_interpreter()
    engine.close()
    for own, ours in phones:
        during = [at for at in _arrivals(own) if began <= at <= ended]
        assert len(during) >= (ended - began) / 0.02 * 0.9
        own.close()
        ours.close()


def _hold_the_interpreter() -> tuple[float, float]:
    size = 50_000
    began = ended = time.time()
    while ended - began < BLOCKED_S:
        size *= 2
        began = time.time()
        # One instruction of the interpreter, which no other thread of Python can interrupt.
        (1 << size) // 3 ** (size // 3)
        ended = time.time()
    return began, ended


def _arrivals(one: socket.socket) -> list[float]:
    arrivals: list[float] = []
    while True:
        try:
            _, control, _, _ = one.recvmsg(2048, 128)
        except BlockingIOError:
            return arrivals
        seconds, nanoseconds = struct.unpack("qq", control[0][2])
        arrivals.append(seconds + nanoseconds / 1e9)
