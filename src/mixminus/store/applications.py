"""Queries of the table of applications, in a transaction of the caller's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlalchemy import ColumnElement, RowMapping, false, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from .records import ApplicationFields, ApplicationRecord
from .tables import applications as table
from .tables import numbers


async def every(connection: AsyncConnection) -> list[ApplicationRecord]:
    """Return all applications, oldest first."""
    rows = await connection.execute(select(table).order_by(table.c.id))
    return [_record(row) for row in rows.mappings()]


async def get(connection: AsyncConnection, app_id: str) -> ApplicationRecord | None:
    """Return an application, None if there is none with this id."""
    row = (await connection.execute(select(table).where(table.c.app_id == app_id))).mappings().one_or_none()
    return None if row is None else _record(row)


async def page(
    connection: AsyncConnection, name_prefix: str, subaccount: str, limit: int, offset: int
) -> tuple[Sequence[ApplicationRecord], int]:
    """Return one page, newest first, and how many match in all."""
    wanted: ColumnElement[bool] = true()
    if name_prefix:
        # Lowered on both sides: LIKE ignores case in SQLite and heeds it in PostgreSQL.
        wanted &= func.lower(table.c.app_name).startswith(name_prefix.lower(), autoescape=True)
    if subaccount:
        wanted &= table.c.subaccount == subaccount
    total = await connection.scalar(select(func.count()).select_from(table).where(wanted))
    query = select(table).where(wanted).order_by(table.c.id.desc()).limit(limit).offset(offset)
    rows = await connection.execute(query)
    return [_record(row) for row in rows.mappings()], total or 0


async def insert(connection: AsyncConnection, app_id: str, fields: ApplicationFields) -> ApplicationRecord:
    """Add an application; what `fields` leaves out has the table's default."""
    await _leave_one_default(connection, app_id, fields)
    await connection.execute(table.insert().values(app_id=app_id, **fields))
    record = await get(connection, app_id)
    assert record is not None
    return record


async def update(connection: AsyncConnection, app_id: str, fields: ApplicationFields) -> ApplicationRecord | None:
    """Change the given fields and return the application, None if there is none with this id."""
    if await get(connection, app_id) is None:
        return None
    await _leave_one_default(connection, app_id, fields)
    if fields:
        await connection.execute(table.update().where(table.c.app_id == app_id).values(**fields))
    return await get(connection, app_id)


async def delete(connection: AsyncConnection, app_id: str) -> bool:
    """Delete an application and take it from its numbers. False if there is none with this id."""
    await connection.execute(numbers.update().where(numbers.c.app_id == app_id).values(app_id=None))
    deleted = await connection.execute(table.delete().where(table.c.app_id == app_id))
    return deleted.rowcount > 0


async def _leave_one_default(connection: AsyncConnection, app_id: str, fields: ApplicationFields) -> None:
    if fields.get("default_number_app"):
        others = table.c.default_number_app & (table.c.app_id != app_id)
        await connection.execute(table.update().where(others).values(default_number_app=false()))


def _record(row: RowMapping) -> ApplicationRecord:
    fields = {name: row[name] for name in ApplicationFields.__annotations__}
    return ApplicationRecord(row["app_id"], cast(ApplicationFields, fields))
