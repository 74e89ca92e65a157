"""In-band DTMF against ITU-T Q.23 and Q.24."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from mixminus.engine import dtmf, speech
from mixminus.engine.codecs import pcma, pcmu

Signal = NDArray[np.float64]
FULL_SCALE_DBM0 = 3.17
RATES = [8000, 16000]


def amplitude(dbm0: float) -> float:
    return float(32768 * 10 ** ((dbm0 - FULL_SCALE_DBM0) / 20))


def tones(
    key: str, rate: int = 8000, ms: float = 60, low_dbm0: float = -10, high_dbm0: float = -10, off: float = 0
) -> Signal:
    """Return a key's two tones, both `off` (a fraction) from their frequencies."""
    row, column = divmod(dtmf.KEYS.index(key), 4)
    t = np.arange(int(rate * ms / 1000)) / rate
    low = amplitude(low_dbm0) * np.sin(2 * np.pi * dtmf.LOW_HZ[row] * (1 + off) * t + 0.3)
    return np.asarray(low + amplitude(high_dbm0) * np.sin(2 * np.pi * dtmf.HIGH_HZ[column] * (1 + off) * t + 1.1))


def silence(ms: float, rate: int = 8000) -> Signal:
    return np.zeros(int(rate * ms / 1000))


def heard(signal: Signal, rate: int = 8000) -> str:
    """Return the keys that the detector finds."""
    frames = np.concatenate((signal, silence(40, rate))).astype(np.float32)
    frames = frames[: len(frames) // (rate // 50) * (rate // 50)].reshape(-1, rate // 50)
    state = np.zeros(dtmf.STATE, np.int64)
    events = [dtmf.detect(frame, speech.mean_square(frame), rate, state) for frame in frames]
    return "".join(dtmf.DIGITS[event] for event in events if event >= 0)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("key", dtmf.DIGITS)
def test_every_key_of_40_ms_is_heard_once_wherever_it_falls(key: str, rate: int) -> None:
    """Q.24: signals of 40 ms or more are accepted, after a pause of 40 ms."""
    for offset in range(0, 20, 3):
        signal = np.concatenate((silence(40 + offset, rate), tones(key, rate, 40), silence(40, rate)))
        assert heard(signal, rate) == key, offset


@pytest.mark.parametrize("rate", RATES)
def test_a_pause_repeats_a_key_and_holding_does_not(rate: int) -> None:
    press, pause = tones("5", rate, 60), silence(40, rate)
    assert heard(np.concatenate((press, pause, press, pause, press)), rate) == "555"
    assert heard(tones("5", rate, 3000), rate) == "5"


def test_keys_that_follow_without_a_pause_are_both_heard() -> None:
    assert heard(np.concatenate((tones("1", ms=80), tones("9", ms=80)))) == "19"


def test_a_signal_of_20_ms_is_no_key() -> None:
    """Q.24: signals shorter than 20 to 24 ms are refused."""
    for offset in range(20):
        assert heard(np.concatenate((silence(40 + offset), tones("8", ms=20)))) == ""


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("key", "147*258036D#")
@pytest.mark.parametrize("off", [-0.015, 0.015])
@pytest.mark.parametrize("twist_db", [-3.5, 0, 7.5])
def test_frequencies_1_5_percent_off_are_accepted(key: str, rate: int, off: float, twist_db: float) -> None:
    """Q.24: frequency tolerance of 1.5 %."""
    assert heard(tones(key, rate, 80, -10, -10 - twist_db, off), rate) == key


@pytest.mark.parametrize("key", dtmf.DIGITS)
@pytest.mark.parametrize("off", [-0.037, -0.042, 0.037, 0.042])
def test_frequencies_more_than_3_5_percent_off_are_refused(key: str, off: float) -> None:
    """Q.24: operation is refused at 3.5 % (ETSI) and more."""
    assert heard(tones(key, ms=200, off=off)) == ""


@pytest.mark.parametrize(("low_dbm0", "high_dbm0"), [(-6, -13.5), (-13.5, -10)])
def test_twist_within_limits_is_accepted(low_dbm0: float, high_dbm0: float) -> None:
    """Q.24: the high tone may be 8 dB weaker or 4 dB stronger than the low one."""
    for key in dtmf.DIGITS:
        assert heard(tones(key, low_dbm0=low_dbm0, high_dbm0=high_dbm0)) == key


@pytest.mark.parametrize(("low_dbm0", "high_dbm0"), [(-5, -14.5), (-14, -8.5)])
def test_twist_beyond_limits_is_refused(low_dbm0: float, high_dbm0: float) -> None:
    for key in dtmf.DIGITS:
        assert heard(tones(key, low_dbm0=low_dbm0, high_dbm0=high_dbm0)) == ""


def test_the_range_of_levels() -> None:
    """Q.24: 0 to -25 dBm is accepted, -55 dBm is refused."""
    for level in (-1, -10, -20, -29):
        assert heard(tones("6", low_dbm0=level, high_dbm0=level)) == "6"
    assert heard(tones("6", low_dbm0=-50, high_dbm0=-50)) == ""


def test_keys_are_heard_over_noise_of_minus_15_db() -> None:
    random = np.random.default_rng(5)
    for key in dtmf.DIGITS * 5:
        signal = tones(key, ms=80)
        noisy = signal + random.standard_normal(len(signal)) * np.std(signal) * 10 ** (-15 / 20)
        assert heard(noisy) == key


@pytest.mark.parametrize("codec", [pcmu, pcma])
def test_keys_are_heard_through_g711(codec: object) -> None:
    encode, decode = (pcmu.encode, pcmu.decode) if codec is pcmu else (pcma.encode, pcma.decode)
    for key in dtmf.DIGITS:
        frame = tones(key, ms=60, low_dbm0=-25, high_dbm0=-28).astype(np.float32)
        payload = np.zeros(len(frame), np.uint8)
        encode(frame, payload)
        decode(payload, frame)
        assert heard(frame.astype(np.float64)) == key


def test_one_tone_or_three_are_no_key() -> None:
    t = np.arange(8000) / 8000
    for hz in dtmf.LOW_HZ + dtmf.HIGH_HZ:
        assert heard(8000 * np.sin(2 * np.pi * hz * t)) == ""
    for low, high in itertools.product(dtmf.LOW_HZ, dtmf.HIGH_HZ):
        other = 1800 if high != 1633 else 1100
        assert heard(4000 * np.sum([np.sin(2 * np.pi * hz * t) for hz in (low, high, other)], axis=0)) == ""


@pytest.mark.parametrize("pair", [(440, 480), (350, 440), (480, 620), (400, 450), (425, 0), (697, 1100), (941, 2200)])
def test_call_progress_tones_are_no_key(pair: tuple[int, int]) -> None:
    t = np.arange(16000) / 8000
    assert heard(5000 * (np.sin(2 * np.pi * pair[0] * t) + np.sin(2 * np.pi * pair[1] * t))) == ""


def voice(seconds: float, seed: int, rate: int = 8000) -> Signal:
    """Return a voice-like signal: a gliding glottal pulse train through three wandering resonances."""
    random = np.random.default_rng(seed)
    out = np.zeros(int(rate * seconds))
    memory = np.zeros((3, 2))
    phase = 0.0
    for start in range(0, len(out), rate // 20):
        pitch = random.uniform(80, 300)
        length = min(rate // 20, len(out) - start)
        phases = phase + np.cumsum(np.full(length, pitch / rate))
        phase = phases[-1] % 1
        x = (np.diff(np.floor(phases), prepend=np.floor(phases[0])) > 0) * 3000.0 + random.standard_normal(length) * 20
        for formant, (lowest, highest) in enumerate(((300, 1000), (800, 2300), (2000, 3300))):
            radius, angle = 0.97, 2 * np.pi * random.uniform(lowest, highest) / rate
            one, two = memory[formant]
            for i in range(length):
                x[i], two = x[i] + 2 * radius * np.cos(angle) * one - radius**2 * two, one
                one = x[i]
            memory[formant] = one, two
            x = x * 0.2
        out[start : start + length] = x
    return np.asarray(out * (5000 / max(float(np.std(out)), 1)))


@pytest.mark.parametrize("seed", range(3))
def test_a_voice_is_no_key(seed: int) -> None:
    """Q.24, speech simulation (talk-off)."""
    assert heard(voice(20, seed)) == ""


def test_noise_is_no_key() -> None:
    assert heard(np.random.default_rng(7).standard_normal(8000 * 60) * 5000) == ""


def test_harmonic_chords_are_no_key() -> None:
    """Hummed and sung tones: eight harmonics of a steady pitch, every pitch from 80 to 500 Hz."""
    t = np.arange(1600) / 8000
    for pitch in range(80, 500, 3):
        harmonics = [np.sin(2 * np.pi * pitch * k * t + k * k) / k for k in range(1, 9) if pitch * k < 4000]
        assert heard(5000 * np.sum(harmonics, axis=0)) == "", pitch


@pytest.mark.parametrize("rate", RATES)
def test_generated_keys_are_heard(rate: int) -> None:
    frames = []
    for event in range(16):
        tick, more = 0, True
        while more:
            frame = np.zeros(rate // 50, np.float32)
            more = dtmf.generate(event, tick, rate, frame)
            frames.append(frame)
            tick += 1
        assert tick == dtmf.PRESS_FRAMES + dtmf.PAUSE_FRAMES
    signal = np.concatenate(frames).astype(np.float64)
    assert heard(signal, rate) == dtmf.DIGITS
    assert np.abs(signal).max() < 18001


def test_presence_follows_each_frame() -> None:
    state = np.zeros(dtmf.STATE, np.int64)
    frame = tones("7", ms=20).astype(np.float32)
    dtmf.detect(frame, speech.mean_square(frame), 8000, state)
    assert dtmf.is_present(state)
    dtmf.detect(frame * np.float32(0), np.float32(0), 8000, state)
    assert not dtmf.is_present(state)
