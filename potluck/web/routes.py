"""The web UI: every page under one router, none of it in the API's document."""

from fastapi import APIRouter

from potluck.web import (
    accounts,
    docs_page,
    feeds,
    home,
    ideas,
    importing,
    new_recipe,
    problems,
    recipes,
    sitemaps,
    trash,
)

web_router = APIRouter(include_in_schema=False)
for _part in (
    accounts, home, ideas, importing, new_recipe, recipes, trash, problems, feeds, sitemaps,
):  # fmt: skip
    web_router.include_router(_part.router)

docs_router = APIRouter(include_in_schema=False)
docs_router.include_router(docs_page.router)
