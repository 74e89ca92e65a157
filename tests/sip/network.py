"""A virtual network: endpoints on a fake clock, joined by a seeded network that loses, repeats and reorders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from random import Random

from mixminus.sip import events
from mixminus.sip.endpoint import Endpoint, EndpointSettings
from mixminus.sip.events import Event
from mixminus.sip.flow import Flow
from mixminus.sip.message import Message, Request, parse
from mixminus.sip.session import Session
from mixminus.sip.uri import Uri

Address = tuple[str, int]

OFFER = b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"
ANSWER = OFFER.replace(b"192.0.2.1", b"192.0.2.2").replace(b"4000", b"5000")
HOLD = OFFER + b"a=sendonly\r\n"


def tokens(seed: int) -> Callable[[], str]:
    """Return a source of reproducible tokens."""
    random = Random(seed)
    return lambda: f"{random.getrandbits(64):016x}"


@dataclass
class Conditions:
    """What the network does to datagrams; shares are probabilities, times seconds."""

    loss: float = 0.0
    repeats: float = 0.0
    delay_s: float = 0.01
    jitter_s: float = 0.0


@dataclass
class Node:
    """An endpoint in the network, what it has said and reported, and how it reacts."""

    endpoint: Endpoint
    address: Address
    seen: list[Event] = field(default_factory=list)
    sent: list[Message] = field(default_factory=list)
    react: Callable[[Event, float], None] | None = None

    def last(self, kind: type[Event]) -> Event:
        """Return the latest event of a kind."""
        return next(event for event in reversed(self.seen) if isinstance(event, kind))

    def kinds(self) -> list[str]:
        """Return the names of the events so far."""
        return [type(event).__name__ for event in self.seen]

    def said(self) -> list[str]:
        """Return what was sent: methods, and statuses with the method they answer."""
        return [outline(message) for message in self.sent]

    def counts(self) -> Counter[str]:
        """Return how often each was sent."""
        return Counter(self.said())


class Network:
    """Joins nodes. `drop(message)` may lose single messages on purpose."""

    def __init__(self, conditions: Conditions | None = None, seed: int = 1, transport: str = "udp") -> None:
        self.conditions = conditions or Conditions()
        self.random = Random(seed)
        self.now = 0.0
        self.nodes: dict[Address, Node] = {}
        self.transport = transport
        self.drop: Callable[[Message], bool] = lambda message: False
        self._order = count()
        self._flying: list[tuple[float, int, Address, Flow, bytes]] = []

    def node(self, host: str, **settings: object) -> Node:
        """Add an endpoint at host:5060."""
        address = (host, 5060)
        base = EndpointSettings("test", "us", {"udp": address, "tcp": address})
        for name, value in settings.items():
            object.__setattr__(base, name, value)
        node = Node(Endpoint(base, tokens(len(self.nodes) + 1000 * self.random.randrange(1000))), address)
        self.nodes[address] = node
        return node

    def flow_to(self, node: Node) -> Flow:
        """Return the flow to a node."""
        return Flow("tcp", node.address, 7) if self.transport == "tcp" else Flow("udp", node.address)

    def call(self, caller: Node, called: Node, offer: bytes = OFFER, **more: tuple[tuple[str, str], ...]) -> Session:
        """Have one node call another."""
        host, port = called.address
        to = Uri.parse(f"sip:room@{host}:{port}")
        flow = self.flow_to(called)
        return caller.endpoint.invite(to, offer, from_="<sip:phone@test>", flow=flow, now=self.now, **more)

    def run(self, seconds: float) -> None:
        """Let time pass."""
        until = self.now + seconds
        self._settle()
        while (at := self._next()) is not None and at <= until:
            self.now = max(self.now, at)
            self._step()
        self.now = until

    def deliver(self, source: Node, target: Node, data: bytes) -> None:
        """Bring bytes to a node at once, as if they came from another."""
        target.endpoint.receive(data, self.flow_to(source), self.now)
        self._settle()

    def _next(self) -> float | None:
        times = [node.endpoint.next_timeout() for node in self.nodes.values()]
        known = [at for at in times if at is not None]
        if self._flying:
            known.append(self._flying[0][0])
        return min(known, default=None)

    def _step(self) -> None:
        while self._flying and self._flying[0][0] <= self.now:
            _, _, address, flow, data = heappop(self._flying)
            if address in self.nodes:
                self.nodes[address].endpoint.receive(data, flow, self.now)
                self._settle()
        for node in self.nodes.values():
            node.endpoint.handle_timeout(self.now)
        self._settle()

    def _settle(self) -> None:
        while sum(self._drain(node) for node in self.nodes.values()):
            pass

    def _drain(self, node: Node) -> bool:
        transmits, events = node.endpoint.transmits(), node.endpoint.events()
        for transmit in transmits:
            message = parse(transmit.data)
            node.sent.append(message)
            if not self.drop(message):
                self._launch(node, transmit.flow, transmit.data)
        for event in events:
            node.seen.append(event)
            if node.react is not None:
                node.react(event, self.now)
        return bool(transmits or events)

    def _launch(self, node: Node, flow: Flow, data: bytes) -> None:
        conditions = self.conditions
        copies = 2 if self.random.random() < conditions.repeats else 1
        for _ in range(copies):
            if self.random.random() >= conditions.loss:
                at = self.now + conditions.delay_s + self.random.random() * conditions.jitter_s
                heappush(self._flying, (at, next(self._order), flow.remote, self.flow_to(node), data))


def outline(message: Message) -> str:
    """Return `METHOD` or `status METHOD`."""
    if isinstance(message, Request):
        return message.method
    return f"{message.status} {message.cseq.method}"


def accept_calls(node: Node, answer: bytes = ANSWER) -> None:
    """Have a node answer each call and each offer."""

    def react(event: Event, now: float) -> None:
        match event:
            case events.IncomingCall(session):
                session.progress(180, now=now)
                session.accept(answer, now)
            case events.OfferReceived(session, _):
                session.answer_offer(answer, now)
            case events.OfferRequested(session):
                session.provide_offer(answer, now)
            case _:
                pass

    node.react = react
