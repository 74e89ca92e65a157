"""The outside end of a tap."""

from __future__ import annotations

import numpy as np

from .layout import Pcm
from .layout import Tap as TapRow


class Tap:
    """A listener that reads its mix as samples. What is not read within its ring's length is lost, oldest first."""

    def __init__(self, tap: int, row: TapRow, samples: Pcm) -> None:
        """Start reading at the beginning of a ring that the engine writes."""
        self.id = tap
        self.lost = 0
        self._row = row
        self._samples = samples
        self._read = 0

    def read(self) -> Pcm:
        """Return what was written since the last read, oldest first, as int16 at the room's rate."""
        written = int(self._row.written)
        oldest = max(self._read, written - len(self._samples))
        self.lost += oldest - self._read
        self._read = written
        return self._samples[np.arange(oldest, written) % len(self._samples)]
