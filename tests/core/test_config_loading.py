"""Where settings come from, which source wins, and what is said about mistakes."""

import os
from pathlib import Path

import pytest

from potluck.core import config_loading
from potluck.core.config import Settings
from potluck.core.config_error import ConfigError
from potluck.core.database_url import FORMS

CANARY = "hunter2"
#: Random once; as good a key as any, and nobody's.
KEY = "q3J8vT0mZr5xLk9wYb2hNc7dFs4gPe6uAi1oXtRzVjQ"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, and an environment without settings."""
    for name in [name for name in os.environ if name.startswith("POTLUCK_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def secrets(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of secret files that the settings are read from."""
    path = folder / "secrets"
    path.mkdir()
    monkeypatch.setenv("POTLUCK_SECRETS_DIR", str(path))
    return path


def problems_of() -> list[str]:
    with pytest.raises(ConfigError) as refusal:
        config_loading.load()
    assert CANARY not in str(refusal.value)
    assert CANARY not in repr(refusal.value)
    return refusal.value.problems


class TestSources:
    def test_nothing_needs_to_be_said(self) -> None:
        assert config_loading.load().model_dump() == Settings().model_dump()

    def test_names_have_the_prefix_and_two_underscores_for_groups(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("POTLUCK_DATA_DIR", "/kitchen")
        monkeypatch.setenv("POTLUCK_SERVER__PORT", "9000")
        settings = config_loading.load()
        assert (settings.data_dir, settings.server.port) == (Path("/kitchen"), 9000)

    def test_letter_case_does_not_count(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("potluck_server__port", "9000")
        assert config_loading.load().server.port == 9000

    def test_a_list_is_separated_by_commas(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("POTLUCK_FETCH__ALLOW", "NAS.home:8080, 127.0.0.1:9000")
        assert config_loading.load().fetch.allow == ["nas.home:8080", "127.0.0.1:9000"]

    def test_dotenv_is_read_from_the_working_folder(self, folder: Path) -> None:
        (folder / ".env").write_text("# ours\nexport POTLUCK_SERVER__PORT='9000'\nOTHERS=1\n")
        assert config_loading.load().server.port == 9000

    def test_another_dotenv_can_be_named(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (folder / "elsewhere").write_text("POTLUCK_SERVER__PORT=9000\n")
        monkeypatch.setenv("POTLUCK_ENV_FILE", "elsewhere")
        assert config_loading.load().server.port == 9000

    def test_a_file_per_secret(self, secrets: Path) -> None:
        (secrets / "POTLUCK_DATABASE__URL").write_text("postgresql://u:p%40ss@host/db\n")
        (secrets / "somebody_else").write_text("x")
        assert config_loading.load().database_url.password == "p@ss"

    def test_later_sources_win_and_groups_are_put_together(
        self, folder: Path, secrets: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        names = ["DRAIN_S", "SHUTDOWN_S", "WORKERS", "PORT"]
        lines = [f"POTLUCK_SERVER__{name}=1\n" for name in names]
        (folder / ".env").write_text("".join(lines))
        for name in names[1:]:
            (secrets / f"POTLUCK_SERVER__{name}").write_text("2")
        for name in names[2:]:
            monkeypatch.setenv(f"POTLUCK_SERVER__{name}", "3")

        settings, sources = config_loading.load_with_sources({"server": {"port": 4, "host": None}})

        server = settings.server
        assert (server.drain_s, server.shutdown_s, server.workers, server.port) == (1, 2, 3, 4)
        assert [sources[f"POTLUCK_SERVER__{name}"] for name in [*names, "HOST"]] == [
            ".env",
            str(secrets),
            "environment",
            "flag",
            "default",
        ]


class TestMistakes:
    def test_all_are_told_at_once_whatever_their_source(
        self, folder: Path, secrets: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (folder / ".env").write_text("POTLUCK_SERVER__PROT=1\nPOTLUCK_SERVER__PORT=99999\n")
        (secrets / "POTLUCK_MASTERKEY").write_text(CANARY)
        monkeypatch.setenv("POTLUCK_DATABASE", f'{{"url": "{CANARY}"')
        monkeypatch.setenv("POTLUCK_DATABASE__URL", f"mysql://cook:{CANARY}@host/db")
        monkeypatch.setenv("POTLUCK_SIGNUP__MODE", CANARY)
        assert sorted(problems_of()) == [
            "POTLUCK_DATABASE in the environment is not a setting",
            f"POTLUCK_DATABASE__URL: the scheme is neither sqlite nor postgresql; {FORMS}",
            f"POTLUCK_MASTERKEY in {secrets} is not a setting",
            "POTLUCK_SERVER__PORT: Input should be less than or equal to 65535",
            "POTLUCK_SERVER__PROT in .env is not a setting",
            "POTLUCK_SIGNUP__MODE: Input should be 'open', 'invite' or 'closed'",
        ]

    def test_names_that_only_steer_the_scripts_are_not_ours(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("POTLUCK_VENV", "/somewhere")
        config_loading.load()

    @pytest.mark.parametrize("value", ["1", '"x"', f'{{"engine": "{CANARY}"}}', "[]", "null", ""])
    def test_a_database_is_never_given_as_json(
        self, value: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("POTLUCK_DATABASE__URL", value)
        (problem,) = problems_of()
        assert problem.startswith("POTLUCK_DATABASE__URL: this is not a URL; use sqlite:///")

    def test_a_member_of_a_list_is_told_by_the_name_of_the_list(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("POTLUCK_CORS__ORIGINS", f"https://a.example,https://{CANARY}/path")
        assert problems_of() == [
            "POTLUCK_CORS__ORIGINS: use exact origins like https://app.example.org, without a path"
        ]

    def test_settings_that_disagree_are_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("POTLUCK_MASTER_KEY", KEY)
        monkeypatch.setenv("POTLUCK_MASTER_KEY_FILE", "/run/key")
        assert problems_of() == ["the settings: give master_key or master_key_file, not both"]

    def test_a_line_of_dotenv_without_an_equals_sign_is_not_passed_over(self, folder: Path) -> None:
        (folder / ".env").write_text(f"OTHER: x\n\nPOTLUCK_MASTER_KEY: {CANARY}\n")
        assert "line 3 of .env is not NAME=value" in problems_of()

    @pytest.mark.parametrize("name", ["POTLUCK_SECRETS_DIR", "POTLUCK_ENV_FILE"])
    def test_dotenv_cannot_name_other_sources(self, name: str, folder: Path) -> None:
        (folder / ".env").write_text(f"{name}=elsewhere\n")
        assert problems_of() == [f"{name} in .env is not a setting"]

    def test_files_that_are_no_text_are_refused(self, folder: Path, secrets: Path) -> None:
        (folder / ".env").write_bytes(b"POTLUCK_MASTER_KEY=\xff" + CANARY.encode())
        (secrets / "POTLUCK_MASTER_KEY").write_bytes(b"\xff" + CANARY.encode())
        assert sorted(problems_of()) == [".env cannot be read", f"{secrets} cannot be read"]

    def test_a_folder_of_secrets_that_is_not_there_is_refused(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("POTLUCK_SECRETS_DIR", "nowhere")
        assert problems_of() == ["nowhere cannot be read"]


class TestEffective:
    def test_each_setting_has_a_value_and_secrets_have_none(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("POTLUCK_MASTER_KEY", KEY)
        monkeypatch.setenv("POTLUCK_DATABASE__URL", f"postgresql://cook:{CANARY}@host/db")
        monkeypatch.setenv("POTLUCK_CORS__ORIGINS", "https://a.example,https://b.example")
        values = config_loading.effective(config_loading.load())
        assert list(values) == [known.name for known in config_loading.known_settings()]
        assert values["POTLUCK_MASTER_KEY"] == "***"
        assert values["POTLUCK_DATABASE__URL"] == "postgresql://cook:***@host/db"
        assert values["POTLUCK_CORS__ORIGINS"] == "https://a.example,https://b.example"
        assert values["POTLUCK_BASE_URL"] == "http://127.0.0.1:8000"

    def test_every_setting_says_what_it_is(self) -> None:
        assert [each.name for each in config_loading.known_settings() if not each.description] == []


class TestTables:
    TABLE = '{"/api/v1":{"since":"2027-01-01T00:00:00Z","sunset":null,"link":"https://a.example/"}}'

    def test_a_table_is_written_and_shown_as_json(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("POTLUCK_DEPRECATIONS", self.TABLE)
        settings = config_loading.load()
        assert settings.deprecations["/api/v1"].link == "https://a.example/"
        assert config_loading.effective(settings)["POTLUCK_DEPRECATIONS"] == self.TABLE

    def test_what_is_no_json_is_one_problem_among_the_others(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("POTLUCK_DEPRECATIONS", f"{{{CANARY}")
        monkeypatch.setenv("POTLUCK_DOCS", "perhaps")
        found = problems_of()
        assert "POTLUCK_DEPRECATIONS: write it as a JSON object" in found
        assert len(found) == 2
