"""How much there is of everything, over all households. For who looks after the instance."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.models import Household, Media, Recipe, User


async def count(session: AsyncSession) -> dict[str, int]:
    """Rows by what they are, in one statement; recipes without those in the trash."""
    counts = {
        "accounts": select(func.count(User.id)),
        "disabled": select(func.count(User.id)).where(User.disabled_at.is_not(None)),
        "administrators": select(func.count(User.id)).where(User.is_instance_admin),
        "households": select(func.count(Household.id)),
        "recipes": select(func.count(Recipe.id)).where(Recipe.deleted_at.is_(None)),
        "pictures": select(func.count(Media.id)),
    }
    columns = [each.scalar_subquery().label(name) for name, each in counts.items()]
    return dict((await session.execute(select(*columns))).mappings().one())
