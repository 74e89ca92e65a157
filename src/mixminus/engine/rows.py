"""Which row of a table each id has. Ids are never used again; rows are, once the engine has let go of them."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import MixminusError


class EngineFull(MixminusError):  # noqa: N818  (reads as a sentence where it is raised)
    """Every row of a table is taken: the engine was made for fewer calls, rooms or playbacks."""


class RowBook:
    """The rows of one table, and the id of whoever has each."""

    def __init__(self, capacity: int, ids: Iterator[int]) -> None:
        """Begin with all rows free; `ids` may be shared between books."""
        self._ids = ids
        self._free = list(range(capacity - 1, -1, -1))
        self._rows: dict[int, int] = {}
        self._holders: dict[int, int] = {}

    def __contains__(self, holder: int) -> bool:
        return holder in self._rows

    def take(self) -> int:
        """Give a free row to a new id and return the id. Raises EngineFull."""
        if not self._free:
            raise EngineFull("the engine has no free row")
        holder = next(self._ids)
        row = self._free.pop()
        self._rows[holder] = row
        self._holders[row] = holder
        return holder

    def row(self, holder: int) -> int:
        """Return the row of an id. Raises KeyError for an unknown one."""
        return self._rows[holder]

    def holder(self, row: int) -> int:
        """Return the id that has a row."""
        return self._holders[row]

    def release(self, row: int) -> int:
        """Free a row and return the id that had it."""
        holder = self._holders.pop(row)
        del self._rows[holder]
        self._free.append(row)
        return holder
