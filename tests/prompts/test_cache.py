from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mixminus.prompts.cache import Kept, SampleCache


def _kept(size: int) -> Kept:
    return Kept(np.zeros(size, np.int16))


def test_the_least_recently_used_goes_first() -> None:
    cache: SampleCache[str] = SampleCache(60)
    for key in ("a", "b", "c"):
        cache.put(key, _kept(10))
    cache.get("a")
    cache.put("d", _kept(10))
    assert [key for key in "abcd" if cache.get(key)] == ["a", "c", "d"]


def test_one_prompt_may_not_take_all_the_room() -> None:
    cache: SampleCache[str] = SampleCache(60)
    cache.put("a", _kept(10))
    cache.put("b", _kept(16))
    assert cache.get("b") is None
    assert cache.get("a") is not None


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 40), st.booleans())))
def test_the_bytes_are_counted_and_bounded(steps: list[tuple[int, int, bool]]) -> None:
    cache: SampleCache[int] = SampleCache(100)
    for key, size, dropped in steps:
        if dropped:
            cache.drop(key)
        else:
            cache.put(key, _kept(size))
        assert cache.bytes_used == sum(entry.samples.nbytes for key in range(6) if (entry := cache.get(key))) <= 100
