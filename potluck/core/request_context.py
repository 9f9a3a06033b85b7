"""What is being served or worked on, for log lines and problem documents.

One dictionary per request, changed in place: what a dependency notes deep inside is there for the
access log outside, and for threads and tasks that the request starts.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import Context, ContextVar, copy_context
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal
from uuid import UUID

Proof = Literal["access-token", "personal-token", "refresh-token", "session", "password"]

_NOTHING: Mapping[str, str] = MappingProxyType({})
_fields: ContextVar[dict[str, str] | None] = ContextVar("potluck_log_fields", default=None)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from: the peer's address, or what a trusted proxy says of it, and the
    name that the client gives itself. For the audit; log lines do not carry it.
    """

    host: str | None = None
    user_agent: str | None = None


_NOWHERE = Origin()
_origin: ContextVar[Origin] = ContextVar("potluck_origin", default=_NOWHERE)


def current_origin() -> Origin:
    """Where the request that this task serves comes from; of nothing outside a request."""
    return _origin.get()


def current_request_id() -> str | None:
    """The id of the request that this task serves, or None outside a request."""
    return current_fields().get("request_id")


def current_fields() -> Mapping[str, str]:
    """What every log line of this task carries, by name."""
    fields = _fields.get()
    return _NOTHING if fields is None else fields


@contextmanager
def serving(request_id: str, origin: Origin = _NOWHERE) -> Iterator[None]:
    """Within the block, `current_request_id()` is `request_id`, `current_origin()` is `origin`."""
    token, place = _fields.set({"request_id": request_id}), _origin.set(origin)
    try:
        yield
    finally:
        _fields.reset(token)
        _origin.reset(place)


def of_job(job: str) -> Context:
    """For `create_task`: every log line of the task says which work in the background it is."""
    context = copy_context()
    context.run(_fields.set, {"job": job})
    return context


@contextmanager
def working(kind: str, job_id: UUID) -> Iterator[None]:
    """Within the block every log line says which job is being done."""
    token = _fields.set({"job": kind, "job_id": str(job_id)})
    try:
        yield
    finally:
        _fields.reset(token)


def note_actor(user_id: UUID | None, proof: Proof) -> None:
    """From here on the log lines of the request say who sent it, and by what that was proved."""
    fields = _fields.get()
    if fields is not None and user_id is not None:
        fields["actor_id"] = str(user_id)
        fields["proof"] = proof


def note_trace(trace_id: str, span_id: str) -> None:
    """From here on the log lines of the request name its trace (W3C ids in hex)."""
    fields = _fields.get()
    if fields is not None:
        fields["trace_id"], fields["span_id"] = trace_id, span_id
