"""Proving once more who one is, for what a session left open or stolen must not do."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core.actor import Actor
from potluck.core.errors import Forbidden, ReauthRequired
from potluck.domain.audit import Action
from potluck.domain.recent_login import is_recent
from potluck.models import User
from potluck.services import audit, sessions
from potluck.services.password_changes import Confirmed
from potluck.services.sign_ins import SignIns


def check_recent(actor: Actor, now: datetime) -> None:
    """Raises `ReauthRequired` unless the person gave the password in the last ten minutes."""
    if not is_recent(actor.auth_at, now):
        raise ReauthRequired


async def accept(
    session: AsyncSession, actor: Actor, confirmed: Confirmed, *, sign_ins: SignIns, now: datetime
) -> User:
    """The account of a right password, locked; stores the renewed hash.

    Raises `InvalidToken` when the actor's sign-in has ended meanwhile, `Forbidden` when the
    password was changed.
    """
    proof = confirmed.proof
    user = await crud.user.get_for_update(session, actor, proof.user_id)
    await sessions.check_is_open(session, actor)
    if user.password_hash != proof.stored_hash:
        raise Forbidden("The password was changed a moment ago, somewhere else.")
    if proof.renewed_hash is not None:
        await crud.user.update(session, user, {"password_hash": proof.renewed_hash}, now=now)
    await sign_ins.succeeded(session, confirmed.admitted)
    audit.record(session, Action.CONFIRMED, actor=actor, now=now)
    return user
