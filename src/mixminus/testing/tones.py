"""Tones: make them, find them in what was heard, and say who heard whom. Pure.

Each phone says a tone of its own; who is heard by whom is then measured from the audio that arrived, not from what the
server believes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]

RATE = 8000
FULL_SCALE = 32768.0
TONE_DBFS = -12.0
"""How loud a phone says its tone: three of them at once do not clip."""

HEARD_DBFS = -30.0
"""A tone at least this loud is heard: 18 dB below what was said, far above codec noise (-50 dBFS)."""
SILENT_DBFS = -42.0
"""A tone below this is not heard. Between the two the measurement says that it does not know."""

DISTINCT_TONES = (425, 575, 825, 1025, 1275, 1475, 1725, 1975, 2225, 2475)
"""Hz; none is near another's harmonic, a DTMF tone (697-1633) or the beep (700)."""

DTMF_ROWS = (697, 770, 852, 941)
DTMF_COLUMNS = (1209, 1336, 1477, 1633)
DTMF_KEYS = "123A456B789C*0#D"


def tone(frequency_hz: float, duration_ms: int, level_dbfs: float = TONE_DBFS, rate: int = RATE) -> Samples:
    """Make a sine; `level_dbfs` is that of its peak."""
    time = np.arange(rate * duration_ms // 1000) / rate
    return _quantised(10 ** (level_dbfs / 20) * np.sin(2 * np.pi * frequency_hz * time))


def dtmf(digit: str, duration_ms: int, level_dbfs: float = TONE_DBFS, rate: int = RATE) -> Samples:
    """Make the two tones of a key (ITU-T Q.23)."""
    row, column = divmod(DTMF_KEYS.index(digit), 4)
    low = tone(DTMF_ROWS[row], duration_ms, level_dbfs, rate)
    return low + tone(DTMF_COLUMNS[column], duration_ms, level_dbfs, rate)


def silence(duration_ms: int, rate: int = RATE) -> Samples:
    """Make silence."""
    return np.zeros(rate * duration_ms // 1000, np.int16)


def level_dbfs(samples: Samples, frequency_hz: float, rate: int = RATE) -> float:
    """Measure the peak level of one frequency over all samples (a Hann window keeps neighbours out)."""
    if len(samples) == 0:
        return -np.inf
    window = np.hanning(len(samples) + 2)[1:-1]
    turn = np.exp(-2j * np.pi * frequency_hz / rate * np.arange(len(samples)))
    amplitude = 2 * abs(np.sum(samples * window * turn)) / np.sum(window)
    return _dbfs(amplitude)


def loudness_dbfs(samples: Samples) -> float:
    """Measure the root mean square of everything."""
    return _dbfs(float(np.sqrt(np.mean(samples.astype(np.float64) ** 2)))) if len(samples) else -np.inf


class Hearing(Enum):
    """What a measurement says of one tone."""

    HEARS = "hears"
    SILENT = "-"
    UNCLEAR = "?"


def hearing(level: float) -> Hearing:
    """Judge a level in dBFS."""
    if level >= HEARD_DBFS:
        return Hearing.HEARS
    return Hearing.SILENT if level < SILENT_DBFS else Hearing.UNCLEAR


@dataclass(frozen=True, slots=True)
class WhoHearsWhom:
    """Levels in dBFS by (listener, speaker)."""

    listeners: Sequence[str]
    speakers: Sequence[str]
    levels: Mapping[tuple[str, str], float]

    def heard_by(self, listener: str) -> frozenset[str]:
        """Return the speakers whose tones a listener heard; raises ValueError when one cannot be told."""
        verdicts = {speaker: hearing(self.levels[listener, speaker]) for speaker in self.speakers}
        unclear = [speaker for speaker, verdict in verdicts.items() if verdict is Hearing.UNCLEAR]
        if unclear:
            raise ValueError(f"cannot tell whether {listener} hears {', '.join(unclear)}\n{self}")
        return frozenset(speaker for speaker, verdict in verdicts.items() if verdict is Hearing.HEARS)

    @property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Return all (listener, speaker) of which the listener heard the speaker."""
        return frozenset((listener, speaker) for listener in self.listeners for speaker in self.heard_by(listener))

    def __str__(self) -> str:
        """Draw the table, a line for each listener."""
        width = max(len(name) for name in (*self.listeners, *self.speakers)) + 2
        head = "listener".ljust(width) + "".join(f"{speaker:>16}" for speaker in self.speakers)
        return "\n".join([head, *(self._line(listener, width) for listener in self.listeners)])

    def _line(self, listener: str, width: int) -> str:
        cells = (self.levels[listener, speaker] for speaker in self.speakers)
        return listener.ljust(width) + "".join(f"{hearing(level).value:>7}{level:6.0f} dB" for level in cells)


def who_hears_whom(heard: Mapping[str, Samples], said: Mapping[str, float], rate: int = RATE) -> WhoHearsWhom:
    """Measure in what each listener heard (by name) the tones that were said (Hz, by the speaker's name)."""
    levels = {
        (listener, speaker): level_dbfs(samples, frequency, rate)
        for listener, samples in heard.items()
        for speaker, frequency in said.items()
    }
    return WhoHearsWhom(tuple(heard), tuple(said), levels)


def _quantised(wave: NDArray[np.float64]) -> Samples:
    return np.clip(np.round(wave * (FULL_SCALE - 1)), -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)


def _dbfs(amplitude: float) -> float:
    return max(20 * float(np.log10(max(amplitude, 1e-9) / FULL_SCALE)), -120.0)
