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
from potluck.schemas.idea import Idea, Ideas, IdeaSource
from potluck.schemas.invitation import (
    Invitation,
    InvitationCreate,
    InvitationPreview,
    InvitationToken,
    NewInvitation,
)
from potluck.schemas.job import Job
from potluck.schemas.page_import import ImportRequest, ImportResult, PageWarning
from potluck.schemas.personal_token import NewPersonalToken, PersonalToken, PersonalTokenCreate
from potluck.schemas.recipe import (
    FoundRecipes,
    Recipe,
    RecipeCreate,
    RecipePage,
    RecipePut,
    RecipeSummary,
    RecipeTombstone,
    RecipeUpdate,
    Revision,
    RevisionSummary,
    TrashedRecipe,
)
from potluck.schemas.session import Session
from potluck.schemas.tag import Tag, TagCreate, TagUpdate
from potluck.schemas.user import (
    JsonWebKeySet,
    PasswordChange,
    RefreshRequest,
    SetupRequest,
    SignUpRequest,
    StepUp,
    Token,
    User,
    UserCreate,
    UserMembership,
    UserUpdate,
)

__all__ = [
    "FoundRecipes",
    "Household",
    "HouseholdCreate",
    "HouseholdUpdate",
    "Idea",
    "IdeaSource",
    "Ideas",
    "ImportRequest",
    "ImportResult",
    "In",
    "Invitation",
    "InvitationCreate",
    "InvitationPreview",
    "InvitationToken",
    "Job",
    "JsonWebKeySet",
    "Member",
    "MemberCreate",
    "MemberUpdate",
    "NewInvitation",
    "NewPersonalToken",
    "Out",
    "Page",
    "PageWarning",
    "PasswordChange",
    "Patch",
    "PersonalToken",
    "PersonalTokenCreate",
    "Recipe",
    "RecipeCreate",
    "RecipePage",
    "RecipePut",
    "RecipeSummary",
    "RecipeTombstone",
    "RecipeUpdate",
    "RefreshRequest",
    "Revision",
    "RevisionSummary",
    "Session",
    "SetupRequest",
    "SignUpRequest",
    "StepUp",
    "Tag",
    "TagCreate",
    "TagUpdate",
    "Token",
    "TrashedRecipe",
    "User",
    "UserCreate",
    "UserMembership",
    "UserUpdate",
]
