"""The mix: every listener hears the sum of his sources, each times its gain, and nothing else.

A plan is one array of 32-bit words: [listeners, pairs], then for each listener [listener, first row with the same mix,
first pair, pairs], then the sources of all pairs, then their gains (float32 in the same words). Rows with the same mix
stand together.
"""

from __future__ import annotations

from .compiled import fast_kernel, kernel
from .layout import NOBODY, Floats, Ints, Words
from .memory import floats_at, words_at

PLAN_HEADER = 2
ROW_WORDS = 4
LISTENER, LEADER, FIRST_PAIR, PAIRS = range(ROW_WORDS)


@fast_kernel
def mix(frames: Floats, audible: Ints, room: int, newcomers: bool, sources: Words, gains: Floats, out: Floats) -> None:
    """Write sum(gain * frame) of the sources that have something to hear in this room into `out`.

    Shapes: frames [sources, samples >= len(out)], audible [sources]: the room's number + 1, or 0 for silence; negative
    for a source that is new in this tick, which is left out unless `newcomers` are wanted.
    """
    here = room + 1
    for j in range(out.shape[0]):
        out[j] = 0
    for k in range(sources.shape[0]):
        source = sources[k]
        if audible[source] == here or (newcomers and audible[source] == -here):
            _add(frames[source], gains[k], out)


@fast_kernel
def _add(frame: Floats, gain: float, out: Floats) -> None:
    for j in range(out.shape[0]):
        out[j] += gain * frame[j]


@fast_kernel
def fade(before: Floats, out: Floats) -> None:
    """Fade linearly from the frame `before` to the frame `out`, in place: what every gain's ramp sums to."""
    step = 1 / out.shape[0]
    for j in range(out.shape[0]):
        out[j] = before[j] + (out[j] - before[j]) * ((j + 1) * step)


@kernel
def hear(
    frames: Floats, audible: Ints, room: int, newcomers: bool, plan: int, words: int, row: int, out: Floats
) -> None:
    """Mix what a row of the plan at an address hears; a row of NOBODY hears nothing.

    An outgoing plan is heard without newcomers: one of them may have the row of a source that the plan meant.
    """
    if row == NOBODY:
        out[:] = 0
        return
    plan_words = words_at(plan, words)
    rows, pairs = plan_words[0], plan_words[1]
    sources_at = PLAN_HEADER + ROW_WORDS * rows
    at = PLAN_HEADER + ROW_WORDS * row
    first, count = plan_words[at + FIRST_PAIR], plan_words[at + PAIRS]
    sources = plan_words[sources_at + first : sources_at + first + count]
    gains = floats_at(plan, words)[sources_at + pairs + first : sources_at + pairs + first + count]
    mix(frames, audible, room, newcomers, sources, gains, out)


@kernel
def row_of(plan: int, words: int, listener: int) -> int:
    """Return a listener's row in the plan at an address, or NOBODY."""
    if plan == 0:
        return NOBODY
    plan_words = words_at(plan, words)
    for row in range(plan_words[0]):
        if plan_words[PLAN_HEADER + ROW_WORDS * row + LISTENER] == listener:
            return row
    return NOBODY
