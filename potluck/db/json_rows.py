"""Rows of a child table inside one column of the parent, so that one statement reads both."""

from typing import Any

from sqlalchemy import JSON, SQLColumnExpression
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class json_objects(FunctionElement[Any]):  # noqa: N801 - reads like the SQL function it is
    """Aggregate: `json_objects("id", tag.id, "name", tag.name)` is a JSON list of objects.

    Takes names and values in turn; the order of the list is undefined, no rows give `[]`.
    """

    type = JSON()
    inherit_cache = True
    name = "json_objects"

    def __init__(self, *names_and_values: str | SQLColumnExpression[Any]) -> None:
        super().__init__(*names_and_values)


@compiles(json_objects, "sqlite")
def _sqlite(element: json_objects, compiler: SQLCompiler, **options: Any) -> str:
    arguments = compiler.process(element.clauses, **options)
    return f"json_group_array(json_object({arguments}))"


@compiles(json_objects, "postgresql")
def _postgresql(element: json_objects, compiler: SQLCompiler, **options: Any) -> str:
    # Names are bound as text: PostgreSQL cannot guess the type of a parameter here.
    arguments = compiler.process(element.clauses, **options)
    return f"coalesce(json_agg(json_build_object({arguments})), '[]'::json)"
