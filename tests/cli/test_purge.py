"""`potluck purge`: what lay in the trash too long is gone, and nothing else."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.actor import Actor
from potluck.models import Recipe, RecipeRevision, User
from potluck.resources import Resources
from potluck.schemas.recipe import RecipeCreate
from potluck.services import recipes
from tests.cli.conftest import Command
from tests.doubles import FakeClock
from tests.factories import Make


async def test_recipes_go_after_30_days_with_their_history(
    command: Command,
    make_user: Make[User],
    resources: Resources,
    clock: FakeClock,
    session: AsyncSession,
) -> None:
    actor = Actor(user_id=(await make_user()).id)
    for title in ("kept", "deleted late", "deleted early"):
        async with resources.database.transaction() as unit:
            data = RecipeCreate.model_validate({"title": title})
            saved = await recipes.create(unit, actor, data, now=clock.now())
            if title != "kept":
                await recipes.delete(unit, actor, saved.recipe.id, if_match="*", now=clock.now())
            if title == "deleted late":
                saved.recipe.deleted_at = clock.now() + timedelta(seconds=1)
    clock.advance(timedelta(days=30, seconds=1))

    first = await command("purge")
    second = await command("purge")

    assert first.stdout == "1 recipe removed.\n"
    assert second.stdout == "0 recipes removed.\n"
    left = select(Recipe.title).order_by(Recipe.title)
    assert list(await session.scalars(left)) == ["deleted late", "kept"]
    assert len(list(await session.scalars(select(RecipeRevision)))) == 2
