"""URIs (RFC 3261 §19.1, RFC 3966)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixminus.sip.message import MalformedMessage
from mixminus.sip.uri import Uri


def test_all_parts_of_a_uri() -> None:
    """§19.1.1: "sip:user:password@host:port;uri-parameters?headers"."""
    uri = Uri.parse("SIP:alice:secret@Atlanta.com:5061;Transport=TCP;lr?subject=project%20x")
    assert uri == Uri(
        "sip", "alice:secret", "Atlanta.com", 5061, {"transport": "TCP", "lr": None}, "subject=project%20x"
    )
    assert uri.username == "alice"


@pytest.mark.parametrize(
    ("text", "transport"),
    [
        ("sip:h;transport=TCP", "tcp"),
        ("sip:h;transport=udp", "udp"),
        ("sip:h", ""),
        ("sips:h", "tls"),
        ("sips:h;transport=tcp", "tls"),
    ],
)
def test_transport_is_compared_without_case(text: str, transport: str) -> None:
    """§19.1.4: "Comparison of … SIP and SIPS URIs is case-insensitive" but for the user part."""
    assert Uri.parse(text).transport == transport


def test_ipv6_reference() -> None:
    """§25.1: IPv6reference = "[" IPv6address "]"."""
    uri = Uri.parse("sip:+49@[2001:db8::10]:5070;lr")
    assert (uri.host, uri.port) == ("[2001:db8::10]", 5070)
    assert str(uri) == "sip:+49@[2001:db8::10]:5070;lr"


def test_an_ipv6_address_without_brackets_gets_them() -> None:
    """RFC 5118 §4.5: the port is ambiguous without brackets, so all of it is the address."""
    assert Uri.parse("sip:2001:db8::10").host == "[2001:db8::10]"


def test_a_telephone_number() -> None:
    """RFC 3966 §3: "tel:+1-201-555-0123;phone-context=…"."""
    uri = Uri.parse("tel:+1-201-555-0123;phone-context=example.com")
    assert (uri.username, uri.params) == ("+1-201-555-0123", {"phone-context": "example.com"})
    assert str(uri) == "tel:+1-201-555-0123;phone-context=example.com"


def test_another_scheme_is_carried_through() -> None:
    assert str(Uri.parse("urn:service:sos")) == "urn:service:sos"


@pytest.mark.parametrize(
    ("user", "name"),
    [("%31%30%30", "100"), ("100;isub=1", "100"), ("100:pw", "100"), ("a%40b", "a@b"), ("x\udcff", "x?")],
)
def test_username_is_what_was_dialled(user: str, name: str) -> None:
    """§19.1.2: an escape stands for its character; what is no UTF-8 does not get out of SIP."""
    assert Uri.parse(f"sip:{user}@h").username == name


@pytest.mark.parametrize(
    "text",
    ["", "sip", "sip:", "sip:@", "1sip:h", "sip:a b@h", "sip:<h>", "sip:h:0", "sip:h:65536", "sip:h:5x", "sip:[::1",
     "sip:a@b@c", "sip:h;;lr", "sip:h;=1", "sip:h\x00", "sip:h:" + "9" * 5000, ":h", "sip:ho st"],
)  # fmt: skip
def test_what_is_no_uri_is_malformed(text: str) -> None:
    with pytest.raises(MalformedMessage):
        Uri.parse(text)


_WORD = st.text("abcXYZ019-_.!~*'()%41", min_size=1, max_size=12)
_HOST = st.from_regex(r"[a-z0-9]([a-z0-9.-]{0,20}[a-z0-9])?", fullmatch=True)
_PARAMS = st.dictionaries(st.text("abc-", min_size=1, max_size=6), st.none() | _WORD, max_size=4)


@given(st.none() | _WORD, _HOST, st.none() | st.integers(1, 65_535), _PARAMS)
def test_a_written_uri_is_read_back(user: str | None, host: str, port: int | None, params: dict[str, str]) -> None:
    uri = Uri("sip", user, host, port, params)
    assert Uri.parse(str(uri)) == uri
