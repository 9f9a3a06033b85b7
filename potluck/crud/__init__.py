"""Every SQL statement of the app, as one singleton per entity: `crud.recipe.get(...)`."""

from potluck.crud.crud_instance import instance

__all__ = ["instance"]
