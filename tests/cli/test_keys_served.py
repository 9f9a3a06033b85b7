"""D-08: keys are rotated while requests run, and no token is refused."""

import json
import os
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest

from potluck.core import base64url
from tests import databases, processes
from tests.api.auth_calls import LOGIN, ME, REFRESH, SIGNUP
from tests.factories import PASSWORD
from tests.serving import serving

JWKS = "/.well-known/jwks.json"
WITHIN_S = 60
#: Requests of each reader after the new key is seen to sign.
AFTERWARDS = 20


class Reader(threading.Thread):
    """Renews its tokens at one process and uses them at the next, until it is told to stop."""

    def __init__(self, urls: list[str], refresh_token: str) -> None:
        super().__init__(daemon=True)
        self.urls = urls
        self.refresh_token = refresh_token
        self.refused: list[tuple[int, str]] = []
        self.kids: list[str] = []
        self.must_end = threading.Event()

    def run(self) -> None:
        with ExitStack() as stack:
            clients = [stack.enter_context(httpx2.Client(base_url=url)) for url in self.urls]
            while not self.must_end.is_set() and not self.refused:
                for client in clients:
                    pair = client.post(REFRESH, json={"refresh_token": self.refresh_token}).json()
                    self.refresh_token = pair["refresh_token"]
                    token = pair["access_token"]
                    answers = [
                        each.get(ME, headers={"Authorization": f"Bearer {token}"})
                        for each in clients
                    ]
                    self.refused += [
                        (answer.status_code, answer.text)
                        for answer in answers
                        if answer.status_code != 200
                    ]
                    self.kids.append(json.loads(base64url.decode(token.partition(".")[0]))["kid"])


def wait_for(readers: list[Reader], kid: str) -> None:
    """Until each has used so many tokens of this key. AssertionError when one was refused."""
    end = time.monotonic() + WITHIN_S
    while any(reader.kids.count(kid) < AFTERWARDS for reader in readers):
        assert [reader.refused for reader in readers] == [[]] * len(readers)
        assert all(reader.is_alive() for reader in readers)
        assert time.monotonic() < end
        readers[0].join(0.1)


def signed_in(url: str, times: int) -> list[str]:
    """The refresh tokens of so many sign-ins of one new account."""
    account = {"email": "ada@example.org", "password": PASSWORD, "display_name": "Ada"}
    form = {"username": account["email"], "password": PASSWORD}
    with httpx2.Client(base_url=url, timeout=30) as client:
        assert client.post(SIGNUP, json=account).status_code == 201
        pairs: list[dict[str, Any]] = [client.post(LOGIN, data=form).json() for _ in range(times)]
    return [pair["refresh_token"] for pair in pairs]


def published(url: str) -> list[str]:
    return [key["kid"] for key in httpx2.get(url + JWKS).json()["keys"]]


@pytest.mark.parametrize("engine_", databases.ENGINES)
def test_d08_rotating_under_load_gets_no_token_refused(engine_: str, tmp_path: Path) -> None:
    name = f"potluck_keys_{os.getpid()}"
    replicas = 2 if engine_ == "postgresql" else 1
    with databases.database_url(engine_, tmp_path, name) as url, ExitStack() as stack:
        settings = {
            "POTLUCK_DATABASE__URL": url,
            "POTLUCK_DATA_DIR": str(tmp_path / "data"),
            "POTLUCK_BASE_URL": "http://127.0.0.1",
            "POTLUCK_LOG__LEVEL": "error",
            "POTLUCK_THROTTLE__REFRESH_PER_ADDRESS": "100000",
        }
        servers = [stack.enter_context(serving(tmp_path, **settings)) for _ in range(replicas)]
        urls = [server.url for server in servers]
        [first] = published(urls[0])
        readers = [Reader(urls, token) for token in signed_in(urls[0], 2)]
        for reader in readers:
            reader.start()
        wait_for(readers, first)

        ended = processes.run(
            *("-m", "potluck", "keys", "rotate", "--now"), folder=tmp_path, settings=settings
        )
        assert (ended.returncode, ended.stderr) == (0, "")
        second = ended.stdout.split()[2]
        wait_for(readers, second)

        for reader in readers:
            reader.must_end.set()
            reader.join(30)
            assert not reader.is_alive()
            assert reader.refused == []
            assert set(reader.kids) == {first, second}
        assert [published(each) for each in urls] == [[second, first]] * replicas
