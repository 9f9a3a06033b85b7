"""The loop that the page shows, over a connection that loses answers."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest

from tests.conftest import API
from tests.docs.markdown import ROOT, blocks
from tests.docs.serving import potluck
from tests.factories import PASSWORD

PAGE = ROOT / "docs/how-to/repeat-a-post.md"


class Losing(httpx2.HTTPTransport):
    """Delivers every request, and loses as many answers as it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.to_lose = 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = super().handle_request(request)
        if self.to_lose:
            self.to_lose -= 1
            answer.close()
            raise httpx2.ReadError("The connection broke.", request=request)
        return answer


@pytest.fixture
def wire() -> Losing:
    return Losing()


@pytest.fixture
def api(tmp_path: Path, wire: Losing) -> Iterator[httpx2.Client]:
    """Somebody who signed up and in."""
    with (
        potluck(tmp_path, {"POTLUCK_INSECURE_LOCAL_HTTP": "true"}) as address,
        httpx2.Client(base_url=address + API, transport=wire) as client,
    ):
        who = {"email": "ada@example.org", "password": PASSWORD}
        client.post("/auth/signup", json=who | {"display_name": "Ada"}).raise_for_status()
        form = {"username": who["email"], "password": PASSWORD}
        token = client.post("/auth/login", data=form).raise_for_status().json()
        client.headers["Authorization"] = f"Bearer {token['access_token']}"
        yield client


def test_m04_a_recipe_whose_answers_were_lost_is_there_once(
    api: httpx2.Client, wire: Losing
) -> None:
    (block,) = [block for block in blocks(PAGE) if block.language == "python"]
    names: dict[str, Any] = {}
    exec(block.text, names)  # noqa: S102 - our own page
    waits: list[int] = []
    names["time"] = SimpleNamespace(sleep=waits.append)

    wire.to_lose = 2
    answer = names["post"](api, "/recipes", {"title": "Cake"})

    assert (answer.status_code, answer.headers["Idempotency-Replayed"]) == (201, "true")
    assert waits == [1, 2]
    assert [item["title"] for item in api.get("/recipes").json()["items"]] == ["Cake"]
