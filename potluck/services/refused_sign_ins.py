"""Wrong passwords in the audit: recorded beside the request, and no more than disks can bear."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core.actor import Actor
from potluck.core.errors import AppError, Forbidden, InvalidCredentials, TooManyRequests
from potluck.core.rate_limit import Policy
from potluck.domain.audit import Action, Outcome
from potluck.domain.email_address import is_email_address
from potluck.models import User
from potluck.services import audit
from potluck.services.throttling import Throttle

log = structlog.get_logger(__name__)

#: Of strangers over all accounts, and as much of who is signed in: 2,400 events a day are a
#: megabyte.
RECORDED = Policy("refusals", quota=100, window_s=3600)


@asynccontextmanager
async def recorded(throttle: Throttle, email: str, now: datetime) -> AsyncIterator[None]:
    """Record that the block refused the password, whether there is such an account or not: both
    take the same time. No session may be in use. The block's refusal goes on, whatever happens.
    """
    try:
        yield
    except InvalidCredentials:
        await _record(throttle, Action.SIGN_IN_REFUSED, Actor.anonymous(), now, email)
        raise


@asynccontextmanager
async def confirmation_recorded(throttle: Throttle, actor: Actor) -> AsyncIterator[None]:
    """Record that who is signed in gave a wrong password. As `recorded` in all else."""
    try:
        yield
    except Forbidden:
        await _record(throttle, Action.CONFIRMATION_REFUSED, actor, throttle.clock.now())
        raise


async def _record(
    throttle: Throttle, action: Action, actor: Actor, now: datetime, email: str = ""
) -> None:
    try:
        async with throttle.transactions() as session:
            key = throttle.key("refusals", "own" if actor.user_id else "")
            await throttle.charge(session, RECORDED, key)
            user = await _named(session, email)
            audit.record(
                session, action, actor=actor, target=user, outcome=Outcome.REFUSED, now=now
            )
    except TooManyRequests:
        log.info("refused_sign_in_not_recorded")
    except (AppError, SQLAlchemyError):
        log.warning("refused_sign_in_not_recorded", exc_info=True)


async def _named(session: AsyncSession, email: str) -> User | None:
    return await crud.user.by_email(session, email) if is_email_address(email) else None
