"""Accounts: signing up, in and out, and one's own profile."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import BackgroundTasks, Depends, Form, Request, Response, status
from fastapi.responses import JSONResponse
from pydantic import MISSING, Field

from potluck import schemas
from potluck.api import deps
from potluck.api.conditional import CACHED, CHANGED, CREATED, answered, created
from potluck.api.idempotency import harmless_again
from potluck.api.issuing import TokenIssuer, UserAgent
from potluck.api.limits import LimiterOf, unless_refused
from potluck.api.problems import MAY_BE_LEAVING, SIGNED_IN, problems
from potluck.api.routing import Router
from potluck.core import scopes
from potluck.core.actor import Actor
from potluck.core.scopes import SCOPES_OF_LOGIN
from potluck.domain.email_address import email_key
from potluck.models import User
from potluck.schemas.base import In
from potluck.services import (
    accounts,
    authentication,
    refused_sign_ins,
    sessions,
    setup,
    sign_up,
    verified_sign_ups,
)
from potluck.services.preconditions import etag_of_answer
from potluck.services.throttling import Limit

router = Router()

CHECK_MAIL: dict[int | str, dict[str, Any]] = {
    202: {"model": schemas.CheckMail, "description": "A mail says how to go on."}
}


class LoginForm(In):
    """The password form of OAuth 2; `username` is the e-mail address."""

    username: str
    password: Annotated[str, Field(json_schema_extra={"format": "password"})]
    scope: Annotated[str, Field(max_length=2000)] = ""
    grant_type: Literal["password"] = "password"
    remember: Annotated[
        bool, Field(description="Stay signed in for a year, as long as it is used.")
    ] = False
    client_id: Annotated[str | None, Field(max_length=200)] = None
    client_secret: Annotated[str | None, Field(max_length=200)] = None


async def get_login_form(
    resources: deps.ResourcesOf, limiter: LimiterOf, form: Annotated[LoginForm, Form()]
) -> AsyncIterator[LoginForm]:
    """What was sent, with a place among those who may be hashed; before anything is written."""
    with resources.passwords.place():
        resources.sign_ins.recall(form.username, limiter.host)
        yield form


@router.post(
    "/signup",
    response_model=schemas.User,
    dependencies=[unless_refused(Limit.SIGNUP), deps.GoodTokenOrNone],
    status_code=status.HTTP_201_CREATED,
    responses=CREATED
    | CHECK_MAIL
    | problems(
        "signup-closed",
        "forbidden",
        "email-taken",
        "invalid-token",
        "too-many-requests",
        "unavailable",
    ),
)
async def signup(
    resources: deps.ResourcesOf,
    limiter: LimiterOf,
    read: deps.ReadSession,
    session: deps.Session,
    data: schemas.SignUpRequest,
    request: Request,
    response: Response,
) -> schemas.User | Response:
    """Make an account, and a household of its own that it owns.

    With an invitation it joins that household as well. The operator may let in nobody but the
    invited, or nobody at all.

    Where the operator wants addresses verified it is 202 for everybody who was not invited: the
    account is made by the link of a mail, and if there is one with this address already, its owner
    is told.
    """
    settings, now = resources.settings, resources.clock.now()
    invitation = None if data.invitation is MISSING else data.invitation
    sign_up.check_is_open(settings.signup.mode, is_invited=invitation is not None)
    await limiter.count(Limit.SIGNUP)
    is_verified_first = settings.signup.verify_email and invitation is None
    if is_verified_first:
        await limiter.count_subject(Limit.MAIL_TO, email_key(data.email))
    await sign_up.check_invitation(read, invitation, now=now)
    await read.close()
    hashed = await accounts.hash_new_password(
        data.password, settings.password.min_length, accounts.names_of(data), resources.passwords
    )
    if is_verified_first:
        await verified_sign_ups.ask(session, data, hashed, now=now)
        return JSONResponse({"status": "check-mail"}, status_code=status.HTTP_202_ACCEPTED)
    user = await sign_up.sign_up(session, data, hashed, invitation=invitation, now=now)
    return await _new_account(session, user, request, response)


@router.post(
    "/setup",
    dependencies=[unless_refused(Limit.SETUP), deps.GoodTokenOrNone],
    status_code=status.HTTP_201_CREATED,
    responses=CREATED
    | problems(
        "invalid-setup-secret",
        "invalid-token",
        "setup-done",
        "email-taken",
        "too-many-requests",
        "unavailable",
    ),
)
async def set_up(
    resources: deps.ResourcesOf,
    limiter: LimiterOf,
    read: deps.ReadSession,
    session: deps.Session,
    data: schemas.SetupRequest,
    request: Request,
    response: Response,
    after: BackgroundTasks,
) -> schemas.User:
    """Make the first administrator with the one-time secret of the first start."""
    await limiter.count(Limit.SETUP)
    await setup.check_secret(read, data.secret, resources.clock)
    minimum = resources.settings.password.min_length
    hashed = await accounts.hash_new_password(
        data.password, minimum, accounts.names_of(data), resources.passwords
    )
    user = await setup.create_administrator(session, data, hashed, clock=resources.clock)
    # Runs once the answer, and so the commit before it, is out.
    after.add_task(setup.remove_secret, resources.settings.data_dir)
    return await _new_account(session, user, request, response)


@router.post(
    "/login",
    dependencies=[deps.GoodTokenOrNone],
    responses=problems("invalid-credentials", "invalid-token", "too-many-requests", "unavailable"),
)
async def login(
    resources: deps.ResourcesOf,
    limiter: LimiterOf,
    issuer: TokenIssuer,
    read: deps.ReadSession,
    session: deps.Session,
    form: Annotated[LoginForm, Depends(get_login_form, scope="function")],
    response: Response,
    user_agent: UserAgent = None,
) -> schemas.Token:
    """Sign in with address and password; without `scope`, with every scope.

    Wrong passwords slow down further tries, also those of others at the same account.
    """
    email, sign_ins, passwords = form.username, resources.sign_ins, resources.passwords
    async with sign_ins.turn(email):
        admitted = await sign_ins.admit(email, limiter.host)
        limiter.tell(admitted.budget)
        now = resources.clock.now()
        async with refused_sign_ins.recorded(resources.throttle, email, now):
            proof = await authentication.check_password(read, email, form.password, passwords)
        user = await authentication.accept(session, proof, now)
        await sign_ins.succeeded(session, admitted)
    wanted = scopes.parse(form.scope) if form.scope.strip() else SCOPES_OF_LOGIN
    response.headers["Cache-Control"] = "no-store"
    return await sessions.start(
        session,
        user,
        issuer,
        wanted=wanted,
        user_agent=user_agent,
        is_remembered=form.remember,
    )


@router.post(
    "/refresh",
    dependencies=[unless_refused(Limit.REFRESH), deps.GoodTokenOrNone],
    responses=problems("invalid-token", "too-many-requests", "unavailable"),
)
async def refresh(
    limiter: LimiterOf,
    issuer: TokenIssuer,
    session: deps.Session,
    data: schemas.RefreshRequest,
    response: Response,
) -> schemas.Token:
    """Exchange a refresh token for the next pair.

    Sent again within 20 seconds, it gives the same successor. Sent later, or after its successor
    was used, it ends the whole sign-in: somebody has a copy.
    """
    await limiter.count(Limit.REFRESH)
    response.headers["Cache-Control"] = "no-store"
    return await sessions.refresh(session, data.refresh_token, issuer)


@router.post(
    "/logout",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=[deps.GoodTokenOrNone],
    responses=problems("invalid-token", "unavailable"),
)
async def logout(
    clock: deps.ClockOf, session: deps.Session, data: schemas.RefreshRequest, request: Request
) -> None:
    """End the sign-in this refresh token belongs to, with all its access tokens, at once."""
    harmless_again(request)
    await sessions.end(session, data.refresh_token, clock.now())


@router.get(
    "/me",
    response_model=schemas.User,
    responses=CACHED | problems(*MAY_BE_LEAVING),
)
async def get_me(
    session: deps.ReadSession,
    account: deps.ProfileReader,
    request: Request,
    response: Response,
) -> schemas.User | Response:
    """The account of the caller."""
    answer = await accounts.profile(session, account.actor, account.user)
    return answered(request, response, answer)


@router.patch(
    "/me",
    responses=CHANGED | problems(*SIGNED_IN, "forbidden", "stale", "precondition-required"),
)
async def update_me(
    clock: deps.ClockOf,
    session: deps.Session,
    actor: deps.ProfileWriter,
    data: schemas.UserUpdate,
    response: Response,
    if_match: deps.IfMatch,
) -> schemas.User:
    """Change the members sent."""
    answer = await accounts.update_profile(session, actor, data, if_match=if_match, now=clock.now())
    response.headers["ETag"] = etag_of_answer(answer)
    return answer


async def _new_account(
    session: deps.Session, user: User, request: Request, response: Response
) -> schemas.User:
    answer = await accounts.profile(session, Actor(user_id=user.id), user)
    created(request, response, "/auth/me")
    response.headers["ETag"] = etag_of_answer(answer)
    return answer
