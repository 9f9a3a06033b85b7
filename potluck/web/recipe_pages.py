"""The form of a recipe as a page, for new, imported and changed recipes alike."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from potluck.web import once, recipe_form
from potluck.web.forms import Errors
from potluck.web.rendering import Pages

_FIELDS = (*recipe_form.texts(recipe_form.EMPTY), "household_id")


def show_form(
    pages: Pages,
    action: str,
    values: Mapping[str, str],
    *,
    recipe: Mapping[str, Any] | None = None,
    errors: Errors | None = None,
    households: list[tuple[str, str]] | None = None,
    etag: str = "",
    is_stale: bool = False,
    hidden: Mapping[str, str] | None = None,
    status: int | None = None,
) -> Response:
    """The page of `pages/recipe_form.html`; its head says what each of these is."""
    if status is None:
        status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
        status = HTTPStatus.PRECONDITION_FAILED if is_stale else status
    brought = dict(hidden or {})
    if recipe is None:
        brought[once.FIELD] = once.named(values)
    return pages.show(
        "pages/recipe_form.html",
        status=status,
        has_form=True,
        action=action,
        recipe=recipe,
        values={name: values.get(name, "") for name in _FIELDS},
        errors=errors or {},
        households=households or [],
        etag=etag,
        is_stale=is_stale,
        hidden=brought,
    )
