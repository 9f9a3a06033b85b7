"""What a credential may be used for, apart from what its owner may do."""

from collections.abc import Iterable
from enum import StrEnum


class Scope(StrEnum):
    """The catalogue; tags belong to the recipes, their scopes are those of recipes.

    Those of administration open nothing but to an administrator of the instance.
    """

    RECIPES_READ = "recipes:read"
    RECIPES_WRITE = "recipes:write"
    RECIPES_DELETE = "recipes:delete"
    MEDIA_WRITE = "media:write"
    HOUSEHOLDS_READ = "households:read"
    HOUSEHOLDS_WRITE = "households:write"
    MEMBERS_MANAGE = "members:manage"
    IMPORTS_RUN = "imports:run"
    PROFILE_READ = "profile:read"
    PROFILE_WRITE = "profile:write"
    ACCOUNT_SECURITY = "account:security"
    ADMIN_READ = "admin:read"
    ADMIN_WRITE = "admin:write"


#: What signing in grants when nothing less was asked for.
SCOPES_OF_LOGIN = frozenset(Scope)
#: What a personal access token may carry: never the right to make more of them, or to change how
#: the account is signed in to.
SCOPES_OF_TOKENS = frozenset(Scope) - {Scope.ACCOUNT_SECURITY}


def known(names: Iterable[str]) -> frozenset[Scope]:
    """The scopes among `names`; a name that is no scope (any more) grants nothing."""
    wanted = set(names)
    return frozenset(scope for scope in Scope if scope in wanted)


def parse(text: str) -> frozenset[Scope]:
    """The scopes of a blank-separated list (RFC 6749 section 3.3); unknown names are left out."""
    return known(text.split())


def to_text(scopes: Iterable[str]) -> str:
    """The blank-separated list of `scopes`, in alphabetical order."""
    return " ".join(sorted(scopes))
