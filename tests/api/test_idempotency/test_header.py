"""The header itself: its form, where it counts, and that it costs nothing to go without."""

import httpx2
import pytest

from potluck.resources import Resources
from tests.api.link_calls import NEW, reset_token
from tests.api.operations import Operation
from tests.api.recipe_calls import URL, Json, create, refusal
from tests.api.test_idempotency.calls import CAKE, KEY, PAGE, count, is_replayed, post, told, uses
from tests.conftest import API
from tests.factories import PASSWORD, Factories

SLUGS = {"409": "idempotency-key-in-use", "422": "idempotency-key-reused"}
REFUSED = {
    "": "string_too_short",
    "k" * 256: "string_too_long",
    "two words": "string_pattern_mismatch",
    "tab\there": "string_pattern_mismatch",
    "gr\u00fcn": "string_pattern_mismatch",
}


class TestM04Header:
    @pytest.mark.parametrize("key", ["k", "k" * 255, '"quoted"', "!~;,:{}"])
    async def test_is_any_visible_ascii_up_to_255_characters(
        self, as_ada: httpx2.AsyncClient, key: str
    ) -> None:
        first = await post(as_ada, key=key)
        assert first.status_code == 201
        assert told(await post(as_ada, key=key)) == told(first)

    @pytest.mark.parametrize("key", REFUSED, ids=list(REFUSED.values()))
    async def test_of_another_form_is_refused(
        self, as_ada: httpx2.AsyncClient, key: str, resources: Resources
    ) -> None:
        answer = await as_ada.post(
            URL, json=CAKE, headers=[(b"Idempotency-Key", key.encode("latin-1"))]
        )
        assert refusal(answer) == (422, "invalid")
        [error] = answer.json()["errors"]
        found = (error["in"], error["pointer"], error["code"])
        assert found == ("header", "/idempotency-key", REFUSED[key])
        assert await count(resources) == 0

    async def test_given_twice_is_refused(self, as_ada: httpx2.AsyncClient) -> None:
        answer = await as_ada.post(URL, json=CAKE, headers=[("Idempotency-Key", "k")] * 2)
        [error] = answer.json()["errors"]
        assert (error["pointer"], error["code"]) == ("/idempotency-key", "repeated")

    async def test_means_nothing_with_other_methods(
        self, as_ada: httpx2.AsyncClient, resources: Resources
    ) -> None:
        path = f"{URL}/{(await create(as_ada))['id']}"
        for title in ("Pie", "Bread"):
            headers = {"If-Match": "*", "Idempotency-Key": KEY}
            changed = await as_ada.patch(path, json={"title": title}, headers=headers)
            assert changed.json()["title"] == title
        assert (await as_ada.get(path, headers={"Idempotency-Key": ""})).status_code == 200
        gone = {"If-Match": "*", "Idempotency-Key": "two words"}
        assert (await as_ada.delete(path, headers=gone)).status_code == 204
        assert await uses(resources) == []


class TestM04Costs:
    async def test_nothing_without_the_header(
        self, as_ada: httpx2.AsyncClient, statements: list[str]
    ) -> None:
        await as_ada.post(URL, json=CAKE)
        assert [each for each in statements if "idempotency" in each] == []

    async def test_two_statements_with_it_and_two_for_an_answer_given_again(
        self, as_ada: httpx2.AsyncClient, statements: list[str]
    ) -> None:
        verbs = []
        for _ in range(2):
            statements.clear()
            await post(as_ada)
            verbs.append([each.split()[0] for each in statements if "idempotency" in each])
        assert verbs == [["INSERT", "UPDATE"], ["INSERT", "SELECT"]]


#: The setup is only for who knows the secret, invitations for who was given one; and with the
#: password the credential ends that a second request would show.
TRIED_ELSEWHERE = {
    "set_up", "update_password", "create_invitation", "preview_invitation", "accept_invitation",
    "verify_email", "confirm_email_change", "cancel_email_change", "transfer_household",
    "restore_household", "request_account_reset", "retry_job", "cancel_job",
}  # fmt: skip


class TestM04EveryPost:
    async def test_is_answered_again_and_never_holds_two_connections(
        self,
        as_ada: httpx2.AsyncClient,
        factories: Factories,
        most_held: list[int],
        every: list[Operation],
    ) -> None:
        bob = await factories.user(email="bob@example.org")
        household = (await as_ada.get(f"{API}/auth/me")).json()["default_household_id"]
        recipe = f"{URL}/{(await create(as_ada))['id']}"
        await as_ada.delete(recipe, headers={"If-Match": "*"})
        form = {"username": "bob@example.org", "password": PASSWORD}
        token = (await as_ada.post(f"{API}/auth/login", data=form)).json()["refresh_token"]
        member = {"email": bob.email, "role": "viewer"}
        account = {"email": "eve@example.org", "password": PASSWORD, "display_name": "Eve"}
        reset = {"token": await reset_token(factories.resources, bob), "password": NEW}
        calls: dict[str, Json] = {
            "/auth/signup": {"json": account},
            "/auth/login": {"data": form},
            "/auth/refresh": {"json": {"refresh_token": token}},
            "/auth/logout": {"json": {"refresh_token": token}},
            "/auth/me/restore": {},
            "/auth/me/exports": {},
            "/auth/step-up": {"json": {"password": PASSWORD}},
            "/auth/tokens": {"json": {"name": "Script", "scopes": ["recipes:read"]}},
            "/auth/sessions/end-others": {},
            "/auth/password-reset/confirm": {"json": reset},
            "/auth/password-reset": {"json": {"email": bob.email}},
            "/auth/verify-email/resend": {"json": {"email": "kim@example.org"}},
            "/auth/email-change": {"json": {"email": "ada2@example.org"}},
            "/households": {"json": {"name": "Boat"}},
            f"/households/{household}/members": {"json": member},
            "/tags": {"json": {"name": "Quick"}},
            "/recipes": {"json": CAKE},
            "/recipes/import": {"json": {"html": PAGE}},
            "/recipes/import?dry_run=true": {"json": {"html": PAGE}},
            f"{recipe.removeprefix(API)}/restore": {},
        }
        found = {}
        for path, body in calls.items():
            headers = {"Idempotency-Key": path}
            first, again = [
                await as_ada.post(API + path, headers=headers, **body) for _ in range(2)
            ]
            assert first.is_success, first.text
            found[path] = told(again) == told(first) and is_replayed(again)
        assert found == dict.fromkeys(calls, True)
        assert set(most_held) == {1}
        posts = {each.name for each in every if each.method == "POST"}
        assert len(posts - TRIED_ELSEWHERE) == len(calls) - 1  # the import was called twice

    @pytest.mark.parametrize("status", ["409", "422"])
    async def test_names_its_refusals_in_openapi(self, document: Json, status: str) -> None:
        slug = SLUGS[status]
        for each in posts(document):
            refusal = each["responses"][status]
            assert slug in refusal["content"]["application/problem+json"]["examples"]
            assert ("Retry-After" in refusal.get("headers", {})) == (status == "409")

    async def test_names_the_header_in_openapi_and_nothing_else_does(self, document: Json) -> None:
        found = {
            f"{method} {path}"
            for path, item in document["paths"].items()
            for method, each in item.items()
            if "Idempotency-Key" in [one["name"] for one in each.get("parameters", [])]
        }
        paths = document["paths"]
        assert found == {f"post {path}" for path, item in paths.items() if "post" in item}
        for each in posts(document):
            done = [found for status, found in each["responses"].items() if status < "3"]
            assert done
            assert all("Idempotency-Replayed" in found["headers"] for found in done)


def posts(document: Json) -> list[Json]:
    return [item["post"] for item in document["paths"].values() if "post" in item]
