from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixminus.webhooks.fragments import FRAGMENT_CHARS_MAX, Patience, Trouble, patience_of


def test_nothing_said_means_the_defaults() -> None:
    """ct default 2000, rt default 40000, tt default 55000, rc default 1 extra attempt, rp default `ct,rt`."""
    usual = frozenset({Trouble.CONNECTION, Trouble.RESPONSE})
    assert patience_of("") == Patience(2.0, 40.0, 55.0, 1, usual)


def test_a_full_fragment() -> None:
    """`https://h/p?q=1#ct=2000&rt=5000&rc=3&rp=ct,rt&er=mumbai`"""
    read = patience_of("ct=1500&rt=5000&tt=9000&rc=3&rp=ct,5xx&er=mumbai")
    assert read == Patience(1.5, 5.0, 9.0, 3, frozenset({Trouble.CONNECTION, Trouble.SERVER_ERROR}))


def test_all_stands_for_every_trouble() -> None:
    assert patience_of("rp=all").retried == frozenset(Trouble)


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ("ct=1", Patience(connect_s=0.1)),
        ("ct=99999999999999999999", Patience(connect_s=10.0)),
        ("rt=50000", Patience(response_s=40.0)),
        ("tt=60000", Patience(total_s=55.0)),
        ("rc=9", Patience(retries=5)),
        ("rc=0", Patience(retries=0)),
    ],
)
def test_values_are_moved_into_their_range(fragment: str, expected: Patience) -> None:
    """ct 100–10000 ms, rt 100–40000 ms, tt 100–55000 ms, rc 0–5."""
    assert patience_of(fragment) == expected


@pytest.mark.parametrize("fragment", ["section-2", "ct=soon", "ct=-5", "rp=never", "ct=²", "x" * 9999])
def test_what_cannot_be_read_keeps_its_default(fragment: str) -> None:
    assert patience_of(fragment) == Patience()


@given(st.text(max_size=FRAGMENT_CHARS_MAX + 10))
def test_any_fragment_gives_values_within_the_ranges(fragment: str) -> None:
    read = patience_of(fragment)
    assert 0.1 <= read.connect_s <= 10
    assert 0.1 <= read.response_s <= 40
    assert 0.1 <= read.total_s <= 55
    assert 0 <= read.retries <= 5
    assert read.retried
