"""Accounts in the hands of administrators: found, disabled, promoted, signed out."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.main import create_app
from potluck.models import TokenFamily, User
from potluck.resources import Resources
from tests.api.auth_calls import LOGIN, ME, REFRESH, family_of, login, signed_in
from tests.api.recipe_calls import all_pages, faults, refusal
from tests.api.token_calls import TOKENS, bearing, make_token
from tests.conftest import API, As, client_of, gather
from tests.doubles import FakeClock
from tests.factories import PASSWORD, Factories, Make
from tests.web.browser import Browser, new_browser

USERS = f"{API}/admin/users"
ANY = {"If-Match": "*"}
Json = dict[str, Any]


@pytest.fixture
async def root(make_user: Make[User]) -> User:
    return await make_user(display_name="Root", email="root@example.net", is_instance_admin=True)


@pytest.fixture
async def as_root(as_: As, root: User) -> httpx2.AsyncClient:
    return await as_(root)


@pytest.fixture
async def replica(app: FastAPI, resources: Resources) -> AsyncIterator[FastAPI]:
    """Another process over the same database."""
    other = create_app(resources.settings, clock=resources.clock, works_in_background=False)
    async with other.router.lifespan_context(other):
        yield other


async def patch(client: httpx2.AsyncClient, user: User, **changes: bool) -> httpx2.Response:
    return await client.patch(f"{USERS}/{user.id}", json=changes, headers=ANY)


async def names(client: httpx2.AsyncClient, **query: str) -> list[str]:
    answer = await client.get(USERS, params=query)
    assert answer.status_code == 200, answer.text
    return [each["display_name"] for each in answer.json()["items"]]


class TestList:
    async def test_shows_every_account_newest_first(
        self, as_root: httpx2.AsyncClient, make_user: Make[User], clock: FakeClock
    ) -> None:
        clock.advance(timedelta(minutes=1))
        ada = await make_user(display_name="Ada", email="Ada@Example.org")
        found = (await as_root.get(USERS)).json()["items"]
        assert [each["display_name"] for each in found] == ["Ada", "Root"]
        assert found[0] == {
            "id": str(ada.id),
            "version": ada.version,
            "created_at": "2026-03-01T12:01:00Z",
            "updated_at": "2026-03-01T12:01:00Z",
            "email": "Ada@Example.org",
            "display_name": "Ada",
            "is_instance_admin": False,
            "is_disabled": False,
            "disabled_at": None,
        }

    async def test_is_given_a_page_at_a_time(
        self, as_root: httpx2.AsyncClient, make_user: Make[User]
    ) -> None:
        for _ in range(4):
            await make_user()
        pages = await all_pages(as_root, USERS, 2)
        assert [len(page) for page in pages] == [2, 2, 1]
        assert len({each["id"] for page in pages for each in page}) == 5

    @pytest.mark.parametrize("q", ["ADA", "da l", "lovelace@", "EXAMPLE.ORG"])
    async def test_is_searched_by_name_and_address(
        self, as_root: httpx2.AsyncClient, make_user: Make[User], q: str
    ) -> None:
        await make_user(display_name="Ada L", email="lovelace@example.org")
        assert await names(as_root, q=q) == ["Ada L"]

    @pytest.mark.parametrize("q", ["%", "_", "nobody"])
    async def test_signs_of_patterns_are_letters_like_others(
        self, as_root: httpx2.AsyncClient, q: str
    ) -> None:
        assert await names(as_root, q=q) == []

    async def test_is_narrowed_to_who_is_disabled_or_an_administrator(
        self, as_root: httpx2.AsyncClient, make_user: Make[User]
    ) -> None:
        bob = await make_user(display_name="Bob")
        await patch(as_root, bob, is_disabled=True)
        assert await names(as_root, is_disabled="true") == ["Bob"]
        assert await names(as_root, is_disabled="false") == ["Root"]
        assert await names(as_root, is_instance_admin="true") == ["Root"]
        assert await names(as_root, is_instance_admin="false") == ["Bob"]
        assert await names(as_root, is_instance_admin="true", is_disabled="true") == []


class TestOne:
    async def test_is_read_with_an_etag_that_a_change_needs(
        self, as_root: httpx2.AsyncClient, ada: User
    ) -> None:
        path = f"{USERS}/{ada.id}"
        read = await as_root.get(path)
        same = await as_root.get(path, headers={"If-None-Match": read.headers["ETag"]})
        assert same.status_code == 304
        assert refusal(await as_root.patch(path, json={"is_disabled": True})) == (
            428,
            "precondition-required",
        )
        seen = {"If-Match": read.headers["ETag"]}
        changed = await as_root.patch(path, json={"is_disabled": True}, headers=seen)
        assert changed.status_code == 200
        assert changed.json() == (await as_root.get(path)).json()
        assert changed.headers["ETag"] == (await as_root.get(path)).headers["ETag"]
        late = await as_root.patch(path, json={"is_disabled": False}, headers=seen)
        assert refusal(late) == (412, "stale")

    async def test_that_is_not_there_is_404(self, as_root: httpx2.AsyncClient) -> None:
        path = f"{USERS}/{uuid4()}"
        assert refusal(await as_root.get(path)) == (404, "not-found")
        missing = await as_root.patch(path, json={"is_disabled": True}, headers=ANY)
        assert refusal(missing) == (404, "not-found")
        assert refusal(await as_root.delete(f"{path}/sessions")) == (404, "not-found")

    @pytest.mark.parametrize(
        "member", ["password", "password_hash", "email", "display_name", "auth_epoch"]
    )
    async def test_a12_an_administrator_neither_sets_nor_sees_a_password(
        self, as_root: httpx2.AsyncClient, ada: User, client: httpx2.AsyncClient, member: str
    ) -> None:
        path = f"{USERS}/{ada.id}"
        answer = await as_root.patch(path, json={member: "another staple, horse"}, headers=ANY)
        assert faults(answer) == [(f"/{member}", "extra_forbidden")]
        assert "another staple" not in answer.text
        assert "password" not in (await as_root.get(path)).text
        assert (await login(client, ada.email)).status_code == 200

    async def test_a12_nothing_of_administration_names_a_password(self, document: Json) -> None:
        for path, item in document["paths"].items():
            if "/admin/" in path:
                for operation in item.values():
                    bodies = str(operation.get("requestBody", ""))
                    assert "password" not in bodies.lower()
        for name in ("Account", "AccountUpdate"):
            members = document["components"]["schemas"][name]["properties"]
            assert not [each for each in members if "password" in each]


async def five_credentials(
    app: FastAPI, resources: Resources, user: User
) -> tuple[list[httpx2.AsyncClient], Browser, str]:
    """Two sign-ins at the API, two tokens of scripts, a browser; and a refresh token."""
    async with client_of(app) as stranger:
        pairs = [await signed_in(stranger, user) for _ in range(2)]
    made = [await make_token(resources, user) for _ in range(2)]
    shown = [*(pair["access_token"] for pair in pairs), *(each.token for each in made)]
    clients = [client_of(app, headers=bearing(token)) for token in shown]
    browser = new_browser(resources, app)
    await browser.sign_in(user)
    return clients, browser, pairs[0]["refresh_token"]


class TestDisable:
    async def test_a13_ends_every_credential_at_the_next_request_on_both_replicas(
        self,
        app: FastAPI,
        replica: FastAPI,
        resources: Resources,
        as_root: httpx2.AsyncClient,
        ada: User,
    ) -> None:
        clients, browser, refresh_token = await five_credentials(app, resources, ada)
        here, there = client_of(app), client_of(replica)
        for client in clients:
            for server in (here, there):
                answer = await server.get(ME, headers=client.headers)
                assert answer.status_code == 200
        assert (await patch(as_root, ada, is_disabled=True)).status_code == 200

        for client in clients:
            for server in (here, there):
                answer = await server.get(ME, headers=client.headers)
                assert refusal(answer) == (401, "invalid-token")
        await browser.open("/trash")
        assert browser.path == "/login"
        for server in (here, there):
            renewed = await server.post(REFRESH, json={"refresh_token": refresh_token})
            assert refusal(renewed) == (401, "invalid-token")
        for client in (*clients, browser.client, here, there):
            await client.aclose()

    async def test_enabling_brings_none_of_them_back(
        self, app: FastAPI, resources: Resources, as_root: httpx2.AsyncClient, ada: User
    ) -> None:
        clients, browser, _ = await five_credentials(app, resources, ada)
        await patch(as_root, ada, is_disabled=True)
        answer = await patch(as_root, ada, is_disabled=False)
        assert (answer.json()["is_disabled"], answer.json()["disabled_at"]) == (False, None)
        for client in clients:
            assert (await client.get(ME)).status_code == 401
        await browser.open("/trash")
        assert browser.path == "/login"
        async with client_of(app) as stranger:
            assert (await login(stranger, ada.email)).status_code == 200
        for client in (*clients, browser.client):
            await client.aclose()

    async def test_nobody_signs_in_meanwhile(
        self, as_root: httpx2.AsyncClient, ada: User, client: httpx2.AsyncClient
    ) -> None:
        await patch(as_root, ada, is_disabled=True)
        form = {"username": ada.email, "password": PASSWORD}
        assert refusal(await client.post(LOGIN, data=form)) == (401, "invalid-credentials")

    async def test_twice_keeps_the_first_instant(
        self, as_root: httpx2.AsyncClient, ada: User, clock: FakeClock
    ) -> None:
        await patch(as_root, ada, is_disabled=True)
        clock.advance(timedelta(minutes=5))
        answer = await patch(as_root, ada, is_disabled=True)
        assert answer.json()["disabled_at"] == "2026-03-01T12:00:00Z"


class TestAdministrators:
    async def test_one_more_may_do_the_same_at_once_and_no_longer_than_that(
        self, as_: As, as_root: httpx2.AsyncClient, ada: User
    ) -> None:
        as_ada = await as_(ada)
        assert refusal(await as_ada.get(USERS)) == (403, "forbidden")
        assert (await patch(as_root, ada, is_instance_admin=True)).status_code == 200
        assert (await as_ada.get(USERS)).status_code == 200
        await patch(as_root, ada, is_instance_admin=False)
        assert refusal(await as_ada.get(USERS)) == (403, "forbidden")

    @pytest.mark.parametrize("changes", [{"is_disabled": True}, {"is_instance_admin": False}])
    async def test_the_last_one_stays(
        self, as_root: httpx2.AsyncClient, root: User, changes: Json
    ) -> None:
        assert refusal(await patch(as_root, root, **changes)) == (409, "last-administrator")
        assert (await as_root.get(USERS)).status_code == 200

    async def test_one_that_is_disabled_does_not_count(
        self, as_root: httpx2.AsyncClient, root: User, factories: Factories
    ) -> None:
        other = await factories.user(is_instance_admin=True)
        await patch(as_root, other, is_disabled=True)
        answer = await patch(as_root, root, is_instance_admin=False)
        assert refusal(answer) == (409, "last-administrator")

    async def test_may_step_down_while_there_is_another(
        self, as_root: httpx2.AsyncClient, root: User, factories: Factories
    ) -> None:
        await factories.user(is_instance_admin=True)
        assert (await patch(as_root, root, is_instance_admin=False)).status_code == 200
        assert refusal(await as_root.get(USERS)) == (403, "forbidden")

    async def test_two_that_disable_each_other_at_once_leave_one(
        self, as_: As, as_root: httpx2.AsyncClient, root: User, factories: Factories
    ) -> None:
        other = await factories.user(is_instance_admin=True)
        as_other = await as_(other)
        answers = await gather(
            lambda: patch(as_root, other, is_disabled=True),
            lambda: patch(as_other, root, is_disabled=True),
        )
        assert min(answer.status_code for answer in answers) == 200
        lost = max(answers, key=lambda answer: answer.status_code)
        assert refusal(lost) in {(403, "forbidden"), (401, "invalid-token")}

    async def test_nobody_is_one_who_cannot_sign_in(
        self, as_root: httpx2.AsyncClient, ada: User
    ) -> None:
        await patch(as_root, ada, is_disabled=True)
        answer = await patch(as_root, ada, is_instance_admin=True)
        assert refusal(answer) == (403, "forbidden")
        both = await patch(as_root, ada, is_disabled=False, is_instance_admin=True)
        assert both.json()["is_instance_admin"] is True


class TestSessions:
    async def test_c09_are_listed_and_ended_one_by_one(
        self, as_root: httpx2.AsyncClient, as_ada: httpx2.AsyncClient, as_: As, ada: User
    ) -> None:
        other = await as_(ada)
        path = f"{USERS}/{ada.id}/sessions"
        found = (await as_root.get(path)).json()["items"]
        assert len(found) == 2
        assert not any(each["is_current"] for each in found)
        [current] = [
            each["id"]
            for each in (await as_ada.get(f"{API}/auth/sessions")).json()["items"]
            if each["is_current"]
        ]
        assert (await as_root.delete(f"{path}/{current}")).status_code == 204
        assert (await as_ada.get(ME)).status_code == 401
        assert (await other.get(ME)).status_code == 200
        assert refusal(await as_root.delete(f"{path}/{current}")) == (404, "not-found")

    async def test_c09_are_ended_all_at_once_without_the_tokens_of_scripts(
        self,
        app: FastAPI,
        resources: Resources,
        as_root: httpx2.AsyncClient,
        ada: User,
        session: AsyncSession,
    ) -> None:
        clients, browser, refresh_token = await five_credentials(app, resources, ada)
        answer = await as_root.delete(f"{USERS}/{ada.id}/sessions")
        assert answer.status_code == 204
        statuses = [(await client.get(ME)).status_code for client in clients]
        assert statuses == [401, 401, 200, 200]
        await browser.open("/trash")
        assert browser.path == "/login"
        family, _ = await family_of(resources, refresh_token)
        assert (await session.get_one(TokenFamily, family.id)).revoked_because == "administrator"
        for client in (*clients, browser.client):
            await client.aclose()

    async def test_of_another_account_are_not_ended_through_this_one(
        self, as_root: httpx2.AsyncClient, root: User, as_ada: httpx2.AsyncClient
    ) -> None:
        [own] = (await as_ada.get(f"{API}/auth/sessions")).json()["items"]
        answer = await as_root.delete(f"{USERS}/{root.id}/sessions/{own['id']}")
        assert refusal(answer) == (404, "not-found")
        assert (await as_ada.get(ME)).status_code == 200


class TestTokens:
    async def test_are_listed_without_what_they_open_and_revoked(
        self, as_root: httpx2.AsyncClient, app: FastAPI, resources: Resources, ada: User
    ) -> None:
        made = await make_token(resources, ada, name="Scale", scopes=["recipes:read"])
        path = f"{USERS}/{ada.id}/tokens"
        [found] = (await as_root.get(path)).json()["items"]
        assert found == {
            "id": str(made.id),
            "name": "Scale",
            "scopes": ["recipes:read"],
            "hint": made.token[-4:],
            "created_at": "2026-03-01T12:00:00Z",
            "expires_at": "2026-05-30T12:00:00Z",
            "last_used_at": None,
        }
        async with client_of(app, headers=bearing(made.token)) as script:
            assert (await script.get(f"{API}/recipes")).status_code == 200
            assert (await as_root.delete(f"{path}/{made.id}")).status_code == 204
            assert (await script.get(f"{API}/recipes")).status_code == 401
        assert refusal(await as_root.delete(f"{path}/{made.id}")) == (404, "not-found")

    async def test_a_script_of_an_administrator_may_look_with_admin_read_and_not_change(
        self, app: FastAPI, resources: Resources, root: User, ada: User
    ) -> None:
        made = await make_token(resources, root, scopes=["admin:read"])
        async with client_of(app, headers=bearing(made.token)) as script:
            assert (await script.get(USERS)).status_code == 200
            assert refusal(await patch(script, ada, is_disabled=True)) == (
                403,
                "insufficient-scope",
            )
            assert refusal(await script.get(TOKENS)) == (403, "insufficient-scope")
