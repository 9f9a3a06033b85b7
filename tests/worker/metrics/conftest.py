"""An app that serves metrics, over the database of this test process."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families

from potluck.core.config import Settings
from potluck.main import create_app
from potluck.resources import Resources
from tests.conftest import client_of
from tests.doubles import FakeClock, FakeFetcher
from tests.processes import free_port

Labels = dict[str, str]


@dataclass(frozen=True)
class Scrape:
    """What Prometheus was told."""

    text: str

    def value(self, sample: str, **labels: str) -> float | None:
        """The one sample of this name that has these labels at least."""
        found = [value for name, each, value in self.samples() if name == sample
                 and labels.items() <= each.items()]  # fmt: skip
        assert len(found) < 2, found
        return found[0] if found else None

    def labels(self, sample: str) -> list[Labels]:
        return [labels for name, labels, _ in self.samples() if name == sample]

    def samples(self) -> Iterator[tuple[str, Labels, float]]:
        for family in text_string_to_metric_families(self.text):
            for sample in family.samples:
                yield sample.name, sample.labels, sample.value


@dataclass(frozen=True)
class Metered:
    """A serving process with metrics, and how to ask it for both."""

    app: FastAPI
    client: httpx2.AsyncClient
    address: str

    @property
    def resources(self) -> Resources:
        found: Resources = self.app.state.resources
        return found

    async def scrape(self) -> Scrape:
        async with httpx2.AsyncClient() as prometheus:
            answer = await prometheus.get(f"{self.address}/metrics")
        assert answer.status_code == 200
        return Scrape(answer.text)


def with_metrics(settings: Settings, port: int, **changes: Any) -> Settings:
    metrics = settings.metrics.model_copy(update={"enabled": True, "port": port})
    return settings.model_copy(update={"metrics": metrics} | changes)


@asynccontextmanager
async def serving_metrics(
    settings: Settings, clock: FakeClock, port: int, **changes: Any
) -> AsyncIterator[Metered]:
    app = create_app(
        with_metrics(settings, port, **changes),
        clock=clock,
        fetcher=FakeFetcher(),
        works_in_background=False,
    )
    async with app.router.lifespan_context(app), client_of(app) as client:
        yield Metered(app, client, f"http://127.0.0.1:{port}")


@pytest.fixture
async def metered(app: FastAPI, settings: Settings, clock: FakeClock) -> AsyncIterator[Metered]:
    async with serving_metrics(settings, clock, free_port()) as metered:
        yield metered
