"""The table of queries through HTTP, on both engines."""

from datetime import timedelta

import httpx2
import pytest

from potluck.models import User
from tests.api.recipe_calls import URL, create
from tests.conftest import As
from tests.doubles import FakeClock
from tests.factories import Make
from tests.search_corpus import RECIPES
from tests.search_table import ROWS


@pytest.fixture
async def reader(as_: As, make_user: Make[User], clock: FakeClock) -> httpx2.AsyncClient:
    """Somebody whose household has all recipes of the corpus, each a second after the last."""
    client = await as_(await make_user())
    for body in RECIPES:
        clock.advance(timedelta(seconds=1))
        await create(client, **body)
    return client


async def test_every_query_finds_what_the_table_says(reader: httpx2.AsyncClient) -> None:
    wrong = {}
    for row in ROWS:
        answer = await reader.get(f"{URL}/search", params={"keyword": row.query})
        assert answer.status_code == 200, row
        page = answer.json()
        titles = [item["title"] for item in page["items"]]
        if not row.is_answered_by(titles) or page["corrected_keyword"] != row.corrected:
            wrong[str(row)] = (titles, page["corrected_keyword"])
    assert wrong == {}
    assert len(ROWS) >= 100


async def test_a_list_finds_the_same_without_forgiving_a_slip(reader: httpx2.AsyncClient) -> None:
    wrong = {}
    for row in ROWS:
        answer = await reader.get(URL, params={"q": row.query, "limit": 100})
        titles = {item["title"] for item in answer.json()["items"]}
        if titles != (set() if row.corrected else set(row.titles)):
            wrong[str(row)] = titles
    assert wrong == {}
