"""Taking a recipe from a page, through HTTP."""

from uuid import UUID

import httpx2
import pytest

from potluck.core.errors import FetchRefused, FetchTooLarge, FetchTooSlow, NotAPage, PageProblem
from potluck.models import User
from tests.conftest import API, As, gather
from tests.doubles import FakeFetcher
from tests.factories import Make

ADDRESS = "https://kitchen.example/lentil-soup"
PAGE = """<!doctype html><html lang="en"><head><title>Lentil soup</title>
<link rel="canonical" href="https://kitchen.example/lentil-soup">
<script type="application/ld+json">{"@context": "https://schema.org", "@type": "Recipe",
"name": "Lentil soup", "author": {"@type": "Person", "name": "Mira"}, "recipeYield": "4 servings",
"prepTime": "PT10M", "cookTime": "PT35M", "keywords": "soup, winter",
"recipeIngredient": ["250 g red lentils", "1 onion, chopped", "Salt"],
"recipeInstructions": [{"@type": "HowToStep", "text": "Soften the onion."},
{"@type": "HowToStep", "text": "Add the lentils and simmer for 30 minutes."}]}</script>
</head><body><h1>Lentil soup</h1></body></html>"""


def lines_of(recipe: dict[str, object]) -> list[str]:
    groups = recipe["ingredient_groups"]
    assert isinstance(groups, list)
    return [line["original_text"] for group in groups for line in group["lines"]]


@pytest.fixture
async def cook(as_: As, make_user: Make[User], fetcher: FakeFetcher) -> httpx2.AsyncClient:
    """Somebody signed in, and a page of a recipe on the web."""
    fetcher.pages[ADDRESS] = PAGE
    return await as_(await make_user())


class TestFromAnAddress:
    async def test_saves_what_the_page_tells(self, cook: httpx2.AsyncClient) -> None:
        answer = await cook.post(f"{API}/recipes/import", json={"url": ADDRESS})

        assert answer.status_code == 201, answer.text
        result = answer.json()
        recipe = result["recipe"]
        assert answer.headers["Location"] == f"{API}/recipes/{recipe['id']}"
        read = await cook.get(answer.headers["Location"])
        assert read.json() == recipe
        assert read.headers["ETag"] == answer.headers["ETag"]
        assert (recipe["title"], recipe["imported_via"]) == ("Lentil soup", "url")
        assert lines_of(recipe) == ["250 g red lentils", "1 onion, chopped", "Salt"]
        assert [step["text"] for step in recipe["sections"][0]["steps"]] == [
            "Soften the onion.",
            "Add the lentils and simmer for 30 minutes.",
        ]
        assert recipe["yields"]["servings"] == {"n": 4, "d": 1}
        assert (recipe["times"]["prep"]["min_s"], recipe["times"]["cook"]["max_s"]) == (600, 2100)
        assert recipe["source"]["author"] == "Mira"
        assert recipe["source"]["url_original"] == ADDRESS
        assert (result["method"], result["url_fetched"]) == ("json-ld", ADDRESS)
        assert result["url_canonical"] == ADDRESS
        assert result["duplicate_of"] is None

    async def test_is_kept_as_the_first_revision(self, cook: httpx2.AsyncClient) -> None:
        answer = await cook.post(f"{API}/recipes/import", json={"url": ADDRESS})

        revisions = await cook.get(f"{answer.headers['Location']}/revisions")
        assert [(each["number"], each["reason"]) for each in revisions.json()["items"]] == [
            (1, "import")
        ]

    async def test_the_page_is_asked_for_by_the_person(
        self, as_: As, make_user: Make[User], fetcher: FakeFetcher
    ) -> None:
        fetcher.pages[ADDRESS] = PAGE
        user = await make_user()

        await (await as_(user)).post(f"{API}/recipes/import", json={"url": ADDRESS})

        assert fetcher.asked == [(ADDRESS, str(user.id))]


class TestFromHtml:
    async def test_nothing_is_fetched(self, cook: httpx2.AsyncClient, fetcher: FakeFetcher) -> None:
        answer = await cook.post(f"{API}/recipes/import", json={"html": PAGE})

        assert answer.status_code == 201
        result = answer.json()
        assert (result["url_fetched"], result["recipe"]["imported_via"]) == (None, "html")
        assert result["recipe"]["source"]["url_original"] is None
        assert fetcher.asked == []

    async def test_the_address_beside_it_is_kept(self, cook: httpx2.AsyncClient) -> None:
        body = {"html": PAGE, "url": "https://kitchen.example/lentil-soup?print=1"}

        answer = await cook.post(f"{API}/recipes/import", json=body)

        assert answer.json()["recipe"]["source"]["url_original"] == body["url"]

    async def test_a_page_without_a_recipe_says_what_to_do(self, cook: httpx2.AsyncClient) -> None:
        answer = await cook.post(f"{API}/recipes/import", json={"html": "<p>Opening hours</p>"})

        assert answer.status_code == 422
        problem = answer.json()
        assert problem["type"].endswith("/problems/no-recipe-found")
        assert problem["next_step"] == (
            "Check that the page shows one recipe, or type the recipe in."
        )

    async def test_without_any_source_it_is_refused(self, cook: httpx2.AsyncClient) -> None:
        answer = await cook.post(f"{API}/recipes/import", json={})

        assert answer.status_code == 422
        assert [error["code"] for error in answer.json()["errors"]] == ["no_source"]


class TestDryRun:
    async def test_shows_what_would_be_saved_and_stores_nothing(
        self, cook: httpx2.AsyncClient
    ) -> None:
        answer = await cook.post(f"{API}/recipes/import?dry_run=true", json={"url": ADDRESS})

        assert answer.status_code == 200
        result = answer.json()
        assert result["recipe"] is None
        assert lines_of(result["draft"]) == ["250 g red lentils", "1 onion, chopped", "Salt"]
        assert (await cook.get(f"{API}/recipes")).json()["items"] == []

    async def test_its_draft_can_be_posted_as_a_recipe(self, cook: httpx2.AsyncClient) -> None:
        dry = await cook.post(f"{API}/recipes/import?dry_run=true", json={"url": ADDRESS})

        answer = await cook.post(f"{API}/recipes", json=dry.json()["draft"])

        assert answer.status_code == 201, answer.text
        assert lines_of(answer.json()) == lines_of(dry.json()["draft"])

    async def test_names_the_recipe_that_is_there_already(self, cook: httpx2.AsyncClient) -> None:
        first = await cook.post(f"{API}/recipes/import", json={"url": ADDRESS})

        answer = await cook.post(f"{API}/recipes/import?dry_run=true", json={"url": ADDRESS})

        assert answer.status_code == 200
        assert answer.json()["duplicate_of"] == first.json()["recipe"]["id"]


class TestTwice:
    async def test_the_same_page_again_is_a_conflict(self, cook: httpx2.AsyncClient) -> None:
        first = (await cook.post(f"{API}/recipes/import", json={"url": ADDRESS})).json()["recipe"]

        answer = await cook.post(f"{API}/recipes/import", json={"html": PAGE})

        assert answer.status_code == 409
        problem = answer.json()
        assert problem["type"].endswith("/problems/already-imported")
        assert problem["recipe_id"] == first["id"]
        assert problem["recipe_url"] == f"/recipes/{first['id']}/lentil-soup"

    async def test_again_saves_a_second_one(self, cook: httpx2.AsyncClient) -> None:
        await cook.post(f"{API}/recipes/import", json={"url": ADDRESS})

        answer = await cook.post(f"{API}/recipes/import?again=true", json={"url": ADDRESS})

        assert answer.status_code == 201
        assert len((await cook.get(f"{API}/recipes")).json()["items"]) == 2

    async def test_the_trash_does_not_count(self, cook: httpx2.AsyncClient) -> None:
        first = await cook.post(f"{API}/recipes/import", json={"url": ADDRESS})
        await cook.delete(first.headers["Location"], headers={"If-Match": first.headers["ETag"]})

        answer = await cook.post(f"{API}/recipes/import", json={"url": ADDRESS})

        assert answer.status_code == 201

    async def test_another_household_is_not_concerned(
        self, cook: httpx2.AsyncClient, as_: As, make_user: Make[User]
    ) -> None:
        await cook.post(f"{API}/recipes/import", json={"url": ADDRESS})

        answer = await (await as_(await make_user())).post(
            f"{API}/recipes/import", json={"url": ADDRESS}
        )

        assert answer.status_code == 201

    async def test_eight_imports_at_once_give_one_recipe(self, cook: httpx2.AsyncClient) -> None:
        async def once() -> int:
            return (await cook.post(f"{API}/recipes/import", json={"url": ADDRESS})).status_code

        statuses = await gather(*[once] * 8)

        assert sorted(statuses) == [201] + [409] * 7


class TestRefusals:
    @pytest.mark.parametrize(
        "refusal", [FetchRefused, FetchTooLarge, FetchTooSlow, NotAPage], ids=lambda each: each.slug
    )
    async def test_each_says_what_to_do_next(
        self, cook: httpx2.AsyncClient, fetcher: FakeFetcher, refusal: type[PageProblem]
    ) -> None:
        fetcher.pages[ADDRESS] = refusal()

        answer = await cook.post(f"{API}/recipes/import", json={"url": ADDRESS})

        assert answer.status_code == 422
        problem = answer.json()
        assert problem["type"].endswith(f"/problems/{refusal.slug}")
        assert problem["next_step"] == refusal.next_step

    async def test_strangers_are_turned_away_before_anything_is_fetched(
        self, client: httpx2.AsyncClient, fetcher: FakeFetcher
    ) -> None:
        answer = await client.post(f"{API}/recipes/import", json={"url": ADDRESS})

        assert answer.status_code == 401
        assert fetcher.asked == []

    async def test_a_foreign_household_is_refused_before_anything_is_fetched(
        self, cook: httpx2.AsyncClient, fetcher: FakeFetcher, make_user: Make[User]
    ) -> None:
        stranger = await make_user()
        body = {"url": ADDRESS, "household_id": str(stranger.default_household_id)}

        answer = await cook.post(f"{API}/recipes/import", json=body)

        assert answer.status_code == 422
        assert [error["pointer"] for error in answer.json()["errors"]] == ["/household_id"]
        assert fetcher.asked == []


class TestBesideOthers:
    async def test_a_slow_site_keeps_nobody_from_writing(
        self, cook: httpx2.AsyncClient, fetcher: FakeFetcher
    ) -> None:
        """The fetch waits until an unrelated write has been answered: no lock is held."""
        written: list[int] = []

        async def write_meanwhile(url: str, asker: str) -> None:
            UUID(asker)
            answer = await cook.post(f"{API}/recipes", json={"title": f"While {url} loads"})
            written.append(answer.status_code)

        fetcher.meanwhile = write_meanwhile

        answer = await cook.post(f"{API}/recipes/import", json={"url": ADDRESS})

        assert (written, answer.status_code) == ([201], 201)
