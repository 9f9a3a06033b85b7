"""Pages that have a mail sent: for a lost password, a sign-up that waits, another address."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from fastapi import APIRouter
from starlette.responses import Response

from potluck.core.errors import TooManyRequests
from potluck.domain.email_address import email_key
from potluck.providers import ReadSession, Session
from potluck.schemas.user import Address, UserCreate
from potluck.services import email_changes, password_resets, verified_sign_ups
from potluck.services.throttling import Limit
from potluck.web import limits, once
from potluck.web.deps import MemberOf, OurForm, recent_login
from potluck.web.forms import Errors, FormOf, validated
from potluck.web.rendering import Pages, PagesOf

router = APIRouter()

FORGOT, AGAIN, EMAIL = "/forgot", "/verify/again", "/account/email"
#: Heading, what the form is for, and its button.
WORDS = {
    FORGOT: (
        "Forgot your password?",
        "We mail a link to the address of your account. With it you choose a new password.",
        "Mail me a link",
    ),
    AGAIN: (
        "No mail yet?",
        "Look into the folder for spam first. Then have the mail of your sign-up sent once more.",
        "Send it again",
    ),
    EMAIL: (
        "Change your address",
        "We mail a link to the new address. Nothing changes before you use it.",
        "Mail me a link",
    ),
}
#: What was done, in the same words whoever has the address.
SENT = {
    FORGOT: "If there is an account with this address, a mail is on its way to it. Its link works"
    " for 30 minutes.",
    AGAIN: "If a sign-up of this address waits, the mail is on its way. Its link works for 24"
    " hours.",
    EMAIL: "A mail is on its way to the new address, and one to the old. The link works for"
    " 24 hours.",
}

SIGNED_UP = (
    "We have written to the address. Use the link in the mail within 24 hours, then sign in."
)


@router.get(FORGOT)
async def forgot_form(pages: PagesOf) -> Response:
    """Ask for a link that resets a password."""
    return _show(pages, FORGOT, {})


@router.post(FORGOT, dependencies=[OurForm])
async def forgot(pages: PagesOf, form: FormOf) -> Response:
    """Have it mailed, to whoever has the address."""

    async def ask(session: Session, email: str) -> None:
        await password_resets.ask(session, email, now=pages.resources.clock.now())

    return await _asked(pages, FORGOT, form, ask)


@router.get(AGAIN)
async def again_form(pages: PagesOf) -> Response:
    """Ask for the mail of a sign-up once more."""
    return _show(pages, AGAIN, {})


@router.post(AGAIN, dependencies=[OurForm])
async def again(pages: PagesOf, form: FormOf) -> Response:
    """Have it sent, if a sign-up waits."""

    async def ask(session: Session, email: str) -> None:
        await verified_sign_ups.ask_again(session, email, now=pages.resources.clock.now())

    return await _asked(pages, AGAIN, form, ask)


@router.get(EMAIL)
async def email_form(pages: PagesOf, member: MemberOf, read: ReadSession) -> Response:
    """Ask for another address of the account, as filled in before a confirmation."""
    del member, read
    return _show(pages, EMAIL, dict(pages.request.query_params))


@router.post(EMAIL, dependencies=[OurForm, recent_login(EMAIL, keeps=("email",))])
async def email(pages: PagesOf, member: MemberOf, form: FormOf) -> Response:
    """Have both addresses written to."""

    async def ask(session: Session, wanted: str) -> None:
        await email_changes.ask(session, member.actor, wanted, now=pages.resources.clock.now())

    return await _asked(pages, EMAIL, form, ask)


async def sign_up(
    pages: Pages, form: dict[str, str], data: UserCreate, password_hash: str
) -> Response:
    """The account is made by the link of a mail; the same page whoever has the address.

    Raises `TooManyRequests`.
    """

    async def ask(session: Session) -> str:
        now = pages.resources.clock.now()
        await verified_sign_ups.ask(session, data, password_hash, now=now)
        return ""

    await pages.resources.throttle.take(Limit.MAIL_TO, email_key(data.email))
    await once.done(pages, form, ask)
    return sent(pages, SIGNED_UP)


def sent(pages: Pages, words: str) -> Response:
    """The page that sends people to their mail."""
    return pages.show(
        "pages/check_mail.html", status=HTTPStatus.ACCEPTED, has_form=True, words=words
    )


async def _asked(
    pages: Pages,
    path: str,
    form: dict[str, str],
    ask: Callable[[Session, str], Awaitable[None]],
) -> Response:
    errors = Errors()
    data = validated(Address, {"email": form.get("email", "")}, errors)
    if data is None:
        return _show(pages, path, form, errors)
    try:
        await limits.count(pages, Limit.MAIL)
        await pages.resources.throttle.take(Limit.MAIL_TO, email_key(data.email))
    except TooManyRequests as error:
        return limits.told(_show(pages, path, form, limits.wait(error)), error)
    async with pages.resources.database.transaction() as session:
        await ask(session, data.email)
    return sent(pages, SENT[path])


def _show(pages: Pages, path: str, form: dict[str, str], errors: Errors | None = None) -> Response:
    heading, words, button = WORDS[path]
    user = pages.viewer.user
    return pages.show(
        "pages/mail_request.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        has_form=True,
        action=path,
        heading=heading,
        words=words,
        button=button,
        current=user.email if user is not None and path == EMAIL else "",
        can_send=pages.resources.settings.mail.way not in {"none", "file"},
        values={"email": form.get("email", "")},
        errors=errors or {},
    )
