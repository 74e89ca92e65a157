"""The beep of an answering machine: one steady tone.

A pure tone obeys x[n] + x[n-2] = 2 cos(w) x[n-1]. The best c for the left side over a frame gives the frequency, and
what it leaves over tells how pure the tone is.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .compiled import fast_kernel, kernel

FRAME_MS = 20
LOWEST_HZ = 350
HIGHEST_HZ = 2500
QUIETEST = np.float32(2 * 200.0**2)
"""-41 dBov: quieter tones are echoes and far away."""
NOISE = np.float32(5e-4)
"""Of the energy: what G.711 leaves over, as white noise at -33 dB."""
SPREAD_HZ = 30
"""How far the energy may lie around the frequency, as its standard deviation: voices have harmonics farther away."""
STEADY_FREQUENCY = np.float32(0.02)
STEADY_LEVEL = np.float32(2)
"""From frame to frame: 2 % and 3 dB, which two beating tones like ringback do not keep."""

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
    state[HZ] = hz
    state[ENERGY] = energy
    if not steady:
        state[RUN] = np.float32(1 if hz > np.float32(0) else 0)
        state[REPORTED] = np.float32(0)
        return False
    state[RUN] += np.float32(1)
    if state[REPORTED] > np.float32(0) or state[RUN] * np.float32(FRAME_MS) < np.float32(min_ms):
        return False
    state[REPORTED] = np.float32(1)
    return True


@kernel
def _frequency(frame: NDArray[np.float32], energy: np.float32, rate: int) -> np.float32:
    """Return the frequency of a frame that is one tone, or 0."""
    if energy < QUIETEST or len(frame) < 3:
        return np.float32(0)
    squares, products, power = _sums(frame)
    c = products / max(power, np.float32(1))
    if abs(c) >= np.float32(2):
        return np.float32(0)
    left_over = squares - c * products
    spread = np.float32(2 * math.pi * SPREAD_HZ / rate)
    # The residual of white noise is 2 + c^2 of its energy; that of a frequency off by d radians 4 sin^2(w) d^2.
    allowed = NOISE * (np.float32(2) + c * c) + (np.float32(4) - c * c) * spread * spread
    if left_over > allowed * power:
        return np.float32(0)
    hz = np.float32(math.acos(c / np.float32(2)) * rate / (2 * math.pi))
    return hz if np.float32(LOWEST_HZ) <= hz <= np.float32(HIGHEST_HZ) else np.float32(0)


@fast_kernel
def _sums(frame: NDArray[np.float32]) -> tuple[np.float32, np.float32, np.float32]:
    squares = np.float32(0)
    products = np.float32(0)
    power = np.float32(0)
    before, middle, after = frame[:-2], frame[1:-1], frame[2:]
    for i in range(len(middle)):
        both = after[i] + before[i]
        squares += both * both
        products += both * middle[i]
        power += middle[i] * middle[i]
    return squares, products, power
