"""Audio files turned into samples."""

from __future__ import annotations

import io
from collections.abc import Iterator

import av
import numpy as np
from av.container import InputContainer

from ..switch.ports import PromptProblem, Samples

PROMPT_S_MAX = 3600
"""An hour at 16 kHz is 115 MB of samples: what one prompt may take of the server's memory."""

SOURCE_RATES = range(4000, 192_001)
SOURCE_CHANNELS_MAX = 8

OPTIONS = {
    # Without this list a body that is a playlist (ffconcat) makes the decoder open files of this machine.
    "format_whitelist": "mp3,wav",
    # Of the hundred codecs a wav header may name, those that are audio of a telephone system.
    "codec_whitelist": "mp3,mp3float,pcm_s16le,pcm_u8,pcm_s24le,pcm_s32le,pcm_f32le,pcm_f64le,pcm_mulaw,pcm_alaw,"
    "adpcm_ms,adpcm_ima_wav,gsm_ms",
    "protocol_whitelist": "",
}


def decode(data: bytes, rate: int) -> Samples | PromptProblem:
    """Decode an mp3 or wav file to mono int16 at `rate` Hz; a file that breaks off gives what there is of it.

    CPU: about 60 ms for a minute of 44.1 kHz stereo mp3, mostly without the interpreter's lock.
    """
    chunks: list[Samples] = []
    try:
        with av.open(io.BytesIO(data), "r", options=OPTIONS, metadata_errors="ignore") as container:
            length = 0
            for chunk in _chunks(container, rate):
                chunks.append(chunk)
                length += len(chunk)
                if length > PROMPT_S_MAX * rate:
                    return PromptProblem(f"the audio is longer than {PROMPT_S_MAX // 60} minutes")
    except av.FFmpegError as error:
        if not chunks:
            return PromptProblem(f"not an mp3 or wav file: {error.strerror}")
    except (ValueError, OverflowError) as error:
        if not chunks:
            return PromptProblem(f"not an mp3 or wav file: {error}")
    return np.concatenate(chunks) if chunks else PromptProblem("the file has no audio in it")


def resample(samples: Samples, source_rate: int, rate: int) -> Samples:
    """Convert mono int16 samples from one rate (Hz) to another."""
    if source_rate == rate or not len(samples):
        return samples
    frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = source_rate
    resampler = _resampler(rate)
    return np.concatenate([_mono(part) for source in (frame, None) for part in resampler.resample(source)])


def _chunks(container: InputContainer, rate: int) -> Iterator[Samples]:
    if not container.streams.audio:
        return
    stream = container.streams.audio[0]
    context = stream.codec_context
    if context.sample_rate not in SOURCE_RATES or context.channels > SOURCE_CHANNELS_MAX:
        raise ValueError(f"{context.sample_rate} Hz with {context.channels} channels")
    resampler = _resampler(rate)
    for frame in container.decode(stream):
        for part in resampler.resample(frame):
            yield _mono(part)
    for part in resampler.resample(None):
        yield _mono(part)


def _resampler(rate: int) -> av.AudioResampler:
    return av.AudioResampler(format="s16", layout="mono", rate=rate)


def _mono(frame: av.AudioFrame) -> Samples:
    return np.asarray(frame.to_ndarray()[0], np.int16)
