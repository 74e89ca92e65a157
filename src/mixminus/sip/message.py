"""SIP messages: bytes to a request or a response and back (RFC 3261 §7), tolerant as RFC 4475 asks.

Headers are parsed when they are read and remembered by their text, so reading one again, also from the next message of
the same call, costs a look-up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .grammar import MalformedMessage, is_token, parse_number
from .headers import CSeq, Headers, NameAddr, Via, is_header_name
from .reasons import reason_phrase
from .uri import Uri

__all__ = ["MAX_HEADERS", "MAX_MESSAGE_BYTES", "MalformedMessage", "Message", "Request", "Response", "parse", "respond"]

# The largest UDP payload; RFC 3261 §18.1.1 asks for no more on any transport.
MAX_MESSAGE_BYTES = 65_535
# Real messages have 15 to 40; a thousand Vias would cost more to answer than to send.
MAX_HEADERS = 200
_MAX_FORWARDS_LIMIT = 256  # RFC 3261 §20.22

_MANDATORY = ("via", "from", "to", "call-id", "cseq")
_SINGLE = ("call-id", "cseq", "from", "to", "max-forwards", "content-length", "content-type")
_SCHEMES = ("sip", "sips", "tel")
_FOLD = re.compile(r"\n[ \t]+")


class _Headed:
    """What requests and responses share: the headers every message has."""

    __slots__ = ()
    headers: Headers
    body: bytes

    def _value(self, name: str) -> str:
        value = self.headers.get(name)
        if not value:
            raise MalformedMessage(f"no {name}")
        return value

    @property
    def via(self) -> Via:
        """Return the topmost Via."""
        return Via.parse(self._value("via"))

    @property
    def from_(self) -> NameAddr:
        """Return the From address."""
        return NameAddr.parse(self._value("from"))

    @property
    def to(self) -> NameAddr:
        """Return the To address."""
        return NameAddr.parse(self._value("to"))

    @property
    def call_id(self) -> str:
        """Return the Call-ID."""
        return self._value("call-id")

    @property
    def cseq(self) -> CSeq:
        """Return the CSeq."""
        return CSeq.parse(self._value("cseq"))

    @property
    def contact(self) -> NameAddr | None:
        """Return the first Contact; None when there is none or it is `*`."""
        value = self.headers.get("contact")
        return None if not value or value == "*" else NameAddr.parse(value)

    def mandatory(self) -> tuple[Via, NameAddr, NameAddr, str, CSeq]:
        """Return Via, From, To, Call-ID and CSeq; raise MalformedMessage when one is missing or bad."""
        return self.via, self.from_, self.to, self.call_id, self.cseq

    def _encode(self, start: str) -> bytes:
        lines = [start]
        lines += [f"{name}: {value}" for name, value in self.headers.items() if name != "Content-Length"]
        lines.append(f"Content-Length: {len(self.body)}\r\n\r\n")
        return "\r\n".join(lines).encode("utf-8", "surrogateescape") + self.body


@dataclass(slots=True)
class Request(_Headed):
    """A request (RFC 3261 §7.1)."""

    method: str
    uri: Uri
    headers: Headers
    body: bytes = b""

    def encode(self) -> bytes:
        """Return the bytes of the request, with its Content-Length."""
        return self._encode(f"{self.method} {self.uri} SIP/2.0")


@dataclass(slots=True)
class Response(_Headed):
    """A response (RFC 3261 §7.2)."""

    status: int
    reason: str
    headers: Headers
    body: bytes = b""

    def encode(self) -> bytes:
        """Return the bytes of the response, with its Content-Length."""
        return self._encode(f"SIP/2.0 {self.status} {self.reason}")


Message = Request | Response


def respond(request: Request, status: int, *, reason: str | None = None, to_tag: str | None = None) -> Response:
    """Build the response to a request (RFC 3261 §8.2.6.2); `to_tag` is used when the request brought none.

    Record-Route goes into 101-2xx, which may create a dialog (§12.1.1); Timestamp into 100 (§8.2.6.1).
    """
    names = ["via", "from", "to", "call-id", "cseq"]
    if status == 100:
        names.append("timestamp")
    elif status < 300:
        names.append("record-route")
    headers = Headers()
    for name in names:
        for value in request.headers.all(name):
            headers.take(name, value)
    if to_tag is not None and not _has_tag(request):
        headers.set("to", f"{headers.get('to')};tag={to_tag}")
    return Response(status, reason_phrase(status) if reason is None else reason, headers)


def _has_tag(request: Request) -> bool:
    try:
        return request.to.tag is not None
    except MalformedMessage:
        return False


def parse(data: bytes) -> Message:
    """Parse one datagram or one framed stream message; what follows its Content-Length is ignored (RFC 3261 §18.3).

    Raise MalformedMessage, and nothing else.
    """
    if len(data) > MAX_MESSAGE_BYTES:
        raise MalformedMessage("message too large", 513)
    head, body = _divide(data.lstrip(b"\r\n"))
    text = head.decode("utf-8", "surrogateescape").replace("\r\n", "\n")
    # A lone CR ends no line for us, but might for whoever reads what we copy.
    lines = _FOLD.sub(" ", text).replace("\r", " ").split("\n")
    if lines[0][:4].upper() == "SIP/":
        return _parse_response(lines, body)
    return _parse_request(lines, body)


def _divide(data: bytes) -> tuple[bytes, bytes | None]:
    """Split at the empty line, also one of bare line feeds; the body is None when there is no empty line."""
    ends = [(at, len(mark)) for mark in (b"\r\n\r\n", b"\n\n") if (at := data.find(mark)) >= 0]
    if not ends:
        return data, None
    at, length = min(ends)
    return data[:at], data[at + length :]


def _parse_request(lines: list[str], body: bytes | None) -> Request:
    words = lines[0].split(" ")
    if len(words) < 3 or not is_token(words[0]):
        raise MalformedMessage("bad request line")
    request = Request(words[0], Uri("", None, words[1]), Headers())
    try:
        _take_headers(request.headers, lines)
        _check_request_line(words)
        request.uri = Uri.parse(words[1])
        request.body = _cut_body(request.headers, body)
        _check_request(request)
    except MalformedMessage as fault:
        routable = request if _answerable(request) else None
        raise MalformedMessage(fault.reason, fault.status, routable) from None
    return request


def _check_request_line(words: list[str]) -> None:
    if len(words) != 3:
        raise MalformedMessage("bad request line")
    version = words[2].upper()
    if version != "SIP/2.0":
        raise MalformedMessage("unknown SIP version", 505 if version.startswith("SIP/") else 400)


def _parse_response(lines: list[str], body: bytes | None) -> Response:
    version, _, rest = lines[0].partition(" ")
    code, _, reason = rest.partition(" ")
    status = parse_number(code, 700)
    if version.upper() != "SIP/2.0" or len(code) != 3 or status is None or status < 100:
        raise MalformedMessage("bad status line")
    response = Response(status, reason, Headers())
    _take_headers(response.headers, lines)
    response.body = _cut_body(response.headers, body)
    _check(response)
    return response


def _take_headers(headers: Headers, lines: list[str]) -> None:
    """Take all headers, and only then complain about the first bad line: an answer needs the good ones."""
    fault = "too many headers" if len(lines) > MAX_HEADERS + 1 else ""
    for line in lines[1 : MAX_HEADERS + 1]:
        name, colon, value = line.partition(":")
        name = name.rstrip()
        if colon and is_header_name(name):
            headers.take(name, value.strip())
        elif line.strip():
            fault = fault or f"bad header line {line[:40]!r}"
    if fault:
        raise MalformedMessage(fault, 513 if fault == "too many headers" else 400)


def _cut_body(headers: Headers, body: bytes | None) -> bytes:
    if body is None:
        raise MalformedMessage("no empty line after the headers")
    stated = headers.get("content-length")
    if stated is None:
        return body
    length = parse_number(stated, MAX_MESSAGE_BYTES + 1)
    if length is None or length > len(body):
        raise MalformedMessage("Content-Length does not fit the message")
    return body[:length]


def _check_request(request: Request) -> None:
    if request.uri.scheme not in _SCHEMES:
        raise MalformedMessage("unknown URI scheme", 416)
    if request.uri.headers:
        raise MalformedMessage("headers in the Request-URI")
    _check(request)
    if request.cseq.method != request.method:
        raise MalformedMessage("CSeq names another method")
    hops = request.headers.get("max-forwards")
    if hops is not None and parse_number(hops, _MAX_FORWARDS_LIMIT) is None:
        raise MalformedMessage("bad Max-Forwards")


def _check(message: Message) -> None:
    """Parse what everybody will read, so that a bad header shows here and nowhere later."""
    for name in _SINGLE:
        if message.headers.count(name) > 1:
            raise MalformedMessage(f"more than one {name}")
    message.mandatory()
    for name in ("contact", "route", "record-route"):
        for value in message.headers.all(name):
            if value != "*":
                NameAddr.parse(value)


def _answerable(request: Request) -> bool:
    """Return whether a response would find its way: never to an ACK (RFC 3261 §17.1.1.3)."""
    if request.method == "ACK" or not all(name in request.headers for name in _MANDATORY):
        return False
    try:
        return bool(request.via)
    except MalformedMessage:
        return False
