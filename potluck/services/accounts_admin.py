"""What the operator does to accounts, from the command line.

Every function is for the system alone: being an administrator of the instance does not suffice.
"""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core.actor import Actor
from potluck.core.clock import Clock
from potluck.core.errors import Forbidden, Invalid, NotFound
from potluck.models import User
from potluck.schemas.user import UserCreate
from potluck.services import accounts, setup


async def all_accounts(session: AsyncSession, actor: Actor) -> list[User]:
    """Every account, oldest first."""
    _check(actor)
    return await crud.user.all(session)


async def acting_account(session: AsyncSession, actor: Actor, email: str | None) -> User:
    """The account a command works for: the one named, else the only one there is.

    Raises `NotFound`, `Invalid` when there are several to choose from, `Forbidden` when it is
    disabled.
    """
    _check(actor)
    if email is not None:
        user = await _named(session, email)
    else:
        users = await crud.user.all(session)
        if len(users) != 1:
            raise Invalid(f"There are {len(users)} accounts: name one with --user EMAIL.")
        user = users[0]
    if user.disabled_at is not None:
        raise Forbidden("The account is disabled.")
    return user


async def named(session: AsyncSession, actor: Actor, email: str) -> User:
    """The account with this address. Raises `NotFound`."""
    _check(actor)
    return await _named(session, email)


async def names_of(session: AsyncSession, actor: Actor, email: str) -> list[str]:
    """The names that the account's password is not to be made of. Raises `NotFound`."""
    user = await named(session, actor, email)
    return await accounts.names_of_account(session, user)


async def create(
    session: AsyncSession,
    actor: Actor,
    data: UserCreate,
    password_hash: str,
    *,
    is_administrator: bool,
    clock: Clock,
) -> User:
    """An account with a household of its own; the first administrator closes the setup.

    Raises `EmailTaken`.
    """
    _check(actor)
    user = await accounts.create(
        session, data, password_hash, now=clock.now(), is_instance_admin=is_administrator
    )
    if is_administrator:
        await setup.close(session, clock)
    return user


async def reset_password(
    session: AsyncSession, actor: Actor, email: str, password_hash: str, *, clock: Clock
) -> User:
    """Give the account another password and end every sign-in. Raises `NotFound`."""
    user = await _locked(session, actor, email)
    await _sign_out(session, user, {"password_hash": password_hash}, "password reset", clock)
    return user


async def disable(session: AsyncSession, actor: Actor, email: str, *, clock: Clock) -> User:
    """Nobody can sign in to the account, and every sign-in ends. Raises `NotFound`, `Forbidden`."""
    user = await _locked(session, actor, email)
    await _keep_an_administrator(session, user)
    changes = {"disabled_at": user.disabled_at or clock.now()}
    await _sign_out(session, user, changes, "disabled", clock)
    return user


async def enable(session: AsyncSession, actor: Actor, email: str, *, clock: Clock) -> User:
    """The account can be signed in to again. Raises `NotFound`."""
    user = await _locked(session, actor, email)
    return await crud.user.update(session, user, {"disabled_at": None}, now=clock.now())


async def promote(session: AsyncSession, actor: Actor, email: str, *, clock: Clock) -> User:
    """Make an administrator, which closes the setup. Raises `NotFound`, `Forbidden`."""
    user = await _locked(session, actor, email)
    if user.disabled_at is not None:
        raise Forbidden("The account is disabled: enable it first.")
    await crud.user.update(session, user, {"is_instance_admin": True}, now=clock.now())
    await setup.close(session, clock)
    return user


async def demote(session: AsyncSession, actor: Actor, email: str, *, clock: Clock) -> User:
    """Take the administrator's rights. Raises `NotFound`, `Forbidden` for the last one."""
    user = await _locked(session, actor, email)
    await _keep_an_administrator(session, user)
    return await crud.user.update(session, user, {"is_instance_admin": False}, now=clock.now())


def _check(actor: Actor) -> None:
    if not actor.is_system:
        raise Forbidden("Only the operator of this instance may do this.")


async def _named(session: AsyncSession, email: str) -> User:
    user = await crud.user.by_email(session, email)
    if user is None:
        raise NotFound("Nobody here has this address.")
    return user


async def _locked(session: AsyncSession, actor: Actor, email: str) -> User:
    """The account, locked. The instance's row is locked before it, so that two commands at once
    cannot each take what they count as the last administrator but one.
    """
    _check(actor)
    await crud.instance.get_for_update(session)
    user = await _named(session, email)
    return await crud.user.get_for_update(session, actor, user.id)


async def _keep_an_administrator(session: AsyncSession, leaving: User) -> None:
    is_one = leaving.is_instance_admin and leaving.disabled_at is None
    if is_one and await crud.user.enabled_admins(session) == 1:
        raise Forbidden("This is the last administrator: promote somebody else first.")


async def _sign_out(
    session: AsyncSession, user: User, changes: dict[str, Any], because: str, clock: Clock
) -> None:
    """Change the account and end every credential that was made for it before."""
    now = clock.now()
    raised = {"auth_epoch": user.auth_epoch + 1}
    await crud.user.update(session, user, changes | raised, now=now)
    await crud.credential.end_all(session, user.id, because, now)
