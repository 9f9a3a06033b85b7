"""Mails that leave after the answer: with the change, once, and as soon as the server lets them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.clients.smtp import SmtpMailer
from potluck.core.mail_settings import MailSettings
from potluck.models import Job
from potluck.resources import Resources
from potluck.schemas.job import SendMail
from potluck.schemas.mail import Mail, PasswordResetMail, WelcomeMail
from potluck.services import mails
from potluck.worker import runner
from tests.conftest import API, Outbox
from tests.doubles import FakeClock
from tests.log_capture import captured
from tests.queued_jobs import live_jobs
from tests.smtp_server import SmtpServer

ADA = "ada@example.org"
TOKEN = "canary-of-a-link"


def reset(clock: FakeClock) -> PasswordResetMail:
    """A mail whose link is good for an hour."""
    until = clock.now() + timedelta(hours=1)
    return PasswordResetMail(name="Ada", path=f"/reset#{TOKEN}", expires_at=until)


async def ask(resources: Resources, mail: Mail) -> None:
    async with resources.database.transaction() as session:
        await mails.send_later(session, mail, to=ADA, locale="en", now=resources.clock.now())


async def ended(session: AsyncSession) -> list[tuple[str, int, str | None]]:
    """State, tries and error of every mail's job."""
    await session.rollback()
    statement = select(Job).where(Job.kind == "send-mail").order_by(Job.id)
    rows = await session.scalars(statement.execution_options(populate_existing=True))
    return [(row.state, row.tries, row.error) for row in rows]


def use(resources: Resources, server: SmtpServer) -> None:
    settings = MailSettings(host="127.0.0.1", port=server.port, security="none", timeout_s=2)
    mailer = SmtpMailer(settings, own_name="potluck.test")
    resources.mails = replace(resources.mails, mailer=mailer)


class TestWithTheChange:
    async def test_leaves_after_the_commit(
        self, resources: Resources, clock: FakeClock, outbox: Outbox
    ) -> None:
        await ask(resources, reset(clock))
        [mail] = await outbox()
        assert (mail["To"], mail["Subject"]) == (ADA, "Choose a new password")

    async def test_a_change_that_is_not_kept_sends_nothing(
        self, resources: Resources, clock: FakeClock, outbox: Outbox
    ) -> None:
        async def change() -> None:
            async with resources.database.transaction() as session:
                await mails.send_later(session, reset(clock), to=ADA, locale="en", now=clock.now())
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await change()
        assert await outbox() == []

    async def test_a06_the_link_lies_nowhere_to_be_read(
        self, resources: Resources, clock: FakeClock, session: AsyncSession, outbox: Outbox
    ) -> None:
        """Neither while the mail waits nor afterwards."""
        await ask(resources, reset(clock))
        for _ in range(2):
            await session.rollback()
            payloads = list(await session.scalars(select(Job.payload)))
            assert len(payloads) == 1
            assert TOKEN not in payloads[0]
            assert ADA not in payloads[0]
            await outbox()


class TestTheServer:
    async def test_r24_a_mail_waits_for_a_server_that_is_away_and_leaves_once(
        self, resources: Resources, clock: FakeClock, session: AsyncSession
    ) -> None:
        server = SmtpServer()
        use(resources, server)
        await ask(resources, reset(clock))
        await runner.run_due(resources)
        assert await ended(session) == [("queued", 1, "mail-delayed")]
        with server:
            clock.advance(timedelta(minutes=1))
            await runner.run_due(resources)
            await runner.run_due(resources)
        assert await ended(session) == [("succeeded", 2, None)]
        [taken] = server.taken
        [row] = list(await session.scalars(select(Job)))
        assert taken.recipients == [ADA]
        assert taken.message["Message-ID"] == f"<{row.id}@potluck.test>"

    async def test_r24_one_that_says_later_is_asked_later(
        self, resources: Resources, clock: FakeClock, session: AsyncSession
    ) -> None:
        with SmtpServer(rcpt_reply="451 4.7.1 Greylisted") as server:
            use(resources, server)
            await ask(resources, reset(clock))
            await runner.run_due(resources)
            assert await ended(session) == [("queued", 1, "mail-delayed-451")]
            server.rcpt_reply = None
            clock.advance(timedelta(minutes=1))
            await runner.run_due(resources)
        assert [each.recipients for each in server.taken] == [[ADA]]

    async def test_one_that_says_never_is_believed(
        self, resources: Resources, clock: FakeClock, session: AsyncSession
    ) -> None:
        with SmtpServer(rcpt_reply=f"550 5.1.1 <{ADA}> is unknown") as server:
            use(resources, server)
            await ask(resources, reset(clock))
            with captured() as log:
                await runner.run_due(resources)
        assert await ended(session) == [("failed", 1, "mail-refused-550")]
        assert "mail-refused" in log.text
        assert ADA not in log.text

    async def test_a_link_that_has_ended_is_not_sent(
        self, resources: Resources, clock: FakeClock, session: AsyncSession, outbox: Outbox
    ) -> None:
        await ask(resources, reset(clock))
        clock.advance(timedelta(hours=1))
        assert await outbox() == []
        assert await ended(session) == [("failed", 1, "mail-expired")]

    async def test_half_a_day_without_a_server_loses_no_mail(self) -> None:
        """The shortest pauses that chance can make."""
        retries = SendMail.retries
        waits = [retries.pause(tries, 0) for tries in range(1, retries.tries)]
        assert sum(waits, timedelta()) > timedelta(hours=12)


class TestWelcome:
    async def test_who_signs_up_is_greeted(
        self, client: httpx2.AsyncClient, outbox: Outbox
    ) -> None:
        await sign_up(client)
        [mail] = await outbox()
        assert (mail["To"], mail["Subject"]) == (ADA, "Welcome to Potluck, Ada")

    async def test_a08_links_follow_the_settings_and_not_the_request(
        self, client: httpx2.AsyncClient, outbox: Outbox
    ) -> None:
        headers = {"X-Forwarded-Host": "evil.test", "X-Forwarded-Proto": "https"}
        await sign_up(client, headers=headers | {"Host": "127.0.0.1"})
        [mail] = await outbox()
        written = "".join(each.get_content() for each in mail.iter_parts())
        assert "http://potluck.test/" in written
        assert "evil.test" not in written
        assert "127.0.0.1" not in written

    async def test_the_answer_does_not_wait_for_a_slow_server(
        self, client: httpx2.AsyncClient, resources: Resources, session: AsyncSession
    ) -> None:
        with SmtpServer(delay_s=30) as server:
            use(resources, server)
            await sign_up(client)
        assert server.greeted_as == []
        [(wish, _)] = await live_jobs(session, "send-mail")
        assert wish.mail == WelcomeMail(name="Ada")

    async def test_who_is_refused_is_not(
        self, client: httpx2.AsyncClient, session: AsyncSession
    ) -> None:
        await sign_up(client)
        await sign_up(client, status=409)
        assert await session.scalar(select(func.count()).select_from(Job)) == 1


async def sign_up(client: httpx2.AsyncClient, *, status: int = 201, **options: Any) -> None:
    body = {"email": ADA, "password": "seven leeks in a wicker basket", "display_name": "Ada"}
    answer = await client.post(f"{API}/auth/signup", json=body, **options)
    assert answer.status_code == status, answer.text
