"""SIP over TCP: framing, keepalives, limits, connections of our own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import pytest
import uvloop

from mixminus.net.binding import bind_sip
from mixminus.net.tcp import Activity, Connections, StreamLimits, overdue
from mixminus.sip.flow import Flow

HOST = "127.0.0.1"
LIMITS = StreamLimits(connections=3, connections_per_host=2, sweep_s=0.001)
MESSAGE = b"OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 2\r\n\r\nhi"


class Office:
    """Connections under test and what they were given."""

    def __init__(self, limits: StreamLimits) -> None:
        udp, tcp = bind_sip(HOST, 0)
        udp.close()
        self.address: tuple[str, int] = tcp.getsockname()
        self.received: list[tuple[bytes, Flow]] = []
        self.closed: list[Flow] = []
        self.changed = asyncio.Event()
        self.connections = Connections(tcp, limits, self.take, self.changed.set, self.lose)

    def take(self, data: bytes, flow: Flow) -> None:
        self.received.append((data, flow))

    def lose(self, flow: Flow) -> None:
        self.closed.append(flow)
        self.changed.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not condition():
                self.changed.clear()
                await self.changed.wait()


@pytest.fixture
async def office(request: pytest.FixtureRequest) -> AsyncIterator[Office]:
    office = Office(getattr(request, "param", LIMITS))
    await office.connections.listen()
    yield office
    await office.connections.close()


async def hung_up_on(reader: asyncio.StreamReader) -> None:
    """Wait until the other side has closed, with or without having read all we sent."""
    with contextlib.suppress(ConnectionResetError):
        assert await reader.read() == b""


async def test_fragments_and_pipelined_messages(office: Office) -> None:
    """RFC 3261 §18.3: Content-Length "is used to locate the end of each SIP message in a stream"."""
    _, writer = await asyncio.open_connection(*office.address)
    writer.write(MESSAGE[:20])
    await writer.drain()
    writer.write(MESSAGE[20:] + MESSAGE + MESSAGE[:5])
    await office.until(lambda: len(office.received) == 2)
    assert [data for data, _ in office.received] == [MESSAGE, MESSAGE]
    assert len({flow.id for _, flow in office.received}) == 1
    writer.close()


async def test_answers_go_back_through_their_connection(office: Office) -> None:
    reader, writer = await asyncio.open_connection(*office.address)
    writer.write(MESSAGE)
    await office.until(lambda: bool(office.received))
    office.connections.send(b"by id", office.received[0][1])
    office.connections.send(b"by address", Flow("tcp", writer.get_extra_info("sockname"), 0))
    assert await reader.readexactly(15) == b"by idby address"
    writer.close()


async def test_a_ping_gets_a_pong(office: Office) -> None:
    """RFC 5626 §4.4.1: the server "sends a single CRLF" for a double one."""
    reader, writer = await asyncio.open_connection(*office.address)
    writer.write(b"\r\n\r\n")
    assert await reader.readexactly(2) == b"\r\n"
    assert not office.received
    writer.close()


async def test_a_stream_beyond_saving_is_closed(office: Office) -> None:
    reader, writer = await asyncio.open_connection(*office.address)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    await hung_up_on(reader)
    await office.until(lambda: len(office.closed) == 1)
    writer.close()


async def test_one_address_gets_only_so_many_connections(office: Office) -> None:
    kept = [await asyncio.open_connection(*office.address) for _ in range(LIMITS.connections_per_host)]
    for _, writer in kept:
        writer.write(MESSAGE)
    await office.until(lambda: len(office.received) == 2)
    reader, _ = await asyncio.open_connection(*office.address)
    await hung_up_on(reader)
    kept[0][1].close()
    await office.until(lambda: len(office.closed) == 1)
    _, writer = await asyncio.open_connection(*office.address)
    writer.write(MESSAGE)
    await office.until(lambda: len(office.received) == 3)
    writer.close()
    kept[1][1].close()


def test_half_a_message_and_silence_have_their_time() -> None:
    limits = StreamLimits(whole_message_s=10, idle_s=3600)
    assert not overdue(Activity(0, 0, partial_since=0), limits, 9.9)
    assert overdue(Activity(0, 0, partial_since=0), limits, 10)
    assert overdue(Activity(0, 9, partial_since=0), limits, 10)
    assert not overdue(Activity(0, 100, None), limits, 3699)
    assert overdue(Activity(0, 100, None), limits, 3700)


@pytest.mark.parametrize("office", [StreamLimits(whole_message_s=0.0, sweep_s=0.001)], indirect=True)
async def test_who_sends_half_a_message_loses_the_connection(office: Office) -> None:
    reader, writer = await asyncio.open_connection(*office.address)
    writer.write(MESSAGE[:20])
    await hung_up_on(reader)
    writer.close()


@pytest.mark.parametrize("office", [StreamLimits(unsent_bytes=1000)], indirect=True)
async def test_who_does_not_read_loses_the_connection(office: Office) -> None:
    _, writer = await asyncio.open_connection(*office.address)
    writer.write(MESSAGE)
    await office.until(lambda: bool(office.received))
    flow = office.received[0][1]
    for _ in range(1000):
        office.connections.send(b"x" * 60_000, flow)
    await office.until(lambda: office.closed == [flow])
    writer.close()


async def test_a_connection_is_opened_when_there_is_none(office: Office) -> None:
    arrived: asyncio.Queue[bytes] = asyncio.Queue()

    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.put_nowait(await reader.readexactly(6))
        writer.write(MESSAGE)
        await reader.read()
        writer.close()

    server = await asyncio.start_server(peer, HOST, 0)
    remote = server.sockets[0].getsockname()
    office.connections.send(b"one", Flow("tcp", remote, 0))
    office.connections.send(b"two", Flow("tcp", remote, 0))
    assert await asyncio.wait_for(arrived.get(), 5) == b"onetwo"
    await office.until(lambda: bool(office.received))
    assert office.received[0][1].remote == remote
    server.close()


async def test_a_peer_that_cannot_be_reached_is_reported(office: Office) -> None:
    udp, tcp = bind_sip(HOST, 0)
    nobody = Flow("tcp", tcp.getsockname(), 0)
    udp.close()
    tcp.close()
    office.connections.send(b"hello", nobody)
    await office.until(lambda: office.closed == [nobody])


def test_it_runs_on_the_servers_event_loop() -> None:
    """The server runs on uvloop, whose transports are of a family of their own."""

    async def exchange() -> None:
        office = Office(LIMITS)
        await office.connections.listen()
        reader, writer = await asyncio.open_connection(*office.address)
        writer.write(MESSAGE)
        await office.until(lambda: bool(office.received))
        office.connections.send(b"answer", office.received[0][1])
        assert await reader.readexactly(6) == b"answer"
        writer.close()
        await office.until(lambda: bool(office.closed))
        await office.connections.close()

    uvloop.run(exchange())
