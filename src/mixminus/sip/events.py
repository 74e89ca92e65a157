"""What the endpoint reports about calls. The last event of every session is `Ended`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .session import Session


@dataclass(frozen=True, slots=True)
class IncomingCall:
    """A new INVITE, already answered with 100. `session.remote_sdp` is its offer, b"" when we are to offer."""

    session: Session


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The caller gave up before we answered; 487 has been sent and `Ended` follows."""

    session: Session


@dataclass(frozen=True, slots=True)
class Progressed:
    """A provisional response (101-199) to our INVITE; `sdp` is early media or b""."""

    session: Session
    status: int
    sdp: bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """The called party accepted; ACK has been sent. `sdp` is the answer to our offer."""

    session: Session
    sdp: bytes


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Our 200 arrived. `sdp` is the answer to a late offer of ours, else b""."""

    session: Session
    sdp: bytes


@dataclass(frozen=True, slots=True)
class OfferReceived:
    """The peer offers new media (re-INVITE, UPDATE, PRACK): call `session.answer_offer`."""

    session: Session
    sdp: bytes


@dataclass(frozen=True, slots=True)
class OfferRequested:
    """The peer asks for an offer (re-INVITE without SDP): call `session.provide_offer`."""

    session: Session


@dataclass(frozen=True, slots=True)
class ReinviteDone:
    """Our re-INVITE or UPDATE got its final response; `sdp` is the answer, b"" when refused or absent."""

    session: Session
    status: int
    sdp: bytes


@dataclass(frozen=True, slots=True)
class InfoReceived:
    """An INFO, already answered with 200. `content_type` is lower-case without parameters."""

    session: Session
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Ended:
    """The session is over. `status` is 200 after a BYE, else why it failed; `by_peer`: the far end ended it."""

    session: Session
    status: int
    reason: str
    by_peer: bool


Event = (
    IncomingCall
    | Cancelled
    | Progressed
    | Answered
    | Acknowledged
    | OfferReceived
    | OfferRequested
    | ReinviteDone
    | InfoReceived
    | Ended
)
