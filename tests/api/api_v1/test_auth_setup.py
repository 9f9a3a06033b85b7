"""The first start: no account, no default, one secret for the first administrator."""

import itertools
import os
import stat
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from anyio import to_thread
from sqlalchemy import func, select

from potluck import backend_pre_start
from potluck.core.clock import SystemClock
from potluck.core.config import Settings
from potluck.main import create_app
from potluck.models import Household, User
from potluck.resources import Resources
from tests import databases
from tests.api.auth_calls import ME, SETUP, SIGNUP, RecordingHasher, login
from tests.api.recipe_calls import faults, refusal
from tests.conftest import be_patient, checked_out, client_of, gather, make_settings
from tests.doubles import START, FakeClock, FakeFetcher
from tests.factories import PASSWORD

ADMIN = {"email": "admin@example.org", "password": PASSWORD, "display_name": "Admin"}
NAMES = ("admin", "root", "administrator", "potluck", "user", "guest", "demo", "changeme",
         "test", "recipes")  # fmt: skip
WORDS = ("admin", "password", "changeme", "MyPassword", "changethis")


@dataclass(frozen=True)
class Instance:
    """A data folder and a database that nobody has used."""

    client: httpx2.AsyncClient
    resources: Resources
    settings: Settings
    secret: str
    clock: FakeClock

    async def count(self, model: type[User] | type[Household]) -> int:
        async with self.resources.database.reading() as session:
            return await session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
async def fresh(engine: str, tmp_path: Path) -> AsyncIterator[Instance]:
    with databases.database_url(engine, tmp_path, f"potluck_fresh_{os.getpid()}") as url:
        settings = make_settings(tmp_path, url)
        secret = await to_thread.run_sync(lambda: backend_pre_start.prepare(settings, wait_s=5))
        assert secret is not None
        clock = FakeClock()
        clock.advance(SystemClock().now() - START)
        app = create_app(settings, clock=clock, fetcher=FakeFetcher(), works_in_background=False)
        async with app.router.lifespan_context(app), client_of(app) as client:
            be_patient(app)
            yield Instance(client, app.state.resources, settings, secret, clock)


def file_of(settings: Settings) -> Path:
    return settings.data_dir / "setup-secret"


class TestFirstStart:
    async def test_a11_there_is_no_account_to_guess(self, fresh: Instance) -> None:
        assert await fresh.count(User) == 0

        pairs = list(itertools.product((f"{name}@example.com" for name in NAMES), WORDS))
        answers = [await login(fresh.client, *pair) for pair in pairs]

        assert len(answers) == 50
        assert {refusal(answer) for answer in answers} == {(401, "invalid-credentials")}
        assert await fresh.count(User) == 0

    async def test_a11_the_secret_lies_where_its_owner_alone_can_read_it(
        self, fresh: Instance
    ) -> None:
        file = file_of(fresh.settings)

        assert file.read_text().strip() == fresh.secret
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

    async def test_a11_people_may_sign_up_before_without_becoming_administrators(
        self, fresh: Instance
    ) -> None:
        answer = await fresh.client.post(SIGNUP, json=ADMIN)

        assert (answer.status_code, answer.json()["is_instance_admin"]) == (201, False)
        setup = {"email": "other@example.org", "secret": fresh.secret}
        assert (await fresh.client.post(SETUP, json=ADMIN | setup)).status_code == 201


class TestSetup:
    async def test_a11_works_once(self, fresh: Instance) -> None:
        body = ADMIN | {"secret": fresh.secret}

        first = await fresh.client.post(SETUP, json=body)
        second = await fresh.client.post(SETUP, json=body | {"email": "b@example.org"})
        wrong = await fresh.client.post(SETUP, json=ADMIN | {"secret": "x"})

        assert first.status_code == 201
        user = first.json()
        assert (user["email"], user["is_instance_admin"]) == (ADMIN["email"], True)
        assert [each["name"] for each in user["memberships"]] == ["Admin's kitchen"]
        assert first.headers["Location"] == ME
        assert first.headers["ETag"]
        assert refusal(second) == refusal(wrong) == (410, "setup-done")
        assert await fresh.count(User) == 1

    async def test_a11_takes_the_file_away(self, fresh: Instance) -> None:
        await fresh.client.post(SETUP, json=ADMIN | {"secret": fresh.secret})

        assert not file_of(fresh.settings).exists()
        again = await to_thread.run_sync(
            lambda: backend_pre_start.prepare(fresh.settings, wait_s=5)
        )
        assert (again, file_of(fresh.settings).exists()) == (None, False)

    async def test_a11_works_once_for_many_at_once(self, fresh: Instance) -> None:
        bodies = [ADMIN | {"secret": fresh.secret, "email": f"a{n}@b.example"} for n in range(6)]

        answers = await gather(
            *[lambda body=body: fresh.client.post(SETUP, json=body) for body in bodies]
        )

        assert sorted(answer.status_code for answer in answers) == [201, *[410] * 5]
        assert (await fresh.count(User), await fresh.count(Household)) == (1, 1)

    @pytest.mark.parametrize("secret", [None, "", "x", f"pst_{'A' * 43}", "x" * 100_000])
    async def test_a11_needs_the_secret(self, fresh: Instance, secret: str | None) -> None:
        body = ADMIN if secret is None else ADMIN | {"secret": secret}

        answer = await fresh.client.post(SETUP, json=body)

        assert refusal(answer) == (401, "invalid-setup-secret")
        assert answer.headers["WWW-Authenticate"]
        assert await fresh.count(User) == 0
        assert file_of(fresh.settings).exists()

    async def test_a11_the_secret_lives_a_day_and_until_the_next_start(
        self, fresh: Instance
    ) -> None:
        newer = await to_thread.run_sync(
            lambda: backend_pre_start.prepare(fresh.settings, wait_s=5)
        )
        older = await fresh.client.post(SETUP, json=ADMIN | {"secret": fresh.secret})
        fresh.clock.advance(timedelta(hours=24, minutes=5))
        late = await fresh.client.post(SETUP, json=ADMIN | {"secret": newer})

        assert newer not in {None, fresh.secret}
        assert refusal(older) == refusal(late) == (401, "invalid-setup-secret")

    async def test_d10_used_in_its_last_minute_it_is_known_as_used_ever_after(
        self, fresh: Instance
    ) -> None:
        body = ADMIN | {"secret": fresh.secret}
        fresh.clock.advance(timedelta(hours=23, minutes=59))

        first = await fresh.client.post(SETUP, json=body)
        second = await fresh.client.post(SETUP, json=body)
        fresh.clock.advance(timedelta(days=400))
        third = await fresh.client.post(SETUP, json=body)

        assert first.status_code == 201
        assert refusal(second) == refusal(third) == (410, "setup-done")

    async def test_a_refusal_keeps_the_secret_good(self, fresh: Instance) -> None:
        await fresh.client.post(SIGNUP, json=ADMIN)
        body = ADMIN | {"secret": fresh.secret}

        taken = await fresh.client.post(SETUP, json=body)
        short = await fresh.client.post(SETUP, json=body | {"password": "short"})
        named = await fresh.client.post(SETUP, json=body | {"password": "Admin@example.org"})
        leaked = await fresh.client.post(SETUP, json=body | {"password": "passwordpassword"})

        assert refusal(taken) == (409, "email-taken")
        assert faults(short) == [("/password", "password_too_short")]
        assert faults(named) == [("/password", "password_contextual")]
        assert faults(leaked) == [("/password", "password_breached")]
        assert file_of(fresh.settings).exists()
        good = await fresh.client.post(SETUP, json=body | {"email": "b@example.org"})
        assert good.status_code == 201

    async def test_holds_no_connection_while_hashing(self, fresh: Instance) -> None:
        hasher = RecordingHasher(lambda: checked_out(fresh.resources))
        fresh.resources.passwords = hasher

        await fresh.client.post(SETUP, json=ADMIN | {"secret": fresh.secret})

        assert hasher.seen == [0]

    async def test_the_administrator_can_sign_in(self, fresh: Instance) -> None:
        made = await fresh.client.post(SETUP, json=ADMIN | {"secret": fresh.secret})

        answer = await login(fresh.client, ADMIN["email"])

        token = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        assert (await fresh.client.get(ME, headers=token)).json() == made.json()
