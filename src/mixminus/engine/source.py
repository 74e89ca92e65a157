"""Whom a port listens to: the defence against RTP bleed and injection.

Packets from the address of the SDP lock the port at once. Otherwise four packets in sequence from one address and SSRC,
within three seconds of the answer, do (a phone behind a NAT). After the lock only a new answer unlocks; all other
packets are dropped and counted.
"""

from __future__ import annotations

from .compiled import kernel
from .layout import Ints, Port
from .rtp import SEQUENCE, SSRC

LEARN_NS = 3_000_000_000
"""How long an unknown address may be learned after the answer (rtpengine's heuristic window)."""
LEARN_PACKETS = 4
"""Packets in sequence that make an unknown address believable (Asterisk's strict RTP needs as many)."""


@kernel
def unlock(port: Port, now: int) -> None:
    """Forget the source and learn it again, from `now` on."""
    port.source = 0
    port.candidate = 0
    port.candidate_count = 0
    port.learning_until = now + LEARN_NS


@kernel
def admits(port: Port, address: int, header: Ints, now: int) -> bool:
    """Tell whether a packet with this parsed header may be heard; may lock the port to its address."""
    if port.source != 0:
        return bool(address == port.source)
    if address == port.remote or _learned(port, address, header, now):
        port.source = address
        return True
    return False


@kernel
def _learned(port: Port, address: int, header: Ints, now: int) -> bool:
    if now > port.learning_until:
        return False
    same = address == port.candidate and header[SSRC] == port.candidate_ssrc
    follows = header[SEQUENCE] == (port.candidate_sequence + 1) & 0xFFFF
    port.candidate_count = port.candidate_count + 1 if same and follows else 1
    port.candidate = address
    port.candidate_ssrc = header[SSRC]
    port.candidate_sequence = header[SEQUENCE]
    return port.candidate_count >= LEARN_PACKETS
