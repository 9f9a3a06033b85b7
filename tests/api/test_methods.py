"""M-06: at every path of the document, the methods that it names and no others."""

import httpx2
import pytest

from tests.api.operations import Json, unknown_ids
from tests.api.recipe_calls import refusal

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def taken(item: Json) -> set[str]:
    """What a path takes; HEAD is answered wherever GET is."""
    methods = {method.upper() for method in item} & {*METHODS}
    return methods | {"HEAD"} if "GET" in methods else methods


class TestEveryPath:
    async def test_m06_refuses_every_other_method_and_says_which_it_takes(
        self, document: Json, as_ada: httpx2.AsyncClient
    ) -> None:
        for path, item in document["paths"].items():
            address = path.format(**unknown_ids())
            for method in {*METHODS} - taken(item):
                answer = await as_ada.request(method, address)
                assert refusal(answer) == (405, "method-not-allowed"), (method, path, answer.text)
                assert set(answer.headers["allow"].split(", ")) == taken(item), (method, path)

    @pytest.mark.parametrize("query", ["", "?keyword=soup", "?nonsense=1"])
    async def test_m06_a_word_in_the_place_of_an_id_is_none(
        self, as_ada: httpx2.AsyncClient, query: str
    ) -> None:
        answer = await as_ada.delete(f"/api/v1/recipes/search{query}")
        assert refusal(answer) == (405, "method-not-allowed")
        assert answer.headers["allow"] == "GET, HEAD"

    async def test_any_other_word_is_a_bad_id(self, as_ada: httpx2.AsyncClient) -> None:
        answer = await as_ada.delete("/api/v1/recipes/soup")
        assert refusal(answer) == (422, "invalid")
