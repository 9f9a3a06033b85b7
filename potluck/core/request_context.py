"""Which request is being served, for log lines and problem documents."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_request_id: ContextVar[str | None] = ContextVar("potluck_request_id", default=None)


def current_request_id() -> str | None:
    """The id of the request that this task serves, or None outside a request."""
    return _request_id.get()


@contextmanager
def serving(request_id: str) -> Iterator[None]:
    """Within the block, `current_request_id()` is `request_id`."""
    token = _request_id.set(request_id)
    try:
        yield
    finally:
        _request_id.reset(token)
