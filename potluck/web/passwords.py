"""The page on which people choose another password."""

from http import HTTPStatus

from fastapi import APIRouter
from starlette.responses import Response

from potluck import schemas
from potluck.core.errors import Forbidden, Invalid, TooManyRequests
from potluck.models import User
from potluck.providers import ReadSession, Session, client_host
from potluck.services import password_changes, personal_tokens, web_sessions
from potluck.web import cookies, limits
from potluck.web.deps import Member, MemberOf, OurForm
from potluck.web.forms import Errors, FormOf, sentences
from potluck.web.rendering import Pages, PagesOf
from potluck.web.templating import Flash

router = APIRouter()

PATH = "/account/password"
#: The box that has the tokens of scripts end as well.
REVOKE = "revoke_personal_tokens"
DONE = "Your password is changed, and you are signed out everywhere else."


@router.get(PATH)
async def password_form(pages: PagesOf, read: ReadSession, member: MemberOf) -> Response:
    """Choose another password."""
    return await _show(pages, read, member, {})


@router.post(PATH, dependencies=[OurForm])
async def change_password(
    pages: PagesOf, read: ReadSession, member: MemberOf, form: FormOf
) -> Response:
    """Change it, end every session, and go on in a new one."""
    try:
        cookie, is_remembered, session_id = await _changed(pages, read, member, form)
    except Invalid as error:
        return await _show(pages, read, member, form, sentences(error))
    except Forbidden as error:
        return await _show(pages, read, member, form, Errors(current_password=str(error)))
    except TooManyRequests as error:
        shown = await _show(pages, read, member, form, limits.wait(error))
        return limits.told(shown, error)
    response = pages.go(PATH, Flash(text=DONE), session_id=session_id)
    cookies.keep(response, cookie, pages.resources.settings, is_remembered=is_remembered)
    return response


async def _changed(
    pages: Pages, read: ReadSession, member: Member, form: dict[str, str]
) -> tuple[str, bool, str]:
    """The new session's cookie, whether it is remembered, and its id.

    Raises what `password_changes` does.
    """
    resources, actor = pages.resources, member.actor
    sign_ins, passwords = resources.sign_ins, resources.passwords
    wanted, minimum = form.get("new_password", ""), resources.settings.password.min_length
    await password_changes.check_wanted(read, actor, wanted, minimum)
    async with password_changes.confirmed(
        read,
        actor,
        form.get("current_password", ""),
        host=client_host(pages.request),
        sign_ins=sign_ins,
        passwords=passwords,
    ) as confirmed:
        password_hash = await passwords.hash(wanted)
        async with resources.database.transaction() as session:
            user = await password_changes.change(
                session,
                actor,
                confirmed,
                password_hash,
                has_tokens_revoked=REVOKE in form,
                sign_ins=sign_ins,
                now=resources.clock.now(),
            )
            return await _go_on(pages, session, user)


async def _go_on(pages: Pages, session: Session, user: User) -> tuple[str, bool, str]:
    """In a session of a new id, which ends when the one before would have."""
    resources, request = pages.resources, pages.request
    now, before = resources.clock.now(), cookies.read(request, resources.settings)
    assert before is not None  # noqa: S101 - the dependency let no stranger in
    agent = request.headers.get("user-agent")
    lives = resources.settings.session
    cookie, is_remembered = await web_sessions.replace(
        session, before, user, lives, now=now, user_agent=agent
    )
    started = await web_sessions.find(session, cookie, now)
    assert started is not None  # noqa: S101 - it was started a line before
    return cookie, is_remembered, started.session_id


async def _show(
    pages: Pages,
    read: ReadSession,
    member: Member,
    form: dict[str, str],
    errors: Errors | None = None,
) -> Response:
    tokens: list[schemas.PersonalToken] = await personal_tokens.of_user(
        read, member.actor, member.user.id
    )
    return pages.show(
        "pages/password.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        has_form=True,
        tokens=[token.name for token in tokens],
        is_revoked=REVOKE in form,
        values={"email": member.user.email},
        errors=errors or {},
        min_length=pages.resources.settings.password.min_length,
    )
