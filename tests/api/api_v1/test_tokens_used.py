"""Personal tokens as programs show them: what each opens, and until when."""

import re
from datetime import timedelta

import httpx2
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given
from hypothesis import settings as fuzzing
from hypothesis import strategies as st

from potluck.core import opaque
from potluck.core.opaque import Prefix
from potluck.core.scopes import Scope
from potluck.models import PersonalToken, User
from potluck.resources import Resources
from tests.api.auth_calls import LOGIN, LOGOUT, ME, SIGNUP, change
from tests.api.recipe_calls import URL, create, refusal
from tests.api.token_calls import TOKENS, WithToken, bearing, create_token, make_token
from tests.conftest import API, client_of, gather, recorder
from tests.doubles import FakeClock
from tests.factories import PASSWORD, Factories

BAD = (401, "invalid-token")

#: No header may have them (RFC 9110 5.5): such a request is refused before its token is read.
CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


class TestForm:
    async def test_g01_a_mistyped_one_is_refused_without_a_statement(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources, statements: list[str]
    ) -> None:
        token = (await make_token(resources, ada)).token
        statements.clear()
        for wrong in (
            token[:-1],
            token + "A",
            "ppt_",
            "ppt_" + token[4:].swapcase(),
            token[:20] + token[21:],
        ):
            answer = await client.get(ME, headers=bearing(wrong))
            assert refusal(answer) == BAD
            assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
        assert statements == []

    async def test_g01_a_good_one_costs_the_statement_that_reads_the_account(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources, statements: list[str]
    ) -> None:
        token = (await make_token(resources, ada)).token
        await client.get(TOKENS, headers=bearing(token))
        statements.clear()
        await client.get(TOKENS, headers=bearing(token))
        assert len(statements) == 1

    async def test_one_that_was_never_made_looks_like_one_that_is_mistyped(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources
    ) -> None:
        client.headers["X-Request-ID"] = "the-same"
        token = (await make_token(resources, ada)).token
        made_up, mistyped = opaque.issue(Prefix.PERSONAL), token[:-1] + "-"
        answers = [await client.get(ME, headers=bearing(each)) for each in (made_up, mistyped)]
        assert refusal(answers[0]) == BAD
        assert answers[0].content == answers[1].content

    async def test_what_another_key_made_of_it_opens_nothing(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources
    ) -> None:
        """A row that somebody without the key planted: the plain digest of a token they know."""
        token = opaque.issue(Prefix.PERSONAL)
        row = {"digest": opaque.digest(token), "hint": token[-4:], "scope": "recipes:read"}
        planted = PersonalToken(
            user_id=ada.id, name="Planted", created_at=resources.clock.now(), **row
        )
        async with resources.database.transaction() as session:
            session.add(planted)
        assert refusal(await client.get(URL, headers=bearing(token))) == BAD

    async def test_it_is_no_other_kind_of_credential(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources
    ) -> None:
        token = (await make_token(resources, ada)).token
        for path in ("refresh", "logout"):
            answer = await client.post(f"{API}/auth/{path}", json={"refresh_token": token})
            assert refusal(answer) == BAD if path == "refresh" else answer.status_code == 204
        cookie = {"Cookie": f"__Host-potluck={token}"}
        assert (await client.get("https://potluck.test/trash", headers=cookie)).status_code == 401
        assert (await client.get(URL, headers=bearing(token))).status_code == 200

    @pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
    async def test_nonsense_is_401_and_never_an_error_of_ours(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources
    ) -> None:
        token = (await make_token(resources, ada)).token
        shapes = st.one_of(
            st.binary(max_size=80).map(lambda tail: b"ppt_" + tail),
            st.tuples(st.integers(0, len(token)), st.binary(max_size=9)).map(
                lambda cut: token[: cut[0]].encode() + cut[1]
            ),
        )
        tried: list[bytes] = []

        @fuzzing(
            max_examples=200,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.function_scoped_fixture],
        )
        @given(shapes)
        def collect(shape: bytes) -> None:
            tried.append(shape)

        collect()
        for shape in tried:
            header = [(b"Authorization", b"Bearer " + shape)]
            answer = await client.get(ME, headers=header)
            good = shape.strip() == token.encode()
            refused = 400 if CONTROL.search(shape) else 401
            assert answer.status_code == (200 if good else refused), shape


class TestEnd:
    async def test_g03_after_its_time_it_opens_nothing(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources, clock: FakeClock
    ) -> None:
        short = await make_token(resources, ada, expires_at="2026-03-01T12:00:10Z")
        endless = await make_token(resources, ada, expires_at=None)
        statuses = []
        for wait_s in (9, 1):
            clock.advance(timedelta(seconds=wait_s))
            statuses.append((await client.get(ME, headers=bearing(short.token))).status_code)
        assert statuses == [200, 401]
        clock.advance(timedelta(days=20_000))
        assert (await client.get(ME, headers=bearing(endless.token))).status_code == 200

    async def test_g03_revoked_it_opens_nothing_from_the_next_request_on(
        self, as_ada: httpx2.AsyncClient, client: httpx2.AsyncClient
    ) -> None:
        made = await create_token(as_ada)
        show = bearing(made["token"])
        assert (await client.get(URL, headers=show)).status_code == 200
        await as_ada.delete(f"{TOKENS}/{made['id']}")
        assert refusal(await client.get(URL, headers=show)) == BAD
        assert refusal(await client.post(URL, json={"title": "x"}, headers=show)) == BAD

    async def test_h06_while_the_account_is_disabled_it_opens_nothing(
        self, with_token: WithToken, ada: User, resources: Resources, clock: FakeClock
    ) -> None:
        script = await with_token(ada)
        await change(resources, ada, disabled_at=clock.now())
        assert refusal(await script.get(URL)) == BAD
        await change(resources, ada, disabled_at=None)
        assert (await script.get(URL)).status_code == 200

    async def test_one_of_many_that_race_with_its_end_is_never_an_error(
        self, as_ada: httpx2.AsyncClient, client: httpx2.AsyncClient
    ) -> None:
        made = await create_token(as_ada, scopes=["recipes:write"])
        show = bearing(made["token"])
        calls = [lambda: client.post(URL, json={"title": "x"}, headers=show)] * 8
        answers = await gather(*calls, lambda: as_ada.delete(f"{TOKENS}/{made['id']}"))
        assert {answer.status_code for answer in answers[:-1]} <= {201, 401}
        assert (await client.post(URL, json={"title": "x"}, headers=show)).status_code == 401


class TestRights:
    async def test_g02_the_owners_role_counts_as_it_is_now(
        self, with_token: WithToken, factories: Factories, ada: User, as_ada: httpx2.AsyncClient
    ) -> None:
        home = ada.default_household_id
        assert home
        bob = await factories.member(home, "editor")
        script = await with_token(bob, household_id=home)
        recipe = await create(as_ada)
        body = {"title": "Changed"}

        async def edit() -> httpx2.Response:
            path, headers = f"{URL}/{recipe['id']}", {"If-Match": "*"}
            return await script.patch(path, json=body, headers=headers)

        assert (await edit()).status_code == 200

        members = f"{API}/households/{home}/members/{bob.id}"
        await as_ada.patch(members, json={"role": "viewer"})
        assert refusal(await edit()) == (403, "forbidden")
        assert refusal(await script.post(URL, json=body)) == (403, "forbidden")

        await as_ada.delete(members)
        assert refusal(await edit()) == (404, "not-found")
        assert (await script.get(URL)).json()["items"] == []

    async def test_g02_scopes_are_a_bound_and_no_right(
        self, with_token: WithToken, factories: Factories, ada: User
    ) -> None:
        assert ada.default_household_id
        viewer = await factories.member(ada.default_household_id, "viewer")
        script = await with_token(viewer, household_id=ada.default_household_id)
        assert refusal(await script.post(URL, json={"title": "x"})) == (403, "forbidden")
        reader = await with_token(ada, frozenset({Scope.RECIPES_READ}))
        assert refusal(await reader.post(URL, json={"title": "x"})) == (403, "insufficient-scope")

    async def test_h06_a_household_that_is_gone_takes_its_tokens_along(
        self, with_token: WithToken, ada: User, factories: Factories, resources: Resources
    ) -> None:
        cabin = await factories.household(ada)
        script = await with_token(ada, household_id=cabin.id)
        async with resources.database.transaction() as session:
            await session.delete(await session.get_one(type(cabin), cabin.id))
        assert refusal(await script.get(URL)) == BAD

    async def test_g04_signing_in_beside_a_token_still_takes_the_password(
        self, with_token: WithToken, ada: User
    ) -> None:
        script = await with_token(ada)
        wrong = {"username": ada.email, "password": "x" * 20}
        assert refusal(await script.post(LOGIN, data=wrong)) == (401, "invalid-credentials")
        right = wrong | {"password": PASSWORD}
        assert (await script.post(LOGIN, data=right)).status_code == 200
        assert (await script.post(LOGOUT, json={"refresh_token": "x"})).status_code == 204
        assert (await script.post(SIGNUP, json={"email": "x"})).status_code == 422


class TestSecrecy:
    async def test_g01_neither_token_nor_digest_is_ever_said(
        self,
        app: FastAPI,
        as_ada: httpx2.AsyncClient,
        resources: Resources,
    ) -> None:
        made = await create_token(as_ada, scopes=["recipes:read", "profile:read"])
        recorder.clear()
        async with client_of(app, headers=bearing(made["token"])) as script:
            for path in (ME, URL, TOKENS, f"{API}/nope", f"{URL}?cursor=x"):
                await script.get(path)
        await as_ada.get(TOKENS)
        await as_ada.get(f"{TOKENS}/{made['id']}")
        await as_ada.delete(f"{TOKENS}/{made['id']}")
        said = recorder.getvalue()
        assert said.count("request_id") > 5
        assert made["token"] not in said
        assert made["token"][4:-6] not in said
        assert (
            opaque.keyed_digest(made["token"], await resources.personal_token_key.get()) not in said
        )
