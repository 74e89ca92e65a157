"""Run by Alembic. The connection is handed in by `mixminus.store.schema`, so there is no URL and no ini file."""

from __future__ import annotations

from alembic import context

from mixminus.store.tables import metadata

# SQLite alters a column only by copying the table, which batch mode does.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
