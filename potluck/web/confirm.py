"""The password once more, before what a browser left open must not do."""

from http import HTTPStatus

from fastapi import APIRouter
from starlette.responses import Response

from potluck.core.errors import Forbidden, TooManyRequests
from potluck.providers import ReadSession, client_host
from potluck.services import password_changes, step_up, web_sessions
from potluck.web import cookies, limits
from potluck.web.deps import CONFIRM, Member, MemberOf, OurForm
from potluck.web.forms import Errors, FormOf
from potluck.web.next_path import own_path
from potluck.web.rendering import Pages, PagesOf

router = APIRouter()

WRONG = "The password is not right."


@router.get(CONFIRM)
async def confirm_form(pages: PagesOf, member: MemberOf, next: str = "") -> Response:
    """Ask for the password of who is signed in."""
    return _show(pages, member, own_path(next))


@router.post(CONFIRM, dependencies=[OurForm])
async def confirm(pages: PagesOf, read: ReadSession, member: MemberOf, form: FormOf) -> Response:
    """Go on in a session of a new id, which counts as signed in just now."""
    next = own_path(form.get("next", ""))
    try:
        cookie, is_remembered = await _confirmed(pages, read, member, form.get("password", ""))
    except Forbidden:
        return _show(pages, member, next, Errors({"password": WRONG}))
    except TooManyRequests as error:
        return limits.told(_show(pages, member, next, limits.wait(error)), error)
    response = pages.go(next or "/")
    cookies.keep(response, cookie, pages.resources.settings, is_remembered=is_remembered)
    return response


async def _confirmed(
    pages: Pages, read: ReadSession, member: Member, password: str
) -> tuple[str, bool]:
    """The cookie of a new session in the place of the browser's, and whether it is remembered."""
    resources, request, sign_ins = pages.resources, pages.request, pages.resources.sign_ins
    async with (
        password_changes.confirmed(
            read,
            member.actor,
            password,
            host=client_host(request),
            sign_ins=sign_ins,
            passwords=resources.passwords,
        ) as confirmed,
        resources.database.transaction() as session,
    ):
        now = resources.clock.now()
        user = await step_up.accept(session, member.actor, confirmed, sign_ins=sign_ins, now=now)
        before = cookies.read(request, resources.settings)
        assert before is not None  # noqa: S101 - the dependency let no stranger in
        agent = request.headers.get("user-agent")
        lives = resources.settings.session
        return await web_sessions.replace(session, before, user, lives, now=now, user_agent=agent)


def _show(pages: Pages, member: Member, next: str, errors: Errors | None = None) -> Response:
    return pages.show(
        "pages/confirm.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        has_form=True,
        values={"email": member.user.email},
        errors=errors or {},
        next=next,
    )
