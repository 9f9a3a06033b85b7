"""Who may call what: every operation of the app, one by one."""

from typing import Any

import httpx2
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.scopes import SCOPES_OF_LOGIN, Scope
from tests.api.operations import (
    BODIES,
    PUBLIC,
    Json,
    Operation,
    World,
    checksum,
    members_named,
    resolved,
    unknown_ids,
)
from tests.api.recipe_calls import create, faults, refusal
from tests.api.test_scopes import counted
from tests.api.token_calls import WithToken
from tests.conftest import API, As


def named(every: list[Operation], name: str) -> Operation:
    return next(each for each in every if each.name == name)


class TestTables:
    def test_name_every_operation_with_a_body_and_no_other(self, every: list[Operation]) -> None:
        assert {each.name for each in every if each.body} == BODIES.keys()

    def test_name_every_parameter_of_a_path(self, every: list[Operation]) -> None:
        for each in every:
            each.path.format(**unknown_ids())


class TestStrangers:
    async def test_are_refused_by_every_operation_that_is_not_public_on_purpose(
        self,
        every: list[Operation],
        world: World,
        client: httpx2.AsyncClient,
        session: AsyncSession,
    ) -> None:
        before = await checksum(session)
        let_in = set()
        for each in every:
            if each.name in PUBLIC and each.changes:
                continue
            answer = await world.call(client, each)
            if refusal_or_ok(answer) != (401, "unauthenticated"):
                let_in.add(each.name)
            else:
                assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert let_in == {name for name in PUBLIC if not named(every, name).changes}
        assert await checksum(session) == before

    async def test_a_bad_token_is_refused_wherever_a_token_is_looked_at(
        self, every: list[Operation], world: World, client: httpx2.AsyncClient
    ) -> None:
        client.headers["Authorization"] = "Bearer forged"
        for each in every:
            if each.scopes:
                answer = await world.call(client, each)
                assert refusal(answer) == (401, "invalid-token"), each
                challenge = answer.headers["WWW-Authenticate"]
                assert challenge == 'Bearer error="invalid_token"'


class TestScopes:
    def test_g05_every_operation_names_the_one_it_needs(self, every: list[Operation]) -> None:
        without = {each.name for each in every if not each.scopes}
        assert without == PUBLIC - {"list_recipes", "search_recipes", "get_recipe"}
        for each in every:
            assert set(each.scopes) <= set(Scope)
            assert len(each.scopes) == 1 or each.name in without

    async def test_g05_a_token_without_it_is_refused_and_told_what_it_needs(
        self, every: list[Operation], world: World, as_: As, session: AsyncSession
    ) -> None:
        clients = {
            scope: await as_(world.ada, SCOPES_OF_LOGIN - {scope}) for scope in SCOPES_OF_LOGIN
        }
        before = await checksum(session)
        for each in every:
            for scope in each.scopes:
                answer = await world.call(clients[Scope(scope)], each)
                assert refusal(answer) == (403, "insufficient-scope"), each
                assert answer.json()["needs"] == [scope]
                challenge = answer.headers["WWW-Authenticate"]
                assert challenge == 'Bearer error="insufficient_scope"'
        assert await checksum(session) == before

    async def test_g05_a_token_with_it_alone_is_enough(
        self, every: list[Operation], world: World, as_: As
    ) -> None:
        for each in every:
            if each.scopes:
                caller = await as_(world.caller(each), frozenset({Scope(each.scopes[0])}))
                answer = await world.call(caller, each, ids=unknown_ids())
                assert answer.status_code not in {401, 403}, each


class TestAnotherHousehold:
    async def test_h01_its_ids_in_a_path_are_404_and_nothing_changes(
        self, every: list[Operation], world: World, as_: As, session: AsyncSession
    ) -> None:
        as_eve = await as_(world.eve)
        before = await checksum(session)
        for each in every:
            if "{" not in each.path or each.is_for_administrators:
                continue
            for method in ("GET", "HEAD") if each.method == "GET" else (each.method,):
                answer = await world.call(as_eve, each, method=method)
                assert answer.status_code == 404, (each, answer.text)
            unknown = await world.call(as_eve, each, ids=unknown_ids())
            foreign = await world.call(as_eve, each)
            same = ("type", "title", "status", "detail")
            assert [unknown.json()[name] for name in same] == [
                foreign.json()[name] for name in same
            ]
        assert await checksum(session) == before

    async def test_h01_each_position_of_a_path_alone(
        self, every: list[Operation], world: World, as_: As, session: AsyncSession
    ) -> None:
        """Eve's own household with a member of Ada's, and the other way round."""
        as_eve = await as_(world.eve)
        before = await checksum(session)
        mine = {"household_id": str(world.eve.default_household_id), "user_id": str(world.eve.id)}
        for each in every:
            for name, id in mine.items():
                if "{household_id}" in each.path and "{user_id}" in each.path:
                    answer = await world.call(as_eve, each, ids={name: id})
                    assert refusal(answer) == (404, "not-found"), (each, name)
        assert await checksum(session) == before

    def test_h02_every_id_that_a_body_may_hold_is_tried(
        self, every: list[Operation], document: Json
    ) -> None:
        found = {
            (each.name, place)
            for each in every
            for suffix in ("_id", "id")
            for place in members_named(each.body, document, suffix)
        }
        own = {"line_id", "unit_id", "food_id"}  # of the recipe itself, or null
        foreign = {(name, at) for name, at in found if at.rpartition("/")[2] not in own}
        inside = ("/ingredient_groups", "/sections", "/notes")
        assert {(name, at) for name, at in foreign if not at.startswith(inside)} == {
            (name, at) for name, at, _, _ in foreign_bodies({})
        }

    async def test_h02_its_ids_in_a_body_are_422_and_nothing_changes(
        self, every: list[Operation], world: World, as_: As, session: AsyncSession
    ) -> None:
        as_eve = await as_(world.eve)
        own = await create(as_eve, tags=[{"name": "Mine"}])
        mine = {
            "household_id": str(world.eve.default_household_id),
            "recipe_id": own["id"],
            "tag_id": own["tags"][0]["id"],
        }
        before = await checksum(session)
        for name, _, body, fault in foreign_bodies(world.ids):
            answer = await world.call(as_eve, named(every, name), body=body, ids=mine)
            assert faults(answer) == [fault], (name, body)
        assert await checksum(session) == before

    async def test_h02_its_ids_in_a_query_find_nothing(
        self, every: list[Operation], world: World, as_: As
    ) -> None:
        as_eve = await as_(world.eve)
        values = {**world.ids, "author_id": str(world.ada.id), "tag": world.ids["tag_id"]}
        tried = set()
        for each in (one for one in every if not one.is_for_administrators):
            for name in each.query:
                if name.endswith("_id") or name == "tag":
                    tried.add((each.name, name))
                    answer = await world.call(as_eve, each, query={name: values[name]})
                    assert answer.json() == {"items": [], "next_cursor": None}
        assert tried == {
            ("list_tags", "household_id"),
            ("list_recipes", "household_id"),
            ("list_recipes", "author_id"),
            ("list_recipes", "tag"),
        }

    async def test_h01_lists_show_nothing_of_it(
        self, every: list[Operation], world: World, as_: As
    ) -> None:
        as_eve = await as_(world.eve)
        for each in every:
            if each.method == "GET" and "{" not in each.path and not each.is_for_administrators:
                answer = await world.call(as_eve, each)
                assert answer.status_code == 200
                for secret in (*world.ids.values(), str(world.ada.id), "ada@", "Ada", "Bob"):
                    assert secret == "1" or secret not in answer.text, each


def foreign_bodies(ids: dict[str, str]) -> list[tuple[str, str, Json, tuple[str, str]]]:
    """Operation, where in the body an id may stand, such a body, and how it is refused."""
    household, tag = ids.get("household_id"), ids.get("tag_id")
    no_household = ("/household_id", "no_household")
    rows: list[tuple[str, str, Json, tuple[str, str]]] = [
        (name, "/household_id", BODIES[name] | {"household_id": household}, no_household)
        for name in ("create_recipe", "create_tag", "import_recipe", "create_token")
    ]
    rows += [
        (name, "/parent_id", {"name": "x", "parent_id": tag}, ("/parent_id", "no_such_parent"))
        for name in ("create_tag", "update_tag")
    ]
    rows += [
        (name, "/tags/*/id", BODIES[name] | {"tags": [{"id": tag}]}, ("/tags/0/id", "no_such_tag"))
        for name in ("create_recipe", "replace_recipe", "update_recipe")
    ]
    default = {"default_household_id": household}
    fault = ("/default_household_id", "not_a_member")
    member = {"user_id": ids.get("user_id")}
    rows.append(("transfer_household", "/user_id", member, ("/user_id", "not_a_member")))
    return [*rows, ("update_me", "/default_household_id", default, fault)]


class TestAdministrators:
    async def test_h03_everybody_else_is_refused_and_nothing_changes(
        self,
        every: list[Operation],
        world: World,
        as_: As,
        with_token: WithToken,
        session: AsyncSession,
    ) -> None:
        callers = [await as_(user) for user in (world.ada, world.bob, world.eve)]
        narrowed = await with_token(world.root, household_id=world.root.default_household_id)
        callers += [await with_token(world.eve), narrowed]
        before = await counted(session)
        found = [each for each in every if each.is_for_administrators]
        assert found
        for each in found:
            for caller in callers:
                for ids in (world.ids, unknown_ids()):
                    answer = await world.call(caller, each, ids=ids)
                    assert refusal(answer) == (403, "forbidden"), each
        assert await counted(session) == before

    async def test_have_no_right_to_what_a_household_holds(
        self, every: list[Operation], world: World, as_: As, session: AsyncSession
    ) -> None:
        as_root = await as_(world.root)
        before = await checksum(session)
        for each in every:
            if "{" in each.path and not each.is_for_administrators:
                answer = await world.call(as_root, each)
                assert refusal(answer) == (404, "not-found"), each
        assert await checksum(session) == before

    async def test_read_nothing_of_it_in_any_answer(
        self, every: list[Operation], world: World, as_: As
    ) -> None:
        as_root = await as_(world.root)
        of_the_account = {"user_id", "token_id", "session_id", "job_id", "export_id", "number"}
        content = {world.ids[name] for name in world.ids.keys() - of_the_account}
        for each in every:
            if each.method == "GET" and ("{" not in each.path or each.is_for_administrators):
                answer = await world.call(as_root, each, ids={"user_id": str(world.ada.id)})
                # Events name by their ids what they were about, and nothing else of it.
                ids = set() if each.name == "list_events" else content
                for secret in (*ids, "Soup", "Ada's kitchen", "ada-s-kitchen"):
                    assert secret not in answer.text, each


class TestPrivilegedMembers:
    #: What would make somebody more than they are, were it taken from a body.
    MEMBERS = (
        "id", "household_id", "author_id", "user_id", "owner_id", "created_by", "role", "version",
        "revision", "slug", "imported_via", "created_at", "updated_at", "deleted_at", "joined_at",
        "is_instance_admin", "is_admin", "is_disabled", "disabled_at", "auth_epoch",
        "password_hash", "email_key", "name_key", "memberships", "scope", "scopes", "document",
        "search_text",
    )  # fmt: skip

    async def test_h04_are_422_in_every_body_and_nothing_changes(
        self, every: list[Operation], world: World, as_: As, document: Json, session: AsyncSession
    ) -> None:
        as_ada, as_root = await as_(world.ada), await as_(world.root)
        before = await checksum(session)
        for each in every:
            if not each.body:
                continue
            caller = as_root if each.is_for_administrators else as_ada
            known = resolved(each.body, document)["properties"]
            unknown: dict[str, Any] = {name: None for name in self.MEMBERS if name not in known}
            answer = await world.call(caller, each, body=BODIES[each.name] | unknown)
            assert faults(answer) == [
                (f"/{name}", "extra_forbidden") for name in sorted(unknown)
            ], each
        assert await checksum(session) == before


#: Reads that stand in the audit: an archive of all that somebody has.
RECORDED = {"get_export_file"}


class TestReads:
    async def test_c06_change_nothing(
        self,
        every: list[Operation],
        world: World,
        as_: As,
        client: httpx2.AsyncClient,
        session: AsyncSession,
    ) -> None:
        callers = [await as_(user) for user in (world.ada, world.bob, world.eve, world.root)]
        before = await checksum(session)
        for caller in (*callers, client):
            for each in every:
                for method in ("GET", "HEAD", "OPTIONS"):
                    is_read = each.method == "GET" and each.name not in RECORDED
                    if method == "OPTIONS" or is_read:
                        answer = await world.call(caller, each, method=method)
                        assert answer.status_code < 500
        assert await checksum(session) == before

    async def test_c06_of_what_is_recorded_the_audit_alone_changes(
        self, every: list[Operation], world: World, as_: As, session: AsyncSession
    ) -> None:
        as_ada, before = await as_(world.ada), await checksum(session)
        for each in every:
            if each.name in RECORDED:
                assert (await world.call(as_ada, each)).status_code == 200
        after = await checksum(session)
        changed = {name for name, digest in after.items() if digest != before[name]}
        assert changed == {"audit_event", "audit_head"}


def refusal_or_ok(answer: httpx2.Response) -> tuple[int, str]:
    return refusal(answer) if answer.status_code >= 400 else (answer.status_code, "")


class TestDocuments:
    async def test_the_description_needs_no_token(self, client: httpx2.AsyncClient) -> None:
        answer = await client.get(f"{API}/openapi.json")
        assert answer.status_code == 200
