"""The core of the API, driven by a client that was generated from its description."""

import sys
from http import HTTPStatus
from typing import TypeVar

from potluck_client import AuthenticatedClient, Client
from potluck_client.api.auth import login, signup
from potluck_client.api.recipes import (
    create_recipe,
    delete_recipe,
    get_recipe,
    list_recipes,
    restore_recipe,
    search_recipes,
    update_recipe,
)
from potluck_client.models import (
    LoginForm,
    Problem,
    RecipeCreate,
    RecipeUpdate,
    SignUpRequest,
)
from potluck_client.types import Response

T = TypeVar("T")

EMAIL, PASSWORD = "ada@example.org", "correct horse battery staple"


def parsed(answer: Response[Problem | T]) -> T:
    """The body; where it is a problem, the program ends with its sentence."""
    if isinstance(answer.parsed, Problem):
        raise SystemExit(f"{answer.status_code}: {answer.parsed.detail} ({answer.parsed.type_})")
    assert answer.parsed is not None
    return answer.parsed


def sign_in(address: str) -> AuthenticatedClient:
    """Make an account, and use its token from here on."""
    stranger = Client(base_url=address)
    ada = SignUpRequest(email=EMAIL, password=PASSWORD, display_name="Ada")
    assert signup.sync_detailed(client=stranger, body=ada).status_code == HTTPStatus.CREATED
    form = LoginForm(username=EMAIL, password=PASSWORD)
    token = parsed(login.sync_detailed(client=stranger, body=form))
    return AuthenticatedClient(base_url=address, token=token.access_token)


def main(address: str) -> None:
    """Sign up, write a recipe, read, change, find, delete and restore it."""
    client = sign_in(address)
    cake = RecipeCreate(title="Apple cake")
    made = parsed(create_recipe.sync_detailed(client=client, body=cake))

    read = get_recipe.sync_detailed(made.id, client=client)
    etag = read.headers["ETag"]
    assert parsed(read) == made
    again = get_recipe.sync_detailed(made.id, client=client, if_none_match=etag)
    assert again.status_code == HTTPStatus.NOT_MODIFIED

    change = RecipeUpdate(title="Apple cake with cinnamon")
    changed = parsed(
        update_recipe.sync_detailed(made.id, client=client, body=change, if_match=etag)
    )
    stale = update_recipe.sync_detailed(made.id, client=client, body=change, if_match=etag)
    assert stale.status_code == HTTPStatus.PRECONDITION_FAILED

    listed = parsed(list_recipes.sync_detailed(client=client))
    assert [item.id for item in listed.items] == [made.id]
    found = parsed(search_recipes.sync_detailed(client=client, keyword="cinnamon"))
    assert [item.title for item in found.items] == [changed.title]

    gone = delete_recipe.sync_detailed(made.id, client=client, if_match="*")
    assert gone.status_code == HTTPStatus.NO_CONTENT
    missing = get_recipe.sync(made.id, client=client)
    assert isinstance(missing, Problem)
    assert missing.type_.endswith("/problems/not-found")
    restored = parsed(restore_recipe.sync_detailed(made.id, client=client))
    assert restored.title == changed.title


if __name__ == "__main__":
    main(sys.argv[1])
