"""The rings between Python and the media thread."""

from __future__ import annotations

from mixminus.engine import control, rings
from mixminus.engine.handover import Handover
from mixminus.engine.layout import COMMANDS, EVENTS, NOBODY, Clockwork, rows


def test_events_come_out_in_order() -> None:
    """One writer, one reader."""
    table = rows(Clockwork, 1)
    handover = Handover(table)
    for row in range(3):
        rings.push_event(table[0], 1, row, 10 + row)
    assert [handover.take() for _ in range(4)] == [(1, 0, 10), (1, 1, 11), (1, 2, 12), None]


def test_a_full_ring_counts_and_never_blocks() -> None:
    """Design: 'A full ring is counted and never blocks the tick'."""
    clockwork = rows(Clockwork, 1)[0]
    clockwork.events_written = EVENTS
    rings.push_event(clockwork, 1, 2, 3)
    assert clockwork.events_lost == 1
    assert clockwork.events_written == EVENTS


def test_a_command_waits_while_the_ring_is_full() -> None:
    """The facade keeps what does not fit."""
    table = rows(Clockwork, 1)
    handover = Handover(table)
    assert control.next_command(table[0]) == NOBODY
    table[0].commands_written = COMMANDS
    assert not handover.push((1, 2, 3))
    table[0].commands_read = 1
    assert handover.push((1, 2, 3))
    assert table[0].commands[0, :3].tolist() == [1, 2, 3]
    assert control.next_command(table[0]) == 1
