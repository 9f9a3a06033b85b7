"""One saved state of a recipe; never changed."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from potluck.db.base_class import Identified

if TYPE_CHECKING:
    from potluck.models.recipe import Recipe


class RecipeRevision(Identified):
    """`number` counts from 1 without gaps; `tags` is JSON, the tags' words as they were."""

    __tablename__ = "recipe_revision"
    __table_args__ = (
        UniqueConstraint("recipe_id", "number"),
        CheckConstraint(
            "reason IN ('create', 'edit', 'import', 'restore', 'merge', 'bulk')", name="reason"
        ),
    )

    recipe_id: Mapped[UUID] = mapped_column(ForeignKey("recipe.id", ondelete="CASCADE"))
    number: Mapped[int]
    reason: Mapped[str] = mapped_column(String(10))
    author_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime]
    sha256: Mapped[str] = mapped_column(String(64))
    document: Mapped[str] = mapped_column(Text)
    tags: Mapped[str] = mapped_column(Text)

    recipe: Mapped["Recipe"] = relationship(back_populates="revisions", lazy="raise")
