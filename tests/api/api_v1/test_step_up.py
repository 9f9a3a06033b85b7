"""What needs a sign-in of the last ten minutes, and how a session gets to be as good as new."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core import opaque
from potluck.core.account_settings import SessionSettings
from potluck.models import RefreshToken, User
from potluck.resources import Resources
from potluck.services import web_sessions
from tests.api.auth_calls import (
    family_of,
    login,
    long_signed_in,
    refresh,
    signed_in,
)
from tests.api.job_calls import make_job
from tests.api.operations import Operation
from tests.api.recipe_calls import refusal
from tests.api.token_calls import WithToken, make_token
from tests.conftest import API, gather
from tests.doubles import FakeClock
from tests.factories import PASSWORD, Factories

STEP_UP = f"{API}/auth/step-up"
Json = dict[str, Any]
OTHER = "{another session}"
HOME, JOB = "{household}", "{job}"
THEM, THEIRS, TOKEN = "{somebody}", "{their session}", "{their token}"
NOBODY = {"user_id": "0190a0a0-0000-7000-8000-000000000001"}


@dataclass(frozen=True)
class Row:
    """One operation that a session left open must not do."""

    name: str
    method: str
    path: str
    body: Json | None
    success: int


CHANGE = {"current_password": PASSWORD, "new_password": PASSWORD[::-1]}
#: A flow that decides over an account, or over a household as a whole, has its row here.
ROWS = [
    Row("create_token", "POST", "/auth/tokens", {"name": "x", "scopes": ["recipes:read"]}, 201),
    Row("end_session", "DELETE", f"/auth/sessions/{OTHER}", None, 204),
    Row("end_other_sessions", "POST", "/auth/sessions/end-others", None, 204),
    Row("request_email_change", "POST", "/auth/email-change", {"email": "new@example.org"}, 202),
    Row("update_password", "POST", "/auth/password", CHANGE, 200),
    Row("create_export", "POST", "/auth/me/exports", None, 202),
    Row("delete_me", "DELETE", "/auth/me", None, 204),
    Row("delete_household", "DELETE", f"/households/{HOME}", None, 204),
    Row("update_account", "PATCH", f"/admin/users/{THEM}", {"is_disabled": True}, 200),
    Row("request_account_reset", "POST", f"/admin/users/{THEM}/password-reset", None, 202),
    Row("end_account_sessions", "DELETE", f"/admin/users/{THEM}/sessions", None, 204),
    Row("end_account_session", "DELETE", f"/admin/users/{THEM}/sessions/{THEIRS}", None, 204),
    Row("revoke_account_token", "DELETE", f"/admin/users/{THEM}/tokens/{TOKEN}", None, 204),
    Row("retry_job", "POST", f"/admin/jobs/{JOB}/retry", None, 200),
    Row("cancel_job", "POST", f"/admin/jobs/{JOB}/cancel", None, 200),
    # She is let through, and told that this is no member.
    Row("transfer_household", "POST", f"/households/{HOME}/transfer", NOBODY, 422),
]
#: A script of an administrator has been given its rights by somebody who had just signed in.
OF_PERSONS = [row for row in ROWS if not row.path.startswith("/admin")]
by_name = pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])


async def step_up(client: httpx2.AsyncClient, password: str = PASSWORD) -> httpx2.Response:
    return await client.post(STEP_UP, json={"password": password})


async def another_session(resources: Resources, user: User) -> str:
    """The id of a browser's session of the user."""
    now = resources.clock.now()
    async with resources.database.transaction() as session:
        cookie = await web_sessions.start(
            session, user, SessionSettings(), now=now, user_agent=None
        )
        found = await web_sessions.find(session, cookie, now)
    assert found is not None
    return found.session_id


@pytest.fixture
async def left_open(
    client: httpx2.AsyncClient, resources: Resources, ada: User
) -> httpx2.AsyncClient:
    """Ada's client, eleven minutes after she signed in."""
    client.headers.update(await long_signed_in(resources, client, ada))
    return client


async def of_somebody(resources: Resources, user: User, path: str) -> str:
    """The path with the ids of an account that the user looks after."""
    async with resources.database.transaction() as session:
        promoted = update(User).where(User.id == user.id).values(is_instance_admin=True)
        await session.execute(promoted)
    them = await Factories(resources, "no password").user(email=f"{uuid4()}@example.org")
    path = path.replace(THEM, str(them.id))
    path = path.replace(JOB, str(await make_job(resources, them)))
    path = path.replace(TOKEN, str((await make_token(resources, them)).id))
    return path.replace(THEIRS, await another_session(resources, them))


async def call(
    client: httpx2.AsyncClient, resources: Resources, user: User, row: Row
) -> httpx2.Response:
    path = row.path.replace(HOME, str(user.default_household_id))
    if path.startswith("/admin"):
        path = await of_somebody(resources, user, path)
    if OTHER in path:
        path = path.replace(OTHER, await another_session(resources, user))
    return await client.request(row.method, API + path, json=row.body, headers={"If-Match": "*"})


class TestRecentLogin:
    @by_name
    async def test_c10_a_session_of_eleven_minutes_is_asked_for_the_password(
        self, left_open: httpx2.AsyncClient, resources: Resources, ada: User, row: Row
    ) -> None:
        answer = await call(left_open, resources, ada, row)
        assert refusal(answer) == (403, "reauth-required")
        assert "POST /auth/step-up" in answer.json()["next_step"]
        assert answer.headers["WWW-Authenticate"] == (
            'Bearer error="insufficient_user_authentication", max_age=600'
        )

    @by_name
    async def test_c10_and_may_once_it_has_given_it(
        self, left_open: httpx2.AsyncClient, resources: Resources, ada: User, row: Row
    ) -> None:
        pair = (await step_up(left_open)).json()
        left_open.headers["Authorization"] = f"Bearer {pair['access_token']}"
        assert (await call(left_open, resources, ada, row)).status_code == row.success

    @pytest.mark.parametrize("row", OF_PERSONS, ids=[row.name for row in OF_PERSONS])
    async def test_c10_a_personal_token_never_may(
        self, with_token: WithToken, resources: Resources, ada: User, row: Row
    ) -> None:
        answer = await call(await with_token(ada), resources, ada, row)
        assert refusal(answer) == (403, "insufficient-scope")

    async def test_c10_every_operation_that_says_so_has_a_row(
        self, document: Json, every: list[Operation]
    ) -> None:
        told = {
            each.name
            for each in every
            if "reauth-required"
            in document["paths"][each.path][each.method.lower()]["responses"]
            .get("403", {})
            .get("description", "")
        }
        assert told == {row.name for row in ROWS}

    async def test_c10_ten_minutes_to_the_second_are_recent(
        self, client: httpx2.AsyncClient, ada: User, clock: FakeClock
    ) -> None:
        pair = await signed_in(client, ada)
        clock.advance(timedelta(minutes=10))
        pair = (await refresh(client, pair["refresh_token"])).json()
        bearer = {"Authorization": f"Bearer {pair['access_token']}"}
        assert (await client.post(f"{API}/auth/sessions/end-others", headers=bearer)).is_success
        clock.advance(timedelta(seconds=1))
        answer = await client.post(f"{API}/auth/sessions/end-others", headers=bearer)
        assert refusal(answer) == (403, "reauth-required")

    async def test_ones_own_session_is_ended_at_any_time(
        self, left_open: httpx2.AsyncClient
    ) -> None:
        found = (await left_open.get(f"{API}/auth/sessions")).json()["items"]
        [own] = [each["id"] for each in found if each["is_current"]]
        assert (await left_open.delete(f"{API}/auth/sessions/{own}")).status_code == 204

    async def test_a_token_is_revoked_at_any_time(
        self,
        as_ada: httpx2.AsyncClient,
        client: httpx2.AsyncClient,
        resources: Resources,
        ada: User,
    ) -> None:
        body = {"name": "x", "scopes": ["recipes:read"]}
        made = (await as_ada.post(f"{API}/auth/tokens", json=body)).json()
        as_ada.headers.update(await long_signed_in(resources, client, ada))
        assert (await as_ada.delete(f"{API}/auth/tokens/{made['id']}")).status_code == 204


class TestStepUp:
    async def test_c01_gives_a_new_pair_of_the_same_session(
        self, left_open: httpx2.AsyncClient, resources: Resources
    ) -> None:
        before = (await left_open.get(f"{API}/auth/sessions")).json()["items"]
        answer = await step_up(left_open)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        pair = answer.json()
        left_open.headers["Authorization"] = f"Bearer {pair['access_token']}"
        after = (await left_open.get(f"{API}/auth/sessions")).json()["items"]
        assert [each["id"] for each in after] == [each["id"] for each in before]
        assert after[0]["created_at"] == before[0]["created_at"]
        assert (await family_of(resources, pair["refresh_token"]))[1] == 3

    async def test_c01_spends_the_refresh_token_before_it(
        self, client: httpx2.AsyncClient, ada: User
    ) -> None:
        old = await signed_in(client, ada)
        bearer = {"Authorization": f"Bearer {old['access_token']}"}
        new = (await client.post(STEP_UP, json={"password": PASSWORD}, headers=bearer)).json()
        # At once it may be a tab that knows nothing of it yet: refused, and nothing ends.
        assert refusal(await refresh(client, old["refresh_token"])) == (401, "invalid-token")
        assert (await refresh(client, new["refresh_token"])).status_code == 200

    async def test_c01_the_spent_one_later_on_ends_the_session(
        self, client: httpx2.AsyncClient, ada: User, clock: FakeClock
    ) -> None:
        old = await signed_in(client, ada)
        bearer = {"Authorization": f"Bearer {old['access_token']}"}
        new = (await client.post(STEP_UP, json={"password": PASSWORD}, headers=bearer)).json()
        clock.advance(timedelta(seconds=21))
        assert (await refresh(client, old["refresh_token"])).status_code == 401
        assert (await refresh(client, new["refresh_token"])).status_code == 401

    async def test_the_older_access_token_stays_what_it_was(
        self, client: httpx2.AsyncClient, resources: Resources, ada: User
    ) -> None:
        stolen = await long_signed_in(resources, client, ada)
        assert (await client.post(STEP_UP, json={"password": PASSWORD}, headers=stolen)).is_success
        answer = await client.post(f"{API}/auth/sessions/end-others", headers=stolen)
        assert refusal(answer) == (403, "reauth-required")

    async def test_what_it_refreshes_to_is_as_old_as_the_password(
        self, left_open: httpx2.AsyncClient, clock: FakeClock
    ) -> None:
        pair = (await step_up(left_open)).json()
        statuses = []
        for minutes in (6, 5):
            clock.advance(timedelta(minutes=minutes))
            del left_open.headers["Authorization"]
            pair = (await refresh(left_open, pair["refresh_token"])).json()
            left_open.headers["Authorization"] = f"Bearer {pair['access_token']}"
            answer = await left_open.post(f"{API}/auth/sessions/end-others")
            statuses.append(answer.status_code)
        assert statuses == [204, 403]

    async def test_puts_the_end_of_the_session_off_no_further(
        self, left_open: httpx2.AsyncClient, resources: Resources
    ) -> None:
        pair = (await step_up(left_open)).json()
        family, _ = await family_of(resources, pair["refresh_token"])
        assert family.absolute_until - family.created_at == timedelta(days=30)

    @pytest.mark.parametrize("password", ["wrong", "", "x" * 100_000, "\ud800"])
    async def test_a_wrong_password_changes_nothing(
        self, left_open: httpx2.AsyncClient, password: str
    ) -> None:
        answer = await left_open.post(
            STEP_UP,
            content=b'{"password": "%b"}' % password.encode("ascii", "backslashreplace"),
            headers={"Content-Type": "application/json"},
        )
        assert refusal(answer) == (403, "forbidden")
        answer = await left_open.post(f"{API}/auth/sessions/end-others")
        assert refusal(answer) == (403, "reauth-required")

    async def test_b01_wrong_ones_slow_down_and_leave_signing_in_alone(
        self, left_open: httpx2.AsyncClient, client: httpx2.AsyncClient, ada: User
    ) -> None:
        slugs = [refusal(await step_up(left_open, "wrong"))[1] for _ in range(7)]
        assert set(slugs) == {"forbidden", "too-many-requests"}
        assert refusal(await step_up(left_open)) == (429, "too-many-requests")
        del client.headers["Authorization"]
        assert (await login(client, ada.email)).status_code == 200

    async def test_no_sign_in_without_the_scope_takes_part(
        self, client: httpx2.AsyncClient, ada: User
    ) -> None:
        pair = await signed_in(client, ada, scope="recipes:read")
        client.headers["Authorization"] = f"Bearer {pair['access_token']}"
        assert refusal(await step_up(client)) == (403, "insufficient-scope")

    async def test_many_at_the_same_moment_leave_one_refresh_token(
        self, left_open: httpx2.AsyncClient, session: AsyncSession
    ) -> None:
        answers = await gather(*[lambda: step_up(left_open)] * 4)
        assert {answer.status_code for answer in answers} == {200}
        unused = select(RefreshToken.digest).where(RefreshToken.used_at.is_(None))
        [digest] = (await session.scalars(unused)).all()
        assert digest in [opaque.digest(answer.json()["refresh_token"]) for answer in answers]
