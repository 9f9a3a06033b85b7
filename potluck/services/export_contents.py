"""What goes into the archive of somebody's data, read with the rights they have now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud, schemas
from potluck.clients.media_store import media_key
from potluck.core.actor import Actor
from potluck.core.cursor import Cursors
from potluck.core.paging import PageRequest
from potluck.crud import recipe_export
from potluck.domain.slug import slug
from potluck.models import Media, Recipe
from potluck.schemas.audit import SecurityEvent
from potluck.schemas.base import Out
from potluck.services import (
    accounts,
    audit_lists,
    open_sessions,
    personal_tokens,
    recipe_answers,
)
from potluck.services.export_archive import Entry

#: Recipes read, and told of, at a time: some hundred kilobytes.
PAGE = 50
#: More than anybody is signed in with.
_SESSIONS = 500
#: Events of the audit in a file.
_EVENTS = 200


class _Account(Out):
    """`account.json`."""

    account: schemas.User
    sessions: list[schemas.Session]
    tokens: list[schemas.PersonalToken]


class _Events(Out):
    """`events/0001.json` and those behind it."""

    events: list[SecurityEvent]


@dataclass(frozen=True)
class Folder:
    """A household of the person's, and its folder in the archive."""

    household_id: UUID
    path: str


@dataclass(frozen=True)
class RecipeFile:
    """A recipe as a file; `cover` names the file of its picture and its key in the media store."""

    id: UUID
    entry: Entry
    cover: tuple[str, str] | None


async def account(
    session: AsyncSession, actor: Actor, cursors: Cursors, *, now: datetime
) -> tuple[list[Entry], list[Folder]]:
    """What stands in the archive of the account itself, and the households whose recipes follow.

    Raises `NotFound` when there is no such account any more.
    """
    assert actor.user_id is not None  # noqa: S101 - an archive is somebody's
    user = await crud.user.get(session, actor, actor.user_id)
    profile = await accounts.profile(session, actor, user)
    first = PageRequest(limit=_SESSIONS, cursor=None, cursors=cursors, binding="")
    signed_in, _ = await open_sessions.page(session, actor, first, now=now)
    whole = _Account(
        account=profile,
        sessions=signed_in,
        tokens=await personal_tokens.of_user(session, actor, user.id),
    )
    folders = [
        Folder(each.household_id, f"households/{_name(each.name, 'household', each.household_id)}")
        for each in profile.memberships
    ]
    entries = [Entry("account.json", _json(whole))]
    for folder, membership in zip(folders, profile.memberships, strict=True):
        entries.append(Entry(f"{folder.path}/household.json", _json(membership)))
    return entries, folders


async def events(
    session: AsyncSession, actor: Actor, cursors: Cursors, *, number: int, cursor: str | None
) -> tuple[Entry, str | None]:
    """A file of what the audit tells the person of their account, and the cursor of the next.

    Newest first; `number` counts the files from 1.
    """
    request = PageRequest(limit=_EVENTS, cursor=cursor, cursors=cursors, binding="")
    found, following = await audit_lists.own(session, actor, request)
    return Entry(f"events/{number:04}.json", _json(_Events(events=found))), following


async def recipes(
    session: AsyncSession, actor: Actor, folder: Folder, *, after: UUID | None, public_url: str
) -> Sequence[RecipeFile]:
    """The next `PAGE` recipes of a household behind one that the actor may take along now."""
    rows = await recipe_export.page(session, actor, folder.household_id, after=after, limit=PAGE)
    return [
        _recipe_file(folder, row, recipe_answers.recipe(row, tags, public_url=public_url), cover)
        for row, tags, cover in rows
    ]


def _recipe_file(
    folder: Folder, row: Recipe, answer: schemas.Recipe, cover: Media | None
) -> RecipeFile:
    path = f"{folder.path}/recipes/{_name(row.title, 'recipe', row.id)}"
    picture = None
    if cover is not None:
        largest = max(map(int, cover.widths.split()))
        picture = (f"{path}.webp", media_key(cover.digest, largest, "webp"))
    return RecipeFile(row.id, Entry(f"{path}.json", _json(answer)), picture)


def _json(model: Out) -> bytes:
    return model.model_dump_json(indent=1).encode()


def _name(title: str, nameless: str, id: UUID) -> str:
    """Readable, and like no other: ASCII letters, digits and hyphens, no name of a device.

    Twelve digits of the id are random (RFC 9562, 5.7), so two of one title do not meet.
    """
    return f"{slug(title, nameless=nameless)}-{id.hex[-12:]}"
