"""RTCP (RFC 3550): what is known of a stream received, and the reports in both directions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .compiled import entry_kernel, kernel

Bytes = NDArray[np.uint8]
Row = NDArray[np.int64]

SR, RR, BYE, OURS, MALFORMED = 1, 2, 4, 8, -1
"""What `parse` has found, or'ed; OURS: a report block about the stream that we send."""

SSRC, STARTED, BASE, HIGHEST, RECEIVED, EXPECTED_PRIOR, RECEIVED_PRIOR = range(7)
TRANSIT, JITTER_X16, SENDER_REPORT, SENDER_REPORT_AT, SENDER_SEEN = range(7, 12)
RECEPTION_STATE = 16
"""Length of a row about one received stream (int64). All zeros: nothing received."""
PACKETS, OCTETS, RTP_TIME = range(3)
SENT_STATE = 4
"""Length of a row about the stream sent (int64): packets, payload octets, RTP timestamp of now."""
PEER, FRACTION, CUMULATIVE, REPORTED_HIGHEST, REPORTED_JITTER, ROUND_TRIP_US = range(6)
REPORT = 8
"""Length of a row about what the peer reports (int64)."""

MOST_DROPOUT = 3000
MOST_MISORDER = 100
"""Jumps within them are loss and disorder; others are a sender that began anew (RFC 3550 A.1)."""
NTP_EPOCH = 2_208_988_800
"""Seconds from 1900 to 1970."""
SECOND_NS = 1_000_000_000
TYPE_SR, TYPE_RR, TYPE_SDES, TYPE_BYE = 200, 201, 202, 203
HEADER, BLOCK, SENDER_INFO = 8, 24, 20
LONGEST_CNAME = 64
"""Ours are short; a packet built here is at most 144 bytes."""
LONGEST_PACKET = 160


@kernel
def received(state: Row, ssrc: int, sequence: int, timestamp: int, arrival: int) -> None:
    """Count a packet and update the jitter (RFC 3550 A.1, A.8); `arrival` is in ticks of the RTP clock."""
    transit = (arrival - timestamp) & 0xFFFFFFFF
    if state[STARTED] == 0 or state[SSRC] != ssrc:
        _begin(state, ssrc, sequence, transit)
        return
    step = (sequence - state[HIGHEST]) & 0xFFFF
    if step < MOST_DROPOUT:
        state[HIGHEST] += step
    elif step <= 0x10000 - MOST_MISORDER:
        _begin(state, ssrc, sequence, transit)
        return
    state[RECEIVED] += 1
    change = (transit - state[TRANSIT]) & 0xFFFFFFFF
    if change >= 0x80000000:
        change = 0x100000000 - change
    state[TRANSIT] = transit
    state[JITTER_X16] += change - ((state[JITTER_X16] + 8) >> 4)


@kernel
def _begin(state: Row, ssrc: int, sequence: int, transit: int) -> None:
    state[:] = 0
    state[SSRC], state[STARTED], state[RECEIVED] = ssrc, 1, 1
    state[BASE] = state[HIGHEST] = sequence
    state[TRANSIT] = transit


@entry_kernel
def jitter(state: Row) -> int:
    """Return the interarrival jitter in ticks of the RTP clock."""
    return int(state[JITTER_X16] >> 4)


@kernel
def expected(state: Row) -> int:
    """Return how many packets should have come."""
    return int(state[HIGHEST] - state[BASE] + 1) if state[STARTED] else 0


@entry_kernel
def lost(state: Row) -> int:
    """Return how many packets never came; negative when some came twice."""
    return expected(state) - int(state[RECEIVED])


@kernel
def _fraction_lost(state: Row) -> int:
    """Return the loss since the last report in 256ths (RFC 3550 A.3), and begin the next interval."""
    count = expected(state)
    due = count - state[EXPECTED_PRIOR]
    missing = due - (state[RECEIVED] - state[RECEIVED_PRIOR])
    state[EXPECTED_PRIOR] = count
    state[RECEIVED_PRIOR] = state[RECEIVED]
    return 0 if due <= 0 or missing <= 0 else int(min(255, missing * 256 // due))


@kernel
def compose(packet: Bytes, ssrc: int, sent: Row, reception: Row, cname: Bytes, unix_ns: int) -> int:
    """Write a compound packet, SR or RR with SDES CNAME (RFC 3550 §6.1); return its length, up to LONGEST_PACKET.

    It is an SR when something was sent. The report block is there when something was received.
    """
    sending = sent[PACKETS] > 0
    blocks = 1 if reception[STARTED] else 0
    length = HEADER + (SENDER_INFO if sending else 0) + blocks * BLOCK
    packet[0] = 0x80 | blocks
    packet[1] = TYPE_SR if sending else TYPE_RR
    _write_16(packet, 2, length // 4 - 1)
    _write_32(packet, 4, ssrc)
    if sending:
        _write_32(packet, 8, unix_ns // SECOND_NS + NTP_EPOCH)
        _write_32(packet, 12, (unix_ns % SECOND_NS << 32) // SECOND_NS)
        _write_32(packet, 16, sent[RTP_TIME])
        _write_32(packet, 20, sent[PACKETS])
        _write_32(packet, 24, sent[OCTETS])
    if blocks:
        _write_block(packet, length - BLOCK, reception, unix_ns)
    return _describe(packet, length, ssrc, cname)


@kernel
def _write_block(packet: Bytes, at: int, reception: Row, unix_ns: int) -> None:
    _write_32(packet, at, reception[SSRC])
    total = max(-0x800000, min(0x7FFFFF, lost(reception)))
    _write_32(packet, at + 4, total & 0xFFFFFF)
    packet[at + 4] = _fraction_lost(reception)
    _write_32(packet, at + 8, reception[HIGHEST])
    _write_32(packet, at + 12, jitter(reception))
    seen = reception[SENDER_SEEN] != 0
    delay = (_middle_of_ntp(unix_ns) - reception[SENDER_REPORT_AT]) & 0xFFFFFFFF
    _write_32(packet, at + 16, reception[SENDER_REPORT] if seen else 0)
    _write_32(packet, at + 20, delay if seen else 0)


@kernel
def _describe(packet: Bytes, start: int, ssrc: int, cname: Bytes) -> int:
    """Append SDES with CNAME (RFC 3550 §6.5), ended by 1 to 4 null bytes; return the new length."""
    name = min(len(cname), LONGEST_CNAME)
    length = (HEADER + 2 + name) // 4 * 4 + 4
    packet[start] = 0x81
    packet[start + 1] = TYPE_SDES
    _write_16(packet, start + 2, length // 4 - 1)
    _write_32(packet, start + 4, ssrc)
    packet[start + 8] = 1
    packet[start + 9] = name
    for i in range(HEADER + 2, length):
        at = i - HEADER - 2
        packet[start + i] = cname[at] if at < name else 0
    return start + length


@kernel
def goodbye(packet: Bytes, length: int, ssrc: int) -> int:
    """Append a BYE to a compound packet of that length (RFC 3550 §6.6); return the new length."""
    packet[length] = 0x81
    packet[length + 1] = TYPE_BYE
    _write_16(packet, length + 2, 1)
    _write_32(packet, length + 4, ssrc)
    return length + HEADER


@kernel
def parse(packet: Bytes, ssrc: int, reception: Row, unix_ns: int, report: Row) -> int:
    """Read a compound packet of any bytes; return what was in it, or MALFORMED when it does not begin as RTCP.

    Unknown packets are skipped, and what is cut off ends the reading (RFC 3550 A.2, but an RR or SR need not be first,
    RFC 5506). `report` takes what the peer says of our stream `ssrc`; `reception` the time of its sender report.
    """
    found = 0
    at = 0
    while at + 4 <= len(packet):
        end = at + 4 * (_read_16(packet, at + 2) + 1)
        if packet[at] >> 6 != 2 or end > len(packet):
            break
        kind = packet[at + 1]
        count = packet[at] & 0x1F
        if kind in (TYPE_SR, TYPE_RR):
            found |= _parse_report(packet[at:end], kind == TYPE_SR, count, ssrc, reception, unix_ns, report)
        elif kind == TYPE_BYE:
            found |= _parse_bye(packet[at:end], count, reception)
        at = end
    return MALFORMED if at == 0 else found


@kernel
def _parse_report(packet: Bytes, sender: bool, count: int, ssrc: int, reception: Row, unix_ns: int, report: Row) -> int:
    first = HEADER + SENDER_INFO if sender else HEADER
    if len(packet) < first:
        return 0
    report[PEER] = _read_32(packet, 4)
    if sender and report[PEER] == reception[SSRC]:
        reception[SENDER_REPORT] = _read_16(packet, 10) << 16 | _read_16(packet, 12)
        reception[SENDER_REPORT_AT] = _middle_of_ntp(unix_ns)
        reception[SENDER_SEEN] = 1
    found = SR if sender else RR
    for i in range(count):
        at = first + i * BLOCK
        if at + BLOCK <= len(packet) and _read_32(packet, at) == ssrc:
            _read_block(packet, at, unix_ns, report)
            found |= OURS
    return found


@kernel
def _read_block(packet: Bytes, at: int, unix_ns: int, report: Row) -> None:
    report[FRACTION] = packet[at + 4]
    total = _read_32(packet, at + 4) & 0xFFFFFF
    report[CUMULATIVE] = total - 0x1000000 if total & 0x800000 else total
    report[REPORTED_HIGHEST] = _read_32(packet, at + 8)
    report[REPORTED_JITTER] = _read_32(packet, at + 12)
    last, delay = _read_32(packet, at + 16), _read_32(packet, at + 20)
    trip = (_middle_of_ntp(unix_ns) - last - delay) & 0xFFFFFFFF
    # A negative trip comes from a peer whose clock runs ahead of ours.
    report[ROUND_TRIP_US] = -1 if last == 0 or trip >= 0x80000000 else trip * 1_000_000 >> 16


@kernel
def _parse_bye(packet: Bytes, count: int, reception: Row) -> int:
    """Return BYE when the stream that we receive is among those that end."""
    for i in range(count):
        at = 4 + 4 * i
        if at + 4 <= len(packet) and (reception[STARTED] == 0 or _read_32(packet, at) == reception[SSRC]):
            return BYE
    return 0


@kernel
def _middle_of_ntp(unix_ns: int) -> int:
    """Return the middle 32 bits of an NTP time: units of 1/65536 s."""
    seconds = unix_ns // SECOND_NS + NTP_EPOCH
    return ((seconds & 0xFFFF) << 16) | ((unix_ns % SECOND_NS << 16) // SECOND_NS)


@kernel
def _read_16(packet: Bytes, at: int) -> int:
    return int(packet[at]) << 8 | int(packet[at + 1])


@kernel
def _read_32(packet: Bytes, at: int) -> int:
    return _read_16(packet, at) << 16 | _read_16(packet, at + 2)


@kernel
def _write_16(packet: Bytes, at: int, value: int) -> None:
    packet[at] = (value >> 8) & 0xFF
    packet[at + 1] = value & 0xFF


@kernel
def _write_32(packet: Bytes, at: int, value: int) -> None:
    _write_16(packet, at, value >> 16)
    _write_16(packet, at + 2, value)
