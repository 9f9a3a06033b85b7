"""The audit, read: by administrators all of it, by people and owners what concerns them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest

from potluck.core.scopes import SCOPES_OF_TOKENS
from potluck.domain.audit import Action
from potluck.models import User
from tests.api.auth_calls import login
from tests.api.recipe_calls import refusal
from tests.api.token_calls import WithToken
from tests.conftest import API, As
from tests.doubles import FakeClock
from tests.factories import PASSWORD, Factories, Make

ALL, OWN = f"{API}/admin/audit", f"{API}/auth/me/audit"
Json = dict[str, Any]


@pytest.fixture
async def root(make_user: Make[User], as_: As) -> httpx2.AsyncClient:
    return await as_(await make_user(is_instance_admin=True))


async def items(client: httpx2.AsyncClient, path: str, **params: str) -> list[Json]:
    answer = await client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["items"]
    return found


async def actions(client: httpx2.AsyncClient, path: str, **params: str) -> list[str]:
    return [each["action"] for each in await items(client, path, **params)]


class TestAdministrators:
    async def test_see_every_event_newest_first(
        self, root: httpx2.AsyncClient, client: httpx2.AsyncClient, ada: User
    ) -> None:
        await login(client, ada.email)
        await login(client, ada.email, "not the right password")
        refused, signed_in = (await items(root, ALL))[:2]
        assert (refused["action"], refused["outcome"]) == ("session.refused", "refused")
        assert (signed_in["action"], signed_in["actor_id"]) == ("session.started", str(ada.id))
        assert refused["seq"] == signed_in["seq"] + 1
        assert (signed_in["ip_prefix"], signed_in["detail"]) == ("127.0.0.0/24", {})

    async def test_narrow_them_down(
        self,
        root: httpx2.AsyncClient,
        client: httpx2.AsyncClient,
        as_ada: httpx2.AsyncClient,
        ada: User,
        clock: FakeClock,
    ) -> None:
        await login(client, ada.email)
        clock.advance(timedelta(minutes=1))
        later = clock.now().isoformat()
        await login(client, ada.email, "not the right password")
        home = (await as_ada.post(f"{API}/households", json={"name": "Cabin"})).json()["id"]
        asked = {
            "action": "session.started",
            "outcome": "refused",
            "actor_id": str(ada.id),
            "target_id": home,
            "household_id": home,
            "since": later,
            "before": later,
        }
        found = {name: await actions(root, ALL, **{name: value}) for name, value in asked.items()}
        assert found["action"] == ["session.started"]
        assert found["outcome"] == ["session.refused"]
        assert found["actor_id"] == ["household.created", "session.started"]
        assert found["target_id"] == found["household_id"] == ["household.created"]
        assert found["since"] == ["household.created", "session.refused"]
        assert found["before"][0] == "session.started"
        assert await actions(root, ALL, **asked | {"before": "2100-01-01T00:00:00Z"}) == []

    async def test_page_by_page_each_event_comes_once(
        self, root: httpx2.AsyncClient, client: httpx2.AsyncClient, ada: User
    ) -> None:
        for _ in range(4):
            await login(client, ada.email)
        every = [each["seq"] for each in await items(root, ALL)]
        found: list[int] = []
        params = {"limit": "2"}
        while True:
            page = (await root.get(ALL, params=params)).json()
            found += [each["seq"] for each in page["items"]]
            if page["next_cursor"] is None:
                break
            params["cursor"] = page["next_cursor"]
        assert found == every == sorted(every, reverse=True)

    async def test_nobody_else_does(
        self, as_ada: httpx2.AsyncClient, client: httpx2.AsyncClient
    ) -> None:
        assert refusal(await as_ada.get(ALL)) == (403, "forbidden")
        assert refusal(await client.get(ALL)) == (401, "unauthenticated")

    @pytest.mark.parametrize("name", ["action", "outcome", "actor_id", "since"])
    async def test_unknown_values_are_refused(self, name: str, root: httpx2.AsyncClient) -> None:
        answer = await root.get(ALL, params={name: "no such thing"})
        assert refusal(answer) == (422, "invalid")

    async def test_one_statement_beside_the_look_up(
        self, root: httpx2.AsyncClient, statements: list[str]
    ) -> None:
        await items(root, ALL)
        statements.clear()
        await items(root, ALL)
        assert len(statements) == 2
        assert [each for each in statements if "audit_event" in each] == statements[1:]


class TestPeople:
    async def test_see_what_concerns_their_account(
        self,
        as_ada: httpx2.AsyncClient,
        client: httpx2.AsyncClient,
        ada: User,
        make_user: Make[User],
    ) -> None:
        await login(client, (await make_user()).email)
        await login(client, ada.email, "not the right password")
        await as_ada.post(f"{API}/auth/step-up", json={"password": PASSWORD})
        confirmed, refused = (await items(as_ada, OWN))[:2]
        assert (confirmed["action"], confirmed["is_own"]) == ("session.confirmed", True)
        assert (refused["action"], refused["is_own"]) == ("session.refused", False)
        assert refused["ip_prefix"] == "127.0.0.0/24"
        assert "session.started" not in await actions(as_ada, OWN)

    async def test_do_not_see_where_an_administrator_sits(
        self, root: httpx2.AsyncClient, as_ada: httpx2.AsyncClient, ada: User
    ) -> None:
        changes, headers = {"is_instance_admin": True}, {"If-Match": "*"}
        await root.patch(f"{API}/admin/users/{ada.id}", json=changes, headers=headers)
        [known] = await items(root, ALL, action="account.promoted")
        [told] = await items(as_ada, OWN)
        assert known["ip_prefix"] == "127.0.0.0/24"
        assert (told["action"], told["is_own"]) == ("account.promoted", False)
        assert (told["client"], told["ip_prefix"]) == (None, None)

    async def test_whoever_reads_the_households_alone_is_not_shown(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        home = (await as_ada.post(f"{API}/households", json={"name": "Cabin"})).json()["id"]
        path = f"{API}/households/{home}"
        await as_ada.patch(path, json={"name": "Hut"}, headers={"If-Match": "*"})
        own, ours = await actions(as_ada, OWN), await actions(as_ada, f"{path}/audit")
        assert Action.HOUSEHOLD_CHANGED in ours
        assert Action.HOUSEHOLD_CHANGED not in own
        assert Action.HOUSEHOLD_CREATED in own


@pytest.fixture
async def cabin(as_ada: httpx2.AsyncClient) -> str:
    """The path of a household of Ada's."""
    made = await as_ada.post(f"{API}/households", json={"name": "Cabin"})
    return f"{API}/households/{made.json()['id']}"


class TestHouseholds:
    async def test_owners_see_what_concerns_theirs_alone(
        self, as_ada: httpx2.AsyncClient, cabin: str, ada: User, make_user: Make[User]
    ) -> None:
        await as_ada.post(f"{API}/households", json={"name": "Hut"})
        friend = await make_user()
        body = {"email": friend.email, "role": "editor"}
        await as_ada.post(f"{cabin}/members", json=body)
        added, made = await items(as_ada, f"{cabin}/audit")
        assert (made["action"], added["action"]) == ("household.created", "member.added")
        assert (added["actor_id"], added["subject_id"]) == (str(ada.id), str(friend.id))
        assert added["detail"] == {"role": "editor"}

    @pytest.mark.parametrize(
        ("role", "status"),
        [("owner", 200), ("admin", 200), ("editor", 403), ("contributor", 403), ("viewer", 403)],
    )
    async def test_h03_other_members_do_not(
        self, role: str, status: int, cabin: str, factories: Factories, as_: As
    ) -> None:
        member = await as_(await factories.member(UUID(cabin.rpartition("/")[2]), role))
        assert (await member.get(f"{cabin}/audit")).status_code == status

    async def test_h01_for_everybody_else_there_is_no_such_household(
        self, as_eve: httpx2.AsyncClient, root: httpx2.AsyncClient, cabin: str
    ) -> None:
        for client in (as_eve, root):
            assert refusal(await client.get(f"{cabin}/audit")) == (404, "not-found")

    async def test_no_personal_token_reads_it(
        self, with_token: WithToken, ada: User, cabin: str
    ) -> None:
        script = await with_token(ada, SCOPES_OF_TOKENS)
        for path in (f"{cabin}/audit", OWN):
            assert refusal(await script.get(path)) == (403, "insufficient-scope")
