"""`potluck token`: what the operator does to the tokens of scripts."""

from uuid import uuid4

import httpx2
import pytest

from potluck.core.scopes import Scope
from potluck.models import User
from potluck.resources import Resources
from tests.api.recipe_calls import URL, create
from tests.api.token_calls import bearing, make_token
from tests.cli.conftest import Command
from tests.conftest import API, As
from tests.factories import Factories, Make

ADA = "ada@example.org"
READ = ("--name", "Display", "--scope", "recipes:read")


class TestCreate:
    async def test_prints_the_token_alone_for_scripts_to_take(
        self, command: Command, make_user: Make[User], client: httpx2.AsyncClient
    ) -> None:
        await make_user(email=ADA)
        ended = await command("token", "create", "--user", ADA, *READ, "--scope", "profile:read")

        assert (ended.exit_code, ended.stderr) == (0, "")
        [token] = ended.stdout.splitlines()
        show = bearing(token)
        assert (await client.get(f"{API}/auth/me", headers=show)).json()["email"] == ADA
        assert (await client.post(URL, json={"title": "x"}, headers=show)).status_code == 403

    async def test_the_only_account_needs_no_name(
        self, command: Command, make_user: Make[User]
    ) -> None:
        await make_user(email=ADA)
        assert (await command("token", "create", *READ)).exit_code == 0
        await make_user()
        ended = await command("token", "create", *READ)
        assert ended.exit_code == 1
        assert "name one with --user EMAIL" in ended.stderr

    async def test_it_may_be_for_one_household_and_without_an_end(
        self, command: Command, make_user: Make[User], factories: Factories
    ) -> None:
        ada = await make_user(email=ADA)
        cabin = (await factories.household(ada)).id
        await command("token", "create", *READ)
        await command("token", "create", *READ, "--expires-in-days", "7")
        await command("token", "create", *READ, "--household", str(cabin), "--no-end")

        lines = (await command("token", "list")).stdout.splitlines()
        rows = [line.split() for line in lines[1:]]
        assert [(row[3], row[-2]) for row in rows] == [
            ("never", str(cabin)),
            ("2026-03-08", "all"),
            ("2026-05-30", "all"),
        ]

    @pytest.mark.parametrize(
        ("arguments", "status", "said"),
        [
            (("--name", " ", "--scope", "recipes:read"), 1, "name: String should have at least"),
            (("--name", "x", "--scope", "admin"), 1, "scopes: Input should be"),
            (("--name", "x", "--scope", "account:security"), 1, "never carries this scope"),
            ((*READ, "--household", str(uuid4())), 1, "Name one of your households."),
            ((*READ, "--household", "x"), 2, "--household"),
            ((*READ, "--expires-in-days", "0"), 2, "--expires-in-days"),
            ((*READ, "--expires-in-days", "3654"), 2, "--expires-in-days"),
            (("--name", "x"), 2, "--scope"),
            ((*READ, "--user", "nobody@example.org"), 1, "Nobody here has this address."),
        ],
        ids=["name", "scope", "guard", "foreign", "uuid", "short", "long", "none", "nobody"],
    )
    async def test_what_does_not_do_is_refused_in_a_sentence(
        self,
        command: Command,
        make_user: Make[User],
        arguments: tuple[str, ...],
        status: int,
        said: str,
    ) -> None:
        await make_user(email=ADA)
        ended = await command("token", "create", *arguments)
        assert (ended.exit_code, ended.stdout) == (status, "")
        assert said in ended.stderr

    async def test_nobody_acts_for_a_disabled_account(
        self, command: Command, make_user: Make[User]
    ) -> None:
        await make_user(email=ADA)
        await command("user", "disable", ADA)
        assert (await command("token", "create", *READ)).exit_code == 1


class TestList:
    async def test_prints_what_is_known_of_each_and_never_the_token(
        self, command: Command, make_user: Make[User], resources: Resources
    ) -> None:
        ada = await make_user(email=ADA)
        made = await make_token(
            resources, ada, name="Display", scopes=[Scope.RECIPES_WRITE, Scope.RECIPES_READ]
        )
        ended = await command("token", "list", "--user", ADA)

        head, row = ended.stdout.splitlines()
        assert " ".join(head.split()) == "id name token expires last used household scopes"
        assert row.split() == [
            str(made.id), "Display", f"...{made.token[-4:]}", "2026-05-30", "never", "all",
            "recipes:read", "recipes:write",
        ]  # fmt: skip
        assert made.token not in ended.output


class TestRevoke:
    async def test_the_token_opens_nothing_from_then_on(
        self,
        command: Command,
        make_user: Make[User],
        resources: Resources,
        client: httpx2.AsyncClient,
    ) -> None:
        made = await make_token(resources, await make_user(), name="Display")
        ended = await command("token", "revoke", str(made.id))

        assert ended.stdout == f"The token Display (...{made.hint}) is revoked.\n"
        assert (await client.get(URL, headers=bearing(made.token))).status_code == 401
        assert (await command("token", "revoke", str(made.id))).exit_code == 1

    @pytest.mark.parametrize("verb", ["disable", "reset-password"])
    async def test_who_is_signed_out_everywhere_has_no_tokens_left(
        self,
        command: Command,
        make_user: Make[User],
        resources: Resources,
        client: httpx2.AsyncClient,
        as_: As,
        verb: str,
    ) -> None:
        ada = await make_user(email=ADA)
        made = await make_token(resources, ada)
        await create(await as_(ada))
        further = ("--password-stdin",) if verb == "reset-password" else ()
        await command("user", verb, ADA, *further, input="another horse, another staple")
        await command("user", "enable", ADA)
        assert (await client.get(URL, headers=bearing(made.token))).status_code == 401
