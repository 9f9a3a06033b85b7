"""Every refusal a caller may meet: raised anywhere, turned into RFC 9457 problems at the edge.

The classes know no HTTP library; `status` and `slug` are data that `potluck.api.problems` and
`potluck.web` translate. Each slug has a page under `potluck/templates/problems/`.
"""

from typing import Any

from potluck.core.errors.base import AppError as AppError
from potluck.core.errors.page_import import FetchRefused as FetchRefused
from potluck.core.errors.page_import import FetchTooLarge as FetchTooLarge
from potluck.core.errors.page_import import FetchTooSlow as FetchTooSlow
from potluck.core.errors.page_import import FetchUnreachable as FetchUnreachable
from potluck.core.errors.page_import import NoRecipeFound as NoRecipeFound
from potluck.core.errors.page_import import NotAPage as NotAPage
from potluck.core.errors.page_import import PageProblem as PageProblem
from potluck.core.rate_limit import Budget


class Internal(AppError):
    """An unexpected failure of ours; the detail never says more than the request id."""


class MalformedBody(AppError):
    status, slug, title = 400, "malformed-body", "The body could not be read"


class MalformedRequest(AppError):
    status, slug, title = 400, "malformed-request", "The request could not be read"


class UnknownHost(AppError):
    status, slug, title = 400, "unknown-host", "This is not a name of ours"


class InvalidCursor(AppError):
    status, slug, title = 400, "invalid-cursor", "The cursor is not valid for this list"


class Unauthenticated(AppError):
    status, slug, title = 401, "unauthenticated", "Sign in first"


class InvalidToken(AppError):
    status, slug, title = 401, "invalid-token", "The token is not valid"


class RefreshReused(InvalidToken):
    """A spent refresh token was presented again: its family is ended, and that must be kept."""

    keeps_changes = True


class InvalidCredentials(AppError):
    status, slug, title = 401, "invalid-credentials", "Address or password is wrong"


class InvalidSetupSecret(AppError):
    status, slug, title = 401, "invalid-setup-secret", "The setup secret is wrong"


class Forbidden(AppError):
    status, slug, title = 403, "forbidden", "Not allowed"


class InsufficientScope(AppError):
    status, slug, title = 403, "insufficient-scope", "The token lacks a scope"


class ReauthRequired(AppError):
    """The sign-in is too long ago for this; `next_step` says how to prove oneself anew."""

    status, slug, title = 403, "reauth-required", "Confirm that it is you"

    def __init__(self) -> None:
        super().__init__(
            "This needs a sign-in of the last 10 minutes.",
            next_step="Send your password to POST /auth/step-up, then repeat this with the access"
            " token of its answer.",
        )


class AccountDeletionScheduled(AppError):
    """The account is about to be deleted; `next_step` says how to keep it."""

    status, slug, title = 403, "account-deletion-scheduled", "The account is about to be deleted"

    def __init__(self) -> None:
        super().__init__(
            "Its owner asked for that. Until then it can be kept, and nothing else.",
            next_step="Send POST /auth/me/restore to keep the account.",
        )


class SignupClosed(AppError):
    status, slug, title = 403, "signup-closed", "Sign-up is closed on this instance"


class CrossSite(AppError):
    status, slug, title = 403, "cross-site", "The request came from another site"


class NotFound(AppError):
    status, slug, title = 404, "not-found", "Not found"


class MethodNotAllowed(AppError):
    status, slug, title = 405, "method-not-allowed", "The method is not allowed here"


class NotAcceptable(AppError):
    status, slug, title = 406, "not-acceptable", "No representation fits the Accept header"


class RequestTimeout(AppError):
    status, slug, title = 408, "request-timeout", "The request took too long to arrive"


class Conflict(AppError):
    """Base of all 409s: the request is fine, the state of things is in its way."""

    status = 409


class EmailTaken(Conflict):
    slug, title = "email-taken", "An account with this address exists already"


class AlreadyMember(Conflict):
    slug, title = "already-member", "This person is a member already"


class LastOwner(Conflict):
    slug, title = "last-owner", "A household needs an owner"


class LastAdministrator(Conflict):
    slug, title = "last-administrator", "The instance needs an administrator"


class TagExists(Conflict):
    slug, title = "tag-exists", "A tag of this name exists already"


class AlreadyImported(Conflict):
    slug, title = "already-imported", "This page is in the household already"


class NotInTrash(Conflict):
    slug, title = "not-in-trash", "It is not in the trash"


class IdempotencyKeyInUse(Conflict):
    slug, title = "idempotency-key-in-use", "The first request with this key is not done yet"
    retry_after_s = 1


class SetupDone(AppError):
    status, slug, title = 410, "setup-done", "The first administrator exists already"


class Stale(AppError):
    status, slug, title = 412, "stale", "Someone else changed it in the meantime"


class BodyTooLarge(AppError):
    status, slug, title = 413, "body-too-large", "The body is too large"


class UriTooLong(AppError):
    status, slug, title = 414, "uri-too-long", "The address is too long"


class UnsupportedMediaType(AppError):
    status, slug, title = 415, "unsupported-media-type", "The content type is not supported"


class PreconditionRequired(AppError):
    status, slug, title = 428, "precondition-required", "If-Match is required"


class TooManyRequests(AppError):
    """A budget is spent; `retry_after_s` goes into the header, and `budget` if one may be named.

    The sentence is the same whatever was counted: the answer tells nothing of an account.
    """

    status, slug, title = 429, "too-many-requests", "Too many requests"
    retry_after_s: int

    def __init__(self, *, retry_after_s: int, budget: Budget | None = None) -> None:
        super().__init__("That was often in a short while. Wait a little, then try again.")
        self.retry_after_s = retry_after_s
        self.budget = budget


class Invalid(AppError):
    """A rule that spans members was broken.

    `errors` is a list of `{"in", "pointer", "code", "detail"}` as in the contract, section 2.
    """

    status, slug, title = 422, "invalid", "The request is not valid"

    def __init__(self, detail: str = "", *, errors: list[dict[str, str]] | None = None) -> None:
        super().__init__(detail, errors=errors or [])

    @classmethod
    def member(cls, pointer: str, code: str, detail: str, *, place: str = "body") -> "Invalid":
        """One broken member: `pointer` is RFC 6901, `place` one of body query path header form."""
        error = {"in": place, "pointer": pointer, "code": code, "detail": detail}
        return cls("1 member needs attention.", errors=[error])


class IdempotencyKeyReused(AppError):
    status, slug, title = 422, "idempotency-key-reused", "The key was sent with another request"


class HeadersTooLarge(AppError):
    status, slug, title = 431, "headers-too-large", "The headers are too large"


class UnknownMethod(AppError):
    status, slug, title = 501, "unknown-method", "There is no such method"


class Unavailable(AppError):
    """A bounded wait ran out (pool, lock, hashing queue); `retry_after_s` goes into the header."""

    status, slug, title = 503, "unavailable", "Busy right now"

    def __init__(self, detail: str = "", *, retry_after_s: int = 1, **extra: Any) -> None:
        super().__init__(detail, **extra)
        self.retry_after_s = retry_after_s


class OutcomeUnknown(Unavailable):
    """The database went away while it committed: nobody here knows whether it was done."""

    def __init__(self) -> None:
        super().__init__(
            "The database went away while it saved. Look whether it was saved before you send it"
            " again.",
            outcome="unknown",
        )


class StorageFull(Unavailable):
    """Nothing can be written: the disk is full. Reads go on (RFC 4918 11.5)."""

    status, slug, title = 507, "storage-full", "No room left"

    def __init__(self, detail: str = "", *, retry_after_s: int = 60, **extra: Any) -> None:
        detail = detail or "The disk is full and nothing was changed; ask whoever runs this."
        super().__init__(detail, retry_after_s=retry_after_s, **extra)


class NotReady(Unavailable):
    slug, title = "not-ready", "Not ready to serve"
