"""N-04 and B-05: what costs much, or could be guessed with, is limited for each account."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from functools import partial

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.models import RateLimit, User
from potluck.resources import Resources
from potluck.services.throttling import UNASKED_S
from tests.api.auth_calls import REFRESH, SETUP, SIGNUP, signed_in
from tests.api.recipe_calls import URL, Json, create
from tests.conftest import API, As, client_of, gather
from tests.doubles import FakeClock
from tests.factories import PASSWORD, Make
from tests.limits import client_at, counted_elsewhere, limited

SEARCH = f"{URL}/search"
PAGE = {"html": "<p>Opening hours</p>"}
Call = Callable[[httpx2.AsyncClient, User], Awaitable[httpx2.Response]]


async def search(client: httpx2.AsyncClient, _user: User) -> httpx2.Response:
    return await client.get(SEARCH, params={"keyword": "soup"})


async def filter_by_words(client: httpx2.AsyncClient, _user: User) -> httpx2.Response:
    return await client.get(URL, params={"q": "soup"})


async def bring_in(client: httpx2.AsyncClient, _user: User) -> httpx2.Response:
    return await client.post(f"{URL}/import", json=PAGE)


async def make_token(client: httpx2.AsyncClient, _user: User) -> httpx2.Response:
    return await client.post(f"{API}/auth/tokens", json={"name": "x", "scopes": ["recipes:read"]})


async def add_member(client: httpx2.AsyncClient, user: User) -> httpx2.Response:
    path = f"{API}/households/{user.default_household_id}/members"
    return await client.post(path, json={"email": "nobody@example.org", "role": "viewer"})


async def invite(client: httpx2.AsyncClient, user: User) -> httpx2.Response:
    path = f"{API}/households/{user.default_household_id}/invitations"
    return await client.post(path, json={"role": "viewer"})


async def send_picture(client: httpx2.AsyncClient, _user: User) -> httpx2.Response:
    made = await create(client)
    return await client.put(f"{URL}/{made['id']}/cover", files={"file": ("x.png", b"no picture")})


OF_AN_ACCOUNT: dict[str, tuple[str, Call]] = {
    "search_per_caller": ("search", search),
    "search_per_caller ": ("search", filter_by_words),
    "import_per_user": ("import", bring_in),
    "token_per_user": ("token", make_token),
    "member_per_user": ("member", add_member),
    "invitation_per_user": ("invitation", invite),
    "upload_per_user": ("upload", send_picture),
}


class TestN04OfAnAccount:
    @pytest.mark.parametrize("setting", OF_AN_ACCOUNT)
    async def test_n04_the_third_is_one_too_many_for_this_account_alone(
        self,
        setting: str,
        as_: As,
        ada: User,
        make_user: Make[User],
        resources: Resources,
        clock: FakeClock,
    ) -> None:
        name, call = OF_AN_ACCOUNT[setting]
        eve = await make_user()
        as_ada, as_eve = await as_(ada), await as_(eve)
        with limited(resources, **{setting.strip(): 2}):
            before = [(await call(as_ada, ada)).status_code for _ in range(2)]
            refused = await call(as_ada, ada)
            of_another = await call(as_eve, eve)
            clock.advance(timedelta(seconds=int(refused.headers["Retry-After"])))
            after = await call(await as_(ada), ada)

        usual = before[0]
        assert usual in {200, 201, 422}
        assert (before, of_another.status_code, after.status_code) == ([usual] * 2, usual, usual)
        assert refused.status_code == 429
        assert refused.json()["type"].endswith("/problems/too-many-requests")
        assert refused.headers["RateLimit"].startswith(f'"{name}";r=0;t=')

    async def test_n04_both_ways_to_search_spend_one_budget(
        self, as_: As, ada: User, resources: Resources
    ) -> None:
        as_ada = await as_(ada)
        with limited(resources, search_per_caller=2):
            statuses = [
                (await call(as_ada, ada)).status_code
                for call in (search, filter_by_words, search, filter_by_words)
            ]
        assert statuses == [200, 200, 429, 429]

    async def test_n04_a_list_without_words_is_not_counted(
        self, as_: As, ada: User, resources: Resources, session: AsyncSession
    ) -> None:
        as_ada = await as_(ada)
        with limited(resources, search_per_caller=1):
            answers = [await as_ada.get(URL) for _ in range(3)]
        assert {answer.status_code for answer in answers} == {200}
        assert "RateLimit" not in answers[0].headers
        assert list(await session.scalars(select(RateLimit))) == []

    async def test_n04_strangers_are_counted_by_address(
        self, app: FastAPI, resources: Resources, ada: User
    ) -> None:
        with limited(resources, search_per_caller=1):
            async with (
                client_at(app, "203.0.113.7") as one,
                client_at(app, "203.0.113.8") as two,
            ):
                statuses = [(await search(each, ada)).status_code for each in (one, one, two)]
        assert statuses == [200, 429, 200]

    async def test_n04_a_success_says_how_much_is_left(
        self, as_: As, ada: User, resources: Resources
    ) -> None:
        as_ada = await as_(ada)
        with limited(resources, search_per_caller=60):
            answers = [await search(as_ada, ada) for _ in range(3)]
        assert [answer.headers["RateLimit"] for answer in answers] == [
            '"search";r=59;t=2', '"search";r=58;t=2', '"search";r=57;t=4',
        ]  # fmt: skip
        assert answers[0].headers["RateLimit-Policy"] == '"search";q=60;w=60'


class TestBlocks:
    """Searches do not write to the database each."""

    async def test_n04_twenty_searches_take_one_counting_statement(
        self, as_: As, ada: User, statements: list[str]
    ) -> None:
        as_ada = await as_(ada)
        statements.clear()
        for _ in range(20):
            assert (await search(as_ada, ada)).status_code == 200
        assert sum("rate_limit" in each for each in statements) == 1
        await search(as_ada, ada)
        assert sum("rate_limit" in each for each in statements) == 2

    async def test_n04_a_flood_beyond_the_limit_costs_no_counting(
        self, as_: As, ada: User, resources: Resources, statements: list[str]
    ) -> None:
        as_ada = await as_(ada)
        with limited(resources, search_per_caller=1):
            assert [(await search(as_ada, ada)).status_code for _ in range(2)] == [200, 429]
            statements.clear()
            assert {(await search(as_ada, ada)).status_code for _ in range(50)} == {429}
        assert not [each for each in statements if "rate_limit" in each]
        assert not [each for each in statements if "recipe" in each.lower()]

    async def test_n04_over_two_replicas_no_more_are_granted_than_the_limit(
        self, app: FastAPI, replica: FastAPI, resources: Resources
    ) -> None:
        other: Resources = replica.state.resources
        with limited(resources, other, search_per_caller=90):
            async with client_of(app) as one, client_of(replica) as two:
                calls = [
                    partial(each.get, SEARCH, params={"keyword": "soup"})
                    for each in (one, two)
                    for _ in range(60)
                ]
                answers = await gather(*calls)
        statuses = [answer.status_code for answer in answers]
        assert set(statuses) == {200, 429}
        # A block is three; each of the two may keep what nobody asked for.
        assert 86 <= statuses.count(200) <= 90

    async def test_n04_what_a_process_has_not_spent_lapses(
        self, as_: As, ada: User, clock: FakeClock, statements: list[str]
    ) -> None:
        as_ada = await as_(ada)
        await search(as_ada, ada)
        clock.advance(timedelta(seconds=60))
        statements.clear()
        await search(as_ada, ada)
        assert sum("rate_limit" in each for each in statements) == 1


class TestWithoutCounters:
    """The database takes no more writes for a while."""

    @pytest.fixture
    async def busy(self, resources: Resources, as_ada: httpx2.AsyncClient) -> AsyncIterator[None]:
        assert as_ada
        async with (
            counted_elsewhere(resources, wait_s=0.05) as database,
            database.transaction() as session,
        ):
            await session.execute(select(RateLimit.key))
            yield

    @pytest.mark.usefixtures("busy")
    async def test_n04_searching_and_importing_go_on(self, as_ada: httpx2.AsyncClient) -> None:
        found = await as_ada.get(URL, params={"q": "soup"})
        assert (found.status_code, "RateLimit" in found.headers) == (200, False)
        tried = await as_ada.post(f"{URL}/import", json=PAGE)
        assert tried.json()["type"].endswith("/no-recipe-found")

    @pytest.mark.usefixtures("busy")
    async def test_n04_the_next_does_not_wait_for_them_again(
        self, as_ada: httpx2.AsyncClient, resources: Resources, clock: FakeClock
    ) -> None:
        tried = 0
        transactions = resources.throttle.transactions

        def counted() -> AbstractAsyncContextManager[AsyncSession]:
            nonlocal tried
            tried += 1
            return transactions()

        resources.throttle.transactions = counted
        for _ in range(3):
            await as_ada.get(URL, params={"q": "soup"})
        assert tried == 1
        clock.advance(timedelta(seconds=UNASKED_S))
        assert (await as_ada.get(URL, params={"q": "soup"})).status_code == 200
        assert tried == 2


class TestB05:
    async def test_b05_signing_up_is_limited(
        self, client: httpx2.AsyncClient, resources: Resources
    ) -> None:
        statuses = []
        with limited(resources, signup_per_address=2):
            for number in range(3):
                body = {"email": f"cook{number}@example.org", "display_name": "Cook"}
                answer = await client.post(SIGNUP, json=body | {"password": PASSWORD})
                statuses.append(answer.status_code)
        assert statuses == [201, 201, 429]

    async def test_b05_guessing_the_setup_secret_is_limited(
        self, client: httpx2.AsyncClient, resources: Resources
    ) -> None:
        body = {"email": "cook@example.org", "display_name": "Cook", "password": PASSWORD}
        with limited(resources, setup_per_address=2):
            statuses = [
                (await client.post(SETUP, json=body | {"secret": f"pst_{number}"})).status_code
                for number in range(3)
            ]
        assert statuses == [401, 401, 429]

    async def test_b05_guessing_refresh_tokens_is_limited_and_ends_no_sign_in(
        self, client: httpx2.AsyncClient, resources: Resources, clock: FakeClock, ada: User
    ) -> None:
        pair = await signed_in(client, ada)
        with limited(resources, refresh_per_address=2):
            statuses = [
                (await client.post(REFRESH, json={"refresh_token": token})).status_code
                for token in ("prt_one", "prt_two", pair["refresh_token"])
            ]
            clock.advance(timedelta(seconds=150))
            again = await client.post(REFRESH, json={"refresh_token": pair["refresh_token"]})
        assert (statuses, again.status_code) == ([401, 401, 429], 200)


class TestDescription:
    @pytest.mark.parametrize(
        "key",
        [
            "POST /auth/login", "POST /auth/signup", "POST /auth/setup", "POST /auth/refresh",
            "POST /auth/tokens", "POST /auth/password", "POST /auth/step-up", "GET /recipes",
            "GET /recipes/search",
            "POST /recipes/import",
            "PUT /recipes/{recipe_id}/cover", "POST /households/{household_id}/members",
        ],
    )  # fmt: skip
    def test_b03_the_description_names_the_refusal_and_the_fields(
        self, document: Json, key: str
    ) -> None:
        method, path = key.split(" ")
        responses = document["paths"][API + path][method.lower()]["responses"]
        assert {"Retry-After", "RateLimit", "RateLimit-Policy"} <= responses["429"][
            "headers"
        ].keys()
        successes = [each for status, each in responses.items() if status.startswith("2")]
        assert all(
            {"RateLimit", "RateLimit-Policy"} <= each["headers"].keys() for each in successes
        )
