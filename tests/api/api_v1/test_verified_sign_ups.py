"""Where addresses are verified: 202 for everybody, and the account is made by a link."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.models import Membership, OneTimeLink, User
from potluck.resources import Resources
from tests.api.auth_calls import SIGNUP, hash_of, login
from tests.api.link_calls import links_in, token_in, verifying
from tests.api.recipe_calls import faults, refusal
from tests.conftest import API, ORIGIN, Outbox
from tests.doubles import FakeClock
from tests.factories import PASSWORD
from tests.limits import limited

VERIFY, AGAIN = f"{API}/auth/verify-email", f"{API}/auth/verify-email/resend"
EVE = "eve@example.org"


@pytest.fixture(autouse=True)
def verified(app: FastAPI, resources: Resources) -> Iterator[None]:
    with verifying(app, resources):
        yield


async def sign_up(
    client: httpx2.AsyncClient, email: str = EVE, password: str = PASSWORD, **options: Any
) -> httpx2.Response:
    body = {"email": email, "password": password, "display_name": "Eve"}
    return await client.post(SIGNUP, json=body, **options)


async def verify(client: httpx2.AsyncClient, token: str) -> httpx2.Response:
    return await client.post(VERIFY, json={"token": token})


async def accounts(session: AsyncSession) -> int:
    await session.rollback()
    return await session.scalar(select(func.count()).select_from(User)) or 0


class TestA10:
    async def test_a10_s27_free_and_taken_addresses_are_answered_alike(
        self, client: httpx2.AsyncClient, ada: User, statements: list[str]
    ) -> None:
        answers, done = [], []
        for email in (EVE, ada.email, EVE):
            statements.clear()
            answers.append(await sign_up(client, email))
            done.append([each.split("VALUES")[0] for each in statements])
        assert [(each.status_code, each.json()) for each in answers] == [
            (202, {"status": "check-mail"})
        ] * 3
        assert ["location" in each.headers or "etag" in each.headers for each in answers] == [
            False
        ] * 3
        assert done[0] == done[1] == done[2]
        assert not [each for each in done[0] if '"user"' in each or "one_time_link" in each]

    async def test_a10_the_owner_of_a_taken_address_gets_a_mail_instead(
        self, client: httpx2.AsyncClient, ada: User, outbox: Outbox, session: AsyncSession,
        resources: Resources,
    ) -> None:  # fmt: skip
        before = await hash_of(resources, ada)
        await sign_up(client, ada.email.upper(), "seventeen limes in a bag")
        [mail] = await outbox()
        assert (mail["To"], mail["Subject"]) == (ada.email, "You already have an account")
        assert links_in(mail, "/forgot") == [f"{ORIGIN}/forgot"]
        assert await session.scalar(select(func.count()).select_from(OneTimeLink)) == 0
        assert await hash_of(resources, ada) == before

    async def test_a10_before_the_link_is_used_a_sign_in_is_a_wrong_password(
        self, client: httpx2.AsyncClient, outbox: Outbox, session: AsyncSession
    ) -> None:
        await sign_up(client)
        await outbox()
        answers = [await login(client, email) for email in (EVE, "nobody@example.org")]
        assert {refusal(answer) for answer in answers} == {(401, "invalid-credentials")}
        assert answers[0].json()["detail"] == answers[1].json()["detail"]
        assert await accounts(session) == 0

    async def test_a04_a_password_that_does_not_do_is_refused_at_once(
        self, client: httpx2.AsyncClient, outbox: Outbox
    ) -> None:
        assert faults(await sign_up(client, password="short")) == [
            ("/password", "password_too_short")
        ]
        assert await outbox() == []


class TestVerify:
    async def test_the_link_makes_the_account_and_signs_nobody_in(
        self, client: httpx2.AsyncClient, outbox: Outbox, session: AsyncSession, clock: FakeClock
    ) -> None:
        await sign_up(client)
        [mail] = await outbox()
        assert (mail["To"], mail["Subject"]) == (EVE, "Confirm your address")
        [link] = links_in(mail, "/verify")
        assert link.startswith(f"{ORIGIN}/verify?token=pve_")
        answer = await verify(client, token_in(link))
        assert (answer.status_code, answer.content) == (204, b"")

        assert (await login(client, EVE)).status_code == 200
        user = (await session.scalars(select(User))).one()
        assert (user.display_name, user.email_verified_at) == ("Eve", clock.now())
        roles = await session.scalars(select(Membership.role).where(Membership.user_id == user.id))
        assert list(roles) == ["owner"]
        assert (await outbox())[-1]["Subject"] == "Welcome to Potluck, Eve"

    async def test_it_works_once_and_for_a_day(
        self, client: httpx2.AsyncClient, outbox: Outbox, clock: FakeClock, session: AsyncSession
    ) -> None:
        await sign_up(client)
        await sign_up(client, "kim@example.org")
        first, second = [token_in(links_in(mail, "/verify")[0]) for mail in await outbox()]
        clock.advance(timedelta(hours=23, minutes=59))
        assert (await verify(client, first)).status_code == 204
        assert refusal(await verify(client, first)) == (404, "not-found")
        clock.advance(timedelta(minutes=1))
        assert refusal(await verify(client, second)) == (404, "not-found")
        assert await accounts(session) == 1

    async def test_of_two_sign_ups_with_one_address_the_second_link_is_too_late(
        self, client: httpx2.AsyncClient, outbox: Outbox, session: AsyncSession
    ) -> None:
        for _ in range(2):
            await sign_up(client)
        first, second = [token_in(links_in(mail, "/verify")[0]) for mail in await outbox()]
        assert (await verify(client, second)).status_code == 204
        assert refusal(await verify(client, first)) == (409, "email-taken")
        assert await accounts(session) == 1

    async def test_c06_only_its_digest_is_stored(
        self, client: httpx2.AsyncClient, outbox: Outbox, session: AsyncSession
    ) -> None:
        await sign_up(client)
        token = token_in(links_in((await outbox())[0], "/verify")[0])
        row = (await session.execute(select(OneTimeLink.__table__))).one()
        assert token[4:] not in str(row)


class TestAgain:
    async def test_another_mail_has_another_link_in_place_of_the_first(
        self, client: httpx2.AsyncClient, outbox: Outbox
    ) -> None:
        await sign_up(client)
        first = token_in(links_in((await outbox())[0], "/verify")[0])
        answer = await client.post(AGAIN, json={"email": EVE.upper()})
        assert (answer.status_code, answer.json()) == (202, {"status": "check-mail"})
        _, mail = await outbox()
        assert refusal(await verify(client, first)) == (404, "not-found")
        assert (await verify(client, token_in(links_in(mail, "/verify")[0]))).status_code == 204
        assert (await login(client, EVE)).status_code == 200

    async def test_s27_the_answer_is_the_same_where_nothing_waits_and_no_mail_leaves(
        self, client: httpx2.AsyncClient, ada: User, outbox: Outbox
    ) -> None:
        for email in (ada.email, "nobody@example.org"):
            answer = await client.post(AGAIN, json={"email": email})
            assert (answer.status_code, answer.json()) == (202, {"status": "check-mail"})
        assert await outbox() == []


class TestLimits:
    async def test_b05_s28_mails_of_sign_ups_are_limited_as_well(
        self, client: httpx2.AsyncClient, resources: Resources
    ) -> None:
        with limited(resources, mail_per_account=2):
            statuses = [(await sign_up(client)).status_code for _ in range(2)]
            statuses.append((await client.post(AGAIN, json={"email": EVE})).status_code)
            statuses.append((await sign_up(client)).status_code)
        assert statuses == [202, 202, 429, 429]

    async def test_b05_trying_tokens_is_limited(
        self, client: httpx2.AsyncClient, resources: Resources
    ) -> None:
        with limited(resources, redemption_per_address=2):
            statuses = [(await verify(client, "pve_x")).status_code for _ in range(3)]
        assert statuses == [404, 404, 429]
