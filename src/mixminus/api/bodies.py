"""Parameters in a request's body: JSON whatever the content type says, else a form (reference §1.1)."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qsl

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

MAX_BODY_BYTES = 100_000
"""Far more than the longest set of URLs."""
MAX_FORM_FIELDS = 200
BODY_TIMEOUT_S = 10.0
"""The SDKs give up after 5 s; a client slower than this only holds a connection."""


async def parameters(request: Request) -> dict[str, object]:
    """Return the parameters of a POST. Raises HTTPException 400, 408 or 413."""
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            body = await _read(request)
    except TimeoutError:
        raise HTTPException(408, "request body did not arrive in time") from None
    except ClientDisconnect:
        raise HTTPException(400, "request body is incomplete") from None
    return parse(body, request.headers.get("content-type", ""))


def parse(body: bytes, content_type: str) -> dict[str, object]:
    """Return the parameters in a body; none is an empty one. Raises HTTPException 400."""
    if not body.strip():
        return {}
    try:
        content = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        if "json" in content_type.lower() or body.lstrip()[:1] in (b"{", b"["):
            raise HTTPException(400, "request body is not valid JSON") from None
        return _form(body)
    if not isinstance(content, dict):
        raise HTTPException(400, "request body must be a JSON object")
    return content


def _form(body: bytes) -> dict[str, object]:
    try:
        pairs = parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MAX_FORM_FIELDS,
        )
    except ValueError:
        raise HTTPException(400, "request body is neither a JSON object nor a form") from None
    return dict(pairs)


async def _read(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise HTTPException(413, f"request body can be maximum {MAX_BODY_BYTES} bytes long")
    return bytes(body)
