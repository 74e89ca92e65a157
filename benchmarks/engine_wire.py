"""The system's side of the engine's benchmark: sockets, and compiled loops of a load generator and of a bare relay."""

from __future__ import annotations

import socket

import numpy as np
from numpy.typing import NDArray

from mixminus.engine import loop
from mixminus.engine.compiled import entry_kernel, kernel
from mixminus.engine.layout import BATCH, FRAME_NS, Rows, Scratch, tables
from mixminus.engine.libc import recvmmsg, sendto

SO_TIMESTAMPNS = 35
PACKET = 172
BUFFER_OCTETS = 65_536
STEPS = 40
"""The load is sent in 40 steps of 0.5 ms, so that packets arrive spread like those of separate phones."""
STEP_NS = FRAME_NS // STEPS
NS_PER_S = 1_000_000_000
LONGEST_GAP_NS = 40_000_000

Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]


def open_sockets(count: int) -> list[socket.socket]:
    """Return UDP sockets on loopback that report arrival times."""
    opened = []
    for _ in range(count):
        one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        one.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_OCTETS)
        one.bind(("127.0.0.1", 0))
        one.setblocking(False)
        opened.append(one)
    return opened


def scratch() -> Rows[Scratch]:
    """Return buffers for the loops here."""
    return tables(1).scratch


@entry_kernel
def make_load(
    buffers: Rows[Scratch], fds: Ints, peers: Ints, voice: Bytes, ticks: int, first: int, seen: Ints, gaps: Ints
) -> int:
    """Send and receive as so many phones for `ticks` frames; return the latest step in ns.

    `voice` [frames, 160] is payload; `seen` [phones] holds the last arrival and is kept between calls; `gaps` counts
    [packets, gaps over 40 ms, longest gap in ns].
    """
    scratch = buffers[0]
    count = fds.shape[0]
    start = loop.read_clock(scratch, loop.CLOCK_MONOTONIC) + STEP_NS
    latest = 0
    for step in range(ticks * STEPS):
        deadline = start + step * STEP_NS
        loop.sleep_until(scratch, deadline)
        latest = max(latest, loop.read_clock(scratch, loop.CLOCK_MONOTONIC) - deadline)
        tick = first + step // STEPS
        for phone in range(step % STEPS, count, STEPS):
            _talk(scratch, fds[phone], peers[phone], voice[(tick + 7 * phone) % voice.shape[0]], phone, tick)
            _listen(scratch, fds[phone], phone, seen, gaps)
    return latest


@entry_kernel
def relay(buffers: Rows[Scratch], fds: Ints, peers: Ints, ticks: int) -> None:
    """Receive and send on every socket each 20 ms in eight slots, and do nothing else: the cost of the system."""
    scratch = buffers[0]
    slots = 8
    start = loop.read_clock(scratch, loop.CLOCK_MONOTONIC)
    for slot in range(ticks * slots):
        loop.sleep_until(scratch, start + slot * (FRAME_NS // slots))
        for port in range(slot % slots, fds.shape[0], slots):
            _receive(scratch, fds[port])
            _send(scratch, fds[port], peers[port])


@kernel
def _talk(scratch: Scratch, fd: int, peer: int, payload: Bytes, phone: int, tick: int) -> None:
    packet = scratch.packet
    packet[0] = 0x80
    packet[1] = 0
    packet[2] = (tick >> 8) & 255
    packet[3] = tick & 255
    for i in range(4):
        packet[4 + i] = ((tick * 160) >> (24 - 8 * i)) & 255
        packet[8 + i] = ((phone + 1) >> (24 - 8 * i)) & 255
    for i in range(payload.shape[0]):
        packet[12 + i] = payload[i]
    _send(scratch, fd, peer)


@kernel
def _listen(scratch: Scratch, fd: int, phone: int, seen: Ints, gaps: Ints) -> None:
    for i in range(_receive(scratch, fd)):
        arrival = scratch.control[i, 2] * NS_PER_S + scratch.control[i, 3]
        gap = arrival - seen[phone] if seen[phone] > 0 else 0
        seen[phone] = arrival
        gaps[0] += 1
        gaps[1] += gap > LONGEST_GAP_NS
        gaps[2] = max(gaps[2], gap)


@kernel
def _receive(scratch: Scratch, fd: int) -> int:
    count = max(recvmmsg(fd, scratch.headers_at, BATCH, loop.DONT_WAIT, 0), 0)
    for i in range(count):
        scratch.headers[i, 1] = 16
        scratch.headers[i, 5] = loop.CONTROL_OCTETS
    return count


@kernel
def _send(scratch: Scratch, fd: int, peer: int) -> None:
    loop.pack_address(peer, scratch.address)
    sendto(fd, scratch.packet_at, PACKET, loop.DONT_WAIT, scratch.address_at, 16)
