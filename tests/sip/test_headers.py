"""Headers and the values in them (RFC 3261 §7.3, §20)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixminus.sip.headers import CSeq, Headers, NameAddr, Via
from mixminus.sip.message import MalformedMessage
from mixminus.sip.uri import Uri


@pytest.mark.parametrize("name", ["Call-ID", "call-id", "CALL-ID", "i", "I"])
def test_names_have_no_case_and_a_compact_form(name: str) -> None:
    """§7.3.1: "field names are always case-insensitive"; §7.3.3: "MUST accept both the long and short forms"."""
    assert Headers([("Call-Id", "abc")]).get(name) == "abc"
    assert Headers([(name, "abc")]).get("call-id") == "abc"
    assert list(Headers([(name, "abc")]).items()) == [("Call-ID", "abc")]


def test_unknown_names_keep_the_spelling_of_their_sender() -> None:
    headers = Headers([("X-PH-Order", "4711"), ("x-ph-order", "4712")])
    headers.add("CONTACT", "<sip:a>, <sip:b>")
    assert list(headers.items())[:2] == [("X-PH-Order", "4711"), ("X-PH-Order", "4712")]
    assert list(headers.items())[2:] == [("Contact", "<sip:a>"), ("Contact", "<sip:b>")]
    assert headers.all("X-Ph-Order") == ["4711", "4712"]


def test_routes_in_one_line_and_in_several_are_the_same() -> None:
    """§7.3.1: the three forms of Route "are all valid and equivalent"."""
    one = Headers([("Route", "<sip:a.com>,<sip:b.com>"), ("Route", '"C, d" <sip:c.com;x=",">')])
    many = Headers([("Route", "<sip:a.com>"), ("Route", "<sip:b.com>"), ("Route", '"C, d" <sip:c.com;x=",">')])
    assert one == many
    assert len(one.all("Route")) == 3


def test_values_of_headers_that_are_no_lists_stay_whole() -> None:
    """§7.3.1: WWW-Authenticate and its kind are not comma lists, nor is an unknown header."""
    headers = Headers([("WWW-Authenticate", 'Digest realm="a", nonce="b"'), ("Date", "Sat, 13 Nov 2010 23:29:00 GMT")])
    assert headers.all("WWW-Authenticate") == ['Digest realm="a", nonce="b"']
    assert headers.all("Date") == ["Sat, 13 Nov 2010 23:29:00 GMT"]


def test_option_tags() -> None:
    headers = Headers([("k", "100rel, Timer;x"), ("Supported", ""), ("Supported", "REPLACES")])
    assert headers.tokens("Supported") == {"100rel", "timer", "replaces"}
    assert headers.tokens("Require") == frozenset()
    assert headers.all("Supported") == ["100rel", "Timer;x", "REPLACES"]
    assert headers.count("Supported") == 3


@pytest.mark.parametrize(
    ("value", "number"),
    [("1800;refresher=uac", 1800), (" 90 ", 90), ("", None), ("x", None), ("-1", None), ("4294967296", None),
     ("9" * 5000, None), ("²", None)],
)  # fmt: skip
def test_a_number_is_below_2_to_the_32nd(value: str, number: int | None) -> None:
    """§20.19: Expires is "a decimal integer from 0 to (2**32)-1"."""
    assert Headers([("x", value)]).number("Session-Expires") == number


def test_set_keeps_the_place_and_replaces_all() -> None:
    headers = Headers([("Via", "one"), ("To", "b"), ("From", "c"), ("via", "two")])
    headers.set("v", "three")
    headers.remove("to")
    headers.remove("absent")
    assert list(headers.items()) == [("Via", "three"), ("From", "c")]
    assert "TO" not in headers
    assert "f" in headers
    assert headers.get("to") is None


def test_a_copy_is_independent() -> None:
    headers = Headers([("X-A", "1")])
    twin = headers.copy()
    twin.add("X-A", "2")
    assert (headers.all("x-a"), twin.all("x-a")) == (["1"], ["1", "2"])
    assert headers != twin
    assert repr(headers) == "Headers([('X-A', '1')])"


@pytest.mark.parametrize(("name", "value"), [("X-A", "1\r\nX-B: 2"), ("X-A", "1\n"), ("X A", "1"), ("", "1")])
def test_a_value_cannot_forge_another_header(name: str, value: str) -> None:
    with pytest.raises(ValueError, match="cannot be sent"):
        Headers().add(name, value)


@pytest.mark.parametrize(
    ("text", "display", "uri", "params"),
    [
        ('"A. G. Bell" <sip:agb@bell-telephone.com> ;tag=a48s', "A. G. Bell", "sip:agb@bell-telephone.com", "a48s"),
        ("sip:+12125551212@server.phone2net.com;tag=887s", "", "sip:+12125551212@server.phone2net.com", "887s"),
        ("Anonymous <sip:c8oqz84zk7z@privacy.org;user=phone>;tag=hyh8", "Anonymous", None, "hyh8"),
        ("<sip:a@b>", "", "sip:a@b", None),
        ("caller<sip:a@b>;tag=1;", "caller", "sip:a@b", "1"),
        ('"a<b>;c" <sip:a@b;tag=no>', "a<b>;c", "sip:a@b;tag=no", None),
        ("<tel:+4930;x=1>;tag=2", "", "tel:+4930;x=1", "2"),
        ("\udcff <sip:a@b>", "?", "sip:a@b", None),
    ],
)
def test_addresses(text: str, display: str, uri: str | None, params: str | None) -> None:
    """§20.20 and §20.39: the examples; §20.10: without brackets "any parameters are header parameters"."""
    address = NameAddr.parse(text)
    assert (address.display, address.tag) == (display, params)
    assert uri is None or str(address.uri) == uri


@pytest.mark.parametrize(
    "text",
    ["", "<sip:a@b", '"a <sip:a@b>', '"a" sip:a@b', '"a" x <sip:a@b>', "<sip:a@b>x", "sip:a@b?x=y", "<>", "x",
     "<sip:a@b>;;", "<sip:a@b>;=", '"' + "\\" * 9 + '" <sip:a@b'],
)  # fmt: skip
def test_what_is_no_address_is_malformed(text: str) -> None:
    with pytest.raises(MalformedMessage):
        NameAddr.parse(text)


def test_a_contact_of_ours_has_no_empty_display_name() -> None:
    """SIPp and some phones refuse a display name before the bracket, an empty one too."""
    assert str(NameAddr(Uri("sip", "me", "192.0.2.1", 5060))) == "<sip:me@192.0.2.1:5060>"


def test_with_param_leaves_the_original_alone() -> None:
    address, hop = NameAddr.parse("<sip:a@b>"), Via.parse("SIP/2.0/UDP h;rport")
    assert str(address.with_param("tag", "x")) == "<sip:a@b>;tag=x"
    assert str(hop.with_param("rport", "5062")) == "SIP/2.0/UDP h;rport=5062"
    assert (address.tag, hop.params) == (None, {"rport": None})


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_display_name_survives(display: str) -> None:
    address = NameAddr(Uri("sip", None, "h"), display, {"tag": "1"})
    assert NameAddr.parse(str(address)) == address


@pytest.mark.parametrize(
    ("text", "transport", "host", "port", "branch"),
    [
        ("SIP/2.0/UDP erlang.bell-telephone.com:5060;branch=z9hG4bK87asdks7", "UDP", "erlang.bell-telephone.com", 5060,
         "z9hG4bK87asdks7"),
        ("SIP / 2.0 / UDP first.example.com: 4000;ttl=16 ;maddr=224.2.0.1 ;branch=z9hG4bKa7c6a8dlze.1", "UDP",
         "first.example.com", 4000, "z9hG4bKa7c6a8dlze.1"),
        ("sip/2.0/tcp [2001:db8::9]:5061", "TCP", "[2001:db8::9]", 5061, None),
        ("SIP/2.0/UDP 2001:db8::9;branch=1", "UDP", "[2001:db8::9]", None, "1"),
    ],
)  # fmt: skip
def test_vias(text: str, transport: str, host: str, port: int | None, branch: str | None) -> None:
    """§20.42: the examples."""
    via = Via.parse(text)
    assert (via.transport, via.host, via.port, via.branch) == (transport, host, port, branch)
    assert Via.parse(str(via)) == via


@pytest.mark.parametrize(
    "text", ["", "SIP/2.0", "SIP/2.0/UDP", "SIP/2.0/UDP ", "SIP/3.0/UDP h", "HTTP/2.0/UDP h", "SIP/2.0/UDP h x",
             "SIP/2.0/U(P h", "SIP/2.0/UDP h:0", "SIP/2.0/UDP h;;branch=1", "SIP/2.0/UDP ;branch=1"],
)  # fmt: skip
def test_what_is_no_via_is_malformed(text: str) -> None:
    with pytest.raises(MalformedMessage):
        Via.parse(text)


def test_cseq() -> None:
    """§20.16: "expressible as a 32-bit unsigned integer"; the method is compared with case."""
    assert CSeq.parse(" 0004711   INVITE ") == CSeq(4711, "INVITE")
    assert str(CSeq(4294967295, "BYE")) == "4294967295 BYE"
    for text in ("", "1", "INVITE 1", "4294967296 INVITE", "1 INVITE x", "-1 INVITE", "1 IN(ITE", "9" * 5000 + " BYE"):
        with pytest.raises(MalformedMessage):
            CSeq.parse(text)
