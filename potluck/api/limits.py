"""Limits of operations: counted by an endpoint, told in the header fields of its answer."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from potluck.core.actor import Actor
from potluck.core.rate_limit import Budget
from potluck.domain.email_address import email_key
from potluck.providers import ResourcesOf, client_host
from potluck.services.throttling import Limit, Throttle, subject_of


class Limiter:
    """Counts this request; its answer says how much is left."""

    def __init__(self, host: str | None, response: Response, throttle: Throttle) -> None:
        self.host = host
        self._response = response
        self._throttle = throttle

    async def count(
        self,
        limit: Limit,
        actor: Actor | None = None,
        *,
        let_go: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Count it for the account of the actor, or for the address of a stranger.

        Raises `TooManyRequests`, `Unavailable`. A read session that is in use is let go by
        `let_go` before the database is asked.
        """
        subject = subject_of(actor, self.host)
        self.tell(await self._throttle.take(limit, subject, let_go=let_go))

    async def count_subject(self, limit: Limit, subject: str) -> None:
        """Count it for somebody of whom the answer says nothing. Raises as `count`."""
        await self._throttle.take(limit, subject)

    def recall(self, limit: Limit) -> None:
        """Raises `TooManyRequests` if this stranger was told lately to wait, as far as we know."""
        self._throttle.recall(limit, subject_of(None, self.host))

    def tell(self, budget: Budget | None) -> None:
        """Say in the header fields what is left."""
        if budget is not None:
            self._response.headers.update(budget.fields())


async def get_limiter(request: Request, response: Response, resources: ResourcesOf) -> Limiter:
    """The limiter of this request."""
    return Limiter(client_host(request), response, resources.throttle)


LimiterOf = Annotated[Limiter, Depends(get_limiter)]


async def count_mail(limiter: Limiter, email: str, actor: Actor | None = None) -> None:
    """Count a mail that is asked for: by who asks, and for whom, account or none.

    Raises `TooManyRequests`, `Unavailable`.
    """
    await limiter.count(Limit.MAIL, actor)
    await limiter.count_subject(Limit.MAIL_TO, email_key(email))


def unless_refused(limit: Limit) -> Any:
    """A dependency of what strangers ask for: who was told to wait is told so at no cost.

    The endpoint counts. Only what comes before it spares a flood the claim of its
    `Idempotency-Key`, which is two units of work.
    """

    async def refuse_flood(limiter: LimiterOf) -> None:
        """Whoever was told lately to wait is told so again, before anything is counted."""
        limiter.recall(limit)

    return Depends(refuse_flood)
