"""The database: how it is opened, and brought to the newest schema before anything reads it."""

from __future__ import annotations

import asyncio
import contextlib
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
    if url.get_backend_name() == "sqlite":
        await asyncio.to_thread(_prepare_file, url)
    engine = create_async_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _prepare_connection)
        event.listen(engine.sync_engine, "begin", _begin)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_migrate)
    except CommandError as error:
        await engine.dispose()
        raise BadSettings(
            f"{_place(url)} was made by another Mixminus version: run that one, or name another folder with --data."
        ) from error
    except DatabaseError as error:
        await engine.dispose()
        raise _unusable(url, str(error.orig)) from error
    return engine


def _prepare_file(url: URL) -> None:
    # A file that SQLite refuses is found here, because aiosqlite leaves a thread behind when it cannot connect.
    # WAL, which lets the API read while it writes, is kept in the file.
    try:
        with contextlib.closing(sqlite3.connect(url.database or "")) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.Error as error:
        raise _unusable(url, str(error)) from None


def _prepare_connection(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    # SQLite checks foreign keys only when asked.
    for pragma in (f"busy_timeout = {BUSY_TIMEOUT_MS}", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    # Python's driver would leave CREATE TABLE outside of transactions; a crash then leaves half a migration.
    connection.isolation_level = None


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _migrate(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", "mixminus.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _unusable(url: URL, reason: str) -> BadSettings:
    return BadSettings(
        f"Cannot use the database {_place(url)} ({reason}): repair or restore it, or name another folder with --data."
    )


def _place(url: URL) -> str:
    return (url.database or "") if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)
