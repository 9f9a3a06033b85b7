"""The recipe document: built from what callers send, changed, written canonically, fingerprinted.

Pure: no database, no clock.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from potluck.schemas import recipe as schema
from potluck.services import document_parts as parts
from potluck.services.document_rules import check


def build(
    data: schema.RecipeWrite,
    *,
    language: str,
    status: schema.Status,
    visibility: schema.Visibility,
    tag_ids: list[UUID],
) -> schema.RecipeDocument:
    """The document of a recipe as it was sent, with ids and words where they were left out.

    `language`, `status` and `visibility` are what the recipe has from now on, whatever `data` says
    of them; `tag_ids` are the tags that `data.tags` stands for. Raises Invalid when a rule between
    the members is broken.
    """
    document = schema.RecipeDocument(
        schema_version=1,
        title=data.title,
        summary=data.summary,
        language=language,
        status=status,
        visibility=visibility,
        tag_ids=_distinct(tag_ids),
        ingredient_groups=parts.groups(data.ingredient_groups, language=language),
        sections=parts.sections(data.sections),
        times=parts.times(data.times),
        yields=parts.yields(data.yields),
        source=parts.source(data.source),
        image_url=data.image_url,
        equipment=data.equipment,
        nutrition=parts.nutrition(data.nutrition),
        notes=parts.notes(data.notes),
    )
    check(document, sent=type(data).model_fields)
    return document


def patch(
    previous: schema.RecipeDocument, data: schema.RecipeUpdate, *, tag_ids: list[UUID]
) -> schema.RecipeDocument:
    """`previous` with each member that `data` names replaced whole.

    `tag_ids` are the tags that the recipe has from now on, whatever `data` says of them. Raises
    Invalid when a rule between the members is broken, also by a member that stays.
    """
    changes = data.changes()
    changes.pop("tags", None)
    language = changes.get("language", previous.language)
    for name, convert in _converters(language).items():
        if name in changes:
            changes[name] = convert(changes[name])
    changes["tag_ids"] = _distinct(tag_ids)
    document = previous.model_copy(update=changes)
    check(document, sent=changes)
    return document


def canonical_json(document: schema.RecipeDocument) -> str:
    """The one JSON text of a document: sorted members, no white space, nothing escaped needlessly.

    `RecipeDocument.model_validate_json` reads it back to an equal document.
    """
    return json.dumps(
        document.model_dump(mode="json"),
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
        allow_nan=False,
    )


def is_same(one: schema.RecipeDocument, other: schema.RecipeDocument) -> bool:
    """Whether both have the same canonical JSON.

    Equal documents can differ in it ("1.5" and "1.50"), others always do and need not be written.
    """
    return one == other and canonical_json(one) == canonical_json(other)


def sha256(text: str) -> str:
    """The fingerprint of a document: SHA-256 of its canonical JSON in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def content(document: schema.RecipeDocument) -> dict[str, Any]:
    """The members of `document` that answers repeat, by name; tags are not among them."""
    return {name: getattr(document, name) for name in schema.RecipeContent.model_fields}


def total_time_s(document: schema.RecipeContent) -> int | None:
    """The upper end of the total time in seconds, else the sum of the other upper ends, else None.

    Times that could not be read do not count.
    """
    times = document.times
    if times.total is not None and times.total.max_s is not None:
        return times.total.max_s
    known = [time.max_s for time in (times.prep, times.cook, times.rest) if time is not None]
    given = [seconds for seconds in known if seconds is not None]
    return sum(given) if given else None


def _distinct(ids: list[UUID]) -> list[UUID]:
    return list(dict.fromkeys(ids))


def _converters(language: str) -> dict[str, Callable[[Any], Any]]:
    return {
        "ingredient_groups": lambda sent: parts.groups(sent, language=language),
        "sections": parts.sections,
        "times": parts.times,
        "yields": parts.yields,
        "source": parts.source,
        "nutrition": parts.nutrition,
        "notes": parts.notes,
    }
