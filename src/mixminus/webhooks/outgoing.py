"""One HTTP request to a customer's application, signed and ready to be sent."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from .signatures import Params, signature_headers
from .targets import Target

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What goes over the wire."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes | None


def outgoing(method: str, target: Target, params: Params, nonce: str, token: str) -> Outgoing:
    """Build a request: `params` are the form of a POST, or are appended to the URL's own query of a GET."""
    form = urlencode(params, errors="replace")
    if method == "GET":
        url = _with_query(target.url, form)
        headers = signature_headers(method, url, (), nonce, token)
        return Outgoing(method, url, _authorized(headers, target), None)
    headers = signature_headers(method, target.url, params, nonce, token)
    headers["Content-Type"] = FORM
    return Outgoing(method, target.url, _authorized(headers, target), form.encode("ascii"))


def _with_query(url: str, query: str) -> str:
    if not query:
        return url
    return f"{url}{'&' if '?' in url else '?'}{query}"


def _authorized(headers: dict[str, str], target: Target) -> dict[str, str]:
    if target.authorization:
        headers["Authorization"] = target.authorization
    return headers
