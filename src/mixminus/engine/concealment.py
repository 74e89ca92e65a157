"""Packet loss concealment after ITU-T G.711 Appendix I.

The last pitch periods before the gap are repeated: one for 10 ms, two for the next 10, then three, each joined by
overlap-add over a quarter of a period, at full level for 10 ms and 20 % less with each further 10.

Appendix I holds the signal back by 3.75 ms to blend the last real quarter period into the first repeated one. This is
the variant without that delay: what has been played stays as it is, and the step between it and the repetition is
spread over the first quarter period instead.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .compiled import fast_kernel, kernel

HISTORY_MS = 60
PATTERN_MS_X100 = 4875
"""Three of the longest periods and a quarter of one for the overlap: 390 samples at 8 kHz."""
SHORTEST_PITCH_HZ = 200
LONGEST_PITCH_X3 = 200
"""Periods of 40 to 120 samples at 8 kHz: 200 to 66 2/3 Hz; higher voices repeat several periods as one."""
COMPARED_MS = 20
BLOCK_MS = 10
MOST_PERIODS = 3
FADE = 0.2
"""Of the level, for each block after the first."""
LONGEST_MS = 60
LOUDEST = np.float32(32767)
"""The spread step can overshoot, and gap after gap would build on it."""
RETURN_MS = 4
"""Cross-fade into the first good frame, and as much again for each block lost."""

POSITION, LOST, PITCH, PHASE, OLD_PHASE = range(5)
STATE = 8
"""Length of an integer state row (int64). All zeros is the start."""


def samples_state(rate: int) -> int:
    """Return the length of a row of samples (float32): a ring of what was played, and the pattern of a gap."""
    return rate * HISTORY_MS // 1000 + rate * PATTERN_MS_X100 // 100000


@kernel
def remember(samples: NDArray[np.float32], state: NDArray[np.int64], rate: int, frame: NDArray[np.float32]) -> None:
    """Keep a good frame of any length up to 60 ms; after a gap its beginning is cross-faded in place."""
    if state[LOST] > 0:
        _return(samples, state, rate, frame)
        state[LOST] = 0
    _store(samples, state, rate, frame)


@kernel
def conceal(samples: NDArray[np.float32], state: NDArray[np.int64], rate: int, frame: NDArray[np.float32]) -> None:
    """Fill a lost frame of any length up to 60 ms."""
    if state[LOST] == 0:
        _begin(samples, state, rate)
    for i in range(len(frame)):
        frame[i] = _next(samples, state, rate)
    _store(samples, state, rate, frame)


@kernel
def _store(samples: NDArray[np.float32], state: NDArray[np.int64], rate: int, frame: NDArray[np.float32]) -> None:
    ring = rate * HISTORY_MS // 1000
    start = state[POSITION]
    before_end = min(len(frame), ring - start)
    # Loops over slices: a slice assignment looks for overlap first, an index that may be negative is not vectorised.
    front, rest, head = samples[start : start + before_end], frame[before_end:], samples[:ring]
    for i in range(len(front)):
        front[i] = frame[i]
    for i in range(len(rest)):
        head[i] = rest[i]
    end = start + len(frame)
    state[POSITION] = end - ring if end >= ring else end


@kernel
def _return(samples: NDArray[np.float32], state: NDArray[np.int64], rate: int, frame: NDArray[np.float32]) -> None:
    blocks = state[LOST] * 1000 // (rate * BLOCK_MS)
    length = min(len(frame), rate * RETURN_MS * (1 + blocks) // 1000)
    for i in range(length):
        weight = np.float32((i + 1) / (length + 1))
        frame[i] = weight * frame[i] + (np.float32(1) - weight) * _next(samples, state, rate)


@kernel
def _begin(samples: NDArray[np.float32], state: NDArray[np.int64], rate: int) -> None:
    ring = rate * HISTORY_MS // 1000
    length = rate * PATTERN_MS_X100 // 100000
    wrapped = max(0, length - state[POSITION])
    for i in range(wrapped):
        samples[ring + i] = samples[ring - wrapped + i]
    for i in range(wrapped, length):
        samples[ring + i] = samples[state[POSITION] - length + i]
    state[PITCH] = _pitch(samples[ring : ring + length], rate)
    state[PHASE] = 0
    state[OLD_PHASE] = 0


@kernel
def _pitch(pattern: NDArray[np.float32], rate: int) -> int:
    """Return the lag of the highest normalised cross-correlation of the last 20 ms."""
    compared = rate * COMPARED_MS // 1000
    last = pattern[len(pattern) - compared :]
    best = rate // SHORTEST_PITCH_HZ
    highest = np.float32(-np.inf)
    for lag in range(rate // SHORTEST_PITCH_HZ, rate * 3 // LONGEST_PITCH_X3 + 1):
        correlation, energy = _correlate(last, pattern[len(pattern) - compared - lag : len(pattern) - lag])
        likeness = correlation / np.float32(np.sqrt(max(energy, np.float32(1))))
        if likeness > highest:
            best, highest = lag, likeness
    return best


@fast_kernel
def _correlate(a: NDArray[np.float32], b: NDArray[np.float32]) -> tuple[np.float32, np.float32]:
    product = np.float32(0)
    energy = np.float32(0)
    for i in range(len(a)):
        product += a[i] * b[i]
        energy += b[i] * b[i]
    return product, energy


@kernel
def _next(samples: NDArray[np.float32], state: NDArray[np.int64], rate: int) -> np.float32:
    """Return the next sample of the repetition, and step on."""
    lost = state[LOST]
    if lost >= rate * LONGEST_MS // 1000:
        return np.float32(0)
    state[LOST] = lost + 1
    ring, block = rate * HISTORY_MS // 1000, rate * BLOCK_MS // 1000
    pattern, pitch = samples[ring : ring + rate * PATTERN_MS_X100 // 100000], state[PITCH]
    periods = 1 if lost < block else 2 if lost < 2 * block else MOST_PERIODS
    within = lost - (periods - 1) * block
    if within == 0 and periods > 1:
        state[OLD_PHASE] = state[PHASE]
        state[PHASE] = state[PHASE] % pitch
    phase = state[PHASE]
    sample = _repeat(pattern, pitch, periods, phase)
    state[PHASE] = phase + 1 if phase + 1 < periods * pitch else 0
    quarter = pitch // 4
    if within < quarter:
        weight = np.float32((within + 1) / (quarter + 1))
        sample += (np.float32(1) - weight) * _difference(pattern, pitch, periods, sample, state)
    level = min(1.0, 1.0 + FADE - FADE * lost / block)
    return np.float32(min(max(sample * np.float32(level), -LOUDEST), LOUDEST))


@kernel
def _difference(
    pattern: NDArray[np.float32], pitch: int, periods: int, sample: np.float32, state: NDArray[np.int64]
) -> np.float32:
    """Return how far what went before is from this sample: the real signal, or the repetition of fewer periods."""
    if periods == 1:
        return np.float32(pattern[len(pattern) - 1] - pattern[len(pattern) - 1 - pitch])
    phase = state[OLD_PHASE]
    old = _repeat(pattern, pitch, periods - 1, phase)
    state[OLD_PHASE] = phase + 1 if phase + 1 < (periods - 1) * pitch else 0
    return np.float32(old - sample)


@kernel
def _repeat(pattern: NDArray[np.float32], pitch: int, periods: int, phase: int) -> np.float32:
    """Return one sample of the last periods; their last quarter period is blended into what comes before them."""
    length, quarter = periods * pitch, pitch // 4
    at = len(pattern) - length + phase
    left = length - phase
    if left > quarter:
        return np.float32(pattern[at])
    weight = np.float32(left / (quarter + 1))
    return np.float32(weight * pattern[at] + (np.float32(1) - weight) * pattern[at - length])
