"""The phase wheel: 20 ms in eight slots; every room belongs to one and mixes there once a turn.

A new room takes the least loaded slot. In silence a room may move to the slot that follows its speakers' packets, where
they wait least.
"""

from __future__ import annotations

from .compiled import kernel
from .layout import FRAME_NS, NOBODY, SLOT_NS, SLOTS, Clockwork, Floats, Port, Room, Rows

MARGIN_NS = 3_000_000
"""How long after the usual arrival a slot should come: enough for the small jitter of a clean path."""
PHASE_FORGET = 0.95
"""Weight that a port's arrivals of the last second keep against each newer one."""
GAIN_NS = 4_000_000
"""A move must save so much mean waiting, or it is not worth the one early packet it costs the listeners."""
SPARE_LOAD = 1.25
"""A slot may carry so much more than the mean before rooms no longer move into it; more would make its packets late."""


@kernel
def link(clockwork: Clockwork, rooms: Rows[Room], index: int, slot: int) -> None:
    """Put a room into a slot."""
    room = rooms[index]
    room.slot = slot
    room.next_in_slot = clockwork.slot_first[slot]
    clockwork.slot_first[slot] = index
    clockwork.slot_load[slot] += load(room)


@kernel
def unlink(clockwork: Clockwork, rooms: Rows[Room], index: int) -> None:
    """Take a room out of its slot."""
    room = rooms[index]
    slot = room.slot
    clockwork.slot_load[slot] -= load(room)
    if clockwork.slot_first[slot] == index:
        clockwork.slot_first[slot] = room.next_in_slot
        return
    at = clockwork.slot_first[slot]
    while rooms[at].next_in_slot != index:
        at = rooms[at].next_in_slot
    rooms[at].next_in_slot = room.next_in_slot


@kernel
def load(room: Room) -> int:
    """Return what a room weighs: its ports, and one for itself."""
    return 1 + room.ports


@kernel
def least_loaded(clockwork: Clockwork) -> int:
    """Return the slot that carries least."""
    best = 0
    for slot in range(1, SLOTS):
        if clockwork.slot_load[slot] < clockwork.slot_load[best]:
            best = slot
    return best


@kernel
def note_arrival(port: Port, before_deadline_ns: int) -> None:
    """Remember by how much a packet came before its room's tick, in slots of the wheel."""
    slot = (before_deadline_ns % FRAME_NS) // SLOT_NS
    for i in range(SLOTS):
        port.arrival_phase[i] *= PHASE_FORGET
    port.arrival_phase[slot] += 1 - PHASE_FORGET


@kernel
def better_slot(clockwork: Clockwork, room: Room, waits: Floats) -> int:
    """Return the slot a room should be in. `waits[i]`: weight of the packets that now wait i to i+1 slots."""
    total = 0.0
    for i in range(SLOTS):
        total += waits[i]
    if total <= 0:
        return room.slot
    best = 0
    least = _mean_wait(waits, 0, total) - GAIN_NS
    for later in range(1, SLOTS):
        wait = _mean_wait(waits, later, total)
        if wait < least and _has_room(clockwork, room, (room.slot + later) % SLOTS):
            best = later
            least = wait
    return (room.slot + best) % SLOTS


@kernel
def _mean_wait(waits: Floats, later: int, total: float) -> float:
    mean = 0.0
    for i in range(SLOTS):
        wait = i * SLOT_NS + SLOT_NS // 2 + later * SLOT_NS - MARGIN_NS
        mean += waits[i] * (wait % FRAME_NS + MARGIN_NS)
    return mean / total


@kernel
def _has_room(clockwork: Clockwork, room: Room, slot: int) -> bool:
    everything = 0
    for i in range(SLOTS):
        everything += clockwork.slot_load[i]
    return bool(clockwork.slot_load[slot] + load(room) <= SPARE_LOAD * everything / SLOTS + load(room))


@kernel
def first_room(clockwork: Clockwork, slot: int) -> int:
    """Return the first room of a slot, or NOBODY."""
    return int(clockwork.slot_first[slot])


@kernel
def clear(clockwork: Clockwork) -> None:
    """Make an empty wheel."""
    for slot in range(SLOTS):
        clockwork.slot_first[slot] = NOBODY
        clockwork.slot_load[slot] = 0
