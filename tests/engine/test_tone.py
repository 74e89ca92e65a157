"""Beeps and tones as prompts."""

from __future__ import annotations

import numpy as np
import pytest

from mixminus.engine import tone


@pytest.mark.parametrize("rate", [8000, 16000])
@pytest.mark.parametrize(("count", "ms"), [(0, 0), (1, 300), (2, 800), (3, 1300)])
def test_beeps_are_300_ms_with_gaps_of_200_ms(rate: int, count: int, ms: int) -> None:
    beeps = tone.beeps(rate, count)
    assert beeps.dtype == np.int16
    assert len(beeps) == rate * ms // 1000
    loud = [bool(block.any()) for block in beeps.reshape(-1, rate // 10)]
    assert loud == ([True] * 3 + [False] * 2) * (count - 1) + [True] * 3 * (count > 0)


@pytest.mark.parametrize("rate", [8000, 16000])
def test_a_tone_has_its_frequency_level_and_soft_edges(rate: int) -> None:
    samples = tone.tone(rate, 440, 1000)
    spectrum = np.abs(np.fft.rfft(samples))
    assert int(spectrum.argmax()) == 440
    assert spectrum[440] * 2 / rate == pytest.approx(tone.AMPLITUDE, rel=0.01)
    assert samples[0] == samples[-1] == 0
    assert np.abs(samples[: rate // 1000]).max() < tone.AMPLITUDE / 4


def test_silence_is_silent() -> None:
    assert tone.silence(8000, 20).tolist() == [0] * 160


@pytest.mark.parametrize(("hz", "ms"), [(4000, 10), (0, 10), (440, 60_001), (440, -1)])
def test_what_does_not_fit_is_refused(hz: float, ms: int) -> None:
    with pytest.raises(ValueError, match="a tone"):
        tone.tone(8000, hz, ms)
