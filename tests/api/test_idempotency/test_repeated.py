"""M-04: a POST that is sent again under the same key is done once and answered the same."""

from datetime import timedelta

import httpx2
from fastapi import FastAPI

from potluck.core.config import Settings
from potluck.core.scopes import Scope
from potluck.main import create_app
from potluck.models import IdempotencyKey, Tag, User
from potluck.resources import Resources
from potluck.worker import housekeeping
from tests.api.recipe_calls import URL, refusal
from tests.api.test_idempotency.calls import CAKE, KEY, PAGE, count, is_replayed, post, told, uses
from tests.api.token_calls import WithToken
from tests.conftest import API, As, client_of
from tests.doubles import FakeClock, FakeFetcher

TAGS = f"{API}/tags"
ADDRESS = "https://example.org/pie"


class TestM04SameAgain:
    async def test_is_answered_as_the_first_time_and_done_once(
        self, as_ada: httpx2.AsyncClient, resources: Resources
    ) -> None:
        first = await post(as_ada)
        again = await post(as_ada)
        assert first.status_code == 201
        assert told(again) == told(first)
        assert (is_replayed(first), is_replayed(again)) == (False, True)
        assert await count(resources) == 1

    async def test_carries_the_request_id_and_the_times_of_the_new_request(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        await post(as_ada)
        headers = {"Idempotency-Key": KEY, "X-Request-ID": "second"}
        again = await as_ada.post(URL, json=CAKE, headers=headers)
        assert again.headers.get_list("X-Request-ID") == ["second"]
        assert len(again.headers.get_list("X-Process-Time")) == 1

    async def test_holds_although_the_recipe_changed_or_went_meanwhile(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        first = await post(as_ada)
        path = f"{URL}/{first.json()['id']}"
        await as_ada.patch(path, json={"title": "Pie"}, headers={"If-Match": "*"})
        assert told(await post(as_ada)) == told(first)
        await as_ada.delete(path, headers={"If-Match": "*"})
        assert told(await post(as_ada)) == told(first)

    async def test_holds_for_an_answer_without_a_body(self, as_ada: httpx2.AsyncClient) -> None:
        gone = {"refresh_token": "prt_" + "A" * 43}
        first = await post(as_ada, gone, path=f"{API}/auth/logout")
        again = await post(as_ada, gone, path=f"{API}/auth/logout")
        assert first.status_code == 204
        assert told(again) == told(first)
        assert is_replayed(again)

    async def test_holds_for_an_import_that_is_only_looked_at(
        self, as_ada: httpx2.AsyncClient, resources: Resources, fetcher: FakeFetcher
    ) -> None:
        fetcher.pages[ADDRESS] = PAGE
        path = f"{URL}/import?dry_run=true"
        first = await post(as_ada, {"url": ADDRESS}, path=path)
        again = await post(as_ada, {"url": ADDRESS}, path=path)
        assert (first.status_code, len(fetcher.asked)) == (200, 1)
        assert told(again) == told(first)
        assert await count(resources) == 0

    async def test_survives_a_restart(
        self,
        as_ada: httpx2.AsyncClient,
        resources: Resources,
        settings: Settings,
        clock: FakeClock,
    ) -> None:
        first = await post(as_ada)
        restarted: FastAPI = create_app(settings, clock=clock, works_in_background=False)
        async with (
            restarted.router.lifespan_context(restarted),
            client_of(restarted, headers=as_ada.headers) as client,
        ):
            again = await post(client)
        assert told(again) == told(first)
        assert await count(resources) == 1


class TestM04OtherPayload:
    async def test_is_refused_and_leaves_the_first_answer_alone(
        self, as_ada: httpx2.AsyncClient, resources: Resources
    ) -> None:
        first = await post(as_ada)
        other = await post(as_ada, {"title": "Pie"})
        assert refusal(other) == (422, "idempotency-key-reused")
        assert not is_replayed(other)
        assert told(await post(as_ada)) == told(first)
        assert await count(resources) == 1

    async def test_is_any_other_byte_path_query_or_type(self, as_ada: httpx2.AsyncClient) -> None:
        assert (await post(as_ada)).request.content == b'{"title":"Cake"}'
        plain = {"Idempotency-Key": KEY, "Content-Type": "application/json"}
        other = plain | {"Content-Type": "application/json; charset=utf-8"}
        answers = [
            await as_ada.post(URL, content=b'{"title":"Cake"}', headers=other),
            await as_ada.post(URL, content=b'{"title": "Cake"}', headers=plain),
            await post(as_ada, {"name": "Cake"}, path=TAGS),
            await post(as_ada, {"html": PAGE}, path=f"{URL}/import"),
        ]
        assert [refusal(answer) for answer in answers] == [(422, "idempotency-key-reused")] * 4

    async def test_is_another_token_of_the_account_with_other_rights(
        self, as_ada: httpx2.AsyncClient, ada: User, with_token: WithToken
    ) -> None:
        await post(as_ada)
        narrower = await with_token(ada, household_id=ada.default_household_id)
        assert refusal(await post(narrower)) == (422, "idempotency-key-reused")


class TestM04OtherCaller:
    async def test_has_keys_of_their_own(
        self, as_ada: httpx2.AsyncClient, as_eve: httpx2.AsyncClient, resources: Resources
    ) -> None:
        adas, eves = await post(as_ada), await post(as_eve)
        assert (adas.status_code, eves.status_code) == (201, 201)
        assert not is_replayed(eves)
        assert adas.json()["id"] != eves.json()["id"]
        assert await count(resources) == 2

    async def test_of_the_same_account_has_the_same_keys(
        self, as_: As, ada: User, as_ada: httpx2.AsyncClient
    ) -> None:
        first = await post(as_ada)
        assert told(await post(await as_(ada))) == told(first)

    async def test_without_the_right_gets_no_answer_again(
        self, as_: As, ada: User, as_ada: httpx2.AsyncClient
    ) -> None:
        await post(as_ada)
        reader = await as_(ada, frozenset({Scope.RECIPES_READ}))
        assert refusal(await post(reader)) == (403, "insufficient-scope")

    async def test_whose_token_was_revoked_gets_no_answer_again(
        self, as_ada: httpx2.AsyncClient, ada: User, with_token: WithToken
    ) -> None:
        script = await with_token(ada)
        assert (await post(script)).status_code == 201
        [token] = (await as_ada.get(f"{API}/auth/tokens")).json()["items"]
        await as_ada.delete(f"{API}/auth/tokens/{token['id']}")
        assert refusal(await post(script)) == (401, "invalid-token")


class TestM04WhileTheFirstRuns:
    async def test_the_second_is_told_to_wait_and_then_gets_its_answer(
        self, as_ada: httpx2.AsyncClient, resources: Resources, fetcher: FakeFetcher
    ) -> None:
        fetcher.pages[ADDRESS] = PAGE
        path, body, seen = f"{URL}/import", {"url": ADDRESS}, []

        async def meanwhile(*_: object) -> None:
            seen.append(await post(as_ada, body, path=path))
            seen.append(await post(as_ada, {"url": ADDRESS + "?"}, path=path))

        fetcher.meanwhile = meanwhile
        first = await post(as_ada, body, path=path)
        again = await post(as_ada, body, path=path)
        assert [refusal(each) for each in seen] == [(409, "idempotency-key-in-use")] * 2
        assert [each.headers["Retry-After"] for each in seen] == ["1", "1"]
        assert first.status_code == 201
        assert told(again) == told(first)
        assert (await count(resources), len(fetcher.asked)) == (1, 1)


class TestM04KeptFor24Hours:
    async def test_until_then_and_no_longer(
        self, as_ada: httpx2.AsyncClient, resources: Resources, clock: FakeClock, as_: As, ada: User
    ) -> None:
        first = await post(as_ada)
        clock.advance(timedelta(hours=23, minutes=59, seconds=59))
        assert told(await post(await as_(ada))) == told(first)
        clock.advance(timedelta(seconds=1))
        later = await as_(ada)
        second = await post(later, {"title": "Pie"})
        assert (second.status_code, is_replayed(second)) == (201, False)
        assert told(await post(later, {"title": "Pie"})) == told(second)
        assert await count(resources) == 2

    async def test_housekeeping_removes_what_is_older(
        self, as_ada: httpx2.AsyncClient, resources: Resources, clock: FakeClock, as_: As, ada: User
    ) -> None:
        await post(as_ada)
        clock.advance(timedelta(hours=12))
        await post(await as_(ada), key="another")
        clock.advance(timedelta(hours=12, seconds=1))
        await housekeeping.once(resources.database, resources.settings, clock)
        assert [row.claimed_at for row in await uses(resources)] == [
            clock.now() - timedelta(hours=12, seconds=1)
        ]

    async def test_ends_with_the_account(
        self, as_ada: httpx2.AsyncClient, resources: Resources, ada: User
    ) -> None:
        await post(as_ada)
        async with resources.database.transaction() as session:
            await session.delete(await session.get_one(User, ada.id))
        assert await uses(resources) == []


class TestM04Errors:
    async def test_are_not_kept_so_the_same_key_may_be_tried_again(
        self, as_ada: httpx2.AsyncClient, resources: Resources, fetcher: FakeFetcher
    ) -> None:
        path, body = f"{URL}/import", {"url": ADDRESS}
        failed = await post(as_ada, body, path=path)
        assert refusal(failed) == (422, "fetch-unreachable")
        assert await uses(resources) == []
        fetcher.pages[ADDRESS] = PAGE
        assert (await post(as_ada, body, path=path)).status_code == 201

    async def test_of_what_was_sent_leave_the_key_to_the_next_body(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        assert refusal(await post(as_ada, {"title": ""})) == (422, "invalid")
        assert (await post(as_ada)).status_code == 201

    async def test_of_the_state_of_things_pass_with_it(
        self, as_ada: httpx2.AsyncClient, resources: Resources
    ) -> None:
        made = (await as_ada.post(TAGS, json={"name": "Quick"})).json()
        assert refusal(await post(as_ada, {"name": "quick"}, path=TAGS)) == (409, "tag-exists")
        await as_ada.delete(f"{TAGS}/{made['id']}", headers={"If-Match": "*"})
        assert (await post(as_ada, {"name": "quick"}, path=TAGS)).status_code == 201
        assert (await count(resources, Tag), await count(resources, IdempotencyKey)) == (1, 1)
