"""The app as a server starts it."""

from pathlib import Path

import anyio
import pytest

from potluck import backend_pre_start
from potluck.core.config_error import ConfigError
from potluck.main import create_app
from tests import databases
from tests.conftest import make_settings


class TestStart:
    def test_a_process_with_another_master_key_does_not_serve(
        self, engine: str, tmp_path: Path
    ) -> None:
        with databases.database_url(engine, tmp_path, "potluck_foreign") as url:
            backend_pre_start.prepare(make_settings(tmp_path / "first", url), wait_s=5)
            app = create_app(make_settings(tmp_path / "second", url))

            async def start() -> None:
                async with app.router.lifespan_context(app):
                    pytest.fail("the app has started")

            with pytest.raises(ConfigError, match="belongs to another master key"):
                anyio.run(start)
