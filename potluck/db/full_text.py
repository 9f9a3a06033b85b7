"""What the full text engines of SQLite and PostgreSQL have no common word for."""

from typing import Any

from sqlalchemy import Boolean, Integer, SQLColumnExpression
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class place_of(FunctionElement[int]):  # noqa: N801 - reads like the SQL function it is
    """`place_of(text, part)`: where `part` first stands in `text`, from 1; 0 when nowhere."""

    type = Integer()
    inherit_cache = True
    name = "place_of"

    def __init__(self, text: SQLColumnExpression[Any], part: SQLColumnExpression[Any]) -> None:
        super().__init__(text, part)


class index_matches(FunctionElement[bool]):  # noqa: N801
    """`index_matches(fts5, tsquery)`: the row of `recipe_words` matches, by its engine's text.

    On SQLite it asks for all hits at once and looks the row up among them: for lists in any order.
    """

    type = Boolean()
    inherit_cache = True
    name = "index_matches"

    def __init__(self, fts5: SQLColumnExpression[Any], tsquery: SQLColumnExpression[Any]) -> None:
        super().__init__(fts5, tsquery)


@compiles(place_of, "sqlite")
def _instr(element: place_of, compiler: SQLCompiler, **options: Any) -> str:
    return f"instr({compiler.process(element.clauses, **options)})"


@compiles(place_of, "postgresql")
def _strpos(element: place_of, compiler: SQLCompiler, **options: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **options)})"


@compiles(index_matches, "sqlite")
def _in_fts5(element: index_matches, compiler: SQLCompiler, **options: Any) -> str:
    text = compiler.process(element.clauses.clauses[0], **options)
    hits = f"SELECT recipe_fts.rowid FROM recipe_fts WHERE recipe_fts MATCH {text}"  # noqa: S608
    return f"recipe_words.id IN ({hits})"


@compiles(index_matches, "postgresql")
def _at_at(element: index_matches, compiler: SQLCompiler, **options: Any) -> str:
    text = compiler.process(element.clauses.clauses[1], **options)
    return f"recipe_words.words @@ CAST({text} AS tsquery)"
