"""Invitations: who may let somebody into a household, and how somebody comes in by one.

The link is the right: whoever holds it learns the household's name and may join once, in the role
that it names. What its maker may no longer give, it does not give either.
"""

from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud, schemas
from potluck.core import opaque
from potluck.core.actor import Actor
from potluck.core.errors import AlreadyMember, Forbidden, Invalid, NotFound
from potluck.core.ids import new_id
from potluck.core.opaque import Prefix
from potluck.core.paging import PageRequest
from potluck.domain.audit import Action
from potluck.domain.email_address import email_key
from potluck.domain.roles import MANAGERS, Role
from potluck.models import Household, Invitation, User
from potluck.schemas.household import MembershipInDB
from potluck.schemas.invitation import InvitationCreate
from potluck.schemas.mail import InvitationMail
from potluck.services import audit, households, mails

LIFE = timedelta(days=7)
#: How many a household may have open: more are lost sight of.
PER_HOUSEHOLD = 50
#: A used or withdrawn one is known for so long after its end.
KEEP_ENDED = timedelta(days=90)


async def create(
    session: AsyncSession,
    actor: Actor,
    household_id: UUID,
    data: InvitationCreate,
    *,
    base_url: str,
    now: datetime,
) -> schemas.NewInvitation:
    """An invitation into the household, at most in the actor's own role.

    With an address, the link also goes there by mail, in the language of the household.
    Raises `NotFound`, `Forbidden`, and `Invalid` when `PER_HOUSEHOLD` are open.
    """
    assert actor.user_id is not None  # noqa: S101 - the dependency let no stranger in
    household = await crud.household.get_for_update(session, actor, household_id)
    await households.check_may_grant(session, actor, household_id, data.role)
    if await crud.invitation.count_open(session, household_id, now) >= PER_HOUSEHOLD:
        raise Invalid.member(
            "", "too_many_invitations", f"{PER_HOUSEHOLD} are open: withdraw one first."
        )
    token = opaque.issue(Prefix.INVITATION)
    row = Invitation(
        id=new_id(),
        household_id=household_id,
        role=data.role,
        digest=opaque.digest(token),
        email=data.email,
        invited_by=actor.user_id,
        created_at=now,
        expires_at=now + LIFE,
    )
    await crud.invitation.add(session, row)
    _record(session, Action.INVITATION_CREATED, actor, row, now)
    path = f"/invitations?{urlencode({'token': token})}"
    await _mail(session, actor, row, household, path=path, now=now)
    return schemas.NewInvitation(**answer(row).model_dump(), url=base_url + path)


async def page(
    session: AsyncSession,
    actor: Actor,
    household_id: UUID,
    request: PageRequest,
    *,
    now: datetime,
) -> tuple[list[schemas.Invitation], str | None]:
    """A page of the open ones, newest first, and the next cursor.

    Raises `NotFound`, and `Forbidden` for members who may not invite.
    """
    found = await crud.household.with_role(session, actor, household_id)
    if found is None:
        raise crud.household.not_found()
    if found[1] not in MANAGERS:
        raise Forbidden(f"Your role ({found[1]}) in the household does not allow this.")
    rows, cursor = await crud.invitation.page(session, actor, household_id, request, now=now)
    return [answer(row) for row in rows], cursor


async def revoke(
    session: AsyncSession, actor: Actor, household_id: UUID, id: UUID, *, now: datetime
) -> None:
    """Withdraw an open one, of a role that the actor may give. Raises `NotFound`, `Forbidden`."""
    await crud.household.get_for_update(session, actor, household_id)
    row = await crud.invitation.get_open(session, actor, household_id, id, now=now)
    await households.check_may_grant(session, actor, household_id, Role(row.role))
    if await crud.invitation.revoke(session, row, now=now):
        _record(session, Action.INVITATION_REVOKED, actor, row, now)


async def check(
    session: AsyncSession, token: str, *, now: datetime
) -> tuple[Invitation, Household, User]:
    """The open invitation that a token belongs to, its household, and who made it.

    Raises `NotFound` in the same words for every token that lets nobody in.
    """
    found = None
    if opaque.has_prefix(token, Prefix.INVITATION):
        found = await crud.invitation.by_digest(session, opaque.digest(token), now=now)
    if found is None:
        raise _not_open()
    return found


async def preview(session: AsyncSession, token: str, *, now: datetime) -> schemas.InvitationPreview:
    """What the holder of the token may know. Raises `NotFound`."""
    invitation, household, inviter = await check(session, token, now=now)
    return schemas.InvitationPreview(
        household_name=household.name,
        role=Role(invitation.role),
        inviter_name=inviter.display_name,
        expires_at=invitation.expires_at,
    )


async def accept(
    session: AsyncSession, actor: Actor, token: str, *, now: datetime
) -> schemas.UserMembership:
    """Use the invitation up; the actor is a member from here on.

    Whoever has no default household gets this one. Raises `NotFound` for a token that lets nobody
    in, `Forbidden` for who is held to one household or is not whom it is meant for,
    `InvalidToken` for an account that is gone, and `AlreadyMember`, which leaves it open.
    """
    if actor.household_id is not None:
        raise Forbidden("A token for one household joins no others.")
    invitation, household, _ = await check(session, token, now=now)
    # Locked, so that the rights of who made it stay as they are until this one is in.
    await crud.household.get_for_update(session, Actor.system(), household.id)
    user = await households.own_account(session, actor)
    if invitation.email is not None and email_key(invitation.email) != user.email_key:
        raise Forbidden("This invitation is meant for another address than that of your account.")
    if await crud.household.with_role(session, actor, household.id) is not None:
        raise AlreadyMember("You are a member of this household already.")
    if not await crud.invitation.redeem(session, invitation, by=user.id, now=now):
        raise _not_open()
    role = Role(invitation.role)
    stored = MembershipInDB(household_id=household.id, user_id=user.id, role=role)
    await crud.membership.create(session, stored, now=now)
    _record(session, Action.INVITATION_ACCEPTED, actor, invitation, now)
    if user.default_household_id is None:
        await crud.user.update(session, user, {"default_household_id": household.id}, now=now)
    return schemas.UserMembership(household_id=household.id, name=household.name, role=role)


async def remove_ended(session: AsyncSession, now: datetime) -> bool:
    """Forget invitations that ended long ago; true if there may be more of them."""
    return await crud.invitation.remove_ended(session, before=now - KEEP_ENDED)


def answer(row: Invitation) -> schemas.Invitation:
    """An invitation as those see it who may withdraw it."""
    return schemas.Invitation.model_validate(row)


def without_url(made: schemas.NewInvitation) -> schemas.Invitation:
    """What every later answer says of a new invitation."""
    return schemas.Invitation.model_validate(made.model_dump(exclude={"url"}))


async def _mail(
    session: AsyncSession,
    actor: Actor,
    row: Invitation,
    household: Household,
    *,
    path: str,
    now: datetime,
) -> None:
    """Send the link to the address that it is meant for, if it is meant for one."""
    if row.email is None or actor.user_id is None:
        return
    inviter = await crud.user.get(session, actor, actor.user_id)
    mail = InvitationMail(
        household=household.name,
        inviter=inviter.display_name,
        role=Role(row.role),
        path=path,
        expires_at=row.expires_at,
    )
    await mails.send_later(session, mail, to=row.email, locale=household.locale, now=now)


def _record(
    session: AsyncSession, action: Action, actor: Actor, row: Invitation, now: datetime
) -> None:
    audit.record(
        session,
        action,
        actor=actor,
        target=("invitation", row.id),
        household_id=row.household_id,
        now=now,
        role=row.role,
    )


def _not_open() -> NotFound:
    return NotFound("This invitation is not valid: it was used or withdrawn, or has expired.")
