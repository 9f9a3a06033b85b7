"""Scopes and actors: what a credential is for, and who holds it."""

import dataclasses
from uuid import UUID

import pytest

from potluck.core import scopes
from potluck.core.actor import Actor
from potluck.core.scopes import SCOPES_OF_LOGIN, Scope


class TestScopes:
    def test_the_catalogue(self) -> None:
        assert [str(scope) for scope in Scope] == [
            "recipes:read",
            "recipes:write",
            "recipes:delete",
            "media:write",
            "households:read",
            "households:write",
            "members:manage",
            "imports:run",
            "profile:read",
            "profile:write",
            "account:security",
            "admin:read",
            "admin:write",
        ]

    def test_signing_in_grants_all_of_it(self) -> None:
        assert frozenset(Scope) == SCOPES_OF_LOGIN

    def test_a_list_is_read_and_written_with_blanks(self) -> None:
        assert scopes.parse(" recipes:write  recipes:read ") == {
            Scope.RECIPES_READ,
            Scope.RECIPES_WRITE,
        }
        assert scopes.to_text({Scope.RECIPES_WRITE, Scope.RECIPES_READ}) == (
            "recipes:read recipes:write"
        )
        assert scopes.parse(scopes.to_text(SCOPES_OF_LOGIN)) == SCOPES_OF_LOGIN

    @pytest.mark.parametrize("text", ["", "admin", "recipes", "RECIPES:READ", "recipes:read,", "*"])
    def test_an_unknown_name_grants_nothing(self, text: str) -> None:
        assert scopes.parse(text) == frozenset()

    def test_known_names_come_back_as_scopes(self) -> None:
        assert scopes.known(name for name in ("profile:read", "x")) == {Scope.PROFILE_READ}


class TestActor:
    def test_a_stranger_has_neither_name_nor_scope(self) -> None:
        assert Actor.anonymous() == Actor(
            user_id=None,
            scopes=frozenset(),
            is_instance_admin=False,
            credential_id=None,
            is_system=False,
            households=frozenset(),
        )

    def test_the_system_has_every_scope_and_is_nobody(self) -> None:
        assert Actor.system() == Actor(scopes=frozenset(Scope), is_system=True)

    def test_an_actor_cannot_be_changed(self) -> None:
        actor = Actor(user_id=UUID(int=1))
        with pytest.raises(dataclasses.FrozenInstanceError):
            actor.is_instance_admin = True  # type: ignore[misc]
