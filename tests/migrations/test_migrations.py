"""The chain of migrations: one head, every step there and back with rows present, no drift."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, DateTime, Inspector, column, inspect, table, text

from potluck.db import migrations
from potluck.db.base import Base
from tests.migrations.rows import ROWS, count_rows, insert_rows

SCRIPTS = ScriptDirectory.from_config(migrations.alembic_config())
#: Oldest first.
REVISIONS = [script.revision for script in SCRIPTS.walk_revisions()][::-1]


def go(connection: Connection, revision: str, config: Config | None = None) -> None:
    """Migrate up or down to a revision."""
    config = config or migrations.alembic_config(connection)
    context = MigrationContext.configure(connection)
    heads = context.get_current_heads()
    connection.rollback()
    is_down = revision == "base" or (
        revision in REVISIONS and heads and REVISIONS.index(heads[0]) > REVISIONS.index(revision)
    )
    (command.downgrade if is_down else command.upgrade)(config, revision)


def fill(connection: Connection) -> None:
    """Migrate to the head with a row in each of the first tables."""
    go(connection, REVISIONS[0])
    insert_rows(connection)
    go(connection, "head")


class TestChain:
    def test_it_has_one_head(self) -> None:
        assert len(SCRIPTS.get_heads()) == 1

    def test_it_never_forks(self) -> None:
        parents = [script.down_revision for script in SCRIPTS.walk_revisions()]
        assert len(set(parents)) == len(parents)

    def test_every_step_goes_up_down_and_up_with_rows_present(self, connection: Connection) -> None:
        previous = "base"
        kept: dict[str, int] = {}
        for revision in REVISIONS:
            go(connection, revision)
            if previous == "base":
                insert_rows(connection)
                kept = count_rows(connection)
                assert kept == {table: 1 for table, _ in ROWS}
            go(connection, previous)
            go(connection, revision)
            if previous == "base":
                assert set(count_rows(connection).values()) == {0}
                insert_rows(connection)
            now = count_rows(connection)
            assert {table: now.get(table) for table in kept if table in now} == {
                table: count for table, count in kept.items() if table in now
            }
            previous, kept = revision, now

    def test_the_way_down_leaves_nothing(self, connection: Connection) -> None:
        fill(connection)
        go(connection, "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]


class TestRecipeClock:
    @pytest.mark.parametrize("microseconds", [None, 0, 999_999])
    def test_goes_on_from_the_newest_change_there_is(
        self, connection: Connection, microseconds: int | None
    ) -> None:
        """A clock may have run ahead: what is changed next must still come later."""
        go(connection, "0001")
        if microseconds is not None:
            insert_rows(connection)
            newest = datetime(2099, 1, 1, microsecond=microseconds, tzinfo=UTC)
            recipe = table("recipe", column("updated_at", DateTime(timezone=True)))
            connection.execute(recipe.update().values(updated_at=newest))
            connection.commit()

        go(connection, "0002")

        last_us = connection.scalar(text("SELECT last_us FROM recipe_clock"))
        seconds = 4_070_908_800
        expected = None if microseconds is None else seconds * 1_000_000 + microseconds
        assert last_us == expected


def test_the_program_knows_the_revisions_without_alembic() -> None:
    assert migrations.known_revisions() == (SCRIPTS.get_current_head(), frozenset(REVISIONS))


class TestDrift:
    def test_alembic_finds_nothing_to_do(self, connection: Connection) -> None:
        go(connection, "head")
        options = {
            "compare_type": True,
            "compare_server_default": True,
            "include_object": migrations.is_mapped,
        }
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []

    def test_the_migrated_schema_is_the_one_of_the_models(self, connection: Connection) -> None:
        """Checks, collations and what a deleted parent does are compared, too."""
        go(connection, "head")
        migrated = described(inspect(connection))
        connection.rollback()
        Base.metadata.drop_all(connection)
        Base.metadata.create_all(connection)
        assert migrated == described(inspect(connection))


def described(inspector: Inspector) -> dict[str, Any]:
    """Each table with its columns and constraints, in an order of their own."""
    return {
        table: {
            "columns": sorted(
                (str(column["name"]), repr(column["type"]), column["nullable"], column["default"])
                for column in inspector.get_columns(table)
            ),
            "key": inspector.get_pk_constraint(table)["constrained_columns"],
            "parents": ordered(inspector.get_foreign_keys(table)),
            "uniques": ordered(inspector.get_unique_constraints(table)),
            "checks": ordered(inspector.get_check_constraints(table)),
            "indexes": ordered(inspector.get_indexes(table)),
        }
        for table in inspector.get_table_names()
        if table != "alembic_version" and not table.startswith("procrastinate_")
    }


def ordered(found: Any) -> list[str]:
    """As text; the condition of a partial index is an object without a text of its own."""
    for each in found:
        options = each.get("dialect_options", {})
        each["dialect_options"] = sorted((name, str(value)) for name, value in options.items())
    return sorted(repr(sorted(each.items())) for each in found)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
class TestRebuild:
    """SQLite alters a table by building it anew; that must not cost the rows that refer to it."""

    HEAD = '''"""toy"""
import sqlalchemy as sa
from alembic import op

revision, down_revision = "toy", "{head}"


def upgrade() -> None:
    {upgrade}


def downgrade() -> None:
    """Not gone."""
'''
    REBUILD = """with op.batch_alter_table("household", recreate="always") as household:
        household.add_column(sa.Column("shelf", sa.String(40)))"""
    BREAK = """op.add_column("tag", sa.Column("shelf", sa.String(40)))
    op.execute("DELETE FROM household")"""

    def toy(self, connection: Connection, folder: Path, upgrade: str) -> Config:
        script = self.HEAD.format(head=REVISIONS[-1], upgrade=upgrade)
        (folder / "toy.py").write_text(script)
        config = migrations.alembic_config(connection)
        config.set_main_option(
            "version_locations", f"{migrations.SCRIPTS / 'versions'}:{folder}".replace("%", "%%")
        )
        return config

    def test_a_parent_keeps_its_children(self, connection: Connection, tmp_path: Path) -> None:
        fill(connection)
        before = count_rows(connection)

        go(connection, "toy", self.toy(connection, tmp_path, self.REBUILD))

        assert count_rows(connection) == before
        columns = {column["name"] for column in inspect(connection).get_columns("household")}
        assert "shelf" in columns

    def test_children_without_their_parent_are_refused_and_nothing_stays(
        self, connection: Connection, tmp_path: Path
    ) -> None:
        fill(connection)
        before = count_rows(connection)

        with pytest.raises(RuntimeError, match="breaks 4 foreign keys"):
            go(connection, "toy", self.toy(connection, tmp_path, self.BREAK))

        connection.rollback()
        assert count_rows(connection) == before
        assert "shelf" not in {each["name"] for each in inspect(connection).get_columns("tag")}
        revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
        assert revision == REVISIONS[-1]
