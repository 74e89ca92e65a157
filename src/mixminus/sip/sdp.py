"""Session descriptions: bytes to frozen data and back (RFC 4566, RFC 8866), tolerant of what phones really send.

Attributes we do not act upon (ICE, DTLS, crypto) are carried through on the media they belong to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from .grammar import parse_number

Direction = Literal["sendrecv", "sendonly", "recvonly", "inactive"]
_DIRECTIONS: Final[dict[str, Direction]] = {
    "sendrecv": "sendrecv",
    "sendonly": "sendonly",
    "recvonly": "recvonly",
    "inactive": "inactive",
}

# A body that rides in a SIP message cannot be larger.
MAX_SDP_BYTES = 65_535
# A browser's conference offer has some tens of m-lines; every one of them must be mirrored in the answer.
MAX_MEDIA = 64
# A browser's offer with all its candidates has about 150 in a section.
MAX_ATTRIBUTES = 200
# Payload types are 7 bits (RFC 3551 §6).
MAX_FORMATS = 128

_PORT_LIMIT = 65_536
_CLOCK_RATE_LIMIT = 1_000_000
_INHERITED = ("ice-ufrag", "ice-pwd", "fingerprint", "setup", "crypto", "ptime", "maxptime")
_LINE_BREAK = re.compile(r"\r\n|\n|\r")


class SdpError(ValueError):
    """The body is no session description: the only error of this parser."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One `a=` line; the value is None for a flag."""

    name: str
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Codec:
    """An encoding with its payload type; `rate` in Hz is the RTP clock's."""

    payload_type: int
    name: str
    rate: int
    channels: int = 1
    fmtp: str = ""


@dataclass(frozen=True, slots=True)
class MediaDescription:
    """One `m=` section. `address` and `direction` are those in force: its own, else the session's."""

    kind: str
    port: int
    protocol: str
    formats: tuple[str, ...]
    address: str = ""
    direction: Direction = "sendrecv"
    attributes: tuple[Attribute, ...] = ()
    codecs: tuple[Codec, ...] = ()

    def get(self, name: str) -> str | None:
        """Return the value of the first attribute of that name; "" for a flag, None without one."""
        return next((a.value or "" for a in self.attributes if a.name == name), None)

    def all(self, name: str) -> list[str]:
        """Return the values of all attributes of that name, such as `crypto` and `candidate`."""
        return [a.value or "" for a in self.attributes if a.name == name]

    def milliseconds(self, name: str) -> int | None:
        """Return `ptime` or `maxptime` in ms (RFC 8866 §6.4), None when absent or no whole number."""
        return parse_number(self.get(name) or "", 1000)

    @property
    def mux(self) -> bool:
        """Return whether RTCP may share the RTP port (RFC 5761 §5.1.1)."""
        return self.get("rtcp-mux") is not None

    @property
    def rtcp(self) -> tuple[str, int]:
        """Return where RTCP goes: `a=rtcp` (RFC 3605 §2.1), else the next port."""
        port, _, connection = (self.get("rtcp") or "").partition(" ")
        number = parse_number(port, _PORT_LIMIT)
        if not number:
            return self.address, min(self.port + 1, _PORT_LIMIT - 1)
        return _connection_address(connection) or self.address, number


@dataclass(frozen=True, slots=True)
class SessionDescription:
    """A whole description. `origin` and `timing` are the values of `o=` and `t=` as they came."""

    origin: str = ""
    timing: str = "0 0"
    attributes: tuple[Attribute, ...] = ()
    media: tuple[MediaDescription, ...] = ()


# RFC 3551 §6; only those that phones still name without an rtpmap.
_STATIC = {
    0: Codec(0, "PCMU", 8000),
    3: Codec(3, "GSM", 8000),
    4: Codec(4, "G723", 8000),
    8: Codec(8, "PCMA", 8000),
    9: Codec(9, "G722", 8000),
    10: Codec(10, "L16", 44_100, 2),
    11: Codec(11, "L16", 44_100),
    13: Codec(13, "CN", 8000),
    18: Codec(18, "G729", 8000),
}


class _Section:
    """The lines of the session or of one m-line, while they are being read."""

    def __init__(self, m_line: str = "") -> None:
        self.m_line = m_line
        self.address = ""
        self.direction: Direction | None = None
        self.attributes: list[Attribute] = []

    def take(self, kind: str, value: str) -> None:
        if kind == "c":
            self.address = self.address or _connection_address(value)
        elif kind == "a":
            name, colon, rest = value.partition(":")
            self._take_attribute(name.strip().lower(), rest.strip() if colon else None)

    def _take_attribute(self, name: str, value: str | None) -> None:
        direction = _DIRECTIONS.get(name)
        if direction is not None:
            self.direction = direction
        elif len(self.attributes) >= MAX_ATTRIBUTES:
            raise SdpError("too many attributes")
        else:
            self.attributes.append(Attribute(name, value))


def parse(data: bytes) -> SessionDescription:
    """Parse a session description; raise SdpError, and nothing else.

    Unknown and misplaced lines are skipped; what can be answered with a refused m-line is no error.
    """
    if len(data) > MAX_SDP_BYTES:
        raise SdpError("too large")
    session, sections = _Section(), list[_Section]()
    once = {"v": "", "o": "", "t": ""}
    for line in _LINE_BREAK.split(data.decode("utf-8", "replace")):
        kind, equals, value = line.partition("=")
        kind, value = kind.strip(), value.strip()
        if not equals:
            continue
        if kind == "m":
            sections.append(_Section(value))
        elif kind in once:
            once[kind] = once[kind] or value
        else:
            (sections[-1] if sections else session).take(kind, value)
        if len(sections) > MAX_MEDIA:
            raise SdpError("too many media")
    if not once["v"] and not sections:
        raise SdpError("not a session description")
    media = tuple([_media(section, session) for section in sections])
    return SessionDescription(once["o"], _timing(once["t"]), tuple(session.attributes), media)


def _timing(value: str) -> str:
    return value if re.fullmatch(r"\d{1,10} \d{1,10}", value) else "0 0"


def _connection_address(value: str) -> str:
    """Return the address of `IN IP4 192.0.2.1/127`, "" when there is none."""
    words = value.split(None, 3)
    return words[2].partition("/")[0] if len(words) >= 3 else ""


def _media(section: _Section, session: _Section) -> MediaDescription:
    words = section.m_line.split(None, MAX_FORMATS + 3)
    port = parse_number(words[1].partition("/")[0], _PORT_LIMIT) if len(words) >= 3 else None
    if port is None or len(words) > MAX_FORMATS + 3:
        raise SdpError(f"bad m-line {section.m_line[:60]!r}")
    formats = tuple(words[3:])
    own = {attribute.name for attribute in section.attributes}
    inherited = [a for a in session.attributes if a.name in _INHERITED and a.name not in own]
    return MediaDescription(
        kind=words[0].lower(),
        port=port,
        protocol=words[2],
        formats=formats,
        address=section.address or session.address,
        direction=section.direction or session.direction or "sendrecv",
        attributes=(*section.attributes, *inherited),
        codecs=_codecs(formats, section.attributes) if "RTP/" in words[2].upper() else (),
    )


def _codecs(formats: Sequence[str], attributes: Iterable[Attribute]) -> tuple[Codec, ...]:
    mapped: dict[int, Codec] = {}
    fmtp: dict[int, str] = {}
    for attribute in attributes:
        if attribute.name not in ("rtpmap", "fmtp"):
            continue
        text, _, rest = (attribute.value or "").partition(" ")
        payload_type = parse_number(text, 128)
        if payload_type is None:
            continue
        if attribute.name == "fmtp":
            fmtp[payload_type] = rest.strip()
        elif codec := _mapped(payload_type, rest.strip()):
            mapped[payload_type] = codec
    wanted = [number for text in formats if (number := parse_number(text, 128)) is not None]
    found = [mapped.get(number) or _STATIC.get(number) for number in wanted]
    return tuple([_with_fmtp(codec, fmtp.get(codec.payload_type, "")) for codec in found if codec])


def _with_fmtp(codec: Codec, fmtp: str) -> Codec:
    return Codec(codec.payload_type, codec.name, codec.rate, codec.channels, fmtp) if fmtp else codec


def _mapped(payload_type: int, encoding: str) -> Codec | None:
    """Parse `L16/8000/1`; None when it is no encoding, as if the line were not there."""
    name, _, rest = encoding.partition("/")
    rate_text, _, channels_text = rest.partition("/")
    rate = parse_number(rate_text.strip(), _CLOCK_RATE_LIMIT)
    if not name or not rate:
        return None
    return Codec(payload_type, name.strip(), rate, parse_number(channels_text.strip(), 256) or 1)


@dataclass(frozen=True, slots=True)
class Section:
    """One m-line to send, without its `m=`, and the lines under it."""

    m_line: str
    lines: tuple[str, ...] = ()


def render(address: str, session_id: int, version: int, sections: Iterable[Section], *, timing: str = "0 0") -> bytes:
    """Write a session description; `version` must grow by one whenever anything in it changes (RFC 3264 §8)."""
    where = f"IN IP{6 if ':' in address else 4} {address}"
    lines = ["v=0", f"o=- {session_id} {version} {where}", "s=-", f"c={where}", f"t={timing}"]
    for section in sections:
        lines += [f"m={section.m_line}", *section.lines]
    return "\r\n".join([*lines, ""]).encode()


def render_audio(
    port: int, protocol: str, codecs: Sequence[Codec], ptime_ms: int, direction: Direction, *, mux: bool = False
) -> Section:
    """Write an audio section for the given codecs."""
    lines: list[str] = []
    for codec in codecs:
        channels = f"/{codec.channels}" if codec.channels > 1 else ""
        lines.append(f"a=rtpmap:{codec.payload_type} {codec.name}/{codec.rate}{channels}")
        if codec.fmtp:
            lines.append(f"a=fmtp:{codec.payload_type} {codec.fmtp}")
    lines += [f"a=ptime:{ptime_ms}", f"a={direction}"]
    if mux:
        lines.append("a=rtcp-mux")
    formats = " ".join([str(codec.payload_type) for codec in codecs])
    return Section(f"audio {port} {protocol} {formats}", tuple(lines))


def render_refused(media: MediaDescription) -> Section:
    """Write the answer to an m-line that is not wanted: port 0, at least one format (RFC 3264 §6)."""
    return Section(f"{media.kind} 0 {media.protocol} {' '.join(media.formats) or '0'}")
