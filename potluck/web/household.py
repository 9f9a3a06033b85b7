"""One household: who belongs to it, its settings, and the way out."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, TypeVar
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from potluck import crud, schemas
from potluck.core.errors import Conflict, Invalid, PreconditionRequired, Stale
from potluck.core.paging import PageRequest
from potluck.domain.roles import MANAGERS, Role
from potluck.models import Household
from potluck.providers import ReadSession, Session
from potluck.schemas.household import HouseholdUpdate, MemberUpdate, TransferRequest
from potluck.services import household_trash, households, invitations, members
from potluck.services.preconditions import etag_of
from potluck.web import once
from potluck.web.deps import Member, MemberOf, OurForm, recent_login
from potluck.web.forms import Errors, FormOf, sentences, validated
from potluck.web.home import page_request
from potluck.web.rendering import Pages, PagesOf
from potluck.web.templating import Flash

router = APIRouter()

T = TypeVar("T")

OF_ONE = "/households/{household_id:uuid}"
#: Where who has to confirm the password goes on.
BACK = "/households/{household_id}"
PER_PAGE = 50
#: What people call the roles.
ROLES = {
    Role.OWNER: "Owner",
    Role.ADMIN: "Admin",
    Role.EDITOR: "Editor",
    Role.CONTRIBUTOR: "Contributor",
    Role.VIEWER: "Viewer",
}
SETTINGS = tuple(HouseholdUpdate.model_fields)


def path_of(id: UUID) -> str:
    """The page of a household."""
    return f"/households/{id}"


@router.get(OF_ONE)
async def household(
    pages: PagesOf, read: ReadSession, member: MemberOf, household_id: UUID
) -> Response:
    """Who belongs to it, and what the person may do about that."""
    return await show(pages, read, member, household_id, {})


@router.post(OF_ONE, dependencies=[OurForm])
async def update(
    pages: PagesOf, read: ReadSession, member: MemberOf, household_id: UUID, form: FormOf
) -> Response:
    """Change the settings."""
    errors = Errors()
    members = {name: form.get(name, "") for name in SETTINGS}
    data = validated(HouseholdUpdate, members, errors)
    if data is None:
        return await show(pages, read, member, household_id, form, errors)
    now = pages.resources.clock.now()
    try:
        async with pages.resources.database.transaction() as session:
            await households.update(
                session, member.actor, household_id, data, if_match=form.get("etag"), now=now
            )
    except Invalid as error:
        return await show(pages, read, member, household_id, form, sentences(error))
    except Stale:
        said = Errors({"": "Someone else changed the settings meanwhile: look, and save again."})
        return await show(pages, read, member, household_id, {}, said)
    return pages.go(path_of(household_id), Flash(text="Saved."))


@router.post(OF_ONE + "/members/{user_id:uuid}", dependencies=[OurForm])
async def change_role(
    pages: PagesOf, member: MemberOf, household_id: UUID, user_id: UUID, form: FormOf
) -> Response:
    """Give a member another role."""
    errors = Errors()
    data = validated(MemberUpdate, {"role": form.get("role", "")}, errors)
    if data is None:
        problem = Flash(text="Choose one of the roles.", kind="problem")
        return pages.go(path_of(household_id), problem)
    now = pages.resources.clock.now()

    async def change(session: Session) -> schemas.Member:
        return await members.change_role(
            session, member.actor, household_id, user_id, data, now=now
        )

    changed = await attempted(pages, change)
    if isinstance(changed, Flash):
        return pages.go(path_of(household_id), changed)
    done = f"{changed.display_name} is now {ROLES[changed.role]}."
    return pages.go(path_of(household_id), Flash(text=done))


@router.post(OF_ONE + "/members/{user_id:uuid}/remove", dependencies=[OurForm])
async def remove(pages: PagesOf, member: MemberOf, household_id: UUID, user_id: UUID) -> Response:
    """Take somebody out of the household, or leave it."""
    now = pages.resources.clock.now()

    async def end(session: Session) -> None:
        await members.remove(session, member.actor, household_id, user_id, now=now)

    refused = await attempted(pages, end)
    if refused is not None:
        return pages.go(path_of(household_id), refused)
    if user_id == member.user.id:
        return pages.go("/households", Flash(text="You have left the household."))
    return pages.go(path_of(household_id), Flash(text="They no longer belong to the household."))


@router.post(OF_ONE + "/transfer", dependencies=[OurForm, recent_login(BACK)])
async def transfer(
    pages: PagesOf, read: ReadSession, member: MemberOf, household_id: UUID, form: FormOf
) -> Response:
    """Hand the household over to another member."""
    errors = Errors()
    data = validated(TransferRequest, {"user_id": form.get("user_id", "")}, errors)
    if data is None:
        return await show(pages, read, member, household_id, form, errors)
    now = pages.resources.clock.now()
    try:
        async with pages.resources.database.transaction() as session:
            owner = await members.transfer(
                session, member.actor, household_id, data.user_id, now=now
            )
    except Invalid as error:
        return await show(pages, read, member, household_id, form, sentences(error))
    return pages.go(path_of(household_id), Flash(text=f"{owner.display_name} is now the owner."))


@router.post(OF_ONE + "/delete", dependencies=[OurForm, recent_login(BACK)])
async def delete(pages: PagesOf, member: MemberOf, household_id: UUID, form: FormOf) -> Response:
    """Put the household into the trash."""
    resources, etag = pages.resources, form.get("etag")
    try:
        async with resources.database.transaction() as session:
            row = await household_trash.delete(
                session,
                member.actor,
                household_id,
                if_match=etag,
                keep_days=resources.settings.trash.keep_days,
                now=resources.clock.now(),
            )
    except (Stale, PreconditionRequired):
        said = Flash(text="Someone else changed the household meanwhile.", kind="problem")
        return pages.go(path_of(household_id), said)
    undo = f"{path_of(household_id)}/restore"
    return pages.go("/households", Flash(text=f"{row.name} is in the trash.", undo_path=undo))


@router.post(OF_ONE + "/restore", dependencies=[OurForm])
async def restore(pages: PagesOf, member: MemberOf, household_id: UUID) -> Response:
    """Take the household out of the trash."""
    now = pages.resources.clock.now()

    async def take_out(session: Session) -> Household:
        return await household_trash.restore(session, member.actor, household_id, now=now)

    restored = await attempted(pages, take_out)
    told = restored if isinstance(restored, Flash) else Flash(text=f"{restored.name} is back.")
    return pages.go(path_of(household_id), told)


async def attempted(pages: Pages, work: Callable[[Session], Awaitable[T]]) -> T | Flash:
    """What `work` gives in a unit of work, or what to tell of what stands in its way."""
    try:
        async with pages.resources.database.transaction() as session:
            return await work(session)
    except Conflict as error:
        return Flash(text=str(error), kind="problem")


async def show(
    pages: Pages,
    read: ReadSession,
    member: Member,
    household_id: UUID,
    values: dict[str, str],
    errors: Errors | None = None,
    *,
    made: dict[str, Any] | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """The page of a household; `values` and `errors` of the form that was sent, `made` the link."""
    actor = member.actor
    found = await crud.household.with_role(read, actor, household_id)
    if found is None:
        raise crud.household.not_found()
    row, role = found
    paging = page_request(pages, PER_PAGE)
    people, cursor = await members.page(read, actor, household_id, paging)
    invited = await _invited(pages, read, member, household_id) if role in MANAGERS else []
    return pages.show(
        "pages/household.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else status,
        has_form=True,
        household={"id": str(row.id), "name": row.name, "etag": etag_of(row)},
        role=ROLES[role],
        self_id=str(member.user.id),
        is_current=row.id == member.user.default_household_id,
        may_manage=role in MANAGERS,
        is_owner=role == Role.OWNER,
        members=[_person(each, role, member) for each in people],
        next_cursor=cursor,
        is_first_page=paging.cursor is None,
        invitations=[_invitation(each, role) for each in invited],
        made=made,
        roles=[(each.value, ROLES[each]) for each in Role if role.may_grant(each)],
        values=_values(row) | {"role": Role.EDITOR} | values | {once.FIELD: once.named(values)},
        errors=errors or {},
    )


async def _invited(
    pages: Pages, read: ReadSession, member: Member, id: UUID
) -> list[schemas.Invitation]:
    """All that are open: there are no more than the limit."""
    everything = PageRequest(invitations.PER_HOUSEHOLD, None, pages.resources.cursors, "")
    now = pages.resources.clock.now()
    found, _ = await invitations.page(read, member.actor, id, everything, now=now)
    return found


def _values(row: Household) -> dict[str, str]:
    return {name: getattr(row, name) for name in SETTINGS}


def _person(each: schemas.Member, own: Role, member: Member) -> dict[str, Any]:
    """A member as the template takes it."""
    is_self = each.user_id == member.user.id
    return each.model_dump(mode="json") | {
        "words": ROLES[each.role],
        "is_self": is_self,
        "is_changeable": own.may_grant(each.role),
        "is_removable": not is_self and own.may_grant(each.role),
    }


def _invitation(each: schemas.Invitation, own: Role) -> dict[str, Any]:
    """An open invitation as the template takes it."""
    is_revocable = own.may_grant(each.role)
    return each.model_dump(mode="json") | {"words": ROLES[each.role], "is_revocable": is_revocable}
