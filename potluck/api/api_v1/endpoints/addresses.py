"""Addresses of accounts: shown to be read, and changed."""

from fastapi import status

from potluck import schemas
from potluck.api import deps
from potluck.api.limits import LimiterOf, count_mail
from potluck.api.problems import SIGNED_IN, problems
from potluck.api.routing import Router
from potluck.services import email_changes, verified_sign_ups
from potluck.services.throttling import Limit

router = Router()

LINK = ("invalid-token", "not-found", "too-many-requests", "unavailable")


@router.post(
    "/verify-email",
    dependencies=[deps.GoodTokenOrNone],
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(*LINK, "email-taken"),
)
async def verify_email(
    limiter: LimiterOf, clock: deps.ClockOf, session: deps.Session, data: schemas.LinkToken
) -> None:
    """Make the account that a sign-up asked for, with the link of its mail; once within 24 hours.

    Nobody is signed in by it.
    """
    await limiter.count(Limit.REDEMPTION)
    await verified_sign_ups.finish(session, data.token, now=clock.now())


@router.post(
    "/verify-email/resend",
    dependencies=[deps.GoodTokenOrNone],
    status_code=status.HTTP_202_ACCEPTED,
    responses=problems("invalid-token", "too-many-requests", "unavailable"),
)
async def request_verification(
    limiter: LimiterOf, clock: deps.ClockOf, session: deps.Session, data: schemas.Address
) -> schemas.CheckMail:
    """Have the mail of a sign-up sent once more, with another link in place of the first.

    The answer is the same whether a sign-up of this address waits or not.
    """
    await count_mail(limiter, data.email)
    await verified_sign_ups.ask_again(session, data.email, now=clock.now())
    return schemas.CheckMail(status="check-mail")


@router.post(
    "/email-change",
    status_code=status.HTTP_202_ACCEPTED,
    responses=problems(*SIGNED_IN, "reauth-required", "too-many-requests", "unavailable"),
)
async def request_email_change(
    limiter: LimiterOf,
    clock: deps.ClockOf,
    session: deps.Session,
    actor: deps.RecentLogin,
    data: schemas.Address,
) -> schemas.CheckMail:
    """Ask for another address of the account; nothing changes before it is confirmed there.

    Both addresses get a mail: the new one a link that confirms it within 24 hours, the old one a
    link that stops it. The answer is the same whether somebody has the new address or not. It
    needs a sign-in of the last ten minutes.
    """
    await count_mail(limiter, data.email, actor)
    await email_changes.ask(session, actor, data.email, now=clock.now())
    return schemas.CheckMail(status="check-mail")


@router.post(
    "/email-change/confirm",
    dependencies=[deps.GoodTokenOrNone],
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(*LINK, "email-taken"),
)
async def confirm_email_change(
    limiter: LimiterOf, clock: deps.ClockOf, session: deps.Session, data: schemas.LinkToken
) -> None:
    """Make the new address the account's, with the link that was mailed to it."""
    await limiter.count(Limit.REDEMPTION)
    await email_changes.confirm(session, data.token, now=clock.now())


@router.post(
    "/email-change/cancel",
    dependencies=[deps.GoodTokenOrNone],
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(*LINK, "email-taken"),
)
async def cancel_email_change(
    limiter: LimiterOf, clock: deps.ClockOf, session: deps.Session, data: schemas.LinkToken
) -> None:
    """Keep the old address, with the link that was mailed to it; for seven days.

    If the change was confirmed already it is undone, and everything is signed out: reset the
    password then.
    """
    await limiter.count(Limit.REDEMPTION)
    await email_changes.cancel(session, data.token, now=clock.now())
