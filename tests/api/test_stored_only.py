"""H-05: canaries in every column that is stored for the server alone appear in no answer."""

from typing import Any

import httpx2
from sqlalchemy import String, Text, Uuid, cast, literal, select, update

from potluck.db.base import Base
from potluck.resources import Resources
from tests.api.operations import Operation, World
from tests.api.recipe_calls import URL, create, delete
from tests.conftest import As
from tests.sent_pictures import put_cover
from tests.stamp_guard import StampGuard

#: What the API answers of each table; all other columns are for the server alone.
ANSWERED: dict[str, set[str]] = {
    "user": {
        "id", "email", "display_name", "locale", "unit_system", "is_instance_admin",
        "default_household_id", "version", "created_at", "updated_at",
    },
    "household": {
        "id", "name", "slug", "locale", "unit_system", "currency", "time_zone", "week_start",
        "default_visibility", "version", "created_at", "updated_at",
    },
    "invitation": {
        "id", "household_id", "role", "email", "invited_by", "redeemed_by", "created_at",
        "expires_at",
    },
    "membership": {"household_id", "user_id", "role", "created_at"},
    "tag": {
        "id", "household_id", "kind", "name", "parent_id", "colour", "version", "created_at",
        "updated_at",
    },
    "recipe": {
        "id", "household_id", "author_id", "title", "slug", "summary", "language", "status",
        "visibility", "image_url", "cover_id", "total_time_s", "servings_n", "servings_d",
        "imported_via", "revision", "document", "deleted_at", "version", "created_at", "updated_at",
    },
    "recipe_tag": {"recipe_id", "tag_id", "household_id"},
    "media": {"id", "household_id", "widths", "formats", "colour"},
    "job": {
        "id", "kind", "state", "user_id", "done", "total", "created_at", "started_at", "ended_at",
        "tries", "run_at", "error",
        # Read for what it tells of an archive.
        "result",
    },
    "one_time_link": {"id", "user_id"},
    "audit_event": {
        "seq", "at", "action", "outcome", "actor_id", "credential_kind", "credential_id", "client",
        "ip_prefix", "request_id", "target_type", "target_id", "subject_id", "household_id",
        "detail",
    },
    "recipe_words": {"recipe_id"},
    "index_request": {"recipe_id"},
    "recipe_revision": {
        "recipe_id", "number", "reason", "author_id", "created_at", "sha256", "document", "tags",
    },
    "token_family": {"id", "user_id", "scope", "user_agent", "created_at", "absolute_until"},
    "refresh_token": {"family_id", "created_at", "idle_until"},
    "web_session": {
        "id", "user_id", "user_agent", "created_at", "seen_at", "idle_until", "absolute_until",
    },
    "personal_token": {
        "id", "user_id", "household_id", "name", "hint", "scope", "created_at", "expires_at",
        "last_used_at",
    },
    "signing_key": {"kid"},
    "idempotency_key": {"user_id"},
}  # fmt: skip
#: A canary would break these: their real values are looked for instead.
REAL = {
    "refresh_token.digest", "refresh_token.successor_sealed", "signing_key.private_sealed",
    "instance.master_key_fingerprint", "membership.id", "recipe_revision.id",
    "refresh_token.id", "idempotency_key.claim_id", "rate_limit.key", "audit_head.key_sealed",
}  # fmt: skip
CANARY = "canary-{:03}-"
#: The one row of an installation outlives the test; no browser is signed in here.
#: Planted with the id behind it, as no two rows may have the same.
UNIQUE = {"user.email_key", "job.key"}
#: The words of `search_variant` are those of the recipes, whole or with a letter less.
#: Events of the audit are never changed.
NOT_PLANTED = {"instance", "search_variant", "web_session", "audit_event", "audit_head"}


def stored_only() -> dict[str, Any]:
    """The columns of text and ids that no answer holds, by `table.column`."""
    return {
        f"{table.name}.{column.name}": column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name not in ANSWERED.get(table.name, set())
        and isinstance(column.type, String | Text | Uuid)
    }


class TestTable:
    def test_names_columns_that_are_there(self) -> None:
        tables = Base.metadata.tables
        for name, columns in ANSWERED.items():
            assert columns <= set(tables[name].columns.keys()), name
        assert stored_only().keys() >= REAL

    def test_holds_what_must_never_be_answered(self) -> None:
        assert stored_only().keys() >= {
            "user.password_hash", "user.email_key", "refresh_token.successor_digest",
            "web_session.digest", "personal_token.digest", "tag.name_key", "recipe.title_key",
            "recipe_words.title", "recipe_words.readers", "recipe.source_key",
            "instance.setup_digest", "media.digest", "media.origin_url",
        }  # fmt: skip


async def plant(resources: Resources) -> dict[str, str]:
    """Put a canary into every row's stored-only columns; gives what to look for."""
    wanted: dict[str, str] = {}
    async with resources.database.transaction() as session:
        for name, column in stored_only().items():
            if name in REAL:
                for number, value in enumerate(await session.scalars(select(column))):
                    if value is not None:
                        wanted[f"{name} {number}"] = str(value)
            elif column.table.name not in NOT_PLANTED:
                wanted[name] = CANARY.format(len(wanted))
                own = column.table.c.id if name in UNIQUE else literal("")
                value = literal(wanted[name]).concat(cast(own, String))
                await session.execute(update(column.table).values({column: value}))
    return wanted


class TestCanaries:
    async def test_h05_appear_in_no_answer(
        self,
        every: list[Operation],
        world: World,
        as_: As,
        client: httpx2.AsyncClient,
        resources: Resources,
        stamp_guard: StampGuard,
    ) -> None:
        people = (world.ada, world.bob, world.eve, world.root)
        as_ada, as_bob, as_eve, as_root = [await as_(user) for user in people]
        await create(as_ada, visibility="public", source={"url_original": "https://e.org/a"})
        await delete(as_ada, (await create(as_ada))["id"])
        await put_cover(as_ada, world.ids["recipe_id"])
        planted = await plant(resources)
        stamp_guard.forgotten.clear()  # nobody changed a recipe there
        tables = {name.partition(".")[0] for name in planted}
        assert tables >= {"user", "tag", "recipe", "refresh_token", "token_family", "signing_key"}

        said = []
        for caller in (as_ada, as_bob, as_eve, as_root, client):
            for each in every:
                if not each.changes:
                    answer = await world.call(caller, each)
                    said.append(f"{answer.headers!r}{answer.text}")
            saved = await caller.patch(
                f"{URL}/{world.ids['recipe_id']}", json={"title": "x"}, headers={"If-Match": "*"}
            )
            said.append(saved.text)
        heard = "\n".join(said)
        assert {name for name, value in planted.items() if value in heard} == set()

    async def test_h05_nobody_reads_the_address_of_another(
        self, every: list[Operation], world: World, as_: As
    ) -> None:
        for user in (world.ada, world.bob, world.eve):
            caller = await as_(user)
            others = {each.email for each in (world.ada, world.bob, world.eve)} - {user.email}
            for each in every:
                if not each.changes:
                    answer = await world.call(caller, each)
                    assert not any(email in answer.text for email in others), each
