"""What each kind of caller is answered by each operation: asked of the app itself, cell by cell."""

from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI

from potluck.core.scopes import SCOPES_OF_LOGIN, SCOPES_OF_TOKENS, Scope
from potluck.models import User
from potluck.resources import Resources
from tests.api.auth_calls import family_of
from tests.api.job_calls import make_export, make_job
from tests.api.operations import BODIES, QUERIES, Operation
from tests.api.recipe_calls import create
from tests.api.token_calls import bearing, make_token
from tests.conftest import API, client_of, sign_in_as
from tests.factories import PASSWORD, Factories
from tests.sent_pictures import of, picture

Json = dict[str, Any]
ROLES = ("owner", "admin", "editor", "contributor", "viewer")
#: Roles in the household that is asked about; somebody of another one; nobody; whoever runs the
#: instance; an owner's personal token with every scope, and with every scope but the one needed.
CALLERS = (*ROLES, "stranger", "nobody", "operator", "token", "weak token")
#: They take a secret of their own in place of an account, whoever asks.
OF_CREDENTIALS = {
    "signup", "set_up", "login", "refresh", "logout", "request_password_reset", "set_password",
    "request_verification", "verify_email", "confirm_email_change", "cancel_email_change",
}  # fmt: skip


@dataclass
class Household:
    """A household made for one question, what is in it, and the credential of who asks."""

    headers: dict[str, str]
    ids: dict[str, str]
    bodies: dict[str, Json]


@dataclass
class Asker:
    """Makes households and callers, and asks."""

    app: FastAPI
    resources: Resources
    factories: Factories
    #: For questions that change nothing, by who asks.
    kept: dict[str, Household] = field(default_factory=dict)

    async def status(self, operation: Operation, caller: str) -> int:
        """What this caller is answered, in a household of its own."""
        is_kept = not operation.changes and caller != "weak token"
        house = self.kept.get(caller) if is_kept else None
        if house is None:
            house = await self._household(operation, await self.factories.user(), caller)
        if is_kept:
            self.kept[caller] = house
        options: Json = {"headers": {"If-Match": "*"}, "params": QUERIES.get(operation.name, {})}
        if operation.name == "replace_cover":
            options["files"] = of(picture(16, 16))
        elif operation.body:
            options["json"] = BODIES[operation.name] | house.bodies.get(operation.name, {})
        async with client_of(self.app, headers=house.headers) as client:
            path = operation.path.format(**house.ids)
            return (await client.request(operation.method, path, **options)).status_code

    async def _household(self, operation: Operation, founder: User, caller: str) -> Household:
        home = founder.default_household_id
        assert home is not None
        member = await self.factories.member(home, "viewer")
        user = await self._user(founder, caller)
        ids = {"household_id": str(home), "user_id": str(member.id), "number": "1"}
        async with client_of(self.app, headers=await self._signed_in(founder)) as owner:
            recipe = await create(owner, tags=[{"name": "Soup"}])
            if operation.name == "restore_recipe":
                await owner.delete(f"{API}/recipes/{recipe['id']}", headers={"If-Match": "*"})
            url = f"{API}/households/{home}/invitations"
            invited = (await owner.post(url, json={"role": "viewer"})).json()
        ids |= {"recipe_id": recipe["id"], "tag_id": recipe["tags"][0]["id"]}
        ids |= {"invitation_id": invited["id"]}
        if user is not None:
            ids["job_id"] = str(await make_job(self.resources, user))
            ids["export_id"] = str(await make_export(self.resources, user))
            ids["token_id"] = str((await make_token(self.resources, user)).id)
            pair = await sign_in_as(self.resources, user, SCOPES_OF_LOGIN)
            ids["session_id"] = str((await family_of(self.resources, pair.refresh_token))[0].id)
        else:
            ids |= dict.fromkeys(
                ("job_id", "export_id", "token_id", "session_id"), ids["recipe_id"]
            )
        headers = await self._headers(operation, caller, user)
        bodies = await self._bodies(ids, invited["url"])
        return Household(headers, ids, bodies)

    async def _bodies(self, ids: dict[str, str], invitation_url: str) -> dict[str, Json]:
        household = {"household_id": ids["household_id"]}
        token = {"token": invitation_url[invitation_url.index("pin_") :]}
        return {
            "create_recipe": household,
            "create_tag": household,
            "import_recipe": household | {"html": RECIPE},
            "add_member": {"email": (await self.factories.user()).email},
            "transfer_household": {"user_id": ids["user_id"]},
            "request_email_change": {"email": f"new-{ids['user_id']}@example.org"},
            "update_password": {"new_password": PASSWORD[::-1]},
            "preview_invitation": token,
            "accept_invitation": token,
        }

    async def _user(self, founder: User, caller: str) -> User | None:
        home = founder.default_household_id
        assert home is not None
        if caller == "nobody":
            return None
        if caller in {"stranger", "operator"}:
            return await self.factories.user(is_instance_admin=caller == "operator")
        return await self.factories.member(home, caller if caller in ROLES else "owner")

    async def _headers(
        self, operation: Operation, caller: str, user: User | None
    ) -> dict[str, str]:
        if user is None:
            return {}
        if not caller.endswith("token"):
            return await self._signed_in(user)
        lacks = set(operation.scopes) if caller == "weak token" else set()
        scopes = sorted(SCOPES_OF_TOKENS - {Scope(name) for name in lacks})
        return bearing((await make_token(self.resources, user, scopes=scopes)).token)

    async def _signed_in(self, user: User) -> dict[str, str]:
        return bearing((await sign_in_as(self.resources, user, SCOPES_OF_LOGIN)).access_token)


RECIPE = (
    '<script type="application/ld+json">{"@context":"https://schema.org","@type":"Recipe",'
    '"name":"Cake","recipeIngredient":["1 egg"],"recipeInstructions":"Bake."}</script>'
)
