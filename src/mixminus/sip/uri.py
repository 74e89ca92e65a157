"""SIP, SIPS and tel URIs (RFC 3261 §19.1, RFC 3966); every other scheme is carried through unread."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import unquote

from .grammar import (
    MEMO_ENTRIES,
    MEMO_TEXT_LENGTH,
    MalformedMessage,
    Params,
    parse_host_port,
    parse_params,
    printable,
    render_params,
)

_FORBIDDEN = re.compile(r'[\x00-\x20"<>\x7f]')
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*")


@dataclass(frozen=True, slots=True)
class Uri:
    """A URI. `user` and `headers` stay escaped; an unknown scheme has all the rest in `host`; tel has no host."""

    scheme: str
    user: str | None
    host: str
    port: int | None = None
    params: Params = field(default_factory=dict)
    headers: str = ""

    @staticmethod
    def parse(text: str) -> Uri:
        """Parse a URI without angle brackets; raise MalformedMessage."""
        return _remembered(text) if len(text) <= MEMO_TEXT_LENGTH else _parse(text)

    @property
    def username(self) -> str:
        """Return the user without its escapes, parameters and password; "" without one."""
        if not self.user:
            return ""
        name = self.user.partition(":")[0].partition(";")[0]
        return printable(unquote(name))

    @property
    def transport(self) -> str:
        """Return the `transport` parameter in lower case; "tls" for sips, "" when it is not said (RFC 3261 §19.1.1)."""
        transport = (self.params.get("transport") or "").lower()
        return "tls" if self.scheme == "sips" and transport in ("", "tcp") else transport

    def __str__(self) -> str:
        user = self.user or "" if self.scheme == "tel" else "" if self.user is None else f"{self.user}@"
        port = "" if self.port is None else f":{self.port}"
        query = f"?{self.headers}" if self.headers else ""
        return f"{self.scheme}:{user}{self.host}{port}{render_params(self.params)}{query}"


def _parse(text: str) -> Uri:
    text = text.strip()
    if _FORBIDDEN.search(text):
        raise MalformedMessage(f"bad character in URI {text[:80]!r}")
    scheme, colon, rest = text.partition(":")
    if not colon or not _SCHEME.fullmatch(scheme):
        raise MalformedMessage(f"URI without a scheme {text[:80]!r}")
    scheme = scheme.lower()
    if scheme in ("sip", "sips"):
        return _parse_sip(scheme, rest)
    if scheme == "tel":
        number, _, params = rest.partition(";")
        return Uri(scheme, number, "", None, parse_params(params))
    return Uri(scheme, None, rest)


def _parse_sip(scheme: str, rest: str) -> Uri:
    # The user part may hold ";" and "?" but never a bare "@", so the first one ends it.
    user, at, after = rest.partition("@")
    place, _, headers = (after if at else rest).partition("?")
    address, _, params = place.partition(";")
    host, port = parse_host_port(address)
    return Uri(scheme, user if at else None, host, port, parse_params(params), headers)


_remembered = lru_cache(maxsize=MEMO_ENTRIES)(_parse)
