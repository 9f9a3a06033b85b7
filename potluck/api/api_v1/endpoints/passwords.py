"""The password of an account: changed by who knows it."""

from fastapi import Response

from potluck import schemas
from potluck.api import deps
from potluck.api.issuing import TokenIssuer, UserAgent
from potluck.api.limits import LimiterOf
from potluck.api.problems import SIGNED_IN, problems
from potluck.api.routing import Router
from potluck.services import password_changes, sessions

router = Router()


@router.post(
    "/password",
    responses=problems(*SIGNED_IN, "forbidden", "too-many-requests", "unavailable"),
)
async def update_password(
    resources: deps.ResourcesOf,
    limiter: LimiterOf,
    issuer: TokenIssuer,
    actor: deps.AccountGuard,
    read: deps.ReadSession,
    session: deps.Session,
    data: schemas.PasswordChange,
    response: Response,
    user_agent: UserAgent = None,
) -> schemas.Token:
    """Choose another password; the answer is a new sign-in with the scopes of the one that asks.

    Every other session ends, and the one that asks: its tokens are refused from now on, so sign in
    with the new password if this answer is lost. Personal tokens end with
    `revoke_personal_tokens`. Without the current password it is 403, and wrong ones slow down
    further tries as at a sign-in.
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
    return await sessions.start(session, user, issuer, wanted=actor.scopes, user_agent=user_agent)
