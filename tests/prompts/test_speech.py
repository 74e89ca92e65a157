from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest

from mixminus.prompts.speech import TEXT_CHARS_MAX, SpokenTexts
from mixminus.prompts.synthesis import Synthesis
from mixminus.switch.ports import PromptProblem, Samples

from .sounds import rms

SPEECH = "Please enter your account number, then press the pound key."


class CountingSynthesis(Synthesis):
    """Counts what it is asked."""

    asked = 0

    async def speak(self, voice: str, ssml: str) -> bytes | PromptProblem:
        self.asked += 1
        return await super().speak(voice, ssml)


@pytest.fixture
def synthesis() -> CountingSynthesis:
    return CountingSynthesis()


@pytest.fixture
async def texts(synthesis: CountingSynthesis) -> AsyncIterator[SpokenTexts]:
    spoken = SpokenTexts(synthesis)
    yield spoken
    await spoken.close()


async def _say(texts: SpokenTexts, text: str, *, rate: int = 8000, language: str = "en-US") -> Samples:
    samples = await texts.speech(text, "WOMAN", language, rate)
    assert not isinstance(samples, PromptProblem), samples
    return samples


@pytest.mark.parametrize("rate", [8000, 16000])
async def test_speech_has_the_energy_of_speech(texts: SpokenTexts, rate: int) -> None:
    """Most of a voice is between 100 and 3400 Hz, and it is neither silent nor steady."""
    samples = await _say(texts, SPEECH, rate=rate)
    assert samples.dtype == np.int16
    assert 2 < len(samples) / rate < 8
    assert 500 < rms(samples) < 12_000
    spectrum = np.abs(np.fft.rfft(samples.astype(np.float64))) ** 2
    hertz = np.fft.rfftfreq(len(samples), 1 / rate)
    assert spectrum[(hertz > 100) & (hertz < 3400)].sum() > 0.8 * spectrum.sum()
    frames = samples[: len(samples) // (rate // 50) * (rate // 50)].reshape(-1, rate // 50).astype(np.float64)
    levels = np.sqrt(np.mean(frames**2, axis=1))
    assert np.std(levels) > 0.3 * np.mean(levels)


async def test_a_longer_text_takes_longer(texts: SpokenTexts) -> None:
    once, thrice = await _say(texts, SPEECH), await _say(texts, " ".join([SPEECH] * 3))
    assert 2.5 < len(thrice) / len(once) < 3.5


async def test_a_break_is_silence(texts: SpokenTexts) -> None:
    plain = await _say(texts, "one two")
    broken = await _say(texts, 'one <break time="2s"/> two')
    assert len(broken) - len(plain) == pytest.approx(2 * 8000, abs=4000)


async def test_slow_prosody_does_not_leak_into_the_next_text(texts: SpokenTexts) -> None:
    before = await _say(texts, "hello world")
    await _say(texts, '<prosody rate="20%">hello</prosody>')
    after = await _say(texts, "hello world ")
    assert len(after) == pytest.approx(len(before), rel=0.05)


async def test_languages_sound_different(texts: SpokenTexts) -> None:
    english, german = await _say(texts, "Information"), await _say(texts, "Information", language="de-DE")
    assert not np.array_equal(english, german)


async def test_what_was_said_before_is_not_spoken_again(texts: SpokenTexts, synthesis: CountingSynthesis) -> None:
    first = await _say(texts, "hello")
    assert await _say(texts, "hello") is first
    assert synthesis.asked == 1
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 1


async def test_many_calls_share_one_synthesis(texts: SpokenTexts, synthesis: CountingSynthesis) -> None:
    await asyncio.gather(*(_say(texts, "hello") for _ in range(10)))
    assert synthesis.asked == 1


@pytest.mark.parametrize("text", ["", "  \n", "x" * (TEXT_CHARS_MAX + 1)])
async def test_what_cannot_be_said(texts: SpokenTexts, synthesis: CountingSynthesis, text: str) -> None:
    """≤3000 chars"""
    assert isinstance(await texts.speech(text, "WOMAN", "en-US", 8000), PromptProblem)
    assert synthesis.asked == 0


@pytest.mark.parametrize("text", ["\x00\x01", "\ud800", "Zoë 你好 🙂", "[[", "-"])
async def test_odd_characters_do_no_harm(texts: SpokenTexts, text: str) -> None:
    assert await texts.speech(text, "MAN", "en-US", 8000) is not None
    assert rms(await _say(texts, "still here")) > 500
