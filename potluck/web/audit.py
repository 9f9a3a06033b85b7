"""The audit, as pages: all of it for administrators, and a person's own security events."""

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.responses import Response

from potluck.domain.audit import Action
from potluck.providers import ReadSession
from potluck.schemas.audit import AuditEvent, AuditFilter, SecurityEvent
from potluck.services import audit_lists
from potluck.web.audit_words import WORDS
from potluck.web.deps import AdministratorOf, MemberOf
from potluck.web.home import page_request
from potluck.web.rendering import PagesOf

router = APIRouter()

ADMIN_PATH, OWN_PATH = "/admin/audit", "/account/security"
PER_PAGE = 50
ACTIONS = [("", "All"), *sorted(((each.value, WORDS[each]) for each in Action), key=lambda x: x[1])]
OUTCOMES = [("", "All"), ("done", "Done"), ("refused", "Refused")]
#: Fields of the form that hold an id.
IDS = ("actor_id", "target_id", "household_id")
NO_ID = "This is no id: copy it from an event."


@router.get(ADMIN_PATH)
async def events(pages: PagesOf, read: ReadSession, administrator: AdministratorOf) -> Response:
    """Every event, newest first, or those that the form asks for."""
    query = pages.request.query_params
    values = {
        name: query.get(name, "").strip() for name in ("action", "outcome", *IDS, "since", "before")
    }
    wanted, errors = _filter(values)
    paging = page_request(pages, PER_PAGE)
    found: list[AuditEvent] = []
    cursor = None
    if not errors:
        found, cursor = await audit_lists.page(read, administrator.actor, wanted, paging)
    return pages.show(
        "pages/admin_audit.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        has_form=True,
        events=[_shown(each) for each in found],
        values=values,
        errors=errors,
        actions=ACTIONS,
        outcomes=OUTCOMES,
        next_cursor=cursor,
        is_first_page=paging.cursor is None,
    )


@router.get(OWN_PATH)
async def own_events(pages: PagesOf, read: ReadSession, member: MemberOf) -> Response:
    """What was done by and to the person's account, newest first."""
    paging = page_request(pages, PER_PAGE)
    found, cursor = await audit_lists.own(read, member.actor, paging)
    return pages.show(
        "pages/security.html",
        events=[_shown(each) for each in found],
        next_cursor=cursor,
        is_first_page=paging.cursor is None,
    )


def _filter(values: dict[str, str]) -> tuple[AuditFilter, dict[str, str]]:
    """What the form asks for, and the fields that are nothing of the kind; a day is one of UTC."""
    given = {name: value for name, value in values.items() if value}
    for name in ("since", "before"):
        if name in given:
            given[name] += "T00:00:00Z"
    try:
        return AuditFilter.model_validate(given), {}
    except ValidationError as error:
        wrong = {str(each["loc"][0]) for each in error.errors()}
        sentences = {
            name: NO_ID if name in IDS else "Choose one that there is." for name in sorted(wrong)
        }
        return AuditFilter(), sentences


def _shown(event: AuditEvent | SecurityEvent) -> dict[str, Any]:
    """An event as the templates take it."""
    about = ", ".join(f"{name}: {_told(value)}" for name, value in sorted(event.detail.items()))
    return event.model_dump(mode="json") | {"words": WORDS[event.action], "about": about}


def _told(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
