"""What is done to the accounts of others: by the operator with commands, by administrators.

What names an account by its address is for the operator alone, who needs no account; what names
it by its id is for the administrators of the instance.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core.actor import Actor
from potluck.core.clock import Clock
from potluck.core.errors import Forbidden, Invalid, LastAdministrator, NotFound
from potluck.core.paging import PageRequest
from potluck.crud.crud_user import account_conditions
from potluck.domain.audit import Action
from potluck.models import User
from potluck.schemas.administration import Account, AccountFilter, AccountUpdate
from potluck.schemas.user import UserCreate
from potluck.services import accounts, audit, password_resets, setup, sign_outs
from potluck.services.preconditions import check_match, etag_of
from potluck.services.sign_ins import SignIns

SYSTEM = Actor.system()


async def all_accounts(session: AsyncSession, actor: Actor) -> list[User]:
    """Every account, oldest first."""
    _check(actor)
    return await crud.user.all(session)


async def acting_account(session: AsyncSession, actor: Actor, email: str | None) -> User:
    """The account a command works for: the one named, else the only one there is.

    Raises `NotFound`, `Invalid` when there are several to choose from, `Forbidden` when it is
    disabled or about to be deleted.
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
    if user.deletion_at is not None:
        raise Forbidden("The account is about to be deleted.")
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
    audit.record(
        session,
        Action.ACCOUNT_CREATED,
        actor=actor,
        target=user,
        now=clock.now(),
        is_administrator=is_administrator,
    )
    return user


async def reset_password(
    session: AsyncSession, actor: Actor, email: str, password_hash: str, *, clock: Clock
) -> User:
    """Give the account another password and end every sign-in. Raises `NotFound`."""
    user = await _locked(session, actor, email)
    await sign_outs.everywhere(
        session,
        user,
        {"password_hash": password_hash},
        password_resets.RESET,
        has_tokens_revoked=True,
        now=clock.now(),
    )
    audit.record(session, Action.PASSWORD_RESET, actor=actor, target=user, now=clock.now())
    return user


async def reset_link(
    session: AsyncSession, actor: Actor, email: str, *, clock: Clock
) -> tuple[str, datetime]:
    """A link with which its holder chooses the account's password: path, and when it ends.

    Raises `NotFound`, `Forbidden` when the account is disabled.
    """
    user = await _locked(session, actor, email)
    if user.disabled_at is not None:
        raise Forbidden("The account is disabled: enable it first.")
    audit.record(session, Action.RESET_LINK_MADE, actor=actor, target=user, now=clock.now())
    return await password_resets.new_link(session, user, now=clock.now())


async def disable(session: AsyncSession, actor: Actor, email: str, *, clock: Clock) -> User:
    """Nobody can sign in to the account, and every sign-in ends.

    Raises `NotFound`, `LastAdministrator`.
    """
    user = await _locked(session, actor, email)
    return await _change(session, actor, user, clock, is_disabled=True)


async def enable(session: AsyncSession, actor: Actor, email: str, *, clock: Clock) -> User:
    """The account can be signed in to again. Raises `NotFound`."""
    user = await _locked(session, actor, email)
    return await _change(session, actor, user, clock, is_disabled=False)


async def unblock(
    session: AsyncSession, actor: Actor, email: str, *, sign_ins: SignIns, now: datetime
) -> User:
    """Let an account be signed in to that wrong passwords keep closed. Raises `NotFound`."""
    user = await named(session, actor, email)
    await sign_ins.open_again(session, user.email)
    audit.record(session, Action.ACCOUNT_UNBLOCKED, actor=actor, target=user, now=now)
    return user


async def promote(session: AsyncSession, actor: Actor, email: str, *, clock: Clock) -> User:
    """Make an administrator, which closes the setup. Raises `NotFound`, `Forbidden`."""
    user = await _locked(session, actor, email)
    return await _change(session, actor, user, clock, is_instance_admin=True)


async def demote(session: AsyncSession, actor: Actor, email: str, *, clock: Clock) -> User:
    """Take the administrator's rights. Raises `NotFound`, `LastAdministrator`."""
    user = await _locked(session, actor, email)
    return await _change(session, actor, user, clock, is_instance_admin=False)


async def page(
    session: AsyncSession, actor: Actor, wanted: AccountFilter, request: PageRequest
) -> tuple[list[Account], str | None]:
    """One page of the accounts, newest first, for administrators, and the next cursor."""
    check_administrator(actor)
    rows, cursor = await crud.user.page(session, SYSTEM, request, *account_conditions(wanted))
    return [answer(row) for row in rows], cursor


async def get(session: AsyncSession, actor: Actor, id: UUID) -> User:
    """An account, for administrators. Raises `NotFound`."""
    check_administrator(actor)
    return await crud.user.get(session, SYSTEM, id)


async def update(
    session: AsyncSession,
    actor: Actor,
    id: UUID,
    data: AccountUpdate,
    *,
    if_match: str | None,
    clock: Clock,
) -> User:
    """Change what administrators may change.

    Raises `NotFound`, `PreconditionRequired`, `Stale`, `Forbidden`, `LastAdministrator`.
    """
    await lock_administration(session, actor)
    user = await crud.user.get_for_update(session, SYSTEM, id)
    check_match(if_match, etag_of(user))
    return await _change(session, actor, user, clock, **data.changes())


def answer(user: User) -> Account:
    """An account as administrators see it."""
    columns = {name: getattr(user, name) for name in Account.model_fields if name != "is_disabled"}
    return Account(**columns, is_disabled=user.disabled_at is not None)


def check_administrator(actor: Actor) -> None:
    """Raises `Forbidden` for who does not look after the instance."""
    if not (actor.is_system or actor.is_instance_admin):
        raise Forbidden("This is for the administrators of this instance.")


async def lock_administration(session: AsyncSession, actor: Actor) -> None:
    """Let one administrator act at a time, and look anew whether the actor still is one.

    The instance's row is locked before any account, so that two at once can neither lock each
    other out nor each take what they count as the last administrator but one. Raises `Forbidden`.
    """
    check_administrator(actor)
    await crud.instance.get_for_update(session)
    if actor.user_id is not None and not await crud.user.is_administrator(session, actor.user_id):
        raise Forbidden("You are no administrator of this instance any more.")


def _check(actor: Actor) -> None:
    if not actor.is_system:
        raise Forbidden("Only the operator of this instance may do this.")


async def _named(session: AsyncSession, email: str) -> User:
    user = await crud.user.by_email(session, email)
    if user is None:
        raise NotFound("Nobody here has this address.")
    return user


async def _locked(session: AsyncSession, actor: Actor, email: str) -> User:
    """The account, locked."""
    _check(actor)
    await lock_administration(session, actor)
    user = await _named(session, email)
    return await crud.user.get_for_update(session, actor, user.id)


async def _change(
    session: AsyncSession,
    actor: Actor,
    user: User,
    clock: Clock,
    *,
    is_disabled: bool | None = None,
    is_instance_admin: bool | None = None,
) -> User:
    """Bring a locked account into the state that is asked for; None leaves things as they are."""
    will_be_disabled = user.disabled_at is not None if is_disabled is None else is_disabled
    is_one, was_disabled = user.is_instance_admin, user.disabled_at is not None
    will_be_one = is_one if is_instance_admin is None else is_instance_admin
    if will_be_one and not is_one and will_be_disabled:
        raise Forbidden("The account is disabled: enable it first.")
    await keep_an_administrator(session, user, stays=will_be_one and not will_be_disabled)
    changes: dict[str, Any] = {"is_instance_admin": will_be_one}
    if will_be_disabled and is_disabled:
        at = user.disabled_at or clock.now()
        await sign_outs.everywhere(
            session,
            user,
            changes | {"disabled_at": at},
            "disabled",
            has_tokens_revoked=True,
            now=clock.now(),
        )
    else:
        changes |= {} if will_be_disabled else {"disabled_at": None}
        await crud.user.update(session, user, changes, now=clock.now())
    if will_be_one and not is_one:
        await setup.close(session, clock)
    done = {
        Action.ACCOUNT_DISABLED: will_be_disabled and not was_disabled,
        Action.ACCOUNT_ENABLED: was_disabled and not will_be_disabled,
        Action.ACCOUNT_PROMOTED: will_be_one and not is_one,
        Action.ACCOUNT_DEMOTED: is_one and not will_be_one,
    }
    for action in (each for each, is_done in done.items() if is_done):
        audit.record(session, action, actor=actor, target=user, now=clock.now())
    return user


async def keep_an_administrator(session: AsyncSession, user: User, *, stays: bool) -> None:
    """Once the administration is locked: raises `LastAdministrator` unless somebody is left."""
    is_one = await crud.user.is_administrator(session, user.id)
    if is_one and not stays and await crud.user.enabled_admins(session) == 1:
        raise LastAdministrator("This is the last administrator: promote somebody else first.")
