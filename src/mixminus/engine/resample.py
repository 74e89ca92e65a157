"""Twice or half the rate, frame by frame, with a half-band low-pass filter in its two phases.

Every second coefficient of a half-band filter is zero but the middle one, so one phase is a mere delay.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .compiled import fast_kernel, kernel

HALF = 12
"""Pairs of coefficients: passes 3.4 of 4 kHz and rejects what would fold back below that by 50 dB."""
KAISER_BETA = 5.0
SPAN = 2 * HALF
LONGEST = 640
"""Samples in a frame at either rate: 40 ms at 16 kHz."""
STATE = 2 * (SPAN + LONGEST)
"""Length of a state row (float32): two phases, each the tail of the last frame and room for the next.

All zeros is the start.
"""


def _coefficients() -> NDArray[np.float32]:
    """Return the odd coefficients from the middle outwards, scaled so that both phases have gain 1."""
    n = np.arange(1, SPAN, 2)
    window = np.kaiser(4 * HALF - 1, KAISER_BETA)[2 * HALF - 1 + n]
    ideal = np.sin(np.pi * n / 2) / (np.pi * n / 2) * window
    return np.asarray(ideal / (2 * ideal.sum()), np.float32)


COEFFICIENTS = _coefficients()


@fast_kernel
def up(frame: NDArray[np.float32], out: NDArray[np.float32], state: NDArray[np.float32]) -> None:
    """Write a frame at twice the rate; `out` is twice as long. Delays by 12 samples of the frame's rate."""
    count = len(frame)
    line = state[: SPAN + count]
    fresh, delayed, between = line[SPAN:], line[HALF:], state[SPAN + LONGEST : SPAN + LONGEST + count]
    for i in range(count):
        fresh[i] = frame[i]
    _interpolate(line[1:], between)
    for i in range(count):
        out[2 * i] = delayed[i]
        out[2 * i + 1] = between[i]
    _keep(line, count)


@fast_kernel
def down(frame: NDArray[np.float32], out: NDArray[np.float32], state: NDArray[np.float32]) -> None:
    """Write a frame at half the rate; `out` is half as long. Delays by 24 samples of the frame's rate."""
    count = len(out)
    even, odd = state[: SPAN + count], state[SPAN + LONGEST : 2 * SPAN + LONGEST + count]
    fresh_even, fresh_odd, delayed = even[SPAN:], odd[SPAN:], even[HALF:]
    for i in range(count):
        fresh_even[i] = frame[2 * i]
        fresh_odd[i] = frame[2 * i + 1]
    _interpolate(odd, out)
    for i in range(count):
        out[i] = np.float32(0.5) * (delayed[i] + out[i])
    _keep(even, count)
    _keep(odd, count)


@fast_kernel
def _interpolate(line: NDArray[np.float32], out: NDArray[np.float32]) -> None:
    """Write the values half way between line[i + 11] and line[i + 12]; one pass a coefficient, which vectorises."""
    count = len(out)
    for i in range(count):
        out[i] = np.float32(0)
    for k in range(HALF):
        weight = COEFFICIENTS[k]
        left = line[HALF - 1 - k : HALF - 1 - k + count]
        right = line[HALF + k : HALF + k + count]
        for i in range(count):
            out[i] += weight * (left[i] + right[i])


@kernel
def _keep(line: NDArray[np.float32], count: int) -> None:
    """Move the last SPAN samples of a line to its front."""
    tail = line[count:]
    for i in range(SPAN):
        line[i] = tail[i]
