"""Where a household shows itself: the channels that tests probe after somebody lost it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2

from tests.api.recipe_calls import URL, create
from tests.conftest import API
from tests.sent_pictures import put_cover

Json = dict[str, Any]
WORD = "zwetschgendatschi"


@dataclass(frozen=True)
class Marked:
    """A recipe of a household that can be recognised wherever it shows."""

    household_id: UUID
    recipe_id: str
    picture: str
    """The path of its picture."""


async def mark(client: httpx2.AsyncClient, household_id: UUID, **members: Any) -> Marked:
    """A recipe with a picture and a tag, of the household."""
    made = await create(
        client, title=WORD, tags=[{"name": WORD}], household_id=str(household_id), **members
    )
    covered = await put_cover(client, made["id"])
    assert covered.status_code == 200, covered.text
    path = "/media/" + covered.json()["image_url"].partition("/media/")[2]
    return Marked(household_id, made["id"], path)


def channels(marked: Marked) -> dict[str, tuple[str, str, Json]]:
    """Name, method, path and options of everything through which it shows or can be changed."""
    household = f"{API}/households/{marked.household_id}"
    recipe = f"{URL}/{marked.recipe_id}"
    anything = {"If-Match": "*"}
    new = {"title": WORD, "household_id": str(marked.household_id)}
    since = {"updated_since": "2026-01-01T00:00:00Z"}
    return {
        "recipe": ("GET", recipe, {}),
        "list": ("GET", URL, {}),
        "feed of changes": ("GET", URL, {"params": since}),
        "by id": ("GET", URL, {"params": {"ids": marked.recipe_id}}),
        "search": ("GET", f"{URL}/search", {"params": {"keyword": WORD}}),
        "history": ("GET", f"{recipe}/revisions", {}),
        "picture": ("GET", marked.picture, {}),
        "tags": ("GET", f"{API}/tags", {}),
        "household": ("GET", household, {}),
        "members": ("GET", f"{household}/members", {}),
        "change": ("PATCH", recipe, {"json": {"summary": WORD}, "headers": anything}),
        "create": ("POST", URL, {"json": new}),
        "my households": ("GET", f"{API}/households", {}),
    }


async def shown(client: httpx2.AsyncClient, marked: Marked) -> set[str]:
    """The channels that show the household or its recipe, or let them be changed."""
    found = set()
    for name, (method, path, options) in channels(marked).items():
        answer = await client.request(method, path, **options)
        is_there = answer.status_code < 300 and (
            name == "picture" or WORD in answer.text or str(marked.household_id) in answer.text
            or (name in {"members", "history"} and bool(answer.json()["items"]))
        )  # fmt: skip
        assert answer.status_code in {200, 201, 403, 404, 422}, (name, answer.text)
        if is_there:
            found.add(name)
    return found
