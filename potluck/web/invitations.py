"""Invitations: made and withdrawn on a household's page, accepted on a page of their own."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from potluck import schemas
from potluck.core.errors import AlreadyMember, Forbidden, Invalid, NotFound, TooManyRequests
from potluck.providers import ReadSession, Session
from potluck.schemas.invitation import InvitationCreate
from potluck.services import invitations
from potluck.services.throttling import Limit
from potluck.web import household, limits, once, qr
from potluck.web.deps import MemberOf, OurForm
from potluck.web.forms import Errors, FormOf, sentences, validated
from potluck.web.household import OF_ONE
from potluck.web.rendering import Pages, PagesOf
from potluck.web.templating import Flash

router = APIRouter()

PATH = "/invitations"


@router.post(OF_ONE + "/invitations", dependencies=[OurForm])
async def create(
    pages: PagesOf, read: ReadSession, member: MemberOf, household_id: UUID, form: FormOf
) -> Response:
    """Make a link. This answer shows it, and none after it: so it is no redirect."""
    resources, errors = pages.resources, Errors()
    now = resources.clock.now()
    members = {"role": form.get("role", ""), "email": form.get("email") or None}
    data = validated(InvitationCreate, members, errors)
    if data is None:
        return await household.show(pages, read, member, household_id, form, errors)

    async def make(session: Session) -> str:
        made = await invitations.create(
            session,
            member.actor,
            household_id,
            data,
            base_url=resources.settings.public_url,
            now=now,
        )
        return made.model_dump_json()

    try:
        await limits.count(pages, Limit.INVITATION)
        kept = await once.done(pages, form, make)
    except Invalid as error:
        return await household.show(pages, read, member, household_id, form, sentences(error))
    except TooManyRequests as error:
        shown = await household.show(pages, read, member, household_id, form, limits.wait(error))
        return limits.told(shown, error)
    made = schemas.NewInvitation.model_validate_json(kept)
    return await household.show(
        pages, read, member, household_id, {}, made=_link(made), status=HTTPStatus.CREATED
    )


@router.post(OF_ONE + "/invitations/{invitation_id:uuid}/revoke", dependencies=[OurForm])
async def revoke(
    pages: PagesOf, member: MemberOf, household_id: UUID, invitation_id: UUID
) -> Response:
    """Withdraw an invitation."""
    now = pages.resources.clock.now()
    async with pages.resources.database.transaction() as session:
        await invitations.revoke(session, member.actor, household_id, invitation_id, now=now)
    return pages.go(household.path_of(household_id), Flash(text="The invitation is withdrawn."))


@router.get(PATH)
async def look(pages: PagesOf, read: ReadSession, token: str = "") -> Response:
    """Where the link leads; looking at it does not use it up, as mail programs look first."""
    try:
        if token:
            await limits.count(pages, Limit.REDEMPTION, let_go=read.close)
        now = pages.resources.clock.now()
        found = await invitations.preview(read, token, now=now)
    except NotFound:
        return _show(pages, token, None, status=HTTPStatus.NOT_FOUND)
    except TooManyRequests as error:
        return limits.told(_show(pages, token, None, errors=limits.wait(error)), error)
    return _show(pages, token, found)


@router.post(PATH, dependencies=[OurForm])
async def accept(pages: PagesOf, read: ReadSession, member: MemberOf, form: FormOf) -> Response:
    """Join the household."""
    token, now = form.get("token", ""), pages.resources.clock.now()
    try:
        await limits.count(pages, Limit.REDEMPTION)
        found = await invitations.preview(read, token, now=now)
        await read.close()
        async with pages.resources.database.transaction() as session:
            joined = await invitations.accept(session, member.actor, token, now=now)
    except NotFound:
        return _show(pages, token, None, status=HTTPStatus.NOT_FOUND)
    except (AlreadyMember, Forbidden) as error:
        status = HTTPStatus(error.status)
        return _show(pages, token, found, errors=Errors({"": str(error)}), status=status)
    except TooManyRequests as error:
        return limits.told(_show(pages, token, None, errors=limits.wait(error)), error)
    return pages.go(
        household.path_of(joined.household_id), Flash(text=f"Welcome to {joined.name}.")
    )


def _link(made: schemas.NewInvitation) -> dict[str, Any]:
    return made.model_dump(mode="json") | {"qr": qr.svg(made.url)}


def _show(
    pages: Pages,
    token: str,
    invitation: schemas.InvitationPreview | None,
    *,
    errors: Errors | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    here = f"{PATH}?{urlencode({'token': token})}"
    return pages.show(
        "pages/invitation.html",
        status=status,
        has_form=True,
        invitation=invitation and invitation.model_dump(mode="json"),
        role=invitation and household.ROLES[invitation.role],
        token=token,
        here=here,
        errors=errors or {},
        can_sign_up=pages.resources.settings.signup.mode != "closed",
    )
