"""Ideas through HTTP, from a server that answers as Reddit does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest

from potluck.clients.ideas import TooSlow
from potluck.clients.reddit import RedditClient
from potluck.core.config import IdeasSettings, RedditSettings, Settings
from potluck.core.scopes import SCOPES_OF_LOGIN, Scope
from potluck.main import create_app
from potluck.models import User
from potluck.providers import get_ideas_source, get_settings
from potluck.resources import Resources
from tests.api.recipe_calls import faults, refusal
from tests.clients.http_server import answer
from tests.conftest import API, As, Override, checked_out
from tests.doubles import START, FakeClock, FakeIdeas
from tests.log_capture import captured
from tests.reddit_server import (
    CLIENT_ID,
    CLIENT_SECRET,
    RedditServer,
    as_json,
    post,
    silent,
)

URL = f"{API}/recipes/ideas"
NAMES = ["recipes", "easyrecipes", "TopSecretRecipes"]
AT_START = START.isoformat().replace("+00:00", "Z")


@pytest.fixture
async def reddit() -> AsyncIterator[RedditServer]:
    async with RedditServer() as running:
        running.posts = {
            "recipes": [post("r1", score=812), post("r2", score=40)],
            "easyrecipes": [post("e1", score=90)],
            "TopSecretRecipes": [post("t1", score=300)],
        }
        yield running


@pytest.fixture
def told(resources: Resources, override: Override) -> Callable[..., None]:
    """`told(timeout_s=0.5)`: the app runs with these settings of ideas."""

    def tell(**values: Any) -> None:
        ideas = IdeasSettings(**{"timeout_s": 10.0} | values)
        settings = resources.settings.model_copy(update={"ideas": ideas})
        override(get_settings, lambda: settings)

    return tell


Ask = Callable[..., Awaitable[RedditClient]]


@pytest.fixture
async def ask(
    reddit: RedditServer, override: Override, clock: FakeClock, told: Callable[..., None]
) -> AsyncIterator[Ask]:
    """`await ask()`: the app asks that server; with `is_app` as the app registered there."""
    async with AsyncExitStack() as stack:

        async def connect(*, is_app: bool = False, **ideas: Any) -> RedditClient:
            told(**ideas)
            known = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET} if is_app else {}
            settings = RedditSettings(base_url=reddit.url, oauth_url=reddit.url, **known)
            source = RedditClient(settings, clock=clock, timeout_s=10)
            await stack.enter_async_context(source)
            override(get_ideas_source, lambda: source)
            return source

        yield connect


def states(response: httpx2.Response) -> list[tuple[str, str | None]]:
    assert response.status_code == 200, response.text
    return [(each["status"], each["reason"]) for each in response.json()["sources"]]


OK = ("ok", None)


class TestIdeas:
    async def test_of_all_sources_come_by_score(self, as_ada: httpx2.AsyncClient, ask: Ask) -> None:
        await ask()
        found = (await as_ada.get(URL)).json()
        assert [item["id"] for item in found["items"]] == [
            "reddit:r1",
            "reddit:t1",
            "reddit:e1",
            "reddit:r2",
        ]
        assert found["items"][0] == {
            "id": "reddit:r1",
            "source": "recipes",
            "title": "Soup r1",
            "url": "https://www.reddit.com/r/recipes/comments/r1/soup/",
            "link": "https://kitchen.example/r1",
            "score": 812,
            "comments": 7,
            "posted_at": "2026-03-01T12:00:00Z",
        }
        assert found["sources"] == [
            {
                "name": name,
                "status": "ok",
                "reason": None,
                "count": count,
                "cached": False,
                "fetched_at": AT_START,
            }
            for name, count in zip(NAMES, (2, 1, 1), strict=True)
        ]

    async def test_second_asker_is_answered_from_memory(
        self, as_ada: httpx2.AsyncClient, as_eve: httpx2.AsyncClient, ask: Ask, reddit: RedditServer
    ) -> None:
        await ask()
        first, second = (await as_ada.get(URL)).json(), (await as_eve.get(URL)).json()
        assert second["items"] == first["items"]
        assert [each["cached"] for each in second["sources"]] == [True, True, True]
        assert len(reddit.requests) == 3

    async def test_answer_can_be_asked_for_again_by_its_etag(
        self, as_ada: httpx2.AsyncClient, ask: Ask
    ) -> None:
        await ask()
        await as_ada.get(URL)
        etag = (await as_ada.get(URL)).headers["ETag"]
        again = await as_ada.get(URL, headers={"If-None-Match": etag})
        assert again.status_code == 304

    async def test_with_an_app_one_token_is_fetched_and_renewed(
        self, as_ada: httpx2.AsyncClient, ask: Ask, reddit: RedditServer
    ) -> None:
        await ask(is_app=True, cache_s=0)
        assert states(await as_ada.get(URL)) == [OK, OK, OK]
        reddit.forget_tokens()
        assert states(await as_ada.get(URL)) == [OK, OK, OK]
        assert reddit.tokens_asked_for == 2


class TestSideBySide:
    @pytest.mark.parametrize("is_app", [False, True], ids=["stranger", "app"])
    async def test_nobody_is_answered_until_all_were_asked(
        self, as_ada: httpx2.AsyncClient, ask: Ask, reddit: RedditServer, is_app: bool
    ) -> None:
        """Asked one after the other, the first would wait for ever, and be too slow."""
        await ask(is_app=is_app)
        reddit.hold_for(3)
        assert states(await as_ada.get(URL)) == [OK, OK, OK]

    async def test_twenty_sources_are_asked_at_once(
        self, as_ada: httpx2.AsyncClient, ask: Ask, reddit: RedditServer
    ) -> None:
        await ask(subreddits=[f"kitchen{number}" for number in range(20)])
        reddit.hold_for(20)
        assert states(await as_ada.get(URL)) == [OK] * 20

    async def test_many_askers_are_one_to_the_sources(
        self, as_ada: httpx2.AsyncClient, ask: Ask, reddit: RedditServer
    ) -> None:
        await ask()
        reddit.hold_for(3)
        answers = await asyncio.gather(*(as_ada.get(URL) for _ in range(10)))
        assert [states(each) for each in answers] == [[OK, OK, OK]] * 10
        assert len(reddit.requests) == 3


class TestFailures:
    @pytest.mark.parametrize(
        ("given", "reason"),
        [
            (as_json({}, "429 Too Many Requests", Retry_After="60"), "rate_limited"),
            (as_json({}, "403 Forbidden"), "refused"),
            (answer(b"<!doctype html><title>Sign in</title>"), "bad_answer"),
            (answer(b'{"kind": ', content_type="application/json"), "bad_answer"),
            (answer(b" " * 3_000_000), "bad_answer"),
            (as_json({}, "500 Internal Server Error"), "bad_answer"),
            (b"nonsense\r\n\r\n", "unreachable"),
        ],
        ids=["429", "403", "html", "broken", "huge", "500", "nonsense"],
    )
    async def test_of_one_is_reported_beside_the_others(
        self,
        as_ada: httpx2.AsyncClient,
        ask: Ask,
        reddit: RedditServer,
        given: bytes,
        reason: str,
    ) -> None:
        await ask()
        reddit.scripted["easyrecipes"] = given
        response = await as_ada.get(URL)
        assert states(response) == [OK, ("failed", reason), OK]
        failed = response.json()["sources"][1]
        assert (failed["count"], failed["fetched_at"]) == (0, None)
        assert {item["source"] for item in response.json()["items"]} == {
            "recipes",
            "TopSecretRecipes",
        }

    async def test_slow_one_costs_its_own_time_out_and_nobody_else(
        self, as_ada: httpx2.AsyncClient, ask: Ask, reddit: RedditServer
    ) -> None:
        await ask(timeout_s=1)
        reddit.scripted["easyrecipes"] = silent()
        assert states(await as_ada.get(URL)) == [OK, ("failed", "too_slow"), OK]

    async def test_of_all_is_still_an_answer(
        self, as_ada: httpx2.AsyncClient, ask: Ask, reddit: RedditServer
    ) -> None:
        await ask()
        await reddit.stop()
        response = await as_ada.get(URL)
        assert states(response) == [("failed", "unreachable")] * 3
        assert response.json()["items"] == []

    async def test_nobody_thought_of_is_no_error_of_ours(
        self, as_ada: httpx2.AsyncClient, ideas: FakeIdeas
    ) -> None:
        ideas.known["easyrecipes"] = ZeroDivisionError()
        assert states(await as_ada.get(URL)) == [OK, ("failed", "bad_answer"), OK]

    async def test_half_a_credential_is_not_configured(
        self, as_ada: httpx2.AsyncClient, override: Override, clock: FakeClock
    ) -> None:
        settings = RedditSettings(client_id=CLIENT_ID)
        async with RedditClient(settings, clock=clock, timeout_s=1) as source:
            override(get_ideas_source, lambda: source)
            assert states(await as_ada.get(URL)) == [("not_configured", None)] * 3

    async def test_no_sources_are_none(
        self, as_ada: httpx2.AsyncClient, told: Callable[..., None]
    ) -> None:
        told(subreddits=[])
        assert (await as_ada.get(URL)).json() == {"items": [], "sources": []}


class TestLimit:
    async def test_is_five_of_each_source(
        self, as_ada: httpx2.AsyncClient, ask: Ask, reddit: RedditServer
    ) -> None:
        await ask(subreddits=["recipes"])
        reddit.posts["recipes"] = [post(f"p{number}", score=number) for number in range(40)]
        assert len((await as_ada.get(URL)).json()["items"]) == 5
        assert len((await as_ada.get(URL, params={"limit": 25})).json()["items"]) == 25
        assert len((await as_ada.get(URL, params={"limit": 1})).json()["items"]) == 1

    @pytest.mark.parametrize("limit", ["0", "26", "-1", "x", "1.5", ""])
    async def test_has_bounds(self, as_ada: httpx2.AsyncClient, limit: str) -> None:
        answer = await as_ada.get(URL, params={"limit": limit})
        assert refusal(answer) == (422, "invalid")
        assert [pointer for pointer, _ in faults(answer)] == ["/limit"]

    async def test_is_the_only_parameter(self, as_ada: httpx2.AsyncClient) -> None:
        answer = await as_ada.get(URL, params={"source": "x"})
        assert faults(answer) == [("/source", "extra_forbidden")]


class TestCallers:
    async def test_strangers_are_turned_away(
        self, client: httpx2.AsyncClient, ideas: FakeIdeas
    ) -> None:
        assert refusal(await client.get(URL)) == (401, "unauthenticated")
        assert ideas.asked == []

    async def test_g05_recipes_read_is_needed(self, as_: As, ada: User, ideas: FakeIdeas) -> None:
        caller = await as_(ada, SCOPES_OF_LOGIN - {Scope.RECIPES_READ})
        assert refusal(await caller.get(URL)) == (403, "insufficient-scope")
        assert ideas.asked == []


class TestWhileSourcesAreAsked:
    async def test_no_database_connection_is_held(
        self, as_ada: httpx2.AsyncClient, ideas: FakeIdeas, resources: Resources
    ) -> None:
        held: list[int] = []

        async def look(_name: str) -> None:
            held.append(checked_out(resources))

        ideas.meanwhile = look
        assert states(await as_ada.get(URL)) == [OK, OK, OK]
        assert held == [0, 0, 0]

    async def test_who_gives_up_ends_the_questions(
        self, as_ada: httpx2.AsyncClient, ask: Ask, reddit: RedditServer
    ) -> None:
        heard = [asyncio.Event() for _ in NAMES]
        for name, event in zip(NAMES, heard, strict=True):
            reddit.scripted[name] = silent(event)
        await ask()
        asking = asyncio.create_task(as_ada.get(URL))
        for event in heard:
            await event.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await reddit.until_nobody_is_connected()
        reddit.scripted.clear()
        assert states(await as_ada.get(URL)) == [OK, OK, OK]


def sockets() -> set[str]:
    """The sockets that this process has open."""
    found = set()
    for each in Path("/proc/self/fd").iterdir():
        try:
            target = str(each.readlink())
        except FileNotFoundError:  # the one that lists the folder
            continue
        if target.startswith("socket:"):
            found.add(target)
    return found


class TestLifespan:
    @pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="no /proc to look at")
    async def test_no_socket_is_open_after_it(self, settings: Settings) -> None:
        async with RedditServer() as reddit:
            reddit.scripted = {name: silent() for name in NAMES[:2]}
            before = sockets()
            local = RedditSettings(base_url=reddit.url, oauth_url=reddit.url)
            own = settings.model_copy(
                update={"reddit": local, "ideas": IdeasSettings(timeout_s=0.3)}
            )
            app = create_app(own, works_in_background=False)
            async with app.router.lifespan_context(app):
                source = app.state.resources.ideas_source
                assert isinstance(source, RedditClient)
                asking = (source.top(name, limit=1) for name in NAMES)
                outcomes = await asyncio.gather(*asking, return_exceptions=True)
                assert [type(each) for each in outcomes] == [TooSlow, TooSlow, list]
            await reddit.until_nobody_is_connected()
            assert (reddit.open_connections, sockets()) == (0, before)


class TestSecrecy:
    async def test_the_secret_and_the_token_are_never_said(
        self, as_ada: httpx2.AsyncClient, ask: Ask, reddit: RedditServer
    ) -> None:
        source = await ask(is_app=True, cache_s=0)
        with captured("debug") as log:
            said = [(await as_ada.get(URL)).text]
            reddit.token_answer = as_json({}, "500 Internal Server Error")
            reddit.forget_tokens()
            said.append((await as_ada.get(URL)).text)
            await reddit.stop()
            said.append((await as_ada.get(URL)).text)
        assert "ideas_source_failed" in log.text
        for text in (*said, log.text, repr(source), repr(vars(source).values())):
            assert "token-1" not in text
        for text in (*said, log.text, repr(source)):
            assert CLIENT_SECRET not in text
