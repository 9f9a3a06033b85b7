"""Another password for who has lost theirs: whoever reads the mail of the account chooses one."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core.actor import Actor
from potluck.domain.audit import Action
from potluck.domain.one_time_links import LinkKind
from potluck.models import OneTimeLink, User
from potluck.schemas.job import MailResetLink
from potluck.schemas.mail import PasswordChangedMail, PasswordResetMail
from potluck.services import accounts, audit, jobs, mails, one_time_links, sign_outs
from potluck.services.sign_ins import SignIns

#: Why a family ended, in its row.
RESET = "password reset"
#: The page that asks for a link.
FORGOT = "/forgot"


async def ask(session: AsyncSession, email: str, *, now: datetime) -> None:
    """Have a link mailed to the owner of the address, if it has one. Nobody here looks.

    So the request that asks does the same whether there is such an account or not.
    """
    await jobs.enqueue(session, MailResetLink(email=email), now=now)


async def mail_link(session: AsyncSession, wish: MailResetLink, *, now: datetime) -> None:
    """What `ask` has asked for."""
    user = await crud.user.by_email(session, wish.email)
    if user is not None and user.disabled_at is None:
        path, until = await new_link(session, user, now=now)
        audit.record(session, Action.RESET_LINK_MADE, actor=Actor.anonymous(), target=user, now=now)
        mail = PasswordResetMail(name=user.display_name, path=path, expires_at=until)
        await mails.send_later(session, mail, to=user.email, locale=user.locale, now=now)


async def new_link(session: AsyncSession, user: User, *, now: datetime) -> tuple[str, datetime]:
    """A link that lets its holder choose a password: path below the base URL, and its end."""
    return await one_time_links.issue(session, LinkKind.RESET, user, user.email, now=now)


async def check_link(read: AsyncSession, token: str, *, now: datetime) -> User:
    """The account whose password may be chosen. Raises `NotFound`."""
    return (await _found(read, token, now=now))[1]


async def check_wanted(
    read: AsyncSession, token: str, wanted: str, minimum: int, *, now: datetime
) -> None:
    """Whether the account of the link may have this password; lets the session go.

    The link stays as it is. Raises `NotFound`, `Invalid`.
    """
    _, user = await _found(read, token, now=now)
    names = await accounts.names_of_account(read, user)
    await read.close()
    await accounts.check_new_password(wanted, minimum, names)


async def finish(
    session: AsyncSession,
    token: str,
    password_hash: str,
    *,
    has_tokens_revoked: bool,
    sign_ins: SignIns,
    now: datetime,
) -> User:
    """Use the link up, store the hash, and end everything that was signed in. Nobody is signed in.

    The link came by mail, so its address is read by who chose the password; and who tried
    passwords from outside keeps nobody from signing in now. Raises `NotFound`.
    """
    link, found = await _found(session, token, now=now)
    # The account first, as whatever else ends its links does.
    user = await crud.user.get_for_update(session, Actor.system(), found.id)
    await one_time_links.use(session, link, now=now)
    changes = {"password_hash": password_hash, "email_verified_at": now}
    await sign_outs.everywhere(
        session, user, changes, RESET, has_tokens_revoked=has_tokens_revoked, now=now
    )
    await sign_ins.open_again(session, user.email)
    await tell_owner(session, user, now=now)
    audit.record(
        session,
        Action.RESET_BY_LINK,
        actor=Actor.anonymous(),
        target=user,
        now=now,
        has_tokens_revoked=has_tokens_revoked,
    )
    return user


async def tell_owner(session: AsyncSession, user: User, *, now: datetime) -> None:
    """Mail the owner that the password is another, with the way to yet another one."""
    mail = PasswordChangedMail(name=user.display_name, changed_at=now, path=FORGOT)
    await mails.send_later(session, mail, to=user.email, locale=user.locale, now=now)


async def _found(session: AsyncSession, token: str, *, now: datetime) -> tuple[OneTimeLink, User]:
    link, user = await one_time_links.find(session, LinkKind.RESET, token, now=now)
    assert user is not None  # noqa: S101 - only sign-ups have links without an account
    return link, user
