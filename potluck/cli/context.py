"""What commands share: settings, and the same resources that serve HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import typer

from potluck.clients.fetcher import Fetcher
from potluck.core import config_loading, logging
from potluck.core.clock import Clock, SystemClock
from potluck.core.config import Settings
from potluck.resources import Resources, open_resources


@dataclass
class Providers:
    """What a command takes from outside; tests hand in their own through typer's `obj`."""

    clock: Clock = field(default_factory=SystemClock)
    fetcher: Fetcher | None = None


def providers(context: typer.Context) -> Providers:
    """The providers of this run."""
    return context.ensure_object(Providers)


def load_settings(**flags: Any) -> Settings:
    """The settings with the flags of the command on top, and logging set up by them.

    Raises `ConfigError` with every problem at once.
    """
    settings = config_loading.load(flags)
    logging.configure(settings.log.level, settings.log.format)
    return settings


@asynccontextmanager
async def resources(context: typer.Context, settings: Settings) -> AsyncIterator[Resources]:
    """The resources of one command, closed at its end."""
    given = providers(context)
    async with open_resources(settings, clock=given.clock, fetcher=given.fetcher) as opened:
        yield opened
