"""What the rows of the audit share: where they act, and the tables that they are put into."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx2
from fastapi import FastAPI

from potluck.domain.audit import Action
from potluck.models import Household, User
from tests.cli.conftest import Command
from tests.conftest import API, As, Outbox
from tests.doubles import FakeClock
from tests.factories import Factories

NEW_PASSWORD = "seven wooden spoons in a jar"


@dataclass
class Stage:
    """What a row may use; `owner` owns `household`, and `client` is signed in as the owner."""

    client: httpx2.AsyncClient
    stranger: httpx2.AsyncClient
    as_: As
    factories: Factories
    clock: FakeClock
    command: Command
    owner: User
    household: Household
    app: FastAPI
    outbox: Outbox

    @property
    def path(self) -> str:
        return f"{API}/households/{self.household.id}"

    async def ran(self, *arguments: str, input: str | None = None) -> None:
        ended = await self.command(*arguments, input=input)
        assert ended.exit_code == 0, ended.output


#: Does everything that comes before; gives what does the action itself.
Prepare = Callable[[Stage], Awaitable[Callable[[], Awaitable[Any]]]]
TABLE: dict[Action, Prepare] = {}
#: Other ways to the same event, by what they are called.
OTHER_WAYS: dict[str, tuple[Action, Prepare]] = {}


def row(action: Action) -> Callable[[Prepare], Prepare]:
    """Put the function into the table."""

    def put(prepare: Prepare) -> Prepare:
        assert action not in TABLE
        TABLE[action] = prepare
        return prepare

    return put


def other_way(action: Action) -> Callable[[Prepare], Prepare]:
    """Put the function among the other ways, under its name."""

    def put(prepare: Prepare) -> Prepare:
        assert prepare.__name__ not in OTHER_WAYS
        OTHER_WAYS[prepare.__name__] = action, prepare
        return prepare

    return put


async def ok(call: Awaitable[httpx2.Response], status: int = 200) -> Any:
    """The answer's document, once it has the status."""
    answer = await call
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None
