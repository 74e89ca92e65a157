"""Queries of the table of numbers, in a transaction of the caller's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import cast

from sqlalchemy import ColumnElement, RowMapping, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from .records import NumberFields, NumberRecord
from .tables import numbers as table


async def every(connection: AsyncConnection) -> list[NumberRecord]:
    """Return all numbers, oldest first."""
    rows = await connection.execute(select(table).order_by(table.c.id))
    return [_record(row) for row in rows.mappings()]


async def get(connection: AsyncConnection, number: str) -> NumberRecord | None:
    """Return a number, None if it is unknown."""
    row = (await connection.execute(select(table).where(table.c.number == number))).mappings().one_or_none()
    return None if row is None else _record(row)


async def page(
    connection: AsyncConnection, number_prefix: str, alias: str, subaccount: str, limit: int, offset: int
) -> tuple[Sequence[NumberRecord], int]:
    """Return one page, newest first, and how many match in all."""
    wanted: ColumnElement[bool] = true()
    if number_prefix:
        wanted &= table.c.number.startswith(number_prefix, autoescape=True)
    if alias:
        wanted &= table.c.alias == alias
    if subaccount:
        wanted &= table.c.subaccount == subaccount
    total = await connection.scalar(select(func.count()).select_from(table).where(wanted))
    query = select(table).where(wanted).order_by(table.c.id.desc()).limit(limit).offset(offset)
    rows = await connection.execute(query)
    return [_record(row) for row in rows.mappings()], total or 0


async def put(connection: AsyncConnection, number: str, added_on: date, fields: NumberFields) -> NumberRecord:
    """Add a number, or change the given fields of the one that is there."""
    columns = cast(dict[str, str | None], dict(fields))
    if "app_id" in columns:
        columns["app_id"] = columns["app_id"] or None
    if await get(connection, number) is None:
        await connection.execute(table.insert().values(number=number, added_on=added_on, **columns))
    elif columns:
        await connection.execute(table.update().where(table.c.number == number).values(**columns))
    record = await get(connection, number)
    assert record is not None
    return record


async def delete(connection: AsyncConnection, number: str) -> bool:
    """Forget a number. False if it is unknown."""
    deleted = await connection.execute(table.delete().where(table.c.number == number))
    return deleted.rowcount > 0


def _record(row: RowMapping) -> NumberRecord:
    fields = {name: row[name] for name in NumberFields.__annotations__} | {"app_id": row["app_id"] or ""}
    return NumberRecord(row["number"], row["added_on"], cast(NumberFields, fields))
