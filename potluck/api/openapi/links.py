"""Which operation goes on from an answer of another, and with what of it.

People read in it what belongs together; programs that try an API in sequences follow it.
"""

from typing import Any

Json = dict[str, Any]

_ETAG = {"header.if-match": "$response.header.ETag"}


def _by(parameter: str, member: str, *plain: str, matching: tuple[str, ...] = ()) -> list[Json]:
    """Links that take an id from the body; those `matching` take the ETag along as well."""
    given = {f"path.{parameter}": f"$response.body#/{member}"}
    return [{"operationId": name, "parameters": given} for name in plain] + [
        {"operationId": name, "parameters": given | _ETAG} for name in matching
    ]


_RECIPE = _by(
    "recipe_id",
    "id",
    *("get_recipe", "restore_recipe", "list_revisions", "replace_cover", "delete_cover"),
    matching=("replace_recipe", "update_recipe", "delete_recipe"),
)
_REVISION = [
    {
        "operationId": "get_revision",
        "parameters": {
            "path.recipe_id": "$response.body#/id",
            "path.number": "$response.body#/version",
        },
    }
]
_TAG = _by("tag_id", "id", "get_tag", matching=("update_tag", "delete_tag"))
_HOUSEHOLD = _by(
    "household_id",
    "id",
    *("get_household", "list_members", "add_member", "list_invitations", "create_invitation"),
    *("list_household_events",),
    matching=("update_household", "delete_household"),
)
_MEMBER = [
    {
        "operationId": name,
        "parameters": {
            "path.household_id": "$request.path.household_id",
            "path.user_id": "$response.body#/user_id",
        },
    }
    for name in ("update_member", "remove_member")
]
_INVITATION = [
    {
        "operationId": "revoke_invitation",
        "parameters": {
            "path.household_id": "$response.body#/household_id",
            "path.invitation_id": "$response.body#/id",
        },
    }
]
_TOKEN = _by("token_id", "id", "get_token", "revoke_token")
_REFRESH = [
    {"operationId": name, "requestBody": {"refresh_token": "$response.body#/refresh_token"}}
    for name in ("refresh", "logout")
]
_OF_AN_ACCOUNT = ("get_account", "list_account_sessions", "list_account_tokens")
_FIRST_RECIPE = _by("recipe_id", "items/0/id", "get_recipe")

#: Links by operation and status of its answer.
LINKS: dict[str, dict[str, list[Json]]] = {
    "login": {"200": _REFRESH},
    "refresh": {"200": _REFRESH},
    "confirm_password": {"200": _REFRESH},
    "create_token": {"201": _TOKEN},
    "list_tokens": {"200": _by("token_id", "items/0/id", "get_token", "revoke_token")},
    "list_accounts": {"200": _by("user_id", "items/0/id", *_OF_AN_ACCOUNT)},
    "create_household": {"201": _HOUSEHOLD},
    "list_households": {"200": _by("household_id", "items/0/id", "get_household", "list_members")},
    "add_member": {"201": _MEMBER},
    "list_household_trash": {"200": _by("household_id", "items/0/id", "restore_household")},
    "create_invitation": {"201": _INVITATION},
    "create_tag": {"201": _TAG},
    "list_tags": {"200": _by("tag_id", "items/0/id", "get_tag")},
    "create_recipe": {"201": [*_RECIPE, *_REVISION]},
    "replace_recipe": {"200": [*_RECIPE, *_REVISION]},
    "update_recipe": {"200": [*_RECIPE, *_REVISION]},
    "restore_recipe": {"200": [*_RECIPE, *_REVISION]},
    "list_recipes": {"200": _FIRST_RECIPE},
    "list_my_recipes": {"200": _FIRST_RECIPE},
    "list_trash": {"200": _by("recipe_id", "items/0/id", "restore_recipe")},
    "import_recipe": {"201": _by("recipe_id", "recipe/id", "get_recipe")},
}
