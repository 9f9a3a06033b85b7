"""What the full text engines of SQLite and PostgreSQL have no common word for."""

from typing import Any

from sqlalchemy import Boolean, SQLColumnExpression
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class holds_any(FunctionElement[bool]):  # noqa: N801 - reads like the SQL function it would be
    """`holds_any(text, part, ...)`: one of the parts stands somewhere in the text, as it is."""

    type = Boolean()
    inherit_cache = True
    name = "holds_any"

    def __init__(self, text: SQLColumnExpression[Any], *parts: SQLColumnExpression[Any]) -> None:
        super().__init__(text, *parts)


class index_matches(FunctionElement[bool]):  # noqa: N801
    """`index_matches(fts5, tsquery)`: the row of `recipe_words` matches, by its engine's text.

    On SQLite it asks for all hits at once and looks the row up among them: for lists in any order.
    """

    type = Boolean()
    inherit_cache = True
    name = "index_matches"

    def __init__(self, fts5: SQLColumnExpression[Any], tsquery: SQLColumnExpression[Any]) -> None:
        super().__init__(fts5, tsquery)


@compiles(holds_any, "sqlite")
def _instr(element: holds_any, compiler: SQLCompiler, **options: Any) -> str:
    return _any_place("instr", element, compiler, **options)


@compiles(holds_any, "postgresql")
def _strpos(element: holds_any, compiler: SQLCompiler, **options: Any) -> str:
    return _any_place("strpos", element, compiler, **options)


def _any_place(name: str, element: holds_any, compiler: SQLCompiler, **options: Any) -> str:
    text, *parts = (compiler.process(each, **options) for each in element.clauses.clauses)
    return f"({' OR '.join(f'{name}({text}, {part}) > 0' for part in parts)})"


@compiles(index_matches, "sqlite")
def _in_fts5(element: index_matches, compiler: SQLCompiler, **options: Any) -> str:
    text = compiler.process(element.clauses.clauses[0], **options)
    hits = f"SELECT recipe_fts.rowid FROM recipe_fts WHERE recipe_fts MATCH {text}"  # noqa: S608
    return f"recipe_words.id IN ({hits})"


@compiles(index_matches, "postgresql")
def _at_at(element: index_matches, compiler: SQLCompiler, **options: Any) -> str:
    text = compiler.process(element.clauses.clauses[1], **options)
    return f"unpacked(recipe_words.words) @@ CAST({text} AS tsquery)"
