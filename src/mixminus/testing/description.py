"""The SDP of a virtual phone, written apart from the server's, so that each checks the other. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

STATIC_TYPES = {"PCMU": 0, "PCMA": 8}
DYNAMIC_TYPES = {"L16": 96}
EVENT_TYPE = 101
DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")
REVERSED = {"sendonly": "recvonly", "recvonly": "sendonly"}


@dataclass(frozen=True, slots=True)
class Audio:
    """What one side says of its audio; `codecs` maps payload types to names in order of preference."""

    host: str
    port: int
    codecs: dict[int, str]
    event_type: int | None = EVENT_TYPE
    direction: str = "sendrecv"
    version: int = field(default=1, compare=False)

    @classmethod
    def of_phone(cls, host: str, port: int, codecs: tuple[str, ...], telephone_events: bool = True) -> Audio:
        """Describe a phone that speaks these codecs."""
        types = {**STATIC_TYPES, **DYNAMIC_TYPES}
        return cls(host, port, {types[name]: name for name in codecs}, EVENT_TYPE if telephone_events else None)

    def render(self) -> bytes:
        """Render as SDP (RFC 8866)."""
        family = "IP6" if ":" in self.host else "IP4"
        types = [*self.codecs, *([self.event_type] if self.event_type is not None else [])]
        lines = [
            "v=0",
            f"o=phone 1 {self.version} IN {family} {self.host}",
            "s=-",
            f"c=IN {family} {self.host}",
            "t=0 0",
            f"m=audio {self.port} RTP/AVP {' '.join(map(str, types))}",
            *(f"a=rtpmap:{number} {name}/8000" for number, name in self.codecs.items()),
        ]
        if self.event_type is not None:
            lines += [f"a=rtpmap:{self.event_type} telephone-event/8000", f"a=fmtp:{self.event_type} 0-16"]
        return "".join(f"{line}\r\n" for line in [*lines, "a=ptime:20", f"a={self.direction}"]).encode()

    @classmethod
    def parse(cls, sdp: bytes) -> Audio:
        """Read what the server says; raises ValueError when it has no audio stream we could use."""
        text = sdp.decode()
        media = re.search(r"^m=audio (\d+) \S+ ([\d ]+)", text, re.MULTILINE)
        host = re.search(r"^c=IN IP[46] (\S+)", text, re.MULTILINE)
        if media is None or host is None:
            raise ValueError(f"no audio stream in {text!r}")
        names = {number: name for name, number in STATIC_TYPES.items()}
        names.update({int(n): name for n, name in re.findall(r"^a=rtpmap:(\d+) ([\w-]+)/", text, re.MULTILINE)})
        types = [(int(number), names.get(int(number), "")) for number in media[2].split()]
        events = [number for number, name in types if name.lower() == "telephone-event"]
        direction = next((d for d in DIRECTIONS if re.search(rf"^a={d}\s*$", text, re.MULTILINE)), "sendrecv")
        codecs = {number: name.upper() for number, name in types if number not in events}
        return cls(host[1], int(media[1]), codecs, events[0] if events else None, direction)
