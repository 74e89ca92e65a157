"""An event loop whose clock jumps to the next timer, so that hours of a conference take no time."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


Base: Any = asyncio.SelectorEventLoop
"""As Any: the method that is overridden is private, though its name has been the same since Python 3.4."""


class JumpingLoop(asyncio.SelectorEventLoop):
    """Whenever nothing is ready, it is at once as late as the next timer wants it."""

    def __init__(self) -> None:
        super().__init__()
        self._now_s = 1000.0

    def time(self) -> float:
        """Return the virtual time in seconds."""
        return self._now_s

    def _run_once(self) -> None:
        state: Any = self
        if not state._ready:
            if not state._scheduled:
                raise RuntimeError("everything waits for something that never comes")
            self._now_s = max(self._now_s, state._scheduled[0].when())
        Base._run_once(self)


def run(story: Coroutine[Any, Any, T]) -> T:
    """Run a story on a jumping clock."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(story)
