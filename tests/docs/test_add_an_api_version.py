"""The page about adding a version, done as it says: both versions beside each other."""

import json
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.docs.markdown import ROOT
from tests.docs.serving import potluck
from tests.docs.worked_example import Example, copy_of_the_repository, run
from tests.factories import PASSWORD

EXAMPLE = Example(ROOT / "docs/how-to/add-an-api-version.md", ROOT / "docs/how-to/version-code")
V1, V2 = "/api/v1", "/api/v2"
NEWS = "https://recipes.example.org/news/api-v2"
TABLE = {V1: {"since": "2027-01-01", "sunset": "2028-01-01", "link": NEWS}}
ADA = {"email": "ada@example.org", "password": PASSWORD, "display_name": "Ada"}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy with the version added."""
    copy = copy_of_the_repository(tmp_path_factory.mktemp("versions") / "repository")
    EXAMPLE.apply(copy)
    return copy


@pytest.fixture(scope="module")
def client(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    """Both versions served, the first one deprecated; Ada has signed up at the second."""
    settings = {"POTLUCK_DEPRECATIONS": json.dumps(TABLE)}
    folder = tmp_path_factory.mktemp("served")
    with (
        potluck(folder, settings, root=repository) as address,
        httpx2.Client(base_url=address) as client,
    ):
        made = client.post(f"{V2}/auth/signup", json=ADA)
        assert (made.status_code, made.headers["Location"]) == (201, f"{V2}/auth/me")
        form = {"username": ADA["email"], "password": PASSWORD}
        token = client.post(f"{V2}/auth/login", data=form).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


def document(client: httpx2.Client, prefix: str) -> Any:
    return client.get(f"{prefix}/openapi.json").raise_for_status().json()


def operation_ids(document: Any) -> list[str]:
    return [each["operationId"] for item in document["paths"].values() for each in item.values()]


def test_the_page_shows_the_files() -> None:
    written = EXAMPLE.written()
    shown = EXAMPLE.shown()
    assert {name: written[name] for name in shown} == shown
    assert {name for name, text in written.items() if text.strip()} == shown.keys()
    text = EXAMPLE.page.read_text("utf-8")
    assert [name for name in written if name not in text] == []


class TestServed:
    @pytest.mark.parametrize("prefix", [V1, V2])
    def test_location_is_that_of_the_version_that_was_called(
        self, client: httpx2.Client, prefix: str
    ) -> None:
        made = client.post(f"{prefix}/recipes", json={"title": "Apple cake"})
        assert made.headers["Location"] == f"{prefix}/recipes/{made.json()['id']}"
        assert client.get(made.headers["Location"]).json() == made.json()

    def test_the_contract_changed_in_the_new_version_alone(self, client: httpx2.Client) -> None:
        old = client.get(f"{V1}/recipes/search", params={"keyword": "none"})
        assert old.json() == {"items": [], "next_cursor": None, "corrected_keyword": None}
        new = client.get(f"{V2}/recipes/search", params={"q": "none"})
        assert new.json() == {"items": [], "searched_for": None}

    def test_m05_deprecation_is_told_below_the_old_version_alone(
        self, client: httpx2.Client
    ) -> None:
        for path in ("/recipes", "/recipes/none", "/nowhere"):
            old, new = client.get(V1 + path), client.get(V2 + path)
            assert old.status_code == new.status_code
            assert old.headers["Deprecation"] == "@1798761600"
            assert parsedate_to_datetime(old.headers["Sunset"]).year == 2028
            assert NEWS in old.headers["Link"]
            assert new.headers.keys() & {"deprecation", "sunset", "link"} == set()

    def test_refusals_below_the_new_version_are_problems_for_browsers_too(
        self, client: httpx2.Client
    ) -> None:
        answer = client.get(f"{V2}/nowhere", headers={"Accept": "text/html,*/*"})
        assert answer.headers["content-type"] == "application/problem+json"

    def test_each_has_its_own_page(self, client: httpx2.Client) -> None:
        for prefix in (V1, V2):
            assert f"{prefix}/openapi.json" in client.get(f"{prefix}/docs").text


class TestDocuments:
    def test_that_of_the_old_version_is_what_it_was(self, client: httpx2.Client) -> None:
        committed = (ROOT / "docs/reference/openapi.json").read_text("utf-8")
        assert document(client, V1) == json.loads(committed)

    def test_that_of_the_new_one_has_its_routes_and_the_same_plain_ids(
        self, client: httpx2.Client
    ) -> None:
        old, new = document(client, V1), document(client, V2)
        outside = {"/health/live", "/health/ready", "/.well-known/jwks.json"}
        assert {path for path in new["paths"] if not path.startswith(f"{V2}/")} == outside
        assert operation_ids(new) == operation_ids(old)
        assert len(set(operation_ids(new))) == len(operation_ids(new))

    def test_that_of_the_new_one_names_what_changed(self, client: httpx2.Client) -> None:
        new = document(client, V2)
        search = new["paths"][f"{V2}/recipes/search"]["get"]
        assert {each["name"] for each in search["parameters"]} >= {"q", "limit"}
        found = new["components"]["schemas"]["FoundRecipes"]
        assert found["properties"].keys() == {"items", "searched_for"}
        example = new["components"]["examples"]["FoundRecipes"]["value"]
        assert example.keys() == {"items", "searched_for"}

    def test_the_command_prints_either(self, repository: Path, client: httpx2.Client) -> None:
        printed = run(repository, "-m", "potluck", "openapi", "--number", "2")
        assert json.loads(printed) == document(client, V2)


def test_the_tests_of_the_page_and_the_contracts_pass(repository: Path) -> None:
    run(
        repository,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/api/api_v2/test_search.py",
    )
    run(repository, "-m", "importlinter.cli", "lint", "--no-cache")
