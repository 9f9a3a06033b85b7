"""Which tags a recipe carries: a projection of the recipe's document."""

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from potluck.db.base_class import Base

if TYPE_CHECKING:
    from potluck.models.recipe import Recipe
    from potluck.models.tag import Tag


class RecipeTag(Base):
    """`household_id` stands in both keys, so the database refuses a tag of another household."""

    __tablename__ = "recipe_tag"
    __table_args__ = (
        ForeignKeyConstraint(
            ["household_id", "recipe_id"], ["recipe.household_id", "recipe.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["household_id", "tag_id"], ["tag.household_id", "tag.id"], ondelete="CASCADE"
        ),
        Index("ix_recipe_tag_tag_id", "tag_id"),
    )

    recipe_id: Mapped[UUID] = mapped_column(primary_key=True)
    tag_id: Mapped[UUID] = mapped_column(primary_key=True)
    household_id: Mapped[UUID]
    position: Mapped[int]

    recipe: Mapped["Recipe"] = relationship(back_populates="recipe_tags", lazy="raise")
    tag: Mapped["Tag"] = relationship(
        back_populates="recipe_tags", lazy="raise", overlaps="recipe,recipe_tags"
    )
