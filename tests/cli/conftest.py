"""Runs commands over the database of the running app, with its clock and its web."""

import os
from typing import Protocol

import pytest
from anyio import to_thread
from fastapi import FastAPI
from typer.testing import CliRunner, Result

from potluck.cli.app import app as commands
from potluck.cli.context import Providers
from potluck.core.config import Settings
from tests.conftest import ORIGIN, recorder
from tests.databases import url_text
from tests.doubles import FakeClock, FakeFetcher
from tests.log_capture import captured


class Command(Protocol):
    async def __call__(self, *arguments: str, input: str | None = None) -> Result: ...


@pytest.fixture
def variables(settings: Settings) -> dict[str, str]:
    """The environment in which a command works on the database of the running app."""
    return {
        "POTLUCK_DATABASE__URL": url_text(settings.database_url),
        "POTLUCK_DATA_DIR": str(settings.data_dir),
        "POTLUCK_BASE_URL": ORIGIN,
        "POTLUCK_ENV_FILE": os.devnull,
    }


@pytest.fixture
def command(
    app: FastAPI, variables: dict[str, str], clock: FakeClock, fetcher: FakeFetcher
) -> Command:
    """`await command("user", "list")`: runs it in a thread, as it has an event loop of its own."""

    async def run(*arguments: str, input: str | None = None) -> Result:
        def invoke() -> Result:
            providers = Providers(clock=clock, fetcher=fetcher)
            runner = CliRunner(env=variables)
            return runner.invoke(commands, arguments, input=input, obj=providers)

        with captured(stream=recorder):
            ended = await to_thread.run_sync(invoke)
        recorder.write(ended.output)
        return ended

    return run
