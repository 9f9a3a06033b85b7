"""The package's own source, for the tests that read it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import potluck

PACKAGE = Path(potluck.__file__).parent

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One file: `path` below the package, such as `crud/base.py`."""

    path: str
    source: str

    @property
    def layer(self) -> str:
        return self.path.split("/")[0].removesuffix(".py")

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """The whole syntax tree, parsed once: what is compared by identity stays the same."""
        return list(ast.walk(ast.parse(self.source)))

    def calls(self) -> Iterator[tuple[int, str, ast.Call]]:
        """Line, called name and node of every call."""
        for node in self.nodes:
            if isinstance(node, ast.Call):
                yield node.lineno, ast.unparse(node.func), node

    def functions(self) -> Iterator[Function]:
        for node in self.nodes:
            if isinstance(node, Function):
                yield node

    def imports(self) -> Iterator[tuple[int, str, str]]:
        """Line, module and name of everything imported by `from module import name`."""
        for node in self.nodes:
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                for alias in node.names:
                    yield node.lineno, node.module or "", alias.name


def modules() -> list[Module]:
    """Every Python file of the package; migrations are generated and stand apart."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if not name.startswith("alembic/versions/"):
            found.append(Module(name, path.read_text("utf-8")))
    return found
