"""Accounts, for who looks after the instance: found, disabled, promoted, signed out."""

from dataclasses import replace
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from potluck.core.errors import LastAdministrator
from potluck.providers import ReadSession
from potluck.schemas.administration import Account, AccountFilter, AccountUpdate
from potluck.services import accounts_admin, sign_ins_admin
from potluck.web.deps import AdministratorOf, Member, OurForm, recent_login
from potluck.web.home import page_request
from potluck.web.rendering import Pages, PagesOf
from potluck.web.sessions import shown
from potluck.web.templating import Flash

router = APIRouter()

PATH = "/admin/users"
ONE = PATH + "/{user_id:uuid}"
RECENT = recent_login(PATH + "/{user_id}")
PER_PAGE = 24
#: Of one account, so many of its sessions and tokens.
MOST_SHOWN = 50
SHOWS: dict[str, tuple[str, dict[str, bool]]] = {
    "": ("All", {}),
    "administrators": ("Administrators", {"is_instance_admin": True}),
    "disabled": ("Disabled", {"is_disabled": True}),
}


@router.get(PATH)
async def users(pages: PagesOf, read: ReadSession, administrator: AdministratorOf) -> Response:
    """Every account, newest first."""
    query = pages.request.query_params
    values = {"q": query.get("q", "").strip()[:200], "show": query.get("show", "")}
    wanted = SHOWS.get(values["show"], SHOWS[""])[1]
    filter = AccountFilter.model_validate({"q": values["q"] or None} | wanted)
    paging = page_request(pages, PER_PAGE)
    found, cursor = await accounts_admin.page(read, administrator.actor, filter, paging)
    return pages.show(
        "pages/admin_users.html",
        has_form=True,
        accounts=[each.model_dump(mode="json") for each in found],
        values=values,
        shows=[(value, words) for value, (words, _) in SHOWS.items()],
        next_cursor=cursor,
        is_first_page=paging.cursor is None,
    )


@router.get(ONE)
async def user(
    pages: PagesOf, read: ReadSession, administrator: AdministratorOf, user_id: UUID
) -> Response:
    """One account, with what it is signed in with."""
    actor, now = administrator.actor, pages.resources.clock.now()
    account = accounts_admin.answer(await accounts_admin.get(read, actor, user_id))
    paging = replace(page_request(pages, MOST_SHOWN), cursor=None)
    sessions, more_sessions = await sign_ins_admin.sessions(read, actor, user_id, paging, now=now)
    tokens, more_tokens = await sign_ins_admin.tokens(read, actor, user_id, paging)
    return pages.show(
        "pages/admin_user.html",
        has_form=True,
        account=account.model_dump(mode="json"),
        is_me=user_id == administrator.user.id,
        acts=_acts(account),
        sessions=[shown(each) for each in sessions],
        has_more_sessions=more_sessions is not None,
        tokens=[each.model_dump(mode="json") for each in tokens],
        has_more_tokens=more_tokens is not None,
    )


@router.post(ONE + "/disable", dependencies=[OurForm, RECENT])
async def disable(pages: PagesOf, administrator: AdministratorOf, user_id: UUID) -> Response:
    """Let nobody in any more."""
    said = "The account is disabled and signed out everywhere."
    return await _change(pages, administrator, user_id, said, is_disabled=True)


@router.post(ONE + "/enable", dependencies=[OurForm, RECENT])
async def enable(pages: PagesOf, administrator: AdministratorOf, user_id: UUID) -> Response:
    """Let it be signed in to again."""
    said = "The account can be signed in to again."
    return await _change(pages, administrator, user_id, said, is_disabled=False)


@router.post(ONE + "/promote", dependencies=[OurForm, RECENT])
async def promote(pages: PagesOf, administrator: AdministratorOf, user_id: UUID) -> Response:
    """Make an administrator."""
    said = "The account is an administrator."
    return await _change(pages, administrator, user_id, said, is_instance_admin=True)


@router.post(ONE + "/demote", dependencies=[OurForm, RECENT])
async def demote(pages: PagesOf, administrator: AdministratorOf, user_id: UUID) -> Response:
    """Take the rights of an administrator."""
    said = "The account is no administrator any more."
    return await _change(pages, administrator, user_id, said, is_instance_admin=False)


@router.post(ONE + "/password-reset", dependencies=[OurForm, RECENT])
async def reset_password(pages: PagesOf, administrator: AdministratorOf, user_id: UUID) -> Response:
    """Have its owner mailed a link that resets the password."""
    now = pages.resources.clock.now()
    async with pages.resources.database.transaction() as session:
        await sign_ins_admin.mail_reset_link(session, administrator.actor, user_id, now=now)
    said = "A link with which a new password can be chosen is on its way to the account's address."
    return pages.go(f"{PATH}/{user_id}", Flash(text=said))


@router.post(ONE + "/end-sessions", dependencies=[OurForm, RECENT])
async def end_sessions(pages: PagesOf, administrator: AdministratorOf, user_id: UUID) -> Response:
    """End every session of the account."""
    now = pages.resources.clock.now()
    async with pages.resources.database.transaction() as session:
        await sign_ins_admin.end_sessions(session, administrator.actor, user_id, now=now)
    return pages.go(f"{PATH}/{user_id}", Flash(text="All its sessions are ended."))


@router.post(ONE + "/sessions/{session_id:uuid}/end", dependencies=[OurForm, RECENT])
async def end_session(
    pages: PagesOf, administrator: AdministratorOf, user_id: UUID, session_id: UUID
) -> Response:
    """End one session of the account."""
    actor, now = administrator.actor, pages.resources.clock.now()
    async with pages.resources.database.transaction() as session:
        await sign_ins_admin.end_session(session, actor, user_id, session_id, now=now)
    return pages.go(f"{PATH}/{user_id}", Flash(text="The session is ended."))


@router.post(ONE + "/tokens/{token_id:uuid}/revoke", dependencies=[OurForm, RECENT])
async def revoke_token(
    pages: PagesOf, administrator: AdministratorOf, user_id: UUID, token_id: UUID
) -> Response:
    """Revoke a personal token of the account."""
    actor, now = administrator.actor, pages.resources.clock.now()
    async with pages.resources.database.transaction() as session:
        await sign_ins_admin.revoke_token(session, actor, user_id, token_id, now=now)
    return pages.go(f"{PATH}/{user_id}", Flash(text="The token is revoked."))


async def _change(
    pages: Pages, administrator: Member, user_id: UUID, said: str, **changes: bool
) -> Response:
    clock, actor = pages.resources.clock, administrator.actor
    message = Flash(text=said)
    try:
        async with pages.resources.database.transaction() as session:
            await accounts_admin.update(
                session, actor, user_id, AccountUpdate(**changes), if_match="*", clock=clock
            )
    except LastAdministrator as error:
        message = Flash(text=str(error), kind="problem")
    is_still_one = user_id != administrator.user.id or message.kind == "problem"
    return pages.go(f"{PATH}/{user_id}" if is_still_one else "/", message)


def _acts(account: Account) -> list[tuple[str, str]]:
    """What can be done to the account, as it stands."""
    if account.is_disabled:
        found = [("enable", "Enable the account")]
    else:
        found = [("disable", "Disable the account"), ("password-reset", "Mail a reset link")]
    if account.is_instance_admin:
        found.append(("demote", "Take the administrator's rights"))
    elif not account.is_disabled:
        found.append(("promote", "Make an administrator"))
    return found
