"""the key of personal tokens, kept when the master key changes

Revision ID: 0009
Revises: 0008
Create Date: 2026-11-23 02:50:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("instance", sa.Column("token_key_sealed", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("instance", "token_key_sealed")
