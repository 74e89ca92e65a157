"""The official SDK, unchanged, against this server."""

from __future__ import annotations

from asyncio import to_thread

import plivo
import pytest
from plivo.exceptions import AuthenticationError, ResourceNotFoundError, ValidationError

from .conftest import AUTH_ID, AUTH_TOKEN, Running


async def test_an_application_lives_and_dies(sdk: plivo.RestClient) -> None:
    created = await to_thread(
        sdk.applications.create,
        app_name="Sales",
        answer_url="https://app.example.com/answer",
        answer_method="GET",
        hangup_url="https://app.example.com/hangup",
        fallback_answer_url="https://app.example.com/fallback",
        default_number_app=True,
    )
    assert created.message == "created"
    assert created.api_id
    shown = await to_thread(sdk.applications.get, created.app_id)
    assert shown.id == created.app_id
    assert shown.app_name == "Sales"
    assert shown.answer_method == "GET"
    assert shown.default_app is True
    assert shown.resource_uri == f"/v1/Account/{AUTH_ID}/Application/{created.app_id}/"
    assert shown.sip_uri == f"sip:{created.app_id}@127.0.0.1:5060"

    changed = await to_thread(sdk.applications.update, created.app_id, answer_url="https://app.example.com/new")
    assert changed.message == "changed"
    shown = await to_thread(sdk.applications.get, created.app_id)
    assert shown.answer_url == "https://app.example.com/new"
    assert shown.answer_method == "POST"  # reference §1.8: an update "always re-sends method defaults"
    assert shown.default_app is False
    assert shown.hangup_url == "https://app.example.com/hangup"

    assert await to_thread(sdk.applications.delete, created.app_id, cascade=True) is None
    with pytest.raises(ResourceNotFoundError, match="application not found"):
        await to_thread(sdk.applications.get, created.app_id)
    with pytest.raises(ResourceNotFoundError):
        await to_thread(sdk.applications.delete, created.app_id)


async def test_the_sdk_walks_every_page(sdk: plivo.RestClient, running: Running) -> None:
    for index in range(45):
        await running.store.create_application({"app_name": f"app-{index}", "answer_url": "http://app/"})
    walked = await to_thread(lambda: [each.app_name for each in sdk.applications])
    assert walked == [f"app-{index}" for index in reversed(range(45))]
    filtered = await to_thread(sdk.applications.list, app_name="app-1", limit=5)
    assert [each.app_name for each in filtered] == ["app-19", "app-18", "app-17", "app-16", "app-15"]
    assert filtered.meta.total_count == 11


async def test_a_number_lives_and_dies(sdk: plivo.RestClient) -> None:
    app = await to_thread(sdk.applications.create, app_name="Sales", answer_url="http://app/answer")
    # Issue 2: "numbers need not be bought: the operator owns the server, so `POST Number/` or an update creates it"
    changed = await to_thread(sdk.numbers.update, "14155550100", app_id=app.app_id, alias="front")
    assert changed.message == "changed"
    shown = await to_thread(sdk.numbers.get, "14155550100")
    assert shown.id == "14155550100"
    assert shown.alias == "front"
    assert shown.application == f"/v1/Account/{AUTH_ID}/Application/{app.app_id}/"
    created = await to_thread(sdk.numbers.create, "+14155550101,14155550102", "own", "Berlin", app_id=app.app_id)
    assert [each.number for each in created.numbers] == ["14155550101", "14155550102"]
    listed = await to_thread(sdk.numbers.list, number_startswith="1415555010")
    assert [each.number for each in listed] == ["14155550102", "14155550101", "14155550100"]
    assert listed.objects[0].carrier == "own"
    assert await to_thread(sdk.numbers.delete, "14155550100") is None
    with pytest.raises(ResourceNotFoundError, match="number not found"):
        await to_thread(sdk.numbers.get, "14155550100")


async def test_calls_see_a_change_at_once(sdk: plivo.RestClient, running: Running) -> None:
    app = await to_thread(sdk.applications.create, app_name="Sales", answer_url="http://app/answer")
    await to_thread(sdk.numbers.update, "14155550100", app_id=app.app_id)
    found = running.store.directory.application_for("+14155550100")
    assert found is not None
    assert found.answer_url == "http://app/answer"


async def test_a_wrong_token_is_an_authentication_error(sdk: plivo.RestClient) -> None:
    sdk.session.auth = (AUTH_ID, AUTH_TOKEN + "x")
    with pytest.raises(AuthenticationError, match="invalid auth_id or auth_token"):
        # Not with a list: the SDK looks for `objects` in the error of one and fails on itself.
        await to_thread(sdk.applications.get, "10000000000000001")


async def test_a_wrong_parameter_is_a_validation_error(sdk: plivo.RestClient) -> None:
    with pytest.raises(ValidationError, match=r"Invalid value provided for app_name\. app_name expects letters"):
        await to_thread(sdk.applications.create, app_name="with a space", answer_url="http://app/")
    with pytest.raises(ValidationError, match=r"answer_url is a mandatory param\."):
        await to_thread(sdk.applications.create, app_name="Sales")


async def test_resources_of_later_versions_are_not_found(sdk: plivo.RestClient) -> None:
    with pytest.raises(ResourceNotFoundError, match="resource not found"):
        await to_thread(sdk.numbers.search, country_iso="US")
    with pytest.raises(ResourceNotFoundError, match="resource not found"):
        await to_thread(sdk.account.get)
