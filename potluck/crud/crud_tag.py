"""Tags of households, and what changing one means for the recipes that carry it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, true, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.actor import Actor
from potluck.core.errors import TagExists
from potluck.core.ids import new_id
from potluck.core.paging import PageRequest
from potluck.crud.base import CRUDBase
from potluck.crud.dialect import insert_into
from potluck.crud.keyset import Order
from potluck.crud.tenancy import member_of
from potluck.domain.roles import EDITORS
from potluck.models import Household, Recipe, RecipeTag, Tag
from potluck.schemas.tag import TagInDB, TagUpdate

#: What is unique within a household: kind and folded name.
Key = tuple[str, str]


class CRUDTag(CRUDBase[Tag, TagInDB, TagUpdate]):
    """Members see the tags of their households; editors and above change them."""

    model = Tag
    noun = "tag"

    def visible(self, actor: Actor) -> ColumnElement[bool]:
        return true() if actor.is_system else member_of(Tag.household_id, actor)

    def editable(self, actor: Actor) -> ColumnElement[bool]:
        return true() if actor.is_system else member_of(Tag.household_id, actor, *EDITORS)

    async def by_name(
        self,
        session: AsyncSession,
        actor: Actor,
        request: PageRequest,
        *,
        household_id: UUID | None = None,
        kind: str | None = None,
    ) -> tuple[list[Tag], str | None]:
        """A page of the tags the actor may see, in the order of their names."""
        wanted = []
        if household_id is not None:
            wanted.append(Tag.household_id == household_id)
        if kind is not None:
            wanted.append(Tag.kind == kind)
        return await self.page(session, actor, request, *wanted, order=Order(Tag.name_key, Tag.id))

    async def named(
        self, session: AsyncSession, household_id: UUID, keys: Iterable[Key]
    ) -> dict[Key, Tag]:
        """The household's tags with these keys, in one statement; they stay while it goes on."""
        statement = select(Tag).where(
            Tag.household_id == household_id, tuple_(Tag.kind, Tag.name_key).in_(list(keys))
        )
        found = await session.scalars(_kept(statement))
        return {(tag.kind, tag.name_key): tag for tag in found}

    async def with_ids(
        self, session: AsyncSession, household_id: UUID, ids: Iterable[UUID]
    ) -> dict[UUID, Tag]:
        """As `named`, by id; tags of other households are not there."""
        statement = select(Tag).where(Tag.household_id == household_id, Tag.id.in_(list(ids)))
        return {tag.id: tag for tag in await session.scalars(_kept(statement))}

    async def add_missing(
        self, session: AsyncSession, wanted: Sequence[TagInDB], *, now: datetime
    ) -> list[Tag]:
        """Insert the tags that nobody has made yet, in one statement; gives those it made.

        Who makes the same tag at the same moment waits for the other and then makes none. All
        insert in the order of the keys, so that no two wait for one another.
        """
        rows = [
            data.model_dump() | {"id": new_id(), "version": 1, "created_at": now, "updated_at": now}
            for data in sorted(wanted, key=lambda each: (each.kind, each.name_key))
        ]
        statement = (
            insert_into(session, Tag)
            .values(rows)
            .on_conflict_do_nothing(index_elements=["household_id", "kind", "name_key"])
            .returning(Tag)
        )
        return list(await session.scalars(statement))

    async def update(
        self,
        session: AsyncSession,
        entity: Tag,
        data: TagUpdate | Mapping[str, Any],
        *,
        now: datetime,
    ) -> Tag:
        """As for every entity; raises `TagExists` with the id of the tag that has the name."""
        changes = data.changes() if isinstance(data, TagUpdate) else data
        key = (changes.get("kind", entity.kind), changes.get("name_key", entity.name_key))
        household_id = entity.household_id
        try:
            async with session.begin_nested():
                return await super().update(session, entity, changes, now=now)
        except IntegrityError:
            other = (await self.named(session, household_id, [key])).get(key)
            if other is None:
                raise
            raise tag_exists(other.id) from None

    async def lock_household(self, session: AsyncSession, household_id: UUID) -> None:
        """Changes of a household's tags happen one after the other, so that the tree stays one."""
        await session.execute(_locked(Household.id == household_id))

    async def lock_household_of(self, session: AsyncSession, actor: Actor, id: UUID) -> None:
        """As `lock_household`, by the id of one of its tags; locks nothing for a stranger."""
        its = select(Tag.household_id).where(Tag.id == id, self.visible(actor))
        await session.execute(_locked(Household.id.in_(its)))

    async def parents(
        self, session: AsyncSession, household_id: UUID, kind: str
    ) -> dict[UUID, UUID | None]:
        """The tree of a kind: each tag's id and its parent's, in one statement."""
        statement = select(Tag.id, Tag.parent_id).where(
            Tag.household_id == household_id, Tag.kind == kind
        )
        return {row[0]: row[1] for row in await session.execute(statement)}

    async def release_children(self, session: AsyncSession, tag: Tag, *, now: datetime) -> None:
        """Tags below this one stand at the top from now on; their version counts it."""
        await session.execute(
            update(Tag)
            .where(Tag.parent_id == tag.id)
            .values(parent_id=None, version=Tag.version + 1, updated_at=now)
            .execution_options(synchronize_session=False)
        )

    async def lock_carriers(self, session: AsyncSession, tag: Tag) -> None:
        """Lock every recipe that carries the tag; until the unit of work ends no other gains it.

        Recipes first, as who saves one holds it when referring to its tags. Then the tag itself,
        which waits for those who are about to refer to it. What has gained the tag meanwhile comes
        last and is not waited for: whoever holds it may be waiting for the tag. Raises (as
        `Unavailable`) when somebody does.
        """
        carrying = select(RecipeTag.recipe_id).where(RecipeTag.tag_id == tag.id)
        carriers = select(Recipe.id).where(Recipe.id.in_(carrying)).order_by(Recipe.id)
        await session.execute(carriers.with_for_update(key_share=True))
        await session.execute(select(Tag.id).where(Tag.id == tag.id).with_for_update())
        await session.execute(carriers.with_for_update(key_share=True, nowait=True))


def tag_exists(id: UUID) -> TagExists:
    """The refusal that names the tag which is there already."""
    return TagExists("The household has a tag of this kind and name.", tag_id=str(id))


def _kept(statement: Select[Any]) -> Select[Any]:
    """Nobody deletes the rows before the unit of work, which is about to refer to them, ends."""
    return statement.with_for_update(read=True, key_share=True)


def _locked(condition: ColumnElement[bool]) -> Select[Any]:
    """Locks a household against other changes, but not against rows that refer to it."""
    return select(Household.id).where(condition).with_for_update(key_share=True)


tag = CRUDTag()
