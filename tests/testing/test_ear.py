"""What a phone records."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from mixminus.testing.ear import Ear
from mixminus.testing.g711 import encode
from mixminus.testing.wire import EventPart, Packet


def packet(value: int, timestamp: int, ssrc: int = 1) -> Packet:
    return Packet(96, 0, timestamp & 0xFFFFFFFF, ssrc, encode("L16", np.full(160, value, np.int16)))


def values(ear: Ear) -> list[int]:
    return [int(v) for v in ear.heard[::160]]


def test_what_comes_out_of_order_is_put_in_order_and_what_is_lost_is_silence() -> None:
    ear = Ear()
    for value, timestamp in ((1, 0), (3, 320), (2, 160), (5, 640)):
        ear.hear_audio(packet(value, timestamp), "L16")
    assert values(ear) == [1, 2, 3, 0, 5]


def test_timestamps_wrap() -> None:
    ear = Ear()
    for value, timestamp in ((1, -160), (2, 0), (3, 160)):
        ear.hear_audio(packet(value, timestamp), "L16")
    assert values(ear) == [1, 2, 3]


def test_a_new_stream_or_a_jump_goes_on_where_the_old_one_ended() -> None:
    ear = Ear()
    for value, timestamp, ssrc in ((1, 0, 1), (2, 999_999, 2), (3, 999_999 + 160, 2), (4, 5_000_000, 2)):
        ear.hear_audio(packet(value, timestamp, ssrc), "L16")
    assert values(ear) == [1, 2, 3, 4]


def test_what_came_before_the_first_packet_is_dropped() -> None:
    ear = Ear()
    for value, timestamp in ((2, 160), (1, 0)):
        ear.hear_audio(packet(value, timestamp), "L16")
    assert values(ear) == [2]


def test_it_grows() -> None:
    ear = Ear()
    for n in range(1200):
        ear.hear_audio(packet(n, n * 160), "L16")
    assert ear.position == 1200 * 160
    assert values(ear)[-1] == 1199
    assert [int(v) for v in ear.last(40)[::160]] == [1198, 1199]


def test_an_event_of_many_packets_is_one_digit() -> None:
    """RFC 4733 §2.5.1.4: all packets of an event have its start as their timestamp."""
    ear = Ear()
    for timestamp, digit in ((0, "1"), (0, "1"), (800, "1"), (1600, "#"), (1600, "#")):
        ear.hear_event(Packet(101, 0, timestamp, 1, EventPart(digit, 160, end=False).encode()))
    ear.hear_event(Packet(101, 0, 2400, 1, b"junk"))
    assert ear.digits == "11#"


async def test_waiting_ends_when_the_condition_holds() -> None:
    ear = Ear()
    waiting = asyncio.ensure_future(ear.until(lambda: ear.position >= 320, 5.0))
    await asyncio.sleep(0)
    ear.hear_audio(packet(1, 0), "L16")
    assert not waiting.done()
    ear.hear_audio(packet(2, 160), "L16")
    await waiting
    with pytest.raises(TimeoutError):
        await ear.until(lambda: False, 0.01)
