"""The mixer against its definition: out[listener] = sum(gain[listener, source] * frame[source])."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from mixminus.engine import limiter, mixer, plan
from mixminus.engine.layout import NOBODY, Floats

SAMPLES = 160
SOURCES = 6
frames_of_all = arrays.arrays(np.float32, (SOURCES, SAMPLES), elements=st.integers(-32767, 32767).map(float))
gains_of_all = arrays.arrays(np.float32, (SOURCES, SOURCES), elements=st.sampled_from([0.0, 0.25, 0.5, 1.0, 2.0]))


def _hear(gains: Floats, frames: Floats, audible: list[int], room: int, listener: int) -> Floats:
    pairs = {row: [(i, float(g)) for i, g in enumerate(gains[row]) if g] for row in range(len(gains))}
    words = plan.encode(pairs)
    out = np.zeros(SAMPLES, np.float32)
    row = mixer.row_of(words.ctypes.data, len(words), listener)
    mixer.hear(frames, np.array(audible, np.int64), room, True, words.ctypes.data, len(words), row, out)
    return out


@settings(deadline=None)
@given(frames_of_all, gains_of_all, st.integers(0, SOURCES - 1))
def test_each_listener_hears_the_weighted_sum(frames: Floats, gains: Floats, listener: int) -> None:
    """Design section 3, Mix."""
    heard = _hear(gains, frames, [1] * SOURCES, 0, listener)
    np.testing.assert_allclose(heard, gains[listener] @ frames, rtol=1e-5, atol=0.1)


@settings(deadline=None)
@given(frames_of_all, gains_of_all, st.integers(0, SOURCES - 1))
def test_no_mix_ever_wraps(frames: Floats, gains: Floats, listener: int) -> None:
    """Design: 'Never wrap, never saturate before subtracting'; media-quality section 6."""
    heard = _hear(gains, frames, [1] * SOURCES, 0, listener)
    wanted = gains[listener] @ frames
    limiter.limit(heard, np.zeros(limiter.STATE, np.float32), 8000)
    assert np.abs(heard).max() <= 30_001
    assert (np.sign(heard) * np.sign(wanted) >= 0).all()


@settings(deadline=None)
@given(frames_of_all)
def test_only_what_is_audible_in_this_room_is_heard(frames: Floats) -> None:
    """A source that is silent, or in another room, is left out whatever a plan says."""
    heard = _hear(np.ones((SOURCES, SOURCES), np.float32), frames, [3, 0, 2, 4, 3, -3], 2, 0)
    np.testing.assert_allclose(heard, frames[0] + frames[4] + frames[5], atol=0.1)


def test_an_outgoing_plan_does_not_hear_newcomers() -> None:
    """A new source may have the row of one that the old plan named."""
    frames = np.full((2, SAMPLES), 100, np.float32)
    words = plan.encode({0: [(0, 1.0), (1, 1.0)]})
    out = np.zeros(SAMPLES, np.float32)
    mixer.hear(frames, np.array([1, -1], np.int64), 0, False, words.ctypes.data, len(words), 0, out)
    assert (out == 100).all()


def test_who_is_not_in_a_plan_hears_nothing() -> None:
    """Rows of NOBODY are silent."""
    words = plan.encode({3: [(0, 1.0)]})
    assert mixer.row_of(words.ctypes.data, len(words), 4) == NOBODY
    assert mixer.row_of(0, 0, 3) == NOBODY
    out = np.ones(SAMPLES, np.float32)
    mixer.hear(out.reshape(1, -1).copy(), np.ones(1, np.int64), 0, True, words.ctypes.data, len(words), NOBODY, out)
    assert (out == 0).all()


def test_a_fade_goes_in_a_straight_line_from_one_mix_to_the_other() -> None:
    """Media-quality section 5: 'Changes ramp linearly over 1 frame (no clicks)'."""
    out = np.full(SAMPLES, 1600, np.float32)
    mixer.fade(np.zeros(SAMPLES, np.float32), out)
    np.testing.assert_allclose(out, 10 * np.arange(1, SAMPLES + 1), rtol=1e-4)
