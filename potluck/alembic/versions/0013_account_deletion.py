"""accounts that are to be deleted

Revision ID: 0013
Revises: 0012
Create Date: 2026-11-23 04:20:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

IS_LEAVING = sa.text("deletion_at IS NOT NULL")


def upgrade() -> None:
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.add_column(sa.Column("deletion_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            "ix_user_deletion_at",
            ["deletion_at"],
            unique=False,
            sqlite_where=IS_LEAVING,
            postgresql_where=IS_LEAVING,
        )


def downgrade() -> None:
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.drop_index("ix_user_deletion_at")
        batch_op.drop_column("deletion_at")
