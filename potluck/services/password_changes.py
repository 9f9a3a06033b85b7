"""Another password for an account: by who knows the current one.

With the password goes everything that was signed in by it (ASVS 5.0, 7.4.3): whoever had found it
out is out at once, wherever they were.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core.actor import Actor
from potluck.core.errors import Forbidden
from potluck.core.passwords import PasswordHasher
from potluck.domain.audit import Action
from potluck.models import User
from potluck.services import (
    accounts,
    audit,
    authentication,
    password_resets,
    refused_sign_ins,
    sessions,
    sign_outs,
)
from potluck.services.authentication import PasswordProof
from potluck.services.sign_ins import Admitted, SignIns

#: Why a family ended, in its row.
CHANGED = "password change"


@dataclass(frozen=True)
class Confirmed:
    """Somebody who is signed in has shown that they know the password, too."""

    proof: PasswordProof
    admitted: Admitted


@asynccontextmanager
async def confirmed(
    read: AsyncSession,
    actor: Actor,
    password: str,
    *,
    host: str | None,
    sign_ins: SignIns,
    passwords: PasswordHasher,
) -> AsyncIterator[Confirmed]:
    """Ask who is signed in for the password, as slowly as at a sign-in.

    The tries of an account that is signed in are counted apart from those of strangers: while
    somebody attacks it, its owner can still change the password. Raises `Forbidden`,
    `TooManyRequests`, `Unavailable`.
    """
    subject = f"own {actor.user_id}"
    with passwords.place():
        async with sign_ins.turn(subject):
            admitted = await sign_ins.admit(subject, host)
            async with refused_sign_ins.confirmation_recorded(sign_ins.throttle, actor):
                proof = await authentication.check_own_password(read, actor, password, passwords)
            yield Confirmed(proof, admitted)


async def check_wanted(read: AsyncSession, actor: Actor, wanted: str, minimum: int) -> None:
    """Whether the account may have this password; lets the session go. Raises `Invalid`."""
    assert actor.user_id is not None  # noqa: S101 - the dependency let no stranger in
    user = await crud.user.get(read, actor, actor.user_id)
    names = await accounts.names_of_account(read, user)
    await read.close()
    await accounts.check_new_password(wanted, minimum, names, member="new_password")


async def change(
    session: AsyncSession,
    actor: Actor,
    confirmed: Confirmed,
    password_hash: str,
    *,
    has_tokens_revoked: bool,
    sign_ins: SignIns,
    now: datetime,
) -> User:
    """Store the new hash and end every sign-in of the account, that of the actor as well.

    The caller starts a new one for the actor, under an id that nobody knew before. Raises
    `InvalidToken` when the actor's sign-in has ended meanwhile, `Forbidden` when the password was
    changed.
    """
    user = await crud.user.get_for_update(session, actor, confirmed.proof.user_id)
    await sessions.check_is_open(session, actor)
    if user.password_hash != confirmed.proof.stored_hash:
        raise Forbidden("The password was changed a moment ago, somewhere else.")
    await sign_outs.everywhere(
        session,
        user,
        {"password_hash": password_hash},
        CHANGED,
        has_tokens_revoked=has_tokens_revoked,
        now=now,
    )
    await sign_ins.succeeded(session, confirmed.admitted)
    await password_resets.tell_owner(session, user, now=now)
    audit.record(
        session,
        Action.PASSWORD_CHANGED,
        actor=actor,
        target=user,
        now=now,
        has_tokens_revoked=has_tokens_revoked,
    )
    return user
