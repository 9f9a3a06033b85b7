"""Who may make an account, and what an invitation does for who makes one."""

from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.actor import Actor
from potluck.core.errors import Invalid, NotFound, SignupClosed
from potluck.domain.audit import Action
from potluck.models import User
from potluck.schemas.user import UserCreate
from potluck.services import accounts, audit, invitations

Mode = Literal["open", "invite", "closed"]


def check_is_open(mode: Mode, *, is_invited: bool) -> None:
    """Raises `SignupClosed` for whom the operator does not let in (`POTLUCK_SIGNUP__MODE`)."""
    if mode == "closed":
        raise SignupClosed("Ask the person who runs this instance for an account.")
    if mode == "invite" and not is_invited:
        raise SignupClosed("Sign-up is for the invited: ask a household for an invitation.")


async def check_invitation(session: AsyncSession, token: str | None, *, now: datetime) -> None:
    """Look at an invitation before the password is hashed. Raises `Invalid`."""
    if token is not None:
        try:
            await invitations.check(session, token, now=now)
        except NotFound as error:
            raise _not_open(error) from None


async def sign_up(
    session: AsyncSession,
    data: UserCreate,
    password_hash: str,
    *,
    invitation: str | None,
    now: datetime,
) -> User:
    """An account with a household of its own, and a member of the one it was invited to.

    A mail greets it once this is committed.

    Raises `EmailTaken`; `Invalid` when the invitation was used in the meantime, and `Forbidden`
    when it is meant for another address.
    """
    user = await accounts.create(session, data, password_hash, now=now)
    if invitation is not None:
        try:
            await invitations.accept(session, Actor(user_id=user.id), invitation, now=now)
        except NotFound as error:
            raise _not_open(error) from None
    await accounts.welcome(session, user, now=now)
    audit.record(session, Action.SIGNED_UP, actor=user, target=user, now=now)
    return user


def _not_open(error: NotFound) -> Invalid:
    return Invalid.member("/invitation", "invitation_not_open", str(error))
