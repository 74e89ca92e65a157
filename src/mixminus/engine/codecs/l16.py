"""L16: linear 16-bit samples in network byte order (RFC 3551 §4.5.11)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..compiled import kernel

LOWEST = np.float32(-32768)
HIGHEST = np.float32(32767)
HALF = np.float32(0.5)
BYTE = np.int32(0xFF)
EIGHT = np.int32(8)
SIGN = np.int32(0x8000)


@kernel
def decode(payload: NDArray[np.uint8], frame: NDArray[np.float32]) -> None:
    """Write the samples of a payload to the front of a frame at least half as long; an odd last byte is left out."""
    for i in range(len(payload) // 2):
        word = (np.int32(payload[2 * i]) << EIGHT) | np.int32(payload[2 * i + 1])
        frame[i] = np.float32((word ^ SIGN) - SIGN)


@kernel
def encode(frame: NDArray[np.float32], payload: NDArray[np.uint8]) -> None:
    """Write the first `len(payload) // 2` samples, rounded and saturated."""
    for i in range(len(payload) // 2):
        word = np.int32(np.floor(min(max(frame[i], LOWEST), HIGHEST) + HALF))
        payload[2 * i] = np.uint8((word >> EIGHT) & BYTE)
        payload[2 * i + 1] = np.uint8(word & BYTE)
