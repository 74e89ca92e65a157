"""The jitter buffer, fed with packets in any order and read a frame at a time."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mixminus.engine import codecs, inbound, jitter
from mixminus.engine.layout import ABSENT, FRAME_NS, RING, Clockwork, Port, Scratch, Tables, rows, tables

FRAME = 160
START = 0xFFFF_FFFF - 1600
"""The first timestamp: ten frames before the wrap. Sequence numbers wrap after ten packets, too."""
FIRST_SEQUENCE = 0xFFFF - 10


@dataclass
class Line:
    """A port and the far end of its line. A packet's samples are told apart by their values."""

    packet_ms: int = 20
    tables: Tables = field(default_factory=lambda: tables(1))
    tick: int = 0
    heard: list[int] = field(default_factory=list)
    inserted: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.port.rate = 8000
        self.port.codec = codecs.L16
        self.port.receives = 1
        self.port.remote = self.port.source = 1
        self.port.dtmf_payload_type = -1
        self.port.ring[:] = ABSENT

    @property
    def port(self) -> Port:
        """Return the port's row."""
        return self.tables.ports[0]

    def arrive(self, number: int, before_ms: float = 1.0, *, offset: int = 0, ssrc: int = 9) -> None:
        """Let packet `number` arrive so long before the present tick is due."""
        samples = 8 * self.packet_ms
        stamp = (START + offset + number * samples) & 0xFFFF_FFFF
        head = (
            bytes((0x80, 0)) + ((FIRST_SEQUENCE + number) & 0xFFFF).to_bytes(2) + stamp.to_bytes(4) + ssrc.to_bytes(4)
        )
        values = np.full(samples, 1 + number % 30_000, ">i2").tobytes()
        packet = np.frombuffer(head + values, np.uint8)
        deadline = (self.tick + 1000) * FRAME_NS
        clockwork: Clockwork = self.tables.clockwork[0]
        scratch: Scratch = self.tables.scratch[0]
        inbound.accept(self.port, 0, packet, 1, deadline - int(before_ms * 1e6), deadline, clockwork, scratch)

    def read(self, *, silent: bool = False) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        """Read a frame as the mixer does, noting which positions of the stream were there."""
        reading = int(self.port.clock - self.port.delay)
        places = np.arange(reading, reading + FRAME)
        present = self.port.ring[places % RING] != ABSENT
        self.heard += places[present].tolist()
        frame = np.zeros(FRAME, np.float32)
        if self.port.synced:
            jitter.pull(self.port, frame, silent)
        self.tick += 1
        return frame


def _numbers(frames: list[np.ndarray[tuple[int], np.dtype[np.float32]]]) -> list[int]:
    """Return the packet number near the end of each frame (a cross-fade is over there), -1 for silence."""
    return [int(frame[150]) - 1 for frame in frames]


def test_packets_come_out_in_order_one_frame_after_they_came_in() -> None:
    """Design: 'start one frame'; both numbers wrap on the way (reliability row 25)."""
    line = Line()
    frames = []
    for number in range(30):
        line.arrive(number)
        frames.append(line.read())
    assert _numbers(frames) == [-1, *range(29)]
    assert line.port.concealed == 0


def test_a_packet_that_overtakes_another_is_put_in_its_place() -> None:
    """Design: 'ring by RTP timestamp'."""
    line = Line()
    frames = []
    for first in range(0, 20, 2):
        line.arrive(first + 1) if first else line.arrive(first)
        line.arrive(first) if first else None
        frames.append(line.read())
        frames.append(line.read())
    heard = [number for number in _numbers(frames) if number > 1]
    assert heard == sorted(heard)


def test_the_delay_of_a_clean_link_falls_to_the_next_slot() -> None:
    """Design: 'start one frame, min 0 (play at the next slot)'; shortened 'only in silence'."""
    line = Line()
    for number in range(450):
        line.arrive(number)
        line.read(silent=number > 400)
    assert line.port.delay == line.port.fastest
    line.arrive(450)
    assert _numbers([line.read()]) == [450]


def test_a_speaker_who_never_pauses_is_shortened_by_pitch() -> None:
    """Design: 'or by one pitch period with cross-fade'."""
    line = Line()
    for number in range(500):
        line.arrive(number)
        line.read()
    assert line.port.shrunk >= 1
    assert line.port.delay - line.port.fastest < FRAME
    assert line.port.concealed == 0


@pytest.mark.parametrize("jitter_ms", [20, 60])
def test_few_packets_come_too_late_on_a_restless_path(jitter_ms: int) -> None:
    """Issue: 'concealed and late frames <= loss + 0.5 %', each packet held back 0..J ms at random."""
    line = Line()
    held = np.random.default_rng(7).uniform(0, jitter_ms, 1500)
    arrivals = sorted((20.0 * number + 5 + held[number], number) for number in range(1500))
    concealed = 0
    for tick in range(1500):
        while arrivals and arrivals[0][0] <= 20 * tick:
            at, number = arrivals.pop(0)
            line.arrive(number, 20 * tick - at)
        line.read(silent=tick % 100 < 30)
        if tick == 250:
            concealed = int(line.port.concealed)
    assert line.port.concealed - concealed <= 1250 * 0.005


def test_late_packets_make_the_delay_grow() -> None:
    """Design: the target is a quantile 'of a relative-delay histogram'."""
    line = Line()
    for number in range(400):
        line.arrive(number)
        line.read(silent=True)
    late_before = int(line.port.late)
    waiting: list[int] = []
    for number in range(400, 600):
        waiting.append(number)
        if number % 4 == 3:
            for one in waiting:
                line.arrive(one)
            waiting.clear()
        line.read()
    assert line.port.delay - line.port.fastest >= 3 * FRAME
    assert line.port.late - late_before < 20
    concealed = int(line.port.concealed)
    for number in range(600, 700):
        waiting.append(number)
        if number % 4 == 3:
            for one in waiting:
                line.arrive(one)
            waiting.clear()
        line.read()
    assert line.port.concealed == concealed


def test_a_lost_packet_is_concealed_and_what_follows_comes_in_time() -> None:
    """Reliability row 23: 'concealed + late <= loss + 0.5 %'."""
    line = Line()
    frames = []
    for number in range(100):
        if number % 10 != 5:
            line.arrive(number)
        frames.append(line.read())
    assert line.port.concealed == 10
    assert line.port.late == 0
    # The frame after a gap begins with a cross-fade.
    assert all(_numbers(frames)[number + 1] == number for number in range(99) if number % 10 not in (5, 6))


def test_a_pause_of_the_sender_is_silence_not_loss() -> None:
    """Media-quality section 2: 'DTX: no packets is not loss: after 3 PLC frames' silence."""
    line = Line()
    for number in range(20):
        line.arrive(number)
        line.read()
    frames = [line.read() for _ in range(30)]
    assert line.port.concealed == 3
    assert all((frame == 0).all() for frame in frames[4:])
    frames = []
    for number in range(50, 53):
        line.arrive(number)
        frames.append(line.read())
    assert _numbers(frames)[2] == 51  # the first frame after the pause fades in
    assert line.port.resynced == 0


@pytest.mark.parametrize("offset", [80_000, -80_000, 8 * 1200])
def test_a_jump_of_timestamps_starts_again(offset: int) -> None:
    """Design: 'SSRC change or a gap over 1 s resyncs'."""
    line = Line()
    for number in range(20):
        line.arrive(number)
        line.read()
    frames = []
    for number in range(20, 40):
        line.arrive(number, offset=offset)
        frames.append(line.read())
    assert line.port.resynced == 1
    assert _numbers(frames)[1:] == list(range(20, 39))


def test_another_ssrc_starts_again() -> None:
    """Design: 'SSRC change resyncs'."""
    line = Line()
    for number in range(20):
        line.arrive(number)
        line.read()
    line.arrive(20, ssrc=10, offset=123_456)
    assert _numbers([line.read(), line.read()])[1] == 20
    assert line.port.resynced == 1


@pytest.mark.parametrize("packet_ms", [10, 20, 30, 40, 60])
def test_packets_of_all_lengths_are_heard_whole(packet_ms: int) -> None:
    """Design: '10/20/30/40/60 ms packets all work'."""
    line = Line(packet_ms)
    number = 0
    for tick in range(300):
        while number * packet_ms <= tick * 20:
            line.arrive(number)
            number += 1
        line.read()
    assert line.port.late == 0
    assert line.port.concealed <= 1


@pytest.mark.parametrize("ppm", [200, -200])
def test_a_clock_that_is_not_ours_never_builds_delay(ppm: int) -> None:
    """Reliability row 22: '<= 1 corrective action per 100 s, no depth growth > 20 ms' at +-200 ppm."""
    line = Line()
    number, seconds = 0, 600
    for tick in range(50 * seconds):
        now_ms = tick * 20.0
        while (sent_ms := number * 20 * (1 - ppm / 1e6) + 3) <= now_ms:
            line.arrive(number, now_ms - sent_ms)
            number += 1
        line.read(silent=tick % 100 < 20)
        if tick > 500:
            assert -FRAME <= line.port.delay - line.port.fastest <= 2 * FRAME
    assert line.port.concealed + line.port.late <= 4 * (seconds // 100)
    assert line.port.resynced == 0


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.booleans(), st.integers(0, 3)),
        min_size=20,
        max_size=80,
    ),
    st.booleans(),
)
def test_no_sample_is_heard_twice_and_none_that_came_in_time_is_lost(
    fates: list[tuple[int, bool, int]], silent: bool
) -> None:
    """Issue: order, loss, duplication, jitter: no sample twice, none lost that arrived in time."""
    line = Line()
    arrivals: dict[int, list[int]] = {}
    for number, (delay, kept, copies) in enumerate(fates):
        for copy in range(copies + 1) if kept or number == 0 else ():
            arrivals.setdefault(number + delay + 2 * copy, []).append(number)
    expected: set[int] = set()
    for tick in range(len(fates) + 40):
        for number in arrivals.get(tick, ()):
            before = _present(line.port)
            line.arrive(number)
            expected |= _present(line.port) - before if line.port.resynced == 0 else set()
        left_out = _present(line.port)
        line.read(silent=silent)
        expected -= left_out - _present(line.port) - set(line.heard)
    assert len(line.heard) == len(set(line.heard))
    if line.port.resynced == 0:
        assert expected <= set(line.heard)


def _present(port: Port) -> set[int]:
    reading = int(port.clock - port.delay)
    window = np.arange(reading, reading + 4000)
    return set(window[port.ring[window % RING] != ABSENT].tolist())


def test_time_that_the_engine_has_missed_is_left_out() -> None:
    """Design: 'then skip and count': what was due meanwhile is gone, what follows is in time."""
    line = Line()
    for number in range(20):
        line.arrive(number)
        line.read()
    jitter.skip(line.port, 5)
    line.tick += 5
    for number in range(20, 26):
        line.arrive(number, 1.0 + 20 * (25 - number))
    frames = [line.read()]
    for number in range(26, 30):
        line.arrive(number)
        frames.append(line.read())
    assert _numbers(frames) == [24, 25, 26, 27, 28]


def test_a_row_begins_empty() -> None:
    """A zeroed row has no stream yet."""
    assert rows(Port, 1)[0].synced == 0
