from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from mixminus.webhooks.outgoing import outgoing
from mixminus.webhooks.targets import target_of

TARGET = target_of("http://h/a?x=1")
NONCE, TOKEN = "12345", "my_auth_token"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
FIELDS = st.lists(st.tuples(TEXT, TEXT), max_size=6)


@given(FIELDS)
def test_a_form_is_encoded_as_the_standard_library_does(fields: list[tuple[str, str]]) -> None:
    assert TARGET is not None
    request = outgoing("POST", TARGET, fields, NONCE, TOKEN)
    assert request.url == TARGET.url
    assert request.body == urlencode(fields).encode()


@given(FIELDS)
def test_a_query_holds_the_urls_own_fields_and_ours(fields: list[tuple[str, str]]) -> None:
    """Merged with the URL's own query"""
    assert TARGET is not None
    request = outgoing("GET", TARGET, fields, NONCE, TOKEN)
    assert request.body is None
    assert parse_qsl(urlsplit(request.url).query, keep_blank_values=True) == [("x", "1"), *fields]


def test_what_utf_8_cannot_express_is_replaced() -> None:
    assert TARGET is not None
    assert outgoing("POST", TARGET, [("a", "\ud800")], NONCE, TOKEN).body == b"a=%3F"
