"""Wrong passwords in the audit: recorded beside the request, and no more than disks can bear."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from potluck import crud
from potluck.core.actor import Actor
from potluck.core.errors import AppError, InvalidCredentials, TooManyRequests
from potluck.core.rate_limit import Policy
from potluck.domain.audit import Action, Outcome
from potluck.domain.email_address import is_email_address
from potluck.services import audit
from potluck.services.throttling import Throttle

log = structlog.get_logger(__name__)

#: Over all accounts: 2,400 events a day are a megabyte.
RECORDED = Policy("refusals", quota=100, window_s=3600)


@asynccontextmanager
async def recorded(throttle: Throttle, email: str, now: datetime) -> AsyncIterator[None]:
    """Record that the block refused the password, whether there is such an account or not: both
    take the same time. No session may be in use. The block's refusal goes on, whatever happens.
    """
    try:
        yield
    except InvalidCredentials:
        await _record(throttle, email, now)
        raise


async def _record(throttle: Throttle, email: str, now: datetime) -> None:
    try:
        async with throttle.transactions() as session:
            await throttle.charge(session, RECORDED, throttle.key("refusals", ""))
            user = await crud.user.by_email(session, email) if is_email_address(email) else None
            audit.record(
                session,
                Action.SIGN_IN_REFUSED,
                actor=Actor.anonymous(),
                target=user,
                outcome=Outcome.REFUSED,
                now=now,
            )
    except TooManyRequests:
        log.info("refused_sign_in_not_recorded")
    except (AppError, SQLAlchemyError):
        log.warning("refused_sign_in_not_recorded", exc_info=True)
