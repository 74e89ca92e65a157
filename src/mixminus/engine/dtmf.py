"""In-band DTMF: the detector for lines without telephone-event, and the generator.

The limits are those of ITU-T Q.24 and Q.23. A frame is correlated with the eight frequencies at once; for the strongest
pair each half of the frame is looked at alone, since the turn of the phase between the halves tells the frequency much
finer than the width of a 20 ms window, and that is what keeps voices out.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .compiled import fast_kernel, kernel

DIGITS = "0123456789*#ABCD"
"""The key of each event code (RFC 4733 §3.2)."""
RATES = (8000, 16000)
PRESS_FRAMES = 5
PAUSE_FRAMES = 5
"""100 ms each when we send: every detector needs at most 50."""

QUIETEST = np.float32(2 * 250.0**2)
"""A frame with less energy holds no tones: two of -37 dBov; Q.24 asks for -27 dBm or so."""
PREFILTER = np.float32(0.2)
"""What two tones must have of the energy over the whole frame, before anything else is worth computing."""
PURITY = np.float32(0.9)
"""What the two tones must have of the energy: at 12 dB over noise they have 0.94."""
EDGE_PURITY = np.float32(0.75)
"""The same for a frame that a press fills only by half or more: its edge is not in the pattern."""
NORMAL_TWIST = np.float32(7.08)
"""Q.24: the low tone may be 8 dB over the high one (and half a dB for noise) ..."""
REVERSE_TWIST = np.float32(2.82)
"""... and the high one 4 dB over the low one."""
EVENNESS = np.float32(2)
"""A frame is filled when its halves are within 3 dB, so that 20 ms across two frames are no key."""
TOLERANCE = np.float32(0.022)
"""Q.24: 1.5 % off is accepted, 3.5 % is refused."""

CANDIDATE, SURE, HELD, PRESENT = range(4)
STATE = 6
"""Length of a state row (int64). All zeros is the start; event codes are kept plus 1."""

LOW_HZ = (697, 770, 852, 941)
HIGH_HZ = (1209, 1336, 1477, 1633)
KEYS = "123A456B789C*0#D"


def _correlators() -> NDArray[np.float32]:
    """Return [rate][frequency][cosine, sine][sample], with the phase counted from the middle of the frame."""
    table = np.zeros((len(RATES), 8, 2, RATES[-1] // 50), np.float32)
    for row, rate in enumerate(RATES):
        n = np.arange(rate // 50) - (rate // 50 - 1) / 2
        for column, hz in enumerate(LOW_HZ + HIGH_HZ):
            angle = 2 * math.pi * hz / rate * n
            table[row, column, 0, : len(n)] = np.cos(angle)
            table[row, column, 1, : len(n)] = np.sin(angle)
    return table


CORRELATORS = _correlators()


def _inverses() -> NDArray[np.float32]:
    """Return [rate][pair][half] the inverse of the Gram matrix of a pair's four correlators.

    In 10 ms the two tones are not orthogonal, and the louder one would bend the phase of the other.
    """
    table = np.zeros((len(RATES), 16, 2, 4, 4), np.float32)
    for row, rate in enumerate(RATES):
        count = rate // 100
        for pair, half in np.ndindex(16, 2):
            span = slice(half * count, (half + 1) * count)
            vectors = CORRELATORS[row, [pair // 4, 4 + pair % 4], :, span].reshape(4, count).astype(np.float64)
            table[row, pair, half] = np.linalg.inv(vectors @ vectors.T)
    return table


INVERSES = _inverses()
FREQUENCIES = np.array(LOW_HZ + HIGH_HZ, np.float32)
EVENT_OF_PAIR = np.array([DIGITS.index(key) for key in KEYS], np.int64)
PAIR_OF_EVENT = np.argsort(EVENT_OF_PAIR)
"""Row times four plus column, for each event code."""


@kernel
def is_present(state: NDArray[np.int64]) -> bool:
    """Tell whether the last frame held the tones of a key."""
    return bool(state[PRESENT] > 0)


@kernel
def detect(frame: NDArray[np.float32], energy: np.float32, rate: int, state: NDArray[np.int64]) -> int:
    """Take the next 20 ms and its mean square; return the event code of a key once for each press, else -1.

    A press is two frames in a row with the same pair, one of them filled and pure; it ends with a frame without it.
    """
    found = _look(frame, energy, rate)
    event = found >> 1
    sure = found & 1
    state[PRESENT] = event
    if event == 0 or event != state[CANDIDATE]:
        state[CANDIDATE] = event
        state[SURE] = sure
        state[HELD] = 0
        return -1
    sure |= state[SURE]
    state[SURE] = sure
    if state[HELD] == 1 or sure == 0:
        return -1
    state[HELD] = 1
    return event - 1


@kernel
def _look(frame: NDArray[np.float32], energy: np.float32, rate: int) -> int:
    """Return twice (the event code plus 1), plus 1 if the frame is filled and pure; 0 when there is no pair."""
    samples = rate // 50
    if energy < QUIETEST or len(frame) != samples:
        return 0
    row = rate // RATES[1]
    table = CORRELATORS[row]
    low, low_power = _strongest(frame, table, 0)
    high, high_power = _strongest(frame, table, 4)
    total = energy * np.float32(samples * samples) * np.float32(0.5)
    if low_power + high_power < PREFILTER * total:
        return 0
    return _examine(frame, row, low, high, energy, rate)


@kernel
def _examine(frame: NDArray[np.float32], row: int, low: int, high: int, energy: np.float32, rate: int) -> int:
    half = len(frame) // 2
    pair = low * 4 + high - 4
    cosine_low, sine_low, cosine_high, sine_high = _fit(frame, row, pair, 0)
    cosine_low_2, sine_low_2, cosine_high_2, sine_high_2 = _fit(frame, row, pair, 1)
    low_power, low_turn, low_even = _compare(cosine_low, sine_low, cosine_low_2, sine_low_2)
    high_power, high_turn, high_even = _compare(cosine_high, sine_high, cosine_high_2, sine_high_2)
    # A tone's energy is half its squared amplitude, and the sum is over two halves.
    purity = (low_power + high_power) / (np.float32(4) * energy)
    if purity < EDGE_PURITY:
        return 0
    if low_power > NORMAL_TWIST * high_power or high_power > REVERSE_TWIST * low_power:
        return 0
    hz = np.float32(rate) / np.float32(2 * math.pi * half)
    right = low_turn * hz < TOLERANCE * FREQUENCIES[low] and high_turn * hz < TOLERANCE * FREQUENCIES[high]
    filled = low_even and high_even
    if filled and not right:
        return 0
    return int((EVENT_OF_PAIR[pair] + 1) * 2 + (1 if filled and purity >= PURITY else 0))


@kernel
def _compare(a: np.float32, b: np.float32, c: np.float32, d: np.float32) -> tuple[np.float32, np.float32, bool]:
    """Return the squared amplitude in both halves, by how much the phase turned between them, and if they are alike."""
    first = a * a + b * b
    second = c * c + d * d
    turn = np.float32(abs(math.atan2(b * c - a * d, a * c + b * d)))
    # A frequency that is off loses power even in half a frame: sin(x)/x with x half the turn, to second order.
    loss = max(np.float32(0.5), np.float32(1) - turn * turn / np.float32(12))
    return np.float32((first + second) / loss), turn, bool(max(first, second) < EVENNESS * min(first, second))


@fast_kernel
def _fit(
    frame: NDArray[np.float32], row: int, pair: int, half: int
) -> tuple[np.float32, np.float32, np.float32, np.float32]:
    """Return the amplitudes (cosine and sine, low and high) that fit one half of a frame best (least squares)."""
    low, high = CORRELATORS[row, pair // 4], CORRELATORS[row, 4 + pair % 4]
    a = np.float32(0)
    b = np.float32(0)
    c = np.float32(0)
    d = np.float32(0)
    count = len(frame) // 2
    start = half * count
    for i in range(count):
        x = frame[start + i]
        a += x * low[0, start + i]
        b += x * low[1, start + i]
        c += x * high[0, start + i]
        d += x * high[1, start + i]
    m = INVERSES[row, pair, half]
    return (
        np.float32(m[0, 0] * a + m[0, 1] * b + m[0, 2] * c + m[0, 3] * d),
        np.float32(m[1, 0] * a + m[1, 1] * b + m[1, 2] * c + m[1, 3] * d),
        np.float32(m[2, 0] * a + m[2, 1] * b + m[2, 2] * c + m[2, 3] * d),
        np.float32(m[3, 0] * a + m[3, 1] * b + m[3, 2] * c + m[3, 3] * d),
    )


@kernel
def _strongest(frame: NDArray[np.float32], table: NDArray[np.float32], first: int) -> tuple[int, np.float32]:
    best = first
    most = np.float32(-1)
    for i in range(first, first + 4):
        power = _power(frame, table[i, 0], table[i, 1])
        if power > most:
            best, most = i, power
    return best, most


@fast_kernel
def _power(frame: NDArray[np.float32], cosine: NDArray[np.float32], sine: NDArray[np.float32]) -> np.float32:
    real = np.float32(0)
    imaginary = np.float32(0)
    for i in range(len(frame)):
        real += frame[i] * cosine[i]
        imaginary += frame[i] * sine[i]
    return np.float32(real * real + imaginary * imaginary)


LOW_AMPLITUDE = np.float32(8000)
HIGH_AMPLITUDE = np.float32(10000)
"""-9 and -7 dBm0: the high tone stronger, because lines weaken it (ETSI ES 201 235-2)."""
FADE_MS = 2


@kernel
def generate(event: int, tick: int, rate: int, frame: NDArray[np.float32]) -> bool:
    """Write the tick-th 20 ms of a key press with its pause; return False with the last of them."""
    first = tick * len(frame)
    length = PRESS_FRAMES * len(frame)
    fade = rate * FADE_MS // 1000
    pair = PAIR_OF_EVENT[event]
    low = 2 * math.pi * FREQUENCIES[pair // 4] / rate
    high = 2 * math.pi * FREQUENCIES[4 + pair % 4] / rate
    for i in range(len(frame)):
        n = first + i
        level = max(0.0, min(1.0, n / fade, (length - n) / fade))
        frame[i] = level * (LOW_AMPLITUDE * math.sin(low * n) + HIGH_AMPLITUDE * math.sin(high * n))
    return tick + 1 < PRESS_FRAMES + PAUSE_FRAMES
