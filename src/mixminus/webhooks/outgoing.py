"""One HTTP request to a customer's application, signed and ready to be sent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote_plus

from .signatures import Params, signature_headers
from .targets import Target

FORM = "application/x-www-form-urlencoded"

TEXTS_REMEMBERED = 1024
"""Names and most values are the same in every request; quoting them each time would take half of the signing's time."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What goes over the wire."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes | None


def outgoing(method: str, target: Target, params: Params, nonce: str, token: str) -> Outgoing:
    """Build a request: `params` are the form of a POST, or are appended to the URL's own query of a GET."""
    form = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in params)
    if method == "GET":
        url = _with_query(target.url, form)
        headers = signature_headers(method, url, (), nonce, token)
        return Outgoing(method, url, _authorized(headers, target), None)
    headers = signature_headers(method, target.url, params, nonce, token)
    headers["Content-Type"] = FORM
    return Outgoing(method, target.url, _authorized(headers, target), form.encode("ascii"))


@lru_cache(TEXTS_REMEMBERED)
def _quoted(text: str) -> str:
    return quote_plus(text, errors="replace")


def _with_query(url: str, query: str) -> str:
    if not query:
        return url
    return f"{url}{'&' if '?' in url else '?'}{query}"


def _authorized(headers: dict[str, str], target: Target) -> dict[str, str]:
    if target.authorization:
        headers["Authorization"] = target.authorization
    return headers
