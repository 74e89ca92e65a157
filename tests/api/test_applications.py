"""The Application resource on the wire."""

from __future__ import annotations

import aiohttp
import pytest

from .conftest import AUTH_ID, Running
from .test_app import error_of

SALES = {"app_name": "Sales", "answer_url": "http://app.example.com/answer"}


async def create(http: aiohttp.ClientSession, **more: object) -> str:
    """Create an application and return its id."""
    async with http.post("Application/", json=SALES | more) as made:
        assert made.status == 201
        return str((await made.json())["app_id"])


async def test_an_application_object_has_every_field_of_the_api(http: aiohttp.ClientSession) -> None:
    """Reference §1.8, row get / list."""
    app_id = await create(http, subaccount="SAXXXXXXXXXXXXXXXXXX")
    async with http.get(f"Application/{app_id}/") as found:
        body = await found.json()
    assert body.pop("api_id")
    assert body == {
        "answer_method": "POST",
        "answer_url": "http://app.example.com/answer",
        "app_id": app_id,
        "app_name": "Sales",
        "default_app": False,
        "default_endpoint_app": False,
        "enabled": True,
        "fallback_answer_url": "",
        "fallback_method": "POST",
        "hangup_method": "POST",
        "hangup_url": "http://app.example.com/answer",  # "`hangup_url` default = answer_url"
        "log_incoming_messages": True,
        "message_method": "POST",
        "message_url": "",
        "public_uri": False,
        "resource_uri": f"/v1/Account/{AUTH_ID}/Application/{app_id}/",
        "sip_uri": f"sip:{app_id}@127.0.0.1:5060",
        "sub_account": "/v1/Account/SAXXXXXXXXXXXXXXXXXX/",
    }


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"app_name": "Sales", "answer_url": "http://app/", "default_number_app": true}', "application/json"),
        # Reference §1.1: "parse JSON regardless of content type"
        (
            b'{"app_name": "Sales", "answer_url": "http://app/", "default_number_app": true}',
            "application/x-www-form-urlencoded",
        ),
        (b'{"app_name": "Sales", "answer_url": "http://app/", "default_number_app": "True"}', "text/plain"),
        (b"app_name=Sales&answer_url=http%3A%2F%2Fapp%2F&default_number_app=True", "application/x-www-form-urlencoded"),
    ],
)
async def test_a_body_is_json_or_a_form(
    http: aiohttp.ClientSession, running: Running, body: bytes, content_type: str
) -> None:
    async with http.post("Application/", data=body, headers={"Content-Type": content_type}) as made:
        assert made.status == 201
        app_id = (await made.json())["app_id"]
    record = await running.store.application(app_id)
    assert record is not None
    assert record.fields["answer_url"] == "http://app/"
    assert record.fields["default_number_app"] is True


async def test_unknown_keys_and_nulls_are_ignored(http: aiohttp.ClientSession) -> None:
    """Reference §1.1: "SDK leaks path variables into the body ... ignore"."""
    app_id = await create(http, app_id="1", auth_id="x", hangup_url=None, default_number_app=None)
    async with http.post(f"Application/{app_id}/", json={"app_id": app_id, "answer_method": "get"}) as changed:
        assert changed.status == 202
        assert (await changed.json())["message"] == "changed"
    async with http.get(f"Application/{app_id}/") as found:
        assert (await found.json())["answer_method"] == "GET"


async def test_a_wrong_parameter_is_named_and_nothing_is_made(http: aiohttp.ClientSession, running: Running) -> None:
    """Reference §1.2: 400 is "missing/invalid parameter, bad JSON"."""
    for body, sentence in (
        (b'{"app_name": "Sales"}', "answer_url is a mandatory param."),
        (
            b"app_name=a+b&answer_url=http://app/",
            "Invalid value provided for app_name. app_name expects letters, digits, hyphens and underscores.",
        ),
        (b"{", "request body is not valid JSON"),
    ):
        async with http.post("Application/", data=body) as refused:
            assert refused.status == 400
            assert await error_of(refused) == sentence
    assert await running.store.applications(limit=20, offset=0) == ([], 0)


@pytest.mark.parametrize("app_id", ["10000000000000001", "1", "x", "%00", "%FF"])
async def test_an_unknown_application_is_404(http: aiohttp.ClientSession, app_id: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        async with http.request(method, f"Application/{app_id}/") as found:
            assert found.status == 404
            assert await error_of(found) == "application not found"


async def test_delete_takes_its_arguments_in_the_body_or_the_query(http: aiohttp.ClientSession) -> None:
    """Reference §0.3: "Python SDK DELETE requests carry a JSON body; docs say query string → accept both"."""
    first, second = await create(http), await create(http)
    async with http.delete(f"Application/{first}/", json={"app_id": first, "cascade": True}) as deleted:
        assert deleted.status == 204
        assert await deleted.read() == b""
    async with http.delete(f"Application/{second}/?cascade=true") as deleted:
        assert deleted.status == 204


async def test_deleting_an_application_leaves_its_numbers(http: aiohttp.ClientSession) -> None:
    app_id = await create(http)
    async with http.post("Number/200/", json={"app_id": app_id}) as changed:
        assert changed.status == 202
    async with http.delete(f"Application/{app_id}/") as deleted:
        assert deleted.status == 204
    async with http.get("Number/200/") as found:
        assert found.status == 200
        assert (await found.json())["application"] is None


async def test_an_empty_url_takes_it_back(http: aiohttp.ClientSession) -> None:
    app_id = await create(http, fallback_answer_url="http://app/fallback")
    async with http.post(f"Application/{app_id}/", data={"fallback_answer_url": ""}) as changed:
        assert changed.status == 202
    async with http.get(f"Application/{app_id}/") as found:
        assert (await found.json())["fallback_answer_url"] == ""
