"""`potluck keys rewrap`: the master key changes, and nobody but the operator notices."""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest

from potluck.core import base64url
from tests import databases, processes
from tests.api.auth_calls import LOGIN, ME, REFRESH, SIGNUP
from tests.api.token_calls import TOKENS, bearing
from tests.factories import PASSWORD
from tests.serving import serving

KEYS = [base64url.encode(secrets.token_bytes(32)) for _ in range(3)]
JWKS = "/.well-known/jwks.json"
#: The change in a process that is killed when all of it is written and nothing committed.
KILLED = """
import os, signal, sys
from pathlib import Path

import anyio
from potluck.core import config_loading, master_key
from potluck.resources import open_resources
from potluck.services import master_key_change

async def main():
    async with open_resources(config_loading.load({})) as opened:
        async with opened.database.transaction() as session:
            old = master_key.read(Path(sys.argv[1]))
            now = opened.clock.now()
            done = await master_key_change.rewrap(session, old, opened.master_key, now=now)
            print(done.sealed, flush=True)
            os.kill(os.getpid(), signal.SIGKILL)

anyio.run(main)
"""


class House:
    """An installation in a folder, whose master key can be changed."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        self.settings = {
            "POTLUCK_DATABASE__URL": url,
            "POTLUCK_DATA_DIR": str(folder / "data"),
            "POTLUCK_BASE_URL": "http://127.0.0.1",
            "POTLUCK_LOG__LEVEL": "error",
        }
        for number, key in enumerate(KEYS):
            path = self.key_file(number)
            path.write_text(key + "\n")
            path.chmod(0o600)
        self.use(0)

    def key_file(self, number: int) -> Path:
        return self.folder / f"key-{number}"

    def use(self, number: int) -> None:
        self.settings["POTLUCK_MASTER_KEY_FILE"] = str(self.key_file(number))

    def run(self, *arguments: str) -> Any:
        return processes.run(*arguments, folder=self.folder, settings=self.settings)

    def rewrap(self, old: int) -> Any:
        return self.run("-m", "potluck", "keys", "rewrap", "--old-key", str(self.key_file(old)))

    def stored(self) -> list[Any]:
        """What is sealed and what it belongs to, as it is in the database."""
        statement = (
            "SELECT master_key_fingerprint, token_key_sealed, kid, private_sealed"
            " FROM instance, signing_key ORDER BY kid"
        )
        if self.url.startswith("sqlite:///"):
            with closing(sqlite3.connect(self.url.removeprefix("sqlite:///"))) as file:
                return list(file.execute(statement))
        with psycopg.connect(self.url) as connection:
            return list(connection.execute(statement))


@pytest.fixture(params=databases.ENGINES)
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    name = f"potluck_rewrap_{os.getpid()}"
    with databases.database_url(request.param, tmp_path, name) as url:
        yield House(tmp_path, url)


def moved_in(client: httpx2.Client) -> dict[str, str]:
    """An account's credentials, one of each kind that is not a password."""
    account = {"email": "ada@example.org", "password": PASSWORD, "display_name": "Ada"}
    assert client.post(SIGNUP, json=account).status_code == 201
    form = {"username": account["email"], "password": PASSWORD}
    pair = client.post(LOGIN, data=form).json()
    wanted = {"name": "Script", "scopes": ["profile:read"]}
    made = client.post(TOKENS, json=wanted, headers=bearing(pair["access_token"])).json()
    return {"access": pair["access_token"], "refresh": pair["refresh_token"], "own": made["token"]}


def is_taken(client: httpx2.Client, token: str) -> int:
    return client.get(ME, headers=bearing(token)).status_code


class TestRewrap:
    def test_d08_no_token_and_no_sign_in_ends_with_the_old_key(self, house: House) -> None:
        with (
            serving(house.folder, **house.settings) as server,
            httpx2.Client(base_url=server.url, timeout=30) as client,
        ):
            held = moved_in(client)
            published = client.get(JWKS).json()
        before = house.stored()

        house.use(1)
        killed = house.run("-c", KILLED, str(house.key_file(0)))
        sealed = int(killed.stdout)
        assert (killed.returncode, sealed >= 2) == (-9, True)  # jobs are sealed as well
        assert house.stored() == before

        ended = house.rewrap(0)
        assert (ended.returncode, ended.stderr) == (0, "")
        assert ended.stdout.startswith(f"{sealed} sealed values and the database belong to the new")
        again = house.rewrap(0)
        assert (again.returncode, again.stderr) == (0, "")
        assert again.stdout == "The database belongs to this master key already.\n"

        house.use(2)
        assert house.rewrap(1).returncode == 0
        with (
            serving(house.folder, **house.settings) as server,
            httpx2.Client(base_url=server.url, timeout=30) as client,
        ):
            assert client.get(JWKS).json() == published
            assert is_taken(client, held["access"]) == 200
            assert is_taken(client, held["own"]) == 200
            renewed = client.post(REFRESH, json={"refresh_token": held["refresh"]}).json()
            assert is_taken(client, renewed["access_token"]) == 200
            wanted = {"name": "Another", "scopes": ["profile:read"]}
            headers = bearing(renewed["access_token"])
            made = client.post(TOKENS, json=wanted, headers=headers).json()
            assert is_taken(client, made["token"]) == 200
        old = dict(zip(("fingerprint", "token_key", "kid", "private"), before[0], strict=True))
        new = dict(zip(old, house.stored()[0], strict=True))
        assert old["token_key"] is None
        assert old["kid"] == new["kid"]
        assert len({old["private"], new["private"], new["token_key"]}) == 3
        for value in new.values():
            assert KEYS[2] not in value

        house.use(0)
        refused = house.run("-m", "potluck", "migrate")
        assert refused.returncode == 78
        assert "another master key" in refused.stderr
