"""How long a port's samples wait: the adaptive target of the jitter buffer.

A packet's relative delay is the room's sample clock at the tick that could first play it, less its timestamp: a jitter
buffer of exactly that delay plays it in time. The target is a quantile of the recent relative delays, above the
fastest packets of the last seconds (the idea of WebRTC's NetEQ DelayManager). Delays are in samples of the codec.
"""

from __future__ import annotations

import math

from .compiled import kernel
from .layout import BUCKETS, FRAMES_PER_S, Floats, Port

QUANTILE = 0.97
"""NetEQ takes 0.95; with our coarse buckets that leaves more packets late than the half per cent we allow ourselves."""
FORGET = 0.983
"""What a packet leaves of the weight of those before it (NetEQ's forget factor)."""
BASE_PACKETS = 100
"""The fastest packet is looked for in the last 100 to 200 packets (two to four seconds)."""
LATE_IN_ROW = 2
"""So many late packets on end mean that the path has changed, whatever the histogram says."""


@kernel
def restart(port: Port, relative: int) -> None:
    """Begin with a target of one frame above a first packet's relative delay."""
    port.fastest = port.fastest_now = port.fastest_before = relative
    port.fastest_packets = 0
    port.histogram[:] = 0
    port.histogram[1] = 1
    port.delay = target(port)


@kernel
def observe(port: Port, relative: int) -> None:
    """Let a packet's relative delay into the histogram."""
    _follow_fastest(port, relative)
    frame = port.rate // FRAMES_PER_S
    bucket = min(-((port.fastest - relative) // frame), BUCKETS - 1)
    for i in range(BUCKETS):
        port.histogram[i] *= FORGET
    port.histogram[bucket] += 1 - FORGET


@kernel
def target(port: Port) -> int:
    """Return the delay at which the wanted share of packets arrives in time."""
    total = 0.0
    bucket = 0
    for i in range(BUCKETS):
        total += port.histogram[i]
        bucket = i
        if total >= QUANTILE:
            break
    return int(port.fastest + bucket * (port.rate // FRAMES_PER_S))


@kernel
def grown(port: Port, relative: int) -> int:
    """Return the delay after a packet of this relative delay: larger when the target, or a row of late packets, say so.

    A larger delay moves the reading point back, so a late packet may be in time again.
    """
    if relative <= port.delay:
        port.late_in_row = 0
        return port.delay
    port.late_in_row += 1
    wanted = target(port)
    if port.late_in_row >= LATE_IN_ROW:
        wanted = max(wanted, relative)
    highest = port.fastest + (BUCKETS - 1) * (port.rate // FRAMES_PER_S)
    return max(port.delay, min(wanted, highest))


@kernel
def _follow_fastest(port: Port, relative: int) -> None:
    port.fastest_now = min(port.fastest_now, relative)
    port.fastest_packets += 1
    base = min(port.fastest_now, port.fastest_before)
    if port.fastest_packets >= BASE_PACKETS:
        port.fastest_before = port.fastest_now
        port.fastest_now = relative
        port.fastest_packets = 0
    moved = math.floor((port.fastest - base) / (port.rate // FRAMES_PER_S) + 0.5)
    if moved != 0:
        _shift(port.histogram[:], moved)
    port.fastest = base


@kernel
def _shift(histogram: Floats, up: int) -> None:
    for _ in range(min(abs(up), BUCKETS)):
        if up > 0:
            top = histogram[BUCKETS - 1]
            for i in range(BUCKETS - 1, 0, -1):
                histogram[i] = histogram[i - 1]
            histogram[BUCKETS - 1] += top
            histogram[0] = 0
        else:
            bottom = histogram[0]
            for i in range(BUCKETS - 1):
                histogram[i] = histogram[i + 1]
            histogram[0] += bottom
            histogram[BUCKETS - 1] = 0
