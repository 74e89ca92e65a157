"""Plivo's request signatures V2 and V3, as the official SDK checks them (plivo/utils/signature_v3.py)."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import parse_qsl, urlparse, urlunparse

Params = Sequence[tuple[str, str]]

URLS_REMEMBERED = 256
"""An application has a few URLs, and each request signs its own twice."""


def signature_v2(url: str, nonce: str, token: str) -> str:
    """Sign scheme, host and path of `url`; query, fragment and body do not count."""
    return _digest(token, _parts(url)[0] + nonce)


def signature_v3(method: str, url: str, params: Params, nonce: str, token: str) -> str:
    """Sign the address, the query and `params` (decoded form fields; for GET, more of the query)."""
    base = _base_get if method == "GET" else _base_post
    address, query = _parts(url)
    return _digest(token, f"{base(address, parse_qsl(query, keep_blank_values=True), params)}.{nonce}")


def signature_headers(method: str, url: str, params: Params, nonce: str, token: str) -> dict[str, str]:
    """Return the six signature headers of a request; `nonce` is 20 decimal digits, a fresh one for each request.

    The keys of the account and of its sub-account ("Ma" is the main account) are the same: there is one account.
    """
    v2 = signature_v2(url, nonce, token)
    v3 = signature_v3(method, url, params, nonce, token)
    return {
        "X-Plivo-Signature-V2": v2,
        "X-Plivo-Signature-Ma-V2": v2,
        "X-Plivo-Signature-V2-Nonce": nonce,
        "X-Plivo-Signature-V3": v3,
        "X-Plivo-Signature-Ma-V3": v3,
        "X-Plivo-Signature-V3-Nonce": nonce,
    }


def _base_get(address: str, query: Params, params: Params) -> str:
    named = {name for name, _ in query}
    rendered = _rendered([*query, *(pair for pair in params if pair[0] not in named)])
    return f"{address}?{rendered}" if rendered else address


def _base_post(address: str, query: Params, params: Params) -> str:
    if not query and not params:
        return address
    rendered = _rendered(query)
    # A bare "?" stays before the fields when there is no query, and the dot is only there when both are.
    dot = "." if rendered and params else ""
    return f"{address}?{rendered}{dot}{''.join([name + value for name, value in sorted(params)])}"


@lru_cache(URLS_REMEMBERED)
def _parts(url: str) -> tuple[str, str]:
    parts = urlparse(url)
    return urlunparse((parts.scheme, parts.netloc, parts.path, "", "", "")), parts.query


def _rendered(fields: Params) -> str:
    return "&".join([f"{name}={value}" for name, value in sorted(fields)])


def _digest(token: str, message: str) -> str:
    # "replace" is what the form encoding of the body does with what UTF-8 cannot express.
    mac = hmac.digest(token.encode(), message.encode(errors="replace"), "sha256")
    return b64encode(mac).decode("ascii")
