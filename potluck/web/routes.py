"""The web UI: every page under one router, none of it in the API's document."""

from fastapi import APIRouter

from potluck.web import (
    accounts,
    admin,
    admin_jobs,
    admin_users,
    audit,
    confirm,
    cover_form,
    docs_page,
    feeds,
    home,
    household,
    households,
    ideas,
    importing,
    invitations,
    mail_preview,
    mail_requests,
    mailed_links,
    new_recipe,
    own_data,
    passwords,
    pictures,
    problems,
    recipes,
    resets,
    sessions,
    sitemaps,
    tokens,
    trash,
)

web_router = APIRouter(include_in_schema=False)
_PARTS = (
    accounts,
    confirm,
    admin,
    admin_jobs,
    admin_users,
    audit,
    home,
    ideas,
    importing,
    new_recipe,
    recipes,
    trash,
    problems,
    feeds,
    sitemaps,
    cover_form,
    pictures,
    tokens,
    sessions,
    passwords,
    own_data,
    households,
    household,
    invitations,
    resets,
    mail_requests,
    mailed_links,
)
for _part in _PARTS:
    web_router.include_router(_part.router)

docs_router = APIRouter(include_in_schema=False)
docs_router.include_router(docs_page.router)

preview_router = APIRouter(include_in_schema=False)
preview_router.include_router(mail_preview.router)
