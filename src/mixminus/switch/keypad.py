"""Sending digits to a caller, with the pauses that `<DTMF>` may ask for between them."""

from __future__ import annotations

import asyncio
import re

from ..engine.engine import Engine

PAUSE_S = {"w": 0.5, "W": 1.0}
RUNS = re.compile(r"[wW]|[^wW]+")


async def send_digits(engine: Engine, port: int, digits: str, sent: asyncio.Event) -> None:
    """Send digits and return when the last one is out; `sent` is set by the engine's report for each run of digits."""
    for run in RUNS.findall(digits):
        if run in PAUSE_S:
            await asyncio.sleep(PAUSE_S[run])
        else:
            sent.clear()
            engine.send_digits(port, run)
            await sent.wait()
