"""Signing keys that are renewed by themselves, without a token refused."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from potluck import crud
from potluck.core import base64url
from potluck.core.config import Settings
from potluck.core.errors import NotReady
from potluck.core.master_key import MasterKey
from potluck.models import SigningKey, User
from potluck.resources import Resources
from potluck.services import signing_keys
from potluck.worker import key_rotation
from tests.api.auth_calls import me, refresh, signed_in
from tests.api.encrypted_calls import encrypting
from tests.conftest import gather
from tests.doubles import FakeClock
from tests.factories import Make
from tests.signing_key_rows import rotatable

DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)


@pytest.fixture(autouse=True)
async def first(
    resources: Resources, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[str]:
    """The id of the key that the instance was made with, as if it had been made just now."""
    async with rotatable(resources, clock, monkeypatch) as kid:
        async with resources.database.transaction() as session:
            (await session.get_one(SigningKey, kid)).created_at = clock.now()
        yield kid


@pytest.fixture
async def ada(make_user: Make[User]) -> User:
    return await make_user()


async def once(resources: Resources, settings: Settings | None = None) -> None:
    await key_rotation.once(
        resources.database, resources.master_key, settings or resources.settings, resources.clock
    )


async def kids(resources: Resources) -> list[str]:
    async with resources.database.reading() as session:
        return [row.kid for row in await crud.instance.signing_keys(session)]


def rotating_after(settings: Settings, days: int) -> Settings:
    tokens = settings.tokens.model_copy(update={"rotate_days": days})
    return settings.model_copy(update={"tokens": tokens})


def kid_of(token: str) -> Any:
    kid = json.loads(base64url.decode(token.partition(".")[0]))["kid"]
    return kid.removesuffix(".enc")


class TestWhenDue:
    async def test_d08_a_key_signs_for_ninety_days(
        self, resources: Resources, clock: FakeClock, first: str
    ) -> None:
        clock.advance(90 * DAY - TICK)
        await once(resources)
        assert await kids(resources) == [first]
        clock.advance(TICK)
        await once(resources)
        assert (await kids(resources))[0] == first
        assert len(await kids(resources)) == 2

    async def test_the_days_are_those_of_the_setting(
        self, resources: Resources, clock: FakeClock
    ) -> None:
        clock.advance(7 * DAY)
        await once(resources, rotating_after(resources.settings, 8))
        assert len(await kids(resources)) == 1
        await once(resources, rotating_after(resources.settings, 7))
        assert len(await kids(resources)) == 2

    async def test_with_zero_days_nothing_happens_by_itself(
        self, resources: Resources, clock: FakeClock
    ) -> None:
        clock.advance(4000 * DAY)
        await once(resources, rotating_after(resources.settings, 0))
        assert len(await kids(resources)) == 1

    async def test_a_key_that_waits_for_its_turn_is_enough(
        self, resources: Resources, clock: FakeClock
    ) -> None:
        clock.advance(90 * DAY)
        await once(resources)
        await once(resources)
        clock.advance(timedelta(seconds=329))
        await once(resources)
        assert len(await kids(resources)) == 2

    async def test_a_rotation_by_hand_begins_the_days_anew(
        self, resources: Resources, clock: FakeClock
    ) -> None:
        clock.advance(60 * DAY)
        async with resources.database.transaction() as session:
            await signing_keys.rotate(session, resources.master_key, now=clock.now(), access_s=600)
        clock.advance(timedelta(seconds=330) + 90 * DAY - TICK)
        await once(resources)
        assert len(await kids(resources)) == 2
        clock.advance(TICK)
        await once(resources)
        assert len(await kids(resources)) == 3

    async def test_d08_of_processes_at_the_same_moment_one_makes_it(
        self, resources: Resources, clock: FakeClock
    ) -> None:
        clock.advance(90 * DAY)
        await gather(*(lambda: once(resources) for _ in range(5)))
        assert len(await kids(resources)) == 2

    async def test_nothing_is_sealed_under_a_master_key_that_was_replaced(
        self, resources: Resources, clock: FakeClock
    ) -> None:
        clock.advance(90 * DAY)
        other = MasterKey(bytes(range(3, 35)))
        with pytest.raises(NotReady, match="another master key"):
            await key_rotation.once(resources.database, other, resources.settings, clock)
        assert len(await kids(resources)) == 1


@pytest.mark.parametrize("is_on", [False, True], ids=["plain", "encrypted"])
async def test_d08_over_two_hundred_days_no_token_is_refused(
    client: httpx2.AsyncClient, resources: Resources, clock: FakeClock, ada: User, is_on: bool
) -> None:
    """Housekeeping once a day; around each rotation a client looks every two minutes."""
    signed: list[str] = []
    with encrypting(resources, is_on=is_on):
        for _ in range(200):
            clock.advance(DAY)
            before = await kids(resources)
            await once(resources)
            if await kids(resources) != before:
                signed += await used_for_an_hour(client, ada, clock)

    assert len(set(signed)) == 3  # the first, and one each after 90 and 180 days
    assert signed == sorted(signed, key=signed.index)
    async with resources.database.reading() as session:
        assert len(list(await session.scalars(select(SigningKey)))) == 3


async def used_for_an_hour(client: httpx2.AsyncClient, user: User, clock: FakeClock) -> list[str]:
    """The ids of the keys of a client's tokens, each used until the end of its ten minutes."""
    pair = await signed_in(client, user)
    tokens = [pair["access_token"]]
    for _ in range(30):
        clock.advance(timedelta(minutes=2))
        assert {(await me(client, token)).status_code for token in tokens[-5:]} == {200}
        pair = (await refresh(client, pair["refresh_token"])).json()
        tokens.append(pair["access_token"])
    return list(map(kid_of, tokens))
