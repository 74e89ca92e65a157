"""The pieces of grammar that URIs, headers and messages share (RFC 3261 §25), and the one error they raise.

Everything here is linear in the length of its input: no pattern ever runs over raw white space.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .message import Request

Params = Mapping[str, str | None]

# Values longer than this are parsed anew each time, so that a hostile peer cannot fill the memo tables with megabytes.
MEMO_TEXT_LENGTH = 256
MEMO_ENTRIES = 2048

_MAX_DIGITS = 20  # no number of SIP has more; int() itself refuses thousands of digits with an error of its own

_TOKEN = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]+")
_HOST = re.compile(r"[A-Za-z0-9_.\-]+|\[[0-9A-Fa-f:.]+\]")
_BARE_IPV6 = re.compile(r"[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f.]*")
_QUOTED = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_MARKS = {separator: re.compile(rf'\\.|["<>{separator}]', re.DOTALL) for separator in ",;"}


class MalformedMessage(Exception):  # noqa: N818  (reads as a sentence where it is raised)
    """What arrived is not SIP: the only error of the parser.

    `status` is the response it deserves; `request` is the readable part when that response can be sent, else None
    (no usable Via, From, To, Call-ID or CSeq, an ACK, or a response).
    """

    def __init__(self, reason: str, status: int = 400, request: Request | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.request = request


def is_token(text: str) -> bool:
    """Return whether the text is a `token` (RFC 3261 §25.1)."""
    return _TOKEN.fullmatch(text) is not None


def parse_number(text: str, limit: int) -> int | None:
    """Parse decimal digits into a number below `limit`; None for anything else."""
    if not (text.isascii() and text.isdigit()) or len(text) > _MAX_DIGITS:
        return None
    number = int(text)
    return number if number < limit else None


def split_unquoted(text: str, separator: str) -> list[str]:
    """Split on a comma or semicolon outside of quotes and angle brackets, white space around the pieces removed."""
    if separator not in text:
        return [text.strip()]
    if '"' not in text and "<" not in text:
        return [piece.strip() for piece in text.split(separator)]
    return [text[start:end].strip() for start, end in _pieces(text, separator)]


def _pieces(text: str, separator: str) -> list[tuple[int, int]]:
    pieces: list[tuple[int, int]] = []
    start = 0
    quoted = bracketed = False
    for mark in _MARKS[separator].finditer(text):
        found = mark[0]
        if found == '"':
            quoted = not quoted
        elif quoted or found[0] == "\\":
            continue
        elif found in "<>":
            bracketed = found == "<"
        elif not bracketed:
            pieces.append((start, mark.start()))
            start = mark.end()
    pieces.append((start, len(text)))
    return pieces


def parse_params(text: str) -> dict[str, str | None]:
    """Parse `a=b;c` into {"a": "b", "c": None}: names in lower case, quotes kept, one trailing semicolon forgiven."""
    params: dict[str, str | None] = {}
    if not text:
        return params
    pieces = split_unquoted(text, ";")
    if not pieces[-1]:
        pieces.pop()
    for piece in pieces:
        name, equals, value = piece.partition("=")
        if not name:
            raise MalformedMessage("parameter without a name")
        params[name.rstrip().lower()] = value.lstrip() if equals else None
    return params


def render_params(params: Params) -> str:
    """Write parameters as `;a=b;c`."""
    return "".join([f";{name}" if value is None else f";{name}={value}" for name, value in params.items()])


def parse_host_port(text: str) -> tuple[str, int | None]:
    """Parse `host[:port]`; an IPv6 address keeps its brackets and gets them when they are missing (RFC 5118 §4.5)."""
    text = text.strip()
    if _BARE_IPV6.fullmatch(text):
        return f"[{text}]", None
    head, bracket, tail = text.rpartition("]")
    host, _, digits = tail.partition(":")
    host = (head + bracket + host).rstrip()
    if not _HOST.fullmatch(host):
        raise MalformedMessage(f"bad host {host[:40]!r}")
    return host, _port(digits.strip())


def _port(digits: str) -> int | None:
    if not digits:
        return None
    port = parse_number(digits, 65_536)
    if not port:
        raise MalformedMessage(f"bad port {digits[:20]!r}")
    return port


def take_quoted(text: str) -> tuple[str, str]:
    """Split text that starts with a quoted string into its unescaped content and what follows."""
    quoted = _QUOTED.match(text)
    if quoted is None:
        raise MalformedMessage("unbalanced quotes")
    return _ESCAPE.sub(r"\1", quoted[1]), text[quoted.end() :]


def quote(text: str) -> str:
    """Write text as a quoted string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def printable(text: str) -> str:
    """Replace what was not UTF-8 on the wire, so that the text can leave by another way than SIP."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
