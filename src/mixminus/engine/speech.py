"""Whether somebody speaks: energy over the line's own noise floor.

Thresholds as in the house's media reference: 9 dB over the minimum of 15 s, 100 ms to start, 800 ms to stop.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .compiled import fast_kernel, kernel

STARTED = 1
STOPPED = -1
UNCHANGED = 0

FLOOR_RATIO = np.float32(7.94)
"""9 dB: a voice over its own line's noise, in energy."""
QUIET = np.float32(104.0**2)
"""-50 dBov in energy: below it a frame is never speech, however quiet the line was before."""
START_FRAMES = 5
"""100 ms: longer than a click or a key stroke."""
STOP_FRAMES = 40
"""800 ms: longer than the pauses inside a sentence."""
WINDOW_FRAMES = 50
WINDOWS = 15
"""The minimum is kept for each second, so that a frame costs one comparison and 15 s are remembered."""

SPEAKING, RUN, FRAME, WINDOW, LOWEST, FLOOR, MINIMA = range(7)
STATE = MINIMA + WINDOWS
"""Length of a state row (float32). All zeros is the start: 15 s of perfect silence."""


@fast_kernel
def mean_square(frame: NDArray[np.float32]) -> np.float32:
    """Return the energy of a frame: the mean of its squared samples."""
    total = np.float32(0)
    for i in range(len(frame)):
        total += frame[i] * frame[i]
    return np.float32(total / np.float32(max(len(frame), 1)))


@kernel
def is_speaking(state: NDArray[np.float32]) -> bool:
    """Tell whether speech has started and not stopped."""
    return bool(state[SPEAKING] > np.float32(0))


@kernel
def detect(energy: np.float32, state: NDArray[np.float32]) -> int:
    """Take the energy of the next 20 ms and return STARTED, STOPPED or UNCHANGED."""
    speaking = state[SPEAKING] > np.float32(0)
    loud = energy > max(QUIET, FLOOR_RATIO * state[FLOOR])
    _follow_floor(energy, state)
    if loud == speaking:
        state[RUN] = np.float32(0)
        return UNCHANGED
    state[RUN] += np.float32(1)
    if state[RUN] < np.float32(STOP_FRAMES if speaking else START_FRAMES):
        return UNCHANGED
    state[RUN] = np.float32(0)
    state[SPEAKING] = np.float32(0) if speaking else np.float32(1)
    return STOPPED if speaking else STARTED


@kernel
def _follow_floor(energy: np.float32, state: NDArray[np.float32]) -> None:
    state[LOWEST] = min(state[LOWEST], energy)
    state[FLOOR] = min(state[FLOOR], energy)
    state[FRAME] += np.float32(1)
    if state[FRAME] < np.float32(WINDOW_FRAMES):
        return
    state[MINIMA + int(state[WINDOW])] = state[LOWEST]
    state[WINDOW] = np.float32((int(state[WINDOW]) + 1) % WINDOWS)
    state[FLOOR] = state[MINIMA]
    for i in range(MINIMA + 1, STATE):
        state[FLOOR] = min(state[FLOOR], state[i])
    state[LOWEST] = np.float32(np.inf)
    state[FRAME] = np.float32(0)
