"""The tokens of one's scripts: made, shown once, listed and revoked."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from potluck import crud, schemas
from potluck.core.errors import Invalid, TooManyRequests
from potluck.core.scopes import SCOPES_OF_TOKENS, Scope
from potluck.providers import ReadSession, Session
from potluck.schemas.personal_token import PersonalTokenCreate
from potluck.services import personal_tokens
from potluck.services.throttling import Limit
from potluck.web import limits, once
from potluck.web.deps import Member, MemberOf, OurForm, recent_login
from potluck.web.forms import Errors, FormOf, sentences, validated
from potluck.web.rendering import Pages, PagesOf
from potluck.web.templating import Flash

router = APIRouter()

PATH = "/account/tokens"
#: What each scope lets a script do.
WORDS = {
    Scope.RECIPES_READ: "Read recipes and tags",
    Scope.RECIPES_WRITE: "Add and change recipes and tags",
    Scope.RECIPES_DELETE: "Delete and restore recipes, delete tags",
    Scope.MEDIA_WRITE: "Add and remove pictures",
    Scope.IMPORTS_RUN: "Import recipes from web pages",
    Scope.HOUSEHOLDS_READ: "See households and who is in them",
    Scope.HOUSEHOLDS_WRITE: "Add households and change their settings",
    Scope.MEMBERS_MANAGE: "Add and remove members, change their roles",
    Scope.PROFILE_READ: "See your name, address and settings",
    Scope.PROFILE_WRITE: "Change your name and settings",
    Scope.ADMIN_READ: "See accounts and how the instance is doing",
    Scope.ADMIN_WRITE: "Change accounts, end their sessions and tokens",
}
LIVES = {"30": "30 days", "90": "90 days", "365": "One year", "": "Until it is revoked"}
#: What the form asks for.
FIELDS = ("name", "household_id", "days", *WORDS)
DEFAULTS = {"days": "90", Scope.RECIPES_READ: "on"}


@router.get(PATH)
async def tokens(pages: PagesOf, read: ReadSession, member: MemberOf) -> Response:
    """The person's tokens, and a form to make another, as filled in before a confirmation."""
    asked = pages.request.query_params
    kept = {name: asked[name] for name in FIELDS if name in asked}
    return await _show(pages, read, member, kept or DEFAULTS)


@router.post(PATH, dependencies=[OurForm, recent_login(PATH, keeps=FIELDS)])
async def create(pages: PagesOf, read: ReadSession, member: MemberOf, form: FormOf) -> Response:
    """Make a token. This answer shows it, and none after it: so it is no redirect."""
    resources, errors = pages.resources, Errors()
    now = resources.clock.now()
    data = _token_wanted(form, now, errors)
    if data is None:
        return await _show(pages, read, member, form, errors)

    key = await resources.personal_token_key.get()

    async def make(session: Session) -> str:
        made = await personal_tokens.create(session, member.actor, data, key=key, now=now)
        return made.model_dump_json()

    try:
        await limits.count(pages, Limit.TOKEN)
        kept = await once.done(pages, form, make)
    except Invalid as error:
        return await _show(pages, read, member, form, sentences(error))
    except TooManyRequests as error:
        return limits.told(await _show(pages, read, member, form, limits.wait(error)), error)
    made = schemas.NewPersonalToken.model_validate_json(kept)
    return await _show(pages, read, member, DEFAULTS, made=made)


@router.post(PATH + "/{token_id:uuid}/revoke", dependencies=[OurForm])
async def revoke(pages: PagesOf, read: ReadSession, member: MemberOf, token_id: UUID) -> Response:
    """End a token at once."""
    token = await personal_tokens.get(read, member.actor, token_id)
    await read.close()
    async with pages.resources.database.transaction() as session:
        now = pages.resources.clock.now()
        await personal_tokens.revoke(session, member.actor, token_id, now=now)
    return pages.go(PATH, Flash(text=f"{token.name}: the token is revoked."))


def _token_wanted(
    form: dict[str, str], now: datetime, errors: Errors
) -> PersonalTokenCreate | None:
    scopes = [scope for scope in Scope if scope in form]
    if not scopes:
        errors["scopes"] = "Choose at least one."
    days = form.get("days", DEFAULTS["days"])
    if days not in LIVES:
        errors["days"] = "Choose one of the list."
        return None
    members = {
        "name": form.get("name", ""),
        "scopes": scopes or [Scope.RECIPES_READ],
        "household_id": form.get("household_id") or None,
        "expires_at": (now + timedelta(days=int(days))).isoformat() if days else None,
    }
    data = validated(PersonalTokenCreate, members, errors)
    return None if errors else data


async def _show(
    pages: Pages,
    read: ReadSession,
    member: Member,
    values: dict[str, str],
    errors: Errors | None = None,
    made: schemas.NewPersonalToken | None = None,
) -> Response:
    rows = await crud.user.memberships(read, member.actor)
    households = {str(household.id): household.name for _, household in rows}
    found = await personal_tokens.of_user(read, member.actor, member.user.id)
    now = pages.resources.clock.now()
    status = HTTPStatus.CREATED if made else HTTPStatus.OK
    return pages.show(
        "pages/tokens.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else status,
        has_form=True,
        tokens=[_shown(token, households, now) for token in found],
        made=made and {"name": made.name, "token": made.token},
        scopes=[(scope.value, WORDS[scope]) for scope in _offered(member)],
        households=[("", "All my households"), *households.items()],
        lives=list(LIVES.items()),
        values=values | {once.FIELD: once.named(values)},
        errors=errors or {},
    )


def _offered(member: Member) -> list[Scope]:
    """The scopes to choose from; those of administration do nothing for anybody else."""
    is_one = member.actor.is_instance_admin
    return [scope for scope in WORDS if is_one or not scope.startswith("admin:")]


def _shown(
    token: schemas.PersonalToken, households: dict[str, str], now: datetime
) -> dict[str, Any]:
    """A token as the template takes it."""
    has_all = set(token.scopes) == SCOPES_OF_TOKENS
    words = [WORDS[scope] for scope in WORDS if scope in token.scopes]
    household = token.household_id and households.get(str(token.household_id))
    return token.model_dump(mode="json") | {
        "words": ["Everything a token may"] if has_all else words,
        "household": household or ("a household you left" if token.household_id else None),
        "has_expired": token.expires_at is not None and token.expires_at <= now,
    }
