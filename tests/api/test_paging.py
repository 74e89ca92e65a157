"""`limit` and `offset` in, `meta` out (reference §1.3)."""

from __future__ import annotations

import pytest
from starlette.exceptions import HTTPException

from mixminus.api.paging import MAX_OFFSET, Page, list_body, wanted_page

URI = "/v1/Account/MAXXXXXXXXXXXXXXXXXX/Number/"


def test_the_default_is_the_first_twenty() -> None:
    """ "`limit` 1–20 (default 20), `offset` ≥0 (default 0)"."""
    assert wanted_page({}) == Page(limit=20, offset=0)
    assert wanted_page({"limit": "1", "offset": "3"}) == Page(limit=1, offset=3)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"limit": "0"}, "0 < limit <= 20 (actual value: 0)"),
        ({"limit": "21"}, "0 < limit <= 20 (actual value: 21)"),
        ({"limit": "-1"}, "0 <= limit (actual value: -1)"),
        ({"offset": "-1"}, "0 <= offset (actual value: -1)"),
        ({"offset": str(MAX_OFFSET + 1)}, f"0 <= offset <= {MAX_OFFSET} (actual value: {MAX_OFFSET + 1})"),
        ({"limit": "many"}, "Invalid value provided for limit. limit expects an integer."),
        ({"limit": ""}, "Invalid value provided for limit. limit expects an integer."),
        ({"offset": "9" * 5000}, "Invalid value provided for offset. offset expects an integer."),
        ({"offset": "1.0"}, "Invalid value provided for offset. offset expects an integer."),
    ],
)
def test_other_pages_are_refused(query: dict[str, str], sentence: str) -> None:
    """ "SDK rejects others client-side (`0 < limit <= 20`, `0 <= offset`); server should answer 400"."""
    with pytest.raises(HTTPException) as raised:
        wanted_page(query)
    assert raised.value.status_code == 400
    assert raised.value.detail == sentence


@pytest.mark.parametrize(
    ("offset", "following", "previous"),
    [
        (0, f"{URI}?limit=2&offset=2&alias=a+b", None),
        (1, f"{URI}?limit=2&offset=3&alias=a+b", f"{URI}?limit=2&offset=0&alias=a+b"),
        (3, None, f"{URI}?limit=2&offset=1&alias=a+b"),
        (9, None, f"{URI}?limit=2&offset=7&alias=a+b"),
    ],
)
def test_meta_links_to_the_pages_beside(offset: int, following: str | None, previous: str | None) -> None:
    """ "`next`/`previous` are relative URLs or null"; "total_count" and "count" are both there (§8)."""
    body = list_body(URI, {"limit": "2", "offset": "9", "alias": "a b"}, Page(2, offset), [], total=5)
    assert body == {
        "meta": {
            "limit": 2,
            "offset": offset,
            "next": following,
            "previous": previous,
            "total_count": 5,
            "count": 5,
        },
        "objects": [],
    }
