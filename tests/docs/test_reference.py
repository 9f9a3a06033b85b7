"""The generated pages say what the program is."""

import json
import re
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from potluck.api.dependency_tree import operations
from potluck.cli.app import app as commands
from potluck.cli.reference import commands_page, dependencies_page
from potluck.core.config import Settings
from potluck.core.config_loading import OTHER_NAMES, known_settings
from potluck.main import create_app

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
PAGES = ("cli.md", "dependencies.md", "settings.md")


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(commands, ["docs", *arguments])
    return result.exit_code, result.output


class TestCommand:
    def test_committed_pages_are_up_to_date(self) -> None:
        assert run("--check", "--folder", str(REFERENCE)) == (0, "")

    def test_writes_every_page(self, tmp_path: Path) -> None:
        status, _ = run("--folder", str(tmp_path / "new"))

        assert status == 0
        assert sorted(path.name for path in (tmp_path / "new").iterdir()) == sorted(PAGES)

    def test_has_nothing_to_say_the_second_time(self, tmp_path: Path) -> None:
        run("--folder", str(tmp_path))
        assert run("--folder", str(tmp_path)) == (0, "")

    @pytest.mark.parametrize("name", PAGES)
    def test_check_names_the_page_that_differs_and_leaves_it(
        self, tmp_path: Path, name: str
    ) -> None:
        run("--folder", str(tmp_path))
        (tmp_path / name).write_text("old")

        status, output = run("--check", "--folder", str(tmp_path))

        assert status == 1
        assert name in output
        assert (tmp_path / name).read_text() == "old"

    def test_check_misses_a_page_that_is_not_there(self, tmp_path: Path) -> None:
        assert run("--check", "--folder", str(tmp_path))[0] == 1


def test_the_committed_description_of_the_api_is_the_one_that_is_served() -> None:
    """`make openapi-write` after a change; look at the difference as a client's author would."""
    committed = (REFERENCE / "openapi.json").read_text("utf-8")
    assert json.loads(committed) == create_app(Settings.model_construct()).openapi()


class TestSettings:
    PAGE = (REFERENCE / "settings.md").read_text("utf-8")

    def test_every_setting_has_one_row_with_a_sentence(self) -> None:
        rows = re.findall(r"^\| `(POTLUCK_\w+)` \|(?:.*\|)? ([^|]+) \|$", self.PAGE, re.MULTILINE)
        names = [name for name, sentence in rows if sentence.endswith(".") and len(sentence) > 10]
        wanted = [setting.name for setting in known_settings()] + list(OTHER_NAMES)
        assert sorted(names) == sorted(wanted)


class TestCommands:
    def test_every_command_says_what_it_does(self) -> None:
        silent = [
            name for name, each in commands_page.leaves(get_command(commands)) if not each.help
        ]
        assert silent == []

    def test_every_command_has_a_heading(self) -> None:
        page = (REFERENCE / "cli.md").read_text("utf-8")
        names = [name for name, _ in commands_page.leaves(get_command(commands))]
        assert re.findall(r"^## (.+)$", page, re.MULTILINE) == names


class TestDependencies:
    OPERATIONS = operations(create_app(Settings.model_construct()))

    def test_the_chain_is_session_token_actor_scope_endpoint(self) -> None:
        update = next(each for each in self.OPERATIONS if each.name == "update_recipe")
        writer = next(each for each in update.asks_for if each.alias == "RecipeWriter")
        account = writer.asks_for[0]
        caller = account.asks_for[0]

        assert [each.name for each in caller.asks_for] == [
            "get_read_session",
            "get_claims",
            "get_token_use",
        ]
        assert account.scopes == ("recipes:write",)
        assert caller.asks_for[1].asks_for[0].name == "OAuth2PasswordBearer"

    def test_sessions_end_before_the_answer_leaves(self) -> None:
        sessions = [
            each
            for operation in self.OPERATIONS
            for each in operation.all_dependencies
            if each.name in {"get_session", "get_read_session"}
        ]
        assert len(sessions) > 20
        assert all(each.is_closed_early for each in sessions)

    def test_every_operation_has_a_row(self) -> None:
        page = dependencies_page.page()
        names = {operation.name for operation in self.OPERATIONS}
        documented = create_app(Settings.model_construct()).openapi()["paths"].values()

        assert names == {each["operationId"] for path in documented for each in path.values()}
        assert all(f"| `{name}` |" in page for name in names)

    def test_every_dependency_says_what_it_gives(self) -> None:
        silent = {
            each.name
            for operation in self.OPERATIONS
            for each in operation.all_dependencies
            if not each.about
        }
        assert silent == set()
