"""Commands, settings, targets, files and functions that our pages name are there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from potluck.cli.app import app as commands
from potluck.cli.reference.commands_page import leaves
from potluck.core.config_loading import OTHER_NAMES, known_settings
from tests.docs.markdown import ROOT, blocks, codes, pages

PAGES = pages()
COMMANDS = dict(leaves(get_command(commands)))
SETTINGS = {setting.name for setting in known_settings()} | OTHER_NAMES
FOLDERS = ("potluck", "tests", "docs", "deploy", "scripts", "benchmarks")
#: Files that readers of these pages make themselves.
EXAMPLES = (
    ROOT / "docs/how-to/code",
    ROOT / "docs/how-to/version-code",
    ROOT / "docs/tutorial/code",
)

every_page = pytest.mark.parametrize(
    "page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix()
)


def lines(page: Path) -> Iterator[str]:
    """What a page quotes: words in backticks, and lines of blocks."""
    yield from codes(page)
    for block in blocks(page):
        yield from (line.strip() for line in block.text.splitlines())


def unknown_commands(page: Path) -> Iterator[str]:
    for line in lines(page):
        found = re.match(r"(?:\S*python -m )?potluck((?: [a-z][a-z-]*)+)(.*)", line)
        if found is None:
            continue
        words, rest = f"potluck{found[1]}".split(" "), found[2]
        name = next(
            (
                " ".join(words[:n])
                for n in range(len(words), 1, -1)
                if " ".join(words[:n]) in COMMANDS
            ),
            None,
        )
        is_group = any(each.startswith(" ".join(words) + " ") for each in COMMANDS)
        if name is None and not is_group:
            yield line
        elif name is not None:
            known = options(COMMANDS[name])
            yield from (f"{name} {o}" for o in re.findall(r"--[a-z-]+", rest) if o not in known)


def options(command: Any) -> set[str]:
    return {"--help"} | {option for each in command.params for option in each.opts}


def unknown_settings(page: Path) -> list[str]:
    names = re.findall(r"POTLUCK_[A-Z0-9_]*[A-Z0-9]", page.read_text("utf-8"))
    return [name for name in names if name not in SETTINGS]


def unknown_targets(page: Path) -> list[str]:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    used = [
        word
        for line in lines(page)
        if line.startswith("make ")
        for word in line.split("#")[0].split()[1:]
        if re.fullmatch(r"[a-z-]+", word)
    ]
    return [target for target in used if target not in targets]


def missing_files(page: Path) -> Iterator[str]:
    for code in codes(page):
        found = re.fullmatch(r"((?:\./)?[\w./-]+?)(?::([\w.]+))?", code)
        if found is None:
            continue
        name, symbol = found[1].removeprefix("./"), found[2]
        if name.split("/")[0] not in FOLDERS or "/" not in name:
            continue
        path = next((root / name for root in (ROOT, *EXAMPLES) if (root / name).exists()), None)
        if path is None or (symbol and symbol not in symbols(path)):
            yield code


def symbols(path: Path) -> set[str]:
    """Functions and classes of a file, methods as `Class.method`."""
    found = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {
                f"{node.name}.{each.name}"
                for each in node.body
                if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
            }
    return found


@every_page
class TestPage:
    def test_names_commands_and_options_that_exist(self, page: Path) -> None:
        assert list(unknown_commands(page)) == []

    def test_names_settings_that_exist(self, page: Path) -> None:
        assert unknown_settings(page) == []

    def test_names_targets_of_make_that_exist(self, page: Path) -> None:
        assert unknown_targets(page) == []

    def test_names_files_and_functions_that_exist(self, page: Path) -> None:
        assert list(missing_files(page)) == []


class TestTheseTests:
    """They would notice."""

    @pytest.fixture
    def page(self, tmp_path: Path) -> Path:
        page = tmp_path / "page.md"
        page.write_text(
            "`potluck serve --prot 1` and `potluck sreve`, with `POTLUCK_PROT`, `make nothing`,\n"
            "`potluck/nowhere.py`, `potluck/main.py:create` and `potluck/main.py:create_app`\n"
        )
        return page

    def test_a_command_and_an_option(self, page: Path) -> None:
        assert list(unknown_commands(page)) == ["potluck serve --prot", "potluck sreve"]

    def test_a_setting(self, page: Path) -> None:
        assert unknown_settings(page) == ["POTLUCK_PROT"]

    def test_a_target(self, page: Path) -> None:
        assert unknown_targets(page) == ["nothing"]

    def test_a_file_and_a_function(self, page: Path) -> None:
        assert list(missing_files(page)) == ["potluck/nowhere.py", "potluck/main.py:create"]


def test_the_traced_request_names_its_functions() -> None:
    text = (ROOT / "docs/architecture/overview.md").read_text("utf-8")
    section = text.partition("## One request from the socket to the row")[2].partition("\n## ")[0]
    assert len(re.findall(r"`potluck/[\w/]+\.py:[\w.]+`", section)) >= 20
