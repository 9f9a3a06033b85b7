"""`potluck worker` as real processes on PostgreSQL: they share the work, and one may be killed."""

import asyncio
import json
import os
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import select

from potluck import backend_pre_start
from potluck.core.config import Settings
from potluck.models import Job
from potluck.resources import Resources, open_resources
from potluck.schemas.mail import WelcomeMail
from potluck.services import mails
from tests import databases, processes
from tests.conftest import ORIGIN, make_settings
from tests.smtp_server import SmtpServer

MAILS = [f"cook{number}@example.org" for number in range(24)]
#: Jobs that a worker does at the same time: as many are begun anew when it is killed.
CONCURRENCY = 2
END_WITHIN_S = 60


@dataclass
class SlowPost(SmtpServer):
    """A mail server that says when so many mails have come."""

    delay_s: float = 0.1
    awaited: int = 0
    has_come: threading.Event = field(default_factory=threading.Event)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        if len(self.taken) >= self.awaited:
            self.has_come.set()
        return answer

    def wait_for(self, count: int) -> None:
        """Return when this many mails have come."""
        self.awaited = count
        if len(self.taken) < count:
            self.has_come.clear()
            assert self.has_come.wait(END_WITHIN_S)

    def copies(self) -> Counter[str]:
        """How often each mail came, by who it is for; a copy is known by its Message-ID."""
        ids = {(mail.recipients[0], str(mail.message["Message-ID"])) for mail in self.taken}
        assert len(ids) == len({recipient for recipient, _ in ids})
        return Counter(mail.recipients[0] for mail in self.taken)


@pytest.fixture
def post() -> Iterator[SlowPost]:
    with SlowPost() as server:
        yield server


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    name = f"potluck_workers_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    with databases.database_url("postgresql", tmp_path, name) as url:
        yield url


@pytest.fixture
async def place(tmp_path: Path, url: str) -> AsyncIterator[Resources]:
    settings = make_settings(tmp_path, url)
    await asyncio.to_thread(backend_pre_start.prepare, settings, wait_s=5)
    async with open_resources(settings) as resources:
        yield resources


async def ask_for_mails(place: Resources) -> None:
    async with place.database.transaction() as session:
        for address in MAILS:
            mail = WelcomeMail(name="Ada")
            await mails.send_later(session, mail, to=address, locale="en", now=place.clock.now())


@contextmanager
def working(settings: Settings, url: str, post: SlowPost) -> Iterator["subprocess.Popen[str]"]:
    """`potluck worker`, ended with the block if it has not ended before."""
    process = processes.start(
        "-m",
        "potluck",
        "worker",
        folder=settings.data_dir,
        settings={
            "POTLUCK_BASE_URL": ORIGIN,
            "POTLUCK_DATA_DIR": str(settings.data_dir),
            "POTLUCK_DATABASE__URL": url,
            "POTLUCK_LOG__FORMAT": "json",
            "POTLUCK_JOBS__CONCURRENCY": str(CONCURRENCY),
            "POTLUCK_JOBS__LEASE_S": "1",
            "POTLUCK_JOBS__POLL_S": "0.2",
            "POTLUCK_MAIL__HOST": "127.0.0.1",
            "POTLUCK_MAIL__PORT": str(post.port),
            "POTLUCK_MAIL__SECURITY": "none",
        },
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "Working; press Ctrl-C to end.\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def jobs_done(said: str) -> int:
    """How many jobs a worker's log tells of."""
    return sum(json.loads(line)["event"] == "job_done" for line in said.splitlines())


async def states(place: Resources) -> Counter[str]:
    async with place.database.reading() as session:
        return Counter(await session.scalars(select(Job.state).where(Job.kind == "send-mail")))


async def until_all_have_ended(place: Resources) -> None:
    async with asyncio.timeout(END_WITHIN_S):
        while set(await states(place)) != {"succeeded"}:  # noqa: ASYNC110 - the database alone tells
            await asyncio.sleep(0.05)


async def test_two_share_the_work_and_do_each_job_once(
    place: Resources, url: str, post: SlowPost
) -> None:
    with working(place.settings, url, post) as one, working(place.settings, url, post) as other:
        await ask_for_mails(place)
        await until_all_have_ended(place)
        for process in (one, other):
            process.send_signal(signal.SIGTERM)
        said = [process.communicate(timeout=END_WITHIN_S)[1] for process in (one, other)]
        assert [one.returncode, other.returncode] == [0, 0]
    done = [jobs_done(each) for each in said]
    assert sum(done) == len(MAILS)
    assert min(done) > 0
    assert post.copies() == dict.fromkeys(MAILS, 1)


async def test_what_a_killed_one_had_begun_is_done_by_the_other(
    place: Resources, url: str, post: SlowPost
) -> None:
    with working(place.settings, url, post) as doomed, working(place.settings, url, post):
        await ask_for_mails(place)
        await asyncio.to_thread(post.wait_for, 6)
        doomed.kill()
        doomed.wait(END_WITHIN_S)
        await until_all_have_ended(place)
    copies = post.copies()
    assert set(copies) == set(MAILS)
    # A mail server had taken these before the worker could say so.
    assert sum(copies.values()) - len(MAILS) <= CONCURRENCY


async def test_sigterm_hands_back_what_was_begun(
    place: Resources, url: str, post: SlowPost
) -> None:
    post.delay_s = 0.5
    with working(place.settings, url, post) as process:
        await ask_for_mails(place)
        await asyncio.to_thread(post.wait_for, 1)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=END_WITHIN_S)
        assert process.returncode == 0
    assert set(await states(place)) <= {"queued", "succeeded"}
    with working(place.settings, url, post):
        await until_all_have_ended(place)
    assert set(post.copies()) == set(MAILS)
