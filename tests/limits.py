"""Limits as an operator may set them, and clients that come from some address."""

import contextlib
from collections.abc import AsyncIterator, Iterator

import httpx2
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from potluck.cli.server import server_config
from potluck.core.config import DatabaseSettings, Settings
from potluck.core.throttle_settings import ThrottleSettings
from potluck.db.session import Database
from potluck.resources import Resources
from potluck.services.throttling import policies
from tests.conftest import client_of


@contextlib.contextmanager
def limited(*running: Resources, **counts: int) -> Iterator[None]:
    """Other limits than those that are shipped: `with limited(resources, search_per_caller=3)`."""
    before = [each.throttle.policies for each in running]
    for each in running:
        each.throttle.policies = policies(ThrottleSettings(**counts))
    try:
        yield
    finally:
        for each, policy in zip(running, before, strict=True):
            each.throttle.policies = policy


@contextlib.asynccontextmanager
async def counted_elsewhere(resources: Resources, *, wait_s: float) -> AsyncIterator[Database]:
    """Requests are counted through one connection of its own, waited for so long at most."""
    little = DatabaseSettings(pool_size=1, pool_timeout_s=wait_s)
    database = Database(resources.settings.database_url, little)
    before = resources.throttle.transactions
    resources.throttle.transactions = database.transaction
    try:
        yield database
    finally:
        resources.throttle.transactions = before
        await database.dispose()


def believing(app: ASGIApp, proxies: list[str]) -> ASGIApp:
    """The app as uvicorn serves it, which believes these proxies."""
    config = server_config(Settings(server={"trusted_proxies": proxies}))
    return ProxyHeadersMiddleware(app, config.forwarded_allow_ips) if config.proxy_headers else app  # type: ignore[arg-type, return-value]


def client_at(app: ASGIApp, host: str) -> httpx2.AsyncClient:
    """A stranger who comes from this address."""
    return client_of(app, host=host)
