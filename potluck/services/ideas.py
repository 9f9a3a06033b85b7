"""What people elsewhere cook at the moment: every source is asked, and says how that went.

Sources are asked side by side, each with its own time-out, and what they said is kept for a while,
so that many readers are one reader to them. No database is touched.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import structlog

from potluck import schemas
from potluck.clients.ideas import (
    Idea,
    IdeasSource,
    NotConfigured,
    RateLimited,
    Reason,
    SourceFailure,
)
from potluck.core.clock import Clock
from potluck.core.config import IdeasSettings
from potluck.core.flights import Flights

log = structlog.get_logger(__name__)

#: A source is always asked for the most that a caller may want, so one answer serves them all.
MOST = 25
#: A source that failed is left alone this long, and not as long as one that answered.
FAILURE_S = 30


@dataclass(frozen=True)
class Outcome:
    """What became of asking a source at `asked_at`: its ideas, or why there are none.

    `retry_after_s` is the wait that it asked for itself. `is_kept` is true of what was not asked
    now.
    """

    asked_at: datetime
    status: Literal["ok", "failed", "not_configured"]
    ideas: tuple[Idea, ...] = ()
    reason: Reason | None = None
    retry_after_s: int = 0
    is_kept: bool = False


class IdeasMemory:
    """What sources said lately, and the questions under way; of one process."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._kept: dict[str, tuple[float, Outcome]] = {}
        self._flights: Flights[str, Outcome] = Flights()

    async def outcome(self, source: IdeasSource, name: str, settings: IdeasSettings) -> Outcome:
        """What the source called `name` said, lately or now; callers share one question."""
        until_s, kept = self._kept.get(name, (0.0, None))
        if kept is not None and self.clock.monotonic_s() < until_s:
            return replace(kept, is_kept=True)
        return await self._flights.join(name, lambda: self._ask(source, name, settings))

    async def _ask(self, source: IdeasSource, name: str, settings: IdeasSettings) -> Outcome:
        outcome = await _ask(source, name, timeout_s=settings.timeout_s, now=self.clock.now())
        keep_s = settings.cache_s
        if outcome.status != "ok":
            keep_s = max(min(keep_s, FAILURE_S), outcome.retry_after_s)
        self._kept[name] = (self.clock.monotonic_s() + keep_s, outcome)
        return outcome


async def gather_ideas(
    source: IdeasSource, memory: IdeasMemory, settings: IdeasSettings, *, limit: int
) -> schemas.Ideas:
    """At most `limit` ideas (1..25) of each source of the settings, and how each source did.

    Order: score falling, then the earlier post, then the id. Never raises for a source; hold no
    database connection meanwhile.
    """
    names = settings.subreddits
    outcomes = await asyncio.gather(*(memory.outcome(source, name, settings) for name in names))
    ideas = [idea for each in outcomes for idea in each.ideas[:limit]]
    ideas.sort(key=lambda idea: (-idea.score, idea.posted_at, idea.id))
    return schemas.Ideas(
        items=[schemas.Idea.model_validate(idea) for idea in ideas],
        sources=[_told(*each, limit) for each in zip(names, outcomes, strict=True)],
    )


async def _ask(source: IdeasSource, name: str, *, timeout_s: float, now: datetime) -> Outcome:
    """Ask one source, whose failures of any kind are its outcome."""
    try:
        async with asyncio.timeout(timeout_s):
            ideas = await source.top(name, limit=MOST)
    except NotConfigured:
        log.warning("ideas_not_configured", source=name)
        return Outcome(now, "not_configured")
    except SourceFailure as failure:
        wait_s = failure.retry_after_s if isinstance(failure, RateLimited) else None
        log.warning("ideas_source_failed", source=name, reason=failure.reason)
        return Outcome(now, "failed", reason=failure.reason, retry_after_s=wait_s or 0)
    except TimeoutError:
        log.warning("ideas_source_failed", source=name, reason="too_slow")
        return Outcome(now, "failed", reason="too_slow")
    except Exception:  # the others' ideas are worth more than our knowledge of this one's fault
        log.exception("ideas_source_broke", source=name)
        return Outcome(now, "failed", reason="bad_answer")
    return Outcome(now, "ok", tuple(ideas))


def _told(name: str, outcome: Outcome, limit: int) -> schemas.IdeaSource:
    return schemas.IdeaSource(
        name=name,
        status=outcome.status,
        reason=outcome.reason,
        count=len(outcome.ideas[:limit]),
        cached=outcome.is_kept,
        fetched_at=outcome.asked_at if outcome.status == "ok" else None,
    )
