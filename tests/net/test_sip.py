"""The SIP listener: two of them call each other over real sockets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from typing import Literal

import pytest
import uvloop

from mixminus.errors import BadSettings
from mixminus.net.sip import SipListener
from mixminus.sip.endpoint import EndpointSettings
from mixminus.sip.events import Answered, Ended, Event, IncomingCall
from mixminus.sip.flow import Flow
from mixminus.sip.session import Session
from mixminus.sip.uri import Uri

HOST = "127.0.0.1"
SETTINGS = EndpointSettings(user_agent="test", contact_user="test")
OFFER = b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"
Transport = Literal["udp", "tcp"]


class Peer:
    """A listener that keeps its events; `on_call` says what it does with calls."""

    def __init__(self) -> None:
        self.listener: SipListener
        self.events: list[Event] = []
        self.on_call: Callable[[Session], None] = self.accept
        self._changed = asyncio.Event()

    async def open(self) -> None:
        self.listener = await SipListener.open(HOST, 0, SETTINGS, self.take)

    def take(self, event: Event) -> None:
        self.events.append(event)
        self._changed.set()
        if isinstance(event, IncomingCall):
            self.on_call(event.session)

    def accept(self, session: Session) -> None:
        session.accept(OFFER, self.listener.now())

    def call(self, other: Peer, transport: Transport = "udp") -> Session:
        return self.call_address(other.listener.address, transport)

    def call_address(self, address: tuple[str, int], transport: Transport = "udp") -> Session:
        to = Uri.parse(f"sip:bob@{address[0]}:{address[1]}")
        endpoint, now = self.listener.endpoint, self.listener.now()
        session = endpoint.invite(to, OFFER, from_="<sip:ada@test>", flow=Flow(transport, address), now=now)
        self.listener.flush()
        return session

    async def until(self, kind: type[Event], timeout_s: float = 10.0) -> Event:
        """Wait for the first event of a kind, and forget it."""
        async with asyncio.timeout(timeout_s):
            while True:
                for event in self.events:
                    if isinstance(event, kind):
                        self.events.remove(event)
                        return event
                self._changed.clear()
                await self._changed.wait()


@pytest.fixture
async def peers() -> AsyncIterator[tuple[Peer, Peer]]:
    ada, bob = Peer(), Peer()
    await ada.open()
    await bob.open()
    yield ada, bob
    await ada.listener.close()
    await bob.listener.close()


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_a_call_from_invite_to_bye(peers: tuple[Peer, Peer], transport: Transport) -> None:
    ada, bob = peers
    session = ada.call(bob, transport)
    answered = await ada.until(Answered)
    assert isinstance(answered, Answered)
    assert answered.sdp == OFFER
    session.bye(now=ada.listener.now())
    ada.listener.flush()
    ended = await bob.until(Ended)
    assert isinstance(ended, Ended)
    assert ended.by_peer


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_the_called_hangs_up(peers: tuple[Peer, Peer], transport: Transport) -> None:
    ada, bob = peers
    ada.call(bob, transport)
    await ada.until(Answered)
    arrived = await bob.until(IncomingCall)
    arrived.session.bye(now=bob.listener.now())
    bob.listener.flush()
    ended = await ada.until(Ended)
    assert isinstance(ended, Ended)
    assert ended.by_peer


async def test_a_bug_in_one_call_ends_that_call_only(peers: tuple[Peer, Peer]) -> None:
    """Contract: "bugs in handling one message are logged and end at most that call"."""
    ada, bob = peers

    def stumble(session: Session) -> None:
        raise ZeroDivisionError("a bug")

    bob.on_call = stumble
    ada.call(bob)
    ended = await ada.until(Ended)
    assert isinstance(ended, Ended)
    assert ended.status >= 400
    bob.on_call = bob.accept
    ada.call(bob)
    await ada.until(Answered)


async def test_a_bug_in_the_endpoint_loses_one_message_only(
    peers: tuple[Peer, Peer], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = peers
    arrived = asyncio.Event()

    def stumble(data: bytes, flow: Flow, now: float) -> None:
        arrived.set()
        raise ZeroDivisionError("a bug")

    with monkeypatch.context() as broken:
        broken.setattr(bob.listener.endpoint, "receive", stumble)
        ada.call(bob)
        await arrived.wait()
    await ada.until(Answered)  # the INVITE was repeated


async def test_a_timer_with_a_bug_does_not_take_the_whole_processor(
    peers: tuple[Peer, Peer], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = peers
    asked: list[float] = []

    def stumble(now: float) -> None:
        asked.append(now)
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(bob.listener.endpoint, "next_timeout", lambda: 0.0)
    monkeypatch.setattr(bob.listener.endpoint, "handle_timeout", stumble)
    ada.call(bob)
    await ada.until(Answered)
    assert len(asked) <= 2


async def test_what_is_not_answered_is_repeated_in_time() -> None:
    """RFC 3261 §17.1.1.2: Timer A is T1 (500 ms) for the first retransmission."""
    ada = Peer()
    await ada.open()
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody:
        nobody.bind((HOST, 0))
        nobody.setblocking(False)
        ada.call_address(nobody.getsockname())
        first = await asyncio.wait_for(loop.sock_recv(nobody, 65_535), 5)
        began = loop.time()
        assert await asyncio.wait_for(loop.sock_recv(nobody, 65_535), 5) == first
        assert 0.4 < loop.time() - began < 2.0
    await ada.listener.close()


async def test_a_peer_that_cannot_be_reached_ends_the_call(peers: tuple[Peer, Peer]) -> None:
    """RFC 3261 §8.1.3.1: a transport error counts as 503."""
    ada, _ = peers
    with socket.create_server((HOST, 0)) as nobody:
        address = nobody.getsockname()
    ada.call_address(address, "tcp")
    ended = await ada.until(Ended)
    assert isinstance(ended, Ended)
    assert ended.status == 503


async def test_the_public_address_is_what_peers_are_told() -> None:
    ada = Peer()
    ada.listener = await SipListener.open(HOST, 0, SETTINGS, ada.take, public_host="203.0.113.7")
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody:
        nobody.bind((HOST, 0))
        nobody.setblocking(False)
        ada.call_address(nobody.getsockname())
        invite = await asyncio.wait_for(loop.sock_recv(nobody, 65_535), 5)
    assert f"<sip:test@203.0.113.7:{ada.listener.address[1]}>".encode() in invite
    await ada.listener.close()


async def test_a_taken_port_is_the_operators_problem(peers: tuple[Peer, Peer]) -> None:
    with pytest.raises(BadSettings, match="is taken"):
        await SipListener.open(HOST, peers[0].listener.address[1], SETTINGS, lambda event: None)


def test_it_runs_on_the_servers_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server runs on uvloop, whose handle of a timer that is due already is no TimerHandle."""

    async def call() -> None:
        ada, bob = Peer(), Peer()
        await ada.open()
        await bob.open()
        monkeypatch.setattr(ada.listener.endpoint, "next_timeout", lambda: 0.0)
        ada.call(bob)
        await ada.until(Answered)
        await ada.listener.close()
        await bob.listener.close()

    uvloop.run(call())
