"""The database: how it is opened, and brought to the newest schema before anything reads it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import URL, Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from ..errors import BadSettings

FILE_NAME = "mixminus.db"
BUSY_TIMEOUT_MS = 10_000
"""How long SQLite waits for a lock, which only an outside tool such as a backup can hold for long."""


def database_url(data: Path) -> URL:
    """Return the URL of the embedded database in the data folder."""
    return URL.create("sqlite+aiosqlite", database=str(data / FILE_NAME))


async def open_engine(url: URL) -> AsyncEngine:
    """Connect and migrate. Raises BadSettings when the database cannot be used by this version."""
    engine = create_async_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_migrate)
    except (CommandError, DatabaseError) as error:
        await engine.dispose()
        raise BadSettings(_sentence(url, error)) from error
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    # WAL lets the API read while it writes; SQLite checks foreign keys only when asked.
    for pragma in ("journal_mode = WAL", f"busy_timeout = {BUSY_TIMEOUT_MS}", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    # Python's driver would leave CREATE TABLE outside of transactions; a crash then leaves half a migration.
    connection.isolation_level = None


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _migrate(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", "mixminus.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _sentence(url: URL, error: CommandError | DatabaseError) -> str:
    place = url.render_as_string(hide_password=True)
    if isinstance(error, CommandError):
        return f"{place} was made by another version of Mixminus: run that version, or name another folder with --data."
    reason = error.orig if isinstance(error.orig, sqlite3.Error) else type(error.orig).__name__
    return f"Cannot use the database {place} ({reason}): repair or restore it, or name another folder with --data."
