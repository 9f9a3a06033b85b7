"""Deleting one's own account, which its owner may undo for seven days.

Until then nothing is lost and nothing else can be done: everything is signed out, and who signs in
again may look at the account and keep it. For others all stays as it was. Afterwards the account
goes with its address, credentials and memberships, and with the households that were its own alone;
what it wrote for a household of several stays there without an author. The audit keeps its id.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud, schemas
from potluck.core.actor import Actor
from potluck.core.errors import LastOwner, NotFound
from potluck.crud import account_deletion, household_trash, recipe_feed
from potluck.domain.audit import Action
from potluck.domain.roles import Role
from potluck.models import User
from potluck.schemas.mail import AccountDeletionScheduledMail
from potluck.services import (
    accounts,
    accounts_admin,
    audit,
    households,
    mails,
    sessions,
    sign_outs,
)
from potluck.services.preconditions import check_match, etag_of_answer

WAIT = timedelta(days=7)
#: The page that keeps the account.
RESTORE = "/account/restore"
#: Why a family ended, in its row.
LEAVING = "account deletion"
#: Rows that are written in one unit of work.
BATCH = 200
#: By so much the clocks of two processes may differ: one must not delete what the other restores.
_CLOCKS = timedelta(minutes=5)
SYSTEM = Actor.system()


async def schedule(
    session: AsyncSession, actor: Actor, *, if_match: str | None, now: datetime
) -> User:
    """Have the actor's account deleted in seven days, and sign it out everywhere.

    Raises `PreconditionRequired`, `Stale`; `LastOwner` with the ids of the households whose other
    members would be left without an owner; `LastAdministrator`; `InvalidToken`.
    """
    assert actor.user_id is not None  # noqa: S101 - the dependency let no stranger in
    if actor.is_instance_admin:
        await accounts_admin.lock_administration(session, actor)
    await account_deletion.lock_households(session, actor.user_id)
    user = await households.own_account(session, actor)
    await sessions.check_is_open(session, actor)
    check_match(if_match, etag_of_answer(await accounts.profile(session, actor, user)))
    await accounts_admin.keep_an_administrator(session, user, stays=False)
    if held := await account_deletion.households_without_other_owner(session, user.id):
        raise LastOwner(
            "Others belong to a household that only you own: make one of them an owner, or delete"
            " it.",
            household_ids=[str(id) for id, _ in held],
        )
    until = now + WAIT
    await sign_outs.everywhere(
        session, user, {"deletion_at": until}, LEAVING, has_tokens_revoked=True, now=now
    )
    mail = AccountDeletionScheduledMail(name=user.display_name, until=until, path=RESTORE)
    await mails.send_later(session, mail, to=user.email, locale=user.locale, now=now)
    audit.record(session, Action.DELETION_SCHEDULED, actor=actor, target=user, now=now)
    return user


@dataclass(frozen=True)
class Consequences:
    """What deleting an account would take with it, and what is in the way."""

    #: Names of the households that go with it.
    goes: list[str]
    #: Ids and names of those that need another owner first.
    held: list[tuple[UUID, str]]


async def consequences(read: AsyncSession, user: User) -> Consequences:
    """What deleting the account would mean as things stand."""
    return Consequences(
        await account_deletion.households_of_nobody_else(read, user.id),
        await account_deletion.households_without_other_owner(read, user.id),
    )


async def undo(session: AsyncSession, actor: Actor, *, now: datetime) -> schemas.User:
    """Keep the actor's account after all; what was signed out stays so. Raises `InvalidToken`."""
    user = await households.own_account(session, actor)
    await sessions.check_is_open(session, actor)
    if user.deletion_at is not None:
        await crud.user.update(session, user, {"deletion_at": None}, now=now)
        audit.record(session, Action.DELETION_UNDONE, actor=actor, target=user, now=now)
    return await accounts.profile(session, actor, user)


async def finish_part(session: AsyncSession, *, now: datetime) -> bool:
    """Do a bounded part of what is due; false when nothing is.

    First what there may be much of, in several units of work, at last the account itself.
    """
    before = now - _CLOCKS
    id = await account_deletion.due(session, before)
    if id is None:
        return False
    if await _remove_household_part(session, id, now):
        return True
    if await recipe_feed.release_from_author(session, id, now=now, limit=BATCH):
        return True
    if await account_deletion.release_revisions(session, id, limit=BATCH):
        return True
    if not await account_deletion.remove_part(session, id):
        await _remove(session, id, before, now)
    return True


async def _remove_household_part(session: AsyncSession, user_id: UUID, now: datetime) -> bool:
    """Remove a part of a household that is the account's alone; whether there was one."""
    household = await account_deletion.household_of_nobody_else(session, user_id)
    if household is None:
        return False
    if household.deleted_at is None:
        # Nobody joins or sees what is half gone.
        await crud.household.update(session, household, {"deleted_at": now}, now=now)
    await household_trash.remove_part(session, household.id, BATCH)
    return True


async def _remove(session: AsyncSession, id: UUID, before: datetime, now: datetime) -> None:
    """Remove the account, unless another process did or it has a household again."""
    if await account_deletion.household_of_nobody_else(session, id) is not None:
        return
    try:
        user = await crud.user.get_for_update(session, SYSTEM, id)
    except NotFound:
        return
    if user.deletion_at is None or user.deletion_at >= before:
        return
    for heir in await account_deletion.heirs(session, id):
        was = heir.role
        await crud.membership.update(session, heir, {"role": Role.OWNER}, now=now)
        audit.record(
            session,
            Action.MEMBER_ROLE_CHANGED,
            actor=SYSTEM,
            target=("user", heir.user_id),
            household_id=heir.household_id,
            now=now,
            role=Role.OWNER,
            before=was,
        )
    audit.record(session, Action.ACCOUNT_DELETED, actor=SYSTEM, target=user, now=now)
    await account_deletion.remove(session, user)
