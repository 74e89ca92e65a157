"""Counters of the engine, read from its tables while it runs: each is true, if not all of the same instant."""

from __future__ import annotations

from dataclasses import dataclass

from . import rtcp
from .layout import Clockwork, Port


@dataclass(frozen=True, slots=True)
class PortStatistics:
    """One port since it was opened."""

    received: int
    sent: int
    lost: int
    late: int
    duplicates: int
    foreign: int
    """Packets from somebody else's address, dropped."""
    malformed: int
    frames: int
    concealed: int
    """Frames that were made up, of `frames`."""
    resynced: int
    delay_ms: float
    """What the jitter buffer adds now, above the fastest packets."""
    jitter_ms: float
    round_trip_ms: float | None
    send_failures: int


@dataclass(frozen=True, slots=True)
class EngineTotals:
    """The engine since it was started."""

    slots_run: int
    slots_late: int
    revolutions_skipped: int
    latest_ms: float
    events_lost: int
    commands_waiting: int


def port_statistics(port: Port) -> PortStatistics:
    """Return the counters of a port."""
    rate = int(port.rate) or 1
    round_trip_us = int(port.report[5])
    return PortStatistics(
        received=int(port.received),
        sent=int(port.sent),
        lost=int(rtcp.lost(port.reception)),
        late=int(port.late),
        duplicates=int(port.duplicates),
        foreign=int(port.foreign),
        malformed=int(port.malformed),
        frames=int(port.frames),
        concealed=int(port.concealed),
        resynced=int(port.resynced),
        delay_ms=1000 * int(port.delay - port.fastest) / rate,
        jitter_ms=1000 * int(rtcp.jitter(port.reception)) / rate,
        round_trip_ms=round_trip_us / 1000 if port.reports and round_trip_us >= 0 else None,
        send_failures=int(port.send_failures),
    )


def engine_totals(clockwork: Clockwork) -> EngineTotals:
    """Return the counters of the engine."""
    return EngineTotals(
        slots_run=int(clockwork.slots_run),
        slots_late=int(clockwork.late_slots),
        revolutions_skipped=int(clockwork.skipped),
        latest_ms=int(clockwork.latest_ns) / 1e6,
        events_lost=int(clockwork.events_lost),
        commands_waiting=int(clockwork.commands_written - clockwork.commands_read),
    )
