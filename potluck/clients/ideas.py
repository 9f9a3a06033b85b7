"""What a source of ideas is, whichever site it asks, and how it fails.

The failures are no refusals of a request of ours: they are reported beside what others found.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

Reason = Literal["rate_limited", "refused", "unreachable", "too_slow", "bad_answer"]


@dataclass(frozen=True, slots=True)
class Idea:
    """A post about something to cook.

    `url` is the discussion, `link` the page outside that the post is about, none for texts and
    pictures; both are https or http addresses. `title` is one line of plain text. `posted_at` is
    aware UTC.
    """

    id: str
    source: str
    title: str
    url: str
    link: str | None
    score: int
    comments: int
    posted_at: datetime


class IdeasSource(Protocol):
    """Knows what is well liked at the moment, by the name of a source."""

    async def top(self, name: str, *, limit: int) -> list[Idea]:
        """At most `limit` ideas of the source called `name`.

        Raises a class of `SourceFailure`, and `NotConfigured`.
        """
        ...


class NotConfigured(Exception):
    """The operator's settings do not say how the source is to be asked."""


class SourceFailure(Exception):
    """Base of the ways in which a source gives nothing; `reason` is the word for clients."""

    reason: Reason = "bad_answer"


class RateLimited(SourceFailure):
    """Asked too often; `retry_after_s` are the seconds it wants to be left alone, if it said."""

    reason = "rate_limited"

    def __init__(self, retry_after_s: int | None = None) -> None:
        super().__init__()
        self.retry_after_s = retry_after_s


class Refused(SourceFailure):
    """It knows us and does not want us, or our credentials are wrong."""

    reason = "refused"


class Unreachable(SourceFailure):
    """No connection, or one that broke off."""

    reason = "unreachable"


class TooSlow(SourceFailure):
    """No whole answer in time."""

    reason = "too_slow"


class BadAnswer(SourceFailure):
    """An answer that is no list of posts, or too large a one."""

    reason = "bad_answer"
