"""An installation with a recipe in it, for the doctor to look at."""

from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from potluck.db.engines import open_migration_engine
from potluck.models import User
from potluck.resources import Resources
from potluck.services.doctor.finding import Check, Patient
from tests.api.recipe_calls import create
from tests.conftest import As
from tests.doubles import FakeClock
from tests.factories import Make


@pytest.fixture
def patient(resources: Resources, clock: FakeClock) -> Patient:
    """The running app's installation."""
    reading = resources.database.reading
    return Patient(resources.settings, clock, reading, resources.media_store)


@pytest.fixture
async def as_ada(as_: As, make_user: Make[User]) -> httpx2.AsyncClient:
    """Somebody with a household."""
    return await as_(await make_user(email="ada@example.org"))


@pytest.fixture
async def recipe_id(as_ada: httpx2.AsyncClient) -> str:
    """A recipe with a bit of everything that is compared."""
    body: dict[str, Any] = {
        "title": "Leek soup",
        "summary": "For the cold.",
        "tags": [{"name": "Winter"}],
        "ingredient_groups": [
            {"lines": [{"original_text": "2 leeks"}, {"original_text": "1 l stock"}]}
        ],
        "sections": [{"steps": [{"text": "Cook the leeks."}]}],
    }
    return str((await create(as_ada, **body))["id"])


async def found(check: Check, patient: Patient) -> list[tuple[str, str]]:
    """What a check says: level and sentence. Every fault comes with a way to mend it."""
    findings = [finding async for finding in check(patient)]
    for finding in findings:
        assert bool(finding.mend) == (finding.level != "ok"), finding
    return [(finding.level, finding.what) for finding in findings]


def slip(patient: Patient, statement: str, **values: Any) -> None:
    """Change the database past the program, as a slip in an SQL shell does."""
    settings = patient.settings
    engine = open_migration_engine(settings.database_url, settings.database)
    with engine.begin() as connection:
        connection.execute(text(statement), values)
    engine.dispose()
