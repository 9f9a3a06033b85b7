"""household trash

Revision ID: 0010
Revises: 0009
Create Date: 2026-11-23 03:05:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

IN_TRASH = sa.text("deleted_at IS NOT NULL")


def upgrade() -> None:
    with op.batch_alter_table("household", schema=None) as batch_op:
        batch_op.add_column(sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            "ix_household_deleted_at",
            ["deleted_at"],
            unique=False,
            sqlite_where=IN_TRASH,
            postgresql_where=IN_TRASH,
        )


def downgrade() -> None:
    with op.batch_alter_table("household", schema=None) as batch_op:
        batch_op.drop_index("ix_household_deleted_at")
        batch_op.drop_column("deleted_at")
