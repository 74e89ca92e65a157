"""Shortening a delay that has become too long: samples are left out with a cross-fade, in silence or by pitch."""

from __future__ import annotations

from . import delay, ring
from .compiled import fast_kernel, kernel
from .layout import RING, Floats, Pcm, Port

CHECK_TICKS = 5
"""The delay is looked at every 100 ms."""
PATIENCE_TICKS = 150
"""A delay is shortened once it has been too long for three seconds on end: one that is given up too soon has to be won
back with a concealed frame."""
SHORTEST_PITCH_MS = 5
LONGEST_PITCH_MS = 15
"""Pitch periods of 40 to 120 samples at 8 kHz, those of G.711 Appendix I."""


@kernel
def shorten(port: Port, reading: int, samples: Floats, silent: bool) -> None:
    """Leave out some of what follows the frame `samples`, read at `reading`, if the delay is above its target."""
    if port.frames % CHECK_TICKS != 0:
        return
    excess = port.delay - delay.target(port)
    frame = samples.shape[0]
    too_long = excess * CHECK_TICKS >= frame
    port.excess_ticks = port.excess_ticks + CHECK_TICKS if too_long else 0
    if port.excess_ticks < PATIENCE_TICKS:
        return
    if silent:
        _leave_out(port, reading, samples, min(excess, frame))
    elif excess >= frame:
        longest = port.rate * LONGEST_PITCH_MS // 1000
        if ring.has(port.ring[:], reading + frame, longest):
            _leave_out(port, reading, samples, pitch(port.ring[:], reading, samples, port.rate))


@kernel
def pitch(after: Pcm, reading: int, samples: Floats, rate: int) -> int:
    """Return the lag, in samples, at which a frame best resembles itself and what follows it in the ring."""
    best = rate * SHORTEST_PITCH_MS // 1000
    highest = -1.0
    for lag in range(best, rate * LONGEST_PITCH_MS // 1000 + 1):
        likeness = _likeness(after, reading, samples, lag)
        if likeness > highest:
            best = lag
            highest = likeness
    return best


@fast_kernel
def _likeness(after: Pcm, reading: int, samples: Floats, lag: int) -> float:
    product = 0.0
    energy = 1.0
    for i in range(samples.shape[0]):
        later = _sample(after, reading, samples, i + lag)
        product += samples[i] * later
        energy += later * later
    return float(product / energy**0.5)


@kernel
def _leave_out(port: Port, reading: int, samples: Floats, count: int) -> None:
    frame = samples.shape[0]
    if not ring.has(port.ring[:], reading + frame, count):
        return
    overlap = frame // 2
    for i in range(frame):
        later = _sample(port.ring[:], reading, samples, i + count)
        weight = min(1.0, (i + 1) / overlap)
        samples[i] += (later - samples[i]) * weight
    ring.wipe(port.ring[:], reading + frame, count)
    port.delay -= count
    port.shrunk += 1


@kernel
def _sample(after: Pcm, reading: int, samples: Floats, index: int) -> float:
    if index < samples.shape[0]:
        return float(samples[index])
    return float(after[(reading + index) & (RING - 1)])
