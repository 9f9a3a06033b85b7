"""What all refusals have."""

from typing import Any, ClassVar


class AppError(Exception):
    """Base of all refusals.

    `detail` says to people what was refused and what to do; `extra` are further members (JSON).
    """

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong on our side"
    #: Most errors undo the work of the request. A few are themselves the work (a reused refresh
    #: token ends its family) and must be committed although the answer is an error.
    keeps_changes: ClassVar[bool] = False
    #: After how many seconds the same may be tried again, where that is known (`Retry-After`).
    retry_after_s: int | None = None

    def __init__(self, detail: str = "", **extra: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or None
        self.extra = extra
