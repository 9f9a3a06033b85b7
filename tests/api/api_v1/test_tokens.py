"""Personal tokens: made, listed and revoked by their owner."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.scopes import SCOPES_OF_LOGIN, SCOPES_OF_TOKENS, Scope
from potluck.models import PersonalToken, TokenFamily, User
from potluck.resources import Resources
from potluck.services import personal_tokens
from tests.api.recipe_calls import all_pages, faults, refusal
from tests.api.token_calls import TOKENS, WithToken, create_token, make_token
from tests.conftest import As, gather
from tests.doubles import FakeClock
from tests.factories import Factories

TEN_YEARS = timedelta(days=3653)


class TestCreate:
    async def test_g01_answers_the_token_once(self, as_ada: httpx2.AsyncClient, ada: User) -> None:
        body = {"name": "  Kitchen display ", "scopes": ["recipes:write", "recipes:read"]}
        answer = await as_ada.post(
            TOKENS, json=body | {"household_id": str(ada.default_household_id)}
        )

        made = answer.json()
        assert answer.status_code == 201
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Location"] == f"{TOKENS}/{made['id']}"
        token = made.pop("token")
        assert token.startswith("ppt_")
        assert made == {
            "id": made["id"],
            "name": "Kitchen display",
            "scopes": ["recipes:read", "recipes:write"],
            "household_id": str(ada.default_household_id),
            "hint": token[-4:],
            "created_at": "2026-03-01T12:00:00Z",
            "expires_at": "2026-05-30T12:00:00Z",
            "last_used_at": None,
        }
        read = await as_ada.get(answer.headers["Location"])
        assert (read.json(), read.headers["ETag"]) == (made, answer.headers["ETag"])
        assert (await as_ada.get(TOKENS)).json()["items"] == [made]

    async def test_g01_neither_the_token_nor_its_random_part_is_stored(
        self, as_ada: httpx2.AsyncClient, session: AsyncSession
    ) -> None:
        token = (await create_token(as_ada))["token"]
        row = (await session.scalars(select(PersonalToken))).one()
        stored = "\n".join(str(getattr(row, column.key)) for column in row.__table__.columns)
        assert token not in stored
        assert token[4:-6] not in stored

    async def test_g03_it_ends_in_90_days_unless_said_otherwise(
        self, as_ada: httpx2.AsyncClient, clock: FakeClock
    ) -> None:
        ends = {
            "2026-03-01T12:00:01Z": "2026-03-01T12:00:01Z",
            "2026-03-02T14:30:00.25+02:00": "2026-03-02T12:30:00.250000Z",
            (clock.now() + TEN_YEARS).isoformat(): "2036-03-01T12:00:00Z",
        }
        for sent, answered in ends.items():
            made = await create_token(as_ada, expires_at=sent)
            assert made["expires_at"] == answered
        assert (await create_token(as_ada, expires_at=None))["expires_at"] is None
        assert (await create_token(as_ada))["expires_at"] == "2026-05-30T12:00:00Z"

    @pytest.mark.parametrize(
        ("members", "fault"),
        [
            ({"expires_at": "2026-03-01T12:00:00Z"}, ("/expires_at", "in_the_past")),
            ({"expires_at": "0001-01-01T00:00:00Z"}, ("/expires_at", "in_the_past")),
            ({"expires_at": "2036-03-01T12:00:01Z"}, ("/expires_at", "too_far")),
            ({"expires_at": "9999-12-31T23:59:59Z"}, ("/expires_at", "too_far")),
            ({"expires_at": "9999-12-31T23:59:59-23:59"}, ("/expires_at", "datetime_parsing")),
            ({"expires_at": "0001-01-01T00:00:00+01:00"}, ("/expires_at", "datetime_parsing")),
            ({"expires_at": "2026-03-05"}, ("/expires_at", "datetime_parsing")),
            ({"expires_at": "2026-03-05T12:00:00"}, ("/expires_at", "datetime_parsing")),
            ({"expires_at": 1_900_000_000}, ("/expires_at", "datetime_parsing")),
            ({"expires_at": "1900000000"}, ("/expires_at", "datetime_parsing")),
            ({"expires_at": ""}, ("/expires_at", "datetime_parsing")),
            ({"name": " "}, ("/name", "string_too_short")),
            ({"name": "x" * 101}, ("/name", "string_too_long")),
            ({"name": None}, ("/name", "string_type")),
            ({"scopes": []}, ("/scopes", "too_short")),
            ({"scopes": ["admin"]}, ("/scopes/0", "enum")),
            ({"scopes": ["recipes:read", "account:security"]}, ("/scopes/1", "not_for_tokens")),
            ({"scopes": ["recipes:read"] * (len(SCOPES_OF_TOKENS) + 1)}, ("/scopes", "too_long")),
            ({"scopes": "recipes:read"}, ("/scopes", "list_type")),
            ({"household_id": "x"}, ("/household_id", "uuid_parsing")),
        ],
    )
    async def test_what_does_not_fit_is_422_and_makes_nothing(
        self,
        as_ada: httpx2.AsyncClient,
        members: dict[str, Any],
        fault: tuple[str, str],
        session: AsyncSession,
    ) -> None:
        body = {"name": "Script", "scopes": ["recipes:read"]} | members
        assert faults(await as_ada.post(TOKENS, json=body)) == [fault]
        assert await session.scalar(select(func.count()).select_from(PersonalToken)) == 0

    async def test_the_same_scope_twice_counts_once(self, as_ada: httpx2.AsyncClient) -> None:
        made = await create_token(as_ada, scopes=["recipes:read", "recipes:read"])
        assert made["scopes"] == ["recipes:read"]

    async def test_nobody_grants_what_they_are_signed_in_without(self, as_: As, ada: User) -> None:
        narrow = await as_(ada, frozenset({Scope.ACCOUNT_SECURITY, Scope.RECIPES_READ}))
        body = {"name": "Script", "scopes": ["recipes:read", "recipes:write"]}
        assert faults(await narrow.post(TOKENS, json=body)) == [("/scopes", "scope_not_held")]
        assert (await create_token(narrow))["scopes"] == ["recipes:read"]

    async def test_h02_a_household_of_others_is_422(
        self, as_ada: httpx2.AsyncClient, factories: Factories
    ) -> None:
        other = (await factories.user()).default_household_id
        body = {"name": "Script", "scopes": ["recipes:read"], "household_id": str(other)}
        assert faults(await as_ada.post(TOKENS, json=body)) == [("/household_id", "no_household")]

    async def test_there_is_room_for_a_hundred_also_when_all_come_at_once(
        self, as_ada: httpx2.AsyncClient, ada: User, resources: Resources
    ) -> None:
        for _ in range(personal_tokens.PER_USER - 2):
            await make_token(resources, ada)
        body = {"name": "Script", "scopes": ["recipes:read"]}
        answers = await gather(*[lambda: as_ada.post(TOKENS, json=body)] * 5)
        assert sorted(answer.status_code for answer in answers) == [201, 201, 422, 422, 422]
        refused = next(answer for answer in answers if answer.status_code == 422)
        assert faults(refused) == [("", "too_many_tokens")]


class TestList:
    async def test_newest_first_a_page_at_a_time(
        self, as_ada: httpx2.AsyncClient, clock: FakeClock
    ) -> None:
        for name in "abc":
            await create_token(as_ada, name=name)
            clock.advance(timedelta(seconds=1))
        pages = await all_pages(as_ada, TOKENS, 2)
        assert [[each["name"] for each in page] for page in pages] == [["c", "b"], ["a"]]

    async def test_one_that_has_expired_stays_until_it_is_revoked(
        self, as_ada: httpx2.AsyncClient, as_: As, ada: User, clock: FakeClock
    ) -> None:
        made = await create_token(as_ada, expires_at="2026-03-01T12:00:01Z")
        clock.advance(timedelta(days=1))
        later = await as_(ada)
        assert [each["id"] for each in (await later.get(TOKENS)).json()["items"]] == [made["id"]]
        assert (await later.delete(f"{TOKENS}/{made['id']}")).status_code == 204
        assert (await later.get(TOKENS)).json()["items"] == []

    async def test_g03_those_of_others_are_not_there(
        self, as_ada: httpx2.AsyncClient, as_bob: httpx2.AsyncClient
    ) -> None:
        made = await create_token(as_ada)
        assert (await as_bob.get(TOKENS)).json()["items"] == []
        for call in (as_bob.get, as_bob.delete):
            assert refusal(await call(f"{TOKENS}/{made['id']}")) == (404, "not-found")
        assert (await as_ada.get(f"{TOKENS}/{made['id']}")).status_code == 200


class TestRevoke:
    async def test_once(self, as_ada: httpx2.AsyncClient) -> None:
        path = f"{TOKENS}/{(await create_token(as_ada))['id']}"
        answers = await gather(*[lambda: as_ada.delete(path)] * 4)
        assert sorted(answer.status_code for answer in answers) == [204, 404, 404, 404]
        assert refusal(await as_ada.get(path)) == (404, "not-found")


class TestGuard:
    async def test_g04_no_token_makes_lists_or_revokes_tokens(
        self, with_token: WithToken, ada: User, session: AsyncSession
    ) -> None:
        script = await with_token(ada)
        own = (await session.scalars(select(PersonalToken.id))).one()
        body = {"name": "Another", "scopes": ["recipes:read"]}
        answers = [
            await script.get(TOKENS),
            await script.post(TOKENS, json=body),
            await script.get(f"{TOKENS}/{own}"),
            await script.delete(f"{TOKENS}/{own}"),
        ]
        for answer in answers:
            assert refusal(answer) == (403, "insufficient-scope")
            assert answer.json()["needs"] == ["account:security"]
        assert (await script.get("/api/v1/recipes")).status_code == 200

    async def test_g04_not_even_one_whose_row_says_that_it_may(
        self, with_token: WithToken, ada: User, resources: Resources
    ) -> None:
        script = await with_token(ada)
        async with resources.database.transaction() as session:
            await session.execute(update(PersonalToken).values(scope="account:security"))
        assert refusal(await script.get(TOKENS)) == (403, "insufficient-scope")

    async def test_a_sign_in_from_before_there_were_tokens_goes_on_without_them(
        self, as_: As, ada: User, resources: Resources
    ) -> None:
        before = SCOPES_OF_LOGIN - {Scope.ACCOUNT_SECURITY, Scope.MEDIA_WRITE}
        client = await as_(ada)
        async with resources.database.transaction() as session:
            await session.execute(update(TokenFamily).values(scope=" ".join(before)))

        assert (await client.get("/api/v1/auth/me")).status_code == 200
        assert (await client.post("/api/v1/recipes", json={"title": "Soup"})).status_code == 201
        assert refusal(await client.get(TOKENS)) == (403, "insufficient-scope")

    def test_what_tokens_may_have_is_all_but_the_guard(self) -> None:
        assert frozenset(Scope) - SCOPES_OF_TOKENS == {Scope.ACCOUNT_SECURITY}
