"""Sign-ins that are open: browsers and API clients in one list."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from potluck.schemas.base import Out
from potluck.schemas.types import Instant


class SessionKind(StrEnum):
    """How a session is carried: by a browser's cookie, or by the tokens of an API client."""

    BROWSER = "browser"
    API = "api"


class Session(Out):
    """One sign-in, as its owner sees it."""

    id: UUID
    kind: SessionKind
    user_agent: Annotated[
        str | None,
        Field(description="What the client called itself as it signed in."),
    ]
    created_at: Instant
    last_seen_at: Annotated[
        Instant,
        Field(description="A browser: to within an hour. An API client: its last refresh."),
    ]
    ends_at: Annotated[Instant, Field(description="When it ends if it is not used until then.")]
    is_current: Annotated[bool, Field(description="Whether it is the one that asks.")]
