"""Conditional requests (RFC 9110, section 13), apart from any HTTP library."""

from collections.abc import Iterable

from pydantic import BaseModel

from potluck.core import etag
from potluck.core.errors import PreconditionRequired, Stale
from potluck.db.base_class import Entity
from potluck.models import Recipe, Tag
from potluck.schemas.recipe import TagRef


def etag_of(entity: Entity) -> str:
    """The ETag of a row whose answer depends on nothing but the row.

    References that the database lets go by itself (the author of a recipe, when the account goes)
    change the answer and do not count as a version, so they are part of it.
    """
    return _etag(entity)


def etag_of_recipe(recipe: Recipe, tags: Iterable[Tag | TagRef]) -> str:
    """The ETag of a recipe, which repeats the words of its tags.

    Renaming a tag counts as a version of every recipe that carries it; one that gains the tag at
    the same moment is not among them, so the words themselves are part of the ETag.
    """
    return _etag(recipe, *(f"{tag.id}\0{tag.kind}\0{tag.name}" for tag in tags))


def _etag(entity: Entity, *further: str) -> str:
    kind = "\0".join([entity.__tablename__, *_may_be_let_go(entity), *further])
    return etag.etag_of(kind, entity.id, entity.version)


def _may_be_let_go(entity: Entity) -> list[str]:
    columns = entity.__table__.columns
    return [
        str(getattr(entity, column.key))
        for column in columns
        if any(key.ondelete == "SET NULL" for key in column.foreign_keys)
    ]


def etag_of_answer(answer: BaseModel) -> str:
    """The ETag of an answer made of several rows: of its very words."""
    return etag.etag_of_body(answer.model_dump_json().encode())


def check_match(if_match: str | None, current: str) -> None:
    """Refuse a change based on an older state.

    Raises `PreconditionRequired` without an If-Match, `Stale` (with the current ETag) when it
    names another state.
    """
    if if_match is None:
        raise PreconditionRequired("Send the ETag you read in the header If-Match.")
    if not etag.matches(if_match, current, weak=False):
        raise Stale("Read it again and repeat your change on what is there now.", etag=current)
