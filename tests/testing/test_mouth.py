"""What a phone says."""

from __future__ import annotations

import itertools

import numpy as np

from mixminus.testing.g711 import decode
from mixminus.testing.mouth import Mouth
from mixminus.testing.tones import level_dbfs, tone
from mixminus.testing.wire import EventPart, Packet


def packets(mouth: Mouth, count: int, event_type: int | None = 101) -> list[Packet]:
    return [mouth.next_packet("L16", 96, event_type) for _ in range(count)]


def audio(said: list[Packet]) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    return np.concatenate([decode("L16", packet.payload) for packet in said])


def test_sequence_and_timestamp_are_continuous_and_wrap() -> None:
    said = packets(Mouth(ssrc=0xFFFFFFFE), 4)
    assert [packet.sequence for packet in said] == [0xFFFE, 0xFFFF, 0, 1]
    assert {b.timestamp - a.timestamp for a, b in itertools.pairwise(said)} == {160}


def test_a_second_of_a_tone_repeats_without_a_seam() -> None:
    mouth = Mouth(1)
    mouth.say(tone(425, 1000))
    heard = audio(packets(mouth, 100))
    assert abs(level_dbfs(heard, 425) + 12) < 0.1
    assert int(np.abs(np.diff(heard.astype(int))).max()) <= int(np.abs(np.diff(tone(425, 1000).astype(int))).max())


def test_keys_are_events_between_the_voice() -> None:
    """RFC 4733 §2.5.1.2: the timestamp of an event is its beginning; the marker bit is on its first packet."""
    mouth = Mouth(1)
    mouth.press("7*")
    said = packets(mouth, 30)
    assert not mouth.is_pressing
    events = [packet for packet in said if packet.payload_type == 101]
    assert len({packet.timestamp for packet in events}) == 2
    assert [packet.marker for packet in events].count(True) == 2
    parts = [EventPart.parse(packet.payload) for packet in events]
    assert "".join(dict.fromkeys(part.digit for part in parts if part)) == "7*"


def test_keys_in_band_are_tones_instead_of_the_voice() -> None:
    mouth = Mouth(1)
    mouth.press_in_band("5")
    pressed = audio(packets(mouth, 5))
    assert level_dbfs(pressed, 770) > -14
    assert level_dbfs(pressed, 1336) > -14
    assert not audio(packets(mouth, 5)).any()
    assert not mouth.is_pressing
