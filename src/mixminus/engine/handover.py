"""Python's end of the two rings that `rings` describes."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray

from .layout import COMMANDS, EVENTS, Clockwork, Rows


class Handover:
    """Writes commands and reads events.

    It keeps a view of each field: asking a record for its fields by name costs more than all the rest of a command.
    """

    def __init__(self, clockwork: Rows[Clockwork]) -> None:
        table = cast("NDArray[np.void]", clockwork)
        self._commands = table["commands"][0]
        self._commands_written = table["commands_written"]
        self._commands_read = table["commands_read"]
        self._events = table["events"][0]
        self._events_written = table["events_written"]
        self._events_read = table["events_read"]

    def push(self, words: tuple[int, ...]) -> bool:
        """Write a command for the start of the next slot; False if the ring is full."""
        written = int(self._commands_written[0])
        if written - int(self._commands_read[0]) >= COMMANDS:
            return False
        self._commands[written % COMMANDS, : len(words)] = words
        self._commands_written[0] = written + 1
        return True

    def take(self) -> tuple[int, int, int] | None:
        """Return the oldest unread event as (kind, row, value), or None."""
        read = int(self._events_read[0])
        if read == int(self._events_written[0]):
            return None
        kind, row, value, _ = self._events[read % EVENTS].tolist()
        self._events_read[0] = read + 1
        return kind, row, value
