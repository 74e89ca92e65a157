"""What is wrong with a URL, before anybody requests it."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

MAX_URL: Final = 8000
"""RFC 9110 4.1 recommends that everybody supports at least this many octets; nobody has to support more."""


def fault(url: str) -> str:
    """Say in a few words why a URL, which may be relative, cannot be requested; return "" if it can."""
    if len(url) > MAX_URL:
        return f"is longer than {MAX_URL} characters"
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return "is not a URL"
    if any(ord(character) < 0x20 for character in url):
        return "is not a URL"
    if parts.scheme not in ("", "http", "https"):
        return "is not an http or https URL"
    if (parts.scheme or parts.netloc) and not host:
        return "names no host"
    return ""
