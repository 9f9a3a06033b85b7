"""M-01: every refusal of the contract is provoked through HTTP, and its type leads to a page."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from potluck.models import User
from potluck.resources import Resources
from tests.api import contract
from tests.api.provocations import JSON, ROWS, Kitchen
from tests.api.recipe_calls import URL, create, delete
from tests.conftest import ORIGIN, As, Override
from tests.doubles import FakeFetcher
from tests.factories import Factories

HEADERS = {
    "unauthenticated": {"WWW-Authenticate": "Bearer"},
    "invalid-token": {"WWW-Authenticate": 'Bearer error="invalid_token"'},
    "invalid-credentials": {"WWW-Authenticate": "Bearer"},
    "insufficient-scope": {"WWW-Authenticate": 'Bearer error="insufficient_scope"'},
    "method-not-allowed": {"Allow": "GET, HEAD, POST"},
    "unavailable": {"Retry-After": "1"},
    "idempotency-key-in-use": {"Retry-After": "1"},
    "not-ready": {"Retry-After": "1"},
    "storage-full": {"Retry-After": "60"},
}
#: What a client does below HTTP's words: `test_edge/test_raw_requests.py` has them.
OVER_A_SOCKET = {"request-timeout", "unknown-method"}
MEMBERS = {"type", "title", "status", "detail", "instance", "request_id"}


@pytest.fixture
async def kitchen(
    ada: User, as_ada: httpx2.AsyncClient, client: httpx2.AsyncClient, app: FastAPI,
    resources: Resources, factories: Factories, fetcher: FakeFetcher, as_: As, override: Override,
) -> AsyncIterator[Kitchen]:  # fmt: skip
    yield Kitchen(ada, as_ada, client, app, resources, factories, fetcher, as_, override)
    app.state.resources = resources


def test_m01_every_slug_has_a_row() -> None:
    assert ROWS.keys() | OVER_A_SOCKET == contract.SLUGS.keys()


@pytest.mark.parametrize("slug", [slug for slug in contract.SLUGS if slug not in OVER_A_SOCKET])
async def test_m01_is_a_problem_document_of_the_contract(kitchen: Kitchen, slug: str) -> None:
    answer = await ROWS[slug](kitchen)

    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (answer.status_code, problem["status"]) == (contract.SLUGS[slug],) * 2
    assert problem["type"] == f"{ORIGIN}/problems/{slug}"
    assert problem.keys() == MEMBERS | kitchen.expected.keys()
    assert {name: problem[name] for name in kitchen.expected} == kitchen.expected
    path, _, _ = answer.request.url.raw_path.partition(b"?")
    assert problem["instance"] == path.decode()
    assert problem["request_id"] == answer.headers["X-Request-ID"]
    assert problem["detail"].strip()
    assert "secret of the inside" not in answer.text
    for name, value in HEADERS.get(slug, {}).items():
        assert answer.headers[name] == value
    assert ("WWW-Authenticate" in answer.headers) == (
        answer.status_code == 401 or slug in {"insufficient-scope", "reauth-required"}
    )


@pytest.mark.parametrize("slug", contract.SLUGS)
async def test_m01_its_type_is_the_address_of_a_page(client: httpx2.AsyncClient, slug: str) -> None:
    answer = await client.get(f"/problems/{slug}", headers={"Accept": "text/html"})
    assert (answer.status_code, slug in answer.text) == (200, True)
    assert answer.headers["Content-Type"].startswith("text/html")


async def test_neither_pointer_nor_detail_repeats_what_was_sent(as_ada: httpx2.AsyncClient) -> None:
    marker = "zebra-4711"
    made = await create(as_ada)
    await delete(as_ada, made["id"])
    bodies: list[Any] = [
        {"title": marker, "status": marker, "visibility": marker, "image_url": marker},
        {"title": "x", "tags": [{"name": "x", "kind": marker}], "yields": {"servings": marker}},
        {"title": "x", "times": {"cook": marker}, "language": f"{marker}!", "notes": marker},
        marker,
    ]
    for body in bodies:
        answer = await as_ada.post(URL, content=json.dumps(body).encode(), headers=JSON)
        assert answer.status_code == 422
        assert marker not in answer.text
    answer = await as_ada.get(URL, params={"sort": marker, "author_id": marker, "cursor": marker})
    assert answer.status_code == 422
    assert marker not in answer.text
