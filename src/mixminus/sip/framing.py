"""Messages out of a byte stream by their Content-Length (RFC 3261 §18.3), with keepalives (RFC 5626 §4.4.1)."""

from __future__ import annotations

import re

from .message import MAX_MESSAGE_BYTES, MalformedMessage, Request, parse

_PING = b"\r\n\r\n"
_CONTENT_LENGTH = re.compile(
    rb"\n(?:content-length|l)[ \t]*:(?:\r?\n(?=[ \t])|[ \t])*(\d{1,9})[ \t]*\r?\n",
    re.IGNORECASE,
)


class StreamFramer:
    """Cuts one TCP connection's bytes into messages; every byte is looked at a bounded number of times."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._searched = 0  # no end of headers lies before this offset
        self._needed = 0  # length of the message at the start of the buffer; 0 when not known yet

    @property
    def is_partial(self) -> bool:
        """Return whether a message has begun and is not complete."""
        return bool(self._buffer)

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes and return the messages they complete; b"" stands for a keepalive, to be answered with CRLF.

        Raise MalformedMessage when the stream is beyond saving: no Content-Length, or a message that is too large.
        """
        self._buffer += data
        messages: list[bytes] = []
        while self._skip_line_breaks(messages) and self._measure() and len(self._buffer) >= self._needed:
            messages.append(bytes(self._buffer[: self._needed]))
            self._drop(self._needed)
        return messages

    def _drop(self, count: int) -> None:
        del self._buffer[:count]
        self._searched = self._needed = 0

    def _skip_line_breaks(self, messages: list[bytes]) -> bool:
        """Drop what precedes a start line, noting pings; return whether a message has begun."""
        while self._buffer and self._buffer[0] in b"\r\n":
            if self._buffer.startswith(_PING):
                messages.append(b"")
                self._drop(len(_PING))
            elif _PING.startswith(self._buffer):
                return False
            else:
                self._drop(1)
        return bool(self._buffer)

    def _measure(self) -> bool:
        """Find the length of the first message; return whether it is known."""
        if self._needed:
            return True
        end = self._buffer.find(_PING, self._searched)
        if end < 0:
            self._searched = max(0, len(self._buffer) - len(_PING) + 1)
            if len(self._buffer) > MAX_MESSAGE_BYTES:
                raise MalformedMessage("headers without an end", 513)
            return False
        head = bytes(self._buffer[: end + len(_PING)])
        stated = _CONTENT_LENGTH.search(head)
        if stated is None:
            raise MalformedMessage("no Content-Length on a stream", 400, _request_of(head))
        self._needed = len(head) + int(stated[1])
        if self._needed > MAX_MESSAGE_BYTES:
            raise MalformedMessage("message too large", 513, _request_of(head))
        return True


def _request_of(head: bytes) -> Request | None:
    """Return the request that headers alone tell of, if it can be answered."""
    try:
        message = parse(head)
    except MalformedMessage as fault:
        return fault.request
    return message if isinstance(message, Request) else None
