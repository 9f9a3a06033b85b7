"""A recipe: one validated document, beside the columns that lists, filters and sorts need."""

from datetime import datetime
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from potluck.db.base_class import Entity
from potluck.db.types import sort_key

if TYPE_CHECKING:
    from potluck.models.household import Household
    from potluck.models.recipe_revision import RecipeRevision
    from potluck.models.recipe_tag import RecipeTag
    from potluck.models.tag import Tag
    from potluck.models.user import User

_IN_TRASH = "deleted_at IS NOT NULL"


class Recipe(Entity):
    """The current state of a recipe.

    `document` is the canonical JSON of `potluck.schemas.RecipeDocument`; every other column but
    the keys, `cover_id`, `imported_via`, `deleted_at` and the counters is a projection of it,
    written in the same transaction. `revision` is the number of the newest saved state.
    """

    __tablename__ = "recipe"
    __table_args__ = (
        UniqueConstraint("household_id", "id"),
        CheckConstraint("status IN ('draft', 'published', 'archived')", name="status"),
        CheckConstraint(
            "visibility IN ('private', 'household', 'instance', 'link', 'public')",
            name="visibility",
        ),
        CheckConstraint("imported_via IN ('url', 'html')", name="imported_via"),
        Index("ix_recipe_household_id_created_at_id", "household_id", "created_at", "id"),
        Index("ix_recipe_household_id_updated_at_id", "household_id", "updated_at", "id"),
        Index("ix_recipe_created_at_id", "created_at", "id"),
        Index("ix_recipe_updated_at_id", "updated_at", "id"),
        Index("ix_recipe_household_id_source_key", "household_id", "source_key"),
        Index("ix_recipe_visibility_created_at_id", "visibility", "created_at", "id"),
        Index("ix_recipe_author_id_created_at_id", "author_id", "created_at", "id"),
        # Of the trash alone: SQLite, which gathers no statistics by itself, would take an index
        # with all the others for the shortest way to them.
        Index(
            "ix_recipe_deleted_at",
            "deleted_at",
            sqlite_where=text(_IN_TRASH),
            postgresql_where=text(_IN_TRASH),
        ),
    )

    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id", ondelete="CASCADE"))
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    title: Mapped[str] = mapped_column(String(300))
    title_key: Mapped[str] = mapped_column(sort_key(300))
    slug: Mapped[str] = mapped_column(String(120))
    summary: Mapped[str | None] = mapped_column(String(2000))
    language: Mapped[str] = mapped_column(String(35))
    status: Mapped[str] = mapped_column(String(10))
    visibility: Mapped[str] = mapped_column(String(10))
    image_url: Mapped[str | None] = mapped_column(String(2048))
    cover_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("media.id", ondelete="SET NULL"), index=True
    )
    total_time_s: Mapped[int | None]
    servings_n: Mapped[int | None] = mapped_column(BigInteger)
    servings_d: Mapped[int | None] = mapped_column(BigInteger)
    source_key: Mapped[str | None] = mapped_column(String(64))
    imported_via: Mapped[Literal["url", "html"] | None] = mapped_column(String(4))
    revision: Mapped[int]
    document: Mapped[str] = mapped_column(Text)
    deleted_at: Mapped[datetime | None]

    household: Mapped["Household"] = relationship(back_populates="recipes", lazy="raise")
    author: Mapped["User | None"] = relationship(back_populates="recipes", lazy="raise")
    revisions: Mapped[list["RecipeRevision"]] = relationship(
        back_populates="recipe",
        lazy="raise",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="RecipeRevision.number",
    )
    recipe_tags: Mapped[list["RecipeTag"]] = relationship(
        back_populates="recipe",
        lazy="raise",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="RecipeTag.position",
    )
    tags: Mapped[list["Tag"]] = relationship(
        secondary="recipe_tag",
        primaryjoin="Recipe.id == RecipeTag.recipe_id",
        secondaryjoin="Tag.id == RecipeTag.tag_id",
        back_populates="recipes",
        lazy="raise",
        viewonly=True,
        order_by="RecipeTag.position",
    )
