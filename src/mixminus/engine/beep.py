"""The beep of an answering machine: one steady tone.

A pure tone obeys x[n] + x[n-2k] = 2 cos(kw) x[n-k]. The best factor c for that over a frame gives the frequency, with
k = 1; and what it leaves over tells how pure the tone is, best where kw is an odd multiple of a quarter turn.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .compiled import fast_kernel, kernel

FRAME_MS = 20
SHORTEST_FRAME_MS = 10
"""Twice the longest lag and as much again."""
LOWEST_HZ = 350
HIGHEST_HZ = 2500
QUIETEST = np.float32(2 * 200.0**2)
"""-41 dBov: quieter tones are echoes and far away."""
IMPURITY = np.float32(0.02)
"""Of the energy: noise at -20 dB, or two tones 20 Hz apart; a voice's harmonics are farther apart."""
PURITY_LAG = 1 / 800
"""Seconds: the lag, about, over which purity is measured; a longer one would refuse tones that waver."""
STEADY_FREQUENCY = np.float32(0.02)
STEADY_LEVEL = np.float32(2)
"""Over the whole beep: 2 % and 3 dB."""

HZ, ENERGY, RUN, REPORTED = range(4)
STATE = 8
"""Length of a state row (float32). All zeros is the start."""


@kernel
def watch(frame: NDArray[np.float32], energy: np.float32, rate: int, min_ms: int, state: NDArray[np.float32]) -> bool:
    """Take the next 20 ms and its mean square; return True once for each steady tone, when it has lasted `min_ms`."""
    hz = _frequency(frame, energy, rate)
    steady = (
        hz > np.float32(0)
        and abs(hz - state[HZ]) < STEADY_FREQUENCY * hz
        and max(energy, state[ENERGY]) < STEADY_LEVEL * min(energy, state[ENERGY])
    )
    if not steady:
        state[HZ], state[ENERGY], state[REPORTED] = hz, energy, np.float32(0)
        state[RUN] = np.float32(1 if hz > np.float32(0) else 0)
        return False
    state[RUN] += np.float32(1)
    if state[REPORTED] > np.float32(0) or state[RUN] * np.float32(FRAME_MS) < np.float32(min_ms):
        return False
    state[REPORTED] = np.float32(1)
    return True


@kernel
def _frequency(frame: NDArray[np.float32], energy: np.float32, rate: int) -> np.float32:
    """Return the frequency of a frame that is one tone, or 0."""
    if energy < QUIETEST or len(frame) < SHORTEST_FRAME_MS * rate // 1000:
        return np.float32(0)
    squares, products, power = _sums(frame, 1)
    c = products / max(power, np.float32(1))
    if abs(c) >= np.float32(2):
        return np.float32(0)
    hz = math.acos(c / np.float32(2)) * rate / (2 * math.pi)
    if not LOWEST_HZ <= hz <= HIGHEST_HZ:
        return np.float32(0)
    quarter = rate / hz / 4
    lag = int((2 * int(PURITY_LAG * rate / quarter / 2) + 1) * quarter + 0.5)
    squares, products, power = _sums(frame, lag)
    left_over = squares - products * products / max(power, np.float32(1))
    return np.float32(hz) if left_over < IMPURITY * power else np.float32(0)


@fast_kernel
def _sums(frame: NDArray[np.float32], lag: int) -> tuple[np.float32, np.float32, np.float32]:
    squares = np.float32(0)
    products = np.float32(0)
    power = np.float32(0)
    count = len(frame) - 2 * lag
    before, middle, after = frame[:count], frame[lag : lag + count], frame[2 * lag :]
    for i in range(count):
        both = after[i] + before[i]
        squares += both * both
        products += both * middle[i]
        power += middle[i] * middle[i]
    return squares, products, power
