"""The password of an account: changed by who knows it, reset by who reads the mail."""

from fastapi import Response, status

from potluck import schemas
from potluck.api import deps
from potluck.api.issuing import TokenIssuer, UserAgent
from potluck.api.limits import LimiterOf, count_mail
from potluck.api.problems import SIGNED_IN, problems
from potluck.api.routing import Router
from potluck.services import password_changes, password_resets, sessions
from potluck.services.throttling import Limit

router = Router()


@router.post(
    "/password",
    responses=problems(
        *SIGNED_IN, "forbidden", "reauth-required", "too-many-requests", "unavailable"
    ),
)
async def update_password(
    resources: deps.ResourcesOf,
    limiter: LimiterOf,
    issuer: TokenIssuer,
    actor: deps.RecentLogin,
    read: deps.ReadSession,
    session: deps.Session,
    data: schemas.PasswordChange,
    response: Response,
    user_agent: UserAgent = None,
) -> schemas.Token:
    """Choose another password; the answer is a new sign-in with the scopes of the one that asks.

    It ends when that would have, so who asked to be remembered still is.

    Every other session ends, and the one that asks: its tokens are refused from now on, so sign in
    with the new password if this answer is lost. Personal tokens end with
    `revoke_personal_tokens`. Without the current password it is 403, and wrong ones slow down
    further tries as at a sign-in. A sign-in of the last ten minutes is needed beside it.
    """
    minimum, passwords = resources.settings.password.min_length, resources.passwords
    sign_ins = resources.sign_ins
    await password_changes.check_wanted(read, actor, data.new_password, minimum)
    async with password_changes.confirmed(
        read,
        actor,
        data.current_password,
        host=limiter.host,
        sign_ins=sign_ins,
        passwords=passwords,
    ) as confirmed:
        limiter.tell(confirmed.admitted.budget)
        user = await password_changes.change(
            session,
            actor,
            confirmed,
            await passwords.hash(data.new_password),
            has_tokens_revoked=data.revoke_personal_tokens,
            sign_ins=sign_ins,
            now=resources.clock.now(),
        )
    response.headers["Cache-Control"] = "no-store"
    return await sessions.go_on(session, user, actor, issuer, user_agent=user_agent)


@router.post(
    "/password-reset",
    dependencies=[deps.GoodTokenOrNone],
    status_code=status.HTTP_202_ACCEPTED,
    responses=problems("invalid-token", "too-many-requests", "unavailable"),
)
async def request_password_reset(
    limiter: LimiterOf, clock: deps.ClockOf, session: deps.Session, data: schemas.Address
) -> schemas.CheckMail:
    """Have a link mailed with which the owner of the address chooses another password.

    The answer is the same whether there is such an account or not.
    """
    await count_mail(limiter, data.email)
    await password_resets.ask(session, data.email, now=clock.now())
    return schemas.CheckMail(status="check-mail")


@router.post(
    "/password-reset/confirm",
    dependencies=[deps.GoodTokenOrNone],
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems("invalid-token", "not-found", "too-many-requests", "unavailable"),
)
async def set_password(
    resources: deps.ResourcesOf,
    limiter: LimiterOf,
    read: deps.ReadSession,
    session: deps.Session,
    data: schemas.PasswordReset,
) -> None:
    """Choose another password with the link of a mail, which works once within 30 minutes.

    Every session ends, and the tokens of scripts unless they are to stay. Nobody is signed in by
    it: that takes the new password.
    """
    await limiter.count(Limit.REDEMPTION)
    minimum, now = resources.settings.password.min_length, resources.clock.now()
    await password_resets.check_wanted(read, data.token, data.password, minimum, now=now)
    await password_resets.finish(
        session,
        data.token,
        await resources.passwords.hash(data.password),
        has_tokens_revoked=data.revoke_personal_tokens,
        sign_ins=resources.sign_ins,
        now=now,
    )
