"""The way to keep a copy in step, as the page shows it, against a Potluck of its own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.conftest import API
from tests.docs.markdown import ROOT, blocks
from tests.docs.serving import potluck
from tests.factories import PASSWORD

PAGE = ROOT / "docs/how-to/sync-a-client.md"


def shown() -> Any:
    """The function that the page shows."""
    (block,) = [block for block in blocks(PAGE) if block.language == "python"]
    names: dict[str, Any] = {}
    exec(block.text, names)  # noqa: S102 - our own page
    return names["sync"]


@pytest.fixture
def api(tmp_path: Path) -> Iterator[httpx2.Client]:
    """Somebody who signed up and in."""
    with (
        potluck(tmp_path, {"POTLUCK_INSECURE_LOCAL_HTTP": "true"}) as address,
        httpx2.Client(base_url=address + API) as client,
    ):
        who = {"email": "ada@example.org", "password": PASSWORD}
        client.post("/auth/signup", json=who | {"display_name": "Ada"}).raise_for_status()
        form = {"username": who["email"], "password": PASSWORD}
        token = client.post("/auth/login", data=form).raise_for_status().json()
        client.headers["Authorization"] = f"Bearer {token['access_token']}"
        yield client


def test_a_copy_follows_what_is_made_changed_and_deleted(api: httpx2.Client) -> None:
    sync, copy = shown(), {}  # type: ignore[var-annotated]
    soup, pie = (api.post("/recipes", json={"title": name}).json() for name in ("Soup", "Pie"))
    since = sync(api, copy)
    assert {id: recipe["title"] for id, recipe in copy.items()} == {
        soup["id"]: "Soup",
        pie["id"]: "Pie",
    }

    known = {"If-Match": "*"}
    api.delete(f"/recipes/{soup['id']}", headers=known).raise_for_status()
    api.patch(f"/recipes/{pie['id']}", json={"title": "Tart"}, headers=known).raise_for_status()
    since = sync(api, copy, since)

    assert {id: recipe["title"] for id, recipe in copy.items()} == {pie["id"]: "Tart"}
    assert sync(api, copy, since) == since == copy[pie["id"]]["updated_at"]
