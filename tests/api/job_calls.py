"""Jobs for the tests of the API."""

from uuid import UUID

from potluck.core.actor import Actor
from potluck.models import User
from potluck.resources import Resources
from potluck.schemas.job import FetchCover
from potluck.services import exports, jobs
from potluck.worker import runner


async def make_job(resources: Resources, user: User) -> UUID:
    """A job that the user asked for, which waits."""
    wish = FetchCover(recipe_id=user.id, url="https://site.example/cake.jpg")
    async with resources.database.transaction() as session:
        return await jobs.enqueue(session, wish, now=resources.clock.now(), user_id=user.id)


async def make_export(resources: Resources, user: User) -> UUID:
    """An archive of the user's data that can be fetched."""
    async with resources.database.transaction() as session:
        job = await exports.ask(session, Actor(user_id=user.id), now=resources.clock.now())
    assert await runner.run(resources, job.id)
    return job.id
