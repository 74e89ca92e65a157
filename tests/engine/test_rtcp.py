"""RTCP against RFC 3550."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from numpy.typing import NDArray

from mixminus.engine import rtcp

Row = NDArray[np.int64]
CNAME = np.frombuffer(b"mixminus@example", np.uint8)
NOW_NS = 1_700_000_000 * 10**9 + 250_000_000
OURS, THEIRS = 0x11223344, 0xAABBCCDD


@pytest.fixture
def reception() -> Row:
    return np.zeros(rtcp.RECEPTION_STATE, np.int64)


def receive(state: Row, sequences: list[int], arrivals: list[int] | None = None) -> None:
    for i, sequence in enumerate(sequences):
        timestamp = (sequence * 160) & 0xFFFFFFFF
        rtcp.received(state, THEIRS, sequence & 0xFFFF, timestamp, arrivals[i] if arrivals else timestamp + 7)


def composed(sent: list[int], reception: Row, unix_ns: int = NOW_NS) -> bytes:
    packet = np.zeros(rtcp.LONGEST_PACKET, np.uint8)
    length = rtcp.compose(packet, OURS, np.array([*sent, 0], np.int64), reception, CNAME, unix_ns)
    return packet[:length].tobytes()


def parsed(data: bytes, reception: Row, unix_ns: int = NOW_NS, ssrc: int = OURS) -> tuple[int, list[int]]:
    report = np.zeros(rtcp.REPORT, np.int64)
    flags = rtcp.parse(np.frombuffer(data, np.uint8), ssrc, reception, unix_ns, report)
    return flags, report.tolist()


def test_loss_is_expected_less_received(reception: Row) -> None:
    """RFC 3550 A.3: "the number of packets lost is defined to be the number expected less the number received"."""
    receive(reception, [65533, 65534, 65535, 0, 2, 3, 6])
    assert rtcp.expected(reception) == 10
    assert rtcp.lost(reception) == 3


def test_late_packets_and_duplicates_count_as_received(reception: Row) -> None:
    receive(reception, [10, 12, 11, 12, 12])
    assert rtcp.expected(reception) == 3
    assert rtcp.lost(reception) == -2


@pytest.mark.parametrize("again", [{"ssrc": 5, "sequence": 3}, {"ssrc": THEIRS, "sequence": 30000}])
def test_a_new_source_or_a_large_jump_begins_anew(reception: Row, again: dict[str, int]) -> None:
    """RFC 3550 A.1, update_seq: a very large jump means that the other side restarted."""
    receive(reception, [1, 2, 9])
    rtcp.received(reception, again["ssrc"], again["sequence"], 0, 0)
    assert (rtcp.expected(reception), rtcp.lost(reception)) == (1, 0)


def test_jitter_is_a_sixteenth_of_each_difference(reception: Row) -> None:
    """RFC 3550 A.8: J += (1/16) * (|D| - J)."""
    random = np.random.default_rng(4)
    arrivals = [int(i * 160 + random.integers(0, 200)) for i in range(300)]
    receive(reception, list(range(300)), arrivals)
    transits = np.array([arrivals[i] - i * 160 for i in range(300)])
    exact = 0.0
    for change in np.abs(np.diff(transits)):
        exact += (change - exact) / 16
    assert rtcp.jitter(reception) == pytest.approx(exact, abs=2)


def test_jitter_survives_the_wrap_of_the_clock(reception: Row) -> None:
    for i in range(100):
        rtcp.received(reception, 1, i, (0xFFFFFF00 + i * 160) & 0xFFFFFFFF, (0x7FFFFFFF + i * 160) & 0xFFFFFFFF)
    assert rtcp.jitter(reception) == 0


def test_a_sender_report_is_laid_out_as_in_section_6_4_1(reception: Row) -> None:
    receive(reception, [1, 2, 4])
    data = composed([50, 8000, 123456], reception)
    head, kind, length, ssrc, seconds, fraction, clock, packets, octets = struct.unpack("!BBHIIIIII", data[:28])
    assert (head, kind, length, ssrc) == (0x81, 200, 12, OURS)
    assert (seconds, fraction) == (1_700_000_000 + 2_208_988_800, 2**30)
    assert (clock, packets, octets) == (123456, 50, 8000)
    source, loss, highest, jitter, last, delay = struct.unpack("!IIIIII", data[28:52])
    assert (source, loss >> 24, loss & 0xFFFFFF, highest, jitter) == (THEIRS, 64, 1, 4, 0)
    assert (last, delay) == (0, 0)


def test_the_fraction_lost_is_that_of_the_interval(reception: Row) -> None:
    receive(reception, [1, 2, 4])
    assert composed([1, 1, 1], reception)[32] == 64
    receive(reception, [5, 6])
    assert composed([1, 1, 1], reception)[32] == 0


def test_every_compound_packet_carries_the_cname(reception: Row) -> None:
    """RFC 3550 §6.1: "an SDES packet with the CNAME item MUST be included in each compound RTCP packet"."""
    data = composed([0, 0, 0], reception)
    assert struct.unpack("!BBHI", data[:8]) == (0x80, 201, 1, OURS)
    assert data[8:] == struct.pack("!BBHIBB", 0x81, 202, 6, OURS, 1, 16) + CNAME.tobytes() + b"\0\0"


@pytest.mark.parametrize("length", range(70))
def test_sdes_ends_with_nulls_on_a_word(reception: Row, length: int) -> None:
    packet = np.full(rtcp.LONGEST_PACKET, 0xEE, np.uint8)
    name = np.full(length, 65, np.uint8)
    size = rtcp.compose(packet, OURS, np.zeros(4, np.int64), reception, name, NOW_NS)
    kept = min(length, 64)
    assert size % 4 == 0
    assert packet[17] == kept
    assert packet[18 : 18 + kept].tolist() == [65] * kept
    assert 1 <= size - 18 - kept <= 4
    assert not packet[18 + kept : size].any()
    assert (packet[size:] == 0xEE).all()
    assert int(packet[11]) + 1 == (size - 8) // 4


def test_two_ends_learn_loss_and_round_trip_from_each_other(reception: Row) -> None:
    """RFC 3550 §6.4.1: the round trip is A - LSR - DLSR."""
    receive(reception, [1, 2, 4])
    far = np.zeros(rtcp.RECEPTION_STATE, np.int64)
    rtcp.received(far, OURS, 1, 160, 0)
    rtcp.received(far, OURS, 3, 480, 320)
    assert parsed(composed([50, 8000, 1], reception), far, NOW_NS + 40_000_000, THEIRS)[0] == rtcp.SR | rtcp.OURS
    packet = np.zeros(rtcp.LONGEST_PACKET, np.uint8)
    length = rtcp.compose(packet, THEIRS, np.zeros(4, np.int64), far, CNAME, NOW_NS + 1_040_000_000)
    flags, report = parsed(packet[:length].tobytes(), reception, NOW_NS + 1_100_000_000)
    assert flags == rtcp.RR | rtcp.OURS
    assert report[rtcp.PEER] == THEIRS
    assert report[rtcp.FRACTION] == 85
    assert report[rtcp.CUMULATIVE] == 1
    assert report[rtcp.REPORTED_HIGHEST] == 3
    assert report[rtcp.ROUND_TRIP_US] == pytest.approx(100_000, abs=50)


def test_a_negative_loss_and_an_impossible_round_trip_are_read(reception: Row) -> None:
    block = struct.pack("!IIIIII", OURS, 0x00FFFFFE, 9, 3, 0xFFFFFFFF, 0xFFFFFFF0)
    flags, report = parsed(struct.pack("!BBHI", 0x81, 201, 7, THEIRS) + block, reception, 0)
    assert flags == rtcp.RR | rtcp.OURS
    assert report[rtcp.CUMULATIVE] == -2
    assert report[rtcp.REPORTED_JITTER] == 3


def test_a_goodbye_is_heard(reception: Row) -> None:
    packet = np.zeros(rtcp.LONGEST_PACKET, np.uint8)
    length = rtcp.compose(packet, THEIRS, np.zeros(4, np.int64), reception, CNAME, NOW_NS)
    length = rtcp.goodbye(packet, length, THEIRS)
    receive(reception, [1])
    assert parsed(packet[:length].tobytes(), reception)[0] == rtcp.RR | rtcp.BYE
    other = np.zeros(rtcp.RECEPTION_STATE, np.int64)
    rtcp.received(other, 77, 1, 1, 1)
    assert parsed(packet[:length].tobytes(), other)[0] == rtcp.RR


def test_a_report_about_another_stream_is_not_ours(reception: Row) -> None:
    block = struct.pack("!IIIIII", OURS + 1, 1, 9, 3, 0, 0)
    assert parsed(struct.pack("!BBHI", 0x81, 201, 7, THEIRS) + block, reception) == (rtcp.RR, [THEIRS] + [0] * 7)


@pytest.mark.parametrize(
    "data",
    [b"", b"\x80\xc8\x00", b"\x40\xc9\x00\x01" + b"\0" * 4, b"\x80\xc8\x00\xff" + b"\0" * 24],
    ids=["empty", "short", "wrong version", "longer than the datagram"],
)
def test_what_is_no_rtcp_is_malformed(reception: Row, data: bytes) -> None:
    assert parsed(data, reception)[0] == rtcp.MALFORMED


def test_a_report_with_fewer_blocks_than_it_says_is_read_as_far_as_it_goes(reception: Row) -> None:
    assert parsed(struct.pack("!BBHI", 0x9F, 201, 1, THEIRS), reception)[0] == rtcp.RR
    assert parsed(struct.pack("!BBHI", 0x9F, 200, 1, THEIRS), reception)[0] == 0
