"""`potluck keys`: rotating the keys of access tokens, which nobody may notice."""

import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from potluck.core import base64url, sealing
from potluck.core.config import Settings
from potluck.main import create_app
from potluck.models import SigningKey, User
from potluck.resources import Resources
from potluck.services.signing_keys import sealing_key
from tests.api.auth_calls import me, refresh, signed_in
from tests.cli.conftest import Command
from tests.conftest import client_of, gather
from tests.doubles import FakeClock
from tests.factories import Make
from tests.signing_key_rows import rotatable

JWKS = "/.well-known/jwks.json"
UNTIL_NEXT = timedelta(seconds=330)
UNTIL_SOON = timedelta(seconds=10)
OVERLAP = timedelta(seconds=660)
RELOAD = timedelta(seconds=5)
TICK = timedelta(microseconds=1)
#: Of two rotations, the second when the first key retires.
START, SWITCH, GONE, NEXT, LAST = "12:00:00", "12:05:30", "12:16:30", "12:11:00", "12:22:00"


@pytest.fixture(autouse=True)
async def first(
    resources: Resources, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[str]:
    """The id of the key that the instance was made with, which is alone again afterwards."""
    async with rotatable(resources, clock, monkeypatch) as kid:
        yield kid


@pytest.fixture
async def ada(make_user: Make[User]) -> User:
    return await make_user()


@pytest.fixture
async def replica(settings: Settings, clock: FakeClock) -> AsyncIterator[FastAPI]:
    """Another app over the same database."""
    app = create_app(settings, clock=clock, works_in_background=False)
    async with app.router.lifespan_context(app):
        yield app


async def published(client: httpx2.AsyncClient) -> list[str]:
    answer = await client.get(JWKS)
    return [key["kid"] for key in answer.json()["keys"]]


async def rotated(command: Command, *arguments: str) -> str:
    """The id of the new key."""
    ended = await command("keys", "rotate", *arguments)
    assert (ended.exit_code, ended.stderr) == (0, "")
    return ended.stdout.split()[2]


def kid_of(token: str) -> Any:
    return json.loads(base64url.decode(token.partition(".")[0]))["kid"]


class TestList:
    async def test_tells_the_state_and_the_instants_of_each_key(
        self, command: Command, clock: FakeClock, first: str
    ) -> None:
        second = await rotated(command)
        clock.advance(UNTIL_NEXT)
        third = await rotated(command)

        lines = (await command("keys", "list")).stdout.splitlines()

        at = "2026-03-01T{}Z".format
        heads = ["kid", "state", "created", "active from", "retires at", "gone at"]
        assert re.split(" {2,}", lines[0]) == heads
        rows = {line.split()[0]: line.split()[1:] for line in lines[1:]}
        assert list(rows) == [first, second, third]
        assert (rows[first][0], rows[first][3:]) == ("verify-only", [at(SWITCH), at(GONE)])
        assert rows[second] == ["active", at(START), at(SWITCH), at(NEXT), at(LAST)]
        assert rows[third] == ["next", at(SWITCH), at(NEXT), "-", "-"]

    async def test_d08_shows_nothing_secret(self, command: Command, resources: Resources) -> None:
        said = (await command("keys", "rotate")).stdout + (await command("keys", "list")).stdout

        async with resources.database.reading() as session:
            rows = list(await session.scalars(select(SigningKey)))
        key = sealing_key(resources.master_key)
        assert len(rows) == 2
        for row in rows:
            aad = sealing.cell("signing_key", "private_sealed", row.kid)
            secret = sealing.unseal(key, row.private_sealed, aad)
            for text in (row.private_sealed, base64url.encode(secret), secret.hex()):
                assert text not in said


class TestRotate:
    async def test_d08_the_next_key_is_published_at_once_and_signs_when_all_can_know_it(
        self,
        command: Command,
        client: httpx2.AsyncClient,
        ada: User,
        clock: FakeClock,
        first: str,
    ) -> None:
        before = (await client.get(JWKS)).json()["keys"]
        second = await rotated(command)
        clock.advance(RELOAD)
        after = (await client.get(JWKS)).json()["keys"]
        assert after[0] == before[0]
        assert [key["kid"] for key in after] == [first, second]
        assert [key.keys() for key in after] == [{"kty", "crv", "use", "alg", "kid", "x"}] * 2

        clock.advance(UNTIL_NEXT - RELOAD - TICK)
        assert kid_of((await signed_in(client, ada))["access_token"]) == first
        clock.advance(TICK)
        assert kid_of((await signed_in(client, ada))["access_token"]) == second
        assert await published(client) == [second, first]

    async def test_d08_a_token_of_the_old_key_is_good_until_it_expires(
        self, command: Command, client: httpx2.AsyncClient, ada: User, clock: FakeClock
    ) -> None:
        second = await rotated(command)
        clock.advance(UNTIL_NEXT - TICK)
        token = (await signed_in(client, ada))["access_token"]

        clock.advance(timedelta(seconds=629))
        assert (await me(client, token)).status_code == 200
        clock.advance(OVERLAP - timedelta(seconds=629) + TICK)
        assert (await me(client, token)).status_code == 401
        assert await published(client) == [second]

    async def test_waits_with_a_second_key_until_the_first_has_had_its_turn(
        self, command: Command, client: httpx2.AsyncClient, clock: FakeClock, first: str
    ) -> None:
        second = await rotated(command)
        assert await rotated(command) == second
        clock.advance(RELOAD)
        assert await published(client) == [first, second]

    async def test_now_takes_seconds_and_passes_over_a_key_that_waits(
        self, command: Command, client: httpx2.AsyncClient, clock: FakeClock, ada: User, first: str
    ) -> None:
        waiting = await rotated(command)
        token = (await signed_in(client, ada))["access_token"]
        second = await rotated(command, "--now")
        clock.advance(UNTIL_SOON - TICK)
        assert await published(client) == [first, second]
        clock.advance(TICK)
        assert kid_of((await signed_in(client, ada))["access_token"]) == second != waiting
        assert (await me(client, token)).status_code == 200

    async def test_refuse_old_ends_every_access_token_and_no_sign_in(
        self, command: Command, client: httpx2.AsyncClient, clock: FakeClock, ada: User
    ) -> None:
        pair = await signed_in(client, ada)
        second = await rotated(command, "--now", "--refuse-old")
        clock.advance(RELOAD)
        assert await published(client) == [second]
        assert (await me(client, pair["access_token"])).status_code == 401
        renewed = (await refresh(client, pair["refresh_token"])).json()["access_token"]
        assert (await me(client, renewed)).status_code == 200

    async def test_refuse_old_is_for_leaks_alone(self, command: Command) -> None:
        ended = await command("keys", "rotate", "--refuse-old")
        assert (ended.exit_code, ended.stdout) == (2, "")
        assert "--refuse-old goes with --now" in ended.stderr
        assert len((await command("keys", "list")).stdout.splitlines()) == 2

    async def test_of_the_keys_that_are_gone_only_the_latest_is_kept(
        self, command: Command, clock: FakeClock
    ) -> None:
        kids = []
        for _ in range(4):
            kids.append(await rotated(command))
            clock.advance(UNTIL_NEXT + OVERLAP)
        last = await rotated(command)

        lines = (await command("keys", "list")).stdout.splitlines()[1:]
        assert [line.split()[0] for line in lines] == [*kids[2:], last]
        assert [line.split()[1] for line in lines] == ["gone", "active", "next"]


class TestReplicas:
    async def test_d08_a_token_of_a_key_that_is_news_is_taken_at_once_by_parallel_requests(
        self,
        command: Command,
        client: httpx2.AsyncClient,
        replica: FastAPI,
        ada: User,
        resources: Resources,
    ) -> None:
        async with client_of(replica) as other:
            old = (await signed_in(client, ada))["access_token"]
            assert (await me(other, old)).status_code == 200
            await rotated(command, "--now", "--refuse-old")
            await resources.keys.look_again()
            token = (await signed_in(client, ada))["access_token"]

            answers = await gather(*(lambda: me(other, token) for _ in range(5)))

            assert [answer.status_code for answer in answers] == [200] * 5

    async def test_d02_tokens_of_keys_that_nobody_has_make_one_look_in_five_seconds(
        self,
        client: httpx2.AsyncClient,
        ada: User,
        resources: Resources,
        clock: FakeClock,
        statements: list[str],
    ) -> None:
        token = (await signed_in(client, ada))["access_token"]
        parts = token.split(".")
        header = {"alg": "Ed25519", "typ": "at+jwt", "kid": "x" * 43}
        forged = ".".join((base64url.encode(json.dumps(header).encode()), *parts[1:]))
        clock.advance(RELOAD)
        await resources.keys.current()
        statements.clear()

        for _ in range(20):
            assert (await me(client, forged)).status_code == 401
        assert ["signing_key" in each for each in statements] == [True]

        clock.advance(RELOAD)
        await resources.keys.current()
        statements.clear()
        assert (await me(client, forged)).status_code == 401
        assert ["signing_key" in each for each in statements] == [True]


class TestRewrap:
    async def test_under_the_key_of_the_database_nothing_is_to_be_done(
        self, command: Command, settings: Settings
    ) -> None:
        """The old key comes by standard input."""
        key = (settings.data_dir / "keys" / "master.key").read_text()

        ended = await command("keys", "rewrap", "--old-key", "-", input=key)

        assert (ended.exit_code, ended.stderr) == (0, "")
        assert ended.stdout == "The database belongs to this master key already.\n"

    async def test_d02_what_is_no_key_is_refused_and_not_repeated(
        self, command: Command, tmp_path: Path
    ) -> None:
        unusable = tmp_path / "old.key"
        unusable.write_text("hunter2-hunter2-hunter2-hunter2-hunter2-hunter2")
        unusable.chmod(0o600)
        for source in (str(unusable), str(tmp_path / "absent"), "-"):
            ended = await command("keys", "rewrap", "--old-key", source, input="hunter2")
            assert (ended.exit_code, ended.stdout) == (78, "")
            assert "hunter2" not in ended.stderr
