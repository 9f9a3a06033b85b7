"""The page about adding a resource, done as it says."""

from pathlib import Path

import httpx2
import pytest

from tests.docs.markdown import ROOT
from tests.docs.serving import potluck
from tests.docs.worked_example import Example, copy_of_the_repository, run

EXAMPLE = Example(ROOT / "docs/how-to/add-a-resource.md", ROOT / "docs/how-to/code")
VERSIONS = Path("potluck/alembic/versions")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy with the resource added and its migration drafted."""
    copy = copy_of_the_repository(tmp_path_factory.mktemp("cookbooks") / "repository")
    url = {"POTLUCK_DATABASE__URL": f"sqlite:///{copy / 'draft.db'}"}
    run(copy, "-m", "alembic", "upgrade", "head", **url)
    EXAMPLE.apply(copy)
    run(copy, "-m", "alembic", "revision", "--autogenerate", "-m", "add cookbooks", **url)
    run(copy, "-m", "alembic", "upgrade", "head", **url)
    run(copy, "-m", "alembic", "check", **url)
    return copy


def test_the_page_shows_the_files() -> None:
    written = EXAMPLE.written()
    shown = EXAMPLE.shown()
    assert shown
    assert {name: written[name] for name in shown} == shown


def test_the_page_names_every_file() -> None:
    text = EXAMPLE.page.read_text("utf-8")
    assert [name for name in EXAMPLE.written() if name not in text] == []


def test_the_migration_makes_one_table_and_nothing_else(repository: Path) -> None:
    drafted = {path.name for path in (repository / VERSIONS).glob("*.py")}
    [name] = drafted - {path.name for path in (ROOT / VERSIONS).glob("*.py")}

    script = (repository / VERSIONS / name).read_text().replace("'", '"')

    assert script.count("op.create_table(") == 1
    assert script.count("drop_table(") == script.count('op.drop_table("cookbook")') == 1
    assert "_column(" not in script


def test_the_resource_serves(repository: Path, tmp_path: Path) -> None:
    with (
        potluck(tmp_path, {}, root=repository) as address,
        httpx2.Client(base_url=address) as client,
    ):
        sign_in(client)
        answer = client.post("/api/v1/cookbooks", json={"name": "Soups"})
        made, url = answer.json(), answer.headers["Location"]
        assert (answer.status_code, made["name"]) == (201, "Soups")
        assert client.get("/api/v1/cookbooks").json()["items"] == [made]
        assert client.get(url).json() == made

        fresh = {"If-Match": answer.headers["ETag"]}
        answer = client.patch(url, json={"name": "Broths"}, headers=fresh)
        assert (answer.status_code, answer.json()["name"]) == (200, "Broths")
        assert client.delete(url, headers=fresh).status_code == 412
        fresh = {"If-Match": answer.headers["ETag"]}
        assert client.delete(url, headers=fresh).status_code == 204
        assert client.get(url).status_code == 404


def test_its_tests_and_the_house_rules_pass(repository: Path) -> None:
    run(
        repository,
        *("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"),
        *("tests/api/api_v1/test_cookbooks.py", "tests/architecture/test_rules.py"),
    )


def test_the_contracts_hold(repository: Path) -> None:
    run(repository, "-m", "importlinter.cli", "lint", "--no-cache")


def sign_in(client: httpx2.Client) -> None:
    """Make an account and use its token from here on."""
    account = {"email": "ada@example.org", "password": "correct horse battery staple"}
    answer = client.post("/api/v1/auth/signup", json=account | {"display_name": "Ada"})
    assert answer.status_code == 201
    form = {"username": account["email"], "password": account["password"]}
    token = client.post("/api/v1/auth/login", data=form).json()["access_token"]
    client.headers["Authorization"] = f"Bearer {token}"
