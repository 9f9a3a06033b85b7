"""G-05: every operation, one by one, is asked with personal tokens that may do too little."""

import httpx2
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.scopes import SCOPES_OF_TOKENS, Scope
from tests.api.operations import Operation, World, checksum, unknown_ids
from tests.api.recipe_calls import refusal
from tests.api.token_calls import WithToken

#: What a personal token is for: everything but the guard of the account itself.
OF_NO_TOKEN = {
    "list_tokens", "create_token", "get_token", "revoke_token", "list_sessions",
    "end_other_sessions", "end_session", "update_password", "confirm_password",
    "delete_household", "transfer_household", "get_job", "request_email_change",
    "delete_me", "restore_me", "create_export", "list_exports", "get_export_file",
    "list_own_events", "list_household_events",
}  # fmt: skip
#: The row of a token says when it was last used, so using one changes it.
NOT_COUNTED = {"personal_token"}


async def counted(session: AsyncSession) -> dict[str, str]:
    found = await checksum(session)
    return {table: digest for table, digest in found.items() if table not in NOT_COUNTED}


@pytest.fixture
async def without(with_token: WithToken, world: World) -> dict[str, httpx2.AsyncClient]:
    """Ada's tokens, by the one scope that each lacks."""
    return {scope: await with_token(world.ada, SCOPES_OF_TOKENS - {scope}) for scope in Scope}


class TestPersonalTokens:
    def test_g05_the_document_says_which_operations_they_never_reach(
        self, every: list[Operation]
    ) -> None:
        guarded = {each.name for each in every if Scope.ACCOUNT_SECURITY in each.scopes}
        assert guarded == OF_NO_TOKEN

    async def test_g05_every_scope_but_the_one_named_is_not_enough(
        self,
        every: list[Operation],
        world: World,
        without: dict[str, httpx2.AsyncClient],
        session: AsyncSession,
    ) -> None:
        before = await counted(session)
        named = [(each, scope) for each in every for scope in each.scopes]
        assert {scope for _, scope in named} == set(Scope)
        for each, scope in named:
            methods = ("GET", "HEAD") if each.method == "GET" else (each.method,)
            for method in methods:
                answer = await world.call(without[scope], each, method=method)
                assert answer.status_code == 403, (each, answer.text)
                challenge = answer.headers["WWW-Authenticate"]
                assert challenge == 'Bearer error="insufficient_scope"'
                if method != "HEAD":
                    assert refusal(answer) == (403, "insufficient-scope"), each
                    assert answer.json()["needs"] == [scope]
        assert await counted(session) == before

    async def test_g05_the_one_named_alone_is_enough(
        self, every: list[Operation], world: World, with_token: WithToken
    ) -> None:
        for each in every:
            if each.scopes and each.name not in OF_NO_TOKEN:
                scopes = frozenset({Scope(each.scopes[0])})
                caller = await with_token(world.caller(each), scopes)
                answer = await world.call(caller, each, ids=unknown_ids())
                assert answer.status_code not in {401, 403}, each

    async def test_g04_no_token_reaches_what_guards_the_account(
        self, every: list[Operation], world: World, with_token: WithToken, session: AsyncSession
    ) -> None:
        script = await with_token(world.ada)
        before = await counted(session)
        for each in every:
            if each.name in OF_NO_TOKEN:
                answer = await world.call(script, each)
                assert refusal(answer) == (403, "insufficient-scope"), each
                assert answer.json()["needs"] == ["account:security"]
        assert await counted(session) == before

    async def test_an_unknown_one_is_refused_by_every_operation(
        self, every: list[Operation], world: World, client: httpx2.AsyncClient
    ) -> None:
        client.headers["Authorization"] = "Bearer ppt_x"
        for each in every:
            if each.scopes:
                assert refusal(await world.call(client, each)) == (401, "invalid-token"), each
