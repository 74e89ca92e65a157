"""The codecs against the tables of ITU-T G.711 and RFC 3551."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from mixminus.engine import codecs
from mixminus.engine.codecs import l16, pcma, pcmu

EVERY_CODE = np.arange(256, dtype=np.uint8)
EVERY_SAMPLE = np.arange(-32768, 32768)


def mu_law_decisions() -> NDArray[np.int64]:
    """Return the decision values of G.711 table 2: 0, 1, then 8 segments of 16 steps of 2, 4, ... 256 (14 bits)."""
    values = [0, 1]
    for segment in range(8):
        values += [values[-1] + (2 << segment) * i for i in range(1, 16 if segment == 0 else 17)]
    return np.array(values) * 4


def a_law_decisions() -> NDArray[np.int64]:
    """Return the decision values of G.711 table 1: 2 segments of 16 steps of 2, then doubling (13 bits)."""
    values = [0]
    for segment in range(8):
        values += [values[-1] + (2 << max(0, segment - 1)) * i for i in range(1, 17)]
    return np.array(values) * 8


def mu_law_levels() -> NDArray[np.int64]:
    """Return the quantised values: the middle between decision values, and 0 for the first."""
    edges = mu_law_decisions()
    return np.concatenate(([0], (edges[1:-1] + edges[2:]) // 2))


def a_law_levels() -> NDArray[np.int64]:
    edges = a_law_decisions()
    return (edges[:-1] + edges[1:]) // 2


def interval(samples: NDArray[np.int64], decisions: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the interval that holds each magnitude; on a decision value, the farther from zero."""
    return np.searchsorted(decisions[1:-1], np.abs(samples), side="right")


def encoded(
    encode: Callable[[NDArray[np.float32], NDArray[np.uint8]], None], samples: NDArray[np.int64]
) -> NDArray[np.uint8]:
    payload = np.zeros(len(samples), np.uint8)
    encode(samples.astype(np.float32), payload)
    return payload


def decoded(
    decode: Callable[[NDArray[np.uint8], NDArray[np.float32]], None], payload: NDArray[np.uint8]
) -> NDArray[np.float32]:
    frame = np.zeros(len(payload), np.float32)
    decode(payload, frame)
    return frame


def test_mu_law_decodes_every_code_to_the_level_of_the_table() -> None:
    """G.711 §3: "the character signals are obtained by inverting all bits"; bit 1 is the polarity."""
    levels = mu_law_levels()
    expected = [(levels[(~c) & 0x7F]) * (-1 if c < 0x80 else 1) for c in range(256)]
    assert decoded(pcmu.decode, EVERY_CODE).tolist() == expected


def test_mu_law_encodes_every_sample_by_the_decision_values() -> None:
    index = interval(EVERY_SAMPLE, mu_law_decisions())
    expected = (index | np.where(EVERY_SAMPLE < 0, 0x80, 0)) ^ 0xFF
    assert np.array_equal(encoded(pcmu.encode, EVERY_SAMPLE), expected)


def test_a_law_decodes_every_code_to_the_level_of_the_table() -> None:
    """G.711 §3: "the even bits inverted"; the polarity bit is 1 for positive values."""
    levels = a_law_levels()
    expected = [levels[(c ^ 0x55) & 0x7F] * (1 if (c ^ 0x55) & 0x80 else -1) for c in range(256)]
    assert decoded(pcma.decode, EVERY_CODE).tolist() == expected


def test_a_law_encodes_every_sample_by_the_decision_values() -> None:
    index = interval(EVERY_SAMPLE, a_law_decisions())
    expected = (index | np.where(EVERY_SAMPLE < 0, 0, 0x80)) ^ 0x55
    assert np.array_equal(encoded(pcma.encode, EVERY_SAMPLE), expected)


@pytest.mark.parametrize("codec", [codecs.PCMU, codecs.PCMA])
def test_every_g711_code_round_trips(codec: int) -> None:
    frame, payload = np.zeros(256, np.float32), np.zeros(256, np.uint8)
    codecs.decode(codec, EVERY_CODE, frame)
    codecs.encode(codec, frame, payload)
    # Mu-law has two zeros; the negative one comes back as the positive one.
    assert [c for c in range(256) if payload[c] != c] == ([0x7F] if codec == codecs.PCMU else [])


def test_l16_is_big_endian() -> None:
    """RFC 3551 §4.5.11: "16-bit signed representation ... in network byte order (most significant byte first)"."""
    assert decoded(l16.decode, np.array([0x12, 0x34, 0xFF, 0xFE, 0x80, 0x00], np.uint8))[:3].tolist() == [
        0x1234,
        -2,
        -32768,
    ]


def test_l16_round_trips_every_sample() -> None:
    payload = np.zeros(65536 * 2, np.uint8)
    codecs.encode(codecs.L16, EVERY_SAMPLE.astype(np.float32), payload)
    assert payload.tobytes() == EVERY_SAMPLE.astype(">i2").tobytes()
    frame = np.zeros(65536, np.float32)
    codecs.decode(codecs.L16, payload, frame)
    assert np.array_equal(frame, EVERY_SAMPLE)


@pytest.mark.parametrize("codec", [codecs.PCMU, codecs.PCMA, codecs.L16])
def test_samples_beyond_16_bits_saturate(codec: int) -> None:
    loud = np.array([1e6, -1e6], np.float32)
    payload, frame = np.zeros(2 * codecs.sample_bytes(codec), np.uint8), np.zeros(2, np.float32)
    codecs.encode(codec, loud, payload)
    codecs.decode(codec, payload, frame)
    assert frame[0] > 32000
    assert frame[1] < -32000


@pytest.mark.parametrize("codec", [codecs.PCMU, codecs.PCMA])
def test_silence_is_the_code_of_zero(codec: int) -> None:
    payload = np.zeros(4, np.uint8)
    codecs.encode(codec, np.zeros(4, np.float32), payload)
    assert set(payload.tolist()) == {(pcmu.SILENCE, pcma.SILENCE)[codec]}


@pytest.mark.parametrize("samples", [80, 160, 240, 320, 480])
def test_packets_of_10_to_60_ms_fill_only_their_part_of_a_frame(samples: int) -> None:
    frame = np.full(500, 7, np.float32)
    codecs.decode(codecs.PCMU, np.full(samples, pcmu.SILENCE, np.uint8), frame)
    assert not frame[:samples].any()
    assert (frame[samples:] == 7).all()
