"""covers and personal tokens

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-22 13:09:11.670727
"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "media",
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("widths", sa.String(length=60), nullable=False),
        sa.Column("formats", sa.String(length=40), nullable=False),
        sa.Column("byte_size", sa.BigInteger(), nullable=False),
        sa.Column("colour", sa.String(length=7), nullable=False),
        sa.Column("focus_x", sa.SmallInteger(), nullable=False),
        sa.Column("focus_y", sa.SmallInteger(), nullable=False),
        sa.Column("origin_url", sa.String(length=2048), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["household.id"],
            name=op.f("fk_media_household_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
    )
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.create_index("ix_media_digest", ["digest"], unique=False)
        batch_op.create_index(batch_op.f("ix_media_household_id"), ["household_id"], unique=False)

    op.create_table(
        "personal_token",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("hint", sa.String(length=4), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["household.id"],
            name=op.f("fk_personal_token_household_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_personal_token_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_personal_token_digest")),
    )
    with op.batch_alter_table("personal_token", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_personal_token_household_id"), ["household_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_personal_token_user_id"), ["user_id"], unique=False)

    op.create_table(
        "cover_request",
        sa.Column("recipe_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.String(length=2048), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["recipe_id"],
            ["recipe.id"],
            name=op.f("fk_cover_request_recipe_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("recipe_id", name=op.f("pk_cover_request")),
    )
    with op.batch_alter_table("cover_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cover_request_due_at"), ["due_at"], unique=False)

    op.create_table(
        "recipe_clock",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_us", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_recipe_clock_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipe_clock")),
    )
    _set_clock()

    with op.batch_alter_table("recipe", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cover_id", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_recipe_cover_id"), ["cover_id"], unique=False)
        batch_op.create_index("ix_recipe_updated_at_id", ["updated_at", "id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_recipe_cover_id"), "media", ["cover_id"], ["id"], ondelete="SET NULL"
        )


def _set_clock() -> None:
    """Changes that come are later than all that were, also when a clock once ran ahead."""
    recipe = sa.table("recipe", sa.column("updated_at", sa.DateTime(timezone=True)))
    connection = op.get_bind()
    newest = connection.scalar(sa.select(sa.func.max(recipe.c.updated_at)))
    if newest is None:
        return
    since_1970 = newest.replace(tzinfo=newest.tzinfo or UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    clock = sa.table("recipe_clock", sa.column("id"), sa.column("last_us"))
    last_us = since_1970 // timedelta(microseconds=1)
    connection.execute(clock.insert().values(id=1, last_us=last_us))


def downgrade() -> None:
    with op.batch_alter_table("recipe", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_recipe_cover_id"), type_="foreignkey")
        batch_op.drop_index("ix_recipe_updated_at_id")
        batch_op.drop_index(batch_op.f("ix_recipe_cover_id"))
        batch_op.drop_column("cover_id")

    op.drop_table("recipe_clock")
    with op.batch_alter_table("cover_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cover_request_due_at"))

    op.drop_table("cover_request")
    with op.batch_alter_table("personal_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_personal_token_user_id"))
        batch_op.drop_index(batch_op.f("ix_personal_token_household_id"))

    op.drop_table("personal_token")
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_media_household_id"))
        batch_op.drop_index("ix_media_digest")

    op.drop_table("media")
