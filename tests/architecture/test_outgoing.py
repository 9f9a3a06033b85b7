"""K-05: only `potluck/clients` opens outgoing connections, so only it has to be guarded."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import potluck

PACKAGE = Path(potluck.__file__).parent
NETWORK_MODULES = frozenset(
    {
        "aiohttp", "aiosmtplib", "ftplib", "http.client", "httpcore", "httpcore2", "httpx",
        "httpx2", "requests", "smtplib", "socket", "urllib.request", "urllib3",
    }
)  # fmt: skip
#: Ways to connect that come with modules everybody may import.
CONNECTING_NAMES = frozenset(
    {"connect_tcp", "create_connection", "create_datagram_endpoint", "open_connection"}
)
#: A command prints the addresses at which the service can be reached.
ALLOWED = {"cli": frozenset({"socket"})}


def outgoing(source: str) -> Iterator[str]:
    """Each way in which a module's source could open a connection."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if _is_network(alias.name))
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            yield from (name for name in names if _is_network(name))
        elif isinstance(node, ast.Call) and _is_dynamic_import(node):
            yield from (
                argument.value
                for argument in node.args
                if isinstance(argument, ast.Constant)
                and isinstance(argument.value, str)
                and _is_network(argument.value)
            )
        elif isinstance(node, ast.Attribute | ast.Name):
            name = node.attr if isinstance(node, ast.Attribute) else node.id
            if name in CONNECTING_NAMES:
                yield name


def _is_network(name: str) -> bool:
    parts = name.split(".")
    return any(".".join(parts[: n + 1]) in NETWORK_MODULES for n in range(len(parts)))


def _is_dynamic_import(call: ast.Call) -> bool:
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in {"import_module", "__import__"}


class TestOneWayOut:
    @pytest.mark.parametrize(
        "source",
        [
            "import httpx2",
            "import httpx2 as web",
            "from httpx2 import AsyncClient",
            "import urllib.request",
            "from urllib import request",
            "from urllib.request import urlopen",
            "from http import client",
            "import socket",
            "def f():\n    import requests",
            "import_module('aiohttp')",
            "importlib.import_module('httpcore2')",
            "__import__('socket')",
            "asyncio.open_connection('a', 80)",
            "loop.create_connection(f, 'a', 80)",
            "from anyio import connect_tcp\nconnect_tcp('a', 80)",
        ],
    )
    def test_k05_way_out_is_found(self, source: str) -> None:
        assert list(outgoing(source))

    @pytest.mark.parametrize(
        "source",
        [
            "from urllib.parse import urlsplit",
            "from http import HTTPStatus",
            "import socketserver_of_ours",
            "from .socket import x",
            "text = 'import socket'",
        ],
    )
    def test_harmless_import_is_not_taken_for_one(self, source: str) -> None:
        assert list(outgoing(source)) == []

    def test_k05_only_clients_open_connections(self) -> None:
        found = {
            str(path.relative_to(PACKAGE)): ways
            for path in PACKAGE.rglob("*.py")
            if (part := path.relative_to(PACKAGE).parts[0]) != "clients"
            and (ways := set(outgoing(path.read_text())) - ALLOWED.get(part, frozenset()))
        }
        assert found == {}

    def test_k05_the_rule_sees_the_fetcher_itself(self) -> None:
        dialling = PACKAGE / "clients" / "fetcher" / "dialling.py"
        assert {"socket", "httpcore2"} <= set(outgoing(dialling.read_text()))
