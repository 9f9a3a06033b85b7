"""Archives of a person's own data."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from potluck.domain.jobs import JobState
from potluck.schemas.base import Out
from potluck.schemas.job import JobProgress
from potluck.schemas.types import Instant

#: How long an archive can be fetched.
KEPT = timedelta(days=7)


class ExportMade(BaseModel):
    """What came of the job: the file in the export store, its bytes, and the recipes in it."""

    file: str
    byte_size: int
    recipe_count: int


class Export(Out):
    """One archive that the caller asked for."""

    id: Annotated[UUID, Field(description="Also the id of the job that makes it.")]
    state: JobState
    progress: Annotated[JobProgress | None, Field(description="Recipes, once they are counted.")]
    created_at: Instant
    ended_at: Instant | None
    expires_at: Annotated[
        Instant | None, Field(description="Until when its file can be fetched; null without one.")
    ]
    byte_size: Annotated[int | None, Field(description="Of the file.")]
    recipe_count: int | None
