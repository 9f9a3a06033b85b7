"""The page on which people choose a password by the link of a mail."""

from http import HTTPStatus

from fastapi import APIRouter
from starlette.responses import Response

from potluck.core.errors import Invalid, NotFound, TooManyRequests
from potluck.models import User
from potluck.providers import ReadSession
from potluck.services import password_resets
from potluck.services.throttling import Limit
from potluck.web import limits
from potluck.web.deps import VISITOR, OurForm
from potluck.web.forms import Errors, FormOf, sentences
from potluck.web.passwords import REVOKE
from potluck.web.rendering import Pages, PagesOf
from potluck.web.templating import Flash

router = APIRouter()

PATH = "/reset"
DONE = "Your password is changed. Sign in with it."


@router.get(PATH)
async def reset_form(pages: PagesOf, read: ReadSession, token: str = "") -> Response:
    """Choose a password. Opening the link uses nothing up."""
    try:
        await password_resets.check_link(read, token, now=pages.resources.clock.now())
    except NotFound:
        return _gone(pages)
    return _show(pages, token, is_revoked=True)


@router.post(PATH, dependencies=[OurForm])
async def reset(pages: PagesOf, read: ReadSession, form: FormOf) -> Response:
    """Store it, and go on to the sign-in."""
    token, is_revoked = form.get("token", ""), REVOKE in form
    try:
        await limits.count(pages, Limit.REDEMPTION)
        user = await _set(pages, read, token, form.get("password", ""), is_revoked=is_revoked)
    except NotFound:
        return _gone(pages)
    except Invalid as error:
        return _show(pages, token, is_revoked=is_revoked, errors=sentences(error))
    except TooManyRequests as error:
        shown = _show(pages, token, is_revoked=is_revoked, errors=limits.wait(error))
        return limits.told(shown, error)
    viewer = pages.viewer
    has_ended = viewer.user is None or viewer.user.id == user.id
    session_id = VISITOR if has_ended else viewer.session_id
    return pages.go("/login", Flash(text=DONE), session_id=session_id)


async def _set(
    pages: Pages, read: ReadSession, token: str, password: str, *, is_revoked: bool
) -> User:
    resources = pages.resources
    minimum, now = resources.settings.password.min_length, resources.clock.now()
    await password_resets.check_wanted(read, token, password, minimum, now=now)
    password_hash = await resources.passwords.hash(password)
    async with resources.database.transaction() as session:
        return await password_resets.finish(
            session,
            token,
            password_hash,
            has_tokens_revoked=is_revoked,
            sign_ins=resources.sign_ins,
            now=now,
        )


def _gone(pages: Pages) -> Response:
    return _page(pages, status=HTTPStatus.NOT_FOUND, is_open=False)


def _show(pages: Pages, token: str, *, is_revoked: bool, errors: Errors | None = None) -> Response:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    return _page(
        pages, status=status, is_open=True, token=token, is_revoked=is_revoked, errors=errors
    )


def _page(
    pages: Pages,
    *,
    status: HTTPStatus,
    is_open: bool,
    token: str = "",
    is_revoked: bool = False,
    errors: Errors | None = None,
) -> Response:
    response = pages.show(
        "pages/reset.html",
        status=status,
        has_form=True,
        is_open=is_open,
        token=token,
        is_revoked=is_revoked,
        errors=errors or {},
        min_length=pages.resources.settings.password.min_length,
    )
    # The address of this page is the right to do what it does.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
