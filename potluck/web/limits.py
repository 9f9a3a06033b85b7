"""Limits of pages: a refusal as the page that was asked from, with what was typed."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from starlette.responses import Response

from potluck.core.errors import TooManyRequests
from potluck.providers import client_host
from potluck.services.throttling import Limit, subject_of
from potluck.web.forms import Errors
from potluck.web.rendering import Pages

AnyResponse = TypeVar("AnyResponse", bound=Response)


async def count(
    pages: Pages, limit: Limit, *, let_go: Callable[[], Awaitable[None]] | None = None
) -> None:
    """Count this request for who looks, a stranger by address. Raises `TooManyRequests`.

    A read session that is in use is let go by `let_go` before the database is asked.
    """
    subject = subject_of(pages.viewer.actor, client_host(pages.request))
    await pages.resources.throttle.take(limit, subject, let_go=let_go)


def told(response: AnyResponse, error: TooManyRequests) -> AnyResponse:
    """The answer as this refusal: its status, and when to try again and what is left as fields."""
    response.status_code = error.status
    response.headers["Retry-After"] = str(error.retry_after_s)
    if error.budget is not None:
        response.headers.update(error.budget.fields())
    return response


def wait(error: TooManyRequests) -> Errors:
    """What the form says that was refused."""
    return Errors({"": sentence(error)})


def sentence(error: TooManyRequests) -> str:
    """When to try again, for people."""
    seconds = error.retry_after_s
    if seconds < 60:
        wait = "a few seconds" if seconds < 10 else f"{seconds} seconds"
    else:
        minutes = -(-seconds // 60)
        wait = "a minute" if minutes == 1 else f"{minutes} minutes"
    return f"That was often in a short while. Try again in {wait}."
