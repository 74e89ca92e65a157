"""Migrations: from nothing to the newest schema, and what cannot be opened."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from mixminus.errors import BadSettings
from mixminus.store.schema import FILE_NAME, database_url, open_engine
from mixminus.store.store import open_store
from mixminus.store.tables import metadata


def differences(connection: Connection) -> list[object]:
    """What a new migration would have to change."""
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


async def test_the_migrations_lead_to_the_tables_that_the_queries_use(tmp_path: Path) -> None:
    engine = await open_engine(database_url(tmp_path))
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_the_database_is_in_wal_mode_and_checks_foreign_keys(tmp_path: Path) -> None:
    engine = await open_engine(database_url(tmp_path))
    async with engine.connect() as connection:
        assert (await connection.exec_driver_sql("PRAGMA journal_mode")).scalar() == "wal"
        assert (await connection.exec_driver_sql("PRAGMA foreign_keys")).scalar() == 1
    await engine.dispose()


async def test_a_migration_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    """A crash half way must not leave a table that the next start stumbles over."""
    with sqlite3.connect(tmp_path / FILE_NAME) as database:
        database.execute("CREATE TABLE numbers (id INTEGER)")
    with pytest.raises(BadSettings):
        await open_engine(database_url(tmp_path))
    with sqlite3.connect(tmp_path / FILE_NAME) as database:
        names = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert "applications" not in names


def from_the_future(file: Path) -> None:
    """Make a database that a later version migrated."""
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        database.execute("INSERT INTO alembic_version VALUES ('9999')")


def not_a_database(file: Path) -> None:
    """Make a file that SQLite refuses."""
    file.write_bytes(b"this is not a database, and long enough to be sure of it" * 20)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (from_the_future, "was made by another Mixminus version: run that one"),
        (not_a_database, r"Cannot use the database .* \(file is not a database\)"),
        (Path.mkdir, r"Cannot use the database .* \(unable to open database file\)"),
    ],
)
async def test_a_database_that_cannot_be_used_is_one_sentence(
    tmp_path: Path, spoil: Callable[[Path], None], sentence: str
) -> None:
    spoil(tmp_path / FILE_NAME)
    with pytest.raises(BadSettings, match=sentence):
        await open_store(tmp_path)
