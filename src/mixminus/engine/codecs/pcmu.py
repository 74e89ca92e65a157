"""ITU-T G.711 mu-law.

A mu-law code is a tiny float: sign, 3 bits of exponent, 4 of mantissa. So both directions shift the bits of a float32
into place, which vectorises; a table look-up for each sample takes four times as long.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..compiled import kernel

SILENCE = 0xFF

BIAS = np.float32(132)
"""Added to a magnitude, it makes every segment begin at a power of two (G.711 table 2a, in 16 bits)."""
LARGEST = np.float32(32635)
"""The largest magnitude that stays in the last segment with its bias."""
EXPONENT = np.int32(134 << 4)
"""The float32 exponent of segment 0, above the four bits of the mantissa."""
MANTISSA_SHIFT = np.int32(19)
HALF_STEP = np.int32(1 << 18)
"""A code stands for the middle of its interval."""


@kernel
def decode(payload: NDArray[np.uint8], frame: NDArray[np.float32]) -> None:
    """Write the samples of a payload to the front of a frame that is at least as long."""
    for i in range(len(payload)):
        code = np.int32(payload[i]) ^ np.int32(0xFF)
        bits = (((code & np.int32(0x7F)) + EXPONENT) << MANTISSA_SHIFT) | HALF_STEP
        magnitude = np.int32(bits).view(np.float32) - BIAS
        frame[i] = -magnitude if code & np.int32(0x80) else magnitude


@kernel
def encode(frame: NDArray[np.float32], payload: NDArray[np.uint8]) -> None:
    """Write the nearest codes for the first `len(payload)` samples, which saturate at the largest level."""
    for i in range(len(payload)):
        sample = frame[i]
        biased = np.float32(min(abs(sample), LARGEST) + BIAS)
        code = (biased.view(np.int32) >> MANTISSA_SHIFT) - EXPONENT
        sign = np.int32(0x80) if sample < np.float32(0) else np.int32(0)
        payload[i] = np.uint8((code | sign) ^ np.int32(0xFF))
