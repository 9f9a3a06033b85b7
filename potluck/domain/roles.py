"""The roles of a household and what each may do, apart from any row."""

from enum import StrEnum


class Role(StrEnum):
    """From most to least."""

    OWNER = "owner"
    ADMIN = "admin"
    EDITOR = "editor"
    CONTRIBUTOR = "contributor"
    VIEWER = "viewer"

    @property
    def rank(self) -> int:
        """0 is the highest."""
        return list(Role).index(self)

    def may_grant(self, other: "Role") -> bool:
        """Whether someone of this role may give `other`: at most the own role."""
        return self in MANAGERS and self.rank <= other.rank


#: Change settings and members of the household, and delete any recipe.
MANAGERS = (Role.OWNER, Role.ADMIN)
#: Edit any recipe and the tags; delete their own.
EDITORS = (*MANAGERS, Role.EDITOR)
#: Create recipes and edit their own.
CONTRIBUTORS = (*EDITORS, Role.CONTRIBUTOR)
