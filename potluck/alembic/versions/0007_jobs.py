"""jobs

Revision ID: 0007
Revises: 0006
Create Date: 2026-11-23 02:20:00
"""

import json
from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WAITS = sa.text("state = 'queued'")
RUNS = sa.text("state = 'running'")
LIVES = sa.text("state IN ('queued', 'running')")
AT = sa.DateTime(timezone=True)

cover_request = sa.table(
    "cover_request",
    sa.column("recipe_id", sa.Uuid()),
    sa.column("url", sa.String()),
    sa.column("tries", sa.Integer()),
    sa.column("due_at", AT),
)
recipe = sa.table("recipe", sa.column("id", sa.Uuid()), sa.column("image_url", sa.String()))
job = sa.table(
    "job",
    sa.column("id", sa.Uuid()),
    sa.column("kind", sa.String()),
    sa.column("payload", sa.Text()),
    sa.column("state", sa.String()),
    sa.column("key", sa.String()),
    sa.column("run_at", AT),
    sa.column("tries", sa.Integer()),
    sa.column("fence", sa.Integer()),
    sa.column("created_at", AT),
)


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("run_at", AT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", AT, nullable=True),
        sa.Column("done", sa.Integer(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("error", sa.String(length=200), nullable=True),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("started_at", AT, nullable=True),
        sa.Column("ended_at", AT, nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')",
            name=op.f("ck_job_state"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_job_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_job_user_id"), ["user_id"], unique=False)
        batch_op.create_index("ix_job_ended_at", ["ended_at"], unique=False)
        for name, columns, condition in (
            ("ix_job_run_at", ["run_at", "id"], WAITS),
            ("ix_job_lease_until", ["lease_until"], RUNS),
        ):
            batch_op.create_index(
                name, columns, unique=False, sqlite_where=condition, postgresql_where=condition
            )
        batch_op.create_index(
            "uq_job_key", ["key"], unique=True, sqlite_where=LIVES, postgresql_where=LIVES
        )
    op.create_table(
        "scheduled_work",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("asked_until", AT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_scheduled_work")),
    )
    if op.get_bind().dialect.name == "postgresql":
        create_queue()
    carry_over()
    op.drop_table("cover_request")


def carry_over() -> None:
    """Pictures that are still to be fetched; their payloads lie open, as there is no key here."""
    connection = op.get_bind()
    now = datetime.now(UTC)
    for row in connection.execute(sa.select(cover_request)).all():
        wish = {"kind": "fetch-cover", "recipe_id": str(row.recipe_id), "url": row.url}
        connection.execute(
            job.insert().values(
                id=row.recipe_id,
                kind="fetch-cover",
                payload=json.dumps(wish),
                state="queued",
                key=f"fetch-cover:{row.recipe_id}",
                run_at=row.due_at,
                tries=0,
                fence=0,
                created_at=now,
            )
        )


def create_queue() -> None:
    """The tables of procrastinate, as the version that we pin brings them.

    Another version of it needs a migration of ours that runs its own, found in
    `SchemaManager.get_migrations_path()`.
    """
    from procrastinate.schema import SchemaManager  # noqa: PLC0415

    # Many statements at once go without parameters only, which SQLAlchemy always sends.
    driver = op.get_bind().connection.driver_connection
    assert driver is not None  # noqa: S101 - it has just executed a statement
    driver.execute(SchemaManager.get_schema())


def drop_queue() -> None:
    op.execute(
        """DO $$ DECLARE each record; BEGIN
        DROP TABLE IF EXISTS procrastinate_periodic_defers, procrastinate_events,
            procrastinate_jobs, procrastinate_workers CASCADE;
        FOR each IN SELECT oid::regprocedure AS name FROM pg_proc
            WHERE proname LIKE 'procrastinate\\_%' AND pronamespace = current_schema()::regnamespace
        LOOP EXECUTE 'DROP FUNCTION ' || each.name || ' CASCADE'; END LOOP;
        DROP TYPE IF EXISTS procrastinate_job_to_defer_v1, procrastinate_job_event_type,
            procrastinate_job_status CASCADE;
        END $$"""
    )


def downgrade() -> None:
    op.create_table(
        "cover_request",
        sa.Column("recipe_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.String(length=2048), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["recipe_id"],
            ["recipe.id"],
            name=op.f("fk_cover_request_recipe_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("recipe_id", name=op.f("pk_cover_request")),
    )
    with op.batch_alter_table("cover_request", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_cover_request_due_at"), ["due_at"], unique=False)
    ask_again()
    if op.get_bind().dialect.name == "postgresql":
        drop_queue()
    op.drop_table("scheduled_work")
    op.drop_table("job")


def ask_again() -> None:
    """What the recipes still wait for, read off the jobs' keys and the recipes themselves."""
    connection = op.get_bind()
    live = sa.select(job).where(
        job.c.kind == "fetch-cover", job.c.state.in_(["queued", "running"]), job.c.key.is_not(None)
    )
    for row in connection.execute(live).all():
        recipe_id = UUID(row.key.removeprefix("fetch-cover:"))
        url = connection.scalar(sa.select(recipe.c.image_url).where(recipe.c.id == recipe_id))
        if url is not None:
            connection.execute(
                cover_request.insert().values(
                    recipe_id=recipe_id, url=url, tries=0, due_at=row.run_at
                )
            )
