"""Jobs for the tests of the API."""

from uuid import UUID

from potluck.models import User
from potluck.resources import Resources
from potluck.schemas.job import FetchCover
from potluck.services import jobs


async def make_job(resources: Resources, user: User) -> UUID:
    """A job that the user asked for, which waits."""
    wish = FetchCover(recipe_id=user.id, url="https://site.example/cake.jpg")
    async with resources.database.transaction() as session:
        return await jobs.enqueue(session, wish, now=resources.clock.now(), user_id=user.id)
