"""R-12: the clock of the machine jumps between requests.

Budgets of a clock that went back are tested in tests/services/test_throttling.py, attempts at an
account in tests/api/test_throttling/test_sign_ins.py, and claims of an Idempotency-Key in
tests/api/test_idempotency/test_attempts.py.
"""

from datetime import datetime, timedelta

import httpx2
import pytest

from potluck.models import User
from tests.api.recipe_calls import URL, create, patch, refusal, titles
from tests.conftest import API, As
from tests.doubles import FakeClock
from tests.factories import PASSWORD, Make

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
JUMPS = pytest.mark.parametrize("jump", [HOUR, -HOUR, -DAY], ids=["+1h", "-1h", "-1d"])


def at(recipe: dict[str, str]) -> datetime:
    return datetime.fromisoformat(recipe["updated_at"])


@JUMPS
class TestR12:
    async def test_r12_tokens_fail_closed_and_new_ones_are_good(
        self, as_: As, make_user: Make[User], clock: FakeClock, jump: timedelta
    ) -> None:
        user = await make_user()
        before = await as_(user)
        assert (await before.get(URL)).status_code == 200
        clock.advance(jump)
        assert refusal(await before.get(URL)) == (401, "invalid-token")
        assert (await (await as_(user)).get(URL)).status_code == 200

    async def test_r12_people_sign_in_and_stay_signed_in(
        self, client: httpx2.AsyncClient, make_user: Make[User], clock: FakeClock, jump: timedelta
    ) -> None:
        user = await make_user()
        form = {"username": user.email, "password": PASSWORD}
        token = (await client.post(f"{API}/auth/login", data=form)).json()["refresh_token"]
        clock.advance(jump)
        answer = await client.post(f"{API}/auth/refresh", json={"refresh_token": token})
        assert answer.status_code == 200
        renewed = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        assert (await client.get(URL, headers=renewed)).status_code == 200
        assert (await client.post(f"{API}/auth/login", data=form)).status_code == 200

    async def test_r12_a_spent_refresh_token_is_no_repeat_on_another_clock(
        self, client: httpx2.AsyncClient, make_user: Make[User], clock: FakeClock, jump: timedelta
    ) -> None:
        user = await make_user()
        form = {"username": user.email, "password": PASSWORD}
        token = (await client.post(f"{API}/auth/login", data=form)).json()["refresh_token"]
        spent = {"refresh_token": token}
        assert (await client.post(f"{API}/auth/refresh", json=spent)).status_code == 200
        clock.advance(jump)
        answer = await client.post(f"{API}/auth/refresh", json=spent)
        assert refusal(answer) == (401, "invalid-token")

    async def test_r12_changes_keep_their_order(
        self, as_: As, make_user: Make[User], clock: FakeClock, jump: timedelta
    ) -> None:
        user = await make_user()
        made = await create(await as_(user), title="Cake")
        clock.advance(jump)
        client = await as_(user)
        pie = await create(client, title="Pie")
        changed = await patch(client, made["id"], title="Bread")
        assert at(made) < at(pie) < at(changed)
        assert changed["version"] == 2
        assert await titles(client, updated_since=pie["updated_at"], sort="updated_at") == [
            "Pie",
            "Bread",
        ]

    async def test_r12_a_key_of_a_post_is_used_once(
        self, as_: As, make_user: Make[User], clock: FakeClock, jump: timedelta
    ) -> None:
        user = await make_user()
        key = {"Idempotency-Key": "the-same"}
        first = await (await as_(user)).post(URL, json={"title": "Cake"}, headers=key)
        clock.advance(jump)
        client = await as_(user)
        second = await client.post(URL, json={"title": "Cake"}, headers=key)
        assert (second.status_code, second.json()["id"]) == (201, first.json()["id"])
        assert await titles(client) == ["Cake"]
