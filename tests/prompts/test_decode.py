from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mixminus.prompts import decode as module
from mixminus.prompts.decode import decode, resample
from mixminus.switch.ports import PromptProblem, Samples

from .sounds import encoded, pitch, tone, wav


def _decoded(data: bytes, rate: int) -> Samples:
    samples = decode(data, rate)
    assert not isinstance(samples, PromptProblem)
    return samples


@pytest.mark.parametrize("rate", [8000, 16000])
@pytest.mark.parametrize("source_rate", [8000, 11025, 16000, 44100, 48000])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_wav_file_keeps_its_pitch_and_length(rate: int, source_rate: int, channels: int) -> None:
    samples = _decoded(wav(tone(440, 1, source_rate), source_rate, channels), rate)
    assert samples.dtype == np.int16
    assert len(samples) == pytest.approx(rate, abs=rate // 100)
    assert pitch(samples, rate) == pytest.approx(440, abs=2)


@pytest.mark.parametrize(
    ("codec", "container", "source_rate"),
    [
        ("libmp3lame", "mp3", 44100),
        ("libmp3lame", "mp3", 8000),
        ("pcm_mulaw", "wav", 8000),
        ("pcm_alaw", "wav", 8000),
        ("adpcm_ms", "wav", 8000),
    ],
)
def test_files_of_the_reference_encoder(codec: str, container: str, source_rate: int) -> None:
    samples = _decoded(encoded(tone(440, 1, source_rate), source_rate, codec, container), 8000)
    assert len(samples) == pytest.approx(8000, abs=1200)
    assert pitch(samples[1000:7000], 8000) == pytest.approx(440, abs=3)


def test_a_playlist_does_not_open_files_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A URL body of `ffconcat version 1.0\\nfile rec.wav` made PyAV decode a local file."""
    (tmp_path / "rec.wav").write_bytes(wav(tone(440, 1, 8000), 8000))
    monkeypatch.chdir(tmp_path)
    playlist = b"ffconcat version 1.0\nfile rec.wav\n"
    assert isinstance(decode(playlist, 8000), PromptProblem)
    assert isinstance(decode(f"ffconcat version 1.0\nfile {tmp_path}/rec.wav\n".encode(), 8000), PromptProblem)


@pytest.mark.parametrize("codec", ["flac", "libopus", "pcm_s16le"])
def test_other_containers_are_refused(codec: str) -> None:
    container = {"flac": "flac", "libopus": "ogg", "pcm_s16le": "matroska"}[codec]
    assert isinstance(decode(encoded(tone(440, 1, 8000), 8000, codec, container), 8000), PromptProblem)


@pytest.mark.parametrize("data", [b"", b"<html></html>", bytes(100_000), b"RIFF", b"ID3" + bytes(1000)])
def test_what_is_no_audio(data: bytes) -> None:
    assert isinstance(decode(data, 8000), PromptProblem)


def test_a_file_that_breaks_off_gives_what_there_is() -> None:
    whole = wav(tone(440, 2, 8000), 8000)
    assert len(_decoded(whole[: len(whole) // 2], 8000)) == pytest.approx(8000, abs=100)


@pytest.mark.parametrize(("rate", "channels"), [(1, 1), (4_000_000_000, 1), (8000, 200)])
def test_headers_that_ask_too_much_are_refused(rate: int, channels: int) -> None:
    file = bytearray(wav(tone(440, 0.1, 8000), 8000))
    file[22:24] = channels.to_bytes(2, "little")
    file[24:28] = rate.to_bytes(4, "little")
    assert isinstance(decode(bytes(file), 8000), PromptProblem)


def test_a_prompt_has_a_longest_length(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PROMPT_S_MAX", 1)
    file = wav(tone(440, 5, 8000), 8000)
    assert isinstance(decode(file, 8000), PromptProblem)


@pytest.mark.parametrize("rate", [8000, 16000, 22050])
def test_resampling_keeps_pitch_and_length(rate: int) -> None:
    samples = resample(tone(440, 1, 22050), 22050, rate)
    assert len(samples) == pytest.approx(rate, abs=rate // 100)
    assert pitch(samples, rate) == pytest.approx(440, abs=2)


def test_nothing_resampled_is_nothing() -> None:
    assert len(resample(np.zeros(0, np.int16), 22050, 8000)) == 0
