"""B-03 and B-07 with an `Idempotency-Key`: claiming one costs a flood no statement either."""

from contextlib import ExitStack
from typing import Any

import httpx2
import pytest

from potluck.core.ids import new_id
from potluck.core.passwords import QUEUE
from potluck.resources import Resources
from tests.api.auth_calls import LOGIN, REFRESH, SETUP, SIGNUP
from tests.api.recipe_calls import refusal
from tests.factories import PASSWORD
from tests.limits import limited

ACCOUNT = {"email": "eve@example.org", "password": PASSWORD, "display_name": "Eve"}
WRONG = {"data": {"username": "ada@example.org", "password": "another long password"}}
CALLS: dict[str, dict[str, Any]] = {
    LOGIN: WRONG,
    REFRESH: {"json": {"refresh_token": "prt_one"}},
    SETUP: {"json": ACCOUNT | {"secret": "pst_one"}},
    SIGNUP: {"json": ACCOUNT},
}
ONE_EACH = dict.fromkeys(
    ("login_per_address", "refresh_per_address", "setup_per_address", "signup_per_address"), 1
)


async def flood(client: httpx2.AsyncClient, path: str, times: int) -> list[httpx2.Response]:
    """The same again and again, each time under another key."""
    return [
        await client.post(path, **CALLS[path], headers={"Idempotency-Key": str(new_id())})
        for _ in range(times)
    ]


@pytest.mark.parametrize("path", sorted(CALLS))
async def test_b03_who_was_told_to_wait_is_told_again_before_a_key_is_claimed(
    client: httpx2.AsyncClient, resources: Resources, statements: list[str], path: str
) -> None:
    with limited(resources, **ONE_EACH):
        assert (await flood(client, path, 2))[-1].status_code == 429
        statements.clear()
        answers = await flood(client, path, 5)
    assert {refusal(answer) for answer in answers} == {(429, "too-many-requests")}
    assert statements == []


async def test_b01_so_is_who_tries_an_account_that_is_closed(
    client: httpx2.AsyncClient, statements: list[str]
) -> None:
    assert (await flood(client, LOGIN, 7))[-1].status_code == 429
    statements.clear()
    assert {answer.status_code for answer in await flood(client, LOGIN, 5)} == {429}
    assert statements == []


async def test_b07_who_finds_no_place_to_be_hashed_claims_no_key(
    client: httpx2.AsyncClient, resources: Resources, statements: list[str]
) -> None:
    use = resources.passwords.use
    with ExitStack() as taken:
        for _ in range(use.threads + QUEUE):
            taken.enter_context(resources.passwords.place())
        answers = await flood(client, LOGIN, 2)
    assert {refusal(answer) for answer in answers} == {(503, "unavailable")}
    assert statements == []
