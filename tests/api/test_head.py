"""HEAD on the shipped app (RFC 9110, 9.3.2)."""

import httpx2

from potluck.models import User
from tests.conftest import API, As
from tests.factories import Make


class TestHead:
    async def test_m02_tells_of_a_recipe_what_get_tells_without_the_content(
        self, as_: As, make_user: Make[User]
    ) -> None:
        cook = await as_(await make_user())
        made = await cook.post(f"{API}/recipes", json={"title": "Soup"})
        get = await cook.get(made.headers["Location"])

        head = await cook.head(made.headers["Location"])

        assert (head.status_code, head.content) == (200, b"")
        for name in ("ETag", "Cache-Control", "Content-Type", "Content-Length", "Vary"):
            assert head.headers.get_list(name) == get.headers.get_list(name)

    async def test_m02_of_a_state_the_client_has_is_304(
        self, as_: As, make_user: Make[User]
    ) -> None:
        cook = await as_(await make_user())
        made = await cook.post(f"{API}/recipes", json={"title": "Soup"})
        known = {"If-None-Match": made.headers["ETag"]}

        head = await cook.head(made.headers["Location"], headers=known)

        assert head.status_code == 304

    async def test_of_what_is_not_there_is_404_without_content(
        self, client: httpx2.AsyncClient
    ) -> None:
        head = await client.head(f"{API}/nowhere")

        assert (head.status_code, head.content) == (404, b"")

    async def test_of_an_operation_that_only_takes_post_is_405(
        self, client: httpx2.AsyncClient
    ) -> None:
        head = await client.head(f"{API}/auth/login")

        assert (head.status_code, head.headers["Allow"]) == (405, "POST")
