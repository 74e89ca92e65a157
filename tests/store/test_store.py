"""What is kept, and that calls see it at once and after a restart."""

from __future__ import annotations

import asyncio

import pytest

from mixminus.store.records import ApplicationFields
from mixminus.store.store import Store, random_app_id

from .conftest import DAY, Opener

SALES: ApplicationFields = {"app_name": "Sales", "answer_url": "http://app/sales"}
HELP: ApplicationFields = {"app_name": "help_desk", "answer_url": "http://app/help"}


async def test_an_application_id_has_17_digits() -> None:
    """Reference §1.2: `app_id` is a 17-digit decimal string."""
    app_id = random_app_id()
    assert len(app_id) == 17
    assert app_id.isdecimal()
    assert app_id[0] != "0"


async def test_a_new_application_has_the_defaults_of_the_api(store: Store) -> None:
    record = await store.create_application(SALES)
    assert record.fields == {
        "app_name": "Sales",
        "answer_url": "http://app/sales",
        "answer_method": "POST",
        "hangup_url": "",
        "hangup_method": "POST",
        "fallback_answer_url": "",
        "fallback_method": "POST",
        "message_url": "",
        "message_method": "POST",
        "default_number_app": False,
        "default_endpoint_app": False,
        "subaccount": "",
        "log_incoming_messages": True,
        "public_uri": False,
    }
    assert await store.application(record.app_id) == record


async def test_an_update_changes_only_what_is_given(store: Store) -> None:
    record = await store.create_application(SALES)
    changed = await store.update_application(record.app_id, {"answer_method": "GET"})
    assert changed is not None
    assert changed.fields == {**record.fields, "answer_method": "GET"}
    assert await store.update_application(record.app_id, {}) == changed


async def test_what_is_not_there_is_a_value_not_an_error(store: Store) -> None:
    assert await store.application("1") is None
    assert await store.update_application("1", {"answer_method": "GET"}) is None
    assert not await store.delete_application("1")
    assert await store.number("1") is None
    assert not await store.delete_number("1")


async def test_everything_survives_a_restart(opened: Opener) -> None:
    before = await opened()
    application = await before.create_application({**SALES, "default_number_app": True})
    assert await before.put_numbers(["14155550100"], {"app_id": application.app_id, "alias": "front"})
    number = await before.number("14155550100")
    await before.close()

    after = await opened()
    assert await after.application(application.app_id) == application
    assert number is not None
    assert await after.number("14155550100") == number
    assert number.added_on == DAY
    assert after.directory.application_for("14155550100") == before.directory.application_for("14155550100")
    default = after.directory.application_for("anything")
    assert default is not None
    assert default.app_id == application.app_id


async def test_only_one_application_is_the_default(store: Store) -> None:
    first = await store.create_application({**SALES, "default_number_app": True})
    second = await store.create_application({**HELP, "default_number_app": True})
    again = await store.application(first.app_id)
    assert again is not None
    assert not again.fields["default_number_app"]
    found = store.directory.application_for("14155550100")
    assert found is not None
    assert found.app_id == second.app_id


async def test_an_update_can_give_and_take_the_default(store: Store) -> None:
    first = await store.create_application(SALES)
    assert store.directory.application_for("1") is None
    await store.update_application(first.app_id, {"default_number_app": True})
    assert store.directory.application_for("1") is not None
    await store.update_application(first.app_id, {"default_number_app": False})
    assert store.directory.application_for("1") is None


async def test_a_deleted_application_leaves_its_numbers_without_one(opened: Opener) -> None:
    store = await opened()
    record = await store.create_application(SALES)
    await store.put_numbers(["100", "101"], {"app_id": record.app_id})
    assert await store.delete_application(record.app_id)
    for each in (store, await opened()):
        number = await each.number("100")
        assert number is not None
        assert number.fields["app_id"] == ""
        assert each.directory.application_for("100") is None


async def test_a_deleted_default_is_no_longer_the_default(store: Store) -> None:
    record = await store.create_application({**SALES, "default_number_app": True})
    await store.delete_application(record.app_id)
    assert store.directory.application_for("100") is None


async def test_numbers_of_an_unknown_application_are_refused_as_a_whole(store: Store) -> None:
    assert not await store.put_numbers(["100", "101"], {"app_id": "10000000000000009"})
    assert await store.number("100") is None


async def test_putting_a_number_again_changes_only_what_is_given(store: Store) -> None:
    record = await store.create_application(SALES)
    await store.put_numbers(["100"], {"app_id": record.app_id})
    await store.put_numbers(["100"], {"alias": "front"})
    number = await store.number("100")
    assert number is not None
    assert number.fields["app_id"] == record.app_id
    assert number.fields["alias"] == "front"
    await store.put_numbers(["100"], {"app_id": ""})
    assert store.directory.application_for("100") is None


async def test_a_deleted_number_goes_to_the_default(store: Store) -> None:
    default = await store.create_application({**HELP, "default_number_app": True})
    own = await store.create_application(SALES)
    await store.put_numbers(["100"], {"app_id": own.app_id})
    assert await store.delete_number("100")
    found = store.directory.application_for("100")
    assert found is not None
    assert found.app_id == default.app_id


@pytest.mark.parametrize(
    ("prefix", "found"),
    [("", ["help_desk", "Sales"]), ("sa", ["Sales"]), ("help_", ["help_desk"]), ("%", []), ("_", [])],
)
async def test_a_name_filter_is_a_prefix_that_ignores_case(store: Store, prefix: str, found: list[str]) -> None:
    """Reference §1.8: "list filter matches a prefix"."""
    await store.create_application(SALES)
    await store.create_application(HELP)
    records, total = await store.applications(name_prefix=prefix, limit=20, offset=0)
    assert [record.fields["app_name"] for record in records] == found
    assert total == len(found)


async def test_applications_are_filtered_by_subaccount(store: Store) -> None:
    await store.create_application(SALES)
    mine = await store.create_application({**HELP, "subaccount": "SAXXXXXXXXXXXXXXXXXX"})
    assert await store.applications(subaccount="SAXXXXXXXXXXXXXXXXXX", limit=20, offset=0) == ([mine], 1)


async def test_pages_are_newest_first_and_count_everything(store: Store) -> None:
    await store.put_numbers([str(number) for number in range(100, 105)], {})
    records, total = await store.numbers(limit=2, offset=1)
    assert [record.number for record in records] == ["103", "102"]
    assert total == 5
    assert await store.numbers(limit=2, offset=9) == ([], 5)


async def test_numbers_are_filtered(store: Store) -> None:
    await store.put_numbers(["4930", "1415"], {})
    await store.put_numbers(["4989"], {"alias": "front", "subaccount": "SAXXXXXXXXXXXXXXXXXX"})

    async def found(**filters: str) -> list[str]:
        records, _ = await store.numbers(
            number_prefix=filters.get("number_prefix", ""),
            alias=filters.get("alias", ""),
            subaccount=filters.get("subaccount", ""),
            limit=20,
            offset=0,
        )
        return [record.number for record in records]

    assert await found(number_prefix="49") == ["4989", "4930"]
    assert await found(alias="front") == ["4989"]
    assert await found(subaccount="SAXXXXXXXXXXXXXXXXXX", number_prefix="1") == []


async def test_concurrent_writes_all_arrive_and_the_directory_agrees(opened: Opener) -> None:
    store = await opened()
    records = await asyncio.gather(*(store.create_application(SALES) for _ in range(20)))
    assert len({record.app_id for record in records}) == 20
    writes = [store.put_numbers(["100"], {"app_id": record.app_id}) for record in records]
    renames = [store.update_application(record.app_id, {"default_number_app": True}) for record in records]
    reads = [store.application(record.app_id) for record in records]
    await asyncio.gather(*writes, *renames, *reads)
    again = await opened()
    for destination in ("100", "default", *(record.app_id for record in records)):
        assert store.directory.application_for(destination) == again.directory.application_for(destination)


async def test_a_second_process_can_write_while_this_one_reads(opened: Opener) -> None:
    """The database is in WAL mode, so an operator's tool does not stop the server."""
    first, second = await opened(), await opened()
    record = await first.create_application(SALES)
    _, changed = await asyncio.gather(
        first.applications(limit=20, offset=0), second.update_application(record.app_id, {"answer_method": "GET"})
    )
    assert changed == await first.application(record.app_id)
