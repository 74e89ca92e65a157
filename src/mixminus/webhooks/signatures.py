"""Plivo's request signatures V2 and V3, as the official SDK checks them (plivo/utils/signature_v3.py)."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs, urlparse, urlunparse

Params = Sequence[tuple[str, str]]


def signature_v2(url: str, nonce: str, token: str) -> str:
    """Sign scheme, host and path of `url`; query, fragment and body do not count."""
    return _digest(token, _address(url) + nonce)


def signature_v3(method: str, url: str, params: Params, nonce: str, token: str) -> str:
    """Sign the address, the query and `params` (decoded form fields; for GET, more of the query)."""
    base = _base_get if method == "GET" else _base_post
    return _digest(token, f"{base(_address(url), _fields(urlparse(url).query), params)}.{nonce}")


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


def _base_get(address: str, query: Mapping[str, list[str]], params: Params) -> str:
    rendered = _query({**_grouped(params), **query})
    return f"{address}?{rendered}" if rendered else address


def _base_post(address: str, query: Mapping[str, list[str]], params: Params) -> str:
    if not query and not params:
        return address
    rendered = _query(query)
    # A bare "?" stays before the fields when there is no query, and the dot is only there when both are.
    dot = "." if rendered and params else ""
    return f"{address}?{rendered}{dot}{_concatenated(_grouped(params))}"


def _address(url: str) -> str:
    parts = urlparse(url)
    return urlunparse((parts.scheme, parts.netloc, parts.path, "", "", ""))


def _fields(query: str) -> dict[str, list[str]]:
    return parse_qs(query, keep_blank_values=True) if query else {}


def _grouped(params: Params) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in params:
        grouped.setdefault(name, []).append(value)
    return grouped


def _query(fields: Mapping[str, list[str]]) -> str:
    return "&".join(f"{name}={value}" for name in sorted(fields) for value in sorted(fields[name]))


def _concatenated(fields: Mapping[str, list[str]]) -> str:
    return "".join(f"{name}{value}" for name in sorted(fields) for value in sorted(fields[name]))


def _digest(token: str, message: str) -> str:
    # "replace" is what the form encoding of the body does with what UTF-8 cannot express.
    mac = hmac.digest(token.encode(), message.encode(errors="replace"), "sha256")
    return b64encode(mac).decode("ascii")
