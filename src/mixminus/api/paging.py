"""Pages of a list: `limit` and `offset` in, `meta` out (reference §1.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.exceptions import HTTPException

MAX_LIMIT = 20
"""What the SDKs allow."""
MAX_OFFSET = 2**31 - 1
"""What every database takes."""


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is wanted."""

    limit: int
    offset: int


def wanted_page(query: Mapping[str, str]) -> Page:
    """Read limit and offset. Raises HTTPException 400 in the SDK's words."""
    limit, offset = _number(query, "limit", MAX_LIMIT), _number(query, "offset", 0)
    if not 0 < limit <= MAX_LIMIT:
        raise HTTPException(400, f"0 < limit <= {MAX_LIMIT} (actual value: {limit})")
    if offset > MAX_OFFSET:
        raise HTTPException(400, f"0 <= offset <= {MAX_OFFSET} (actual value: {offset})")
    return Page(limit, offset)


def list_body(
    uri: str, query: Mapping[str, str], page: Page, objects: list[dict[str, object]], total: int
) -> dict[str, object]:
    """Return a list's body. `next` and `previous` are paths that keep the filters of `query`, or null.

    `total_count` and `count` say the same, because the SDKs of different resources read different ones.
    """
    following = page.offset + page.limit
    meta = {
        "limit": page.limit,
        "offset": page.offset,
        "next": _link(uri, query, page.limit, following) if following < total else None,
        "previous": _link(uri, query, page.limit, max(0, page.offset - page.limit)) if page.offset else None,
        "total_count": total,
        "count": total,
    }
    return {"meta": meta, "objects": objects}


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    # Ten digits are enough to be over every limit, and int() is slow on thousands.
    if not re.fullmatch(r"-?[0-9]{1,10}", text):
        raise HTTPException(400, f"Invalid value provided for {name}. {name} expects an integer.")
    if text.startswith("-"):
        raise HTTPException(400, f"0 <= {name} (actual value: {text})")
    return int(text)


def _link(uri: str, query: Mapping[str, str], limit: int, offset: int) -> str:
    filters = {name: value for name, value in query.items() if name not in ("limit", "offset")}
    return f"{uri}?{urlencode({'limit': limit, 'offset': offset, **filters})}"
