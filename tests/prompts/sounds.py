"""Audio files that the tests of this package make."""

from __future__ import annotations

import io
import struct

import av
import numpy as np

from mixminus.switch.ports import Samples


def tone(hertz: float, seconds: float, rate: int) -> Samples:
    """Return a tone at a quarter of full scale."""
    time_s = np.arange(round(seconds * rate)) / rate
    return np.asarray(8000 * np.sin(2 * np.pi * hertz * time_s), np.int16)


def pitch(samples: Samples, rate: int) -> float:
    """Return the strongest frequency in Hz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * rate / len(samples))


def rms(samples: Samples) -> float:
    """Return the root mean square."""
    return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2)))


def wav(samples: Samples, rate: int, channels: int = 1, codec: int = 1) -> bytes:
    """Return a wav file; `codec` is the format tag of its header."""
    data = np.repeat(samples, channels).tobytes()
    head = struct.pack("<HHIIHH", codec, channels, rate, rate * channels * 2, channels * 2, 16)
    chunks = b"fmt " + struct.pack("<I", len(head)) + head + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def encoded(samples: Samples, rate: int, codec: str, container: str) -> bytes:
    """Return a file made by the reference encoder."""
    file = io.BytesIO()
    with av.open(file, "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate, layout="mono")
        assert isinstance(stream, av.AudioStream)
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = rate
        resampler = av.AudioResampler(stream.format.name, "mono", rate, frame_size=stream.frame_size or None)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            output.mux(stream.encode(part))
        output.mux(stream.encode(None))
    return file.getvalue()
