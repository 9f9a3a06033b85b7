"""Limits of operations: counted by an endpoint, told in the header fields of its answer."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request, Response

from potluck.core.actor import Actor
from potluck.core.rate_limit import Budget
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

    def tell(self, budget: Budget | None) -> None:
        """Say in the header fields what is left."""
        if budget is not None:
            self._response.headers.update(budget.fields())


async def get_limiter(request: Request, response: Response, resources: ResourcesOf) -> Limiter:
    """The limiter of this request."""
    return Limiter(client_host(request), response, resources.throttle)


LimiterOf = Annotated[Limiter, Depends(get_limiter)]
