"""The tables as the newest migration leaves them; a test compares the two."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, MetaData, String, Table

# Named constraints, because a migration on another database can only drop what has a known name.
metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

applications = Table(
    "applications",
    metadata,
    Column("id", Integer, primary_key=True),  # the order of creation, which lists follow
    Column("app_id", String(17), nullable=False, unique=True),
    Column("app_name", String(100), nullable=False),
    Column("answer_url", String(2048), nullable=False, default=""),
    Column("answer_method", String(4), nullable=False, default="POST"),
    Column("hangup_url", String(2048), nullable=False, default=""),
    Column("hangup_method", String(4), nullable=False, default="POST"),
    Column("fallback_answer_url", String(2048), nullable=False, default=""),
    Column("fallback_method", String(4), nullable=False, default="POST"),
    Column("message_url", String(2048), nullable=False, default=""),
    Column("message_method", String(4), nullable=False, default="POST"),
    Column("default_number_app", Boolean, nullable=False, default=False),
    Column("default_endpoint_app", Boolean, nullable=False, default=False),
    Column("subaccount", String(20), nullable=False, default=""),
    Column("log_incoming_messages", Boolean, nullable=False, default=True),
    Column("public_uri", Boolean, nullable=False, default=False),
)

numbers = Table(
    "numbers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(15), nullable=False, unique=True),
    Column("app_id", String(17), ForeignKey("applications.app_id"), nullable=True, index=True),
    Column("alias", String(100), nullable=False, default=""),
    Column("subaccount", String(20), nullable=False, default=""),
    Column("carrier", String(100), nullable=False, default=""),
    Column("region", String(100), nullable=False, default=""),
    Column("number_type", String(100), nullable=False, default="local"),
    Column("added_on", Date, nullable=False),
)
