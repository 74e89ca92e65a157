"""SIP datagrams."""

from __future__ import annotations

import asyncio
import socket

from mixminus.net.binding import bind_sip
from mixminus.net.udp import DRAIN_MAX, UdpPort
from mixminus.sip.flow import Flow

HOST = "127.0.0.1"


class Office:
    """A bound port and what it was given."""

    def __init__(self) -> None:
        udp, tcp = bind_sip(HOST, 0)
        tcp.close()
        self.address: tuple[str, int] = udp.getsockname()
        self.received: list[tuple[bytes, Flow]] = []
        self.batches: list[int] = []
        self.arrived = asyncio.Event()
        self.port = UdpPort(udp, lambda data, flow: self.received.append((data, flow)), self.drained)

    def drained(self) -> None:
        self.batches.append(len(self.received))
        self.arrived.set()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.received) < count:
                self.arrived.clear()
                await self.arrived.wait()


async def test_datagrams_come_with_their_flow_and_are_answered() -> None:
    office = Office()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.bind((HOST, 0))
        phone.sendto(b"a message of some length", office.address)
        await office.until(1)
        data, flow = office.received[0]
        assert (data, flow) == (b"a message of some length", Flow("udp", phone.getsockname()))
        office.port.send(b"answer", flow)
        assert phone.recv(100) == b"answer"
    office.port.close()


async def test_a_burst_is_drained_in_batches_so_that_others_get_their_turn() -> None:
    office = Office()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        for _ in range(DRAIN_MAX + 1):
            phone.sendto(b"a message of some length", office.address)
        await office.until(DRAIN_MAX + 1)
    assert office.batches[0] == DRAIN_MAX
    office.port.close()


async def test_keepalives_are_no_messages() -> None:
    office = Office()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.sendto(b"\r\n\r\n", office.address)
        phone.sendto(b"", office.address)
        phone.sendto(b"a message of some length", office.address)
        await office.until(1)
    assert len(office.received) == 1
    office.port.close()


async def test_what_cannot_be_sent_is_dropped() -> None:
    """RFC 3261 §17: over UDP it is the transactions that repeat."""
    office = Office()
    office.port.send(b"x" * 70_000, Flow("udp", office.address))
    office.port.close()
