"""The page about what operations ask for, from the app that serves."""

from collections.abc import Iterator, Sequence

from potluck.api.dependency_tree import Dependency, Operation, operations
from potluck.cli.reference.markdown import NOTICE, code, table
from potluck.core.config import Settings
from potluck.main import create_app

#: The operation that is shown as a tree: it changes a row, so it has all there is.
EXAMPLE = "update_recipe"

INTRODUCTION = """# Dependencies

What an endpoint needs, it asks for by an alias of `potluck/api/deps.py`; the alias names a function
that may ask for more. From the bottom: a *session* is opened, the *token* is read, both make the
*actor*, the actor's *scopes* are compared with those that the operation names, and then the
*endpoint* runs. The aliases are the seams of the tests as well: `app.dependency_overrides` replaces
one function, everything above it stays.

## One operation as a tree

Dependencies with a star end before the answer leaves, so what a client reads as done is committed.
The same function asked for twice runs once a request. In this operation the session that looks the
account up is closed before the one that writes is opened by its first statement.
"""


def page() -> str:
    """The whole page, for an app with the default settings."""
    found = operations(create_app(Settings.model_construct()))
    example = next(each for each in found if each.name == EXAMPLE)
    return "\n".join(
        [
            NOTICE,
            INTRODUCTION,
            "```\n" + "\n".join(tree(example)) + "\n```\n",
            "## Every dependency\n",
            table(("alias", "function", "asks for", "what it gives"), _rows(found)),
            "## Every operation\n",
            table(("operation", "request", "asks for", "scope"), map(_operation, found)),
        ]
    )


def tree(operation: Operation) -> Iterator[str]:
    """The operation and everything below it, one line each."""
    yield f"{operation.name} ({operation.request})"
    yield from _branches(operation.asks_for, "", set())


def _branches(dependencies: Sequence[Dependency], indent: str, seen: set[str]) -> Iterator[str]:
    for number, each in enumerate(dependencies, start=1):
        is_last = number == len(dependencies)
        star = " *" if each.is_closed_early else ""
        scopes = f" [{' '.join(each.scopes)}]" if each.scopes else ""
        alias = f"{each.alias}: " if each.alias else ""
        is_again = each.name in seen and bool(each.asks_for)
        again = ", as above" if is_again else ""
        yield f"{indent}{'`-- ' if is_last else '|-- '}{alias}{each.name}{scopes}{star}{again}"
        seen.add(each.name)
        if not is_again:
            yield from _branches(each.asks_for, indent + ("    " if is_last else "|   "), seen)


def _rows(found: Sequence[Operation]) -> list[tuple[str, ...]]:
    """One row for each dependency; aliases of the same function and scope are one dependency."""
    rows = {}
    for operation in found:
        for each in operation.all_dependencies:
            asked = ", ".join(code(_label(below)) for below in each.asks_for)
            rows[each.alias, each.name] = (code(each.alias), code(each.name), asked, each.about)
    return [rows[key] for key in sorted(rows, key=lambda key: (key[1], key[0]))]


def _operation(operation: Operation) -> tuple[str, ...]:
    asked = ", ".join(code(_label(each)) for each in operation.asks_for)
    scopes = sorted({scope for each in operation.all_dependencies for scope in each.scopes})
    named = ", ".join(code(scope) for scope in scopes)
    return code(operation.name), code(operation.request), asked, named


def _label(dependency: Dependency) -> str:
    return dependency.alias or dependency.name
