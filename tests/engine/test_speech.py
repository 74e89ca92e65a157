"""Speech detection against the thresholds of the media design."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from mixminus.engine import speech


def noise(level: float, seconds: float, rate: int = 8000, seed: int = 1) -> NDArray[np.float32]:
    frames = int(seconds * 50)
    samples = np.random.default_rng(seed).standard_normal((frames, rate // 50)) * level
    return samples.astype(np.float32)


def changes(state: NDArray[np.float32], frames: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Return (frame, change) for each change."""
    results = [(i, speech.detect(speech.mean_square(frame), state)) for i, frame in enumerate(frames)]
    return [(i, change) for i, change in results if change]


@pytest.fixture
def state() -> NDArray[np.float32]:
    return np.zeros(speech.STATE, np.float32)


@pytest.mark.parametrize("rate", [8000, 16000])
def test_speech_starts_after_100_ms_and_stops_after_800_ms(state: NDArray[np.float32], rate: int) -> None:
    """Design §3: "energy over an adaptive floor (minimum over 15 s, +9 dB), 100 ms on, 800 ms off"."""
    assert changes(state, noise(20, 1, rate)) == []
    assert changes(state, noise(2000, 1, rate)) == [(4, speech.STARTED)]
    assert speech.is_speaking(state)
    assert changes(state, noise(20, 1, rate)) == [(39, speech.STOPPED)]
    assert not speech.is_speaking(state)


def test_a_click_shorter_than_100_ms_is_not_speech(state: NDArray[np.float32]) -> None:
    for _ in range(50):
        assert changes(state, noise(5000, 0.08)) == []
        assert changes(state, noise(20, 0.2)) == []


def test_a_pause_shorter_than_800_ms_does_not_stop_speech(state: NDArray[np.float32]) -> None:
    changes(state, noise(2000, 0.5))
    assert changes(state, noise(10, 0.76)) == []
    assert changes(state, noise(2000, 0.5)) == []


def test_digital_silence_and_quiet_noise_never_count(state: NDArray[np.float32]) -> None:
    assert changes(state, noise(0, 20)) == []
    assert changes(state, noise(80, 20)) == []


def test_a_noisy_line_becomes_its_own_floor(state: NDArray[np.float32]) -> None:
    changes(state, noise(300, 17))
    assert not speech.is_speaking(state)
    assert changes(state, noise(450, 5)) == []
    assert changes(state, noise(1500, 1)) == [(4, speech.STARTED)]


def test_the_floor_comes_down_at_once_and_goes_up_after_15_s(state: NDArray[np.float32]) -> None:
    changes(state, noise(300, 17))
    changes(state, noise(0, 0.1))
    (started, first), (stopped, last) = changes(state, noise(300, 17))
    assert (started, first, last) == (4, speech.STARTED, speech.STOPPED)
    assert 15 * 50 <= stopped - 40 <= 16 * 50


def test_mean_square_is_the_energy_of_a_frame() -> None:
    frame = noise(1000, 0.02)[0]
    assert speech.mean_square(frame) == pytest.approx(float(np.mean(frame.astype(np.float64) ** 2)), rel=1e-5)
    assert speech.mean_square(frame[:0]) == 0
