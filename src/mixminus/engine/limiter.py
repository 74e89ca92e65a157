"""A limiter for each listener's mix: it turns loud moments down instead of clipping them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .compiled import fast_kernel, kernel

CEILING = np.float32(30000)
"""0.8 dB below full scale: what leaves the limiter never exceeds it."""
ATTACK_MS = 5
"""Fast enough for a plosive, slow enough not to click."""
RELEASE = np.float32(0.02)
"""Gain regained a frame: a second from silence to unity, which is not heard as pumping."""
MAGNITUDE = np.int32(0x7FFFFFFF)
"""The bits of a float32 without its sign."""
STATE = 1
"""Length of a state row (float32): by how much the gain is below 1, so that all zeros is the start."""


@kernel
def peak_of(frame: NDArray[np.float32]) -> np.float32:
    """Return the largest magnitude in a frame."""
    # The bits of positive floats sort like integers, and only an integer maximum is vectorised.
    peak = np.int32(0)
    for i in range(len(frame)):
        peak = np.int32(max(peak, np.float32(frame[i]).view(np.int32) & MAGNITUDE))
    return np.int32(peak).view(np.float32)


@kernel
def limit(frame: NDArray[np.float32], state: NDArray[np.float32], rate: int) -> np.float32:
    """Scale a frame in place so that no sample exceeds CEILING; return the peak that it had."""
    peak = peak_of(frame)
    reduction = state[0]
    if reduction == np.float32(0) and peak <= CEILING:
        return peak
    gain = np.float32(1) - reduction
    wanted = np.float32(1) if peak <= CEILING else np.float32(CEILING / peak)
    target = min(wanted, gain + RELEASE)
    ramp = min(len(frame), rate * ATTACK_MS // 1000) if target < gain else len(frame)
    _scale(frame, ramp, gain, target)
    state[0] = max(np.float32(0), np.float32(1) - target)
    return peak


@fast_kernel
def _scale(frame: NDArray[np.float32], ramp: int, gain: np.float32, target: np.float32) -> None:
    step = np.float32((target - gain) / np.float32(max(ramp, 1)))
    for i in range(ramp):
        scaled = frame[i] * (gain + step * np.float32(i + 1))
        # While the gain is still coming down a peak may stand out: it alone is cut.
        frame[i] = min(max(scaled, -CEILING), CEILING)
    for i in range(ramp, len(frame)):
        frame[i] = min(max(frame[i] * target, -CEILING), CEILING)
