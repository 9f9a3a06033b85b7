"""How each refusal of the contract is provoked through HTTP: `ROWS`, by slug."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import httpx2
from fastapi import FastAPI
from sqlalchemy import text

from potluck.core import errors
from potluck.core.config import DatabaseSettings
from potluck.core.errors import PageProblem
from potluck.core.lifecycle import Lifecycle
from potluck.core.scopes import SCOPES_OF_LOGIN, Scope
from potluck.db.session import Database
from potluck.models import Instance, User
from potluck.providers import get_clock
from potluck.resources import Resources
from tests.api.auth_calls import long_signed_in, reread
from tests.api.full_disk import no_room
from tests.api.recipe_calls import URL, create, etag
from tests.conftest import API, As, Override
from tests.doubles import START, FakeFetcher
from tests.factories import PASSWORD, Factories
from tests.limits import limited

PAGE = "https://kitchen.example/cake"
RECIPE = (
    '<script type="application/ld+json">{"@context":"https://schema.org","@type":"Recipe",'
    '"name":"Cake","recipeIngredient":["1 egg"],"recipeInstructions":"Bake."}</script>'
)
JSON = {"Content-Type": "application/json"}
ANY = {"If-Match": "*"}


@dataclass
class Kitchen:
    """Ada, her client, a stranger, and what can be done to the app around them."""

    ada: User
    mine: httpx2.AsyncClient
    stranger: httpx2.AsyncClient
    app: FastAPI
    resources: Resources
    factories: Factories
    fetcher: FakeFetcher
    as_: As
    override: Override
    expected: dict[str, Any] = field(default_factory=dict)
    """Further members that the problem must have."""

    @property
    def members(self) -> str:
        return f"{API}/households/{self.ada.default_household_id}/members"

    def use(self, **changes: Any) -> None:
        """Put other resources in the place of those of the app."""
        self.app.state.resources = replace(self.resources, **changes)

    async def eve(self) -> httpx2.AsyncClient:
        return await self.as_(await self.factories.user())


Provoke = Callable[[Kitchen], Awaitable[httpx2.Response]]
ROWS: dict[str, Provoke] = {}


def row(slug: str) -> Callable[[Provoke], Provoke]:
    """Marks how the problem of this slug is provoked."""

    def mark(provoke: Provoke) -> Provoke:
        ROWS[slug] = provoke
        return provoke

    return mark


@row("malformed-body")
async def _(kitchen: Kitchen) -> httpx2.Response:
    return await kitchen.mine.post(URL, content=b"{", headers=JSON)


@row("malformed-request")
async def _(kitchen: Kitchen) -> httpx2.Response:
    return await kitchen.mine.get(f"{URL}/%00")


@row("unknown-host")
async def _(kitchen: Kitchen) -> httpx2.Response:
    return await kitchen.mine.get(URL, headers={"Host": "evil.test"})


@row("uri-too-long")
async def _(kitchen: Kitchen) -> httpx2.Response:
    return await kitchen.mine.get(URL, params={"q": "x" * 9_000})


@row("headers-too-large")
async def _(kitchen: Kitchen) -> httpx2.Response:
    return await kitchen.mine.get(URL, headers={"X-Long": "x" * 33_000})


@row("invalid-cursor")
async def _(kitchen: Kitchen) -> httpx2.Response:
    return await kitchen.mine.get(URL, params={"cursor": "AAAA"})


@row("unauthenticated")
async def _(kitchen: Kitchen) -> httpx2.Response:
    return await kitchen.stranger.get(f"{API}/auth/me")


@row("invalid-token")
async def _(kitchen: Kitchen) -> httpx2.Response:
    return await kitchen.stranger.get(URL, headers={"Authorization": "Bearer forged"})


@row("invalid-credentials")
async def _(kitchen: Kitchen) -> httpx2.Response:
    form = {"username": kitchen.ada.email, "password": "wrong"}
    return await kitchen.stranger.post(f"{API}/auth/login", data=form)


@row("invalid-setup-secret")
async def _(kitchen: Kitchen) -> httpx2.Response:
    return await kitchen.stranger.post(f"{API}/auth/setup", json=NEW | {"secret": "wrong"})


@row("forbidden")
async def _(kitchen: Kitchen) -> httpx2.Response:
    made = await create(kitchen.mine, visibility="public")
    eve = await kitchen.eve()
    return await eve.patch(f"{URL}/{made['id']}", json={"title": "Mine"}, headers=ANY)


@row("insufficient-scope")
async def _(kitchen: Kitchen) -> httpx2.Response:
    kitchen.expected = {"needs": ["recipes:write"]}
    weak = await kitchen.as_(kitchen.ada, SCOPES_OF_LOGIN - {Scope.RECIPES_WRITE})
    return await weak.post(URL, json={"title": "Cake"})


@row("reauth-required")
async def _(kitchen: Kitchen) -> httpx2.Response:
    kitchen.expected = {
        "next_step": "Send your password to POST /auth/step-up, then repeat this with the access"
        " token of its answer."
    }
    left_open = await long_signed_in(kitchen.resources, kitchen.stranger, kitchen.ada)
    body = {"name": "Kitchen screen", "scopes": ["recipes:read"]}
    return await kitchen.stranger.post(f"{API}/auth/tokens", json=body, headers=left_open)


@row("account-deletion-scheduled")
async def _(kitchen: Kitchen) -> httpx2.Response:
    kitchen.expected = {"next_step": "Send POST /auth/me/restore to keep the account."}
    await kitchen.mine.delete(f"{API}/auth/me", headers=ANY)
    again = await kitchen.as_(await reread(kitchen.resources, kitchen.ada))
    return await again.get(URL)


@row("signup-closed")
async def _(kitchen: Kitchen) -> httpx2.Response:
    settings = kitchen.resources.settings
    closed = settings.signup.model_copy(update={"mode": "closed"})
    kitchen.use(settings=settings.model_copy(update={"signup": closed}))
    return await kitchen.stranger.post(f"{API}/auth/signup", json=NEW)


@row("cross-site")
async def _(kitchen: Kitchen) -> httpx2.Response:
    return await kitchen.stranger.post("/logout", headers={"Sec-Fetch-Site": "cross-site"})


@row("not-found")
async def _(kitchen: Kitchen) -> httpx2.Response:
    return await kitchen.mine.get(f"{URL}/{kitchen.ada.id}")


@row("method-not-allowed")
async def _(kitchen: Kitchen) -> httpx2.Response:
    return await kitchen.mine.put(URL, json={})


@row("not-acceptable")
async def _(kitchen: Kitchen) -> httpx2.Response:
    return await kitchen.mine.get(URL, headers={"Accept": "application/xml"})


@row("email-taken")
async def _(kitchen: Kitchen) -> httpx2.Response:
    body = NEW | {"email": kitchen.ada.email.upper()}
    return await kitchen.stranger.post(f"{API}/auth/signup", json=body)


@row("already-member")
async def _(kitchen: Kitchen) -> httpx2.Response:
    body = {"email": kitchen.ada.email, "role": "viewer"}
    return await kitchen.mine.post(kitchen.members, json=body)


@row("last-owner")
async def _(kitchen: Kitchen) -> httpx2.Response:
    return await kitchen.mine.delete(f"{kitchen.members}/{kitchen.ada.id}")


@row("tag-exists")
async def _(kitchen: Kitchen) -> httpx2.Response:
    made = await kitchen.mine.post(f"{API}/tags", json={"name": "Soup"})
    kitchen.expected = {"tag_id": made.json()["id"]}
    return await kitchen.mine.post(f"{API}/tags", json={"name": "SOUP"})


@row("already-imported")
async def _(kitchen: Kitchen) -> httpx2.Response:
    kitchen.fetcher.pages[PAGE] = RECIPE
    made = (await kitchen.mine.post(f"{URL}/import", json={"url": PAGE})).json()["recipe"]
    page = f"/recipes/{made['id']}/cake"
    kitchen.expected = {"recipe_id": made["id"], "recipe_url": page}
    return await kitchen.mine.post(f"{URL}/import", json={"url": PAGE})


@row("last-administrator")
async def _(kitchen: Kitchen) -> httpx2.Response:
    root = await kitchen.factories.user(is_instance_admin=True)
    path = f"{API}/admin/users/{root.id}"
    return await (await kitchen.as_(root)).patch(path, json={"is_disabled": True}, headers=ANY)


@row("not-in-trash")
async def _(kitchen: Kitchen) -> httpx2.Response:
    made = await create(kitchen.mine)
    return await kitchen.mine.post(f"{URL}/{made['id']}/restore")


@row("idempotency-key-in-use")
async def _(kitchen: Kitchen) -> httpx2.Response:
    body, key = {"url": PAGE}, {"Idempotency-Key": "k"}
    while_the_first_runs: list[httpx2.Response] = []

    async def again(*_: object) -> None:
        answer = await kitchen.mine.post(f"{URL}/import", json=body, headers=key)
        while_the_first_runs.append(answer)

    kitchen.fetcher.pages[PAGE], kitchen.fetcher.meanwhile = RECIPE, again
    await kitchen.mine.post(f"{URL}/import", json=body, headers=key)
    return while_the_first_runs[0]


@row("setup-done")
async def _(kitchen: Kitchen) -> httpx2.Response:
    async with set_up(kitchen.resources):
        return await kitchen.stranger.post(f"{API}/auth/setup", json=NEW | {"secret": "x"})


@row("stale")
async def _(kitchen: Kitchen) -> httpx2.Response:
    made = await create(kitchen.mine)
    kitchen.expected = {"etag": await etag(kitchen.mine, made["id"])}
    old = {"If-Match": '"old"'}
    return await kitchen.mine.patch(f"{URL}/{made['id']}", json={"title": "x"}, headers=old)


@row("body-too-large")
async def _(kitchen: Kitchen) -> httpx2.Response:
    return await kitchen.mine.post(URL, content=b" " * (1024 * 1024 + 1), headers=JSON)


@row("unsupported-media-type")
async def _(kitchen: Kitchen) -> httpx2.Response:
    return await kitchen.mine.post(URL, content=b"title=Cake")


@row("precondition-required")
async def _(kitchen: Kitchen) -> httpx2.Response:
    made = await create(kitchen.mine)
    return await kitchen.mine.delete(f"{URL}/{made['id']}")


@row("too-many-requests")
async def _(kitchen: Kitchen) -> httpx2.Response:
    with limited(kitchen.resources, token_per_user=1):
        body = {"name": "Kitchen screen", "scopes": ["recipes:read"]}
        await kitchen.mine.post(f"{API}/auth/tokens", json=body)
        return await kitchen.mine.post(f"{API}/auth/tokens", json=body)


@row("invalid")
async def _(kitchen: Kitchen) -> httpx2.Response:
    error = {"in": "body", "pointer": "/title", "code": "missing"}
    kitchen.expected = {"errors": [error | {"detail": "This member is required."}]}
    return await kitchen.mine.post(URL, json={})


@row("idempotency-key-reused")
async def _(kitchen: Kitchen) -> httpx2.Response:
    key = {"Idempotency-Key": "k"}
    await kitchen.mine.post(URL, json={"title": "Cake"}, headers=key)
    return await kitchen.mine.post(URL, json={"title": "Pie"}, headers=key)


@row("no-recipe-found")
async def _(kitchen: Kitchen) -> httpx2.Response:
    kitchen.expected = {"next_step": errors.NoRecipeFound.next_step}
    return await kitchen.mine.post(f"{URL}/import", json={"html": "<p>Opening hours</p>"})


@row("internal")
async def _(kitchen: Kitchen) -> httpx2.Response:
    def broken() -> None:
        raise RuntimeError("secret of the inside")

    kitchen.override(get_clock, broken)
    return await kitchen.mine.post(URL, json={"title": "Cake"})


@row("unavailable")
async def _(kitchen: Kitchen) -> httpx2.Response:
    resources = kitchen.resources
    little = DatabaseSettings(pool_size=1, pool_timeout_s=0.05)
    database = Database(resources.settings.database_url, little)
    kitchen.use(database=database)
    try:
        async with database.transaction() as session:
            await session.execute(text("SELECT 1"))
            return await kitchen.mine.post(URL, json={"title": "Cake"})
    finally:
        await database.dispose()


@row("storage-full")
async def _(kitchen: Kitchen) -> httpx2.Response:
    async with no_room(kitchen.resources):
        return await kitchen.mine.post(URL, json={"title": "Cake", "summary": "long " * 400})


@row("not-ready")
async def _(kitchen: Kitchen) -> httpx2.Response:
    draining = Lifecycle()
    draining.is_draining = True
    kitchen.use(lifecycle=draining)
    kitchen.expected = {"checks": {"database": "ok", "schema": "ok", "shutdown": "draining"}}
    return await kitchen.stranger.get("/health/ready")


def page_problem(kind: type[PageProblem]) -> Provoke:
    """The page that somebody wants to import fails in this way."""

    async def provoke(kitchen: Kitchen) -> httpx2.Response:
        kitchen.fetcher.pages[PAGE] = kind()
        kitchen.expected = {"next_step": kind.next_step}
        return await kitchen.mine.post(f"{URL}/import", json={"url": PAGE})

    return provoke


ROWS |= {
    kind.slug: page_problem(kind)
    for kind in (
        errors.FetchRefused, errors.FetchUnreachable, errors.FetchTooLarge, errors.FetchTooSlow,
        errors.NotAPage,
    )
}  # fmt: skip
NEW = {"email": "new@example.org", "password": PASSWORD, "display_name": "New"}


@asynccontextmanager
async def set_up(resources: Resources) -> AsyncIterator[None]:
    """Somebody made the first administrator; the row outlives the test, so it is put back."""
    await _set_up_at(resources, START)
    try:
        yield
    finally:
        await _set_up_at(resources, None)


async def _set_up_at(resources: Resources, instant: datetime | None) -> None:
    async with resources.database.transaction() as session:
        (await session.get_one(Instance, 1)).setup_done_at = instant
