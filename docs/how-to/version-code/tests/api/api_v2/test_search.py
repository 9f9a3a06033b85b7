"""What is different about searching in version 2."""

import httpx2

from tests.api.recipe_calls import create, refusal

V2 = "/api/v2"


class TestSearch:
    async def test_takes_q_and_limit(self, as_ada: httpx2.AsyncClient) -> None:
        for title in ("Apple cake", "Apple pie"):
            await create(as_ada, title=title)
        answer = await as_ada.get(f"{V2}/recipes/search", params={"q": "apple", "limit": 1})
        assert answer.json().keys() == {"items", "searched_for"}
        assert len(answer.json()["items"]) == 1

    async def test_says_what_it_searched_for(self, as_ada: httpx2.AsyncClient) -> None:
        await create(as_ada, title="Apple cake")
        answer = await as_ada.get(f"{V2}/recipes/search", params={"q": "aplpe"})
        assert answer.json()["searched_for"] == "apple"

    async def test_the_names_of_version_1_stay_there(self, as_ada: httpx2.AsyncClient) -> None:
        await create(as_ada, title="Apple cake")
        old = {"keyword": "apple", "max_results": 1}
        assert refusal(await as_ada.get(f"{V2}/recipes/search", params=old)) == (422, "invalid")
        answer = await as_ada.get("/api/v1/recipes/search", params=old)
        assert answer.json()["corrected_keyword"] is None
