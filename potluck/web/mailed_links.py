"""Pages behind the links of mails about addresses: a button on each does what it says.

Opening one changes nothing, as programs that look through mail open links, too.
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from fastapi import APIRouter
from starlette.responses import Response

from potluck.core.errors import EmailTaken, NotFound, TooManyRequests
from potluck.domain.one_time_links import LinkKind
from potluck.providers import ReadSession, Session
from potluck.services import email_changes, verified_sign_ups, web_sessions
from potluck.services.throttling import Limit
from potluck.web import cookies, limits
from potluck.web.deps import VISITOR, OurForm
from potluck.web.forms import Errors, FormOf
from potluck.web.rendering import Pages, PagesOf
from potluck.web.templating import Flash

router = APIRouter()

VERIFY, CHANGE, CANCEL = "/verify", "/email-change", "/email-change/cancel"
#: Heading, and the button.
WORDS = {
    VERIFY: ("Confirm your address", "Make my account"),
    CHANGE: ("Confirm your new address", "Use this address"),
    CANCEL: ("Keep your address", "Keep this address"),
}
MADE = "Your account is made. Sign in with your address and password."
CHANGED = "The address of your account is changed. Sign in with it from now on."
KEPT = "Your account keeps this address."
RESTORED = (
    "Your account has this address again, and everything is signed out. Choose a new password now:"
    " somebody else was signed in."
)


@router.get(VERIFY)
async def verify_form(pages: PagesOf, read: ReadSession, token: str = "") -> Response:
    """What the link of a sign-up does."""
    try:
        link = await verified_sign_ups.check_link(read, token, now=pages.resources.clock.now())
    except NotFound:
        return _gone(pages, VERIFY)
    words = f"An account for {link.display_name} is made with the address {link.address}."
    return _show(pages, VERIFY, token, words)


@router.post(VERIFY, dependencies=[OurForm])
async def verify(pages: PagesOf, form: FormOf) -> Response:
    """Make the account."""

    async def work(session: Session, token: str) -> tuple[str, str]:
        await verified_sign_ups.finish(session, token, now=pages.resources.clock.now())
        return "/login", MADE

    return await _done(pages, VERIFY, form, work)


@router.get(CHANGE)
async def change_form(pages: PagesOf, read: ReadSession, token: str = "") -> Response:
    """What the link to a new address does."""
    return await _about(pages, read, CHANGE, LinkKind.EMAIL_CHANGE, token)


@router.post(CHANGE, dependencies=[OurForm])
async def change(pages: PagesOf, form: FormOf) -> Response:
    """Make the new address the account's."""

    async def work(session: Session, token: str) -> tuple[str, str]:
        await email_changes.confirm(session, token, now=pages.resources.clock.now())
        return "/", CHANGED

    return await _done(pages, CHANGE, form, work)


@router.get(CANCEL)
async def cancel_form(pages: PagesOf, read: ReadSession, token: str = "") -> Response:
    """What the link to the old address does."""
    return await _about(pages, read, CANCEL, LinkKind.EMAIL_CANCEL, token)


@router.post(CANCEL, dependencies=[OurForm])
async def cancel(pages: PagesOf, form: FormOf) -> Response:
    """Keep the old address, or put it back."""

    async def work(session: Session, token: str) -> tuple[str, str]:
        has_changed = await email_changes.cancel(session, token, now=pages.resources.clock.now())
        return ("/forgot", RESTORED) if has_changed else ("/", KEPT)

    return await _done(pages, CANCEL, form, work)


async def _about(
    pages: Pages, read: ReadSession, path: str, kind: LinkKind, token: str
) -> Response:
    try:
        link, user = await email_changes.check_link(
            read, kind, token, now=pages.resources.clock.now()
        )
    except NotFound:
        return _gone(pages, path)
    verb = "has" if path == CHANGE else "keeps"
    return _show(
        pages, path, token, f"{user.display_name}'s account then {verb} the address {link.address}."
    )


async def _done(
    pages: Pages,
    path: str,
    form: dict[str, str],
    work: Callable[[Session, str], Awaitable[tuple[str, str]]],
) -> Response:
    token = form.get("token", "")
    try:
        await limits.count(pages, Limit.REDEMPTION)
        async with pages.resources.database.transaction() as session:
            to, said = await work(session, token)
    except NotFound:
        return _gone(pages, path)
    except EmailTaken as error:
        return _show(pages, path, token, "", Errors({"": str(error)}), HTTPStatus.CONFLICT)
    except TooManyRequests as error:
        return limits.told(_show(pages, path, token, "", limits.wait(error)), error)
    async with pages.resources.database.reading() as session:
        is_signed_in = await _is_signed_in(pages, session)
    session_id = pages.viewer.session_id if is_signed_in else VISITOR
    return pages.go(to, Flash(text=said), session_id=session_id)


async def _is_signed_in(pages: Pages, session: Session) -> bool:
    """Whether the browser still is: what was done may have ended its session."""
    value = cookies.read(pages.request, pages.resources.settings)
    return await web_sessions.find(session, value, pages.resources.clock.now()) is not None


def _gone(pages: Pages, path: str) -> Response:
    return _page(pages, path, HTTPStatus.NOT_FOUND, is_open=False)


def _show(
    pages: Pages,
    path: str,
    token: str,
    words: str,
    errors: Errors | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    return _page(pages, path, status, is_open=True, token=token, words=words, errors=errors)


def _page(
    pages: Pages,
    path: str,
    status: HTTPStatus,
    *,
    is_open: bool,
    token: str = "",
    words: str = "",
    errors: Errors | None = None,
) -> Response:
    heading, button = WORDS[path]
    response = pages.show(
        "pages/mailed_link.html",
        status=status,
        has_form=True,
        action=path,
        heading=heading,
        button=button,
        is_open=is_open,
        token=token,
        words=words,
        errors=errors or {},
    )
    # The address of this page is the right to do what it does.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
