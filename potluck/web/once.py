"""A form that is sent twice, by a double click or from the history, does its work once.

It carries a name that was made with it. Other fields under the same name are another use of it:
what somebody types into the form after going back to it is not lost.
"""

import secrets
from collections.abc import Awaitable, Callable, Mapping

import anyio

from potluck.core.errors import IdempotencyKeyInUse, Unavailable
from potluck.providers import Session, release_claim
from potluck.services import idempotency
from potluck.services.idempotency import Claim, Use
from potluck.web.rendering import Pages

FIELD = "once"
#: What differs between two posts of the same form.
_OF_THE_POST = {FIELD, "csrf_token"}
_RANDOM_BYTES = 16
#: How long the second post waits for the first, and how often it looks.
WAIT_S, STEP_S = 5.0, 0.1


def named(form: Mapping[str, str]) -> str:
    """The name that the form brought, so that it stays the same form; else a new one."""
    return form.get(FIELD) or secrets.token_urlsafe(_RANDOM_BYTES)


async def done(
    pages: Pages, form: Mapping[str, str], work: Callable[[Session], Awaitable[str]]
) -> str:
    """What `work` gives, for this form the same each time; it is called the first time only.

    It runs in a unit of work with which its result is kept, sealed, as of an `Idempotency-Key`.
    Raises what it raises, and `Unavailable` when the first post takes too long.
    """
    database = pages.resources.database
    if not form.get(FIELD):
        async with database.transaction() as session:
            return await work(session)
    found = await _claimed(pages, _use(pages, form))
    if isinstance(found, bytes):
        return found.decode()
    try:
        async with database.transaction() as session:
            result = await work(session)
            await idempotency.finish(session, found, result.encode())
    except IdempotencyKeyInUse:
        return await done(pages, form, work)  # another post began it anew meanwhile
    except BaseException:
        await release_claim(pages.resources, found)
        raise
    return result


def _use(pages: Pages, form: Mapping[str, str]) -> Use:
    fields = [pair for pair in sorted(form.items()) if pair[0] not in _OF_THE_POST]
    asked = [pages.path, *(text for pair in fields for text in pair)]
    return idempotency.use_of(
        form[FIELD],
        (text.encode("utf-8", "surrogatepass") for text in asked),
        pages.viewer.actor,
        secret=pages.resources.master_key.derive(idempotency.SECRET),
        per_request=True,
    )


async def _claimed(pages: Pages, use: Use) -> Claim | bytes:
    """As `idempotency.claim`, after waiting for an earlier post that is at it."""
    for _ in range(round(WAIT_S / STEP_S)):
        try:
            async with pages.resources.database.transaction() as session:
                return await idempotency.claim(session, use, now=pages.resources.clock.now())
        except IdempotencyKeyInUse:
            await anyio.sleep(STEP_S)
    raise Unavailable("It is still being saved.")
