"""The commands of the facade, applied at the start of a slot. Each is a row of words: kind, row, arguments."""

from __future__ import annotations

from . import output, source, wheel
from .compiled import kernel
from .layout import ABSENT, COMMANDS, NOBODY, Clockwork, Ints, Player, Port, Room, Rows, Tables
from .memory import fence
from .rings import push_event
from .signals import (
    CLOSE_PORT,
    CLOSE_ROOM,
    CLOSE_TAP,
    MOVE,
    OPEN_PORT,
    OPEN_ROOM,
    OPEN_TAP,
    PLAN_RELEASED,
    PLAY,
    PLAYER_RELEASED,
    PORT_CLOSED,
    ROOM_CLOSED,
    SEND_DIGITS,
    SET_MEDIA,
    SET_PLAN,
    STOP_PLAYING,
    TAP_CLOSED,
    WATCH_BEEP,
)


@kernel
def next_command(clockwork: Clockwork) -> int:
    """Return the index of the oldest command not yet applied, or NOBODY."""
    if clockwork.commands_read == clockwork.commands_written:
        return NOBODY
    fence()
    return int(clockwork.commands_read % COMMANDS)


@kernel
def apply(tables: Tables, command: Ints, now: int) -> None:
    """Do what a command asks."""
    kind, row = command[0], command[1]
    clockwork = tables.clockwork[0]
    if kind == OPEN_ROOM:
        _open_room(clockwork, tables.rooms, row, command[2])
    elif kind == CLOSE_ROOM:
        _close_room(tables, row)
    elif kind == OPEN_PORT:
        _open_port(clockwork, tables.ports, tables.rooms, row, command)
    elif kind == CLOSE_PORT:
        _leave(clockwork, tables.ports, tables.rooms, row)
        tables.audible[row] = 0
        push_event(clockwork, PORT_CLOSED, row, 0)
    elif kind == SET_MEDIA:
        _set_media(tables.ports[row], command, now)
    elif kind == MOVE:
        _leave(clockwork, tables.ports, tables.rooms, row)
        _enter(clockwork, tables.ports, tables.rooms, row, command[2])
    elif kind == SET_PLAN:
        _set_plan(clockwork, tables.rooms[row], row, command[2], command[3])
    elif kind == PLAY:
        _play(tables.players[row], tables.rooms[command[2]], row, command)
    elif kind == STOP_PLAYING:
        stop_player(tables, row)
    elif kind == SEND_DIGITS:
        for i in range(command[2]):
            output.add_digit(tables.ports[row], command[3 + i])
    elif kind == WATCH_BEEP:
        tables.ports[row].beep_ms = command[2]
        tables.ports[row].beep[:] = 0
    elif kind == OPEN_TAP:
        _open_tap(tables, row, command)
    elif kind == CLOSE_TAP:
        tables.taps[row].room = NOBODY
        push_event(clockwork, TAP_CLOSED, row, 0)


@kernel
def stop_player(tables: Tables, row: int) -> None:
    """Take a player out of its room and give its samples back; nothing happens if it has ended already."""
    player = tables.players[row]
    if player.length == 0:
        return
    room = tables.rooms[player.room]
    if room.first_player == row:
        room.first_player = player.next
    else:
        at = room.first_player
        while tables.players[at].next != row:
            at = tables.players[at].next
        tables.players[at].next = player.next
    player.length = 0
    tables.audible[len(tables.ports) + row] = 0
    push_event(tables.clockwork[0], PLAYER_RELEASED, row, 0)


@kernel
def change_slot(clockwork: Clockwork, rooms: Rows[Room], row: int, slot: int) -> None:
    """Move a room to another slot of the wheel."""
    wheel.unlink(clockwork, rooms, row)
    wheel.link(clockwork, rooms, row, slot)


@kernel
def _open_room(clockwork: Clockwork, rooms: Rows[Room], row: int, rate: int) -> None:
    room = rooms[row]
    room.open = 1
    room.rate = rate
    room.first_port = room.first_player = NOBODY
    room.ports = 0
    room.plan = room.fading = 0
    room.plan_is_new = 0
    room.ticks = 0
    room.skipped = clockwork.skipped
    wheel.link(clockwork, rooms, row, wheel.least_loaded(clockwork))


@kernel
def _close_room(tables: Tables, row: int) -> None:
    clockwork = tables.clockwork[0]
    room = tables.rooms[row]
    while room.first_player != NOBODY:
        stop_player(tables, room.first_player)
    wheel.unlink(clockwork, tables.rooms, row)
    release_plan(clockwork, row, room.plan)
    release_plan(clockwork, row, room.fading)
    room.open = 0
    push_event(clockwork, ROOM_CLOSED, row, 0)


@kernel
def release_plan(clockwork: Clockwork, row: int, plan: int) -> None:
    """Give a plan's memory back to Python."""
    if plan != 0:
        push_event(clockwork, PLAN_RELEASED, row, plan)


@kernel
def _open_port(clockwork: Clockwork, ports: Rows[Port], rooms: Rows[Room], row: int, command: Ints) -> None:
    port = ports[row]
    port.rtp_fd, port.rtcp_fd = command[3], command[4]
    port.ssrc, port.sequence, port.timestamp = command[5], command[6], command[7]
    port.marker = 1
    port.payload_type = port.dtmf_payload_type = NOBODY
    port.rate = rooms[command[2]].rate
    port.ring[:] = ABSENT
    _enter(clockwork, ports, rooms, row, command[2])


@kernel
def _enter(clockwork: Clockwork, ports: Rows[Port], rooms: Rows[Room], row: int, index: int) -> None:
    room = rooms[index]
    ports[row].room = index
    ports[row].entered = 1
    ports[row].next = room.first_port
    ports[row].arrival_phase[:] = 0
    room.first_port = row
    room.ports += 1
    clockwork.slot_load[room.slot] += 1


@kernel
def _leave(clockwork: Clockwork, ports: Rows[Port], rooms: Rows[Room], row: int) -> None:
    room = rooms[ports[row].room]
    if room.first_port == row:
        room.first_port = ports[row].next
    else:
        at = room.first_port
        while ports[at].next != row:
            at = ports[at].next
        ports[at].next = ports[row].next
    ports[row].room = NOBODY
    room.ports -= 1
    clockwork.slot_load[room.slot] -= 1


@kernel
def _set_media(port: Port, command: Ints, now: int) -> None:
    if port.configured == 0 or port.codec != command[4] or port.rate != command[5]:
        output.pass_time(port, 0)
        port.synced = 0
        port.concealment[:] = 0
        port.history[:] = 0
    port.remote, port.remote_rtcp = command[2], command[3]
    port.codec, port.rate = command[4], command[5]
    port.payload_type, port.dtmf_payload_type = command[6], command[7]
    port.ptime_ms = command[8]
    port.sends, port.receives = command[9], command[10]
    port.configured = 1
    port.last_heard = now
    port.timed_out = 0
    source.unlock(port, now)


@kernel
def _set_plan(clockwork: Clockwork, room: Room, row: int, plan: int, words: int) -> None:
    if room.plan_is_new != 0:
        # No frame was ever mixed by the plan that is replaced: the fade still begins at the one before it.
        release_plan(clockwork, row, room.plan)
    else:
        room.fading, room.fading_words = room.plan, room.plan_words
    room.plan, room.plan_words = plan, words
    room.plan_is_new = 1


@kernel
def _play(player: Player, room: Room, row: int, command: Ints) -> None:
    player.room = command[2]
    player.samples, player.length, player.loops = command[3], command[4], command[5]
    player.position = 0
    player.heard = 0
    player.next = room.first_player
    room.first_player = row


@kernel
def _open_tap(tables: Tables, row: int, command: Ints) -> None:
    tap = tables.taps[row]
    tap.room, tap.samples, tap.length = command[2], command[3], command[4]
    tap.written = 0
    tap.limiter[:] = 0
