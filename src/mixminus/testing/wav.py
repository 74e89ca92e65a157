"""WAV files for pages that play something."""

from __future__ import annotations

import io
import wave

import numpy as np
from numpy.typing import NDArray


def as_wav(samples: NDArray[np.int16], rate: int = 8000) -> bytes:
    """Return a mono 16-bit WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(samples.astype("<i2").tobytes())
    return file.getvalue()
