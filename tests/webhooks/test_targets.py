from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixminus.webhooks.fragments import Patience
from mixminus.webhooks.targets import Target, loggable, relative_to, target_of


@pytest.mark.parametrize(
    ("url", "wire"),
    [
        ("https://h", "https://h/"),
        ("  https://h/a  ", "https://h/a"),
        ("https://h:443/a", "https://h/a"),
        ("https://h:8443/a;p?b=%20&c#ct=1", "https://h:8443/a;p?b=%20&c"),
        ("http://h/caf\u00e9", "http://h/caf%C3%A9"),
        ("http://[::1]:80/a", "http://[::1]/a"),
        ("http://u:p@h/a", "http://h/a"),
    ],
)
def test_what_goes_over_the_wire(url: str, wire: str) -> None:
    """The fragment is stripped before the request and from the signature"""
    target = target_of(url)
    assert target is not None
    assert target.url == wire


def test_a_redirect_keeps_the_patience_and_drops_the_credentials() -> None:
    first = target_of("http://u:p@h/a/b#rc=0")
    assert first is not None
    assert relative_to(first, "c#rc=5") == Target("http://h/a/c", Patience(retries=0), None)
    assert relative_to(first, "//other/") == Target("http://other/", Patience(retries=0), None)


def test_a_log_never_shows_the_password() -> None:
    assert loggable("http://u:secret@h/a") == "http://h/a"


@given(st.text(max_size=200) | st.text(max_size=50).map(lambda rest: f"http://{rest}"))
def test_any_text_is_a_target_or_none(text: str) -> None:
    target = target_of(text)
    assert target is None or target.url.startswith(("http://", "https://"))
    assert target is None or not any(ord(character) <= 32 or character == "#" for character in target.url)
