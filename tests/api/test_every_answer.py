"""What holds for every operation: media types, caches, one credential at a time."""

from typing import Any

import httpx2
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.models import PersonalToken
from potluck.resources import Resources
from potluck.services import web_sessions
from potluck.web import cookies
from tests.api.operations import BODIES, Operation, World, checksum
from tests.api.recipe_calls import refusal
from tests.api.token_calls import bearing, make_token
from tests.conftest import API, As

#: What a form of another site, a slip or a stock client may send; None names no type.
OTHER_TYPES = (
    None,
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/merge-patch+json",
    "text/json",
)


class TestMediaTypes:
    @pytest.mark.parametrize("media_type", OTHER_TYPES, ids=str)
    async def test_c07_json_operations_take_json_only(
        self,
        every: list[Operation],
        world: World,
        as_: As,
        session: AsyncSession,
        media_type: str | None,
    ) -> None:
        as_ada = await as_(world.ada)
        before = await checksum(session)
        tried = [each for each in every if each.body]
        assert {each.method for each in tried} == {"POST", "PUT", "PATCH"}
        for each in tried:
            answer = await send(as_ada, each, world, media_type)
            assert refusal(answer) == (415, "unsupported-media-type"), each
        assert await checksum(session) == before


async def send(
    client: httpx2.AsyncClient, operation: Operation, world: World, media_type: str | None
) -> httpx2.Response:
    """A body that the operation takes, under a type that it does not."""
    request = client.build_request(
        operation.method,
        operation.path.format(**world.ids),
        json=BODIES[operation.name],
        headers={"If-Match": "*"},
    )
    del request.headers["Content-Type"]
    if media_type is not None:
        request.headers["Content-Type"] = media_type
    return await client.send(request)


def is_safe_from_caches(answer: httpx2.Response) -> bool:
    """No cache keeps it, or only that of the person who sent the credential."""
    rules = {each.strip() for each in answer.headers.get("Cache-Control", "").split(",")}
    vary = answer.headers.get("Vary", "")
    return "no-store" in rules or ("private" in rules and "Authorization" in vary)


#: The same for everybody, with a token or without.
PUBLISHED = {"get_jwks"}


class TestCaches:
    async def test_c11_no_shared_cache_keeps_what_somebody_with_a_token_was_told(
        self, every: list[Operation], world: World, as_: As
    ) -> None:
        as_ada = await as_(world.ada)
        for each in every:
            methods = ("GET", "HEAD") if each.method == "GET" else (each.method,)
            for method in methods:
                answer = await world.call(as_ada, each, method=method)
                assert is_safe_from_caches(answer) or each.name in PUBLISHED, each

    async def test_c11_nor_refusals_of_any_kind(
        self, every: list[Operation], world: World, client: httpx2.AsyncClient, as_: As
    ) -> None:
        as_eve = await as_(world.eve)
        for each in every:
            for caller in (client, as_eve):
                answer = await world.call(caller, each, query={"no": "such"})
                assert is_safe_from_caches(answer), each

    async def test_c11_nor_304(self, world: World, as_: As) -> None:
        as_ada = await as_(world.ada)
        path = f"{API}/recipes/{world.ids['recipe_id']}"
        read = await as_ada.get(path)
        known = await as_ada.get(path, headers={"If-None-Match": read.headers["ETag"]})
        assert known.status_code == 304
        assert is_safe_from_caches(known)


@pytest.fixture
async def cookie_of_ada(world: World, resources: Resources) -> dict[str, str]:
    """The cookie of a session of Ada's, as a header."""
    async with resources.database.transaction() as session:
        value = await web_sessions.start(
            session,
            world.ada,
            resources.settings.session,
            now=resources.clock.now(),
            user_agent=None,
        )
    return {"Cookie": f"{cookies.name(resources.settings)}={value}"}


class TestOneCredential:
    async def test_c12_the_api_looks_at_no_cookie(
        self,
        every: list[Operation],
        world: World,
        client: httpx2.AsyncClient,
        cookie_of_ada: dict[str, str],
        session: AsyncSession,
    ) -> None:
        client.headers.update(cookie_of_ada)
        before = await checksum(session)
        for each in every:
            if each.scopes and not (each.method == "GET" and each.name in BESIDE_THE_PUBLIC):
                answer = await world.call(client, each)
                assert refusal(answer) == (401, "unauthenticated"), each
        assert await checksum(session) == before

    async def test_c12_beside_a_token_a_cookie_gives_nothing(
        self, every: list[Operation], world: World, as_: As, cookie_of_ada: dict[str, str]
    ) -> None:
        plain, mixed = await as_(world.eve), await as_(world.eve)
        same = {"Authorization": plain.headers["Authorization"]}  # sessions say which one asks
        mixed.headers.update(cookie_of_ada | same)
        for each in every:
            if each.method == "GET" and each.name != "list_ideas":  # which tells how old they are
                alone = await world.call(plain, each)
                both = await world.call(mixed, each)
                assert both.status_code == alone.status_code, each
                assert without_ids(both) == without_ids(alone), each

    async def test_c12_a_bad_token_is_refused_whatever_the_cookie_is_worth(
        self,
        every: list[Operation],
        world: World,
        client: httpx2.AsyncClient,
        cookie_of_ada: dict[str, str],
    ) -> None:
        client.headers.update(cookie_of_ada | {"Authorization": "Bearer forged"})
        for each in every:
            if each.scopes:
                assert refusal(await world.call(client, each)) == (401, "invalid-token"), each

    @pytest.mark.parametrize(
        "path",
        [
            "/trash",
            "/import",
            "/recipes/new",
            "/account/tokens",
            "/account/sessions",
            "/account/password",
            "/account/confirm",
            "/account/data",
        ],
    )
    async def test_c12_pages_do_not_look_at_the_cookie_beside_a_token(
        self, client: httpx2.AsyncClient, cookie_of_ada: dict[str, str], path: str
    ) -> None:
        client.headers.update(cookie_of_ada | {"Accept": "text/html"})
        assert (await client.get(path)).status_code == 200
        for scheme in ("Bearer", "bearer"):
            answer = await client.get(path, headers={"Authorization": f"{scheme} forged"})
            assert answer.status_code == 303
            assert answer.headers["Location"].startswith("/login?")
        behind_a_guard = {"Authorization": "Basic a2l0Y2hlbjprZXk="}
        assert (await client.get(path, headers=behind_a_guard)).status_code == 200


#: What strangers may read: they get what is public.
BESIDE_THE_PUBLIC = {"list_recipes", "search_recipes", "get_recipe"}


def without_ids(answer: httpx2.Response) -> Any:
    """What was told, but for what names this request alone."""
    told = answer.json() if answer.content else None
    if isinstance(told, dict):
        told = {name: value for name, value in told.items() if name != "request_id"}
    return told


class TestReads:
    async def test_c06_with_a_personal_token_note_its_last_use_and_nothing_else(
        self,
        every: list[Operation],
        world: World,
        client: httpx2.AsyncClient,
        resources: Resources,
        session: AsyncSession,
    ) -> None:
        made = await make_token(resources, world.ada)
        client.headers.update(bearing(made.token))
        before = await checksum(session)
        for each in every:
            if each.method == "GET":
                assert (await world.call(client, each)).status_code < 500
        after = await checksum(session)
        changed = {table for table, digest in after.items() if digest != before[table]}
        assert changed == {PersonalToken.__tablename__}
        row = await session.get(PersonalToken, made.id)
        assert row is not None
        assert row.last_used_at == resources.clock.now()
