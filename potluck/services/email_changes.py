"""Another address for an account: confirmed at the new one, told to the old one.

Nothing changes before the confirmation. What differs between an address that is free and one that
has an account happens in a job, and the mail to the old address leaves in both cases: who asks
learns nothing about others.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core.actor import Actor
from potluck.domain.audit import Action
from potluck.domain.email_address import email_key
from potluck.domain.one_time_links import LinkKind
from potluck.models import OneTimeLink, User
from potluck.schemas.job import MailAddressChange
from potluck.schemas.mail import EmailChangeConfirmMail, EmailChangeNoticeMail, EmailWantedMail
from potluck.services import audit, jobs, mails, one_time_links, sign_outs

#: Why a family ended, in its row.
TAKEN_BACK = "address restored"


async def ask(session: AsyncSession, actor: Actor, email: str, *, now: datetime) -> None:
    """Have both addresses written to."""
    assert actor.user_id is not None  # noqa: S101 - the dependency let no stranger in
    wish = MailAddressChange(user_id=actor.user_id, email=email)
    await jobs.enqueue(session, wish, now=now, user_id=actor.user_id)
    audit.record(session, Action.EMAIL_CHANGE_ASKED, actor=actor, now=now)


async def mail_links(session: AsyncSession, wish: MailAddressChange, *, now: datetime) -> None:
    """What `ask` has asked for. A change that was asked for before is none any more."""
    user = await crud.user.get_for_update(session, Actor.system(), wish.user_id)
    await crud.one_time_link.remove_of_user(session, user.id, {LinkKind.EMAIL_CHANGE})
    path, _ = await one_time_links.issue(session, LinkKind.EMAIL_CANCEL, user, user.email, now=now)
    notice = EmailChangeNoticeMail(name=user.display_name, new_email=wish.email, path=path)
    await mails.send_later(session, notice, to=user.email, locale=user.locale, now=now)
    owner = await crud.user.by_email(session, wish.email)
    if owner is None or owner.id == user.id:
        path, until = await one_time_links.issue(
            session, LinkKind.EMAIL_CHANGE, user, wish.email, now=now
        )
        mail = EmailChangeConfirmMail(name=user.display_name, path=path, expires_at=until)
        await mails.send_later(session, mail, to=wish.email, locale=user.locale, now=now)
    elif owner.disabled_at is None:
        told = EmailWantedMail(name=owner.display_name)
        await mails.send_later(session, told, to=owner.email, locale=owner.locale, now=now)


async def check_link(
    read: AsyncSession, kind: LinkKind, token: str, *, now: datetime
) -> tuple[OneTimeLink, User]:
    """What a token is about, and whose account. Raises `NotFound`."""
    link, user = await one_time_links.find(read, kind, token, now=now)
    assert user is not None  # noqa: S101 - only sign-ups have links without an account
    return link, user


async def confirm(session: AsyncSession, token: str, *, now: datetime) -> User:
    """The new address is the account's; other links of it do nothing any more.

    Raises `NotFound`, and `EmailTaken` when somebody else has it by now.
    """
    link, found = await check_link(session, LinkKind.EMAIL_CHANGE, token, now=now)
    user = await crud.user.get_for_update(session, Actor.system(), found.id)
    await one_time_links.use(session, link, now=now)
    changes = {
        "email": link.address,
        "email_key": link.address_key,
        "email_verified_at": now,
    }
    await crud.user.update(session, user, changes, now=now)
    await one_time_links.void(session, user.id)
    audit.record(session, Action.EMAIL_CHANGED, actor=Actor.anonymous(), target=user, now=now)
    return user


async def cancel(session: AsyncSession, token: str, *, now: datetime) -> bool:
    """Keep the old address; whether it had to be put back.

    Who changed it already was signed in without the right to be: then everything is signed out.
    Raises `NotFound`, and `EmailTaken` when somebody else has the old address by now.
    """
    link, found = await check_link(session, LinkKind.EMAIL_CANCEL, token, now=now)
    user = await crud.user.get_for_update(session, Actor.system(), found.id)
    await one_time_links.use(session, link, now=now)
    await crud.one_time_link.remove_of_user(session, user.id, {LinkKind.EMAIL_CHANGE})
    is_put_back = user.email_key != link.address_key
    audit.record(
        session,
        Action.EMAIL_CHANGE_CANCELLED,
        actor=Actor.anonymous(),
        target=user,
        now=now,
        is_put_back=is_put_back,
    )
    if not is_put_back:
        return False
    changes = {"email": link.address, "email_key": email_key(link.address)}
    await sign_outs.everywhere(session, user, changes, TAKEN_BACK, has_tokens_revoked=True, now=now)
    return True
