"""What every procedure of an endpoint works with: settings, tokens, alarms, what is to be sent and reported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from .agenda import Agenda
from .events import Event
from .flow import Flow

BRANCH_COOKIE = "z9hG4bK"
"""Says that a branch is unique (RFC 3261 §8.1.1.7)."""

ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, REFER"
SUPPORTED = "timer, 100rel"
EXTENSIONS = frozenset({"timer", "100rel"})
SDP = "application/sdp"

HeaderPairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """How the endpoint presents itself. Seconds are whole.

    `addresses` are (host, port) for Via and Contact; who opens the sockets fills them in.
    """

    user_agent: str
    contact_user: str
    addresses: Mapping[Literal["udp", "tcp"], tuple[str, int]] = field(default_factory=dict)
    session_expires_s: int = 1800
    """0: ask for no session timer."""
    min_se_s: int = 90
    nat: bool = True
    """Requests in a dialog go to where its packets came from, if the peer is on UDP and no Route says otherwise."""


@dataclass(frozen=True, slots=True)
class Transmit:
    """One whole message to be sent."""

    flow: Flow
    data: bytes


@dataclass(slots=True)
class Stack:
    """The common ground of transactions and sessions."""

    settings: EndpointSettings
    token: Callable[[], str]
    agenda: Agenda = field(default_factory=Agenda)
    transmits: list[Transmit] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def send(self, flow: Flow, data: bytes) -> None:
        """Queue one message."""
        self.transmits.append(Transmit(flow, data))

    def emit(self, event: Event) -> None:
        """Queue one event."""
        self.events.append(event)

    def fraction(self) -> float:
        """Return a random number in [0, 1)."""
        return int(self.token()[:8], 16) / 2**32

    def branch(self) -> str:
        """Return a fresh branch for a Via."""
        return BRANCH_COOKIE + self.token()

    def via(self, flow: Flow, branch: str) -> str:
        """Return our Via for a request, asking for the port it comes from (RFC 3581 §3)."""
        return f"SIP/2.0/{flow.transport.upper()} {self._address(flow)};branch={branch};rport"

    def contact(self, flow: Flow) -> str:
        """Return our Contact towards a peer; without a display name, on which some phones choke."""
        transport = "" if flow.transport == "udp" else f";transport={flow.transport}"
        return f"<sip:{self.settings.contact_user}@{self._address(flow)}{transport}>"

    def _address(self, flow: Flow) -> str:
        host, port = self.settings.addresses[flow.transport]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def host_of(address: tuple[str, int]) -> str:
    """Return the host of an address as it is written in SIP: IPv6 in brackets."""
    return f"[{address[0]}]" if ":" in address[0] else address[0]


def bare_host(host: str) -> str:
    """Return a host without the brackets of IPv6, as sockets take it."""
    return host.removeprefix("[").removesuffix("]")
