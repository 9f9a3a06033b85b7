"""`potluck user`: what the operator does to accounts."""

import os
import pty
import subprocess
import sys
from datetime import timedelta

import httpx2
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core import opaque
from potluck.models import SignInFailure, TokenFamily, User, WebSession
from potluck.resources import Resources
from potluck.services import setup
from tests import processes
from tests.cli.conftest import Command
from tests.conftest import API, As
from tests.doubles import FakeClock
from tests.factories import PASSWORD, Factories, Make

ADA = "ada@example.org"
OTHER_PASSWORD = "another horse, another staple"


async def status_of_login(client: httpx2.AsyncClient, password: str, email: str = ADA) -> int:
    form = {"username": email, "password": password}
    return (await client.post(f"{API}/auth/login", data=form)).status_code


class TestCreate:
    async def test_makes_an_account_that_can_sign_in(
        self, command: Command, client: httpx2.AsyncClient
    ) -> None:
        ended = await command("user", "create", ADA, "--password-stdin", input=PASSWORD + "\n")

        assert (ended.exit_code, ended.stdout) == (0, f"{ADA} can sign in.\n")
        assert await status_of_login(client, PASSWORD) == 200

    async def test_the_account_has_a_name_and_a_household(
        self, command: Command, session: AsyncSession
    ) -> None:
        await command("user", "create", ADA, "--password-stdin", input=PASSWORD)
        named = ("--name", "Grace", "--password-stdin")
        await command("user", "create", "grace@example.org", *named, input=PASSWORD)

        users = list(await session.scalars(select(User).order_by(User.email)))
        assert [user.display_name for user in users] == ["ada", "Grace"]
        assert all(user.default_household_id for user in users)
        assert not any(user.is_instance_admin for user in users)

    async def test_a11_the_first_administrator_closes_the_setup(
        self, command: Command, client: httpx2.AsyncClient, resources: Resources
    ) -> None:
        async with resources.database.transaction() as session:
            secret = await setup.renew_secret(session, resources.clock)
        assert secret is not None
        written = setup.write_secret(resources.settings.data_dir, secret)

        await command("user", "create", ADA, "--admin", "--password-stdin", input=PASSWORD)

        assert not written.exists()
        late = {"secret": secret, "email": "eve@example.org", "display_name": "Eve"}
        answer = await client.post(f"{API}/auth/setup", json=late | {"password": PASSWORD})
        assert answer.status_code == 410

    async def test_an_address_is_taken_once(self, command: Command, make_user: Make[User]) -> None:
        await make_user(email=ADA)
        ended = await command(
            "user", "create", "ADA@example.org", "--password-stdin", input=OTHER_PASSWORD
        )
        assert ended.exit_code == 1
        assert ended.stderr == (
            "An account with this address exists already."
            " An account with this address exists. Sign in instead.\n"
        )

    @pytest.mark.parametrize(
        ("email", "password", "said"),
        [
            (ADA, "short", "Use at least 15 characters; a few words make a good password."),
            (ADA, "", "Use at least 15 characters; a few words make a good password."),
            ("ada", PASSWORD, "email: Send an address like ada@example.org."),
            (ADA, "x" * 257, "Use at most 256 characters."),
            (ADA, "Ada-ada-ada-2026", "Add words that are not in the name, the address"),
            (ADA, "adas kitchen 1815", "Add words that are not in the name, the address"),
            (ADA, "passwordpassword", "This one is on a list of leaked passwords"),
        ],
    )
    async def test_what_does_not_do_is_refused_and_not_repeated(
        self, command: Command, session: AsyncSession, email: str, password: str, said: str
    ) -> None:
        ended = await command("user", "create", email, "--password-stdin", input=password)

        assert ended.exit_code == 1
        assert said in ended.stderr
        assert not password or password not in ended.output
        assert await session.scalar(select(func.count()).select_from(User)) == 0

    async def test_a_password_is_never_an_argument(self, command: Command) -> None:
        for arguments in (["--password", PASSWORD], [PASSWORD]):
            ended = await command("user", "create", ADA, *arguments)
            assert ended.exit_code == 2

    async def test_without_a_terminal_nothing_is_asked(self, command: Command) -> None:
        ended = await command("user", "create", ADA, input=PASSWORD)
        assert ended.exit_code == 2
        assert "use --password-stdin" in ended.stderr

    @pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
    async def test_on_a_terminal_it_asks_twice_and_shows_nothing(
        self, client: httpx2.AsyncClient, variables: dict[str, str]
    ) -> None:
        shown = typed_on_a_terminal(["user", "create", ADA], f"{PASSWORD}\n" * 2, variables)

        assert PASSWORD not in shown
        assert shown.count("Password") == 1
        assert "Repeat for confirmation" in shown
        assert f"{ADA} can sign in." in shown
        assert await status_of_login(client, PASSWORD) == 200


def typed_on_a_terminal(arguments: list[str], keys: str, variables: dict[str, str]) -> str:
    """What a command shows on a terminal of its own on which `keys` are typed."""
    ours, its = pty.openpty()
    start = "import os, runpy; os.login_tty(0); runpy.run_module('potluck', run_name='__main__')"
    process = subprocess.Popen(
        [sys.executable, "-c", start, *arguments],
        env=processes.environment(processes.ROOT, variables),
        stdin=its,
        stdout=its,
        stderr=its,
        start_new_session=True,
    )
    os.close(its)
    shown = b""
    waits_for = [b"Password: ", b"confirmation: "]
    lines = keys.encode().splitlines(keepends=True)
    while True:
        try:
            part = os.read(ours, 1024)
        except OSError:  # nobody has the terminal open any more
            break
        if not part:
            break
        shown += part
        if waits_for and waits_for[0] in shown:
            waits_for.pop(0)
            os.write(ours, lines.pop(0))
    os.close(ours)
    assert process.wait(timeout=20) == 0, shown
    return shown.decode()


class TestList:
    async def test_prints_who_there_is(self, command: Command, make_user: Make[User]) -> None:
        await make_user(email=ADA, display_name="Ada [b]Lovelace", is_instance_admin=True)
        await make_user(email="grace@example.org", display_name="Grace")
        await command("user", "disable", "grace@example.org")

        ended = await command("user", "list")

        assert ended.stdout.splitlines() == [
            "address            name             rights         state     since",
            "ada@example.org    Ada [b]Lovelace  administrator            2026-03-01",
            "grace@example.org  Grace                           disabled  2026-03-01",
        ]


class TestResetPassword:
    async def test_the_new_password_counts_and_every_sign_in_ends(
        self, command: Command, client: httpx2.AsyncClient, as_: As, make_user: Make[User]
    ) -> None:
        signed_in = await as_(await make_user(email=ADA))
        assert (await signed_in.get(f"{API}/auth/me")).status_code == 200

        ended = await command(
            "user", "reset-password", ADA, "--password-stdin", input=OTHER_PASSWORD
        )

        assert ended.exit_code == 0
        assert (await signed_in.get(f"{API}/auth/me")).status_code == 401
        assert await status_of_login(client, PASSWORD) == 401
        assert await status_of_login(client, OTHER_PASSWORD) == 200

    @pytest.mark.parametrize(
        "password", ["short", "passwordpassword", "Lovelace Lovelace", "The Mill, The Mill 1"]
    )
    async def test_a_password_that_does_not_do_changes_nothing(
        self,
        command: Command,
        client: httpx2.AsyncClient,
        make_user: Make[User],
        factories: Factories,
        password: str,
    ) -> None:
        ada = await make_user(email=ADA, display_name="Ada Lovelace")
        await factories.household(ada, name="The Mill")
        ended = await command("user", "reset-password", ADA, "--password-stdin", input=password)
        assert ended.exit_code == 1
        assert password not in ended.output
        assert await status_of_login(client, PASSWORD) == 200


class TestDisable:
    async def test_nobody_can_sign_in_and_every_sign_in_ends(
        self,
        command: Command,
        client: httpx2.AsyncClient,
        as_: As,
        make_user: Make[User],
        resources: Resources,
    ) -> None:
        user = await make_user(email=ADA)
        signed_in = await as_(user)
        now = resources.clock.now()
        browser = WebSession(
            digest=opaque.digest("what the cookie says"),
            user_id=user.id,
            created_at=now,
            seen_at=now,
            idle_until=now,
            absolute_until=now,
            auth_epoch=0,
        )
        async with resources.database.transaction() as session:
            session.add(browser)

        ended = await command("user", "disable", ADA)

        assert ended.exit_code == 0
        assert (await signed_in.get(f"{API}/auth/me")).status_code == 401
        assert await status_of_login(client, PASSWORD) == 401
        async with resources.database.reading() as session:
            assert await session.scalar(select(User.auth_epoch)) == 1
            assert await session.scalar(select(TokenFamily.revoked_because)) == "disabled"
            assert await session.scalar(select(WebSession.revoked_at)) == now

    async def test_enabled_again_the_account_signs_in_anew(
        self, command: Command, client: httpx2.AsyncClient, as_: As, make_user: Make[User]
    ) -> None:
        signed_in = await as_(await make_user(email=ADA))
        await command("user", "disable", ADA)

        ended = await command("user", "enable", ADA)

        assert ended.exit_code == 0
        assert await status_of_login(client, PASSWORD) == 200
        assert (await signed_in.get(f"{API}/auth/me")).status_code == 401


class TestUnblock:
    """Wrong passwords close an account; the operator opens it."""

    async def closed(self, client: httpx2.AsyncClient) -> None:
        tries = [await status_of_login(client, OTHER_PASSWORD) for _ in range(8)]
        assert tries == [401] * 6 + [429] * 2

    async def test_b02_opens_the_account_for_servers_that_run_within_ten_seconds(
        self,
        command: Command,
        client: httpx2.AsyncClient,
        make_user: Make[User],
        clock: FakeClock,
    ) -> None:
        await make_user(email=ADA)
        clock.advance(timedelta(days=1))
        await self.closed(client)
        for _ in range(10):
            clock.advance(timedelta(minutes=15))
            await status_of_login(client, OTHER_PASSWORD)
        assert await status_of_login(client, PASSWORD) == 429

        ended = await command("user", "unblock", "ADA@example.org")

        assert ended.exit_code == 0
        assert ended.stdout.startswith(f"{ADA} can be signed in to")
        clock.advance(timedelta(seconds=10))
        assert await status_of_login(client, PASSWORD) == 200

    async def test_b02_another_password_opens_it_as_well(
        self,
        command: Command,
        client: httpx2.AsyncClient,
        make_user: Make[User],
        session: AsyncSession,
    ) -> None:
        await make_user(email=ADA)
        await self.closed(client)
        await command("user", "reset-password", ADA, "--password-stdin", input=OTHER_PASSWORD)
        assert await session.scalar(select(func.count()).select_from(SignInFailure)) == 0

    async def test_who_is_nobody_is_told_so(self, command: Command) -> None:
        ended = await command("user", "unblock", ADA)
        assert (ended.exit_code, ended.stdout) == (1, "")
        assert "Nobody here has this address." in ended.stderr


class TestAdministrators:
    async def test_promoting_somebody_closes_the_setup(
        self, command: Command, make_user: Make[User], session: AsyncSession
    ) -> None:
        await make_user(email=ADA)
        ended = await command("user", "promote", ADA)
        assert ended.exit_code == 0
        assert await session.scalar(select(User.is_instance_admin)) is True
        assert await setup.is_open(session) is False

    @pytest.mark.parametrize("verb", ["disable", "demote"])
    async def test_the_last_one_stays(
        self, command: Command, make_user: Make[User], session: AsyncSession, verb: str
    ) -> None:
        await make_user(email=ADA, is_instance_admin=True)
        await make_user(email="grace@example.org", is_instance_admin=True)
        assert (await command("user", "disable", "grace@example.org")).exit_code == 0

        ended = await command("user", verb, ADA)

        assert ended.exit_code == 1
        assert ended.stderr == (
            "The instance needs an administrator."
            " This is the last administrator: promote somebody else first.\n"
        )
        row = await session.execute(
            select(User.is_instance_admin, User.disabled_at).where(User.email == ADA)
        )
        assert tuple(row.one()) == (True, None)

    async def test_the_last_but_one_can_go(
        self, command: Command, make_user: Make[User], session: AsyncSession
    ) -> None:
        await make_user(email=ADA, is_instance_admin=True)
        await make_user(email="grace@example.org", is_instance_admin=True)
        assert (await command("user", "demote", ADA)).exit_code == 0
        admins = await session.scalars(select(User.email).where(User.is_instance_admin))
        assert list(admins) == ["grace@example.org"]

    async def test_who_is_disabled_is_not_promoted(
        self, command: Command, make_user: Make[User], session: AsyncSession
    ) -> None:
        await make_user(email=ADA)
        await command("user", "disable", ADA)
        ended = await command("user", "promote", ADA)
        assert ended.exit_code == 1
        assert await setup.is_open(session) is True

    @pytest.mark.parametrize("verb", ["promote", "demote", "disable", "enable"])
    async def test_nobody_has_the_address(self, command: Command, verb: str) -> None:
        ended = await command("user", verb, "nobody@example.org")
        assert (ended.exit_code, ended.stderr) == (1, "Not found. Nobody here has this address.\n")
