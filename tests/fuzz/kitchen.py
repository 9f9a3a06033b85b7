"""A Potluck that is served on loopback for attackers, with two families who share nothing."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from potluck.core.throttle_settings import ThrottleSettings
from tests.faults.house import House, opened
from tests.postgres import server as postgres_server
from tests.recipe_bodies import full_body
from tests.serving import Server

ENGINES = ("sqlite", "postgresql")
API = "/api/v1"
PASSWORD = "nine bowls of soup, no spoon"
PEERS = ("ada", "eve")

#: What would stop a flood is switched off: a throttled case finds nothing behind the throttle.
SETTINGS = {
    **{f"POTLUCK_THROTTLE__{name.upper()}": "0" for name in ThrottleSettings.model_fields},
    "POTLUCK_IDEAS__SUBREDDITS": "",
    "POTLUCK_FETCH__TIMEOUT_S": "1",
    "POTLUCK_TOKENS__ACCESS_S": "600",
}


class ClosedHouse(House):
    """A house whose fetcher reaches nobody, for machines that give us no namespace."""

    def command(self, *arguments: str) -> list[str]:
        python, _, _, *rest = super().command(*arguments)
        return [python, "-m", "tests.fuzz.closed_potluck", *rest]


@dataclass(frozen=True)
class Kitchen:
    """A running server and what is known of those who live in it."""

    engine: str
    house: House
    server: Server
    #: For each of PEERS: ids of what is theirs, by the name of the parameter of a path.
    ids: dict[str, dict[str, str]]

    @property
    def url(self) -> str:
        return self.server.url

    def signed_in(self, name: str) -> httpx2.Client:
        """A client with a fresh access token."""
        form = {"username": address(name), "password": PASSWORD}
        pair = said(httpx2.post(f"{self.url}{API}/auth/login", data=form, timeout=30), 200)
        bearer = {"Authorization": f"Bearer {pair['access_token']}"}
        return httpx2.Client(base_url=self.url, headers=bearer, timeout=30)

    def said(self) -> str:
        """What the server wrote to its output and its log."""
        return self.server.said()

    def is_alive(self) -> bool:
        """Whether the process that was started still serves."""
        with contextlib.suppress(OSError):
            return self.server.process.poll() is None and self.server.get("/health/ready")[0] == 200
        return False


def address(name: str) -> str:
    """The address that somebody signs in with."""
    return f"{name}@example.org"


def said(answer: httpx2.Response, status: int) -> dict[str, Any]:
    """The members of an answer that must have this status."""
    if answer.status_code != status:
        raise RuntimeError(f"{answer.request.url}: {answer.status_code} {answer.text}")
    members: dict[str, Any] = answer.json()
    return members


@contextlib.contextmanager
def kitchen(engine: str, folder: Path, *, is_isolated: bool, **settings: str) -> Iterator[Kitchen]:
    """Serve an empty Potluck on `engine`, sign everybody of PEERS up and let them cook."""
    with contextlib.ExitStack() as stack:
        url = None
        if engine == "postgresql":
            # A server that listens on a socket of the file system: a named one may be out of reach.
            url = stack.enter_context(postgres_server(("installed", "wheel"))).url
        kind = House if is_isolated else ClosedHouse
        house = stack.enter_context(opened(kind(engine, folder, url, SETTINGS | settings)))
        made = Kitchen(engine, house, house.start(), {})
        for name in PEERS:
            made.ids[name] = move_in(made, name)
        yield made


def move_in(kitchen: Kitchen, name: str) -> dict[str, str]:
    """Sign somebody up who then writes a recipe down; the ids of what is theirs."""
    with httpx2.Client(base_url=kitchen.url, timeout=30) as stranger:
        account = {"email": address(name), "password": PASSWORD, "display_name": name.title()}
        said(stranger.post(f"{API}/auth/signup", json=account), 201)
    with kitchen.signed_in(name) as client:
        me = said(client.get(f"{API}/auth/me"), 200)
        recipe = said(client.post(f"{API}/recipes", json=full_body()), 201)
        token = {"name": "Kitchen", "scopes": ["recipes:read"]}
        made = said(client.post(f"{API}/auth/tokens", json=token), 201)
        tag = {"name": "Soup", "kind": "course"}
        labelled = said(client.post(f"{API}/tags", json=tag), 201)
    return {
        "user_id": me["id"],
        "household_id": me["default_household_id"],
        "recipe_id": recipe["id"],
        "token_id": made["id"],
        "tag_id": labelled["id"],
        "number": "1",
    }


def identities() -> str:
    """PEERS as a Web Fuzzing Commons document: how each signs in, and where the token goes."""
    template = {
        "verb": "POST",
        "endpoint": f"{API}/auth/login",
        "contentType": "application/x-www-form-urlencoded",
        "token": {
            "extractFrom": "body",
            "extractSelector": "/access_token",
            "sendIn": "header",
            "sendName": "Authorization",
            "sendTemplate": "Bearer {token}",
        },
    }
    entries = [
        {
            "name": name,
            "loginEndpointAuth": template
            | {
                "payloadUserPwd": {
                    "username": address(name),
                    "usernameField": "username",
                    "password": PASSWORD,
                    "passwordField": "password",
                }
            },
        }
        for name in PEERS
    ]
    return json.dumps({"auth": entries})
