"""What the facade knows of a room: who listens in it and the pairs it was last given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .media import Heard


@dataclass(slots=True)
class RoomFacts:
    """The members of a room by id, and its plan as the switch named it."""

    rate: int
    listeners: set[int] = field(default_factory=set)
    """Ports and taps: each has a row in every plan, so that a port is sent silence when it hears nobody."""
    heard: tuple[Heard, ...] = ()
    sent: tuple[frozenset[int], tuple[Heard, ...]] | None = None
    """Listeners and pairs of the plan that the media thread has."""

    def has_changed(self) -> bool:
        """Tell whether this differs from the last time it was asked: whether there is a plan to send."""
        before, self.sent = self.sent, (frozenset(self.listeners), self.heard)
        return before != self.sent

    def names(self, source: int) -> bool:
        """Tell whether the plan has a pair with this source."""
        return any(pair.source == source for pair in self.heard)

    def forget(self, member: int) -> None:
        """Take a listener or source out of the members and the plan."""
        self.listeners.discard(member)
        self.heard = tuple(pair for pair in self.heard if member not in (pair.listener, pair.source))

    def hearing(
        self, listener_row: Callable[[int], int], source_row: Callable[[int], int | None]
    ) -> dict[int, list[tuple[int, float]]]:
        """Return each listener's row with the rows and gains of what it hears; unknown ids are left out."""
        hearing: dict[int, list[tuple[int, float]]] = {listener_row(member): [] for member in self.listeners}
        for pair in self.heard:
            source = source_row(pair.source)
            if pair.listener in self.listeners and source is not None and pair.source != pair.listener:
                hearing[listener_row(pair.listener)].append((source, pair.gain))
        return hearing
