"""RTP headers (RFC 3550 section 5.1) and the arithmetic of numbers that wrap."""

from __future__ import annotations

from .compiled import kernel
from .layout import Bytes, Ints

HEADER = 12
"""Octets of a header without CSRC identifiers or extension."""
PAYLOAD_TYPE, MARKER, SEQUENCE, TIMESTAMP, SSRC, PAYLOAD_FIRST, PAYLOAD_LAST = range(7)
"""Where `parse` puts what it finds."""
RTCP_FIRST, RTCP_LAST = 192, 223
"""Second octets that mean RTCP where both share a port (RFC 5761 section 4)."""


@kernel
def parse(packet: Bytes, length: int, header: Ints) -> bool:
    """Read the first `length` octets of a packet into `header`; False if they are no RTP packet (RFC 3550 A.1)."""
    if length < HEADER or packet[0] >> 6 != 2:
        return False
    first = HEADER + 4 * int(packet[0] & 15)
    last = length
    if packet[0] & 16:
        if first + 4 > length:
            return False
        first += 4 + 4 * ((int(packet[first + 2]) << 8) | int(packet[first + 3]))
    if first > length:
        return False
    if packet[0] & 32:
        last -= int(packet[length - 1])
        if packet[length - 1] == 0 or last < first:
            return False
    header[PAYLOAD_TYPE] = packet[1] & 127
    header[MARKER] = packet[1] >> 7
    header[SEQUENCE] = (int(packet[2]) << 8) | int(packet[3])
    header[TIMESTAMP] = word(packet, 4)
    header[SSRC] = word(packet, 8)
    header[PAYLOAD_FIRST] = first
    header[PAYLOAD_LAST] = last
    return True


@kernel
def write(packet: Bytes, payload_type: int, marker: int, sequence: int, timestamp: int, ssrc: int) -> None:
    """Write a header of 12 octets."""
    packet[0] = 0x80
    packet[1] = payload_type | (marker << 7)
    packet[2] = (sequence >> 8) & 255
    packet[3] = sequence & 255
    put_word(packet, 4, timestamp)
    put_word(packet, 8, ssrc)


@kernel
def word(octets: Bytes, at: int) -> int:
    """Return the 32 bits at `at`, big-endian."""
    return (int(octets[at]) << 24) | (int(octets[at + 1]) << 16) | (int(octets[at + 2]) << 8) | int(octets[at + 3])


@kernel
def put_word(octets: Bytes, at: int, value: int) -> None:
    """Write 32 bits at `at`, big-endian."""
    octets[at] = (value >> 24) & 255
    octets[at + 1] = (value >> 16) & 255
    octets[at + 2] = (value >> 8) & 255
    octets[at + 3] = value & 255


@kernel
def unwrap(value: int, near: int) -> int:
    """Return the number closest to `near` whose low 32 bits are `value`."""
    difference = (value - near) & 0xFFFFFFFF
    if difference >= 0x80000000:
        difference -= 0x100000000
    return near + difference
