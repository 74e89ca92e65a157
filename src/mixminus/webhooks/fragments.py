"""How patient a request is: the settings that a URL's fragment carries, `#ct=2000&rt=5000&tt=9000&rc=3&rp=ct,5xx`.

Source: Plivo's callback configurations. The fragment is never sent and never signed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from urllib.parse import parse_qsl


class Trouble(Enum):
    """What a request may be repeated for, spelled as `rp` has it."""

    CONNECTION = "ct"
    RESPONSE = "rt"
    CLIENT_ERROR = "4xx"
    SERVER_ERROR = "5xx"


FRAGMENT_CHARS_MAX = 256
"""Ten times what all settings together need; a longer fragment is somebody else's and is not read."""

CONNECT_MS = (100, 10_000)
RESPONSE_MS = (100, 40_000)
TOTAL_MS = (100, 55_000)
RETRIES = (0, 5)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long and how often a URL is tried; the defaults are Plivo's."""

    connect_s: float = 2.0
    response_s: float = 40.0
    total_s: float = 55.0
    retries: int = 1
    retried: frozenset[Trouble] = frozenset({Trouble.CONNECTION, Trouble.RESPONSE})


def patience_of(fragment: str) -> Patience:
    """Read a fragment; a value out of its range is moved into it, what cannot be read keeps its default."""
    if not fragment or len(fragment) > FRAGMENT_CHARS_MAX:
        return Patience()
    given = dict(parse_qsl(fragment))
    default = Patience()
    return Patience(
        connect_s=_seconds(given, "ct", CONNECT_MS, default.connect_s),
        response_s=_seconds(given, "rt", RESPONSE_MS, default.response_s),
        total_s=_seconds(given, "tt", TOTAL_MS, default.total_s),
        retries=_number(given, "rc", RETRIES, default.retries),
        retried=_troubles(given.get("rp", ""), default.retried),
    )


def _number(given: Mapping[str, str], name: str, bounds: tuple[int, int], default: int) -> int:
    text = given.get(name, "")
    if not (text.isascii() and text.isdigit()):
        return default
    return min(max(int(text), bounds[0]), bounds[1])


def _seconds(given: Mapping[str, str], name: str, bounds_ms: tuple[int, int], default_s: float) -> float:
    return _number(given, name, bounds_ms, round(default_s * 1000)) / 1000


def _troubles(policy: str, default: frozenset[Trouble]) -> frozenset[Trouble]:
    words = frozenset(policy.split(","))
    if "all" in words:
        return frozenset(Trouble)
    return frozenset(trouble for trouble in Trouble if trouble.value in words) or default
