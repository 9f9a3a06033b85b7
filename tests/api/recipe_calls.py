"""What the tests of recipes do over and over: create one, read it, and look at a refusal."""

from typing import Any

import httpx2

from tests.conftest import API

URL = f"{API}/recipes"
Json = dict[str, Any]

READ_ONLY = (
    "id", "household_id", "author_id", "slug", "version", "revision", "imported_via", "created_at",
    "updated_at",
)  # fmt: skip


async def create(client: httpx2.AsyncClient, **members: Any) -> Json:
    """A new recipe as it was answered; called "Cake" unless `members` say otherwise."""
    answer = await client.post(URL, json={"title": "Cake"} | members)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


async def read(client: httpx2.AsyncClient, id: str) -> httpx2.Response:
    answer = await client.get(f"{URL}/{id}")
    assert answer.status_code == 200, answer.text
    return answer


async def etag(client: httpx2.AsyncClient, id: str) -> str:
    return (await read(client, id)).headers["ETag"]


async def patch(client: httpx2.AsyncClient, id: str, **members: Any) -> Json:
    """The recipe after a change of whatever is there."""
    answer = await client.patch(f"{URL}/{id}", json=members, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    changed: Json = answer.json()
    return changed


async def delete(client: httpx2.AsyncClient, id: str) -> None:
    answer = await client.delete(f"{URL}/{id}", headers={"If-Match": "*"})
    assert answer.status_code == 204, answer.text


def writable(recipe: Json) -> Json:
    """The members of an answered recipe that may be sent back."""
    return {name: value for name, value in recipe.items() if name not in READ_ONLY}


def refusal(answer: httpx2.Response) -> tuple[int, str]:
    """The status and the slug of a problem."""
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


def faults(answer: httpx2.Response) -> list[tuple[str, str]]:
    """Pointers and codes of a 422, sorted; a list with the slug alone for another answer."""
    if answer.status_code != 422:
        return [(str(answer.status_code), answer.text[:200])]
    return sorted((error["pointer"], error["code"]) for error in answer.json()["errors"])


async def all_pages(
    client: httpx2.AsyncClient, path: str, limit: int, **parameters: Any
) -> list[list[Json]]:
    """The items of every page of a list."""
    pages: list[list[Json]] = []
    cursor: dict[str, str] = {}
    while True:
        answer = await client.get(path, params={**parameters, "limit": limit, **cursor})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        pages.append(page["items"])
        if page["next_cursor"] is None:
            return pages
        cursor = {"cursor": page["next_cursor"]}


def line(**members: Any) -> Json:
    """The body of a recipe with one ingredient line."""
    return {"title": "Cake", "ingredient_groups": [{"lines": [members]}]}


def step(**members: Any) -> Json:
    """The body of a recipe with one step."""
    return {"title": "Cake", "sections": [{"steps": [{"text": "Mix."} | members]}]}


def one_line(recipe: Json) -> Json:
    found: Json = recipe["ingredient_groups"][0]["lines"][0]
    return found


#: Bodies by name, each with the one pointer and code under which it must be refused.
Refusals = dict[str, tuple[Json, tuple[str, str]]]


async def refused_otherwise(client: httpx2.AsyncClient, rows: Refusals) -> Json:
    """The rows of a table of bodies that are not refused as it says."""
    found = {name: faults(await client.post(URL, json=body)) for name, (body, _) in rows.items()}
    return {name: got for name, got in found.items() if got != [rows[name][1]]}


def total(seconds: int | None) -> Json:
    """Members of a recipe that takes so long."""
    return {"times": {"total": None if seconds is None else {"min_s": seconds}}}


async def titles(client: httpx2.AsyncClient, path: str = URL, **parameters: Any) -> list[str]:
    """The titles on the first page of a list, by title unless `parameters` say otherwise."""
    answer = await client.get(path, params={"sort": "title"} | parameters)
    assert answer.status_code == 200, answer.text
    return [item["title"] for item in answer.json()["items"]]


async def some(client: httpx2.AsyncClient, *names: str, **members: Any) -> None:
    """Recipes of these names."""
    for name in names:
        await create(client, title=name, **members)
