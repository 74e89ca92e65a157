"""WAV files for pages."""

from __future__ import annotations

import io
import wave

import numpy as np

from mixminus.testing.tones import tone
from mixminus.testing.wav import as_wav


def test_the_samples_are_in_the_file() -> None:
    samples = tone(440, 100)
    with wave.open(io.BytesIO(as_wav(samples)), "rb") as reader:
        assert (reader.getnchannels(), reader.getsampwidth(), reader.getframerate()) == (1, 2, 8000)
        assert (np.frombuffer(reader.readframes(800), "<i2") == samples).all()
