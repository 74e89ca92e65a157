"""Telephone-events against RFC 4733."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from mixminus.engine import telephone_event as te

Row = NDArray[np.int64]


@pytest.fixture
def state() -> Row:
    return np.zeros(te.RECEIVER_STATE, np.int64)


def packet(event: int, duration: int, end: bool = False) -> NDArray[np.uint8]:
    return np.array([event, (te.END if end else 0) | 10, duration >> 8, duration & 0xFF], np.uint8)


def press(event: int, timestamp: int, frames: int = 5) -> list[tuple[NDArray[np.uint8], int]]:
    """Return a press as its sender sends it, the end three times."""
    updates = [(packet(event, 160 * (i + 1)), timestamp) for i in range(frames - 1)]
    return updates + [(packet(event, 160 * frames, end=True), timestamp)] * 3


def heard(state: Row, packets: list[tuple[NDArray[np.uint8], int]]) -> list[int]:
    events = [te.receive(payload, timestamp, state) for payload, timestamp in packets]
    return [event for event in events if event >= 0]


def test_a_press_counts_once_with_its_first_packet(state: Row) -> None:
    """RFC 4733 §2.5.1.2: "all packets for the event ... use the same RTP timestamp"."""
    packets = press(7, 4000)
    assert te.receive(*packets[0], state) == 7
    assert heard(state, packets[1:]) == []


@pytest.mark.parametrize("lost", range(7))
def test_any_packet_may_be_lost(state: Row, lost: int) -> None:
    packets = press(3, 4000)
    del packets[lost]
    assert heard(state, packets) == [3]


def test_only_the_last_end_packet_arrives(state: Row) -> None:
    assert heard(state, press(11, 0)[-1:]) == [11]


def test_the_same_key_again_has_another_timestamp(state: Row) -> None:
    assert heard(state, press(5, 1000) + press(5, 2600) + press(6, 4200)) == [5, 5, 6]


def test_the_same_key_again_counts_even_when_its_ends_were_lost(state: Row) -> None:
    assert heard(state, press(5, 1000)[:3] + press(5, 2600)) == [5, 5]


def test_packets_of_an_older_press_that_come_late_do_not_count(state: Row) -> None:
    first, second = press(1, 0xFFFFFF00), press(2, 0x500)
    assert heard(state, first[:5] + second[:2] + first[5:] + second[2:]) == [1, 2]


def test_a_segment_of_a_long_event_goes_on(state: Row) -> None:
    """RFC 4733 §2.5.1.3: a segment begins where the maximum duration of the last ended."""
    long = [(packet(9, 0xFFA0), 100), (packet(9, 0xFFFF), 100), (packet(9, 160), 100 + 0xFFFF)]
    assert heard(state, long) == [9]


def test_a_sender_that_moves_the_timestamp_within_a_press_counts_once(state: Row) -> None:
    moving = [(packet(4, 160 * (i + 1), end=i == 4), 8000 + 160 * i) for i in range(5)]
    assert heard(state, moving) == [4]


def test_events_that_are_no_keys_and_short_payloads_are_left_out(state: Row) -> None:
    assert heard(state, [(packet(16, 160), 5), (packet(255, 160), 6)]) == []
    assert heard(state, [(packet(1, 160)[:n], 7) for n in range(4)]) == []


def test_a_longer_payload_is_read_by_its_first_event(state: Row) -> None:
    assert heard(state, [(np.concatenate((packet(8, 160), packet(9, 160))), 5)]) == [8]


def sent(event: int, timestamp: int = 1000, step: int = 160) -> list[tuple[int, list[int], int]]:
    """Return what a sender says of each frame: flags, payload and timestamp."""
    state = np.zeros(te.SENDER_STATE, np.int64)
    frames: list[tuple[int, list[int], int]] = []
    te.start(state, event)
    while not te.is_idle(state):
        payload = np.zeros(4, np.uint8)
        flags = te.send(state, timestamp + len(frames) * step, step, payload)
        frames.append((flags, payload.tolist(), int(state[2])))
    return frames


@pytest.mark.parametrize("step", [160, 320])
def test_a_press_is_updates_every_20_ms_and_three_ends(step: int) -> None:
    """RFC 4733 §2.5.1.4: "the final packet for an event SHOULD be sent a total of three times"."""
    frames = sent(11, 1000, step)
    packets = [frame for frame in frames if frame[0] & te.SEND]
    assert [p[1][0] for p in packets] == [11] * 7
    assert [bool(p[1][1] & te.END) for p in packets] == [False] * 4 + [True] * 3
    assert [p[1][2] * 256 + p[1][3] for p in packets] == [step * n for n in (1, 2, 3, 4, 5, 5, 5)]
    assert {p[2] for p in packets} == {1000}
    assert [bool(p[0] & te.MARKER) for p in packets] == [True] + [False] * 6
    assert [frame[0] for frame in frames[7:]] == [0, 0, te.DONE]


def test_an_idle_sender_sends_audio() -> None:
    assert te.send(np.zeros(te.SENDER_STATE, np.int64), 1, 160, np.zeros(4, np.uint8)) == 0


def test_what_is_sent_is_heard(state: Row) -> None:
    frames = [frame for event in range(16) for frame in sent(event, 0xFFFFF000 + event * 1600)]
    packets = [(np.array(payload, np.uint8), timestamp) for flags, payload, timestamp in frames if flags & te.SEND]
    assert heard(state, packets) == list(range(16))
