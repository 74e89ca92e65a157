"""The half-band resamplers: pass band, alias rejection, continuity over frames."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from mixminus.engine import resample

Samples = NDArray[np.float32]


def sine(rate: int, hz: float, samples: int = 3200) -> Samples:
    return (10000 * np.sin(2 * np.pi * hz * np.arange(samples) / rate)).astype(np.float32)


def run_up(signal: Samples, frame: int = 160) -> Samples:
    state, out = np.zeros(resample.STATE, np.float32), np.zeros(2 * len(signal), np.float32)
    for i in range(0, len(signal), frame):
        resample.up(signal[i : i + frame], out[2 * i : 2 * (i + frame)], state)
    return out


def run_down(signal: Samples, frame: int = 320) -> Samples:
    state, out = np.zeros(resample.STATE, np.float32), np.zeros(len(signal) // 2, np.float32)
    for i in range(0, len(signal), frame):
        resample.down(signal[i : i + frame], out[i // 2 : (i + frame) // 2], state)
    return out


def level_db(signal: Samples, rate: int, hz: float) -> float:
    """Return the level of one frequency against 10000, measured away from the start."""
    steady = signal[400:-400].astype(np.float64) * np.hanning(len(signal) - 800)
    turn = np.exp(-2j * np.pi * hz / rate * np.arange(len(steady)))
    return float(20 * np.log10(abs(steady @ turn) * 4 / len(steady) / 10000 + 1e-9))


@pytest.mark.parametrize("hz", [100, 300, 1000, 2000, 3000, 3400])
def test_the_pass_band_is_flat_within_a_tenth_of_a_db(hz: float) -> None:
    assert level_db(run_up(sine(8000, hz)), 16000, hz) == pytest.approx(0, abs=0.1)
    assert level_db(run_down(sine(16000, hz, 6400)), 8000, hz) == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize("hz", [300, 1000, 2000, 3000, 3400])
def test_images_and_aliases_are_50_db_down(hz: float) -> None:
    assert level_db(run_up(sine(8000, hz)), 16000, 8000 - hz) < -50
    assert level_db(run_down(sine(16000, 8000 - hz, 6400)), 8000, hz) < -50


def test_frames_join_without_a_seam() -> None:
    signal = np.random.default_rng(1).standard_normal(3200).astype(np.float32)
    assert np.allclose(run_up(signal, 160), run_up(signal, 640), atol=1e-5)
    assert np.allclose(run_up(signal, 160), run_up(signal, 20), atol=1e-5)
    assert np.allclose(run_down(signal, 320), run_down(signal, 640), atol=1e-5)
    assert np.allclose(run_down(signal, 320), run_down(signal, 8), atol=1e-5)


def test_up_and_down_again_only_delays() -> None:
    signal = sine(8000, 700)
    again = run_down(run_up(signal))
    assert np.abs(again[72:] - signal[48:-24]).max() < 20


def test_a_constant_stays_the_same() -> None:
    assert run_up(np.full(640, 1000, np.float32))[100:] == pytest.approx(1000, rel=1e-4)
    assert run_down(np.full(640, 1000, np.float32))[100:] == pytest.approx(1000, rel=1e-4)
