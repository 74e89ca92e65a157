"""Answers on the wire: JSON with an `api_id`, errors too (reference §1.2)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

import msgspec
from starlette.responses import Response


def answer(status: int, content: Mapping[str, object], headers: Mapping[str, str] | None = None) -> Response:
    """Return a JSON answer with a fresh api_id."""
    body = msgspec.json.encode({"api_id": str(uuid.uuid4()), **content})
    return Response(body, status, headers, media_type="application/json")


def error(status: int, text: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return the error body that the SDKs turn into a typed exception."""
    return answer(status, {"error": text}, headers)


def no_content() -> Response:
    """Return 204, the answer to a deletion."""
    return Response(status_code=204)
