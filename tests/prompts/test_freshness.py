from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixminus.prompts.freshness import MAX_AGE_S, Freshness, freshness_of


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, Freshness(False, 0, "", "")),
        ({"Cache-Control": "public, max-age=60"}, Freshness(True, 60, "", "")),
        ({"Cache-Control": 'MAX-AGE="60"'}, Freshness(True, 60, "", "")),
        ({"Cache-Control": "no-store, max-age=60", "ETag": '"a"'}, Freshness(False, 60, '"a"', "")),
        ({"Cache-Control": "no-cache, max-age=60", "ETag": '"a"'}, Freshness(True, 0, '"a"', "")),
        ({"Cache-Control": "max-age=9999999"}, Freshness(True, MAX_AGE_S, "", "")),
        ({"Cache-Control": "max-age=soon"}, Freshness(False, 0, "", "")),
        ({"Last-Modified": "then"}, Freshness(True, 0, "", "then")),
    ],
)
def test_what_headers_allow(headers: dict[str, str], expected: Freshness) -> None:
    """RFC 9111 5.2.2: no-store: "MUST NOT store"; no-cache: "MUST NOT be used [...] without forwarding"."""
    assert freshness_of(headers) == expected


def test_conditions_name_both_validators() -> None:
    """RFC 9110 13.1.2, 13.1.3"""
    assert Freshness(True, 0, '"a"', "then").conditions() == {"If-None-Match": '"a"', "If-Modified-Since": "then"}
    assert Freshness(True, 0, "", "").conditions() == {}


@given(st.text())
def test_any_cache_control_can_be_read(text: str) -> None:
    assert 0 <= freshness_of({"Cache-Control": text}).fresh_s <= MAX_AGE_S
