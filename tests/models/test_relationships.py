"""Who belongs to whom, walked from both ends, and what stays when one of them goes."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, selectinload

from potluck import models
from potluck.core.actor import Actor
from potluck.core.scopes import SCOPES_OF_LOGIN
from potluck.db.base_class import Base
from potluck.models import (
    Household,
    Membership,
    Recipe,
    RecipeRevision,
    RecipeTag,
    RefreshToken,
    Tag,
    TokenFamily,
    User,
)
from potluck.resources import Resources
from potluck.schemas.recipe import RecipeCreate
from potluck.services import recipes
from tests.conftest import sign_in_as
from tests.doubles import START
from tests.factories import Factories

MAPPERS = [each for each in Base.registry.mappers if hasattr(models, each.class_.__name__)]
RELATIONSHIPS: list[InstrumentedAttribute[Any]] = [
    getattr(mapper.class_, relationship.key)
    for mapper in MAPPERS
    for relationship in mapper.relationships
]
each_relationship = pytest.mark.parametrize("relationship", sorted(RELATIONSHIPS, key=str), ids=str)

#: Gone by the unit of work, or by a statement that knows no relationship.
Delete = Callable[[AsyncSession, Base], Any]


async def by_the_session(session: AsyncSession, row: Any) -> None:
    await session.delete(row)


async def by_a_statement(session: AsyncSession, row: Any) -> None:
    await session.execute(delete(type(row)).where(type(row).id == row.id))


each_way = pytest.mark.parametrize("delete_row", [by_the_session, by_a_statement])


@pytest.fixture
async def world(factories: Factories, resources: Resources) -> None:
    """Ada's kitchen with Grace in it, and two recipes of Ada's with tags and a history."""
    ada = await factories.user(display_name="Ada")
    assert ada.default_household_id is not None
    await factories.member(ada.default_household_id, "viewer", display_name="Grace")
    parent = await factories.tag(ada, name="Season", kind="occasion")
    await factories.tag(ada, name="Winter", kind="occasion", parent_id=parent.id)
    for title, tags in (("Soup", ["Winter", "Season"]), ("Bread", ["Winter"])):
        sent = [{"name": name, "kind": "occasion"} for name in tags]
        data = RecipeCreate.model_validate({"title": title, "tags": sent})
        async with resources.database.transaction() as session:
            await recipes.create(session, Actor(user_id=ada.id), data, now=START)
    await sign_in_as(resources, ada, SCOPES_OF_LOGIN)


async def count(session: AsyncSession, model: type[Base]) -> int:
    return await session.scalar(select(func.count()).select_from(model)) or 0


async def one(session: AsyncSession, attribute: InstrumentedAttribute[str], value: str) -> Any:
    return (await session.scalars(select(attribute.class_).where(attribute == value))).one()


class TestDeclaration:
    def test_people_households_recipes_and_tags_know_one_another(self) -> None:
        assert {str(each) for each in RELATIONSHIPS} >= {
            "User.recipes",
            "Household.recipes",
            "Household.users",
            "User.households",
            "Recipe.tags",
            "Tag.recipes",
            "Recipe.revisions",
        }

    @each_relationship
    def test_each_is_declared_from_both_ends(
        self, relationship: InstrumentedAttribute[Any]
    ) -> None:
        name = relationship.property.back_populates
        assert name is not None
        other = getattr(relationship.property.mapper.class_, name).property
        assert other.mapper.class_ is relationship.class_
        assert other.back_populates == relationship.key

    @pytest.mark.usefixtures("world")
    async def test_none_is_loaded_by_touching_it(self, session: AsyncSession) -> None:
        for relationship in RELATIONSHIPS:
            found = (await session.scalars(select(relationship.class_))).first()
            with pytest.raises(InvalidRequestError, match="lazy='raise'"):
                getattr(found, relationship.key)


@pytest.mark.usefixtures("world")
class TestWalk:
    @each_relationship
    async def test_there_and_back_again(
        self, session: AsyncSession, relationship: InstrumentedAttribute[Any]
    ) -> None:
        back = getattr(relationship.property.mapper.class_, relationship.property.back_populates)
        statement = select(relationship.class_).options(
            selectinload(relationship).selectinload(back)
        )
        found = list(await session.scalars(statement))
        pairs = [(row, other) for row in found for other in several(row, relationship)]
        assert pairs != []
        assert [row for row, other in pairs if row not in several(other, back)] == []

    async def test_from_a_user_to_what_is_theirs(self, session: AsyncSession) -> None:
        load = (selectinload(User.recipes), selectinload(User.households))
        ada = (await session.scalars(select(User).options(*load).order_by(User.id))).first()
        assert ada is not None
        assert {recipe.title for recipe in ada.recipes} == {"Soup", "Bread"}
        assert [household.name for household in ada.households] == ["Ada's kitchen"]

    async def test_from_a_household_to_what_is_in_it(self, session: AsyncSession) -> None:
        statement = select(Household).where(Household.name == "Ada's kitchen")
        load = (
            selectinload(Household.users),
            selectinload(Household.memberships).selectinload(Membership.user),
            selectinload(Household.recipes).selectinload(Recipe.author),
            selectinload(Household.tags),
        )
        kitchen = (await session.scalars(statement.options(*load))).one()
        assert {user.display_name for user in kitchen.users} == {"Ada", "Grace"}
        roles = {each.user.display_name: each.role for each in kitchen.memberships}
        assert roles == {"Ada": "owner", "Grace": "viewer"}
        authors = {each.author.display_name for each in kitchen.recipes if each.author}
        assert authors == {"Ada"}
        assert {tag.name for tag in kitchen.tags} == {"Season", "Winter"}

    async def test_from_a_recipe_to_its_tags_in_order_and_its_history(
        self, session: AsyncSession
    ) -> None:
        load = (
            selectinload(Recipe.tags).selectinload(Tag.recipes),
            selectinload(Recipe.revisions),
        )
        statement = select(Recipe).where(Recipe.title == "Soup").options(*load)
        soup = (await session.scalars(statement)).one()
        assert [tag.name for tag in soup.tags] == ["Winter", "Season"]
        assert {recipe.title for recipe in soup.tags[0].recipes} == {"Soup", "Bread"}
        assert [revision.number for revision in soup.revisions] == [1]


def several(row: Any, relationship: InstrumentedAttribute[Any]) -> list[Any]:
    """What a relationship leads to, as a list."""
    found = getattr(row, relationship.key)
    if isinstance(found, list):
        return found
    return [] if found is None else [found]


@each_way
@pytest.mark.usefixtures("world")
class TestDelete:
    async def test_a_user_leaves_recipes_and_history_without_an_author(
        self, resources: Resources, session: AsyncSession, delete_row: Delete
    ) -> None:
        async with resources.database.transaction() as unit:
            await delete_row(unit, await one(unit, User.display_name, "Ada"))
        assert await count(session, User) == 1
        assert list(await session.scalars(select(Recipe.author_id))) == [None, None]
        assert list(await session.scalars(select(RecipeRevision.author_id))) == [None, None]
        assert await count(session, Membership) == 2
        assert await count(session, TokenFamily) == 0
        assert await count(session, RefreshToken) == 0

    async def test_a_household_takes_everything_in_it_along(
        self, resources: Resources, session: AsyncSession, delete_row: Delete
    ) -> None:
        async with resources.database.transaction() as unit:
            await delete_row(unit, await one(unit, Household.name, "Ada's kitchen"))
        for model in (Recipe, RecipeRevision, RecipeTag, Tag):
            assert await count(session, model) == 0
        assert await count(session, User) == 2
        assert await count(session, Membership) == 1
        homes = select(User.default_household_id).order_by(User.id)
        ada, grace = list(await session.scalars(homes))
        assert ada is None
        assert grace is not None

    async def test_a_recipe_takes_its_history_along_and_leaves_the_tags(
        self, resources: Resources, session: AsyncSession, delete_row: Delete
    ) -> None:
        async with resources.database.transaction() as unit:
            await delete_row(unit, await one(unit, Recipe.title, "Soup"))
        assert list(await session.scalars(select(Recipe.title))) == ["Bread"]
        assert await count(session, RecipeRevision) == 1
        assert await count(session, RecipeTag) == 1
        assert await count(session, Tag) == 2

    async def test_a_tag_leaves_recipes_and_the_tags_below_it(
        self, resources: Resources, session: AsyncSession, delete_row: Delete
    ) -> None:
        async with resources.database.transaction() as unit:
            await delete_row(unit, await one(unit, Tag.name, "Season"))
        assert await count(session, Recipe) == 2
        assert await count(session, RecipeTag) == 2
        left = (await session.execute(select(Tag.name, Tag.parent_id))).all()
        assert [tuple(row) for row in left] == [("Winter", None)]


@pytest.mark.usefixtures("world")
class TestTenancy:
    async def test_h01_the_database_refuses_a_tag_of_another_household(
        self, factories: Factories, resources: Resources
    ) -> None:
        foreign = await factories.tag(await factories.user())
        async with resources.database.reading() as session:
            soup = await one(session, Recipe.title, "Soup")
        for household_id in (soup.household_id, foreign.household_id):
            crossing = RecipeTag(
                recipe_id=soup.id, tag_id=foreign.id, household_id=household_id, position=9
            )
            with pytest.raises(IntegrityError):
                async with resources.database.transaction() as session:
                    session.add(crossing)
