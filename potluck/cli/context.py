"""What commands share: settings, and the same resources that serve HTTP."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import anyio
import typer

from potluck.clients.fetcher import Fetcher
from potluck.core import config_loading, logging
from potluck.core.clock import Clock, SystemClock
from potluck.core.config import Settings
from potluck.resources import Resources, open_resources

T = TypeVar("T")


@dataclass
class Providers:
    """What a command takes from outside; tests hand in their own through typer's `obj`."""

    clock: Clock = field(default_factory=SystemClock)
    fetcher: Fetcher | None = None


def load_settings(**flags: Any) -> Settings:
    """The settings with the flags of the command on top, and logging set up by them.

    Raises `ConfigError` with every problem at once.
    """
    settings = config_loading.load(flags)
    logging.configure(settings.log.level, settings.log.format)
    return settings


def run(
    context: typer.Context, work: Callable[[Resources], Awaitable[T]], *, is_service: bool = False
) -> T:
    """Do the work of a command over the resources, which are closed at its end.

    What a service goes through is logged; who types a command reads its output, and warnings.
    """
    given = context.ensure_object(Providers)
    settings = load_settings()
    if settings.log.level == "info" and not is_service:
        logging.configure("warning", settings.log.format)

    async def with_resources() -> T:
        async with open_resources(settings, clock=given.clock, fetcher=given.fetcher) as opened:
            return await work(opened)

    return anyio.run(with_resources)
