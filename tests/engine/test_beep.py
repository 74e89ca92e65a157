"""The beep of an answering machine."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from mixminus.engine import beep, speech
from mixminus.engine.codecs import pcmu

Signal = NDArray[np.float32]


def tone(hz: float, ms: int, rate: int = 8000, level: float = 6000) -> Signal:
    return np.asarray(level * np.sin(2 * np.pi * hz / rate * np.arange(rate * ms // 1000)), np.float32)


def through_mu_law(signal: Signal) -> Signal:
    payload, out = np.zeros(len(signal), np.uint8), np.zeros(len(signal), np.float32)
    pcmu.encode(signal, payload)
    pcmu.decode(payload, out)
    return out


def heard_at(signal: Signal, rate: int = 8000, min_ms: int = 200) -> list[int]:
    """Return the frames at which a beep is reported."""
    state = np.zeros(beep.STATE, np.float32)
    frames = signal.reshape(-1, rate // 50)
    return [i for i, f in enumerate(frames) if beep.watch(f, speech.mean_square(f), rate, min_ms, state)]


@pytest.mark.parametrize("rate", [8000, 16000])
@pytest.mark.parametrize("hz", [360, 440, 700, 1000, 1400, 2000, 2450])
def test_a_steady_tone_is_reported_once_it_has_lasted(hz: float, rate: int) -> None:
    signal = np.concatenate((tone(0, 100, rate), through_mu_law(tone(hz, 600, rate)), tone(0, 100, rate)))
    assert heard_at(signal, rate) == [5 + 9]


def test_each_beep_is_reported() -> None:
    assert len(heard_at(np.concatenate((tone(900, 400), tone(0, 200), tone(900, 400))))) == 2


def test_a_beep_shorter_than_asked_is_not_reported() -> None:
    assert heard_at(np.concatenate((tone(900, 400), tone(0, 200))), min_ms=500) == []


@pytest.mark.parametrize("hz", [100, 300, 2600, 3400])
def test_tones_outside_the_range_are_not_reported(hz: float) -> None:
    assert heard_at(tone(hz, 600)) == []


@pytest.mark.parametrize("pair", [(440, 480), (350, 440), (697, 1209), (941, 1633), (480, 620)])
def test_two_tones_are_no_beep(pair: tuple[int, int]) -> None:
    assert heard_at(tone(pair[0], 2000) + tone(pair[1], 2000)) == []


def test_a_quiet_tone_is_no_beep() -> None:
    assert heard_at(tone(1000, 600, level=200)) == []


def test_a_gliding_tone_is_no_beep() -> None:
    phase = 2 * np.pi * np.cumsum(np.linspace(400, 2400, 16000)) / 8000
    assert heard_at((6000 * np.sin(phase)).astype(np.float32), min_ms=400) == []


@pytest.mark.parametrize("pitch", range(90, 260, 10))
def test_a_steady_voice_is_no_beep(pitch: int) -> None:
    t = np.arange(8000) / 8000
    harmonics = np.array([np.sin(2 * np.pi * pitch * k * t + k * k) / k for k in range(1, 12)])
    assert heard_at(np.asarray(harmonics.sum(axis=0) * 5000, np.float32)) == []


def test_noise_is_no_beep() -> None:
    noise = np.random.default_rng(2).standard_normal(8000 * 20) * 4000
    assert heard_at(noise.astype(np.float32), min_ms=40) == []
