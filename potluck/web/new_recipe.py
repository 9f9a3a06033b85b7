"""Writing a recipe: from nothing, or from what was found on a page."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.responses import Response

from potluck import crud, schemas
from potluck.core.errors import Invalid
from potluck.domain.roles import CONTRIBUTORS
from potluck.providers import ReadSession, Session
from potluck.services import imports, recipes
from potluck.web import drafts, once, recipe_form
from potluck.web.deps import Member, MemberOf, OurForm
from potluck.web.forms import LONGEST_FIELD, FormOf, sentences
from potluck.web.recipe_pages import show_form
from potluck.web.rendering import Pages, PagesOf
from potluck.web.templating import Flash, recipe_path

router = APIRouter()

Households = list[tuple[str, str]]


@router.get("/recipes/new")
async def new_form(pages: PagesOf, read: ReadSession, member: MemberOf) -> Response:
    """An empty form."""
    household = await recipes.destination(read, member.actor, None)
    values = recipe_form.texts(recipe_form.EMPTY) | {
        "language": household.locale,
        "status": "published",
        "visibility": household.default_visibility,
        "household_id": str(household.id),
    }
    households = await _households(read, member)
    return show_form(pages, "/recipes/new", values, households=households)


@router.post("/recipes/new", dependencies=[OurForm], form_limits={"max_part_size": LONGEST_FIELD})
async def create(pages: PagesOf, read: ReadSession, member: MemberOf, form: FormOf) -> Response:
    """Save what was typed, with what an imported draft holds beside it."""
    households = await _households(read, member)
    await read.close()
    draft = drafts.read(form)
    before = recipe_form.EMPTY if draft is None else draft.recipe
    members, errors = recipe_form.merged(form, before)
    members |= {"household_id": form["household_id"]} if form.get("household_id") else {}
    members = _without_blank_choices(members)
    try:
        data = schemas.RecipeCreate.model_validate(members)
        if not errors:
            path = await once.done(pages, form, partial(_save, pages, member, data, draft))
            return pages.go(path, Flash(text="Saved."))
    except (ValidationError, Invalid) as error:
        errors |= sentences(error, recipe_form.locate(members))
    hidden = None if draft is None else draft.fields
    return show_form(
        pages, "/recipes/new", form, errors=errors, households=households, hidden=hidden
    )


async def _save(
    pages: Pages,
    member: Member,
    data: schemas.RecipeCreate,
    draft: drafts.Draft | None,
    session: Session,
) -> str:
    """Gives the path of the recipe."""
    now = pages.resources.clock.now()
    if draft is None:
        saved = await recipes.create(session, member.actor, data, now=now)
    else:
        # The preview showed a duplicate, if there was one.
        _, _, saved = await imports.keep(
            session, member.actor, data, imported_via=draft.imported_via, again=True, now=now
        )
    return recipe_path({"id": str(saved.recipe.id), "slug": saved.recipe.slug})


async def _households(session: ReadSession, member: Member) -> Households:
    """Where the person may put a new recipe."""
    rows = await crud.user.memberships(session, member.actor)
    return [
        (str(household.id), household.name)
        for membership, household in rows
        if membership.role in CONTRIBUTORS
    ]


def _without_blank_choices(members: Mapping[str, Any]) -> dict[str, Any]:
    """A choice that was left blank is the household's."""
    blank = {name for name in recipe_form.CHOICES if not members.get(name)}
    return {name: value for name, value in members.items() if name not in blank}
