"""`GET /recipes/{recipe_id}`: the same answer and the same ETag for everybody who may see it."""

from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import delete

from potluck.models import User
from potluck.resources import Resources
from tests.api.recipe_calls import URL, all_pages, create, faults, patch, read, refusal
from tests.conftest import API, As
from tests.factories import Factories, Make
from tests.recipe_bodies import full_body

ANYBODY = {"visibility": "public", "status": "published"}


class TestAnswer:
    async def test_is_the_same_for_every_viewer(
        self,
        as_ada: httpx2.AsyncClient,
        as_bob: httpx2.AsyncClient,
        as_eve: httpx2.AsyncClient,
        client: httpx2.AsyncClient,
    ) -> None:
        made = await create(as_ada, **full_body() | ANYBODY)

        answers = [await read(viewer, made["id"]) for viewer in (as_ada, as_bob, as_eve, client)]

        assert [answer.json() for answer in answers] == [made] * 4
        assert len({answer.headers["ETag"] for answer in answers}) == 1
        assert len({answer.content for answer in answers}) == 1

    async def test_may_be_kept_by_browsers_only_and_asked_for_again(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        answer = await read(as_ada, (await create(as_ada))["id"])
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert "Authorization" in answer.headers["Vary"]

    async def test_an_id_in_capitals_is_the_same_id(self, as_ada: httpx2.AsyncClient) -> None:
        made = await create(as_ada)
        assert (await read(as_ada, made["id"].upper())).json() == made

    async def test_a_recipe_that_is_not_there_is_404(self, as_ada: httpx2.AsyncClient) -> None:
        answer = await as_ada.get(f"{URL}/{uuid4()}")
        assert refusal(answer) == (404, "not-found")
        assert answer.json()["detail"] == "There is no such recipe, or it is not shared with you."

    @pytest.mark.parametrize("id", ["1", "none", "0195514d-4a00-7c5e-9b1c-0000000000g0", "%20"])
    async def test_an_id_that_is_no_uuid_is_422(self, client: httpx2.AsyncClient, id: str) -> None:
        answer = await client.get(f"{URL}/{id}")
        assert faults(answer) == [("/recipe_id", "uuid_parsing")]
        assert answer.json()["errors"][0]["in"] == "path"

    async def test_it_takes_no_query_parameters(self, as_ada: httpx2.AsyncClient) -> None:
        made = await create(as_ada)
        assert faults(await as_ada.get(f"{URL}/{made['id']}?fields=title")) == [
            ("/fields", "extra_forbidden")
        ]


class TestETag:
    async def test_m02_who_has_it_already_gets_304_without_a_body(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        answer = await read(as_ada, (await create(as_ada))["id"])
        tag = answer.headers["ETag"]
        assert tag.startswith('"')
        for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = await as_ada.get(str(answer.url), headers={"If-None-Match": known})
            assert (again.status_code, again.content) == (304, b"")
            for name in ("ETag", "Cache-Control", "Vary"):
                assert again.headers[name] == answer.headers[name]
        lines = [("If-None-Match", '"other"'), ("If-None-Match", tag)]
        assert (await as_ada.get(str(answer.url), headers=lines)).status_code == 304
        for unknown in ('"other"', tag.strip('"')):
            again = await as_ada.get(str(answer.url), headers={"If-None-Match": unknown})
            assert again.status_code == 200

    async def test_m02_head_is_get_without_the_body(self, as_ada: httpx2.AsyncClient) -> None:
        answer = await read(as_ada, (await create(as_ada))["id"])
        head = await as_ada.head(str(answer.url))
        assert (head.status_code, head.content) == (200, b"")
        for name in ("ETag", "Cache-Control", "Vary", "Content-Type", "Content-Length"):
            assert head.headers[name] == answer.headers[name]
        known = {"If-None-Match": answer.headers["ETag"]}
        assert (await as_ada.head(str(answer.url), headers=known)).status_code == 304

    async def test_says_neither_version_nor_revision(self, as_ada: httpx2.AsyncClient) -> None:
        first, second = await create(as_ada), await create(as_ada)
        tags = [(await read(as_ada, made["id"])).headers["ETag"] for made in (first, second)]
        assert tags[0] != tags[1]

    async def test_changes_when_a_tag_is_renamed_and_no_revision_is_made(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        made = await create(as_ada, tags=[{"name": "Soup"}, {"name": "Quick"}])
        before = await read(as_ada, made["id"])
        path = f"{API}/tags/{made['tags'][0]['id']}"

        await as_ada.patch(path, json={"name": "Stew"}, headers={"If-Match": "*"})

        after = await read(as_ada, made["id"])
        assert [tag["name"] for tag in after.json()["tags"]] == ["Stew", "Quick"]
        assert after.headers["ETag"] != before.headers["ETag"]
        assert (after.json()["version"], after.json()["revision"]) == (2, 1)

        await as_ada.patch(path, json={"colour": "#aabbcc"}, headers={"If-Match": "*"})

        assert (await read(as_ada, made["id"])).headers["ETag"] == after.headers["ETag"]

    async def test_changes_when_a_tag_is_deleted_and_no_revision_is_made(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        made = await create(as_ada, tags=[{"name": "Soup"}, {"name": "Quick"}])
        before = await read(as_ada, made["id"])

        await as_ada.delete(f"{API}/tags/{made['tags'][0]['id']}", headers={"If-Match": "*"})

        after = await read(as_ada, made["id"])
        assert [tag["name"] for tag in after.json()["tags"]] == ["Quick"]
        assert after.headers["ETag"] != before.headers["ETag"]
        assert after.json()["revision"] == 1
        # The next save starts from the tags that are left.
        changed = await patch(as_ada, made["id"], title="Pie")
        assert (changed["tags"], changed["revision"]) == (made["tags"][1:], 2)


class TestAccountGone:
    async def test_recipes_stay_without_an_author_and_the_etag_changes(
        self,
        as_: As,
        as_ada: httpx2.AsyncClient,
        ada: User,
        factories: Factories,
        resources: Resources,
    ) -> None:
        assert ada.default_household_id
        bob = await factories.member(ada.default_household_id, "contributor")
        as_bob, home = await as_(bob), str(ada.default_household_id)
        shared = await create(as_bob, household_id=home)
        private = await create(as_bob, household_id=home, visibility="private")
        before = await read(as_ada, shared["id"])
        assert (await as_ada.get(f"{URL}/{private['id']}")).status_code == 404

        async with resources.database.transaction() as session:
            await session.execute(delete(User).where(User.id == bob.id))

        after = await read(as_ada, shared["id"])
        assert after.json() == before.json() | {"author_id": None}
        assert after.headers["ETag"] != before.headers["ETag"]
        history = (await as_ada.get(f"{URL}/{shared['id']}/revisions")).json()["items"]
        assert [each["author_id"] for each in history] == [None]
        assert (await as_bob.get(f"{URL}/{shared['id']}")).status_code == 401

        found = (await read(as_ada, private["id"])).json()
        assert found == private | {"author_id": None}

    async def test_private_recipes_then_belong_to_the_owners_alone(
        self,
        as_: As,
        as_ada: httpx2.AsyncClient,
        ada: User,
        factories: Factories,
        resources: Resources,
    ) -> None:
        assert ada.default_household_id
        home = ada.default_household_id
        bob = await factories.member(home, "editor")
        private = await create(await as_(bob), household_id=str(home), visibility="private")
        async with resources.database.transaction() as session:
            await session.execute(delete(User).where(User.id == bob.id))

        for role, status in (("owner", 200), ("admin", 404), ("editor", 404), ("viewer", 404)):
            viewer = await as_(await factories.member(home, role))
            assert (await viewer.get(f"{URL}/{private['id']}")).status_code == status, role
        assert (await patch(as_ada, private["id"], title="Mine now"))["author_id"] is None


class TestStatements:
    async def test_a_recipe_is_one_statement_and_the_users_with_any_number_of_tags(
        self, as_ada: httpx2.AsyncClient, statements: list[str]
    ) -> None:
        made = await create(as_ada, tags=[{"name": f"Tag {n}"} for n in range(50)])
        plain = await create(as_ada)
        for id in (plain["id"], made["id"]):
            statements.clear()
            await read(as_ada, id)
            assert len(statements) == 2

    async def test_a_list_is_one_statement_and_the_users_with_any_number_of_tags(
        self, as_ada: httpx2.AsyncClient, client: httpx2.AsyncClient, statements: list[str]
    ) -> None:
        for n in range(3):
            await create(
                as_ada, visibility="public", tags=[{"name": f"Tag {n}-{m}"} for m in range(40)]
            )
        for query in ("", "?q=cake&tag=Tag 1-1&sort=title&max_total_time=9", "?sort=-total_time"):
            for caller, count in ((as_ada, 2), (client, 1)):
                await caller.get(URL + query)  # a first search takes its share of the limit
                statements.clear()
                assert (await caller.get(URL + query)).status_code == 200
                assert len(statements) == count
        statements.clear()
        pages = await all_pages(as_ada, f"{URL}/my-recipes", 2)
        assert [len(page) for page in pages] == [2, 1]
        assert len(statements) == 4

    async def test_a_stranger_costs_one(
        self, as_ada: httpx2.AsyncClient, client: httpx2.AsyncClient, statements: list[str]
    ) -> None:
        made = await create(as_ada, visibility="public")
        statements.clear()
        await read(client, made["id"])
        assert len(statements) == 1


class TestBadToken:
    async def test_is_401_where_no_token_is_needed(
        self, as_ada: httpx2.AsyncClient, client: httpx2.AsyncClient
    ) -> None:
        made = await create(as_ada, visibility="public")
        for path in (URL, f"{URL}/{made['id']}"):
            answer = await client.get(path, headers={"Authorization": "Bearer forged"})
            assert refusal(answer) == (401, "invalid-token")


class TestLeaving:
    async def test_who_left_the_household_sees_as_little_as_anybody(
        self,
        as_: As,
        as_ada: httpx2.AsyncClient,
        ada: User,
        make_user: Make[User],
        factories: Factories,
    ) -> None:
        assert ada.default_household_id
        bob = await make_user()
        await factories.membership(ada.default_household_id, bob, "editor")
        as_bob = await as_(bob)
        home = str(ada.default_household_id)
        kinds = ("private", "household", "instance", "public")
        made = {kind: await create(as_bob, household_id=home, visibility=kind) for kind in kinds}

        await as_bob.delete(f"{API}/households/{home}/members/{bob.id}")

        seen = {kind: (await as_bob.get(f"{URL}/{made[kind]['id']}")).status_code for kind in kinds}
        assert seen == {"private": 404, "household": 404, "instance": 200, "public": 200}
        # The account is still there: the recipe waits for its author to come back.
        private = made["private"]["id"]
        assert (await as_ada.get(f"{URL}/{private}")).status_code == 404
        await factories.membership(ada.default_household_id, bob, "viewer")
        assert (await read(as_bob, private)).json() == made["private"]
