"""What a datagram means to a port: audio, a key press, a report, or nothing."""

from __future__ import annotations

from . import jitter, rtcp, rtp, source, telephone_event, wheel
from .compiled import kernel
from .layout import FRAME_NS, Bytes, Clockwork, Ints, Port, Scratch
from .rings import push_event
from .signals import DIGIT, SOURCE_LOCKED

WINDOW = 62
"""Packets behind the newest that are told from duplicates: more than a second of them."""
WINDOW_MASK = (1 << WINDOW) - 1
QUIET_TICKS = 4
"""A key press replaces the audio; for so long after one of its packets, missing audio is not loss."""


@kernel
def accept(
    port: Port,
    row: int,
    packet: Bytes,
    address: int,
    arrival: int,
    deadline: int,
    clockwork: Clockwork,
    scratch: Scratch,
) -> None:
    """Take a datagram that came to the port's RTP socket at `arrival`, for the tick due at `deadline`.

    `address` is packed as host << 16 | port.
    """
    if packet.shape[0] >= 2 and rtp.RTCP_FIRST <= packet[1] <= rtp.RTCP_LAST:
        accept_report(port, packet, address, arrival + clockwork.wall_offset)
        return
    header = scratch.header[:]
    if not rtp.parse(packet, packet.shape[0], header):
        port.malformed += 1
        return
    unlocked = port.source == 0
    if not source.admits(port, address, header, arrival):
        port.foreign += 1
        return
    if unlocked:
        push_event(clockwork, SOURCE_LOCKED, row, address)
    port.last_heard = arrival
    port.timed_out = 0
    if _is_new(port, header):
        _sort(port, row, packet, arrival, deadline, clockwork, scratch)


@kernel
def accept_report(port: Port, packet: Bytes, address: int, unix_ns: int) -> None:
    """Take an RTCP packet; only the host that is heard may report."""
    heard = port.source if port.source != 0 else port.remote
    if address >> 16 != heard >> 16:
        port.foreign += 1
        return
    if rtcp.parse(packet, port.ssrc, port.reception[:], unix_ns, port.report[:]) < 0:
        port.malformed += 1
        return
    port.reports += 1
    if port.source != 0 and port.remote_rtcp != port.remote:
        port.remote_rtcp = address


@kernel
def _is_new(port: Port, header: Ints) -> bool:
    sequence = header[rtp.SEQUENCE]
    ahead = (sequence - port.highest_sequence) & 0xFFFF
    if header[rtp.SSRC] != port.remote_ssrc or port.received == 0:
        _start_stream(port, header)
    elif ahead == 0 or ahead > 0x10000 - WINDOW:
        bit = 1 << ((-ahead) & 0xFFFF)
        if port.seen & bit:
            port.duplicates += 1
            return False
        port.seen |= bit
    else:
        port.seen = ((port.seen << min(ahead, WINDOW)) & WINDOW_MASK) | 1 if ahead < WINDOW else 1
        port.highest_sequence = sequence
    return True


@kernel
def _start_stream(port: Port, header: Ints) -> None:
    port.remote_ssrc = header[rtp.SSRC]
    port.highest_sequence = header[rtp.SEQUENCE]
    port.seen = 1
    port.resynced += port.synced
    port.synced = 0
    port.event_receiver[:] = 0


@kernel
def _sort(
    port: Port,
    row: int,
    packet: Bytes,
    arrival: int,
    deadline: int,
    clockwork: Clockwork,
    scratch: Scratch,
) -> None:
    header = scratch.header[:]
    payload = packet[header[rtp.PAYLOAD_FIRST] : header[rtp.PAYLOAD_LAST]]
    stamp = header[rtp.TIMESTAMP]
    port.received += 1
    port.received_octets += payload.shape[0]
    in_samples = arrival // 1000 * port.rate // 1_000_000
    rtcp.received(port.reception[:], header[rtp.SSRC], header[rtp.SEQUENCE], stamp, in_samples)
    if header[rtp.PAYLOAD_TYPE] == port.dtmf_payload_type:
        port.quiet_ticks = QUIET_TICKS
        digit = telephone_event.receive(payload, stamp, port.event_receiver[:])
        if digit >= 0:
            push_event(clockwork, DIGIT, row, digit)
    elif header[rtp.PAYLOAD_TYPE] == port.payload_type and port.receives != 0:
        wheel.note_arrival(port, deadline - arrival)
        ticks_late = -((deadline - arrival) // FRAME_NS)
        jitter.insert(port, payload, stamp, ticks_late, scratch.coded[:])
