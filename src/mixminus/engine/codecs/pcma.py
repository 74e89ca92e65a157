"""ITU-T G.711 A-law.

Like mu-law a tiny float, but segment 0 is linear: it has the steps of segment 1 without its leading bit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..compiled import kernel

SILENCE = 0xD5

LINEAR = np.float32(256)
"""Where segment 1 begins; below it the steps do not shrink any more (G.711 table 1a, in 16 bits)."""
LARGEST = np.float32(32767)
EXPONENT = np.int32(134 << 4)
"""The float32 exponent that segment 0 would have if it were not linear, above the four bits of the mantissa."""
SEGMENT = np.int32(16)
MANTISSA_SHIFT = np.int32(19)
HALF_STEP = np.int32(1 << 18)
"""A code stands for the middle of its interval."""
EVEN_BITS = np.int32(0x55)
"""G.711 inverts the even bits, so that silence on the line has many ones."""


@kernel
def decode(payload: NDArray[np.uint8], frame: NDArray[np.float32]) -> None:
    """Write the samples of a payload to the front of a frame that is at least as long."""
    for i in range(len(payload)):
        inverted = np.int32(payload[i]) ^ EVEN_BITS
        code = inverted & np.int32(0x7F)
        linear = code < SEGMENT
        bits = ((code + EXPONENT + (SEGMENT if linear else np.int32(0))) << MANTISSA_SHIFT) | HALF_STEP
        magnitude = np.int32(bits).view(np.float32) - (LINEAR if linear else np.float32(0))
        frame[i] = magnitude if inverted & np.int32(0x80) else -magnitude


@kernel
def encode(frame: NDArray[np.float32], payload: NDArray[np.uint8]) -> None:
    """Write the nearest codes for the first `len(payload)` samples, which saturate at the largest level."""
    for i in range(len(payload)):
        sample = frame[i]
        magnitude = min(abs(sample), LARGEST)
        linear = magnitude < LINEAR
        lifted = np.float32(magnitude + (LINEAR if linear else np.float32(0)))
        code = (lifted.view(np.int32) >> MANTISSA_SHIFT) - EXPONENT - (SEGMENT if linear else np.int32(0))
        sign = np.int32(0) if sample < np.float32(0) else np.int32(0x80)
        payload[i] = np.uint8((code | sign) ^ EVEN_BITS)
