"""The limiter against its figures in the media design."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from mixminus.engine import limiter


def sine(level: float, frames: int, rate: int = 8000, hz: float = 440) -> NDArray[np.float32]:
    t = np.arange(frames * (rate // 50)) / rate
    return (level * np.sin(2 * np.pi * hz * t)).astype(np.float32)


def limited(samples: NDArray[np.float32], state: NDArray[np.float32], rate: int = 8000) -> NDArray[np.float32]:
    out = samples.copy()
    for frame in out.reshape(-1, rate // 50):
        limiter.limit(frame, state, rate)
    return out


@pytest.fixture
def state() -> NDArray[np.float32]:
    return np.zeros(limiter.STATE, np.float32)


def test_what_fits_passes_untouched(state: NDArray[np.float32]) -> None:
    """Design §3: "gain = min(1, 30000/peak)"."""
    quiet = sine(29999, 10)
    assert np.array_equal(limited(quiet, state), quiet)
    assert state[0] == 0


@pytest.mark.parametrize("rate", [8000, 16000])
def test_the_gain_comes_down_within_the_first_5_ms(state: NDArray[np.float32], rate: int) -> None:
    loud = sine(60000, 1, rate)
    out = limited(loud, state, rate)
    peak = float(np.abs(loud).max())
    attack = rate * 5 // 1000
    assert np.allclose(out[attack:], loud[attack:] * (30000 / peak), rtol=1e-5)


def test_the_gain_comes_back_by_2_percent_a_frame(state: NDArray[np.float32]) -> None:
    limited(np.full(160, 60000, np.float32), state)
    assert state[0] == pytest.approx(0.5)
    limited(sine(1000, 1), state)
    assert state[0] == pytest.approx(0.48)
    limited(sine(1000, 24), state)
    assert state[0] == pytest.approx(0, abs=1e-5)


def test_the_gain_changes_without_a_click(state: NDArray[np.float32]) -> None:
    """A step of the gain would stand out against the sine's own steepest step."""
    loud = np.concatenate((sine(20000, 2, hz=50), 2.5 * sine(20000, 2, hz=50), sine(20000, 30, hz=50)))
    out = limited(loud.astype(np.float32), state)
    assert np.abs(np.diff(out)).max() <= np.abs(np.diff(sine(50000, 2, hz=50))).max() * 1.02


@given(
    levels=st.lists(st.floats(0, 1e6, width=32), min_size=1, max_size=8),
    seed=st.integers(0, 2**16),
    rate=st.sampled_from([8000, 16000]),
)
def test_no_sample_exceeds_the_ceiling_and_no_sign_changes(levels: list[float], seed: int, rate: int) -> None:
    """Design §3: "Never wrap"."""
    state = np.zeros(limiter.STATE, np.float32)
    random = np.random.default_rng(seed)
    for level in levels:
        frame = (random.standard_normal(rate // 50) * level).astype(np.float32)
        before = frame.copy()
        peak = limiter.limit(frame, state, rate)
        assert peak == np.abs(before).max()
        assert np.abs(frame).max() <= 30000
        assert (before * frame >= 0).all()
        assert (np.abs(frame) <= np.abs(before)).all()
        assert 0 <= state[0] < 1
