"""RTP headers (RFC 3550 section 5.1 and appendix A.1)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mixminus.engine import rtp
from mixminus.engine.layout import Bytes, Ints

FIXED = bytes((0x80, 0x80 | 101, 0x12, 0x34, 0, 0, 1, 2, 0xDE, 0xAD, 0xBE, 0xEF))


def _parse(packet: bytes) -> Ints | None:
    header = np.zeros(8, np.int64)
    return header if rtp.parse(_octets(packet), len(packet), header) else None


def _octets(packet: bytes) -> Bytes:
    return np.frombuffer(packet + bytes(1), np.uint8).copy()


def test_the_fixed_header_is_read() -> None:
    """RFC 3550 section 5.1: 'The first twelve octets are present in every RTP packet'."""
    header = _parse(FIXED + b"abc")
    assert header is not None
    assert header[:7].tolist() == [101, 1, 0x1234, 258, 0xDEADBEEF, 12, 15]


def test_contributors_extension_and_padding_are_left_out() -> None:
    """RFC 3550: CSRC count, 'exactly one header extension', 'the last octet of the padding contains a count'."""
    packet = bytes((0xB2,)) + FIXED[1:] + bytes(8) + b"\xbe\xde\x00\x01extn" + b"audio" + b"\x00\x00\x03"
    header = _parse(packet)
    assert header is not None
    assert packet[header[rtp.PAYLOAD_FIRST] : header[rtp.PAYLOAD_LAST]] == b"audio"


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        FIXED[:11],
        b"\x40" + FIXED[1:],
        b"\x8f" + FIXED[1:],
        b"\x90" + FIXED[1:] + b"\x00\x00\x00\x09",
        b"\x90" + FIXED[1:] + b"\x00\x00",
        b"\xa0" + FIXED[1:] + b"\x00",
        b"\xa0" + FIXED[1:] + b"\x09",
    ],
)
def test_what_is_no_packet_is_refused(packet: bytes) -> None:
    """RFC 3550 appendix A.1: version 2, lengths 'consistent with CC and payload type'."""
    assert _parse(packet) is None


@settings(deadline=None)
@given(st.integers(0, 127), st.integers(0, 1), st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF))
def test_what_is_written_is_read(payload_type: int, marker: int, sequence: int, number: int) -> None:
    """A header of ours is the fixed header."""
    packet = np.zeros(13, np.uint8)
    rtp.write(packet, payload_type, marker, sequence, number, number ^ 0xFFFFFFFF)
    header = np.zeros(8, np.int64)
    assert rtp.parse(packet, 12, header)
    assert header[:5].tolist() == [payload_type, marker, sequence, number, number ^ 0xFFFFFFFF]


@settings(deadline=None)
@given(st.integers(1 << 40, 1 << 41), st.integers(-(1 << 31) + 1, (1 << 31) - 1))
def test_a_wrapped_number_is_found_again(near: int, step: int) -> None:
    """Reliability row 25: 'ts wraps': the closest number with these low 32 bits is meant."""
    assert rtp.unwrap((near + step) & 0xFFFFFFFF, near) == near + step
