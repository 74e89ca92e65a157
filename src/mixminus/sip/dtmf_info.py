"""DTMF in INFO bodies (RFC 6086): `application/dtmf-relay` (Signal=5) and `application/dtmf` (5)."""

from __future__ import annotations

DIGITS = "0123456789*#ABCD"
EVENTS = {"10": "*", "11": "#"}
"""Some phones send the event number of RFC 4733 for the two keys that are no digits."""


def parse_digit(content_type: str, body: bytes) -> str | None:
    """Return the digit that an INFO carries; None when it carries none."""
    text = body[:200].decode("ascii", "replace")
    match content_type.partition(";")[0].strip().lower():
        case "application/dtmf-relay":
            return _digit(_signal(text))
        case "application/dtmf":
            return _digit(text)
        case _:
            return None


def _signal(text: str) -> str:
    for line in text.splitlines():
        name, _, value = line.partition("=")
        if name.strip().lower() == "signal":
            return value
    return ""


def _digit(text: str) -> str | None:
    text = text.strip().upper()
    text = EVENTS.get(text, text)
    return text if len(text) == 1 and text in DIGITS else None
