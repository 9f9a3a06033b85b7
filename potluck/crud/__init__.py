"""Every SQL statement of the app, as one singleton per entity: `crud.recipe.get(...)`."""

from potluck.crud.crud_audit import audit
from potluck.crud.crud_credential import credential
from potluck.crud.crud_household import household
from potluck.crud.crud_idempotency_key import idempotency_key
from potluck.crud.crud_instance import instance
from potluck.crud.crud_invitation import invitation
from potluck.crud.crud_job import job
from potluck.crud.crud_media import media
from potluck.crud.crud_membership import membership
from potluck.crud.crud_one_time_link import one_time_link
from potluck.crud.crud_open_session import open_session
from potluck.crud.crud_personal_token import personal_token
from potluck.crud.crud_recipe import recipe
from potluck.crud.crud_recipe_revision import recipe_revision
from potluck.crud.crud_recipe_words import recipe_words
from potluck.crud.crud_sealed import sealed
from potluck.crud.crud_tag import tag
from potluck.crud.crud_throttle import throttle
from potluck.crud.crud_user import user

__all__ = [
    "audit",
    "credential",
    "household",
    "idempotency_key",
    "instance",
    "invitation",
    "job",
    "media",
    "membership",
    "one_time_link",
    "open_session",
    "personal_token",
    "recipe",
    "recipe_revision",
    "recipe_words",
    "sealed",
    "tag",
    "throttle",
    "user",
]
