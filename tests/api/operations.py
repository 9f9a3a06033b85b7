"""Every operation of the app, read from its own OpenAPI document, and how to call each."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx2
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.db.base import Base
from potluck.models import User
from tests.factories import PASSWORD

Json = dict[str, Any]

#: The API's contract, section 1: what answers without a token.
PUBLIC = {
    "signup", "login", "refresh", "logout", "set_up", "set_password",
    "request_password_reset", "request_verification", "verify_email", "confirm_email_change",
    "cancel_email_change", "list_recipes",
    "search_recipes",
    "get_recipe", "get_jwks", "get_live", "get_ready", "preview_invitation",
}  # fmt: skip


@dataclass(frozen=True)
class Operation:
    """One method at one path, with what OpenAPI says of it."""

    name: str
    method: str
    path: str
    scopes: tuple[str, ...]
    query: tuple[str, ...]
    body: Json = field(repr=False)
    """The schema of its JSON body, references resolved one level; empty without one."""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def changes(self) -> bool:
        return self.method != "GET"

    @property
    def is_for_administrators(self) -> bool:
        """Of the instance: it is refused to everybody else, whatever they ask for."""
        return any(scope.startswith("admin:") for scope in self.scopes)


def operations(document: Json) -> list[Operation]:
    """All of them, in the order of the OpenAPI document."""
    found = []
    for path, item in document["paths"].items():
        for method, operation in item.items():
            security = operation.get("security", [])
            found.append(
                Operation(
                    name=operation["operationId"],
                    method=method.upper(),
                    path=path,
                    scopes=tuple(
                        scope for each in security for names in each.values() for scope in names
                    ),
                    query=tuple(
                        each["name"]
                        for each in operation.get("parameters", [])
                        if each["in"] == "query"
                    ),
                    body=_body(operation, document),
                )
            )
    return found


def _body(operation: Json, document: Json) -> Json:
    content = operation.get("requestBody", {}).get("content", {})
    schema: Json = content.get("application/json", {}).get("schema", {})
    return resolved(schema, document)


def resolved(schema: Json, document: Json) -> Json:
    """The schema itself in place of a reference to it."""
    if "$ref" not in schema:
        return schema
    found: Json = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def members_named(schema: Json, document: Json, suffix: str, at: str = "") -> Iterator[str]:
    """Where in a body members whose name ends with `suffix` may stand, like `/tags/*/id`."""
    schema = resolved(schema, document)
    for choice in schema.get("anyOf", []):
        yield from members_named(choice, document, suffix, at)
    if "items" in schema:
        yield from members_named(schema["items"], document, suffix, f"{at}/*")
    for name, member in schema.get("properties", {}).items():
        if name.endswith(suffix):
            yield f"{at}/{name}"
        yield from members_named(member, document, suffix, f"{at}/{name}")


#: A body that each operation takes.
BODIES: dict[str, Json] = {
    "signup": {"email": "new@example.org", "password": PASSWORD, "display_name": "New"},
    "set_up": {
        "secret": "x", "email": "new@example.org", "password": PASSWORD, "display_name": "New",
    },
    "refresh": {"refresh_token": "prt_none"},
    "logout": {"refresh_token": "prt_none"},
    "update_me": {"display_name": "Changed"},
    # Refused after the token is, so that nobody's sign-in ends.
    "update_password": {"current_password": PASSWORD, "new_password": "too short"},
    "confirm_password": {"password": PASSWORD},
    "request_password_reset": {"email": "nobody@example.org"},
    "request_verification": {"email": "nobody@example.org"},
    "request_email_change": {"email": "new@example.org"},
    "verify_email": {"token": "pve_none"},
    "confirm_email_change": {"token": "pec_none"},
    "cancel_email_change": {"token": "pex_none"},
    "set_password": {"token": "prs_none", "password": PASSWORD},
    "create_token": {"name": "New", "scopes": ["recipes:read"]},
    "create_household": {"name": "Cabin"},
    "update_household": {"name": "Changed"},
    "add_member": {"email": "bob@example.org", "role": "viewer"},
    "update_member": {"role": "viewer"},
    "transfer_household": {"user_id": "0190a0a0-0000-7000-8000-000000000001"},
    "create_invitation": {"role": "viewer"},
    "preview_invitation": {"token": "pin_none"},
    "accept_invitation": {"token": "pin_none"},
    "create_tag": {"name": "New"},
    "update_tag": {"name": "Changed"},
    "create_recipe": {"title": "New"},
    "replace_recipe": {"title": "Changed"},
    "update_recipe": {"title": "Changed"},
    "update_account": {"is_disabled": True},
    "import_recipe": {"html": "<title>None</title>"},
}  # fmt: skip


#: Query parameters without which an operation is refused: words that find Ada's recipe.
QUERIES: dict[str, Json] = {"search_recipes": {"keyword": "soup"}}


@dataclass(frozen=True)
class World:
    """Ada's household: what every parameter of a path may name. Bob is a member, Eve is not.

    Root looks after the instance and belongs to none of their households.
    """

    ada: User
    bob: User
    eve: User
    root: User
    ids: dict[str, str]
    """By the name of the parameter."""

    def caller(self, operation: Operation) -> User:
        """Somebody who may call the operation."""
        return self.root if operation.is_for_administrators else self.ada

    async def call(
        self,
        client: httpx2.AsyncClient,
        operation: Operation,
        *,
        body: Json | None = None,
        query: Json | None = None,
        ids: dict[str, str] | None = None,
        method: str | None = None,
    ) -> httpx2.Response:
        """Call an operation with this household's ids and a body that it takes."""
        options: Json = {
            "headers": {"If-Match": "*"},
            "params": QUERIES.get(operation.name, {}) | (query or {}),
        }
        if operation.name == "login":
            options["data"] = {"username": "ada@example.org", "password": PASSWORD}
        elif operation.body:
            options["json"] = BODIES[operation.name] if body is None else body
        path = operation.path.format(**self.ids | (ids or {}))
        return await client.request(method or operation.method, path, **options)


def unknown_ids() -> dict[str, str]:
    """Ids of nothing."""
    names = (
        "household_id", "user_id", "tag_id", "recipe_id", "token_id", "session_id",
        "invitation_id", "job_id", "export_id",
    )  # fmt: skip
    return {name: str(uuid4()) for name in names} | {"number": "1"}


#: What counts requests changes with each, of reads and refusals as well.
COUNTERS = {"rate_limit"}


async def checksum(session: AsyncSession) -> dict[str, str]:
    """A digest of every table's rows, to see whether anything changed."""
    digests = {}
    for table in Base.metadata.sorted_tables:
        if table.name in COUNTERS:
            continue
        rows = sorted(repr(tuple(row)) for row in await session.execute(select(table)))
        digests[table.name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    await session.rollback()
    return digests
