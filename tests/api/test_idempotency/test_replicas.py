"""R-18: double submits at two replicas, and a server that is killed around the commit."""

import http.client
import json
import os
import signal
import subprocess
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from fastapi import FastAPI

from potluck.core.config import Settings
from potluck.main import create_app
from potluck.resources import Resources
from tests import databases, processes
from tests.api.recipe_calls import URL, refusal
from tests.api.test_idempotency.calls import KEPT, count, is_replayed, post, told, uses
from tests.conftest import API, client_of
from tests.doubles import FakeClock
from tests.factories import PASSWORD

SERVER = Path(__file__).with_name("mortal_server.py")


@pytest.fixture
async def replicas(
    as_ada: httpx2.AsyncClient, settings: Settings, clock: FakeClock
) -> AsyncIterator[list[httpx2.AsyncClient]]:
    """Ada at two apps over the same database, which let her wait for as long as it takes."""
    patient = settings.database.model_copy(update={"pool_timeout_s": 60})
    async with AsyncExitStack() as stack:
        clients = []
        for _ in range(2):
            app: FastAPI = create_app(
                settings.model_copy(update={"database": patient}),
                clock=clock,
                works_in_background=False,
            )
            await stack.enter_async_context(app.router.lifespan_context(app))
            client = client_of(app, headers=as_ada.headers)
            clients.append(await stack.enter_async_context(client))
        yield clients


async def at_once(replicas: list[httpx2.AsyncClient], key: str, times: int) -> None:
    """The same POST so many times at the same time, in turn at each replica: it is done once."""
    answers: list[httpx2.Response] = []

    async def send(client: httpx2.AsyncClient) -> None:
        answers.append(await post(client, {"title": key}, key=key))

    async with anyio.create_task_group() as group:
        for number in range(times):
            group.start_soon(send, replicas[number % len(replicas)])
    done = [answer for answer in answers if answer.status_code == 201]
    waiting = [refusal(answer) for answer in answers if answer.status_code != 201]
    assert set(waiting) <= {(409, "idempotency-key-in-use")}
    assert {answer.json()["title"] for answer in done} == {key}
    assert [told(answer) == told(done[0]) for answer in done] == [True] * len(done)
    assert [is_replayed(answer) for answer in done].count(False) == 1


class TestM04InParallel:
    async def test_50_uses_of_one_key_make_one_row_and_answer_alike(
        self, replicas: list[httpx2.AsyncClient], resources: Resources
    ) -> None:
        await at_once(replicas[:1], "Cake", 50)
        assert (await count(resources), len(await uses(resources))) == (1, 1)


class TestR18:
    async def test_parallel_posts_with_20_keys_at_two_replicas_make_20_recipes(
        self, replicas: list[httpx2.AsyncClient], resources: Resources
    ) -> None:
        for number in range(20):
            await at_once(replicas, f"key-{number}", 10)
        assert (await count(resources), len(await uses(resources))) == (20, 20)


class Mortal:
    """A server process that kills itself at the moment named, as `kill -9` does."""

    def __init__(self, folder: Path, url: str, moment: str, later_s: int = 0) -> None:
        settings = {
            "POTLUCK_BASE_URL": "http://potluck.test",
            "POTLUCK_DATA_DIR": str(folder),
            "POTLUCK_DATABASE__URL": url,
            "POTLUCK_LOG__LEVEL": "error",
        }
        arguments = (str(SERVER), moment, str(later_s))
        self.process: subprocess.Popen[str] = processes.start(
            *arguments, folder=folder, settings=settings
        )
        assert self.process.stdout is not None
        said = next((line for line in self.process.stdout if line.startswith("port ")), None)
        if said is None:
            pytest.fail("\n".join(self.process.communicate()))
        self.port = int(said.split()[1])

    def post(
        self, path: str, body: Any, token: str = "", key: str | None = None
    ) -> tuple[int, bytes, dict[str, str | None]]:
        """Status, body and kept headers of the answer; OSError or HTTPException without one."""
        headers = {"Content-Type": "application/json", "Host": "potluck.test"}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        headers |= {"Idempotency-Key": key} if key else {}
        if isinstance(body, str):
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        content = body if isinstance(body, str) else json.dumps(body)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", path, content, headers)
            answer = connection.getresponse()
            kept = {name: answer.headers.get(name) for name in KEPT}
            return answer.status, answer.read(), kept
        finally:
            connection.close()


@contextmanager
def serving(folder: Path, url: str, moment: str = "never", later_s: int = 0) -> Iterator[Mortal]:
    server = Mortal(folder, url, moment, later_s)
    try:
        yield server
    finally:
        server.process.kill()
        server.process.communicate(timeout=20)


@pytest.fixture
def url(engine: str, tmp_path: Path) -> Iterator[str]:
    """The address of a database of its own."""
    with databases.database_url(engine, tmp_path, f"potluck_mortal_{os.getpid()}") as url:
        yield url


def sign_up(server: Mortal) -> str:
    """An access token of a new account."""
    account = {"email": "ada@example.org", "password": PASSWORD, "display_name": "Ada"}
    assert server.post(f"{API}/auth/signup", account)[0] == 201
    form = f"username=ada%40example.org&password={PASSWORD.replace(' ', '+')}"
    status, body, _ = server.post(f"{API}/auth/login", form)
    assert status == 200
    token: str = json.loads(body)["access_token"]
    return token


def recipes(server: Mortal, token: str) -> list[str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        headers = {"Authorization": f"Bearer {token}", "Host": "potluck.test"}
        connection.request("GET", URL, headers=headers)
        return [item["title"] for item in json.loads(connection.getresponse().read())["items"]]
    finally:
        connection.close()


class TestR18KilledServer:
    def test_between_the_commit_and_the_answer_gives_it_after_the_restart(
        self, tmp_path: Path, url: str
    ) -> None:
        key, body = str(uuid.uuid4()), {"title": "Cake"}
        with serving(tmp_path, url, "before-the-answer") as server:
            token = sign_up(server)
            with pytest.raises((OSError, http.client.HTTPException)):
                server.post(URL, body, token, key)
            assert server.process.wait(20) == -signal.SIGKILL
        with serving(tmp_path, url) as server:
            again = server.post(URL, body, token, key)
            assert again[0] == 201
            assert json.loads(again[1])["title"] == "Cake"
            assert server.post(URL, body, token, key) == again
            assert recipes(server, token) == ["Cake"]

    def test_before_the_commit_leaves_nothing_and_the_key_free_after_30_seconds(
        self, tmp_path: Path, url: str
    ) -> None:
        key, body = str(uuid.uuid4()), {"title": "Cake"}
        with serving(tmp_path, url, "before-the-commit") as server:
            token = sign_up(server)
            with pytest.raises((OSError, http.client.HTTPException)):
                server.post(URL, body, token, key)
            assert server.process.wait(20) == -signal.SIGKILL
        with serving(tmp_path, url, later_s=30) as server:
            assert recipes(server, token) == []
            again = server.post(URL, body, token, key)
            assert again[0] == 201
            assert server.post(URL, body, token, key) == again
            assert recipes(server, token) == ["Cake"]
