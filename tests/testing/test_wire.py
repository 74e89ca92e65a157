"""RTP packets of virtual phones."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mixminus.testing.wire import EventPart, Packet, event_parts

packets = st.builds(
    Packet,
    payload_type=st.integers(0, 127),
    sequence=st.integers(0, 0xFFFF),
    timestamp=st.integers(0, 0xFFFFFFFF),
    ssrc=st.integers(0, 0xFFFFFFFF),
    payload=st.binary(max_size=320),
    marker=st.booleans(),
)


@given(packets)
def test_a_packet_survives_the_wire(packet: Packet) -> None:
    assert Packet.parse(packet.encode()) == packet


def test_padding_extension_and_csrcs_are_no_payload() -> None:
    """RFC 3550 §5.1 and §5.3.1."""
    header = bytes([0x80 | 0x20 | 0x10 | 1, 0]) + bytes(10)
    extended = header + b"CSRC" + b"\0\0\0\1" + b"EXTN"
    packet = Packet.parse(extended + b"voice" + b"\0\0\3")
    assert packet is not None
    assert packet.payload == b"voice"


@given(st.binary(max_size=40))
def test_junk_is_no_packet_and_no_error(data: bytes) -> None:
    packet = Packet.parse(data)
    assert packet is None or data[0] >> 6 == 2


def test_a_key_press_grows_and_ends_three_times() -> None:
    """RFC 4733 §2.5.1.4: "a source SHOULD send the final packet of each event" three times."""
    parts = list(event_parts("#", 100))
    assert [part.duration for part in parts] == [160, 320, 480, 640, 800, 800, 800, 800]
    assert [part.end for part in parts] == [False] * 5 + [True] * 3
    assert parts[0].encode()[0] == 11
    assert EventPart.parse(parts[-1].encode()) == parts[-1]


def test_other_events_are_not_keys() -> None:
    assert EventPart.parse(b"\x20\x0a\x00\xa0") is None
    assert EventPart.parse(b"\x05\x0a") is None
