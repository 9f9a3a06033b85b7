"""A reset is asked for: the answer tells nothing, the mail goes to who has the address."""

from datetime import timedelta

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.models import Job, OneTimeLink, User
from potluck.resources import Resources
from tests.api.auth_calls import change, login
from tests.api.link_calls import NEW, links_in, reset, token_in
from tests.conftest import API, ORIGIN, Outbox
from tests.doubles import FakeClock
from tests.factories import Make
from tests.limits import client_at, limited

PATH = f"{API}/auth/password-reset"
NOBODY = "nobody@example.org"


async def ask(client: httpx2.AsyncClient, email: str, **options: str) -> httpx2.Response:
    return await client.post(PATH, json={"email": email}, headers=options)


def told(answer: httpx2.Response) -> tuple[int, bytes, list[tuple[str, str]]]:
    """All of an answer but what is of this one request."""
    passing = {"x-request-id", "x-process-time", "server-timing", "date", "ratelimit"}
    headers = [each for each in answer.headers.multi_items() if each[0] not in passing]
    return answer.status_code, answer.content, headers


class TestA06:
    async def test_a06_s27_known_and_unknown_addresses_are_answered_alike(
        self, client: httpx2.AsyncClient, ada: User, make_user: Make[User], resources: Resources,
        clock: FakeClock,
    ) -> None:  # fmt: skip
        eve = await make_user(email="eve@example.org")
        await change(resources, eve, disabled_at=clock.now())
        answers = [await ask(client, email) for email in (ada.email, NOBODY, eve.email)]
        assert {answer.status_code for answer in answers} == {202}
        assert answers[0].json() == {"status": "check-mail"}
        assert told(answers[0]) == told(answers[1]) == told(answers[2])

    async def test_a06_the_request_does_the_same_for_both(
        self, client: httpx2.AsyncClient, ada: User, statements: list[str], session: AsyncSession
    ) -> None:
        """Statement by statement: who has the address is looked up by a job."""
        done = []
        for email in (ada.email, NOBODY):
            statements.clear()
            await ask(client, email)
            done.append([each.split("VALUES")[0] for each in statements])
        assert done[0] == done[1]
        assert not [each for each in done[0] if '"user"' in each or "one_time_link" in each]
        assert await session.scalar(select(func.count()).select_from(Job)) == 2

    async def test_a06_the_mail_goes_to_the_owner_and_to_nobody_else(
        self, client: httpx2.AsyncClient, ada: User, outbox: Outbox, session: AsyncSession
    ) -> None:
        await ask(client, NOBODY)
        await ask(client, ada.email.upper())
        [mail] = await outbox()
        assert (mail["To"], mail["Subject"]) == (ada.email, "Choose a new password")
        assert await session.scalar(select(func.count()).select_from(OneTimeLink)) == 1

    async def test_a07_its_link_resets_the_password_and_the_owner_is_told(
        self, client: httpx2.AsyncClient, ada: User, outbox: Outbox
    ) -> None:
        await ask(client, ada.email)
        [link] = links_in((await outbox())[0], "/reset")
        assert (await reset(client, token_in(link))).status_code == 204
        assert (await login(client, ada.email, NEW)).status_code == 200
        _, told_owner = await outbox()
        assert (told_owner["To"], told_owner["Subject"]) == (
            ada.email,
            "Your password was changed",
        )
        assert links_in(told_owner, "/forgot") == [f"{ORIGIN}/forgot"]

    async def test_a07_every_mailed_link_ends_with_the_first_that_is_used(
        self, client: httpx2.AsyncClient, ada: User, outbox: Outbox
    ) -> None:
        for _ in range(2):
            await ask(client, ada.email)
        one, two = [token_in(links_in(mail, "/reset")[0]) for mail in await outbox()]
        assert (await reset(client, one)).status_code == 204
        assert (await reset(client, two)).status_code == 404

    async def test_a13_a_disabled_account_gets_no_mail(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources, outbox: Outbox,
        clock: FakeClock,
    ) -> None:  # fmt: skip
        await change(resources, ada, disabled_at=clock.now())
        await ask(client, ada.email)
        assert await outbox() == []

    @pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "Forwarded"])
    async def test_a08_the_link_is_of_the_base_url_whatever_the_request_says(
        self, client: httpx2.AsyncClient, ada: User, outbox: Outbox, header: str
    ) -> None:
        value = "127.0.0.1:9" if header == "Host" else "evil.test"
        answer = await ask(client, ada.email, **{header: value})
        assert answer.status_code == 202
        [mail] = await outbox()
        [link] = links_in(mail, "/reset")
        assert link.startswith(f"{ORIGIN}/reset?token=prs_")
        assert value not in mail.as_string()

    async def test_a08_another_name_in_the_host_header_is_refused(
        self, client: httpx2.AsyncClient, ada: User, outbox: Outbox
    ) -> None:
        assert (await ask(client, ada.email, Host="evil.test")).status_code == 400
        assert await outbox() == []


class TestLimits:
    @pytest.mark.parametrize("email", ["ada@example.org", NOBODY])
    async def test_b05_s28_an_account_is_written_to_five_times_an_hour_whether_there_is_one(
        self, app: FastAPI, ada: User, email: str, clock: FakeClock
    ) -> None:
        assert ada
        statuses = []
        for number in range(7):
            async with client_at(app, f"203.0.113.{number}") as client:
                refused = await ask(client, email)
                statuses.append(refused.status_code)
        assert statuses == [202] * 5 + [429] * 2
        clock.advance(timedelta(seconds=int(refused.headers["Retry-After"])))
        async with client_at(app, "203.0.113.9") as client:
            assert (await ask(client, email)).status_code == 202

    async def test_b05_s28_an_address_asks_thirty_times_an_hour(
        self, client: httpx2.AsyncClient, session: AsyncSession
    ) -> None:
        statuses = [
            (await ask(client, f"cook{number}@example.org")).status_code for number in range(33)
        ]
        assert statuses == [202] * 30 + [429] * 3
        assert await session.scalar(select(func.count()).select_from(Job)) == 30

    async def test_b05_the_refusal_tells_nothing_of_the_account(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources
    ) -> None:
        with limited(resources, mail_per_account=1):
            answers = []
            for email in (ada.email, NOBODY):
                await ask(client, email)
                answers.append(await ask(client, email))
        assert {answer.status_code for answer in answers} == {429}
        details = [answer.json()["detail"] for answer in answers]
        assert details[0] == details[1]

    async def test_an_address_that_is_none_is_refused(self, client: httpx2.AsyncClient) -> None:
        assert (await ask(client, "ada")).status_code == 422
