"""`potluck config show`."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from potluck.cli.app import app as commands
from potluck.core.config_loading import known_settings
from potluck.core.database_url import FORMS
from tests import processes

CANARY = "hunter2"
NOT_A_KEY = (
    "it holds neither base64url nor hex text, or not all of it."
    " Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
)
#: Random once; as good a key as any, and nobody's.
KEY = "q3J8vT0mZr5xLk9wYb2hNc7dFs4gPe6uAi1oXtRzVjQ"
NOT_A_NUMBER = "Input should be a valid integer, unable to parse string as an integer"


@pytest.fixture
def rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[str, str]]:
    """Value and source of each setting, where every source says something."""
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "POTLUCK_MASTER_KEY").write_text(KEY)
    dotenv = tmp_path / "settings"
    dotenv.write_text("POTLUCK_CORS__ORIGINS=https://[fe80::a]:8443,https://b.example\n")
    variables = {
        "POTLUCK_SECRETS_DIR": str(secrets),
        "POTLUCK_ENV_FILE": str(dotenv),
        "POTLUCK_DATABASE__URL": f"postgresql://cook:{CANARY}@host/db?sslpassword={CANARY}",
    }
    monkeypatch.delenv("POTLUCK_TEST_DATABASE_URL")
    ended = CliRunner(env=variables).invoke(commands, ["config", "show"])
    assert ended.exit_code == 0
    assert CANARY not in ended.output
    heads, *lines = ended.stdout.splitlines()
    assert heads.split() == ["setting", "value", "from"]
    found = {}
    for line in lines:
        name, *value, source = [cell for cell in line.split("  ") if cell]
        found[name] = ("".join(value).strip(), source.strip().removeprefix(str(tmp_path)))
    return found


def test_every_setting_has_its_line(rows: dict[str, tuple[str, str]]) -> None:
    assert list(rows) == [known.name for known in known_settings()]


def test_o01_secrets_are_redacted(rows: dict[str, tuple[str, str]]) -> None:
    assert rows["POTLUCK_MASTER_KEY"] == ("***", "/secrets")
    assert rows["POTLUCK_DATABASE__URL"] == ("postgresql://cook:***@host/db", "environment")


def test_values_are_shown_as_they_are(rows: dict[str, tuple[str, str]]) -> None:
    assert rows["POTLUCK_CORS__ORIGINS"] == (
        "https://[fe80::a]:8443,https://b.example",
        "/settings",
    )


def test_what_nobody_set_has_its_default(rows: dict[str, tuple[str, str]]) -> None:
    assert rows["POTLUCK_SERVER__PORT"] == ("8000", "default")
    assert rows["POTLUCK_MASTER_KEY_FILE"] == ("", "default")


class TestExitStatus:
    """The command as it is really run."""

    def test_wrong_settings_end_with_78_all_of_them_told_and_no_value(self, tmp_path: Path) -> None:
        ended = processes.run(
            "-m",
            "potluck",
            "serve",
            folder=tmp_path,
            settings={
                "POTLUCK_DATABASE__URL": f"mysql://cook:{CANARY}@host/db",
                "POTLUCK_DATABASE_URL": f"postgresql://cook:{CANARY}@host/db",
                "POTLUCK_SERVER__PORT": CANARY,
                "POTLUCK_MASTER_KEY": CANARY,
            },
        )
        assert (ended.returncode, ended.stdout) == (78, "")
        assert ended.stderr.splitlines() == [
            "The settings are not right:",
            "  - POTLUCK_DATABASE_URL in the environment is not a setting",
            f"  - POTLUCK_MASTER_KEY: {NOT_A_KEY}",
            "  - POTLUCK_DATABASE__URL: the scheme is neither sqlite nor postgresql; " + FORMS,
            f"  - POTLUCK_SERVER__PORT: {NOT_A_NUMBER}",
        ]
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("key", ["changethis", "0" * 64])
    def test_o01_a_key_that_everybody_knows_ends_with_78(
        self, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        variables = {"POTLUCK_MASTER_KEY": key, "POTLUCK_ENV_FILE": "/dev/null"}
        ended = CliRunner(env=variables).invoke(commands, ["migrate"])
        assert ended.exit_code == 78
        assert "POTLUCK_MASTER_KEY" in ended.stderr
        assert key not in ended.output
