"""Who acts: built once per request or command, then handed to everything that asks for rights."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from potluck.core.scopes import Scope


@dataclass(frozen=True, slots=True)
class Actor:
    """A person with a credential, a stranger, or the system itself.

    `credential_id` is the token family, personal token or web session that was shown.
    `household_id` narrows a personal token: of all households, the actor belongs to that one at
    most, and what is shared with everybody who is signed in is not for it. `is_instance_admin`
    gives no right to the content of a household. `households` are those the actor belonged to when
    the credential was looked up (None: nobody asked): they narrow a search and give no right.
    `auth_at` is when the person last proved who they are, by a password (None: a personal token).
    """

    user_id: UUID | None = None
    scopes: frozenset[Scope] = frozenset()
    is_instance_admin: bool = False
    credential_id: UUID | None = None
    is_system: bool = False
    household_id: UUID | None = None
    households: frozenset[UUID] | None = None
    auth_at: datetime | None = None

    @classmethod
    def anonymous(cls) -> Self:
        """A stranger: nobody's credential, no scope, no household."""
        return cls(households=frozenset())

    @classmethod
    def system(cls) -> Self:
        """The service at its own work (start, jobs, the operator's commands): every scope."""
        return cls(scopes=frozenset(Scope), is_system=True)
