"""The audio codecs, one file each, and the number that stands for each in the engine's table."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..compiled import kernel
from . import l16, pcma, pcmu

PCMU = 0
PCMA = 1
L16 = 2

_decode_pcmu, _decode_pcma, _decode_l16 = pcmu.decode, pcma.decode, l16.decode
_encode_pcmu, _encode_pcma, _encode_l16 = pcmu.encode, pcma.encode, l16.encode


@kernel
def sample_bytes(codec: int) -> int:
    """Return how many bytes of payload a sample takes."""
    return 2 if codec == L16 else 1


@kernel
def decode(codec: int, payload: NDArray[np.uint8], frame: NDArray[np.float32]) -> None:
    """Write the samples of a payload to the front of a frame that has room for them."""
    if codec == PCMU:
        _decode_pcmu(payload, frame)
    elif codec == PCMA:
        _decode_pcma(payload, frame)
    else:
        _decode_l16(payload, frame)


@kernel
def encode(codec: int, frame: NDArray[np.float32], payload: NDArray[np.uint8]) -> None:
    """Fill a payload with the first samples of a frame."""
    if codec == PCMU:
        _encode_pcmu(frame, payload)
    elif codec == PCMA:
        _encode_pcma(frame, payload)
    else:
        _encode_l16(frame, payload)
