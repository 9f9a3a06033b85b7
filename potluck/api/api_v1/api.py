"""Version 1 of the API: every router with its prefix and tag, nothing else."""

from fastapi import APIRouter

from potluck.api.api_v1.endpoints import (
    addresses,
    admin_jobs,
    admin_users,
    audit,
    auth,
    exports,
    households,
    invitations,
    jobs,
    members,
    own_account,
    passwords,
    recipe_cover,
    recipe_ideas,
    recipe_import,
    recipe_search,
    recipes,
    sessions,
    step_up,
    tags,
    tokens,
)

api_router = APIRouter()
api_router.include_router(auth.router, prefix="/auth", tags=["auth"])
api_router.include_router(own_account.router, prefix="/auth", tags=["auth"])
api_router.include_router(addresses.router, prefix="/auth", tags=["auth"])
api_router.include_router(passwords.router, prefix="/auth", tags=["auth"])
api_router.include_router(step_up.router, prefix="/auth", tags=["auth"])
api_router.include_router(sessions.router, prefix="/auth/sessions", tags=["auth"])
api_router.include_router(tokens.router, prefix="/auth/tokens", tags=["auth"])
api_router.include_router(exports.router, prefix="/auth/me/exports", tags=["auth"])
api_router.include_router(jobs.router, prefix="/jobs", tags=["jobs"])
api_router.include_router(admin_jobs.router, prefix="/admin/jobs", tags=["admin"])
api_router.include_router(admin_users.router, prefix="/admin/users", tags=["admin"])
api_router.include_router(audit.router, prefix="/admin/audit", tags=["admin"])
api_router.include_router(audit.own, prefix="/auth/me/audit", tags=["auth"])
api_router.include_router(
    audit.of_household, prefix="/households/{household_id}/audit", tags=["households"]
)
api_router.include_router(households.router, prefix="/households", tags=["households"])
api_router.include_router(
    members.router, prefix="/households/{household_id}/members", tags=["households"]
)
api_router.include_router(
    invitations.router, prefix="/households/{household_id}/invitations", tags=["households"]
)
api_router.include_router(invitations.redemption, prefix="/invitations", tags=["households"])
api_router.include_router(tags.router, prefix="/tags", tags=["tags"])
# Before the recipes: their path with an id would take the words for one.
api_router.include_router(recipe_search.router, prefix="/recipes", tags=["recipes"])
api_router.include_router(recipe_ideas.router, prefix="/recipes", tags=["recipes"])
api_router.include_router(recipes.router, prefix="/recipes", tags=["recipes"])
api_router.include_router(recipe_cover.router, prefix="/recipes", tags=["recipes"])
api_router.include_router(recipe_import.router, prefix="/recipes", tags=["recipes"])
