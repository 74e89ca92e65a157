"""Taps: rings that a listener outside the engine reads. A reader that is too slow loses the oldest samples."""

from __future__ import annotations

from .compiled import kernel
from .layout import Floats, Tap
from .memory import fence, pcm_at


@kernel
def write(tap: Tap, frame: Floats) -> None:
    """Append a frame, already limited to int16."""
    samples = pcm_at(tap.samples, tap.length)
    at = tap.written % tap.length
    for j in range(frame.shape[0]):
        samples[at] = round(frame[j])
        at += 1
        if at == tap.length:
            at = 0
    fence()
    tap.written += frame.shape[0]
