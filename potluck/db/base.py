"""Base with every model imported, for Alembic and for whatever needs the whole schema."""

from potluck import models
from potluck.db.base_class import Base

__all__ = ["Base", "models"]
