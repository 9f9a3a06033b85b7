"""A household's word for a group of recipes."""

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from potluck.core.errors import TagExists
from potluck.db.base_class import Entity
from potluck.db.types import sort_key

if TYPE_CHECKING:
    from potluck.models.household import Household
    from potluck.models.recipe import Recipe
    from potluck.models.recipe_tag import RecipeTag


class Tag(Entity):
    """`name_key` is the name without case and accents: unique within household and kind."""

    __tablename__ = "tag"
    __table_args__ = (
        UniqueConstraint(
            "household_id",
            "kind",
            "name_key",
            info={"refusal": TagExists("The household has a tag of this kind and name.")},
        ),
        UniqueConstraint("household_id", "id"),
        ForeignKeyConstraint(["parent_id"], ["tag.id"], ondelete="SET NULL"),
        CheckConstraint(
            "kind IN ('category', 'course', 'cuisine', 'diet', 'occasion', 'method', 'free')",
            name="kind",
        ),
    )

    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(100))
    name_key: Mapped[str] = mapped_column(sort_key(400))
    parent_id: Mapped[UUID | None] = mapped_column(index=True)
    colour: Mapped[str | None] = mapped_column(String(7))

    household: Mapped["Household"] = relationship(back_populates="tags", lazy="raise")
    recipe_tags: Mapped[list["RecipeTag"]] = relationship(
        back_populates="tag", lazy="raise", passive_deletes="all", overlaps="recipe,recipe_tags"
    )
    recipes: Mapped[list["Recipe"]] = relationship(
        secondary="recipe_tag",
        primaryjoin="Tag.id == RecipeTag.tag_id",
        secondaryjoin="Recipe.id == RecipeTag.recipe_id",
        back_populates="tags",
        lazy="raise",
        viewonly=True,
    )
