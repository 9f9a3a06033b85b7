"""What is read off when Prometheus asks: pools, hashing, and what waits in the database."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence

import structlog
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from potluck import crud
from potluck.core.errors import Unavailable
from potluck.resources import Resources
from potluck.schemas.job import KINDS

log = structlog.get_logger(__name__)

#: Prometheus gives up after 10 s by default.
ASK_WITHIN_S = 5.0
#: Members that Prometheus would call otherwise.
_NAMES = {"waited_s": "wait_seconds", "timeouts": "wait_timeouts"}


class Readings(Collector):
    """Costs nothing between two scrapes."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._waiting: dict[str, int] | None = None
        self._jobs: dict[tuple[str, str], int] = {}

    async def ask_database(self) -> None:
        """How much work waits; None when the database does not say so in time."""
        try:
            async with (
                asyncio.timeout(ASK_WITHIN_S),
                self._resources.database.reading(long=True) as session,
            ):
                now = self._resources.clock.now()
                waiting = {
                    "jobs": await crud.job.count_due(session, now=now),
                    "search-index": await crud.recipe_words.requested(session),
                }
                self._jobs = await crud.job.counts(session)
                self._waiting = waiting
        except (Unavailable, TimeoutError):
            self._waiting = None
        except Exception:
            # A scrape tells what it can, above all when something is broken.
            log.exception("metrics_incomplete")
            self._waiting = None

    def collect(self) -> Iterator[Metric]:
        """Every series, as the registry asks for it."""
        yield from self._pools()
        yield from self._hashing()
        up = GaugeMetricFamily(
            "potluck_database_up", "1 if the database answered this scrape in time, else 0."
        )
        up.add_metric([], 0 if self._waiting is None else 1)
        yield up
        if self._waiting is not None:
            waiting = GaugeMetricFamily(
                "potluck_background_waiting", "Work that waits to be done.", labels=["job"]
            )
            for job, count in self._waiting.items():
                waiting.add_metric([job], count)
            yield waiting
            jobs = GaugeMetricFamily(
                "potluck_jobs",
                "Jobs of the last days by what became of them.",
                labels=["kind", "state"],
            )
            # So that it is seen when the first one is given up.
            none_failed = {(kind, "failed"): 0 for kind in KINDS}
            for (kind, state), count in (none_failed | self._jobs).items():
                jobs.add_metric([kind, state], count)
            yield jobs

    def _pools(self) -> Iterator[Metric]:
        gauges = {
            "size": "Connections the pool may open.",
            "in_use": "Connections in somebody's hands.",
            "waiting": "Callers that wait for a connection; of `write` on SQLite, writers.",
        }
        counters = {
            "waits": "Callers that found every connection taken.",
            "waited_s": "Seconds that callers have waited for a connection.",
            "timeouts": "Callers that waited in vain and got a 503.",
        }
        uses = [([pool.name], pool) for pool in self._resources.database.engines.use()]
        yield from _families("potluck_db_pool", gauges, counters, uses, labels=["pool"])

    def _hashing(self) -> Iterator[Metric]:
        gauges = {
            "threads": "Passwords that may be hashed at the same time.",
            "running": "Passwords that are being hashed.",
            "waiting": "Sign-ins that wait for a thread to hash their password.",
        }
        counters = {
            "computed": "Passwords hashed or verified.",
            "refused": "Sign-ins answered 503 because too many waited.",
        }
        use = self._resources.passwords.use
        yield from _families("potluck_password_hashes", gauges, counters, [([], use)])


def _families(
    prefix: str,
    gauges: Mapping[str, str],
    counters: Mapping[str, str],
    uses: Sequence[tuple[Sequence[str], object]],
    *,
    labels: Sequence[str] = (),
) -> Iterator[Metric]:
    """A family for each member, given with what it says, with a sample of each use.

    `uses` are pairs: the values of the labels, and what has the members.
    """
    for kind, members in ((GaugeMetricFamily, gauges), (CounterMetricFamily, counters)):
        for member, about in members.items():
            family = kind(f"{prefix}_{_NAMES.get(member, member)}", about, labels=labels)
            for values, use in uses:
                family.add_metric(values, getattr(use, member))
            yield family
