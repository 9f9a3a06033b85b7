"""What is stored of an answer opens to nobody but who sends the same request again."""

import httpx2
import pytest

from potluck.core import sealing
from potluck.core.actor import Actor
from potluck.models import IdempotencyKey, User
from potluck.resources import Resources
from potluck.services import idempotency
from tests.api.auth_calls import LOGIN, LOGOUT, ME, SIGNUP
from tests.api.recipe_calls import refusal
from tests.api.test_idempotency.calls import KEY, count, is_replayed, post, told, uses
from tests.api.token_calls import TOKENS, bearing
from tests.factories import PASSWORD, Factories

UNDER = {"Idempotency-Key": KEY}
SCRIPT = {"name": "Script", "scopes": ["recipes:read"]}
ADA = {"username": "ada@example.org", "password": PASSWORD}


class TestM04Strangers:
    async def test_get_the_same_tokens_of_a_sign_in_that_is_sent_again(
        self, client: httpx2.AsyncClient, factories: Factories
    ) -> None:
        await factories.user(email="ada@example.org")
        first, again = [await client.post(LOGIN, data=ADA, headers=UNDER) for _ in range(2)]
        assert first.status_code == 200
        assert told(again) == told(first)
        assert again.headers["Cache-Control"] == "no-store"
        assert (await client.get(ME, headers=bearing(again.json()["access_token"]))).is_success

    async def test_learn_nothing_by_the_key_of_somebody_else(
        self, client: httpx2.AsyncClient, factories: Factories
    ) -> None:
        await factories.user(email="ada@example.org")
        await client.post(LOGIN, data=ADA, headers=UNDER)
        wrong = ADA | {"password": "a wrong one of fit length"}
        guess = await client.post(LOGIN, data=wrong, headers=UNDER)
        assert refusal(guess) == (401, "invalid-credentials")

    async def test_cannot_fill_the_database_by_signing_out_of_nothing(
        self, client: httpx2.AsyncClient, resources: Resources
    ) -> None:
        gone = {"refresh_token": "prt_" + "A" * 43}
        for key in ("one", "one", "two"):
            answer = await post(client, gone, key=key, path=LOGOUT)
            assert (answer.status_code, is_replayed(answer)) == (204, False)
        assert await uses(resources) == []

    async def test_are_not_in_the_way_of_others_with_the_same_key(
        self, client: httpx2.AsyncClient, resources: Resources
    ) -> None:
        for name in ("ada", "bob"):
            account = {"email": f"{name}@example.org", "password": PASSWORD, "display_name": name}
            made = await post(client, account, path=SIGNUP)
            assert (made.status_code, is_replayed(made)) == (201, False)
        assert await count(resources, User) == 2


class TestM04AtRest:
    async def test_tokens_are_sealed(
        self,
        client: httpx2.AsyncClient,
        as_ada: httpx2.AsyncClient,
        factories: Factories,
        resources: Resources,
    ) -> None:
        await factories.user(email="ada@example.org")
        pair = (await client.post(LOGIN, data=ADA, headers=UNDER)).json()
        personal = (await post(as_ada, SCRIPT, path=TOKENS)).json()["token"]
        rows = await uses(resources)
        stored = "".join(
            f"{row.id} {row.user_id} {row.fingerprint} {(row.answer or b'').decode()}"
            for row in rows
        )
        assert len(rows) == 2
        secrets = (pair["access_token"], pair["refresh_token"], personal, PASSWORD, KEY)
        assert [each for each in secrets if each in stored] == []

    async def test_the_master_key_alone_opens_nothing(
        self, as_ada: httpx2.AsyncClient, ada: User, resources: Resources
    ) -> None:
        await post(as_ada, SCRIPT, path=TOKENS)
        [row] = await uses(resources)
        assert row.answer is not None
        secret = resources.master_key.derive(idempotency.SECRET)
        actor = Actor(user_id=ada.id)
        guessed = idempotency.use_of(KEY, [b"another request"], actor, secret=secret)
        place = sealing.cell("idempotency_key", "answer", row.id)
        assert guessed.id == row.id
        for key in (secret, guessed.answer_key):
            with pytest.raises(sealing.Unsealable):
                sealing.unseal(key, row.answer.decode(), place)

    async def test_an_answer_that_was_moved_to_another_use_is_not_given(
        self, as_ada: httpx2.AsyncClient, resources: Resources
    ) -> None:
        await post(as_ada, SCRIPT, path=TOKENS)
        await post(as_ada, key="another")
        one, other = await uses(resources)
        async with resources.database.transaction() as session:
            for row, answer in ((one, other.answer), (other, one.answer)):
                (await session.get_one(IdempotencyKey, row.id)).answer = answer
        assert refusal(await post(as_ada, SCRIPT, path=TOKENS)) == (500, "internal")
        assert refusal(await post(as_ada, key="another")) == (500, "internal")


class TestUseOf:
    STRANGER = Actor.anonymous()

    def test_parts_of_a_request_do_not_run_into_each_other(self) -> None:
        one = idempotency.use_of("k", [b"a", b"bc"], self.STRANGER, secret=b"s")
        other = idempotency.use_of("k", [b"ab", b"c"], self.STRANGER, secret=b"s")
        assert one.fingerprint != other.fingerprint

    def test_another_instance_has_other_digests(self) -> None:
        one = idempotency.use_of("k", [b"a"], self.STRANGER, secret=b"s")
        other = idempotency.use_of("k", [b"a"], self.STRANGER, secret=b"t")
        assert not {one.id, one.fingerprint} & {other.id, other.fingerprint}
        assert one.answer_key != other.answer_key
