"""A ring of samples by position: a power of two of them, each present or ABSENT."""

from __future__ import annotations

import numpy as np

from .compiled import fast_kernel, kernel
from .layout import ABSENT, RING, Floats, Pcm

LOWEST = np.float32(-32767)
"""One above ABSENT, and of the samples' own type: a wider one would keep the loop from being vectorised."""
HIGHEST = np.int16(32767)
NONE = np.int16(ABSENT)


@fast_kernel
def take(ring: Pcm, position: int, samples: Floats) -> bool:
    """Move samples out of the ring; False if one of them has not arrived. Absent samples come out as ABSENT."""
    first = position & (RING - 1)
    count = samples.shape[0]
    before_end = min(count, RING - first)
    lowest = _lift(ring[first : first + before_end], samples[:before_end])
    if before_end < count:
        lowest = min(lowest, _lift(ring[: count - before_end], samples[before_end:]))
    return lowest > ABSENT


@kernel
def wipe(ring: Pcm, position: int, count: int) -> None:
    """Forget samples unread."""
    for i in range(count):
        ring[(position + i) & (RING - 1)] = ABSENT


@kernel
def has(ring: Pcm, position: int, count: int) -> bool:
    """Tell whether all these samples have arrived."""
    for i in range(count):  # noqa: SIM110  (Numba compiles no generators inside all())
        if ring[(position + i) & (RING - 1)] == ABSENT:
            return False
    return True


@kernel
def store(ring: Pcm, position: int, samples: Floats) -> None:
    """Lay samples into the ring, kept above ABSENT."""
    first = position & (RING - 1)
    count = samples.shape[0]
    before_end = min(count, RING - first)
    _lay(samples[:before_end], ring[first : first + before_end])
    if before_end < count:
        _lay(samples[before_end:], ring[: count - before_end])


@fast_kernel
def _lay(samples: Floats, place: Pcm) -> None:
    for i in range(samples.shape[0]):
        place[i] = np.int16(max(samples[i], LOWEST))


@fast_kernel
def _lift(place: Pcm, samples: Floats) -> int:
    lowest = HIGHEST
    for i in range(samples.shape[0]):
        sample = place[i]
        samples[i] = np.float32(sample)
        lowest = min(lowest, sample)
        place[i] = NONE
    return int(lowest)
