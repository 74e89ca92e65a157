"""The Number resource on the wire."""

from __future__ import annotations

import aiohttp
import pytest

from .conftest import AUTH_ID, Running
from .test_app import error_of


async def test_a_number_object_has_no_plus(http: aiohttp.ClientSession) -> None:
    """Reference §1.9: "`application` is a URI `/v1/Account/…/Application/{id}/`; `number` has no `+`"."""
    async with http.post("Number/%2B14155550100/", json={"alias": "front"}) as changed:
        assert changed.status == 202
    async with http.get("Number/+14155550100/") as found:
        body = await found.json()
    assert body["number"] == "14155550100"
    assert body["alias"] == "front"
    assert body["application"] is None
    assert body["resource_uri"] == f"/v1/Account/{AUTH_ID}/Number/14155550100/"
    assert body["voice_enabled"] is True
    assert len(body["added_on"]) == len("2026-03-01")


@pytest.mark.parametrize(
    "body",
    [
        {"number": "100"},
        {"number": 100},
        {"numbers": "+100"},
        {"numbers": ["100", "100"]},
        {"numbers": "100, +100"},
    ],
)
async def test_numbers_are_created(http: aiohttp.ClientSession, body: dict[str, object]) -> None:
    async with http.post("Number/", json=body) as made:
        assert made.status == 201
        assert (await made.json())["numbers"] == [{"number": "100", "status": "Success"}]
    async with http.get("Number/100/") as found:
        assert found.status == 200


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "numbers is a mandatory param."),
        ({"numbers": []}, "numbers is a mandatory param."),
        ({"number": "front"}, "Invalid value provided for number. number expects 1 to 15 digits, with or without +."),
        (
            {"numbers": "100,,101"},
            "Invalid value provided for numbers. numbers expects 1 to 15 digits, with or without +.",
        ),
        (
            {"numbers": {"a": 1}},
            "Invalid value provided for numbers. numbers expects 1 to 15 digits, with or without +.",
        ),
        ({"numbers": ["100"] * 101}, "numbers can be maximum 100 numbers long."),
        (
            {"number": "100", "app_id": "10000000000000001"},
            "Invalid value provided for app_id. There is no application with this id.",
        ),
    ],
)
async def test_a_wrong_parameter_is_named(http: aiohttp.ClientSession, body: dict[str, object], sentence: str) -> None:
    async with http.post("Number/", json=body) as refused:
        assert refused.status == 400
        assert await error_of(refused) == sentence
    async with http.get("Number/100/") as found:
        assert found.status == 404


async def test_a_path_that_is_no_number_cannot_be_created(http: aiohttp.ClientSession) -> None:
    async with http.post("Number/front/", json={}) as refused:
        assert refused.status == 400
        assert (await error_of(refused)).startswith("Invalid value provided for number.")


@pytest.mark.parametrize("number", ["100", "front", "%00"])
async def test_an_unknown_number_is_404(http: aiohttp.ClientSession, number: str) -> None:
    for method in ("GET", "DELETE"):
        async with http.request(method, f"Number/{number}/") as found:
            assert found.status == 404
            assert await error_of(found) == "number not found"


async def test_an_empty_app_id_takes_the_application_away(http: aiohttp.ClientSession, running: Running) -> None:
    app = await running.store.create_application({"app_name": "a", "answer_url": "http://app/"})
    await running.store.put_numbers(["100"], {"app_id": app.app_id})
    async with http.post("Number/100/", json={"app_id": ""}) as changed:
        assert changed.status == 202
    assert running.store.directory.application_for("100") is None


async def test_lists_are_filtered(http: aiohttp.ClientSession, running: Running) -> None:
    await running.store.put_numbers(["4930"], {"alias": "front"})
    await running.store.put_numbers(["4989", "1415"], {"subaccount": "SAXXXXXXXXXXXXXXXXXX"})

    async def found(**query: str) -> list[str]:
        async with http.get("Number/", params=query) as page:
            return [each["number"] for each in (await page.json())["objects"]]

    assert await found() == ["1415", "4989", "4930"]
    assert await found(number_startswith="+49") == ["4989", "4930"]
    assert await found(alias="front") == ["4930"]
    assert await found(subaccount="SAXXXXXXXXXXXXXXXXXX") == ["1415", "4989"]
