"""What was found on a page, carried through forms until it is saved.

Nothing is kept on the server for somebody who may never save. The form brings back the draft
itself, so what was looked at is what is saved; it is worth no more trust than any POST.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from pydantic import ValidationError

from potluck import schemas
from potluck.core.errors import MalformedBody
from potluck.schemas.page_import import ImportResult
from potluck.schemas.recipe import ImportedVia
from potluck.web import recipe_form

FIELD, VIA = "draft", "imported_via"
#: What reading raises for text that is no draft; RecursionError for brackets without end.
_UNREADABLE = (
    ValueError,
    ValidationError,
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
)


@dataclass(frozen=True)
class Draft:
    """A recipe that is not saved yet, in plain JSON with all writable members."""

    recipe: dict[str, Any]
    imported_via: ImportedVia

    @property
    def fields(self) -> dict[str, str]:
        """The hidden fields that bring it back."""
        text = json.dumps(self.recipe, ensure_ascii=False, separators=(",", ":"))
        return {FIELD: text, VIA: self.imported_via}


def of(result: ImportResult, imported_via: ImportedVia) -> Draft:
    """The draft of a page that was read."""
    return Draft(result.draft.model_dump(mode="json"), imported_via)


def read(form: Mapping[str, str]) -> Draft | None:
    """The draft that the form brings back, None without one. Raises `MalformedBody`."""
    if FIELD not in form:
        return None
    try:
        recipe = json.loads(form[FIELD])
        schemas.RecipeCreate.model_validate(recipe)
        complete = {**recipe_form.EMPTY, **recipe}
        recipe_form.texts(complete)
    except _UNREADABLE as error:
        raise MalformedBody("The draft cannot be read. Look at the page once more.") from error
    via = form.get(VIA)
    return Draft(complete, cast("ImportedVia", via if via in {"url", "html"} else "html"))
