"""Sign-ups where addresses are verified: the account is made when the link of a mail is used.

Until then there is none. So nobody takes an address away from who reads its mail, and a sign-in
has nothing to tell. What differs between an address that has an account and one that has none
happens in a job: the request that asks does the same for both, and takes as long.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.domain.audit import Action
from potluck.domain.email_address import email_key
from potluck.domain.one_time_links import LinkKind
from potluck.models import OneTimeLink, User
from potluck.schemas.job import MailSignUp, MailSignUpAgain
from potluck.schemas.mail import SignupExistsMail, VerifyEmailMail
from potluck.schemas.user import UserCreate
from potluck.services import accounts, audit, jobs, mails, one_time_links
from potluck.services.password_resets import FORGOT

#: No account says which language it is; the link is opened in it soon enough.
LOCALE = "en"


async def ask(
    session: AsyncSession, data: UserCreate, password_hash: str, *, now: datetime
) -> None:
    """Have a link mailed with which the account is made, or its owner told that there is one."""
    wish = MailSignUp(email=data.email, display_name=data.display_name, password_hash=password_hash)
    await jobs.enqueue(session, wish, now=now)


async def ask_again(session: AsyncSession, email: str, *, now: datetime) -> None:
    """Have another link mailed for a sign-up that still waits."""
    await jobs.enqueue(session, MailSignUpAgain(email=email), now=now)


async def mail_link(session: AsyncSession, wish: MailSignUp, *, now: datetime) -> None:
    """What `ask` has asked for."""
    user = await crud.user.by_email(session, wish.email)
    if user is None:
        link = OneTimeLink(
            address=wish.email,
            address_key=email_key(wish.email),
            display_name=wish.display_name,
            password_hash=wish.password_hash,
        )
        await _send(session, link, now=now)
    elif user.disabled_at is None:
        mail = SignupExistsMail(name=user.display_name, path=FORGOT)
        await mails.send_later(session, mail, to=user.email, locale=user.locale, now=now)


async def mail_link_again(session: AsyncSession, wish: MailSignUpAgain, *, now: datetime) -> None:
    """What `ask_again` has asked for: nothing, unless a sign-up of the address waits."""
    key = email_key(wish.email)
    before = await crud.one_time_link.newest_of_address(session, LinkKind.VERIFY, key, now=now)
    if before is not None:
        link = OneTimeLink(
            address=before.address,
            address_key=key,
            display_name=before.display_name,
            password_hash=before.password_hash,
        )
        await one_time_links.use(session, before, now=now)
        await _send(session, link, now=now)


async def check_link(read: AsyncSession, token: str, *, now: datetime) -> OneTimeLink:
    """The sign-up that waits for this token. Raises `NotFound`."""
    link, _ = await one_time_links.find(read, LinkKind.VERIFY, token, now=now)
    return link


async def finish(session: AsyncSession, token: str, *, now: datetime) -> User:
    """Make the account. Raises `NotFound`, and `EmailTaken` when it was made meanwhile."""
    link = await check_link(session, token, now=now)
    await one_time_links.use(session, link, now=now)
    assert link.display_name is not None  # noqa: S101 - every sign-up has both
    assert link.password_hash is not None  # noqa: S101
    data = UserCreate(email=link.address, password="", display_name=link.display_name)
    user = await accounts.create(session, data, link.password_hash, now=now)
    await crud.user.update(session, user, {"email_verified_at": now}, now=now)
    await accounts.welcome(session, user, now=now)
    audit.record(session, Action.SIGNED_UP, actor=user, target=user, now=now)
    return user


async def _send(session: AsyncSession, link: OneTimeLink, *, now: datetime) -> None:
    path, until = await one_time_links.add(session, LinkKind.VERIFY, link, now=now)
    mail = VerifyEmailMail(name=link.display_name or "", path=path, expires_at=until)
    await mails.send_later(session, mail, to=link.address, locale=LOCALE, now=now)
