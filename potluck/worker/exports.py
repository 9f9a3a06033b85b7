"""Makes archives of people's own data, and forgets them."""

import itertools
from collections.abc import Sequence
from datetime import timedelta

import structlog
from anyio import to_thread

from potluck import crud
from potluck.clients.export_store import ExportStore
from potluck.core.actor import Actor
from potluck.core.clock import Clock
from potluck.crud import recipe_export
from potluck.db.session import Database
from potluck.resources import Resources
from potluck.schemas.export import ExportMade
from potluck.schemas.job import ExportAccount
from potluck.services import export_contents, exports
from potluck.services.export_archive import Archive, Entry
from potluck.services.export_contents import Folder, RecipeFile
from potluck.worker.given_up import GivenUp
from potluck.worker.hold import Hold

log = structlog.get_logger(__name__)

#: Longer than anybody takes between the file and the row that names it.
_YOUNG = timedelta(days=1)


async def make(hold: Hold, _payload: ExportAccount) -> None:
    """Write the archive with the rights that the person has by now, and tell them it is there.

    No database connection is held while it is written. The file is whole before the row names it;
    one that no row names is swept.
    """
    if hold.job.user_id is None:
        raise GivenUp("nobody")
    resources = hold.resources
    store = ExportStore(resources.settings.exports_dir)
    with store.writing(hold.job.id, hold.job.fence) as (file, keep):
        archive = Archive(file, resources.clock.now())
        count = await _write(hold, Actor(user_id=hold.job.user_id), archive)
        size = file.tell()
        name = await to_thread.run_sync(keep)
    made = ExportMade(file=name, byte_size=size, recipe_count=count)
    async with hold.finishing(result=made.model_dump_json()) as session:
        await exports.tell_owner(session, hold.job.user_id, now=resources.clock.now())
    log.info("export_made", recipes=count, byte_size=size)


async def _write(hold: Hold, actor: Actor, archive: Archive) -> int:
    """Everything, page by page; how many recipes it were."""
    resources = hold.resources
    async with resources.database.reading() as session:
        total = await recipe_export.count(session, actor)
        entries, folders = await export_contents.account(
            session, actor, resources.cursors, now=resources.clock.now()
        )
    await to_thread.run_sync(archive.add, entries)
    await _add_events(resources, actor, archive)
    await hold.tell(0, total)
    done = 0
    for folder in folders:
        last: RecipeFile | None = None
        while page := await _page(resources, actor, folder, last):
            await to_thread.run_sync(archive.add, [each.entry for each in page])
            await _add_covers(resources, archive, page)
            done, last = done + len(page), page[-1]
            await hold.tell(done, max(done, total))
    await to_thread.run_sync(archive.close, done)
    return done


async def _add_events(resources: Resources, actor: Actor, archive: Archive) -> None:
    """What the audit tells the person, a file a page."""
    cursor: str | None = None
    for number in itertools.count(1):
        async with resources.database.reading() as session:
            entry, cursor = await export_contents.events(
                session, actor, resources.cursors, number=number, cursor=cursor
            )
        await to_thread.run_sync(archive.add, [entry])
        if cursor is None:
            break


async def _page(
    resources: Resources, actor: Actor, folder: Folder, last: RecipeFile | None
) -> Sequence[RecipeFile]:
    """The recipes behind the last one."""
    after = None if last is None else last.id
    public_url = resources.settings.public_url
    async with resources.database.reading() as session:
        return await export_contents.recipes(
            session, actor, folder, after=after, public_url=public_url
        )


async def _add_covers(resources: Resources, archive: Archive, page: Sequence[RecipeFile]) -> None:
    """The pictures, one at a time: they are the large part of an archive."""
    for name, key in [each.cover for each in page if each.cover is not None]:
        content = await resources.media_store.get(key)
        if content is None:
            log.error("picture_file_missing", key=key)
        else:
            await to_thread.run_sync(archive.add, [Entry(name, content, is_packed=True)])


async def sweep(database: Database, store: ExportStore, clock: Clock) -> None:
    """Remove archives that are kept no longer, and what killed processes have left."""
    now = clock.now()
    for name, id in await to_thread.run_sync(list, store.older_than(now - _YOUNG)):
        async with database.reading() as session:
            row = await crud.job.get(session, id)
            made = None if row is None else exports.made_by(row, now=now)
        if made is None or made.file != name:
            await to_thread.run_sync(store.remove, name)
