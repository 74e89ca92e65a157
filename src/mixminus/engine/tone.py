"""Tones as prompts: the beeps of enterSound and exitSound, and silence."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BEEP_HZ = 700
BEEP_MS = 300
GAP_MS = 200
FADE_MS = 5
"""A tone that starts at once clicks."""
AMPLITUDE = 6000
"""-15 dBov: as loud as a voice."""
LONGEST_MS = 60_000


def tone(rate: int, hz: float, ms: int, amplitude: int = AMPLITUDE) -> NDArray[np.int16]:
    """Return a sine of up to a minute with soft edges; raise ValueError beyond that or above half the rate."""
    if not 0 < hz < rate / 2:
        raise ValueError(f"a tone of {hz} Hz does not fit a rate of {rate} Hz")
    t = np.arange(_samples(rate, ms))
    fade = rate * FADE_MS // 1000
    level = np.clip(np.minimum(t, len(t) - 1 - t) / fade, 0, 1)
    return np.asarray(np.rint(amplitude * level * np.sin(2 * np.pi * hz / rate * t)), np.int16)


def silence(rate: int, ms: int) -> NDArray[np.int16]:
    """Return silence of up to a minute."""
    return np.zeros(_samples(rate, ms), np.int16)


def beeps(rate: int, count: int) -> NDArray[np.int16]:
    """Return `count` beeps with a gap between one and the next."""
    beep = tone(rate, BEEP_HZ, BEEP_MS)
    once = np.concatenate((silence(rate, GAP_MS), beep))
    return np.concatenate((beep, *[once] * (count - 1))) if count > 0 else silence(rate, 0)


def _samples(rate: int, ms: int) -> int:
    if not 0 <= ms <= LONGEST_MS:
        raise ValueError(f"a tone lasts from 0 to {LONGEST_MS} ms, not {ms}")
    return rate * ms // 1000
