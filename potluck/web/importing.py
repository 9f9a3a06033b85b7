"""Adding a recipe from a page of another site: fetch or paste, look at it, save."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.responses import Response

from potluck import crud, schemas
from potluck.core.errors import AlreadyImported, Invalid, PageProblem, TooManyRequests
from potluck.models import Household
from potluck.providers import FetcherOf, ReadSession, Session
from potluck.schemas.page_import import ImportRequest
from potluck.services import imports, recipes
from potluck.services.imports import Page
from potluck.services.throttling import Limit
from potluck.web import drafts, limits, once, recipe_form
from potluck.web.deps import Member, MemberOf, OurForm
from potluck.web.drafts import Draft
from potluck.web.forms import LONGEST_FIELD, Errors, FormOf, sentences, validated
from potluck.web.recipe_pages import show_form
from potluck.web.rendering import Pages, PagesOf
from potluck.web.templating import Flash, recipe_path

router = APIRouter()


@router.get("/import")
async def import_form(pages: PagesOf, member: MemberOf, url: str = "") -> Response:
    """Ask for an address or a page; `url` fills the address in, for bookmarklets and sharing."""
    del member
    return _ask(pages, {"url": url})


@router.post("/import", dependencies=[OurForm], form_limits={"max_part_size": LONGEST_FIELD})
async def run_import(
    pages: PagesOf, read: ReadSession, member: MemberOf, form: FormOf, fetcher: FetcherOf
) -> Response:
    """Show what the page holds; or, once that was looked at, save it."""
    draft = drafts.read(form)
    if draft is not None:
        if form.get("action") == "edit":
            values = recipe_form.texts(draft.recipe)
            return show_form(pages, "/recipes/new", values, hidden=draft.fields)
        return await _save(pages, read, member, form, draft)
    errors = Errors()
    data = _request(form, errors)
    if data is None:
        return _ask(pages, form, errors)
    household = await recipes.destination(read, member.actor, None)
    await read.close()  # nothing is held while a foreign site takes its time
    reader = pages.resources.page_reader
    try:
        await limits.count(pages, Limit.IMPORT)
        page = await imports.read_page(
            member.actor, data, household.id, fetcher=fetcher, reader=reader
        )
    except PageProblem as error:
        return _ask(pages, form, problem=error)
    except TooManyRequests as error:
        return limits.told(_ask(pages, form, limits.wait(error)), error)
    return await _preview(pages, read, member, page, household)


async def _preview(
    pages: Pages, read: ReadSession, member: Member, page: Page, household: Household
) -> Response:
    result = await imports.preview(read, member.actor, page, household)
    draft = drafts.of(result, page.imported_via)
    duplicate = await _summary(read, member, result.duplicate_of)
    warnings = [warning.model_dump() for warning in result.warnings]
    return _show(pages, draft, warnings=warnings, duplicate=duplicate)


async def _save(
    pages: Pages, read: ReadSession, member: Member, form: dict[str, str], draft: Draft
) -> Response:
    async def keep(session: Session) -> str:
        _, _, saved = await imports.keep(
            session,
            member.actor,
            data,
            imported_via=draft.imported_via,
            again="again" in form,
            now=pages.resources.clock.now(),
        )
        return recipe_path({"id": str(saved.recipe.id), "slug": saved.recipe.slug})

    try:
        data = schemas.RecipeCreate.model_validate(draft.recipe)
        path = await once.done(pages, form, keep)
    except AlreadyImported as error:
        duplicate = await _summary(read, member, error.extra["recipe_id"])
        return _show(pages, draft, duplicate=duplicate, status=HTTPStatus.CONFLICT)
    except (ValidationError, Invalid) as error:
        values, errors = recipe_form.texts(draft.recipe), sentences(error)
        located = sentences(error, recipe_form.locate(draft.recipe))
        return show_form(
            pages, "/recipes/new", values, errors=located or errors, hidden=draft.fields
        )
    return pages.go(path, Flash(text="Saved."))


async def _summary(read: ReadSession, member: Member, id: UUID | None) -> dict[str, Any] | None:
    if id is None:
        return None
    row, _ = await crud.recipe.answer(read, member.actor, id)
    return {"id": str(row.id), "slug": row.slug, "title": row.title}


def _request(form: dict[str, str], errors: Errors) -> ImportRequest | None:
    """What was asked for: an address, or a page with its address if that is known."""
    if "html" not in form:
        return validated(ImportRequest, {"url": form.get("url", "").strip()}, errors)
    address = form.get("page_url", "").strip()
    members = {"html": form["html"]} | ({"url": address} if address else {})
    data = validated(ImportRequest, members, errors)
    if "url" in errors:
        errors["page_url"] = errors.pop("url")
    return data


def _ask(
    pages: Pages,
    values: dict[str, str],
    errors: Errors | None = None,
    problem: PageProblem | None = None,
) -> Response:
    return pages.show(
        "pages/import.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors or problem else HTTPStatus.OK,
        has_form=True,
        values=values,
        errors=errors or {},
        problem=problem
        and {"title": problem.title, "detail": problem.detail, "next_step": problem.next_step},
    )


def _show(
    pages: Pages,
    draft: Draft,
    *,
    duplicate: dict[str, Any] | None,
    warnings: list[dict[str, str]] | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    return pages.show(
        "pages/import_preview.html",
        status=status,
        has_form=True,
        draft=draft.recipe,
        warnings=warnings or [],
        duplicate=duplicate,
        hidden=draft.fields | {once.FIELD: once.named({})} | ({"again": "1"} if duplicate else {}),
    )
