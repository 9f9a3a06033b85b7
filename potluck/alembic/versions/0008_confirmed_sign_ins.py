"""when a sign-in of an API client was confirmed by the password

Revision ID: 0008
Revises: 0007
Create Date: 2026-11-23 02:50:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "token_family", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("token_family", "confirmed_at")
