"""The media thread's loop: the only place where system calls are made. It never takes the interpreter's lock."""

from __future__ import annotations

from . import concealment, control, inbound, output, rtcp, turn, wheel
from .compiled import entry_kernel, kernel
from .layout import (
    BATCH,
    EVENTS,
    FRAME_NS,
    FRAMES_PER_S,
    NOBODY,
    RING,
    SLOT_NS,
    SLOTS,
    Bytes,
    Clockwork,
    Port,
    Scratch,
    Tables,
    offset,
)
from .libc import clock_gettime, clock_nanosleep, recvmmsg, sendto, write
from .memory import prefetch
from .signals import CLOSE_PORT

DONT_WAIT = 0x40
CLOCK_REALTIME, CLOCK_MONOTONIC = 0, 1
ABSOLUTE_TIME = 1
NS_PER_S = 1_000_000_000
ARRIVAL_TIME = 1 | 35 << 32
"""Level and type, as one word, of the control message that holds a packet's arrival time (SO_TIMESTAMPNS)."""
CONTROL_OCTETS = 64
BATCHES = 4
"""System calls for one port in one tick: 32 packets; a flood beyond that is dropped by the kernel's buffer."""
HOT_OCTETS, RING_AT, HISTORY_AT = (offset(Port, field) for field in ("rtcp_fd", "ring", "history"))
"""Parts of a port's row that every tick touches."""
POLL_TICKS = FRAMES_PER_S
"""RTCP is polled once a second ..."""
REPORT_TICKS = 5 * FRAMES_PER_S
"""... and sent every five (RFC 3550 section 6.2, the least interval)."""


@entry_kernel
def run(tables: Tables, slots: int) -> None:
    """Turn the wheel until `stopping` is set; or, if `slots` is not 0, by so many slots without waiting for the clock.

    Without the clock every slot runs at the very time it is due, so that what comes out depends on what goes in alone.
    """
    clockwork = tables.clockwork[0]
    scratch = tables.scratch[0]
    if slots == 0:
        clockwork.deadline = read_clock(scratch, CLOCK_MONOTONIC) + SLOT_NS
    remaining = slots
    while (slots == 0 and clockwork.stopping == 0) or remaining > 0:
        remaining -= 1
        now = clockwork.deadline
        if slots == 0:
            sleep_until(scratch, clockwork.deadline)
            now = read_clock(scratch, CLOCK_MONOTONIC)
            catch_up(clockwork, now)
            clockwork.wall_offset = read_clock(scratch, CLOCK_REALTIME) - now
        apply_commands(tables, now)
        run_slot(tables, clockwork.slot, clockwork.deadline, now)
        _wake(clockwork, scratch)
        clockwork.slot = (clockwork.slot + 1) % SLOTS
        clockwork.deadline += SLOT_NS


@kernel
def catch_up(clockwork: Clockwork, now: int) -> None:
    """Count lateness; what is more than one revolution late is skipped, in whole revolutions, so no room loses more."""
    late = now - clockwork.deadline
    clockwork.slots_run += 1
    clockwork.latest_ns = max(clockwork.latest_ns, late)
    if late <= SLOT_NS:
        return
    clockwork.late_slots += 1
    if late > FRAME_NS:
        revolutions = (late - 1) // FRAME_NS
        clockwork.skipped += revolutions
        clockwork.deadline += revolutions * FRAME_NS


@kernel
def apply_commands(tables: Tables, now: int) -> None:
    """Apply all commands that Python has written."""
    clockwork = tables.clockwork[0]
    at = control.next_command(clockwork)
    while at != NOBODY:
        command = clockwork.commands[at]
        if command[0] == CLOSE_PORT:
            _report(tables, command[1], now, True)
        control.apply(tables, command, now)
        clockwork.commands_read += 1
        at = control.next_command(clockwork)


@kernel
def run_slot(tables: Tables, slot: int, deadline: int, now: int) -> None:
    """Let every room of a slot have its turn."""
    index = wheel.first_room(tables.clockwork[0], slot)
    while index != NOBODY:
        # A room that moves to another slot in its turn takes its link with it.
        following = tables.rooms[index].next_in_slot
        if following != NOBODY and tables.rooms[following].first_port != NOBODY:
            prefetch(tables.ports[tables.rooms[following].first_port], 0, 1)
        run_room(tables, index, deadline, now)
        index = following


@kernel
def run_room(tables: Tables, index: int, deadline: int, now: int) -> None:
    """Receive, mix and send for one room; `deadline` is when its turn was due."""
    room = tables.rooms[index]
    row = room.first_port
    while row != NOBODY:
        port = tables.ports[row]
        if port.configured != 0:
            _fetch_ahead(tables, port)
            receive(tables, row, port.rtp_fd, deadline, now)
            if (room.ticks + row) % POLL_TICKS == 0:
                _exchange_reports(tables, row, room.ticks, now)
        row = port.next
    turn.gather(tables, index)
    for plan_row in range(turn.rows(tables, index)):
        row = turn.hear(tables, index, plan_row)
        if row != NOBODY and tables.ports[row].configured != 0:
            _send(tables, index, row)
    turn.settle(tables, index, now)


@kernel
def _fetch_ahead(tables: Tables, port: Port) -> None:
    """Fetch what the port's tick needs while the kernel looks for its packets: the rows are not in any near cache."""
    if port.next != NOBODY:
        prefetch(tables.ports[port.next], 0, 1)
    prefetch(port, 0, HOT_OCTETS)
    octets = port.rate // FRAMES_PER_S * 2
    reading = RING_AT + ((port.clock - port.delay) & (RING - 1)) * 2
    prefetch(port, reading, min(reading + 2 * octets, RING_AT + 2 * RING))
    history = HISTORY_AT + 4 * port.concealment[concealment.POSITION]
    prefetch(port, history, history + 2 * octets)


@kernel
def receive(tables: Tables, row: int, fd: int, deadline: int, now: int) -> None:
    """Take the waiting packets of a port's socket."""
    scratch = tables.scratch[0]
    port = tables.ports[row]
    clockwork = tables.clockwork[0]
    for _ in range(BATCHES):
        count = recvmmsg(fd, scratch.headers_at, BATCH, DONT_WAIT, 0)
        for i in range(count):
            length = scratch.headers[i, 7] & 0xFFFFFFFF
            arrival = now
            if scratch.control[i, 1] == ARRIVAL_TIME:
                wall = scratch.control[i, 2] * NS_PER_S + scratch.control[i, 3]
                arrival = wall - clockwork.wall_offset
            # The kernel has left the lengths it used, which the next call would take for the buffers' sizes.
            scratch.headers[i, 1] = 16
            scratch.headers[i, 5] = CONTROL_OCTETS
            packet = scratch.datagrams[i][:length]
            address = unpack_address(scratch.names[i])
            if fd == port.rtp_fd:
                inbound.accept(
                    port,
                    row,
                    packet,
                    address,
                    arrival,
                    deadline,
                    clockwork,
                    scratch,
                )
            else:
                inbound.accept_report(port, packet, address, arrival + clockwork.wall_offset)
        if count < BATCH:
            return


@kernel
def _send(tables: Tables, index: int, row: int) -> None:
    port = tables.ports[row]
    if port.sends == 0:
        output.pass_time(port, 1)
        return
    scratch = tables.scratch[0]
    pack_address(port.source if port.source != 0 else port.remote, scratch.address)
    length = turn.prepare(tables, index, row)
    while length != output.NOTHING:
        _transmit(port, port.rtp_fd, scratch, length)
        length = output.next_packet(port, scratch.packet[:])


@kernel
def _transmit(port: Port, fd: int, scratch: Scratch, length: int) -> None:
    if sendto(fd, scratch.packet_at, length, DONT_WAIT, scratch.address_at, 16) < 0:
        port.send_failures += 1


@kernel
def _exchange_reports(tables: Tables, row: int, ticks: int, now: int) -> None:
    port = tables.ports[row]
    if port.rtcp_fd >= 0:
        receive(tables, row, port.rtcp_fd, now, now)
    if (ticks + row) % REPORT_TICKS == 0:
        _report(tables, row, now, False)


@kernel
def _report(tables: Tables, row: int, now: int, last: bool) -> None:
    port = tables.ports[row]
    if port.configured == 0:
        return
    scratch = tables.scratch[0]
    clockwork = tables.clockwork[0]
    scratch.sent[0] = port.sent
    scratch.sent[1] = port.sent_octets
    scratch.sent[2] = port.timestamp
    cname = clockwork.cname[: clockwork.cname_octets]
    unix_ns = now + clockwork.wall_offset
    length = rtcp.compose(scratch.packet, port.ssrc, scratch.sent, port.reception[:], cname, unix_ns)
    if last:
        length = rtcp.goodbye(scratch.packet, length, port.ssrc)
    shared = port.remote_rtcp == port.remote
    pack_address(port.source if shared and port.source != 0 else port.remote_rtcp, scratch.address)
    _transmit(port, port.rtp_fd if shared or port.rtcp_fd < 0 else port.rtcp_fd, scratch, length)


@kernel
def _wake(clockwork: Clockwork, scratch: Scratch) -> None:
    half_full = clockwork.events_written - clockwork.events_read > EVENTS // 2
    if clockwork.events_urgent != clockwork.events_told or half_full:
        clockwork.events_told = clockwork.events_urgent
        write(clockwork.event_fd, scratch.one_at, 8)


@kernel
def read_clock(scratch: Scratch, clock: int) -> int:
    """Return a clock of the system in nanoseconds."""
    clock_gettime(clock, scratch.time_at)
    return int(scratch.time[0] * NS_PER_S + scratch.time[1])


@kernel
def sleep_until(scratch: Scratch, deadline: int) -> None:
    """Sleep until CLOCK_MONOTONIC shows `deadline` nanoseconds."""
    scratch.time[0] = deadline // NS_PER_S
    scratch.time[1] = deadline % NS_PER_S
    clock_nanosleep(CLOCK_MONOTONIC, ABSOLUTE_TIME, scratch.time_at, 0)


@kernel
def pack_address(address: int, out: Bytes) -> None:
    """Write an address, packed as host << 16 | port, as a sockaddr_in."""
    out[0] = 2
    out[1] = 0
    out[2] = (address >> 8) & 255
    out[3] = address & 255
    for i in range(4):
        out[4 + i] = (address >> (40 - 8 * i)) & 255


@kernel
def unpack_address(name: Bytes) -> int:
    """Return a sockaddr_in packed as host << 16 | port."""
    host = 0
    for i in range(4):
        host = (host << 8) | int(name[4 + i])
    return (host << 16) | (int(name[2]) << 8) | int(name[3])
