"""The phase wheel."""

from __future__ import annotations

import numpy as np

from mixminus.engine import wheel
from mixminus.engine.layout import FRAME_NS, SLOT_NS, SLOTS, Clockwork, Port, Room, Rows, rows
from mixminus.engine.loop import catch_up


def _wheel(rooms: int, ports: int = 0) -> tuple[Clockwork, Rows[Room]]:
    clockwork, table = rows(Clockwork, 1)[0], rows(Room, rooms)
    wheel.clear(clockwork)
    for index in range(rooms):
        table[index].ports = ports
        wheel.link(clockwork, table, index, wheel.least_loaded(clockwork))
    return clockwork, table


def test_rooms_spread_over_the_slots() -> None:
    """Design: 'New rooms take the least loaded slot, which spreads the work and the packets'."""
    clockwork, _ = _wheel(80, ports=3)
    assert clockwork.slot_load.tolist() == [40] * SLOTS


def test_a_room_can_leave_its_slot_from_anywhere() -> None:
    """Rooms of a slot are linked rows."""
    clockwork, table = _wheel(24)
    for index in (0, 8, 16):
        wheel.unlink(clockwork, table, index)
    assert clockwork.slot_first[table[0].slot] == -1
    assert clockwork.slot_load[table[0].slot] == 0


def test_a_silent_room_moves_to_the_slot_after_its_packets() -> None:
    """Design: 'a room may move to the slot that follows its speakers' arrivals by 3 ms'."""
    clockwork, table = _wheel(1, ports=2)
    room = table[0]
    port = rows(Port, 1)[0]
    for _ in range(50):
        wheel.note_arrival(port, 16_000_000)
    better = wheel.better_slot(clockwork, room, np.asarray(port.arrival_phase, np.float32))
    waits = 16_000_000 + (better - room.slot) * SLOT_NS
    assert 3_000_000 <= waits % FRAME_NS <= 3_000_000 + 2 * SLOT_NS


def test_a_room_stays_where_it_is_well() -> None:
    """A move costs an early packet, so it must be worth it; without packets there is no reason at all."""
    clockwork, table = _wheel(1, ports=2)
    room = table[0]
    assert wheel.better_slot(clockwork, room, np.zeros(SLOTS, np.float32)) == room.slot
    waits = np.zeros(SLOTS, np.float32)
    waits[2] = 1
    assert wheel.better_slot(clockwork, room, waits) == room.slot


def test_a_room_does_not_move_into_a_full_slot() -> None:
    """Packets of phones that keep one beat must not pull all rooms into one slot."""
    clockwork, table = _wheel(64, ports=3)
    waits = np.zeros(SLOTS, np.float32)
    waits[6] = 1
    moved = 0
    for index in range(64):
        slot = wheel.better_slot(clockwork, table[index], waits)
        if slot != table[index].slot:
            wheel.unlink(clockwork, table, index)
            wheel.link(clockwork, table, index, slot)
            moved += 1
    assert clockwork.slot_load.max() <= 1.25 * clockwork.slot_load.mean() + 4
    assert moved > 0


def test_a_little_late_is_caught_up() -> None:
    """Design: 'Late by more than a slot: run the missed ones back to back up to one revolution'."""
    clockwork = rows(Clockwork, 1)[0]
    clockwork.deadline = 1_000_000_000
    catch_up(clockwork, clockwork.deadline + FRAME_NS)
    assert clockwork.deadline == 1_000_000_000
    assert (clockwork.late_slots, clockwork.skipped) == (1, 0)


def test_more_than_a_revolution_is_skipped_and_counted() -> None:
    """Design: 'then skip and count'; in whole revolutions, so that no room loses more than another."""
    clockwork = rows(Clockwork, 1)[0]
    clockwork.deadline = 1_000_000_000
    catch_up(clockwork, clockwork.deadline + 3 * FRAME_NS + SLOT_NS)
    assert clockwork.deadline == 1_000_000_000 + 3 * FRAME_NS
    assert clockwork.skipped == 3
