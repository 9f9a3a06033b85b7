"""What is a person's own: an archive to take along, the end of the account, and its undoing."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from potluck.core.errors import LastAdministrator, LastOwner, TooManyRequests
from potluck.core.paging import PageRequest
from potluck.providers import Download, ReadSession
from potluck.services import account_deletions, exports
from potluck.services.account_deletions import RESTORE, WAIT
from potluck.services.throttling import Limit
from potluck.web import cookies, limits
from potluck.web.deps import VISITOR, Member, MemberOf, OurForm, recent_login
from potluck.web.forms import Errors, FormOf
from potluck.web.rendering import Pages, PagesOf
from potluck.web.templating import Flash

router = APIRouter()

PATH = "/account/data"
#: The box without which nothing is deleted.
SURE = "sure"
ASKED = (
    "You are signed out, and your account will be deleted in seven days. To keep it, sign in until"
    " then."
)
KEPT = "Your account stays."
EXPORTING = "Your data is being put together. A mail tells you when it is ready."
#: Archives that the page lists.
MOST_EXPORTS = 10


@router.get(PATH)
async def own_data(pages: PagesOf, read: ReadSession, member: MemberOf) -> Response:
    """What deleting the account means, and the form that does it."""
    return await _show(pages, read, member)


@router.post(f"{PATH}/export", dependencies=[OurForm, recent_login(PATH)])
async def export(pages: PagesOf, read: ReadSession, member: MemberOf) -> Response:
    """Have an archive made, and look how far it is."""
    await read.close()
    try:
        await limits.count(pages, Limit.EXPORT)
    except TooManyRequests as error:
        return limits.told(await _show(pages, read, member, limits.wait(error)), error)
    now = pages.resources.clock.now()
    async with pages.resources.database.transaction() as session:
        await exports.ask(session, member.actor, now=now)
    return pages.go(PATH, Flash(text=EXPORTING))


@router.get(f"{PATH}/exports/{{export_id:uuid}}")
async def export_file(
    pages: PagesOf, read: ReadSession, member: MemberOf, export_id: UUID
) -> Response:
    """The archive, to be kept by the browser."""
    resources = pages.resources
    now = resources.clock.now()
    made = await exports.fetch(read, member.actor, export_id, now=now)
    await read.close()  # no connection is held while the file is sent
    path = await exports.path_of(resources.settings.exports_dir, made)
    async with resources.database.transaction() as session:
        exports.note_download(session, member.actor, export_id, now=now)
    return Download(path, **exports.SENT_AS)


@router.post(f"{PATH}/delete", dependencies=[OurForm, recent_login(PATH)])
async def delete_account(
    pages: PagesOf, read: ReadSession, member: MemberOf, form: FormOf
) -> Response:
    """Have the account deleted in seven days, and forget the browser's session."""
    if SURE not in form:
        errors = Errors({SURE: "Tick the box if you want your account to be deleted."})
        return await _show(pages, read, member, errors)
    now = pages.resources.clock.now()
    try:
        async with pages.resources.database.transaction() as session:
            await account_deletions.schedule(session, member.actor, if_match="*", now=now)
    except (LastOwner, LastAdministrator) as error:
        status = HTTPStatus(error.status)
        return await _show(pages, read, member, Errors({"": str(error)}), status=status)
    response = pages.go("/", Flash(text=ASKED), session_id=VISITOR)
    cookies.forget(response, pages.resources.settings)
    return response


@router.get(RESTORE)
async def restore_form(pages: PagesOf, member: MemberOf) -> Response:
    """All that somebody sees whose account is about to be deleted."""
    until = member.user.deletion_at
    if until is None:
        return pages.go(PATH)
    return pages.show("pages/restore.html", has_form=True, deletion_at=until.isoformat())


@router.post(RESTORE, dependencies=[OurForm])
async def restore(pages: PagesOf, member: MemberOf) -> Response:
    """Keep the account after all."""
    now = pages.resources.clock.now()
    async with pages.resources.database.transaction() as session:
        await account_deletions.undo(session, member.actor, now=now)
    return pages.go("/", Flash(text=KEPT))


async def _show(
    pages: Pages,
    read: ReadSession,
    member: Member,
    errors: Errors | None = None,
    *,
    status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY,
) -> Response:
    found = await account_deletions.consequences(read, member.user)
    paging = PageRequest(MOST_EXPORTS, None, pages.resources.cursors, "")
    now = pages.resources.clock.now()
    archives, _ = await exports.page(read, member.actor, paging, now=now)
    return pages.show(
        "pages/own_data.html",
        status=status if errors else HTTPStatus.OK,
        has_form=True,
        exports=[each.model_dump(mode="json") for each in archives],
        is_exporting=any(each.ended_at is None for each in archives),
        goes=found.goes,
        held=[{"id": str(id), "name": name} for id, name in found.held],
        days=WAIT.days,
        errors=errors or {},
    )
