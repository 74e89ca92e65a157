"""Everything that is to happen later, in one heap: O(log n) with thousands of calls."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from itertools import count

SPARSE_MIN = 1024
"""Cancelled alarms below this number are not worth a clean-up."""


class Alarm:
    """Something that is to happen at a time; forgets what it was to do as soon as it is cancelled."""

    __slots__ = ("_action", "_agenda", "at")

    def __init__(self, agenda: Agenda, at: float, action: Callable[[float], None]) -> None:
        self.at = at
        self._agenda = agenda
        self._action: Callable[[float], None] | None = action

    @property
    def is_set(self) -> bool:
        """Say whether it is still to go off."""
        return self._action is not None

    def cancel(self) -> None:
        """Keep it from going off; harmless when it already has."""
        if self._action is not None:
            self._action = None
            self._agenda._forgotten()

    def _go_off(self, now: float) -> None:
        action, self._action = self._action, None
        if action is not None:
            action(now)


class Agenda:
    """Alarms in the order of their time."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Alarm]] = []
        self._order = count()
        self._cancelled = 0

    def __len__(self) -> int:
        return len(self._heap) - self._cancelled

    def at(self, at: float, action: Callable[[float], None]) -> Alarm:
        """Call `action(now)` at a time in seconds."""
        alarm = Alarm(self, at, action)
        heappush(self._heap, (at, next(self._order), alarm))
        return alarm

    def next_timeout(self) -> float | None:
        """Return the time of the first alarm, None when there is none."""
        heap = self._heap
        while heap and heap[0][2]._action is None:
            heappop(heap)
            self._cancelled -= 1
        return heap[0][0] if heap else None

    def handle_timeout(self, now: float) -> None:
        """Let all alarms go off whose time has come."""
        while (at := self.next_timeout()) is not None and at <= now:
            heappop(self._heap)[2]._go_off(now)

    def _forgotten(self) -> None:
        self._cancelled += 1
        if self._cancelled > SPARSE_MIN and self._cancelled * 2 > len(self._heap):
            self._heap = [entry for entry in self._heap if entry[2].is_set]
            heapify(self._heap)
            self._cancelled = 0
