"""Headers: the ordered multi-map of a message, and the structured values in it (RFC 3261 §7.3, §20)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from .grammar import (
    MEMO_ENTRIES,
    MEMO_TEXT_LENGTH,
    MalformedMessage,
    Params,
    is_token,
    parse_host_port,
    parse_number,
    parse_params,
    printable,
    quote,
    render_params,
    split_unquoted,
    take_quoted,
)
from .uri import Uri

# RFC 3261 §20, RFC 3262, 3265, 3323, 3327, 3515, 3891, 3892, 4028, 6442, 8224
_COMPACT = {
    "a": "Accept-Contact",
    "b": "Referred-By",
    "c": "Content-Type",
    "d": "Request-Disposition",
    "e": "Content-Encoding",
    "f": "From",
    "i": "Call-ID",
    "j": "Reject-Contact",
    "k": "Supported",
    "l": "Content-Length",
    "m": "Contact",
    "n": "Identity-Info",
    "o": "Event",
    "r": "Refer-To",
    "s": "Subject",
    "t": "To",
    "u": "Allow-Events",
    "v": "Via",
    "x": "Session-Expires",
    "y": "Identity",
}
_NAMES = (
    *_COMPACT.values(),
    *("Accept", "Accept-Encoding", "Accept-Language", "Alert-Info", "Allow", "Authorization", "CSeq", "Call-Info"),
    *("Content-Disposition", "Content-Language", "Date", "Expires", "MIME-Version", "Max-Forwards", "Min-Expires"),
    *("Min-SE", "P-Asserted-Identity", "Path", "Privacy", "Proxy-Authenticate", "Proxy-Authorization"),
    *("Proxy-Require", "RAck", "RSeq", "Reason", "Record-Route", "Replaces", "Require", "Retry-After", "Route"),
    *("Server", "Service-Route", "Timestamp", "Unsupported", "User-Agent", "WWW-Authenticate", "Warning"),
)
_SPELLING = {name.lower(): name for name in _NAMES}
_KEYS = (
    {name: name.lower() for name in _NAMES}
    | {key: key for key in _SPELLING}
    | {short: name.lower() for short, name in _COMPACT.items()}
    | {short.upper(): name.lower() for short, name in _COMPACT.items()}
)

# Each of these values goes on a line of its own: old phones read only the first of a comma list.
_ADDRESS_LISTS = frozenset(
    {"via", "route", "record-route", "contact", "path", "service-route", "p-asserted-identity"},
)
_TOKEN_LISTS = frozenset(
    {"allow", "supported", "require", "proxy-require", "unsupported", "accept", "allow-events", "in-reply-to"},
)


class Headers:
    """The headers of a message: names without case and in either form, several values for a name, order kept.

    Values of one name stay in order; names are in the order of their first value, which RFC 3261 §7.3.1 allows.
    """

    __slots__ = ("_spelling", "_values")

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._values: dict[str, list[str]] = {}
        self._spelling: dict[str, str] = {}
        for name, value in pairs:
            self.add(name, value)

    def get(self, name: str) -> str | None:
        """Return the first value, or None."""
        values = self._values.get(_key(name))
        return values[0] if values else None

    def all(self, name: str) -> list[str]:
        """Return every value; the comma lists of list headers are taken apart."""
        key = _key(name)
        values = self._values.get(key, [])
        if key not in _TOKEN_LISTS:
            return list(values)
        return [token for value in values for token in split_unquoted(value, ",") if token]

    def tokens(self, name: str) -> frozenset[str]:
        """Return the option tags of a list header in lower case, without their parameters."""
        return frozenset([token.partition(";")[0].rstrip().lower() for token in self.all(name)])

    def count(self, name: str) -> int:
        """Return how many values, of which a comma list of tokens is one."""
        return len(self._values.get(_key(name), ()))

    def number(self, name: str) -> int | None:
        """Return the number a header starts with, parameters after it ignored; None when there is none below 2^32."""
        value = self.get(name)
        return None if value is None else parse_number(value.partition(";")[0].strip(), 1 << 32)

    def set(self, name: str, value: str) -> None:
        """Replace all values of a name by one, in its old place if it has one."""
        key = _key(name)
        if key in self._values:
            self._values[key] = []
        self.add(name, value)

    def add(self, name: str, value: str) -> None:
        """Append a value, or the values of a list; a line break in it raises ValueError, for it would forge headers."""
        if "\r" in value or "\n" in value or not is_header_name(name):
            raise ValueError(f"header {name!r} cannot be sent")
        self.take(name, value)

    def take(self, name: str, value: str) -> None:
        """Append a value that came from the wire, where lines are already taken apart."""
        key = _KEYS.get(name)
        if key is None:
            key = name.lower()
            if key not in _SPELLING:
                self._spelling.setdefault(key, name)
        values = [value]
        if "," in value and key in _ADDRESS_LISTS:
            values = [piece for piece in split_unquoted(value, ",") if piece]
        known = self._values.get(key)
        if known is None:
            self._values[key] = values
        else:
            known += values

    def remove(self, name: str) -> None:
        """Remove all values of a name, if there are any."""
        self._values.pop(_key(name), None)

    def items(self) -> Iterator[tuple[str, str]]:
        """Yield (name, value) in order, each name as it is usually spelled or else as its sender spelled it."""
        for key, values in self._values.items():
            name = _SPELLING.get(key) or self._spelling[key]
            for value in values:
                yield name, value

    def copy(self) -> Headers:
        """Return headers that change independently of these."""
        twin = Headers()
        twin._values = {key: list(values) for key, values in self._values.items()}
        twin._spelling = dict(self._spelling)
        return twin

    def __contains__(self, name: str) -> bool:
        return bool(self._values.get(_key(name)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and list(self.items()) == list(other.items())

    def __repr__(self) -> str:
        return f"Headers({list(self.items())!r})"


def is_header_name(name: str) -> bool:
    """Return whether a header may be called so (RFC 3261 §7.3.1: a token)."""
    return name in _KEYS or is_token(name)


def _key(name: str) -> str:
    return _KEYS.get(name) or name.lower()


@dataclass(frozen=True, slots=True)
class NameAddr:
    """An address with display name and header parameters: From, To, Contact, Route (RFC 3261 §20.10)."""

    uri: Uri
    display: str = ""
    params: Params = field(default_factory=dict)

    @staticmethod
    def parse(text: str) -> NameAddr:
        """Parse `"Name" <uri>;params` or `uri;params`; raise MalformedMessage."""
        return _name_addr_memo(text) if len(text) <= MEMO_TEXT_LENGTH else _parse_name_addr(text)

    @property
    def tag(self) -> str | None:
        """Return the `tag` parameter."""
        return self.params.get("tag")

    def with_param(self, name: str, value: str | None) -> NameAddr:
        """Return the address with one parameter set."""
        return NameAddr(self.uri, self.display, {**self.params, name: value})

    def __str__(self) -> str:
        display = f"{quote(self.display)} " if self.display else ""
        return f"{display}<{self.uri}>{render_params(self.params)}"


def _parse_name_addr(text: str) -> NameAddr:
    text = text.strip()
    if text.startswith('"'):
        display, rest = take_quoted(text)
        blank, bracket, rest = rest.partition("<")
        if not bracket or blank.strip():
            raise MalformedMessage("no address after the display name")
        return _parse_bracketed(display, rest)
    display, bracket, rest = text.partition("<")
    if bracket:
        return _parse_bracketed(display.strip(), rest)
    # Without brackets the parameters are the header's, and a "?" would be ambiguous (RFC 3261 §20.10).
    address, _, params = text.partition(";")
    if "?" in address:
        raise MalformedMessage("address with headers and without brackets")
    return NameAddr(Uri.parse(address), "", parse_params(params))


def _parse_bracketed(display: str, rest: str) -> NameAddr:
    address, bracket, tail = rest.partition(">")
    tail = tail.strip()
    if not bracket or (tail and tail[0] != ";"):
        raise MalformedMessage("address without its closing bracket")
    return NameAddr(Uri.parse(address), printable(display), parse_params(tail[1:]))


_name_addr_memo = lru_cache(maxsize=MEMO_ENTRIES)(_parse_name_addr)


@dataclass(frozen=True, slots=True)
class Via:
    """One hop of the way back (RFC 3261 §20.42); `transport` in upper case, IPv6 hosts in brackets."""

    transport: str
    host: str
    port: int | None = None
    params: Params = field(default_factory=dict)

    @staticmethod
    def parse(text: str) -> Via:
        """Parse `SIP/2.0/UDP host:port;params` with white space anywhere between; raise MalformedMessage."""
        return _via_memo(text) if len(text) <= MEMO_TEXT_LENGTH else _parse_via(text)

    @property
    def branch(self) -> str | None:
        """Return the `branch` parameter."""
        return self.params.get("branch")

    def with_param(self, name: str, value: str | None) -> Via:
        """Return the hop with one parameter set, as `received` and `rport` are."""
        return Via(self.transport, self.host, self.port, {**self.params, name: value})

    def __str__(self) -> str:
        port = "" if self.port is None else f":{self.port}"
        return f"SIP/2.0/{self.transport} {self.host}{port}{render_params(self.params)}"


def _parse_via(text: str) -> Via:
    sent, _, params = text.partition(";")
    protocol = sent.split("/", 2)
    if len(protocol) != 3 or protocol[0].strip().upper() != "SIP" or protocol[1].strip() != "2.0":
        raise MalformedMessage(f"bad Via {text[:80]!r}")
    transport_sent_by = protocol[2].split(None, 1)
    if len(transport_sent_by) != 2 or not is_token(transport_sent_by[0]):
        raise MalformedMessage(f"bad Via {text[:80]!r}")
    host, port = parse_host_port(transport_sent_by[1])
    return Via(transport_sent_by[0].upper(), host, port, parse_params(params))


_via_memo = lru_cache(maxsize=MEMO_ENTRIES)(_parse_via)


@dataclass(frozen=True, slots=True)
class CSeq:
    """The number and method that order requests in a dialog (RFC 3261 §20.16)."""

    number: int
    method: str

    @staticmethod
    def parse(text: str) -> CSeq:
        """Parse `4711 INVITE`, the number below 2^32; raise MalformedMessage."""
        words = text.split()
        number = parse_number(words[0], 1 << 32) if len(words) == 2 else None
        if number is None or not is_token(words[1]):
            raise MalformedMessage(f"bad CSeq {text[:80]!r}")
        return CSeq(number, words[1])

    def __str__(self) -> str:
        return f"{self.number} {self.method}"
