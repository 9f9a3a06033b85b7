"""One recipe: to look at, to write, to change, to put into the trash and take out again."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from potluck import crud, schemas
from potluck.core.errors import Forbidden, Invalid, NotFound, PreconditionRequired, Stale
from potluck.crud import public_recipes, recipe_rights
from potluck.domain.slug import looks_like_slug
from potluck.models import Media, Recipe
from potluck.providers import ReadSession
from potluck.services import cover_wishes, recipe_answers, recipes
from potluck.services.preconditions import etag_of_recipe
from potluck.web import covers, recipe_form
from potluck.web.deps import MemberOf, OurForm
from potluck.web.forms import LONGEST_FIELD, Errors, FormOf, sentences
from potluck.web.json_ld import recipe_json_ld
from potluck.web.public_page import PublicPage, public_page
from potluck.web.recipe_pages import show_form
from potluck.web.rendering import Pages, PagesOf
from potluck.web.templating import Flash, page_slug, recipe_path

router = APIRouter()

PERMANENT = 308
#: The field that says what the form showed when it was made.
SEEN = "seen"


@router.get("/recipes/{recipe_id:uuid}/edit")
async def edit_form(
    pages: PagesOf, read: ReadSession, member: MemberOf, recipe_id: UUID
) -> Response:
    """The recipe as a form."""
    row, recipe, etag = await _found(pages, read, recipe_id)
    rights = await recipe_rights.of(read, member.actor, row.id)
    if not rights.can_edit:
        raise Forbidden("Your role in the household does not allow changing this recipe.")
    values = recipe_form.texts(recipe) | {SEEN: recipe_form.fingerprint(recipe)}
    return _edit(pages, recipe, values, etag=etag)


@router.get("/recipes/{recipe_id:uuid}")
@router.get("/recipes/{recipe_id:uuid}/{slug}")
async def show(pages: PagesOf, read: ReadSession, recipe_id: UUID, slug: str = "") -> Response:
    """The recipe, at the one address with its current slug; earlier slugs lead there.

    What looks like a file is no page: a cache that goes by `.css` must not find one under it.
    """
    if slug and not looks_like_slug(slug):
        raise NotFound("There is no such page.")
    row, recipe, etag = await _found(pages, read, recipe_id)
    if slug != page_slug(row.slug):
        return _at_its_address(pages, recipe)
    rights = recipe_rights.Rights()
    if pages.viewer.user is not None:
        rights = await recipe_rights.of(read, pages.viewer.actor, row.id)
    cover = await crud.media.cover_of(read, row)
    is_cover_coming = row.image_url is not None and cover is None
    public = await _public_page(pages, read, recipe, cover)
    return pages.show(
        "pages/recipe.html",
        is_indexed=public is not None,
        recipe=recipe,
        public=public,
        json_ld=recipe_json_ld(recipe, public),
        cover=covers.of_recipe(row, cover),
        is_cover_coming=is_cover_coming and await cover_wishes.is_pending(read, row.id),
        picture_limit=pages.resources.settings.media.max_bytes // 1_000_000,
        can_edit=rights.can_edit,
        can_delete=rights.can_delete,
        etag=etag,
    )


@router.post(
    "/recipes/{recipe_id:uuid}/edit",
    dependencies=[OurForm],
    form_limits={"max_part_size": LONGEST_FIELD},
)
async def edit(
    pages: PagesOf, read: ReadSession, member: MemberOf, recipe_id: UUID, form: FormOf
) -> Response:
    """Save the form, unless somebody saved since it was made: then it comes back as typed.

    What changed meanwhile without being in the form, such as a picture that came, is no reason.
    """
    row, recipe, current = await _found(pages, read, recipe_id)
    await read.close()
    members, errors = recipe_form.merged(form, recipe)
    is_as_seen = "etag" in form and form.get(SEEN) == recipe_form.fingerprint(recipe)
    try:
        data = schemas.RecipePut.model_validate(members)
        if errors:
            return _edit(pages, recipe, form, etag=form.get("etag", ""), errors=errors)
        async with pages.resources.database.transaction() as session:
            saved = await recipes.replace(
                session,
                member.actor,
                row.id,
                data,
                if_match=current if is_as_seen else form.get("etag"),
                now=pages.resources.clock.now(),
            )
    except (ValidationError, Invalid) as error:
        errors |= sentences(error, recipe_form.locate(members))
        return _edit(pages, recipe, form, etag=form.get("etag", ""), errors=errors)
    except Stale as error:
        return _edit(pages, recipe, form, etag=error.extra["etag"], is_stale=True)
    return pages.go(_path(saved.recipe), Flash(text="Saved."))


@router.post("/recipes/{recipe_id:uuid}/delete", dependencies=[OurForm])
async def delete(
    pages: PagesOf, read: ReadSession, member: MemberOf, recipe_id: UUID, form: FormOf
) -> Response:
    """Into the trash; the next page offers to undo it."""
    row, recipe, _ = await _found(pages, read, recipe_id)
    await read.close()
    try:
        async with pages.resources.database.transaction() as session:
            await recipes.delete(
                session,
                member.actor,
                row.id,
                if_match=form.get("etag"),
                now=pages.resources.clock.now(),
            )
    except (Stale, PreconditionRequired):
        text = "Someone changed this recipe in the meantime. Look at it before you delete it."
        return pages.go(_path(row), Flash(text=text, kind="problem"))
    undo = f"/recipes/{row.id}/restore"
    return pages.go("/", Flash(text=f"“{recipe['title']}” is in the trash.", undo_path=undo))


@router.post("/recipes/{recipe_id:uuid}/restore", dependencies=[OurForm])
async def restore(pages: PagesOf, member: MemberOf, recipe_id: UUID) -> Response:
    """Out of the trash, to where it was."""
    async with pages.resources.database.transaction() as session:
        saved = await recipes.restore(
            session, member.actor, recipe_id, now=pages.resources.clock.now()
        )
    return pages.go(_path(saved.recipe), Flash(text="It is back."))


async def _found(
    pages: Pages, read: ReadSession, recipe_id: UUID
) -> tuple[Recipe, dict[str, Any], str]:
    """The row, the recipe as the API answers it, and its ETag. Raises `NotFound`."""
    row, tags = await crud.recipe.answer(read, pages.viewer.actor, recipe_id)
    public_url = pages.resources.settings.public_url
    answer = recipe_answers.recipe(row, tags, public_url=public_url)
    return row, answer.model_dump(mode="json"), etag_of_recipe(row, answer.tags)


async def _public_page(
    pages: Pages, read: ReadSession, recipe: dict[str, Any], cover: Media | None
) -> PublicPage | None:
    """What strangers are told beside the recipe; None when it is not for them."""
    if recipe["visibility"] != "public":
        return None
    household = await public_recipes.household_name(read, UUID(recipe["id"]))
    if household is None:
        return None
    base = pages.resources.settings.public_url
    return public_page(recipe, cover, base=base, household=household)


def _edit(
    pages: Pages,
    recipe: dict[str, Any],
    values: dict[str, str],
    *,
    etag: str,
    errors: Errors | None = None,
    is_stale: bool = False,
) -> Response:
    return show_form(
        pages,
        f"/recipes/{recipe['id']}/edit",
        values,
        recipe=recipe,
        errors=errors,
        etag=etag,
        is_stale=is_stale,
        hidden={SEEN: values[SEEN]} if SEEN in values else None,
    )


def _at_its_address(pages: Pages, recipe: dict[str, Any]) -> Response:
    query = pages.request.scope["query_string"].decode("latin-1")
    address = pages.link(recipe_path(recipe)) + (f"?{quote(query, safe='=&%+;')}" if query else "")
    headers = {"Cache-Control": "private, no-cache", "Vary": "Cookie"}
    return RedirectResponse(address, status_code=PERMANENT, headers=headers)


def _path(row: Recipe) -> str:
    return recipe_path({"id": str(row.id), "slug": row.slug})
