"""How long a downloaded file may be used again (RFC 9111, the part that one private cache needs)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MAX_AGE_S = 86_400
"""A day: whoever changes a prompt expects it to be heard tomorrow, whatever a header once said."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """What a response says of its reuse; `fresh_s` is 0 when it must be asked for again each time."""

    stored: bool
    fresh_s: float
    etag: str
    last_modified: str

    def conditions(self) -> dict[str, str]:
        """Return the headers that ask for the file only if it has changed (RFC 9110 13.1)."""
        headers = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in headers.items() if value}


def freshness_of(headers: Mapping[str, str]) -> Freshness:
    """Read the headers of a response; `headers` looks names up without regard to case."""
    directives = _directives(headers.get("Cache-Control", ""))
    etag, last_modified = headers.get("ETag", ""), headers.get("Last-Modified", "")
    fresh_s = 0.0 if "no-cache" in directives else _seconds(directives.get("max-age", ""))
    # What is neither fresh nor can be asked for conditionally would only take up room.
    stored = "no-store" not in directives and bool(fresh_s or etag or last_modified)
    return Freshness(stored, fresh_s, etag, last_modified)


def _directives(cache_control: str) -> dict[str, str]:
    pairs = (word.strip().lower().partition("=") for word in cache_control.split(","))
    return {name: value.strip('"') for name, _, value in pairs}


def _seconds(text: str) -> float:
    # Ten digits are three centuries; more would only cost time to read.
    return float(min(int(text), MAX_AGE_S)) if text.isascii() and text.isdigit() and len(text) <= 10 else 0.0
