"""Mix plans, from pairs of a listener and a source to the words that `mixer` reads."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping

import numpy as np

from .layout import Words

Pairs = tuple[tuple[int, float], ...]
"""What one listener hears: (source, gain), by source."""


def encode(hearing: Mapping[int, Iterable[tuple[int, float]]]) -> Words:
    """Return the words of a plan; listeners who hear the same stand together, so that it is mixed and encoded once."""
    rows = sorted((tuple(sorted(pairs)), listener) for listener, pairs in hearing.items())
    flat = [pair for pairs, _ in rows for pair in pairs]
    words = [len(rows), len(flat), *_rows(rows), *(source for source, _ in flat)]
    # A plan is made at every change of every room, and most are small: packing is faster than filling arrays.
    packed = struct.pack(f"{len(words)}i{len(flat)}f", *words, *(gain for _, gain in flat))
    return np.frombuffer(packed, np.int32)


def _rows(rows: list[tuple[Pairs, int]]) -> list[int]:
    encoded: list[int] = []
    first = leader = 0
    before: Pairs | None = None
    for number, (pairs, listener) in enumerate(rows):
        if pairs != before:
            leader, before = number, pairs
        encoded += (listener, leader, first, len(pairs))
        first += len(pairs)
    return encoded
