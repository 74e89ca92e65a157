"""The phones' own G.711."""

from __future__ import annotations

import numpy as np
import pytest

from mixminus.testing.g711 import ALAW, MULAW, decode, encode


def test_every_code_survives_its_own_value() -> None:
    for codec, table in (("PCMU", MULAW), ("PCMA", ALAW)):
        assert (decode(codec, encode(codec, table)) == table).all()


def test_known_values() -> None:
    """ITU-T G.711 tables 1a to 2b: the extremes and the smallest steps, in 16-bit units."""
    assert [int(MULAW[code]) for code in (0x00, 0x7F, 0x80, 0xFF)] == [-32124, 0, 32124, 0]
    assert [int(ALAW[code]) for code in (0x2A, 0xAA, 0x55, 0xD5)] == [-32256, 32256, -8, 8]


@pytest.mark.parametrize("codec", ["PCMU", "PCMA"])
def test_the_nearest_value_is_chosen(codec: str) -> None:
    samples = np.arange(-32000, 32000, 7, dtype=np.int16)
    error = np.abs(decode(codec, encode(codec, samples)).astype(int) - samples)
    assert (error <= np.maximum(np.abs(samples.astype(int)) / 32 + 8, 8)).all()


def test_l16_is_big_endian_and_exact() -> None:
    """RFC 3551 §4.5.11: "transmitted in network byte order (most significant byte first)"."""
    assert encode("L16", np.array([0x0102, -2], np.int16)) == b"\x01\x02\xff\xfe"
    assert list(decode("L16", b"\x01\x02\xff\xfe\x00")) == [0x0102, -2]


def test_other_codecs_are_refused() -> None:
    with pytest.raises(ValueError, match="G729"):
        encode("G729", np.zeros(1, np.int16))
    with pytest.raises(ValueError, match="G729"):
        decode("G729", b"")
