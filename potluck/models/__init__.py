"""The tables. Import models from here: a mapper needs all of them."""

from potluck.models.audit import AuditEvent, AuditHead
from potluck.models.credential import RefreshToken, TokenFamily, WebSession
from potluck.models.household import Household
from potluck.models.idempotency_key import IdempotencyKey
from potluck.models.instance import Instance, SigningKey
from potluck.models.invitation import Invitation
from potluck.models.job import Job, ScheduledWork
from potluck.models.media import Media
from potluck.models.membership import Membership
from potluck.models.one_time_link import OneTimeLink
from potluck.models.personal_token import PersonalToken
from potluck.models.recipe import Recipe
from potluck.models.recipe_clock import RecipeClock
from potluck.models.recipe_revision import RecipeRevision
from potluck.models.recipe_tag import RecipeTag
from potluck.models.recipe_words import IndexRequest, RecipeWords, SearchVariant
from potluck.models.tag import Tag
from potluck.models.throttle import RateLimit, SignInFailure
from potluck.models.user import User

__all__ = [
    "AuditEvent",
    "AuditHead",
    "Household",
    "IdempotencyKey",
    "IndexRequest",
    "Instance",
    "Invitation",
    "Job",
    "Media",
    "Membership",
    "OneTimeLink",
    "PersonalToken",
    "RateLimit",
    "Recipe",
    "RecipeClock",
    "RecipeRevision",
    "RecipeTag",
    "RecipeWords",
    "RefreshToken",
    "ScheduledWork",
    "SearchVariant",
    "SignInFailure",
    "SigningKey",
    "Tag",
    "TokenFamily",
    "User",
    "WebSession",
]
