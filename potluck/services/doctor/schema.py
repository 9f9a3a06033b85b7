"""How the tables compare with what this program knows."""

from collections.abc import AsyncIterator

from potluck.db import migrations
from potluck.services.doctor.finding import Finding, Patient

CHECK = "schema"


async def look(patient: Patient) -> AsyncIterator[Finding]:
    """Whether the database is at the newest revision."""
    async with patient.reading() as session:
        state = await migrations.schema_state(session)
    head = migrations.known_revisions()[0]
    if state == "ok":
        yield Finding(CHECK, "ok", f"The tables are at revision {head}, the newest.")
    elif state == "behind":
        yield Finding(
            CHECK,
            "error",
            f"The tables are older than this program, which needs revision {head}.",
            "Run: potluck migrate",
            stops=True,
        )
    else:
        yield Finding(
            CHECK,
            "error",
            "The tables are newer than this program.",
            "Update Potluck to the version that migrated them.",
            stops=True,
        )
