"""Signing up, in and out, and the first administrator."""

from functools import partial
from http import HTTPStatus
from urllib.parse import urlsplit

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import Response

from potluck import schemas
from potluck.core.errors import (
    EmailTaken,
    Forbidden,
    Invalid,
    InvalidCredentials,
    InvalidSetupSecret,
    SetupDone,
    SignupClosed,
    TooManyRequests,
)
from potluck.models import User
from potluck.providers import ReadSession, Session, client_host
from potluck.services import (
    accounts,
    authentication,
    refused_sign_ins,
    setup,
    sign_up,
    web_sessions,
)
from potluck.services.throttling import Limit
from potluck.web import cookies, invited, limits, mail_requests, once
from potluck.web.deps import VISITOR, OurForm
from potluck.web.forms import Errors, FormOf, sentences, validated
from potluck.web.next_path import own_path
from potluck.web.rendering import Pages, PagesOf
from potluck.web.templating import Flash

router = APIRouter()

#: One sentence for every failure, so that none tells which accounts there are.
WRONG = "The address or the password is not right."
#: The box that keeps a browser signed in.
REMEMBER = "remember"
FORM_REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


@router.get("/login")
async def login_form(pages: PagesOf, next: str = "") -> Response:
    """Sign in."""
    if pages.viewer.user is not None:
        return pages.go(own_path(next) or "/")
    return _login(pages, {}, own_path(next))


@router.post("/login", dependencies=[OurForm])
async def login(pages: PagesOf, form: FormOf, read: ReadSession) -> Response:
    """Start a session under an id that no one knew before."""
    next = own_path(form.get("next", ""))
    if _plain_http(pages) is not None:
        return _login(pages, form, next)
    resources, email = pages.resources, form.get("email", "")
    try:
        with resources.passwords.place():
            async with resources.sign_ins.turn(email):
                cookie = await _sign_in(pages, read, form)
    except InvalidCredentials:
        return _login(pages, form, next, {"": WRONG})
    except TooManyRequests as error:
        return limits.told(_login(pages, form, next, limits.wait(error)), error)
    return _signed_in(pages, cookie, next or "/", email, is_remembered=REMEMBER in form)


@router.post("/logout", dependencies=[OurForm])
async def logout(pages: PagesOf) -> Response:
    """End the session here and in the browser, with what the browser kept of our pages."""
    resources = pages.resources
    value = cookies.read(pages.request, resources.settings)
    if value is not None:
        async with resources.database.transaction() as session:
            await web_sessions.end(session, value, resources.clock.now())
    response = pages.go("/", Flash(text="You are signed out."), session_id=VISITOR)
    cookies.forget(response, resources.settings)
    # Not "cookies": that would sign people out of other services on the same domain.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@router.get("/signup")
async def signup_form(pages: PagesOf, next: str = "") -> Response:
    """Make an account."""
    if pages.viewer.user is not None:
        return pages.go(own_path(next) or "/")
    return _signup(pages, {"next": own_path(next)}, {})


@router.post("/signup", dependencies=[OurForm])
async def signup(pages: PagesOf, form: FormOf, read: ReadSession) -> Response:
    """An account with a household of its own, signed in at once."""
    if _plain_http(pages) is not None:
        return _signup(pages, form, {})
    settings = pages.resources.settings
    errors = Errors()
    try:
        invitation = invited.invitation_of(pages, form)
        sign_up.check_is_open(settings.signup.mode, is_invited=invitation is not None)
        await limits.count(pages, Limit.SIGNUP)
        await sign_up.check_invitation(read, invitation, now=pages.resources.clock.now())
        await read.close()
        data = validated(schemas.UserCreate, _members(schemas.UserCreate, form), errors)
        hashed = await _hashed(pages, form, data, errors)
        if data is None or hashed is None:
            return _signup(pages, form, errors)
        if settings.signup.verify_email and invitation is None:
            return await mail_requests.sign_up(pages, form, data, hashed)
        make = partial(_make_account, pages, data, hashed, invitation)
        cookie = await once.done(pages, form, make)
    except TooManyRequests as error:
        return limits.told(_signup(pages, form, limits.wait(error)), error)
    except (SignupClosed, Forbidden, EmailTaken, Invalid) as error:
        return _signup(pages, form, invited.why_not(error), status=HTTPStatus(error.status))
    next = "" if invitation else own_path(form.get("next", ""))
    return _signed_in(pages, cookie, next or "/", data.email)


@router.get("/setup")
async def setup_form(pages: PagesOf, read: ReadSession) -> Response:
    """Make the first administrator, once."""
    is_done = not await setup.is_open(read)
    return _setup(pages, {}, {}, is_done=is_done)


@router.post("/setup", dependencies=[OurForm])
async def set_up(pages: PagesOf, form: FormOf, read: ReadSession) -> Response:
    """Spend the one-time secret; the administrator is signed in at once."""
    if _plain_http(pages) is not None:
        return _setup(pages, form, {})
    resources, secret = pages.resources, form.get("secret", "").strip()
    errors = Errors()
    try:
        await limits.count(pages, Limit.SETUP)
        await setup.check_secret(read, secret, resources.clock)
        members = _members(schemas.SetupRequest, form) | {"secret": secret}
        data = validated(schemas.SetupRequest, members, errors)
        hashed = await _hashed(pages, form, data, errors)
        if data is None or hashed is None:
            return _setup(pages, form, errors)
        async with resources.database.transaction() as session:
            user = await setup.create_administrator(session, data, hashed, clock=resources.clock)
            cookie = await _start(pages, session, user)
    except SetupDone:
        return _setup(pages, {}, {}, is_done=True)
    except (InvalidSetupSecret, EmailTaken) as error:
        field = "email" if isinstance(error, EmailTaken) else "secret"
        return _setup(pages, form, {field: str(error)})
    except TooManyRequests as error:
        return limits.told(_setup(pages, form, limits.wait(error)), error)
    setup.remove_secret(resources.settings.data_dir)
    return _signed_in(pages, cookie, "/", user.email)


async def _make_account(
    pages: Pages,
    data: schemas.UserCreate,
    hashed: str,
    invitation: str | None,
    session: Session,
) -> str:
    """Gives the session's cookie."""
    now = pages.resources.clock.now()
    user = await sign_up.sign_up(session, data, hashed, invitation=invitation, now=now)
    return await _start(pages, session, user)


async def _sign_in(pages: Pages, read: ReadSession, form: dict[str, str]) -> str:
    """Count, verify, and start a session; gives its cookie."""
    email, password = form.get("email", ""), form.get("password", "")
    resources, sign_ins = pages.resources, pages.resources.sign_ins
    device = cookies.read(pages.request, resources.settings, cookies.DEVICE)
    admitted = await sign_ins.admit(email, client_host(pages.request), device)
    now = resources.clock.now()
    async with refused_sign_ins.recorded(resources.throttle, email, now):
        proof = await authentication.check_password(read, email, password, resources.passwords)
    async with resources.database.transaction() as session:
        user = await authentication.accept(session, proof, now)
        await sign_ins.succeeded(session, admitted)
        return await _start(pages, session, user, is_remembered=REMEMBER in form)


async def _start(pages: Pages, session: Session, user: User, *, is_remembered: bool = False) -> str:
    """A new session, and the end of the one that the browser had."""
    resources, headers = pages.resources, pages.request.headers
    now = resources.clock.now()
    before = cookies.read(pages.request, resources.settings)
    if before is not None:
        await web_sessions.end(session, before, now)
    return await web_sessions.start(
        session,
        user,
        resources.settings.session,
        now=now,
        user_agent=headers.get("user-agent"),
        is_remembered=is_remembered,
    )


def _signed_in(
    pages: Pages, cookie: str, path: str, email: str, *, is_remembered: bool = False
) -> Response:
    """On to the path, in a browser that is known to the account from now on."""
    settings, sign_ins = pages.resources.settings, pages.resources.sign_ins
    response = pages.go(path)
    cookies.keep(response, cookie, settings, is_remembered=is_remembered)
    device = cookies.read(pages.request, settings, cookies.DEVICE)
    known = sign_ins.known(sign_ins.account(email), device)
    cookies.keep(response, known, settings, cookies.DEVICE)
    return response


async def _hashed(
    pages: Pages, form: dict[str, str], data: schemas.UserCreate | None, errors: Errors
) -> str | None:
    """The hash of a password that does, unless something else is wrong already."""
    resources = pages.resources
    minimum = resources.settings.password.min_length
    names = accounts.names_of(data) if data else []
    try:
        await accounts.check_new_password(form.get("password", ""), minimum, names)
    except Invalid as error:
        errors |= sentences(error)
    if errors:
        return None
    return await resources.passwords.hash(form["password"])


def _members(schema: type[BaseModel], form: dict[str, str]) -> dict[str, str]:
    return {name: form.get(name, "") for name in schema.model_fields}


def _login(pages: Pages, form: dict[str, str], next: str, errors: Errors | None = None) -> Response:
    return pages.show(
        "pages/login.html",
        status=FORM_REFUSED if errors else HTTPStatus.OK,
        has_form=True,
        values={name: form.get(name, "") for name in ("email", REMEMBER)},
        errors=errors or {},
        next=next,
        plain_http=_plain_http(pages),
    )


def _signup(
    pages: Pages, form: dict[str, str], errors: Errors, *, status: int | None = None
) -> Response:
    settings = pages.resources.settings
    return pages.show(
        "pages/signup.html",
        status=status or (FORM_REFUSED if errors else HTTPStatus.OK),
        has_form=True,
        values=_without_password(form) | {once.FIELD: once.named(form)},
        errors=errors,
        min_length=settings.password.min_length,
        next=own_path(form.get("next", "")),
        is_closed=settings.signup.mode == "closed",
        needs_invitation=settings.signup.mode == "invite"
        and invited.invitation_of(pages, form) is None,
        plain_http=_plain_http(pages),
    )


def _setup(
    pages: Pages, form: dict[str, str], errors: Errors, *, is_done: bool = False
) -> Response:
    status = HTTPStatus.GONE if is_done else FORM_REFUSED if errors else HTTPStatus.OK
    return pages.show(
        "pages/setup.html",
        status=status,
        has_form=True,
        values=_without_password(form),
        errors=errors,
        min_length=pages.resources.settings.password.min_length,
        is_done=is_done,
        plain_http=_plain_http(pages),
    )


def _without_password(form: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in form.items() if name != "password"}


def _plain_http(pages: Pages) -> dict[str, str] | None:
    """What to say where the browser would drop the sign-in; None where it keeps it."""
    settings = pages.resources.settings
    if cookies.can_be_kept(pages.request, settings):
        return None
    host = pages.request.headers.get("host", "")
    port = urlsplit(settings.public_url).port if settings.base_url is None else None
    local = f"http://localhost:{port or settings.server.port}"
    return {"host": host, "local_url": local + pages.link(pages.path)}
