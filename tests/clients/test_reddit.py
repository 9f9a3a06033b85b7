"""The client against a server that answers as Reddit does."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from potluck import __version__
from potluck.clients.ideas import (
    BadAnswer,
    NotConfigured,
    RateLimited,
    Refused,
    SourceFailure,
    TooSlow,
    Unreachable,
)
from potluck.clients.reddit import MAX_BYTES, RedditClient
from potluck.core.config import RedditSettings
from tests.clients.http_server import answer
from tests.dial_recorder import DialRecorder
from tests.doubles import FakeClock
from tests.reddit_server import CLIENT_ID, CLIENT_SECRET, RedditServer, as_json, post, silent


@pytest.fixture
async def reddit() -> AsyncIterator[RedditServer]:
    async with RedditServer() as running:
        running.posts = {name: [post(f"{name[0]}1"), post(f"{name[0]}2")] for name in NAMES}
        yield running


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


NAMES = ("recipes", "easyrecipes", "TopSecretRecipes")


def client_of(reddit: RedditServer, clock: FakeClock, **options: Any) -> RedditClient:
    values = {"base_url": reddit.url, "oauth_url": reddit.url}
    settings = RedditSettings(**values | options.pop("settings", {}))
    return RedditClient(settings, clock=clock, **{"timeout_s": 5.0} | options)


@pytest.fixture
async def stranger(reddit: RedditServer, clock: FakeClock) -> AsyncIterator[RedditClient]:
    async with client_of(reddit, clock) as client:
        yield client


@pytest.fixture
async def app(reddit: RedditServer, clock: FakeClock) -> AsyncIterator[RedditClient]:
    """With the credentials of a registered app."""
    settings = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    async with client_of(reddit, clock, settings=settings) as client:
        yield client


class TestStranger:
    async def test_reads_the_public_list_of_the_day(
        self, stranger: RedditClient, reddit: RedditServer
    ) -> None:
        ideas = await stranger.top("recipes", limit=1)
        assert [idea.id for idea in ideas] == ["reddit:r1"]
        assert reddit.requests == ["GET /r/recipes/top.json?t=day&limit=1"]

    async def test_says_what_it_is_and_carries_nothing_else(
        self, stranger: RedditClient, reddit: RedditServer
    ) -> None:
        await stranger.top("recipes", limit=1)
        assert reddit.headers == [
            {
                "host": f"127.0.0.1:{reddit.port}",
                "user-agent": f"Potluck/{__version__}",
                "accept": "application/json",
                "accept-encoding": "gzip",
                "connection": "close",
            }
        ]

    async def test_base_address_may_have_a_path(
        self, reddit: RedditServer, clock: FakeClock
    ) -> None:
        async with client_of(
            reddit, clock, settings={"base_url": f"{reddit.url}/mirror"}
        ) as client:
            await client.top("recipes", limit=1)
        assert reddit.requests == ["GET /mirror/r/recipes/top.json?t=day&limit=1"]


class TestApp:
    async def test_lists_are_read_with_a_token(
        self, app: RedditClient, reddit: RedditServer
    ) -> None:
        ideas = await app.top("recipes", limit=2)
        assert [idea.id for idea in ideas] == ["reddit:r1", "reddit:r2"]
        assert reddit.requests == [
            "POST /api/v1/access_token",
            "GET /r/recipes/top?t=day&limit=2",
        ]
        assert reddit.headers[1]["authorization"] == "Bearer token-1"
        assert reddit.headers[0]["user-agent"] == f"Potluck/{__version__}"

    async def test_one_token_serves_sources_side_by_side(
        self, app: RedditClient, reddit: RedditServer
    ) -> None:
        reddit.hold_for(3)
        lists = await asyncio.gather(*(app.top(name, limit=1) for name in NAMES))
        assert [len(each) for each in lists] == [1, 1, 1]
        assert reddit.tokens_asked_for == 1

    async def test_token_is_kept_until_shortly_before_its_end(
        self, app: RedditClient, reddit: RedditServer, clock: FakeClock
    ) -> None:
        reddit.token_life_s = 600
        await app.top("recipes", limit=1)
        clock.advance(timedelta(seconds=539))
        await app.top("recipes", limit=1)
        assert reddit.tokens_asked_for == 1
        clock.advance(timedelta(seconds=1))
        await app.top("recipes", limit=1)
        assert reddit.tokens_asked_for == 2
        assert reddit.headers[-1]["authorization"] == "Bearer token-2"

    async def test_token_that_was_forgotten_early_is_replaced_once_for_all(
        self, app: RedditClient, reddit: RedditServer
    ) -> None:
        await app.top("recipes", limit=1)
        reddit.forget_tokens()
        lists = await asyncio.gather(*(app.top(name, limit=1) for name in NAMES))
        assert [len(each) for each in lists] == [1, 1, 1]
        assert reddit.tokens_asked_for == 2

    async def test_new_token_that_is_refused_too_ends_it(
        self, app: RedditClient, reddit: RedditServer
    ) -> None:
        reddit.scripted["recipes"] = as_json({}, "401 Unauthorized")
        with pytest.raises(Refused):
            await app.top("recipes", limit=1)
        assert reddit.requests == [
            "POST /api/v1/access_token",
            "GET /r/recipes/top?t=day&limit=1",
            "POST /api/v1/access_token",
            "GET /r/recipes/top?t=day&limit=1",
        ]

    async def test_wrong_secret_is_refused(self, reddit: RedditServer, clock: FakeClock) -> None:
        settings = {"client_id": CLIENT_ID, "client_secret": "wrong"}
        async with client_of(reddit, clock, settings=settings) as client:
            with pytest.raises(Refused):
                await client.top("recipes", limit=1)
        assert reddit.requests == ["POST /api/v1/access_token"]

    @pytest.mark.parametrize(
        ("given", "failure"),
        [
            (as_json({"error": "invalid_grant"}), BadAnswer),
            (as_json({}, "429 Too Many Requests"), RateLimited),
            (as_json({}, "503 Service Unavailable"), BadAnswer),
            (answer(b"<title>Sign in</title>"), BadAnswer),
        ],
    )
    async def test_no_token_is_told_like_no_list(
        self, app: RedditClient, reddit: RedditServer, given: bytes, failure: type[SourceFailure]
    ) -> None:
        reddit.token_answer = given
        with pytest.raises(failure):
            await app.top("recipes", limit=1)

    @pytest.mark.parametrize(
        "half", [{"client_id": CLIENT_ID}, {"client_secret": CLIENT_SECRET}], ids=["id", "secret"]
    )
    async def test_half_a_credential_asks_nobody(
        self, reddit: RedditServer, clock: FakeClock, half: dict[str, str]
    ) -> None:
        async with client_of(reddit, clock, settings=half) as client:
            with pytest.raises(NotConfigured):
                await client.top("recipes", limit=1)
        assert reddit.requests == []

    async def test_empty_credentials_are_none(self, reddit: RedditServer, clock: FakeClock) -> None:
        async with client_of(
            reddit, clock, settings={"client_id": "", "client_secret": ""}
        ) as client:
            await client.top("recipes", limit=1)
        assert reddit.tokens_asked_for == 0


async def send_too_much(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while not writer.is_closing():
        writer.write(b" " * 65_536)
        await writer.drain()


async def break_off(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")


class TestFailures:
    @pytest.mark.parametrize(
        ("given", "failure"),
        [
            (as_json({"error": 403}, "403 Forbidden"), Refused),
            (as_json({"error": 401}, "401 Unauthorized"), Refused),
            (answer(b"<title>Blocked</title>", status="403 Blocked"), Refused),
            (as_json({"error": 404}, "404 Not Found"), BadAnswer),
            (answer(status="302 Found", Location="/subreddits/search"), BadAnswer),
            (answer(b"<title>Down</title>", status="503 Service Unavailable"), BadAnswer),
            (answer(b"<!doctype html><title>Sign in</title>"), BadAnswer),
            (answer(b'{"kind": "Listing", "data', content_type="application/json"), BadAnswer),
            (as_json({"kind": "Listing"}), BadAnswer),
            (as_json({}, Content_Encoding="br"), BadAnswer),
            (send_too_much, BadAnswer),
            (break_off, Unreachable),
            (b"220 mail.example ESMTP\r\n\r\n", Unreachable),
        ],
    )
    async def test_have_their_own_names(
        self,
        stranger: RedditClient,
        reddit: RedditServer,
        given: bytes,
        failure: type[SourceFailure],
    ) -> None:
        reddit.scripted["recipes"] = given
        with pytest.raises(failure):
            await stranger.top("recipes", limit=1)

    async def test_answer_within_the_bound_is_read(
        self, stranger: RedditClient, reddit: RedditServer
    ) -> None:
        reddit.posts["recipes"] = [post("a", selftext="x" * (MAX_BYTES - 10_000))]
        assert len(await stranger.top("recipes", limit=1)) == 1

    @pytest.mark.parametrize(
        ("headers", "seconds"),
        [
            ({}, None),
            ({"Retry_After": "120"}, 120),
            ({"Retry_After": "999999999"}, 3600),
            ({"Retry_After": "Sun, 01 Mar 2026 12:01:30 GMT"}, 90),
            ({"Retry_After": "Sun, 01 Mar 2026 11:00:00 GMT"}, 0),
            ({"Retry_After": "soon"}, None),
            ({"Retry_After": "-5"}, None),
            ({"X_Ratelimit_Reset": "245.0"}, 245),
            ({"Retry_After": "7", "X_Ratelimit_Reset": "245"}, 7),
        ],
        ids=str,
    )
    async def test_too_many_requests_say_how_long_to_wait(
        self,
        stranger: RedditClient,
        reddit: RedditServer,
        headers: dict[str, str],
        seconds: int | None,
    ) -> None:
        reddit.scripted["recipes"] = as_json({}, "429 Too Many Requests", **headers)
        with pytest.raises(RateLimited) as failure:
            await stranger.top("recipes", limit=1)
        assert failure.value.retry_after_s == seconds

    async def test_silence_is_too_slow(self, reddit: RedditServer, clock: FakeClock) -> None:
        reddit.scripted["recipes"] = silent()
        async with client_of(reddit, clock, timeout_s=0.5) as client:
            with pytest.raises(TooSlow):
                await client.top("recipes", limit=1)

    async def test_closed_port_is_unreachable(
        self, stranger: RedditClient, reddit: RedditServer
    ) -> None:
        await reddit.stop()
        with pytest.raises(Unreachable):
            await stranger.top("recipes", limit=1)

    async def test_k05_an_address_it_is_sent_to_is_not_followed(
        self, stranger: RedditClient, reddit: RedditServer, recorder: DialRecorder
    ) -> None:
        location = "http://169.254.169.254/latest/meta-data"
        reddit.scripted["recipes"] = answer(status="302 Found", Location=location)
        with pytest.raises(BadAnswer):
            await stranger.top("recipes", limit=1)
        assert recorder.dialled == [("127.0.0.1", reddit.port)]


class TestClosing:
    async def test_no_connection_outlives_its_answer(
        self, app: RedditClient, reddit: RedditServer
    ) -> None:
        await app.top("recipes", limit=1)
        await reddit.until_nobody_is_connected()
        assert reddit.open_connections == 0

    async def test_cancelled_question_hangs_up(
        self, app: RedditClient, reddit: RedditServer
    ) -> None:
        heard = asyncio.Event()
        reddit.scripted["recipes"] = silent(heard)
        asking = asyncio.create_task(app.top("recipes", limit=1))
        await heard.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await reddit.until_nobody_is_connected()

    async def test_cancelled_wait_for_a_token_hangs_up(
        self, app: RedditClient, reddit: RedditServer
    ) -> None:
        heard = asyncio.Event()
        reddit.token_answer = silent(heard)
        asking = [asyncio.create_task(app.top(name, limit=1)) for name in NAMES]
        await heard.wait()
        for each in asking:
            each.cancel()
        await asyncio.wait(asking)
        await reddit.until_nobody_is_connected()
        assert reddit.tokens_asked_for == 1

    async def test_question_under_way_fails_when_the_client_closes(
        self, reddit: RedditServer, clock: FakeClock
    ) -> None:
        heard = asyncio.Event()
        reddit.scripted["recipes"] = silent(heard)
        async with client_of(reddit, clock) as client:
            asking = asyncio.create_task(client.top("recipes", limit=1))
            await heard.wait()
        with pytest.raises(Unreachable):
            await asking
        await reddit.until_nobody_is_connected()
