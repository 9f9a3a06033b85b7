"""What is kept in the audit, and who may read it."""

from dataclasses import dataclass, field
from enum import StrEnum


class Action(StrEnum):
    """What somebody did to an account, a household or the instance. Values never change."""

    SIGNED_UP = "account.signed-up"
    SET_UP = "instance.set-up"
    SIGNED_IN = "session.started"
    SIGN_IN_REFUSED = "session.refused"
    SIGNED_OUT = "session.signed-out"
    REFRESH_REUSED = "session.reused"
    SESSION_ENDED = "session.ended"
    OTHER_SESSIONS_ENDED = "session.others-ended"
    ALL_SESSIONS_ENDED = "session.all-ended"
    CONFIRMED = "session.confirmed"
    CONFIRMATION_REFUSED = "session.confirmation-refused"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 - a name
    TOKEN_CREATED = "token.created"  # noqa: S105 - a name
    TOKEN_REVOKED = "token.revoked"  # noqa: S105 - a name
    HOUSEHOLD_CREATED = "household.created"
    HOUSEHOLD_CHANGED = "household.changed"
    HOUSEHOLD_TRANSFERRED = "household.transferred"
    HOUSEHOLD_DELETED = "household.deleted"
    HOUSEHOLD_RESTORED = "household.restored"
    MEMBER_ADDED = "member.added"
    MEMBER_ROLE_CHANGED = "member.role-changed"
    MEMBER_REMOVED = "member.removed"
    MEMBER_LEFT = "member.left"
    INVITATION_CREATED = "invitation.created"
    INVITATION_REVOKED = "invitation.revoked"
    INVITATION_ACCEPTED = "invitation.accepted"
    ACCOUNT_CREATED = "account.created"
    ACCOUNT_DISABLED = "account.disabled"
    ACCOUNT_ENABLED = "account.enabled"
    DELETION_SCHEDULED = "account.deletion-scheduled"
    DELETION_UNDONE = "account.deletion-undone"
    ACCOUNT_DELETED = "account.deleted"
    EXPORT_ASKED = "account.export-asked"
    EXPORT_DOWNLOADED = "account.export-downloaded"
    ACCOUNT_PROMOTED = "account.promoted"
    ACCOUNT_DEMOTED = "account.demoted"
    ACCOUNT_UNBLOCKED = "account.unblocked"
    PASSWORD_RESET = "password.reset"  # noqa: S105 - a name
    RESET_ASKED = "password.reset-asked"
    RESET_LINK_MADE = "password.reset-link-made"
    RESET_BY_LINK = "password.reset-by-link"
    EMAIL_CHANGE_ASKED = "address.change-asked"
    EMAIL_CHANGED = "address.changed"
    EMAIL_CHANGE_CANCELLED = "address.change-cancelled"
    JOB_RETRIED = "job.retried"
    JOB_CANCELLED = "job.cancelled"
    KEYS_ROTATED = "keys.rotated"
    KEYS_REWRAPPED = "keys.rewrapped"


#: In `credential_kind`: a stranger did it, who proved nothing.
NO_PROOF = "none"


class Outcome(StrEnum):
    """Whether it was done."""

    DONE = "done"
    REFUSED = "refused"


class Reader(StrEnum):
    """Who reads an event beside the administrators of the instance, who read all."""

    #: The account that it concerns: the one that it was done to, else the one that did it.
    PERSON = "person"
    #: The owners of the household.
    OWNERS = "owners"


@dataclass(frozen=True)
class Rule:
    """`detail` names the members that an event of the action may carry: never a secret, an
    address or a text that somebody wrote.
    """

    readers: frozenset[Reader]
    detail: frozenset[str] = field(default=frozenset())


_PERSON = frozenset({Reader.PERSON})
_OWNERS = frozenset({Reader.OWNERS})
_BOTH = _PERSON | _OWNERS
_NOBODY: frozenset[Reader] = frozenset()

#: Every action has a rule; a test compares.
RULES: dict[Action, Rule] = {
    Action.SIGNED_UP: Rule(_PERSON),
    Action.SET_UP: Rule(_PERSON),
    Action.SIGNED_IN: Rule(_PERSON),
    Action.SIGN_IN_REFUSED: Rule(_PERSON),
    Action.SIGNED_OUT: Rule(_PERSON),
    Action.REFRESH_REUSED: Rule(_PERSON),
    Action.SESSION_ENDED: Rule(_PERSON),
    Action.OTHER_SESSIONS_ENDED: Rule(_PERSON),
    Action.ALL_SESSIONS_ENDED: Rule(_PERSON),
    Action.CONFIRMED: Rule(_PERSON),
    Action.CONFIRMATION_REFUSED: Rule(_PERSON),
    Action.PASSWORD_CHANGED: Rule(_PERSON, frozenset({"has_tokens_revoked"})),
    Action.TOKEN_CREATED: Rule(_PERSON, frozenset({"scopes"})),
    Action.TOKEN_REVOKED: Rule(_PERSON),
    Action.HOUSEHOLD_CREATED: Rule(_BOTH),
    Action.HOUSEHOLD_CHANGED: Rule(_OWNERS, frozenset({"members"})),
    Action.HOUSEHOLD_TRANSFERRED: Rule(_BOTH),
    Action.HOUSEHOLD_DELETED: Rule(_BOTH),
    Action.HOUSEHOLD_RESTORED: Rule(_BOTH),
    Action.MEMBER_ADDED: Rule(_BOTH, frozenset({"role"})),
    Action.MEMBER_ROLE_CHANGED: Rule(_BOTH, frozenset({"role", "before"})),
    Action.MEMBER_REMOVED: Rule(_BOTH, frozenset({"role"})),
    Action.MEMBER_LEFT: Rule(_BOTH, frozenset({"role"})),
    Action.INVITATION_CREATED: Rule(_OWNERS, frozenset({"role"})),
    Action.INVITATION_REVOKED: Rule(_OWNERS, frozenset({"role"})),
    Action.INVITATION_ACCEPTED: Rule(_BOTH, frozenset({"role"})),
    Action.ACCOUNT_CREATED: Rule(_PERSON, frozenset({"is_administrator"})),
    Action.ACCOUNT_DISABLED: Rule(_PERSON),
    Action.ACCOUNT_ENABLED: Rule(_PERSON),
    Action.DELETION_SCHEDULED: Rule(_PERSON),
    Action.DELETION_UNDONE: Rule(_PERSON),
    Action.ACCOUNT_DELETED: Rule(_NOBODY),
    Action.EXPORT_ASKED: Rule(_PERSON),
    Action.EXPORT_DOWNLOADED: Rule(_PERSON),
    Action.ACCOUNT_PROMOTED: Rule(_PERSON),
    Action.ACCOUNT_DEMOTED: Rule(_PERSON),
    Action.ACCOUNT_UNBLOCKED: Rule(_PERSON),
    Action.PASSWORD_RESET: Rule(_PERSON),
    Action.RESET_ASKED: Rule(_PERSON),
    Action.RESET_LINK_MADE: Rule(_PERSON),
    Action.RESET_BY_LINK: Rule(_PERSON, frozenset({"has_tokens_revoked"})),
    Action.EMAIL_CHANGE_ASKED: Rule(_PERSON),
    Action.EMAIL_CHANGED: Rule(_PERSON),
    Action.EMAIL_CHANGE_CANCELLED: Rule(_PERSON, frozenset({"is_put_back"})),
    Action.JOB_RETRIED: Rule(_NOBODY),
    Action.JOB_CANCELLED: Rule(_NOBODY),
    Action.KEYS_ROTATED: Rule(_NOBODY, frozenset({"is_old_refused"})),
    Action.KEYS_REWRAPPED: Rule(_NOBODY),
}


def read_by(reader: Reader) -> list[Action]:
    """The actions of which the reader sees the events."""
    return [action for action, rule in RULES.items() if reader in rule.readers]
