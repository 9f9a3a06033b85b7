"""The person's households: listed, made, and which one new recipes go to."""

from functools import partial
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from potluck import crud
from potluck.core.errors import Invalid
from potluck.core.paging import PageRequest
from potluck.domain.roles import Role
from potluck.providers import ReadSession, Session
from potluck.schemas.household import HouseholdCreate
from potluck.schemas.user import UserUpdate
from potluck.services import accounts, household_trash, households
from potluck.web import household, once
from potluck.web.deps import Member, MemberOf, OurForm
from potluck.web.forms import Errors, FormOf, validated
from potluck.web.next_path import own_path
from potluck.web.rendering import Pages, PagesOf
from potluck.web.templating import Flash

router = APIRouter()

PATH = "/households"
#: The last ones deleted are offered; nobody has more within the time that they are kept.
MOST_TRASHED = 100


@router.get(PATH)
async def listed(pages: PagesOf, read: ReadSession, member: MemberOf) -> Response:
    """The person's households, and a form for another."""
    return await _show(pages, read, member, {})


@router.post(PATH, dependencies=[OurForm])
async def create(pages: PagesOf, read: ReadSession, member: MemberOf, form: FormOf) -> Response:
    """Make a household, with the person as its owner."""
    errors = Errors()
    members = {"name": form.get("name", ""), "locale": member.user.locale}
    data = validated(HouseholdCreate, members, errors)
    if data is None:
        return await _show(pages, read, member, form, errors)
    path = await once.done(pages, form, partial(_make, pages, member, data))
    return pages.go(path, Flash(text=f"{data.name} is yours. Invite who cooks with you."))


@router.post(PATH + "/use", dependencies=[OurForm])
async def use(pages: PagesOf, member: MemberOf, form: FormOf) -> Response:
    """Choose the household that is shown first, and that new recipes go to."""
    now = pages.resources.clock.now()
    try:
        chosen = UUID(form.get("household_id", ""))
        data = UserUpdate(default_household_id=chosen)
        async with pages.resources.database.transaction() as session:
            profile = await accounts.update_profile(
                session, member.actor, data, if_match="*", now=now
            )
    except (ValueError, Invalid):
        return pages.go(PATH, Flash(text="Choose one of your households.", kind="problem"))
    name = next(each.name for each in profile.memberships if each.household_id == chosen)
    return pages.go(
        own_path(form.get("next", "")) or "/", Flash(text=f"New recipes now go to {name}.")
    )


async def _make(pages: Pages, member: Member, data: HouseholdCreate, session: Session) -> str:
    """Gives the path of its page."""
    now = pages.resources.clock.now()
    made = await households.create(session, member.actor, data, now=now)
    return household.path_of(made.id)


async def _show(
    pages: Pages,
    read: ReadSession,
    member: Member,
    values: dict[str, str],
    errors: Errors | None = None,
) -> Response:
    rows = await crud.user.memberships(read, member.actor)
    resources = pages.resources
    paging = PageRequest(MOST_TRASHED, None, resources.cursors, "")
    keep_days = resources.settings.trash.keep_days
    trashed, _ = await household_trash.page(read, member.actor, paging, keep_days=keep_days)
    return pages.show(
        "pages/households.html",
        status=422 if errors else 200,
        has_form=True,
        households=[
            {
                "id": str(found.id),
                "name": found.name,
                "role": household.ROLES[Role(membership.role)],
                "is_current": found.id == member.user.default_household_id,
            }
            for membership, found in rows
        ],
        trashed=[each.model_dump(mode="json") for each in trashed],
        values=values | {once.FIELD: once.named(values)},
        errors=errors or {},
    )
