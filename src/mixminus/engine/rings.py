"""The two rings between Python and the engine's thread: one writer and one reader each, and neither ever waits."""

from __future__ import annotations

from .compiled import inlined_kernel
from .layout import COMMANDS, EVENTS, Clockwork
from .memory import fence


@inlined_kernel
def push_event(clockwork: Clockwork, kind: int, row: int, value: int) -> None:
    """Write an event, or count it as lost when Python has not read for too long."""
    if clockwork.events_written - clockwork.events_read >= EVENTS:
        clockwork.events_lost += 1
        return
    entry = clockwork.events[clockwork.events_written % EVENTS]
    entry[0] = kind
    entry[1] = row
    entry[2] = value
    fence()
    clockwork.events_written += 1


def take_event(clockwork: Clockwork) -> tuple[int, int, int] | None:
    """Return the oldest unread event as (kind, row, value), or None."""
    if clockwork.events_read == clockwork.events_written:
        return None
    kind, row, value, _ = clockwork.events[clockwork.events_read % EVENTS].tolist()
    clockwork.events_read += 1
    return kind, row, value


def push_command(clockwork: Clockwork, words: tuple[int, ...]) -> bool:
    """Write a command for the start of the next slot; False if the ring is full."""
    if clockwork.commands_written - clockwork.commands_read >= COMMANDS:
        return False
    clockwork.commands[clockwork.commands_written % COMMANDS, : len(words)] = words
    clockwork.commands_written += 1
    return True
