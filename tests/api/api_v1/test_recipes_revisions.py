"""The history of a recipe: every saved state, without gaps, in the words of then."""

from datetime import timedelta
from functools import partial

import httpx2
import pytest

from potluck.models import User
from tests.api.recipe_calls import (
    URL,
    all_pages,
    create,
    faults,
    patch,
    refusal,
    writable,
)
from tests.conftest import API, gather
from tests.doubles import FakeClock
from tests.recipe_bodies import full_body

ANY = {"If-Match": "*"}


class TestList:
    async def test_says_of_each_state_why_by_whom_and_when(
        self, as_ada: httpx2.AsyncClient, ada: User, as_bob: httpx2.AsyncClient, clock: FakeClock
    ) -> None:
        made = await create(as_ada)
        clock.advance(timedelta(minutes=5))
        await patch(as_bob, made["id"], title="Pie")
        bob = (await as_bob.get(f"{API}/auth/me")).json()

        page = (await as_bob.get(f"{URL}/{made['id']}/revisions")).json()

        digests = [each.pop("sha256") for each in page["items"]]
        assert page == {
            "items": [
                {
                    "number": 2,
                    "reason": "edit",
                    "author_id": bob["id"],
                    "created_at": "2026-03-01T12:05:00Z",
                },
                {
                    "number": 1,
                    "reason": "create",
                    "author_id": str(ada.id),
                    "created_at": "2026-03-01T12:00:00Z",
                },
            ],
            "next_cursor": None,
        }
        assert len(set(digests)) == 2
        assert all(len(digest) == 64 for digest in digests)

    async def test_one_state_has_one_fingerprint(self, as_ada: httpx2.AsyncClient) -> None:
        made = await create(as_ada)
        for title in ("Pie", "Cake"):
            await patch(as_ada, made["id"], title=title)
        items = (await as_ada.get(f"{URL}/{made['id']}/revisions")).json()["items"]
        assert items[0]["sha256"] == items[2]["sha256"] != items[1]["sha256"]

    async def test_numbers_have_no_gaps_page_by_page_also_after_refused_and_parallel_saves(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        made = await create(as_ada)
        path = f"{URL}/{made['id']}"

        async def save(n: int) -> httpx2.Response:
            body = (
                {"title": f"Cake {n}"} if n % 3 else {"tags": [{"name": "x"}, {"id": made["id"]}]}
            )
            return await as_ada.patch(path, json=body, headers=ANY)

        answers = await gather(*[partial(save, n) for n in range(9)])

        assert sorted(answer.status_code for answer in answers) == [200] * 6 + [422] * 3
        pages = await all_pages(as_ada, f"{path}/revisions", 3)
        assert [[each["number"] for each in page] for page in pages] == [[7, 6, 5], [4, 3, 2], [1]]


class TestOne:
    async def test_holds_the_writable_members_as_they_were(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        made = await create(as_ada, **full_body())
        changed = await patch(as_ada, made["id"], title="Pie", tags=[{"name": "Other"}])

        first = (await as_ada.get(f"{URL}/{made['id']}/revisions/1")).json()
        second = (await as_ada.get(f"{URL}/{made['id']}/revisions/2")).json()

        assert first.pop("recipe") == writable(made)
        assert second.pop("recipe") == writable(changed)
        items = (await as_ada.get(f"{URL}/{made['id']}/revisions")).json()["items"]
        assert [second, first] == items

    async def test_keeps_the_words_of_tags_that_were_renamed_or_deleted_since(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        made = await create(as_ada, tags=[{"name": "Soup"}, {"name": "Quick"}])
        soup, quick = (f"{API}/tags/{tag['id']}" for tag in made["tags"])
        await as_ada.patch(soup, json={"name": "Stew"}, headers=ANY)
        await as_ada.delete(quick, headers=ANY)
        await patch(as_ada, made["id"], title="Pie")

        async def words(number: int) -> list[str]:
            answer = await as_ada.get(f"{URL}/{made['id']}/revisions/{number}")
            return [tag["name"] for tag in answer.json()["recipe"]["tags"]]

        assert await words(1) == ["Soup", "Quick"]
        assert await words(2) == ["Stew"]

    @pytest.mark.parametrize(
        ("number", "status"), [("2", 404), ("0", 422), ("-1", 422), ("x", 422), ("1.5", 422),
        (str(2**31 - 1), 404), (str(2**63), 422)],
    )  # fmt: skip
    async def test_i02_other_numbers_are_refused(
        self, as_ada: httpx2.AsyncClient, number: str, status: int
    ) -> None:
        made = await create(as_ada)
        answer = await as_ada.get(f"{URL}/{made['id']}/revisions/{number}")
        assert answer.status_code == status
        if status == 422:
            assert [pointer for pointer, _ in faults(answer)] == ["/number"]


class TestRights:
    async def test_it_is_for_members_others_who_see_the_recipe_get_403(
        self,
        as_ada: httpx2.AsyncClient,
        as_bob: httpx2.AsyncClient,
        as_eve: httpx2.AsyncClient,
        client: httpx2.AsyncClient,
    ) -> None:
        shared = await create(as_ada, visibility="public")
        hidden = await create(as_ada)
        for tail in ("revisions", "revisions/1"):
            assert (await as_bob.get(f"{URL}/{shared['id']}/{tail}")).status_code == 200
            answer = await as_eve.get(f"{URL}/{shared['id']}/{tail}")
            assert refusal(answer) == (403, "forbidden")
            answer = await as_eve.get(f"{URL}/{hidden['id']}/{tail}")
            assert refusal(answer) == (404, "not-found")
            answer = await client.get(f"{URL}/{shared['id']}/{tail}")
            assert refusal(answer) == (401, "unauthenticated")
