"""Where a request goes: a customer's URL, checked and taken apart once."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass, field
from functools import lru_cache

from yarl import URL

from .fragments import Patience, patience_of

URL_CHARS_MAX = 8192
"""What common web servers accept as a request line; a longer URL would be refused there."""

VISIBLE_ASCII = re.compile("[!-~]+")
"""All that may stand in a request line (RFC 3986 2); a host name with anything else in it is none."""

TARGETS_REMEMBERED = 1024
"""The same few URLs are asked for each call; this spares 20 us of parsing each time."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL as it goes over the wire (no credentials, no fragment), and what those said."""

    url: str
    patience: Patience
    authorization: str | None = field(repr=False)
    """Value of the Authorization header, from `user:password@` in the URL"""


@lru_cache(TARGETS_REMEMBERED)
def target_of(url: str) -> Target | None:
    """Return where `url` leads, or None when it is not an absolute http or https URL."""
    if len(url) > URL_CHARS_MAX:
        return None
    try:
        parsed = URL(url.strip())
        if parsed.scheme not in ("http", "https") or not parsed.host:
            return None
        wire = _wire(parsed)
        if not VISIBLE_ASCII.fullmatch(wire):
            return None
        return Target(wire, patience_of(parsed.fragment), _authorization(parsed))
    except ValueError:
        return None


def relative_to(target: Target, location: str) -> Target | None:
    """Return where a Location header leads, seen from `target`; with the patience of the first URL."""
    if len(location) > URL_CHARS_MAX:
        return None
    try:
        joined = str(URL(target.url).join(URL(location)))
    except ValueError:
        return None
    found = target_of(joined)
    return Target(found.url, target.patience, found.authorization) if found else None


def loggable(url: str) -> str:
    """Return `url` as it may stand in a log: without the password it may carry."""
    target = target_of(url)
    return target.url if target else repr(url[:80])


def _wire(url: URL) -> str:
    # The application's framework sees the path as "/" when there is none, and signs what it sees.
    query = f"?{url.raw_query_string}" if url.raw_query_string else ""
    return f"{url.scheme}://{url.host_port_subcomponent}{url.raw_path or '/'}{query}"


def _authorization(url: URL) -> str | None:
    if url.user is None and url.password is None:
        return None
    credentials = f"{url.user or ''}:{url.password or ''}"
    return "Basic " + b64encode(credentials.encode(errors="replace")).decode("ascii")
