"""`potluck openapi`: what the committed document is compared with."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from potluck import __version__
from potluck.cli.app import app as commands


def openapi(*arguments: str, **variables: str) -> Result:
    return CliRunner(env=variables).invoke(commands, ["openapi", *arguments])


@pytest.fixture(scope="module")
def document() -> str:
    ended = openapi()
    assert ended.exit_code == 0
    return ended.stdout


def test_it_prints_the_document_that_is_served(document: str) -> None:
    described = json.loads(document)
    assert described["info"]["version"] == __version__
    assert "/api/v1/recipes" in described["paths"]
    assert document.endswith("}\n")


def test_the_settings_of_an_instance_do_not_show_in_it(document: str) -> None:
    assert openapi(POTLUCK_API_V1_PREFIX="/elsewhere").stdout == document


def test_what_was_written_is_up_to_date(document: str, tmp_path: Path) -> None:
    file = tmp_path / "reference" / "openapi.json"
    assert openapi("--write", str(file)).exit_code == 0
    assert file.read_text() == document
    assert openapi("--check", str(file)).exit_code == 0


def test_a_document_that_differs_or_is_missing_is_out_of_date(
    document: str, tmp_path: Path
) -> None:
    file = tmp_path / "openapi.json"
    for text in (None, document.replace("Recipes of a household", "Recipes")):
        if text is not None:
            file.write_text(text)
        ended = openapi("--check", str(file))
        assert ended.exit_code == 1
        assert ended.stderr == f"{file} is out of date: run `potluck openapi --write {file}`\n"


def test_a_version_that_is_not_there_is_refused() -> None:
    ended = openapi("--number", "99")
    assert (ended.exit_code, ended.stderr) == (2, "there is no version 99 of the API\n")


def test_the_first_version_is_described_unless_another_is_named(document: str) -> None:
    assert openapi("--number", "1").stdout == document
