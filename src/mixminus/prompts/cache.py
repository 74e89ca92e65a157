"""Samples kept for the next time: the least recently used go first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from ..switch.ports import Samples

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Kept:
    """One entry: `until` is when it must be asked for again (monotonic seconds), `conditions` how."""

    samples: Samples
    until: float = float("inf")
    conditions: tuple[tuple[str, str], ...] = ()


class SampleCache(Generic[K]):
    """A cache of at most `bytes_max` bytes of samples."""

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self._entries: OrderedDict[K, Kept] = OrderedDict()
        self.bytes_used = 0

    def get(self, key: K) -> Kept | None:
        """Return an entry and count it as used."""
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
        return entry

    def put(self, key: K, entry: Kept) -> None:
        """Keep an entry in the place of an older one; what is larger than half the cache is not kept."""
        self.drop(key)
        if entry.samples.nbytes > self._bytes_max // 2:
            return
        self._entries[key] = entry
        self.bytes_used += entry.samples.nbytes
        while self.bytes_used > self._bytes_max:
            self.drop(next(iter(self._entries)))

    def drop(self, key: K) -> None:
        """Forget an entry if it is there."""
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.bytes_used -= entry.samples.nbytes
