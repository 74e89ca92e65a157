"""Loss concealment against ITU-T G.711 Appendix I."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from numpy.typing import NDArray

from mixminus.engine import concealment

RATES = [8000, 16000]


def sine(rate: int, frames: int, hz: float = 220, level: float = 8000) -> NDArray[np.float32]:
    t = np.arange(frames * (rate // 50)) / rate
    return (level * np.sin(2 * np.pi * hz * t)).astype(np.float32)


def vowel(rate: int, frames: int) -> NDArray[np.float32]:
    """Return a voice-like signal: twelve harmonics of a pitch that glides between 100 and 140 Hz."""
    t = np.arange(frames * (rate // 50)) / rate
    phase = 2 * np.pi * np.cumsum(120 + 20 * np.sin(2 * np.pi * 0.7 * t)) / rate
    harmonics = np.array([6000 / k * np.sin(k * phase + k * k) for k in range(1, 13)])
    return np.asarray(harmonics.sum(axis=0), np.float32)


def concealed(signal: NDArray[np.float32], lost: Iterable[int], rate: int) -> NDArray[np.float32]:
    """Return the signal with some 20 ms frames lost and concealed."""
    samples = np.zeros(concealment.samples_state(rate), np.float32)
    state = np.zeros(concealment.STATE, np.int64)
    out, gone = signal.copy(), set(lost)
    for i, frame in enumerate(out.reshape(-1, rate // 50)):
        if i in gone:
            frame[:] = 12345
            concealment.conceal(samples, state, rate, frame)
        else:
            concealment.remember(samples, state, rate, frame)
    return out


def silenced(signal: NDArray[np.float32], lost: Iterable[int], rate: int) -> NDArray[np.float32]:
    out = signal.copy().reshape(-1, rate // 50)
    out[list(lost)] = 0
    return out.reshape(-1)


def snr_db(signal: NDArray[np.float32], heard: NDArray[np.float32]) -> float:
    error = (heard - signal).astype(np.float64)
    return float(10 * np.log10(np.sum(signal.astype(np.float64) ** 2) / np.sum(error**2)))


def losses(percent: int, frames: int) -> list[int]:
    """Return frames lost at random, none before there is a history."""
    random = np.random.default_rng(percent)
    return [i for i in range(10, frames) if random.random() < percent / 100]


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("percent", [1, 3, 5])
@pytest.mark.parametrize(("kind", "better_db"), [("sine", 12), ("vowel", 5)])
def test_concealment_is_nearer_than_silence(rate: int, percent: int, kind: str, better_db: float) -> None:
    signal = sine(rate, 1000, 440) if kind == "sine" else vowel(rate, 1000)
    lost = losses(percent, 1000)
    gain = snr_db(signal, concealed(signal, lost, rate)) - snr_db(signal, silenced(signal, lost, rate))
    assert gain >= better_db


def test_without_loss_nothing_changes() -> None:
    signal = vowel(8000, 50)
    assert np.array_equal(concealed(signal, [], 8000), signal)


@pytest.mark.parametrize("rate", RATES)
def test_the_level_falls_by_20_percent_each_10_ms_to_silence_at_60_ms(rate: int) -> None:
    """Design §3: "full level 10 ms, then -20 % each 10 ms, silence at 60 ms"."""
    signal = sine(rate, 20, 200)
    gap = concealed(signal, range(10, 15), rate)[10 * rate // 50 :]
    block = rate // 100
    level = [float(np.abs(gap[i * block : (i + 1) * block]).max()) / 8000 for i in range(10)]
    assert level[0] == pytest.approx(1, abs=0.02)
    # The peak of a 10 ms block of a 200 Hz sine lies in its first 2.5 ms.
    assert level[1:6] == pytest.approx([0.95, 0.75, 0.55, 0.35, 0.15], abs=0.06)
    assert level[6:] == [0, 0, 0, 0]


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("lost", [1, 2, 3, 5])
@pytest.mark.parametrize("hz", [100, 151, 220, 333])
def test_no_click_at_the_seams(rate: int, lost: int, hz: float) -> None:
    """The steepest step stays near the sine's own, where silence instead would step by up to its whole level."""
    signal = sine(rate, 30, hz)
    own = float(np.abs(np.diff(signal)).max())
    for first in range(10, 16):
        heard = concealed(signal, range(first, first + lost), rate)
        assert np.abs(np.diff(heard)).max() <= own * 1.5 + 20


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize(("lost", "fade_ms"), [(1, 12), (2, 20), (4, 20)])
def test_the_return_fades_over_4_ms_and_4_ms_for_each_10_ms_lost(rate: int, lost: int, fade_ms: int) -> None:
    """Design: "cross-fade into the first good frame (4 ms + 4 ms per 10 ms lost)", within the frame."""
    random = np.random.default_rng(3)
    signal = (random.standard_normal(20 * rate // 50) * 3000).astype(np.float32)
    heard = concealed(signal, range(10, 10 + lost), rate)
    good = (10 + lost) * rate // 50
    fade = fade_ms * rate // 1000
    assert (heard[good : good + fade] != signal[good : good + fade]).all()
    assert np.array_equal(heard[good + fade :], signal[good + fade :])


@pytest.mark.parametrize("rate", RATES)
def test_a_gap_may_come_in_pieces(rate: int) -> None:
    signal = vowel(rate, 11)
    whole = concealed(signal, [10], rate)
    samples = np.zeros(concealment.samples_state(rate), np.float32)
    state = np.zeros(concealment.STATE, np.int64)
    for piece in np.split(signal[: 10 * rate // 50], 25):
        concealment.remember(samples, state, rate, piece)
    pieces = np.zeros(rate // 50, np.float32)
    for piece in np.split(pieces, 4):
        concealment.conceal(samples, state, rate, piece)
    assert np.array_equal(pieces, whole[10 * rate // 50 :])


def test_a_gap_before_any_audio_is_silence() -> None:
    assert not concealed(sine(8000, 5), range(5), 8000).any()


def test_a_loud_history_never_grows_louder() -> None:
    random = np.random.default_rng(9)
    signal = random.choice([-32768, 32767], 8000).astype(np.float32)
    heard = concealed(signal, losses(30, 50), 8000)
    assert np.abs(heard).max() <= 32768
