"""Messages (RFC 3261 §7, §8.2.6, §18.3)."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

import pytest

from mixminus.sip.headers import Headers
from mixminus.sip.message import (
    MAX_HEADERS,
    MAX_MESSAGE_BYTES,
    MalformedMessage,
    Request,
    Response,
    parse,
    respond,
)
from mixminus.sip.uri import Uri

INVITE = (
    b"INVITE sip:bob@biloxi.com SIP/2.0\r\n"
    b"Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bK776asdhds\r\n"
    b"Via: SIP/2.0/TCP far.atlanta.com;branch=z9hG4bK1, SIP/2.0/UDP farther.atlanta.com\r\n"
    b"Max-Forwards: 70\r\n"
    b"To: Bob <sip:bob@biloxi.com>\r\n"
    b"From: Alice <sip:alice@atlanta.com>;tag=1928301774\r\n"
    b"Call-ID: a84b4c76e66710@pc33.atlanta.com\r\n"
    b"CSeq: 314159 INVITE\r\n"
    b"Record-Route: <sip:p1.example.com;lr>\r\n"
    b"Record-Route: <sip:p2.example.com;lr>\r\n"
    b"Timestamp: 54\r\n"
    b"Contact: <sip:alice@pc33.atlanta.com>\r\n"
    b"Content-Type: application/sdp\r\n"
    b"Content-Length: 5\r\n"
    b"\r\n"
    b"v=0\r\n"
)


def request_of(data: bytes) -> Request:
    message = parse(data)
    assert isinstance(message, Request)
    return message


def fault_of(data: bytes) -> MalformedMessage:
    with pytest.raises(MalformedMessage) as caught:
        parse(data)
    return caught.value


def with_header(line: bytes) -> bytes:
    return INVITE.replace(b"Max-Forwards: 70\r\n", b"Max-Forwards: 70\r\n" + line + b"\r\n")


def test_a_request() -> None:
    """§24.2: F1 INVITE."""
    request = request_of(INVITE)
    assert (request.method, str(request.uri), request.body) == ("INVITE", "sip:bob@biloxi.com", b"v=0\r\n")
    assert request.via.branch == "z9hG4bK776asdhds"
    assert (request.from_.tag, request.to.tag) == ("1928301774", None)
    assert request.call_id == "a84b4c76e66710@pc33.atlanta.com"
    assert str(request.cseq) == "314159 INVITE"
    assert str(request.contact) == "<sip:alice@pc33.atlanta.com>"


def test_what_is_parsed_again_follows_a_changed_header() -> None:
    request = request_of(INVITE)
    request.headers.set("To", f"{request.to};tag=new")
    assert request.to.tag == "new"
    request.headers.remove("Contact")
    assert request.contact is None


def test_a_response() -> None:
    response = parse(respond(request_of(INVITE), 200).encode())
    assert isinstance(response, Response)
    assert (response.status, response.reason, response.cseq.method) == (200, "OK", "INVITE")


def test_a_response_copies_what_identifies_the_transaction() -> None:
    """§8.2.6.2: From, Call-ID, CSeq "MUST equal", the Via values "MUST maintain the same ordering", To gets a tag."""
    request = request_of(INVITE)
    response = respond(request, 486, to_tag="8321234356")
    for name in ("From", "Call-ID", "CSeq", "Via"):
        assert response.headers.all(name) == request.headers.all(name)
    assert response.headers.get("To") == "Bob <sip:bob@biloxi.com>;tag=8321234356"
    assert response.reason == "Busy Here"


def test_a_tag_that_is_there_stays() -> None:
    """§8.2.6.2: "if the To header field in the request contained a tag, the response's … MUST equal that"."""
    request = request_of(INVITE.replace(b"<sip:bob@biloxi.com>", b"<sip:bob@biloxi.com>;tag=old"))
    assert respond(request, 200, to_tag="new").to.tag == "old"


@pytest.mark.parametrize(("status", "copied"), [(100, 0), (101, 2), (183, 2), (200, 2), (300, 0), (486, 0)])
def test_record_route_goes_into_what_may_create_a_dialog(status: int, copied: int) -> None:
    """§12.1.1: "the UAS MUST copy all Record-Route header field values from the request into the response"."""
    assert len(respond(request_of(INVITE), status).headers.all("Record-Route")) == copied


def test_trying_carries_the_timestamp() -> None:
    """§8.2.6.1: "any Timestamp header field present in the request MUST be copied into this 100"."""
    assert respond(request_of(INVITE), 100).headers.get("Timestamp") == "54"
    assert respond(request_of(INVITE), 180).headers.get("Timestamp") is None


def test_reasons() -> None:
    request = request_of(INVITE)
    assert respond(request, 480, reason="Nobody there").reason == "Nobody there"
    assert respond(request, 499).reason == "Request Failed"


def test_a_malformed_to_is_answered_as_it_came() -> None:
    fault = fault_of(INVITE.replace(b"Bob <sip:bob@biloxi.com>", b'"Bob <sip:bob@biloxi.com>'))
    assert fault.request is not None
    assert respond(fault.request, 400, to_tag="x").headers.get("To") == '"Bob <sip:bob@biloxi.com>;tag=x'


def test_encode_states_the_true_length_once() -> None:
    """§20.14: Content-Length is "the size of the message-body, in decimal number of octets"."""
    request = Request("MESSAGE", Uri.parse("sip:h"), Headers([("l", "999"), ("X-A", "ü")]), "ü".encode())
    assert request.encode() == "MESSAGE sip:h SIP/2.0\r\nX-A: ü\r\nContent-Length: 2\r\n\r\nü".encode()


def test_octets_that_are_no_utf8_are_echoed_as_they_came() -> None:
    request = request_of(INVITE.replace(b"a84b4c76e66710", b"\xff\xfe"))
    assert b"Call-ID: \xff\xfe@pc33" in respond(request, 200).encode()


@pytest.mark.parametrize("line_break", [b"\n", b"\r\n"])
def test_bare_line_feeds_are_understood(line_break: bytes) -> None:
    request = request_of(INVITE.replace(b"\r\n", line_break).replace(b"Length: 5", b"Length: 4"))
    assert request.body == (b"v=0\n" if line_break == b"\n" else b"v=0\r")


def test_empty_lines_before_the_start_line_are_ignored() -> None:
    """§7.5: "Implementations … MUST ignore any CRLF appearing before the start-line"."""
    assert request_of(b"\r\n\r\n" + INVITE).method == "INVITE"


def test_a_lone_carriage_return_ends_no_line() -> None:
    request = request_of(with_header(b"X-A: 1\rX-B: 2"))
    assert request.headers.get("X-A") == "1 X-B: 2"
    assert "X-B" not in request.headers


def test_a_datagram_without_content_length_ends_the_body() -> None:
    """§18.3: "If the message does not have a Content-Length … the body … is assumed to end" there."""
    assert request_of(INVITE.replace(b"Content-Length: 5\r\n", b"") + b"s=-\r\n").body == b"v=0\r\ns=-\r\n"


def test_a_short_datagram_is_refused_and_a_long_one_cut() -> None:
    """§18.3: "additional bytes … MUST be discarded"; "If the transport packet ends before the end … 400"."""
    assert request_of(INVITE + b"more").body == b"v=0\r\n"
    fault = fault_of(INVITE[:-1])
    assert (fault.status, fault.request is not None) == (400, True)


def test_a_contact_of_all() -> None:
    """§10.2.2: "Contact: *"."""
    request = request_of(INVITE.replace(b"<sip:alice@pc33.atlanta.com>\r\n", b"*\r\n"))
    assert request.contact is None
    assert request.headers.get("Contact") == "*"


@pytest.mark.parametrize(
    "line",
    [b"no colon", b"bad name: x", b": x", b"Max-Forwards: 3", b"Route: <sip:a", b"Record-Route: nonsense",
     b"X\xff: y", b"Contact: <>"],
)  # fmt: skip
def test_a_bad_header_line_is_answered_with_400(line: bytes) -> None:
    fault = fault_of(with_header(line))
    assert fault.status == 400
    assert fault.request is not None
    assert respond(fault.request, 400).cseq.number == 314159


def test_a_second_via_is_not_read() -> None:
    """Only the topmost Via is ours to judge (§18.2.1); the others are copied."""
    assert request_of(with_header(b"Via: anything")).via.host == "pc33.atlanta.com"


@pytest.mark.parametrize("hops", [b"-1", b"256", b"x", b"", b"9" * 5000])
def test_bad_hops(hops: bytes) -> None:
    """§20.22: "an integer in the range 0-255"."""
    assert fault_of(INVITE.replace(b"Max-Forwards: 70", b"Max-Forwards: " + hops)).status == 400


@pytest.mark.parametrize("name", [b"Via", b"To", b"From", b"Call-ID", b"CSeq"])
def test_without_a_mandatory_header_no_answer_finds_its_way(name: bytes) -> None:
    """§8.1.1: "A valid SIP request … MUST, at a minimum, contain … To, From, CSeq, Call-ID, Max-Forwards, and Via"."""
    lines = [line for line in INVITE.split(b"\r\n") if not line.startswith(name + b":")]
    assert fault_of(b"\r\n".join(lines)).request is None


def test_no_ack_is_ever_answered() -> None:
    """§17.1.1.3: there is no response to an ACK."""
    ack = INVITE.replace(b"INVITE", b"ACK")
    assert request_of(ack).method == "ACK"
    assert fault_of(ack.replace(b"Length: 5", b"Length: x")).request is None


@pytest.mark.parametrize(
    "data",
    [b"", b"\r\n\r\n", b"\x00" * 100, b"hello", b"SIP/2.0 200 OK", b"(x sip:h SIP/2.0", b"A B",
     b"SIP/2.0 99 X\r\n\r\n", b"SIP/2.0 0200 X\r\n\r\n", b"SIP/3.0 200 X\r\n\r\n"],
)  # fmt: skip
def test_garbage_is_malformed(data: bytes) -> None:
    fault = fault_of(data)
    assert fault.request is None
    assert str(fault) == fault.reason != ""


def test_a_request_without_its_empty_line_can_be_answered() -> None:
    fault = fault_of(INVITE.partition(b"\r\n\r\n")[0])
    assert (fault.status, fault.request is not None) == (400, True)


@pytest.mark.parametrize(("version", "status"), [(b"SIP/2.1", 505), (b"SIP/1.0", 505), (b"HTTP/1.1", 400)])
def test_versions(version: bytes, status: int) -> None:
    """§21.5.6: 505 "does not support … the SIP protocol version"."""
    assert fault_of(INVITE.replace(b"com SIP/2.0", b"com " + version, 1)).status == status
    assert request_of(INVITE.replace(b"com SIP/2.0", b"com sip/2.0", 1)).method == "INVITE"


def test_limits() -> None:
    padding = b"X-Pad: " + b"x" * (MAX_MESSAGE_BYTES - len(INVITE) - 9)
    assert len(with_header(padding)) == MAX_MESSAGE_BYTES
    assert request_of(with_header(padding)).method == "INVITE"
    assert fault_of(with_header(padding + b"x")).status == 513
    present = INVITE.count(b"\r\n") - 3
    assert request_of(with_header(b"\r\n".join([b"X: y"] * (MAX_HEADERS - present)))).method == "INVITE"
    fault = fault_of(with_header(b"\r\n".join([b"X: y"] * (MAX_HEADERS - present + 1))))
    assert fault.status == 513


HOSTILE: dict[str, Callable[[int], bytes]] = {
    "spaces in Via": lambda n: INVITE.replace(b"SIP/2.0/UDP pc33", b"SIP/2.0/UDP" + b" " * n + b"pc33"),
    "spaces before a colon": lambda n: with_header(b"X" + b" " * n + b": y"),
    "spaces that end nowhere": lambda n: with_header(b"Route: <sip:a>" + b" " * n + b"x"),
    "folds": lambda n: with_header(b"X: y" + b"\r\n z" * (n // 4)),
    "empty folds": lambda n: with_header(b"X: y" + b"\r\n " * (n // 3)),
    "carriage returns": lambda n: with_header(b"X: y" + b"\r" * n),
    "line feeds": lambda n: INVITE.replace(b"\r\nMax", b"\nX:\n" * (n // 4) + b"Max"),
    "open quote": lambda n: with_header(b'Route: "' + b"\\" * n),
    "quotes": lambda n: with_header(b"Route: " + b'"' * n),
    "quoted pairs": lambda n: INVITE.replace(b"To: Bob", b'To: "' + b'\\"' * (n // 2) + b'"' + b" "),
    "brackets": lambda n: with_header(b"Route: " + b"<" * n),
    "commas": lambda n: with_header(b"Contact: <sip:a>" + b",<" * (n // 2)),
    "semicolons": lambda n: INVITE.replace(b"tag=1928301774", b"tag=1;" + b"a;" * (n // 2)),
    "parameters": lambda n: INVITE.replace(b"bob@biloxi.com>", b"bob@biloxi.com>" + b";a=b" * (n // 4)),
    "digits": lambda n: INVITE.replace(b"314159", b"3" * n),
    "port digits": lambda n: INVITE.replace(b"biloxi.com SIP", b"biloxi.com:" + b"3" * n + b" SIP"),
    "at signs": lambda n: INVITE.replace(b"bob@biloxi.com SIP", b"bob" + b"@" * n + b" SIP"),
    "colons": lambda n: INVITE.replace(b"bob@biloxi.com SIP", b"bob@" + b":" * n + b" SIP"),
    "hex and colons": lambda n: INVITE.replace(b"bob@biloxi.com SIP", b"bob@" + b"1:" * (n // 2) + b"x SIP"),
    "escapes": lambda n: INVITE.replace(b"bob@biloxi.com SIP", b"%41" * (n // 3) + b"@h SIP"),
    "host labels": lambda n: INVITE.replace(b"bob@biloxi.com SIP", b"bob@" + b"a." * (n // 2) + b"! SIP"),
}  # fmt: skip


def cpu_s(data: bytes) -> float:
    """Return the least processor time of several runs: other processes do not count, caches hardly."""
    best = 1.0
    for _ in range(5):
        start = time.process_time()
        with contextlib.suppress(MalformedMessage):
            parse(data)
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize("kind", HOSTILE)
def test_the_time_to_parse_grows_no_faster_than_the_message(kind: str) -> None:
    """A quadratic pattern once took 47 s for 60 kB: ten times the input would cost a hundred times the work."""
    small, large = HOSTILE[kind](6_000), HOSTILE[kind](60_000)
    assert len(large) <= MAX_MESSAGE_BYTES
    assert cpu_s(large) < 40 * cpu_s(small)
