"""Create applications and numbers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "applications",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("app_id", sa.String(17), nullable=False),
        sa.Column("app_name", sa.String(100), nullable=False),
        sa.Column("answer_url", sa.String(2048), nullable=False),
        sa.Column("answer_method", sa.String(4), nullable=False),
        sa.Column("hangup_url", sa.String(2048), nullable=False),
        sa.Column("hangup_method", sa.String(4), nullable=False),
        sa.Column("fallback_answer_url", sa.String(2048), nullable=False),
        sa.Column("fallback_method", sa.String(4), nullable=False),
        sa.Column("message_url", sa.String(2048), nullable=False),
        sa.Column("message_method", sa.String(4), nullable=False),
        sa.Column("default_number_app", sa.Boolean, nullable=False),
        sa.Column("default_endpoint_app", sa.Boolean, nullable=False),
        sa.Column("subaccount", sa.String(20), nullable=False),
        sa.Column("log_incoming_messages", sa.Boolean, nullable=False),
        sa.Column("public_uri", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_applications"),
        sa.UniqueConstraint("app_id", name="uq_applications_app_id"),
    )
    op.create_table(
        "numbers",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("number", sa.String(15), nullable=False),
        sa.Column("app_id", sa.String(17), nullable=True),
        sa.Column("alias", sa.String(100), nullable=False),
        sa.Column("subaccount", sa.String(20), nullable=False),
        sa.Column("carrier", sa.String(100), nullable=False),
        sa.Column("region", sa.String(100), nullable=False),
        sa.Column("number_type", sa.String(100), nullable=False),
        sa.Column("added_on", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_numbers"),
        sa.UniqueConstraint("number", name="uq_numbers_number"),
        sa.ForeignKeyConstraint(["app_id"], ["applications.app_id"], name="fk_numbers_app_id"),
    )
    op.create_index("ix_numbers_app_id", "numbers", ["app_id"])


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("numbers")
    op.drop_table("applications")
