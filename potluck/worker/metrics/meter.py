"""What this process counts while it serves, and how it is told."""

import asyncio
import platform
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from potluck import __version__
from potluck.resources import Resources
from potluck.worker.metrics import loop_lag
from potluck.worker.metrics.listener import listening
from potluck.worker.metrics.readings import Readings

#: From a read of one recipe (some milliseconds) to the longest wait there is for an import.
REQUEST_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
#: A loop that is late by more than 0.1 s was blocked by something that belongs elsewhere.
LAG_BUCKETS_S = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)
#: Anybody may send any method; only these become a label.
METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
#: Refusals that say more about us than about the request.
REFUSALS = frozenset({429, 503, 507})


class Meter:
    """The series of one process, in a registry of their own."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        self._durations = Histogram(
            "potluck_http_request_duration_seconds",
            "From the first byte we saw to the last byte of the answer.",
            ["method", "route", "status"],
            buckets=REQUEST_BUCKETS_S,
            registry=self.registry,
        )
        self._in_flight = Gauge(
            "potluck_http_requests_in_flight",
            "Requests that are being answered.",
            registry=self.registry,
        )
        self._refusals = Counter(
            "potluck_http_refusals",
            "Answers 429 (a limit was reached), 503 (busy or draining) and 507 (disk full).",
            ["route", "status"],
            registry=self.registry,
        )
        self._loop_lag = Histogram(
            "potluck_event_loop_lag_seconds",
            "How late the event loop was when it was asked ten times a second.",
            buckets=LAG_BUCKETS_S,
            registry=self.registry,
        )
        ProcessCollector(registry=self.registry)

    def began(self) -> None:
        """A request came in."""
        self._in_flight.inc()

    def ended(self, *, method: str, route: str, status: int | None, duration_s: float) -> None:
        """It was answered, or the client went away before (`status` None)."""
        self._in_flight.dec()
        group = "none" if status is None else f"{status // 100}xx"
        known = method if method in METHODS else "OTHER"
        self._durations.labels(known, route, group).observe(duration_s)
        if status in REFUSALS:
            self._refusals.labels(route, str(status)).inc()

    @asynccontextmanager
    async def exposed(self, resources: Resources) -> AsyncIterator[None]:
        """Serve all of it until the block ends."""
        readings = Readings(resources)
        self.registry.register(readings)
        Info("potluck_build", "What runs.", registry=self.registry).info(
            {
                "version": __version__,
                "python": platform.python_version(),
                "database": resources.settings.database_url.engine,
            }
        )

        async def text() -> bytes:
            await readings.ask_database()
            return generate_latest(self.registry)

        watching = asyncio.create_task(loop_lag.watch(self._loop_lag.observe), name="loop-lag")
        try:
            async with listening(resources.settings, text):
                yield
        finally:
            watching.cancel()
            await asyncio.wait([watching])
