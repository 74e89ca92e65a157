"""What the switch tells the engine about a call's media and about who hears whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from . import codecs

CodecName = Literal["PCMU", "PCMA", "L16", "L16/16000"]

CODECS: dict[CodecName, tuple[int, int]] = {
    "PCMU": (codecs.PCMU, 8000),
    "PCMA": (codecs.PCMA, 8000),
    "L16": (codecs.L16, 8000),
    "L16/16000": (codecs.L16, 16_000),
}
"""Number in the engine's table, and RTP clock rate."""

Address = tuple[str, int]
"""A numeric IPv4 address and a port."""


@dataclass(frozen=True, slots=True)
class PortSockets:
    """Non-blocking UDP sockets with SO_TIMESTAMPNS set; an `rtcp_fd` of -1 means that RTCP shares the RTP socket."""

    rtp_fd: int
    rtcp_fd: int = -1


@dataclass(frozen=True, slots=True)
class PortIdentity:
    """Where the numbers of the outgoing RTP stream begin (RFC 3550 section 5.1: at random)."""

    ssrc: int
    sequence: int
    timestamp: int


@dataclass(frozen=True, slots=True)
class Media:
    """What an offer and answer have agreed on. RTCP shares the RTP port when both addresses are the same."""

    remote_rtp: Address
    remote_rtcp: Address
    codec: CodecName
    payload_type: int
    ptime_ms: int = 20
    dtmf_payload_type: int | None = None
    sends: bool = True
    receives: bool = True


@dataclass(frozen=True, slots=True)
class Heard:
    """One pair of a mix plan: a listener (port or tap) hears a source (port or player) at a gain."""

    listener: int
    source: int
    gain: float = 1.0
