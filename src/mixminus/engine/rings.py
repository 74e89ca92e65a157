"""The two rings between Python and the engine's thread: one writer and one reader each, and neither ever waits.

This is the thread's end of the events; `control` reads the commands, and `handover` is Python's end of both.
"""

from __future__ import annotations

from .compiled import kernel
from .layout import EVENTS, Clockwork
from .memory import fence
from .signals import FIRST_QUIET


@kernel
def push_event(clockwork: Clockwork, kind: int, row: int, value: int) -> None:
    """Write an event, or count it as lost when Python has not read for too long.

    What only gives memory back is quiet: it waits in the ring until something wakes Python anyway.
    """
    if clockwork.events_written - clockwork.events_read >= EVENTS:
        clockwork.events_lost += 1
        return
    entry = clockwork.events[clockwork.events_written % EVENTS]
    entry[0] = kind
    entry[1] = row
    entry[2] = value
    fence()
    clockwork.events_written += 1
    if kind < FIRST_QUIET:
        clockwork.events_urgent += 1
