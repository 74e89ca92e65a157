"""Mix plans, from pairs of a listener and a source to the words that `mixer` reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from .layout import Words
from .mixer import PLAN_HEADER, ROW_WORDS

Pairs = tuple[tuple[int, float], ...]
"""What one listener hears: (source, gain), by source."""


def encode(hearing: Mapping[int, Iterable[tuple[int, float]]]) -> Words:
    """Return the words of a plan; listeners who hear the same stand together, so that it is mixed and encoded once."""
    rows = sorted((tuple(sorted(pairs)), listener) for listener, pairs in hearing.items())
    pair_count = sum(len(pairs) for pairs, _ in rows)
    words = np.zeros(PLAN_HEADER + ROW_WORDS * len(rows) + 2 * pair_count, np.int32)
    words[:PLAN_HEADER] = (len(rows), pair_count)
    words[PLAN_HEADER : PLAN_HEADER + ROW_WORDS * len(rows)] = np.array(_rows(rows), np.int32).ravel()
    flat = [pair for pairs, _ in rows for pair in pairs]
    sources_at = PLAN_HEADER + ROW_WORDS * len(rows)
    words[sources_at : sources_at + pair_count] = [source for source, _ in flat]
    words[sources_at + pair_count :] = np.array([gain for _, gain in flat], np.float32).view(np.int32)
    return words


def _rows(rows: list[tuple[Pairs, int]]) -> list[tuple[int, int, int, int]]:
    encoded: list[tuple[int, int, int, int]] = []
    first = leader = 0
    for number, (pairs, listener) in enumerate(rows):
        if number == 0 or pairs != rows[number - 1][0]:
            leader = number
        encoded.append((listener, leader, first, len(pairs)))
        first += len(pairs)
    return encoded
