"""compose.yaml brings up a database, migrates it once and serves, without a secret in sight."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from potluck.core.config import Settings
from tests.deploy import plain_yaml

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return plain_yaml.read(ROOT / "compose.yaml")


class TestPlainYaml:
    @pytest.mark.parametrize(
        ("text", "document"),
        [
            ("a: b # why\n", {"a": "b"}),
            ('a:\n  - "x:y"\n  - z\n', {"a": ["x:y", "z"]}),
            ('a: ["b", "c"]\n', {"a": ["b", "c"]}),
            ("a: &x\n  b: c\nd:\n  <<: *x\n  e: f\n", {"a": {"b": "c"}, "d": {"b": "c", "e": "f"}}),
            ("a:\nb: c\n", {"a": None, "b": "c"}),
        ],
    )
    def test_reads(self, tmp_path: Path, text: str, document: object) -> None:
        (tmp_path / "x.yaml").write_text(text)
        assert plain_yaml.read(tmp_path / "x.yaml") == document

    @pytest.mark.parametrize(
        "text", ["a: {b: c}\n", "a: |\n  b\n", "\ta: b\n", "a: b\na: c\n", "a\n"]
    )
    def test_refuses_what_it_does_not_know(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "x.yaml").write_text(text)
        with pytest.raises(ValueError, match=r"\w"):
            plain_yaml.read(tmp_path / "x.yaml")


class TestServices:
    def test_the_schema_is_changed_once_before_anything_serves(
        self, compose: dict[str, Any]
    ) -> None:
        services = compose["services"]
        assert services["migrate"]["command"] == ["migrate"]
        assert services["migrate"]["restart"] == "no"
        assert services["migrate"]["depends_on"] == {"db": {"condition": "service_healthy"}}
        assert services["app"]["command"] == ["serve"]
        assert services["app"]["depends_on"] == {
            "db": {"condition": "service_healthy"},
            "migrate": {"condition": "service_completed_successfully"},
        }

    def test_only_the_app_is_reachable_and_only_from_this_machine(
        self, compose: dict[str, Any]
    ) -> None:
        published = {
            name: service["ports"]
            for name, service in compose["services"].items()
            if "ports" in service
        }
        assert published == {"app": ["${PUBLISH:-127.0.0.1:8000}:8000"]}

    @pytest.mark.parametrize("name", ["app", "migrate"])
    def test_potluck_can_write_its_volume_and_nothing_else(
        self, compose: dict[str, Any], name: str
    ) -> None:
        service = compose["services"][name]
        assert service["read_only"] == "true"
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["volumes"] == ["data:/data"]

    def test_docker_waits_longer_than_potluck_drains(self, compose: dict[str, Any]) -> None:
        server = Settings().server
        grace_s = int(compose["services"]["app"]["stop_grace_period"].removesuffix("s"))
        assert grace_s > server.drain_s + server.shutdown_s

    def test_every_volume_that_is_mounted_is_declared(self, compose: dict[str, Any]) -> None:
        mounted = {
            volume.split(":")[0]
            for service in compose["services"].values()
            for volume in service["volumes"]
        }
        assert mounted == set(compose["volumes"])


class TestSecrets:
    def test_no_environment_holds_one(self, compose: dict[str, Any]) -> None:
        named = {
            name
            for service in compose["services"].values()
            for name in service["environment"]
            if re.search(r"PASSWORD|SECRET|KEY|DATABASE", name)
        }
        assert named == {"POSTGRES_PASSWORD_FILE", "POTLUCK_SECRETS_DIR"}

    def test_every_secret_is_a_file_that_git_ignores(self, compose: dict[str, Any]) -> None:
        used = {name for service in compose["services"].values() for name in service["secrets"]}
        files = {name: secret["file"] for name, secret in compose["secrets"].items()}
        assert used == set(files)
        ignored = subprocess.run(
            ["git", "check-ignore", "--no-index", *files.values()],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        assert ignored.stdout.splitlines() == list(files.values())

    def test_they_are_made_at_random_and_never_overwritten(
        self, tmp_path: Path, compose: dict[str, Any]
    ) -> None:
        folder = tmp_path / "secrets"
        command = [ROOT / "deploy" / "make-secrets.sh", folder]
        subprocess.run(command, check=True, capture_output=True)
        made = {file.name: file.read_text() for file in folder.iterdir()}
        password = made["postgres_password"]
        assert re.fullmatch("[0-9a-f]{64}", password)
        assert made["database_url"] == f"postgresql://potluck:{password}@db:5432/potluck"
        assert folder.stat().st_mode & 0o777 == 0o700
        wanted = {Path(secret["file"]).name for secret in compose["secrets"].values()}
        assert set(made) == wanted
        subprocess.run(command, check=True, capture_output=True)
        assert (folder / "postgres_password").read_text() == password
