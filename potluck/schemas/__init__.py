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
    "In",
    "JsonWebKeySet",
    "Member",
    "MemberCreate",
    "MemberUpdate",
    "Out",
    "Page",
    "Patch",
    "RefreshRequest",
    "SetupRequest",
    "Tag",
    "TagCreate",
    "TagUpdate",
    "Token",
    "User",
    "UserCreate",
    "UserUpdate",
]
