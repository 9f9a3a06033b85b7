"""newest recipes

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-22 20:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

IN_TRASH = sa.text("deleted_at IS NOT NULL")


def upgrade() -> None:
    with op.batch_alter_table("recipe", schema=None) as batch_op:
        batch_op.create_index("ix_recipe_created_at_id", ["created_at", "id"], unique=False)
        batch_op.drop_index("ix_recipe_deleted_at")
        batch_op.create_index(
            "ix_recipe_deleted_at",
            ["deleted_at"],
            unique=False,
            sqlite_where=IN_TRASH,
            postgresql_where=IN_TRASH,
        )


def downgrade() -> None:
    with op.batch_alter_table("recipe", schema=None) as batch_op:
        batch_op.drop_index("ix_recipe_deleted_at")
        batch_op.create_index("ix_recipe_deleted_at", ["deleted_at"], unique=False)
        batch_op.drop_index("ix_recipe_created_at_id")
