"""Use cases of cookbooks."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core.actor import Actor
from potluck.domain.roles import EDITORS
from potluck.models import Cookbook
from potluck.schemas.cookbook import CookbookCreate, CookbookInDB, CookbookUpdate
from potluck.services import households
from potluck.services.preconditions import check_match, etag_of


async def create(
    session: AsyncSession, actor: Actor, data: CookbookCreate, *, now: datetime
) -> Cookbook:
    """A new cookbook. Raises `Invalid`, `Forbidden`."""
    household = await households.destination(session, actor, data.household_id, allowed=EDITORS)
    stored = CookbookInDB(**data.model_dump() | {"household_id": household.id})
    return await crud.cookbook.create(session, stored, now=now)


async def update(
    session: AsyncSession,
    actor: Actor,
    id: UUID,
    data: CookbookUpdate,
    *,
    if_match: str | None,
    now: datetime,
) -> Cookbook:
    """Change the members sent. Raises `NotFound`, `Forbidden`, `PreconditionRequired`, `Stale`."""
    cookbook = await crud.cookbook.get_for_update(session, actor, id)
    check_match(if_match, etag_of(cookbook))
    return await crud.cookbook.update(session, cookbook, data, now=now)


async def delete(session: AsyncSession, actor: Actor, id: UUID, *, if_match: str | None) -> None:
    """Away for good. Raises `NotFound`, `Forbidden`, `PreconditionRequired`, `Stale`."""
    cookbook = await crud.cookbook.get_for_update(session, actor, id)
    check_match(if_match, etag_of(cookbook))
    await crud.cookbook.remove(session, cookbook)
