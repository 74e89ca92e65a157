"""RFC 4475: what must parse, what must be refused and how, what may be forgiven."""

from __future__ import annotations

import pytest

from mixminus.sip.message import MalformedMessage, Request, Response, parse, respond

from .torture_messages import (
    DISCARDED,
    FORGIVEN,
    FORGIVEN_RESPONSES,
    INTMETH,
    REFUSED,
    VALID,
    VALID_RESPONSES,
    WSINV,
)


def request_of(data: bytes) -> Request:
    message = parse(data)
    assert isinstance(message, Request)
    return message


def test_all_valid_messages_are_here() -> None:
    """RFC 4475 §3.1.1 has 13 valid messages."""
    assert len(VALID) + len(VALID_RESPONSES) == 13


@pytest.mark.parametrize("name", [*VALID, *FORGIVEN])
def test_a_valid_request_parses_and_survives_being_written(name: str) -> None:
    """§3.1.1: "This section contains valid messages."""
    request = request_of((VALID | FORGIVEN)[name])
    again = request_of(request.encode())
    assert (again.method, str(again.uri), again.body) == (request.method, str(request.uri), request.body)
    assert list(again.headers.items())[:-1] == [pair for pair in request.headers.items() if pair[0] != "Content-Length"]


@pytest.mark.parametrize("name", [*VALID_RESPONSES, *FORGIVEN_RESPONSES])
def test_a_valid_response_parses(name: str) -> None:
    assert isinstance(parse((VALID_RESPONSES | FORGIVEN_RESPONSES)[name]), Response)


@pytest.mark.parametrize("name", REFUSED)
def test_an_invalid_request_is_refused_with_its_status_and_can_be_answered(name: str) -> None:
    """§3.1.2: "should respond with a 400 Bad Request error", and §3.1.2.16 (505), §3.3.2 and §3.3.3 (416)."""
    data, status = REFUSED[name]
    with pytest.raises(MalformedMessage) as caught:
        parse(data)
    assert caught.value.status == status
    assert caught.value.request is not None
    answer = respond(caught.value.request, status, to_tag="t").encode()
    assert answer.startswith(f"SIP/2.0 {status} ".encode())
    assert f"\r\nCall-ID: {name}.".encode() in answer


@pytest.mark.parametrize("name", DISCARDED)
def test_what_cannot_be_answered_is_discarded(name: str) -> None:
    """§3.1.2.5: "An element receiving this response will simply discard it." """
    with pytest.raises(MalformedMessage) as caught:
        parse(DISCARDED[name])
    assert caught.value.request is None


def test_white_space_all_over() -> None:
    """§3.1.1.1: "line folding all over", "LWS between colons, semicolons, header field values, and other fields"."""
    request = request_of(WSINV)
    assert request.uri.params == {"unknownparam": None}
    assert request.to.tag == "1918181833n"
    assert (request.from_.display, request.from_.tag) == ('J Rosenberg \\"', "98asjd8")
    assert (request.cseq.number, request.cseq.method) == (9, "INVITE")
    assert (request.via.transport, request.via.host, request.via.branch) == ("UDP", "192.0.2.2", "390skdjuw")
    assert len(request.headers.all("Via")) == 3
    assert request.contact is not None
    assert request.contact.params == {"newparam": "newvalue", "secondparam": None, "q": "0.33"}
    assert request.headers.get("UnknownHeaderWithUnusualValue") == ";;,,;;,;"
    assert request.headers.get("Subject") == ""
    assert request.body.startswith(b"v=0\r\n")


def test_a_wide_range_of_characters() -> None:
    """§3.1.1.2: "contains characters from each of several grammar elements", NUL and UTF-8 among them."""
    request = request_of(INTMETH)
    assert request.method == "!interesting-Method0123456789_*+`.%indeed'~"
    assert request.uri.host == "example.com"
    assert request.to.display == "BEL:\x07 NUL:\x00 DEL:\x7f"
    assert request.from_.display == "token1~` token2'+_ token3*%!.-"
    assert request.from_.params["fromparam''~+*_!.-%"] == '"работающий"'
    assert request.headers.get("extensionHeader-!.%*+_`'~") == "\ufeff大停電"


def test_escapes_are_not_undone_where_they_would_change_the_meaning() -> None:
    """§3.1.1.3: "%6C%72" is not the `lr` parameter; the user of the Request-URI is "sips:user@example.com"."""
    request = request_of(VALID["esc01"])
    assert request.uri.username == "sips:user@example.com"
    assert request.contact is not None
    assert "lr" not in request.contact.uri.params
    assert request.contact.uri.username == "caller"


def test_an_escaped_method_is_another_method() -> None:
    """§3.1.1.5: "The Request URI's method is unknown … it is NOT a REGISTER request"."""
    assert request_of(VALID["esc02"]).method == "RE%47IST%45R"


def test_the_second_request_of_a_datagram_is_ignored() -> None:
    """§3.1.1.8: "the octets beyond the Content-Length … must be ignored"."""
    request = request_of(VALID["dblreq"])
    assert (request.method, request.body) == ("REGISTER", b"")


def test_a_semicolon_may_be_in_the_user_part() -> None:
    """§3.1.1.9: "sip:user;par=u%40example.net@example.com": the user part is "user;par=u%40example.net"."""
    uri = request_of(VALID["semiuri"]).uri
    assert (uri.user, uri.host, uri.params) == ("user;par=u%40example.net", "example.com", {})


def test_a_binary_body_is_kept() -> None:
    """§3.1.1.11: a multipart body with octets that are no text."""
    body = request_of(VALID["mpart01"]).body
    assert b"\x80\xff\x00" in body


def test_reason_phrases_may_be_empty_or_unusual() -> None:
    """§3.1.1.12 "unusual but valid reason phrase", §3.1.1.13 "an empty reason phrase"."""
    unusual, empty = parse(VALID_RESPONSES["unreason"]), parse(VALID_RESPONSES["noreason"])
    assert isinstance(unusual, Response)
    assert isinstance(empty, Response)
    assert unusual.reason.endswith("простое")
    assert (empty.status, empty.reason) == (100, "")
