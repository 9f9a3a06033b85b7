"""The password once more, in the middle of a session."""

from fastapi import Response

from potluck import schemas
from potluck.api import deps
from potluck.api.issuing import TokenIssuer
from potluck.api.limits import LimiterOf
from potluck.api.problems import SIGNED_IN, problems
from potluck.api.routing import Router
from potluck.services import password_changes, sessions, step_up

router = Router()


@router.post(
    "/step-up",
    responses=problems(*SIGNED_IN, "forbidden", "too-many-requests", "unavailable"),
)
async def confirm_password(
    resources: deps.ResourcesOf,
    limiter: LimiterOf,
    issuer: TokenIssuer,
    actor: deps.AccountGuard,
    read: deps.ReadSession,
    session: deps.Session,
    data: schemas.StepUp,
    response: Response,
) -> schemas.Token:
    """Prove again who you are, for what is refused as `reauth-required`.

    The answer is the next pair of tokens of this session: its access token counts as signed in
    just now, and so do those that its refresh token brings, for ten minutes from now. The refresh
    token before it is spent. A wrong password is 403, and slows down further tries.
    """
    sign_ins, now = resources.sign_ins, resources.clock.now()
    async with password_changes.confirmed(
        read,
        actor,
        data.password,
        host=limiter.host,
        sign_ins=sign_ins,
        passwords=resources.passwords,
    ) as confirmed:
        limiter.tell(confirmed.admitted.budget)
        user = await step_up.accept(session, actor, confirmed, sign_ins=sign_ins, now=now)
    response.headers["Cache-Control"] = "no-store"
    return await sessions.confirmed(session, user, actor, issuer)
