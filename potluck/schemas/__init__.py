"""What is sent and answered: `schemas.Recipe`, `schemas.UserCreate`, ..."""

from potluck.schemas.base import In, Out, Page, Patch
from potluck.schemas.household import (
    Household,
    HouseholdCreate,
    HouseholdUpdate,
    Member,
    MemberCreate,
    MemberUpdate,
)
from potluck.schemas.page_import import ImportRequest, ImportResult, PageWarning
from potluck.schemas.recipe import (
    Recipe,
    RecipeCreate,
    RecipePut,
    RecipeSummary,
    RecipeUpdate,
    Revision,
    RevisionSummary,
    TrashedRecipe,
)
from potluck.schemas.tag import Tag, TagCreate, TagUpdate
from potluck.schemas.user import (
    JsonWebKeySet,
    RefreshRequest,
    SetupRequest,
    Token,
    User,
    UserCreate,
    UserUpdate,
)

__all__ = [
    "Household",
    "HouseholdCreate",
    "HouseholdUpdate",
    "ImportRequest",
    "ImportResult",
    "In",
    "JsonWebKeySet",
    "Member",
    "MemberCreate",
    "MemberUpdate",
    "Out",
    "Page",
    "PageWarning",
    "Patch",
    "Recipe",
    "RecipeCreate",
    "RecipePut",
    "RecipeSummary",
    "RecipeUpdate",
    "RefreshRequest",
    "Revision",
    "RevisionSummary",
    "SetupRequest",
    "Tag",
    "TagCreate",
    "TagUpdate",
    "Token",
    "TrashedRecipe",
    "User",
    "UserCreate",
    "UserUpdate",
]
