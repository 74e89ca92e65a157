"""The account's applications and numbers, kept in a database."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from . import applications, numbers
from .directory import Directory
from .folder import make_folder
from .records import ApplicationFields, ApplicationRecord, NumberFields, NumberRecord
from .schema import database_url, open_engine


def random_app_id() -> str:
    """Return a fresh application id: 17 decimal digits, the first not 0; longer than any number."""
    return str(10**16 + secrets.randbelow(9 * 10**16))


def utc_today() -> date:
    """Return today's date in UTC."""
    return datetime.now(UTC).date()


class Store:
    """Reads and writes of applications and numbers. Made by `open_store`.

    `directory` answers for calls without I/O and is changed together with the tables.
    """

    def __init__(
        self, engine: AsyncEngine, directory: Directory, app_id_source: Callable[[], str], today: Callable[[], date]
    ) -> None:
        self.directory = directory
        self._engine = engine
        self._app_id_source = app_id_source
        self._today = today
        # One write at a time, so that the directory changes in the order in which the database did.
        self._writing = asyncio.Lock()

    async def create_application(self, fields: ApplicationFields) -> ApplicationRecord:
        """Keep a new application and return it with its id. `default_number_app` takes that role from any other."""
        async with self._writing:
            async with self._engine.begin() as connection:
                record = await applications.insert(connection, self._app_id_source(), fields)
            self.directory.put_application(record)
        return record

    async def application(self, app_id: str) -> ApplicationRecord | None:
        """Return an application, None if there is none with this id."""
        async with self._engine.connect() as connection:
            return await applications.get(connection, app_id)

    async def applications(
        self, *, name_prefix: str = "", subaccount: str = "", limit: int, offset: int
    ) -> tuple[Sequence[ApplicationRecord], int]:
        """Return one page, newest first, and how many there are in all. Empty filters match everything."""
        async with self._engine.connect() as connection:
            return await applications.page(connection, name_prefix, subaccount, limit, offset)

    async def update_application(self, app_id: str, fields: ApplicationFields) -> ApplicationRecord | None:
        """Change the given fields and return the application, None if there is none with this id."""
        async with self._writing:
            async with self._engine.begin() as connection:
                record = await applications.update(connection, app_id, fields)
            if record is not None:
                self.directory.put_application(record)
        return record

    async def delete_application(self, app_id: str) -> bool:
        """Delete an application; its numbers stay and have none. False if there is none with this id."""
        async with self._writing:
            async with self._engine.begin() as connection:
                found = await applications.delete(connection, app_id)
            self.directory.drop_application(app_id)
        return found

    async def put_numbers(self, wanted: Sequence[str], fields: NumberFields) -> bool:
        """Create numbers (digits, no `+`) or change the given fields of those that exist; all or none.

        False if `fields` names an application that does not exist.
        """
        async with self._writing:
            async with self._engine.begin() as connection:
                app_id = fields.get("app_id")
                if app_id and await applications.get(connection, app_id) is None:
                    return False
                records = [await numbers.put(connection, number, self._today(), fields) for number in wanted]
            for record in records:
                self.directory.put_number(record)
        return True

    async def number(self, number: str) -> NumberRecord | None:
        """Return a number, None if it is unknown."""
        async with self._engine.connect() as connection:
            return await numbers.get(connection, number)

    async def numbers(
        self, *, number_prefix: str = "", alias: str = "", subaccount: str = "", limit: int, offset: int
    ) -> tuple[Sequence[NumberRecord], int]:
        """Return one page, newest first, and how many there are in all. Empty filters match everything."""
        async with self._engine.connect() as connection:
            return await numbers.page(connection, number_prefix, alias, subaccount, limit, offset)

    async def delete_number(self, number: str) -> bool:
        """Forget a number. False if it is unknown."""
        async with self._writing:
            async with self._engine.begin() as connection:
                found = await numbers.delete(connection, number)
            self.directory.drop_number(number)
        return found

    async def close(self) -> None:
        """Close every connection to the database."""
        await self._engine.dispose()


async def open_store(
    data: Path,
    *,
    url: URL | None = None,
    app_id_source: Callable[[], str] = random_app_id,
    today: Callable[[], date] = utc_today,
) -> Store:
    """Open the database in the data folder (or at `url`), migrate it and fill the directory.

    Raises BadSettings when the folder or the database cannot be used.
    """
    make_folder(data)
    engine = await open_engine(url or database_url(data))
    async with engine.connect() as connection:
        directory = Directory(await applications.every(connection), await numbers.every(connection))
    return Store(engine, directory, app_id_source, today)
