"""What the tests of tags do over and over."""

from typing import Any

import httpx2

from tests.conftest import API

URL = f"{API}/tags"
RECIPES = f"{API}/recipes"
ANY = {"If-Match": "*"}


async def make(client: httpx2.AsyncClient, **body: object) -> dict[str, Any]:
    """A tag, made through HTTP."""
    answer = await client.post(URL, json={"name": "Soup"} | body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def cook(client: httpx2.AsyncClient, *tags: object) -> dict[str, Any]:
    """A recipe with these tags."""
    answer = await client.post(RECIPES, json={"title": "Borscht", "tags": tags})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made
