"""Ideas from elsewhere, and how each source of them did."""

from typing import Literal

from potluck.schemas.base import Out
from potluck.schemas.types import Instant


class Idea(Out):
    """A post; `url` is its discussion, `link` the page outside that it is about.

    `link` is what POST /recipes/import takes; null for texts and pictures.
    """

    id: str
    source: str
    title: str
    url: str
    link: str | None
    score: int
    comments: int
    posted_at: Instant


class IdeaSource(Out):
    """How asking a source went; `reason` is null unless it failed.

    `cached` says that it was not asked now; `fetched_at` is null when it gave nothing.
    """

    name: str
    status: Literal["ok", "failed", "not_configured"]
    reason: Literal["rate_limited", "refused", "unreachable", "too_slow", "bad_answer"] | None
    count: int
    cached: bool
    fetched_at: Instant | None


class Ideas(Out):
    """The ideas of all sources by score, and the sources in the operator's order."""

    items: list[Idea]
    sources: list[IdeaSource]
