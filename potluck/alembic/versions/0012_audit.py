"""the audit, which only grows

Revision ID: 0012
Revises: 0011
Create Date: 2026-11-23 02:55:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

#: The database refuses what the program never does. Whoever owns the tables can still do it: then
#: the chain of hashes shows it.
SQLITE = (
    """CREATE TRIGGER audit_event_update BEFORE UPDATE ON audit_event BEGIN
        SELECT RAISE(ABORT, 'audit events are never changed');
        END""",
    """CREATE TRIGGER audit_event_delete BEFORE DELETE ON audit_event
        WHEN OLD.seq > (SELECT coalesce(max(pruned_seq), 0) FROM audit_head) BEGIN
        SELECT RAISE(ABORT, 'audit events are removed by age only');
        END""",
)
POSTGRESQL = (
    """CREATE FUNCTION audit_event_guard() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' THEN
                IF OLD.seq <= (SELECT coalesce(max(pruned_seq), 0) FROM audit_head) THEN
                    RETURN OLD;
                END IF;
            END IF;
            RAISE EXCEPTION 'audit events are never changed, and removed by age only';
        END $$""",
    """CREATE TRIGGER audit_event_rows BEFORE UPDATE OR DELETE ON audit_event
        FOR EACH ROW EXECUTE FUNCTION audit_event_guard()""",
    """CREATE TRIGGER audit_event_table BEFORE TRUNCATE ON audit_event
        FOR EACH STATEMENT EXECUTE FUNCTION audit_event_guard()""",
)


def upgrade() -> None:
    op.create_table(
        "audit_event",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("credential_kind", sa.String(length=16), nullable=False),
        sa.Column("credential_id", sa.Uuid(), nullable=True),
        sa.Column("client", sa.String(length=64), nullable=True),
        sa.Column("ip_prefix", sa.String(length=43), nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("target_type", sa.String(length=20), nullable=True),
        sa.Column("target_id", sa.Uuid(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_event")),
    )
    op.create_index(op.f("ix_audit_event_at"), "audit_event", ["at"])
    for column in ("actor_id", "subject_id", "household_id"):
        op.create_index(f"ix_audit_event_{column}_seq", "audit_event", [column, "seq"])
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key_sealed", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("pruned_seq", sa.BigInteger(), nullable=False),
        sa.Column("pruned_hash", sa.String(length=64), nullable=False),
        sa.Column("pruned_mac", sa.String(length=64), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE if is_sqlite else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("audit_event")
    op.drop_table("audit_head")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_event_guard()")
