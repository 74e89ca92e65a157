"""One room's turn of the wheel, without its system calls: gather what is said, hear it row by row, settle."""

from __future__ import annotations

from . import codecs, control, intake, jitter, limiter, mixer, output, players, taps, wheel
from .compiled import kernel, slicing_kernel
from .layout import FRAMES_PER_S, NOBODY, SLOTS, Floats, Port, Scratch, Tables
from .memory import words_at
from .rings import push_event
from .signals import MEDIA_TIMEOUT, PLAYBACK_FINISHED

MEDIA_TIMEOUT_NS = 60_000_000_000
"""A minute without any packet, on a port that should receive them: the far end is gone (Asterisk's rtptimeout)."""
OWN_PAYLOAD = 3
"""Row of scratch.payload for what only one port is sent; the others belong to the codecs."""
SETTLE_TICKS = 50
"""Once a second a room that is silent looks for a better slot, and its ports are checked for a timeout."""


@kernel
def gather(tables: Tables, index: int) -> None:
    """Read the next frame of every port and player of a room."""
    room = tables.rooms[index]
    clockwork = tables.clockwork[0]
    missed = clockwork.skipped - room.skipped
    room.skipped = clockwork.skipped
    samples = room.rate // FRAMES_PER_S
    row = room.first_port
    while row != NOBODY:
        port = tables.ports[row]
        if missed != 0:
            jitter.skip(port, missed)
            output.pass_time(port, missed)
        frame = tables.frames[row][:samples]
        audible = intake.listen(port, row, room.rate, frame, tables.scratch[0].coded[:], clockwork)
        tables.audible[row] = index + 1 if audible else 0
        row = port.next
    _read_players(tables, index, samples)


@kernel
def _read_players(tables: Tables, index: int, samples: int) -> None:
    row = tables.rooms[index].first_player
    first = len(tables.ports)
    while row != NOBODY:
        player = tables.players[row]
        following = player.next
        is_new = player.heard == 0
        player.heard = 1
        more = players.read(player, tables.frames[first + row][:samples])
        if not more:
            push_event(tables.clockwork[0], PLAYBACK_FINISHED, row, 0)
            control.stop_player(tables, row)
        tables.audible[first + row] = -(index + 1) if is_new else index + 1
        row = following


@kernel
def rows(tables: Tables, index: int) -> int:
    """Return how many listeners a room's plan has."""
    room = tables.rooms[index]
    if room.plan == 0:
        return 0
    return int(words_at(room.plan, room.plan_words)[0])


@kernel
def hear(tables: Tables, index: int, row: int) -> int:
    """Mix for one row of the plan, unless the row before it has the same mix, and return the listener.

    The mix is left, limited, in scratch.heard. A tap is written at once and NOBODY returned, as it is for a listener
    who has left the room: the last one leaves without a new plan.
    """
    room = tables.rooms[index]
    plan = words_at(room.plan, room.plan_words)
    at = mixer.PLAN_HEADER + mixer.ROW_WORDS * row
    listener, leader = plan[at + mixer.LISTENER], plan[at + mixer.LEADER]
    if not _is_here(tables, index, listener):
        return NOBODY
    out = tables.scratch[0].heard[: room.rate // FRAMES_PER_S]
    if leader == row or room.plan_is_new != 0:
        _mix(tables, index, row, listener, out)
        tables.scratch[0].cached[:] = 0
        limiter.limit(out, _limiter(tables, listener), room.rate)
    else:
        first = plan[mixer.PLAN_HEADER + mixer.ROW_WORDS * leader + mixer.LISTENER]
        _limiter(tables, listener)[0] = _limiter(tables, first)[0]
    capacity = len(tables.ports)
    if listener < capacity:
        tables.ports[listener].entered = 0
        return int(listener)
    taps.write(tables.taps[listener - capacity], out)
    return NOBODY


@kernel
def _is_here(tables: Tables, index: int, listener: int) -> bool:
    capacity = len(tables.ports)
    if listener < capacity:
        return bool(tables.ports[listener].room == index)
    return bool(tables.taps[listener - capacity].room == index)


@slicing_kernel
def _limiter(tables: Tables, listener: int) -> Floats:
    capacity = len(tables.ports)
    if listener < capacity:
        return tables.ports[listener].limiter[:]
    return tables.taps[listener - capacity].limiter[:]


@kernel
def _mix(tables: Tables, index: int, row: int, listener: int, out: Floats) -> None:
    room = tables.rooms[index]
    mixer.hear(tables.frames, tables.audible, index, True, room.plan, room.plan_words, row, out)
    if room.plan_is_new != 0:
        before = tables.scratch[0].fading[: out.shape[0]]
        was = mixer.row_of(room.fading, room.fading_words, listener)
        # Who has just come in may have the row of somebody who has left, and must not hear what that one heard.
        if listener < len(tables.ports) and tables.ports[listener].entered != 0:
            was = NOBODY
        mixer.hear(tables.frames, tables.audible, index, False, room.fading, room.fading_words, was, before)
        mixer.fade(before, out)


@kernel
def prepare(tables: Tables, index: int, row: int) -> int:
    """Write a port's next packet into scratch.packet and return its length, or NOTHING.

    More audio packets may then be had from `output.next_packet`.
    """
    port = tables.ports[row]
    scratch = tables.scratch[0]
    output.skip_end_marks(port, row, tables.clockwork[0])
    if output.has_digits(port) and port.dtmf_payload_type >= 0:
        length = output.event_packet(port, scratch.packet[:])
        if length != output.NOTHING:
            return length
    rate = tables.rooms[index].rate
    coded = _encode(port, scratch, rate, rate // FRAMES_PER_S)
    octets = port.rate // FRAMES_PER_S * codecs.sample_bytes(port.codec)
    return output.audio_packet(port, scratch.payload[coded][:octets], scratch.packet[:])


@kernel
def _encode(port: Port, scratch: Scratch, rate: int, samples: int) -> int:
    """Return the row of scratch.payload that holds the port's next 20 ms."""
    if output.has_digits(port) and port.dtmf_payload_type < 0:
        tone = scratch.tone[:samples]
        if output.in_band_tone(port, rate, tone):
            output.encode(port, rate, tone, scratch.coded[:], scratch.payload[OWN_PAYLOAD])
            return OWN_PAYLOAD
    heard = scratch.heard[:samples]
    if port.rate != rate:
        output.encode(port, rate, heard, scratch.coded[:], scratch.payload[OWN_PAYLOAD])
        return OWN_PAYLOAD
    # What the listeners of a mix hear is encoded once for all who have the same codec.
    if scratch.cached[port.codec] == 0:
        output.encode(port, rate, heard, scratch.coded[:], scratch.payload[port.codec])
        scratch.cached[port.codec] = 1
    return int(port.codec)


@kernel
def settle(tables: Tables, index: int, now: int) -> None:
    """End a room's turn: the fade is over; once a second, look at timeouts and for a better slot."""
    room = tables.rooms[index]
    clockwork = tables.clockwork[0]
    if room.plan_is_new != 0:
        control.release_plan(clockwork, index, room.fading)
        room.fading = 0
        room.plan_is_new = 0
    room.ticks += 1
    if room.ticks % SETTLE_TICKS == 0:
        waits = tables.scratch[0].waits[:]
        if _survey(tables, index, now, waits):
            slot = wheel.better_slot(clockwork, room, waits)
            if slot != room.slot:
                control.change_slot(clockwork, tables.rooms, index, slot)


@kernel
def _survey(tables: Tables, index: int, now: int, waits: Floats) -> bool:
    silent = True
    waits[:] = 0
    row = tables.rooms[index].first_port
    while row != NOBODY:
        port = tables.ports[row]
        if port.speaking != 0:
            silent = False
        for i in range(SLOTS):
            waits[i] += port.arrival_phase[i]
        if port.receives != 0 and port.timed_out == 0 and now - port.last_heard > MEDIA_TIMEOUT_NS:
            port.timed_out = 1
            push_event(tables.clockwork[0], MEDIA_TIMEOUT, row, 0)
        row = port.next
    return silent
