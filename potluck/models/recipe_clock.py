"""When recipes changed last: what orders their changes."""

from sqlalchemy import BigInteger, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from potluck.db.base_class import Base


class RecipeClock(Base):
    """One row, written last by every unit of work that changes recipes.

    Whoever holds it goes first: `recipe.updated_at` grows in the order of the commits. It never
    goes back, also when a recipe is removed for good or a machine's clock is set back.
    """

    __tablename__ = "recipe_clock"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1, autoincrement=False)
    #: The newest `updated_at` of any recipe, in microseconds since 1970.
    last_us: Mapped[int] = mapped_column(BigInteger)
