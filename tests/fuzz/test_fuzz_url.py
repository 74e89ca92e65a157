"""URLs from customers' documents: valid ones with pieces changed are a target within all limits, or none."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from mixminus.webhooks.targets import relative_to, target_of

VALID = (
    "https://user:p%40ss@example.com:8443/a/b;c?d=1&e=%C3%A9#ct=200&rt=300&tt=400&rc=2&rp=ct,5xx",
    "http://[::1]:80/?q",
    "http://xn--bcher-kva.example/caf%C3%A9",
    "../relative?x#rc=1",
)
CHANGES = st.lists(st.tuples(st.integers(0, 90), st.integers(0, 4), st.text(max_size=3)), max_size=6)
BASE = target_of("http://example.com/a/b#rc=5")


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(VALID), CHANGES)
def test_any_url_is_a_target_or_none(url: str, changes: list[tuple[int, int, str]]) -> None:
    for place, removed, put_in in changes:
        url = url[:place] + put_in + url[place + removed :]
    assert BASE is not None
    for target in (target_of(url), relative_to(BASE, url)):
        if target is not None:
            assert target.url.startswith(("http://", "https://"))
            assert all("!" <= character <= "~" for character in target.url)
            assert "#" not in target.url
            assert 0 <= target.patience.retries <= 5
