"""The search index: the words of each recipe, and the words that somebody may have meant."""

from typing import Any
from uuid import UUID

from sqlalchemy import DDL, BigInteger, ForeignKey, Integer, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from potluck.db.base_class import Base
from potluck.db.types import sort_key

#: `encoded` writes a letter outside a-z with five characters, and no longer word is corrected.
WORD_LENGTH = 120


class RecipeWords(Base):
    """What a recipe is found by: `potluck.domain.search.IndexedText`, and who may find it.

    Not mapped, as each engine has its own: on SQLite the FTS5 table `recipe_fts` over these
    columns, which triggers keep, on PostgreSQL the generated column `words` with its GIN index.
    """

    __tablename__ = "recipe_words"
    __table_args__ = (UniqueConstraint("recipe_id"),)

    #: Grows with time: of many hits the newest are ranked.
    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    recipe_id: Mapped[UUID] = mapped_column(ForeignKey("recipe.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(Text)
    labels: Mapped[str] = mapped_column(Text)
    lines: Mapped[str] = mapped_column(Text)
    steps: Mapped[str] = mapped_column(Text)
    #: Tokens of those who may read the recipe, none in the trash. At most too many: they narrow
    #: a search down before `crud.recipe.visible` decides.
    readers: Mapped[str] = mapped_column(Text)


class IndexRequest(Base):
    """The recipe is to be indexed anew, soon after the unit of work that asks for it."""

    __tablename__ = "index_request"

    recipe_id: Mapped[UUID] = mapped_column(
        ForeignKey("recipe.id", ondelete="CASCADE"), primary_key=True
    )


class SearchVariant(Base):
    """`word`, as a token, stands in some recipe; `variant` is what is left of it after a slip.

    A word may be gone from all recipes: whether somebody may be told of it, the recipes say.
    """

    __tablename__ = "search_variant"

    variant: Mapped[str] = mapped_column(sort_key(WORD_LENGTH), primary_key=True)
    word: Mapped[str] = mapped_column(sort_key(WORD_LENGTH), primary_key=True)


_SQLITE = (
    """CREATE VIRTUAL TABLE recipe_fts USING fts5(
        title, labels, lines, steps, readers, content='recipe_words', content_rowid='id',
        tokenize='ascii', prefix='2 3')""",
    """CREATE TRIGGER recipe_words_insert AFTER INSERT ON recipe_words BEGIN
        INSERT INTO recipe_fts(rowid, title, labels, lines, steps, readers)
        VALUES (new.id, new.title, new.labels, new.lines, new.steps, new.readers);
        END""",
    """CREATE TRIGGER recipe_words_delete AFTER DELETE ON recipe_words BEGIN
        INSERT INTO recipe_fts(recipe_fts, rowid, title, labels, lines, steps, readers)
        VALUES ('delete', old.id, old.title, old.labels, old.lines, old.steps, old.readers);
        END""",
    """CREATE TRIGGER recipe_words_update AFTER UPDATE OF title, labels, lines, steps, readers
        ON recipe_words BEGIN
        INSERT INTO recipe_fts(recipe_fts, rowid, title, labels, lines, steps, readers)
        VALUES ('delete', old.id, old.title, old.labels, old.lines, old.steps, old.readers);
        INSERT INTO recipe_fts(rowid, title, labels, lines, steps, readers)
        VALUES (new.id, new.title, new.labels, new.lines, new.steps, new.readers);
        END""",
)
# The planner takes the words of a row for as cheap to read as a number, and would rather read all
# rows than use the index: 400 ms with 100,000 recipes, 2 ms since it knows. `unpacked` changes
# nothing, but says what unpacking them costs, and that no parallel workers are wanted. Kept in the
# row, they are read in half the time.
_POSTGRESQL = (
    """ALTER TABLE recipe_words ADD COLUMN words tsvector GENERATED ALWAYS AS
        (to_tsvector('simple', title || labels || lines || steps || readers)) STORED""",
    "ALTER TABLE recipe_words ALTER COLUMN words SET STORAGE MAIN",
    """CREATE OR REPLACE FUNCTION unpacked(tsvector) RETURNS tsvector LANGUAGE plpgsql
        IMMUTABLE STRICT PARALLEL UNSAFE COST 1000 AS 'BEGIN RETURN $1; END'""",
    """CREATE INDEX ix_recipe_words_words ON recipe_words USING gin (unpacked(words))
        WITH (fastupdate = off)""",
)
_TABLE: Any = RecipeWords.__table__


def _run(engine: str, moment: str, statement: str) -> None:
    ddl = DDL(statement)  # type: ignore[no-untyped-call]
    event.listen(_TABLE, moment, ddl.execute_if(dialect=engine))


for _statement in _SQLITE:
    _run("sqlite", "after_create", _statement)
for _statement in _POSTGRESQL:
    _run("postgresql", "after_create", _statement)
_run("sqlite", "before_drop", "DROP TABLE recipe_fts")
