"""`potluck user reset-link`: the way back into an account where there is no mail."""

import httpx2

from potluck.models import User
from potluck.resources import Resources
from tests.api.auth_calls import change, login
from tests.api.link_calls import NEW, reset, token_in
from tests.cli.conftest import Command
from tests.conftest import ORIGIN
from tests.factories import Make

ADA = "ada@example.org"


class TestResetLink:
    async def test_a07_prints_a_link_that_resets_the_password_once(
        self, command: Command, client: httpx2.AsyncClient, make_user: Make[User]
    ) -> None:
        await make_user(email=ADA)
        ended = await command("user", "reset-link", "ADA@example.org")

        assert ended.exit_code == 0
        assert ended.stdout.startswith(f"{ORIGIN}/reset?token=prs_")
        assert ended.stdout.count("\n") == 1
        assert ended.stderr == "Works once, until 2026-03-01 12:30 UTC.\n"
        token = token_in(ended.stdout.strip())
        assert (await reset(client, token)).status_code == 204
        assert (await login(client, ADA, NEW)).status_code == 200
        assert (await reset(client, token)).status_code == 404

    async def test_changes_nothing_by_itself(
        self, command: Command, client: httpx2.AsyncClient, make_user: Make[User]
    ) -> None:
        await make_user(email=ADA)
        await command("user", "reset-link", ADA)
        assert (await login(client, ADA)).status_code == 200

    async def test_refuses_an_address_that_nobody_has(self, command: Command) -> None:
        ended = await command("user", "reset-link", ADA)
        assert (ended.exit_code, ended.stdout) == (1, "")
        assert "Nobody here has this address." in ended.stderr

    async def test_a13_refuses_an_account_that_is_disabled(
        self, command: Command, make_user: Make[User], resources: Resources
    ) -> None:
        user = await make_user(email=ADA)
        await change(resources, user, disabled_at=resources.clock.now())
        ended = await command("user", "reset-link", ADA)
        assert (ended.exit_code, ended.stdout) == (1, "")
        assert "The account is disabled: enable it first." in ended.stderr
