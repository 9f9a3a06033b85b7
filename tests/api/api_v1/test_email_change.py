"""Another address: asked for, confirmed at the new one, told to the old one, taken back."""

from datetime import timedelta

import httpx2
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.models import User
from potluck.resources import Resources
from tests.api.auth_calls import login, refresh, signed_in
from tests.api.link_calls import links_in, reset, reset_token, token_in
from tests.api.recipe_calls import refusal
from tests.api.token_calls import WithToken
from tests.conftest import API, ORIGIN, Outbox
from tests.doubles import FakeClock
from tests.factories import Make
from tests.limits import limited

ASK, CONFIRM, CANCEL = (f"{API}/auth/email-change{rest}" for rest in ("", "/confirm", "/cancel"))
NEW = "lovelace@example.org"


async def ask(client: httpx2.AsyncClient, email: str = NEW) -> httpx2.Response:
    return await client.post(ASK, json={"email": email})


async def mailed(outbox: Outbox) -> tuple[str, str]:
    """The tokens that confirm the newest change and that take it back."""
    old, new = (await outbox())[-2:]
    [cancel], [confirm] = links_in(old, "/email-change/cancel"), links_in(new, "/email-change")
    return token_in(confirm), token_in(cancel)


async def use(client: httpx2.AsyncClient, path: str, token: str) -> httpx2.Response:
    return await client.post(path, json={"token": token})


async def address(session: AsyncSession, user: User) -> str:
    await session.rollback()
    return (await session.get_one(User, user.id)).email


class TestA09:
    async def test_a09_before_the_confirmation_nothing_changes(
        self, as_ada: httpx2.AsyncClient, client: httpx2.AsyncClient, ada: User, outbox: Outbox,
        session: AsyncSession,
    ) -> None:  # fmt: skip
        answer = await ask(as_ada)
        assert (answer.status_code, answer.json()) == (202, {"status": "check-mail"})
        await outbox()
        assert await address(session, ada) == ada.email
        assert (await login(client, ada.email)).status_code == 200
        assert (await login(client, NEW)).status_code == 401

    async def test_a09_both_addresses_are_written_to(
        self, as_ada: httpx2.AsyncClient, ada: User, outbox: Outbox
    ) -> None:
        await ask(as_ada)
        old, new = await outbox()
        assert [(mail["To"], mail["Subject"]) for mail in (old, new)] == [
            (ada.email, "Your address is about to change"),
            (NEW, "Confirm your new address"),
        ]
        [cancel], [confirm] = links_in(old, "/email-change/cancel"), links_in(new, "/email-change")
        assert cancel.startswith(f"{ORIGIN}/email-change/cancel?token=pex_")
        assert confirm.startswith(f"{ORIGIN}/email-change?token=pec_")
        assert NEW in old.as_string()

    async def test_a09_confirmed_at_the_new_address_it_is_the_accounts(
        self, as_ada: httpx2.AsyncClient, client: httpx2.AsyncClient, ada: User, outbox: Outbox,
        session: AsyncSession, clock: FakeClock,
    ) -> None:  # fmt: skip
        await ask(as_ada)
        confirm, _ = await mailed(outbox)
        assert (await use(client, CONFIRM, confirm)).status_code == 204
        assert (await login(client, NEW)).status_code == 200
        assert (await login(client, ada.email)).status_code == 401
        assert (await session.get_one(User, ada.id)).email_verified_at == clock.now()
        assert refusal(await use(client, CONFIRM, confirm)) == (404, "not-found")

    async def test_a09_stopped_from_the_old_address_it_cannot_be_confirmed(
        self, as_ada: httpx2.AsyncClient, client: httpx2.AsyncClient, ada: User, outbox: Outbox,
        session: AsyncSession,
    ) -> None:  # fmt: skip
        await ask(as_ada)
        confirm, cancel = await mailed(outbox)
        assert (await use(client, CANCEL, cancel)).status_code == 204
        assert refusal(await use(client, CONFIRM, confirm)) == (404, "not-found")
        assert await address(session, ada) == ada.email
        assert (await as_ada.get(f"{API}/auth/me")).status_code == 200

    async def test_a09_confirmed_already_the_old_address_comes_back_and_everything_is_signed_out(
        self, as_ada: httpx2.AsyncClient, client: httpx2.AsyncClient, ada: User, outbox: Outbox,
        session: AsyncSession, with_token: WithToken, clock: FakeClock,
    ) -> None:  # fmt: skip
        script, pair = await with_token(ada), await signed_in(client, ada)
        await ask(as_ada)
        confirm, cancel = await mailed(outbox)
        assert (await use(client, CONFIRM, confirm)).status_code == 204
        clock.advance(timedelta(days=6))
        assert (await use(client, CANCEL, cancel)).status_code == 204
        assert await address(session, ada) == ada.email
        for each in (as_ada, script):
            assert (await each.get(f"{API}/auth/me")).status_code == 401
        body = {"refresh_token": pair["refresh_token"]}
        assert (await client.post(f"{API}/auth/refresh", json=body)).status_code == 401
        assert refusal(await use(client, CANCEL, cancel)) == (404, "not-found")

    async def test_a09_the_link_to_the_new_address_works_for_a_day(
        self, as_ada: httpx2.AsyncClient, client: httpx2.AsyncClient, outbox: Outbox,
        clock: FakeClock,
    ) -> None:  # fmt: skip
        await ask(as_ada)
        confirm, _ = await mailed(outbox)
        clock.advance(timedelta(hours=24))
        assert refusal(await use(client, CONFIRM, confirm)) == (404, "not-found")

    async def test_a09_a_second_wish_replaces_the_first(
        self, as_ada: httpx2.AsyncClient, client: httpx2.AsyncClient, ada: User, outbox: Outbox,
        session: AsyncSession,
    ) -> None:  # fmt: skip
        await ask(as_ada, "first@example.org")
        first, _ = await mailed(outbox)
        await ask(as_ada)
        second, _ = await mailed(outbox)
        assert refusal(await use(client, CONFIRM, first)) == (404, "not-found")
        assert (await use(client, CONFIRM, second)).status_code == 204
        assert await address(session, ada) == NEW

    async def test_a07_another_address_makes_older_reset_links_worthless(
        self, as_ada: httpx2.AsyncClient, client: httpx2.AsyncClient, ada: User, outbox: Outbox,
        resources: Resources,
    ) -> None:  # fmt: skip
        token = await reset_token(resources, ada)
        await ask(as_ada)
        confirm, _ = await mailed(outbox)
        await use(client, CONFIRM, confirm)
        assert refusal(await reset(client, token)) == (404, "not-found")


class TestTaken:
    async def test_s27_who_asks_does_not_learn_that_an_address_is_taken(
        self, as_ada: httpx2.AsyncClient, ada: User, make_user: Make[User], outbox: Outbox
    ) -> None:
        await make_user(email="eve@example.org")
        answers = [await ask(as_ada, email) for email in ("eve@example.org", NEW)]
        assert [(each.status_code, each.json()) for each in answers] == [
            (202, {"status": "check-mail"})
        ] * 2
        told = [mail["Subject"] for mail in await outbox() if mail["To"] == ada.email]
        assert told == ["Your address is about to change"] * 2

    async def test_s27_its_owner_is_told_and_gets_no_link_to_confirm(
        self, as_ada: httpx2.AsyncClient, make_user: Make[User], outbox: Outbox
    ) -> None:
        await make_user(email="eve@example.org")
        await ask(as_ada, "Eve@example.org")
        [mail] = [mail for mail in await outbox() if mail["To"] == "eve@example.org"]
        assert mail["Subject"] == "Somebody wants your address"
        assert "token=" not in mail.as_string()

    async def test_taken_meanwhile_it_is_409_and_nothing_changes(
        self, as_ada: httpx2.AsyncClient, client: httpx2.AsyncClient, ada: User, outbox: Outbox,
        make_user: Make[User], session: AsyncSession,
    ) -> None:  # fmt: skip
        await ask(as_ada)
        confirm, _ = await mailed(outbox)
        await make_user(email=NEW)
        assert refusal(await use(client, CONFIRM, confirm)) == (409, "email-taken")
        assert await address(session, ada) == ada.email


class TestGuard:
    async def test_c10_eleven_minutes_after_the_sign_in_it_asks_for_the_password(
        self, client: httpx2.AsyncClient, ada: User, outbox: Outbox, clock: FakeClock
    ) -> None:
        pair = await signed_in(client, ada)
        for minutes, expected in ((9, 202), (2, 403)):
            clock.advance(timedelta(minutes=minutes))
            pair = (await refresh(client, pair["refresh_token"])).json()
            client.headers["Authorization"] = f"Bearer {pair['access_token']}"
            answer = await ask(client)
            assert answer.status_code == expected
            del client.headers["Authorization"]
        assert refusal(answer) == (403, "reauth-required")
        assert len(await outbox()) == 2

    async def test_g04_no_personal_token_asks_for_it(
        self, with_token: WithToken, ada: User
    ) -> None:
        assert refusal(await ask(await with_token(ada))) == (403, "insufficient-scope")

    async def test_b05_s28_mails_are_limited(
        self, as_ada: httpx2.AsyncClient, resources: Resources
    ) -> None:
        with limited(resources, mail_per_address=2):
            statuses = [
                (await ask(as_ada, f"x{number}@example.org")).status_code for number in range(3)
            ]
        assert statuses == [202, 202, 429]

    @pytest.mark.parametrize("path", [CONFIRM, CANCEL])
    async def test_b05_trying_tokens_is_limited(
        self, client: httpx2.AsyncClient, resources: Resources, path: str
    ) -> None:
        with limited(resources, redemption_per_address=2):
            statuses = [(await use(client, path, "pec_x")).status_code for _ in range(3)]
        assert statuses == [404, 404, 429]
