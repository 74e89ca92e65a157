"""Bytes from the network: RTCP and telephone-event payloads, valid ones mutated and random ones."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mixminus.engine import rtcp, rtp, telephone_event

CNAME = np.frombuffer(b"fuzz@example", np.uint8)


def valid_rtcp() -> bytes:
    reception = np.zeros(rtcp.RECEPTION_STATE, np.int64)
    rtcp.received(reception, 9, 1, 160, 0)
    packet = np.zeros(rtcp.LONGEST_PACKET, np.uint8)
    length = rtcp.compose(packet, 7, np.array([5, 800, 160, 0], np.int64), reception, CNAME, 10**18)
    return packet[: rtcp.goodbye(packet, length, 7)].tobytes()


VALID = valid_rtcp()


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Draw a valid compound packet with some bytes changed, cut or repeated."""
    data = bytearray(VALID)
    for _ in range(draw(st.integers(0, 6))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    start, end = draw(st.integers(0, len(data))), draw(st.integers(0, len(data)))
    return bytes(data[:end] + data[start:])


@settings(max_examples=500, deadline=None)
@given(data=mutated() | st.binary(max_size=1500), unix_ns=st.integers(0, 2**62))
def test_rtcp_of_any_bytes_is_read_within_bounds(data: bytes, unix_ns: int) -> None:
    """Compiled code does not check bounds, so the packet lies between guards and plain Python reads it as well."""
    around = np.concatenate((np.full(64, 0xEE, np.uint8), np.frombuffer(data, np.uint8), np.full(64, 0xEE, np.uint8)))
    packet = around[64 : 64 + len(data)]
    reception = np.zeros(rtcp.RECEPTION_STATE, np.int64)
    rtcp.received(reception, 7, 1, 160, 0)
    report = np.full(rtcp.REPORT, -7, np.int64)
    flags = rtcp.parse(packet, 9, reception, unix_ns, report)
    assert flags == rtcp.MALFORMED or 0 <= flags < 16
    assert around[64 : 64 + len(data)].tobytes() == data
    alone, again = np.frombuffer(data, np.uint8), np.full(rtcp.REPORT, -7, np.int64)
    assert rtcp.parse(alone, 9, reception, unix_ns, again) == flags
    assert np.array_equal(report, again)
    if flags > 0 and flags & rtcp.OURS:
        assert 0 <= report[rtcp.FRACTION] <= 255
        assert -(2**23) <= report[rtcp.CUMULATIVE] < 2**23
        assert report[rtcp.ROUND_TRIP_US] >= -1


@settings(max_examples=300, deadline=None)
@given(
    packets=st.lists(
        st.tuples(
            st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF), st.integers(0, 0xFFFFFFFF), st.sampled_from([7, 8])
        ),
        max_size=30,
    )
)
def test_reception_of_any_headers_stays_in_range(packets: list[tuple[int, int, int, int]]) -> None:
    state = np.zeros(rtcp.RECEPTION_STATE, np.int64)
    for sequence, timestamp, arrival, ssrc in packets:
        rtcp.received(state, ssrc, sequence, timestamp, arrival)
        assert rtcp.jitter(state) >= 0
        assert 1 <= rtcp.expected(state) <= len(packets) * rtcp.MOST_DROPOUT
        assert rtcp.lost(state) <= rtcp.expected(state)
    packet = np.zeros(rtcp.LONGEST_PACKET, np.uint8)
    assert rtcp.compose(packet, 1, np.zeros(4, np.int64), state, CNAME, 0) <= rtcp.LONGEST_PACKET


@settings(max_examples=500, deadline=None)
@given(packets=st.lists(st.tuples(st.binary(max_size=12), st.integers(0, 0xFFFFFFFF)), max_size=30))
def test_telephone_events_of_any_bytes_are_keys_or_nothing(packets: list[tuple[bytes, int]]) -> None:
    state = np.zeros(telephone_event.RECEIVER_STATE, np.int64)
    for data, timestamp in packets:
        payload = np.frombuffer(data, np.uint8)
        event = telephone_event.receive(payload, timestamp, state)
        assert event == -1 or event == data[0] < telephone_event.KEYS
        assert telephone_event.receive(payload, timestamp, state) == -1


HEADED = bytes((0xB2, 0, 0x12, 0x34, 0, 0, 1, 2, 1, 2, 3, 4)) + bytes(8) + b"\xbe\xde\x00\x01extnaudio\x00\x00\x03"


@settings(max_examples=1000, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(HEADED) - 1), st.integers(0, 255)), max_size=6), st.integers(0, len(HEADED))
)
def test_rtp_of_any_bytes_is_parsed_within_bounds_or_refused(changes: list[tuple[int, int]], length: int) -> None:
    """RFC 3550 appendix A.1: whatever comes, the payload that is found lies within the packet."""
    packet = np.frombuffer(HEADED, np.uint8).copy()
    for at, value in changes:
        packet[at] = value
    header = np.zeros(8, np.int64)
    if rtp.parse(packet, length, header):
        assert 12 <= header[rtp.PAYLOAD_FIRST] <= header[rtp.PAYLOAD_LAST] <= length
