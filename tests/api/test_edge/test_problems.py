"""Every refusal is a problem document with exactly the members of the contract."""

import re
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from potluck.api import problem_openapi
from potluck.core.errors import AppError, NotFound
from tests.api.test_edge import toy
from tests.doubles import FakeClock


async def refused(client: httpx2.AsyncClient, slug: str) -> httpx2.Response:
    return await client.get(f"/api/things/refused/{slug}")


class TestMembers:
    async def test_are_exactly_those_of_the_contract(self, client: httpx2.AsyncClient) -> None:
        answer = await client.get(
            "/api/things/refused/not-found", headers={"X-Request-ID": "mine-1"}
        )
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json() == {
            "type": "https://potluck.test/problems/not-found",
            "title": "Not found",
            "status": 404,
            "detail": "No recipe with this id is visible to you.",
            "instance": "/api/things/refused/not-found",
            "request_id": "mine-1",
        }

    async def test_the_error_adds_its_own(self, client: httpx2.AsyncClient) -> None:
        assert (await refused(client, "tag-exists")).json()["tag_id"] == "42"
        assert (await refused(client, "stale")).json()["etag"] == '"7"'
        assert (await refused(client, "insufficient-scope")).json()["needs"] == ["recipes:write"]
        assert (await refused(client, "not-ready")).json()["checks"] == {"database": "failed"}
        assert "next_step" in (await refused(client, "fetch-too-slow")).json()

    async def test_detail_is_always_a_sentence(self, client: httpx2.AsyncClient) -> None:
        assert (await refused(client, "unauthenticated")).json()["detail"] == "Sign in first"

    async def test_errors_come_only_with_invalid(self, client: httpx2.AsyncClient) -> None:
        answer = (await refused(client, "invalid")).json()
        assert answer["detail"] == "1 member needs attention."
        assert answer["errors"] == [
            {"in": "body", "pointer": "/name", "code": "taken", "detail": "Choose another name."}
        ]
        assert "errors" not in (await refused(client, "fetch-too-slow")).json()
        assert "errors" not in (await refused(client, "not-found")).json()

    async def test_instance_is_the_path_as_it_was_asked_for(
        self, client: httpx2.AsyncClient
    ) -> None:
        answer = await client.get("/no/such%20thing/%3Fx%E2%82%AC?token=abc")
        assert answer.json()["instance"] == "/no/such%20thing/%3Fx%E2%82%AC"

    @pytest.mark.parametrize("path", ["/api/things/boom", "/kitchen/api/things/boom"])
    async def test_instance_begins_with_the_sub_path_of_a_proxy(
        self, app: FastAPI, path: str
    ) -> None:
        """Some servers leave the sub-path in the path, others do not."""
        async with toy.client_of(app, root_path="/kitchen") as client:
            answer = await client.get(path)
        assert answer.json()["instance"] == "/kitchen/api/things/boom"

    async def test_below_a_mount_the_instance_is_the_whole_path(self, app: FastAPI) -> None:
        async with toy.client_of(app, root_path="/kitchen") as client:
            answer = await client.get("/static/none.css")
        assert answer.json()["instance"] == "/kitchen/static/none.css"


class TestStatusAndHeaders:
    @pytest.mark.parametrize(("slug", "error"), toy.REFUSALS.items())
    async def test_m01_every_refusal_keeps_its_status(
        self, client: httpx2.AsyncClient, slug: str, error: AppError
    ) -> None:
        answer = await refused(client, slug)
        assert (answer.status_code, answer.json()["status"]) == (error.status, error.status)
        assert answer.json()["type"] == f"https://potluck.test/problems/{slug}"
        assert answer.headers["cache-control"] == "no-store"

    @pytest.mark.parametrize(
        ("slug", "challenge"),
        [
            ("unauthenticated", "Bearer"),
            ("invalid-token", 'Bearer error="invalid_token"'),
            ("invalid-credentials", "Bearer"),
            ("invalid-setup-secret", "Bearer"),
        ],
    )
    async def test_a_401_carries_a_challenge(
        self, client: httpx2.AsyncClient, slug: str, challenge: str
    ) -> None:
        assert (await refused(client, slug)).headers["www-authenticate"] == challenge

    async def test_a_503_says_when_to_try_again(self, client: httpx2.AsyncClient) -> None:
        assert (await refused(client, "unavailable")).headers["retry-after"] == "3"
        assert (await refused(client, "not-ready")).headers["retry-after"] == "1"


class TestFramework:
    async def test_an_unknown_path_is_not_found(self, client: httpx2.AsyncClient) -> None:
        answer = await client.get("/nothing/here")
        assert answer.status_code == 404
        assert answer.json()["type"] == "https://potluck.test/problems/not-found"
        assert answer.json()["detail"] == "There is nothing at this address."

    @pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE", "BREW", "OPTIONS"])
    async def test_m06_a_method_that_is_not_taken_is_405_with_all_that_are(
        self, client: httpx2.AsyncClient, method: str
    ) -> None:
        answer = await client.request(method, "/api/things")
        assert answer.status_code == 405
        assert answer.headers.get_list("allow") == ["GET, HEAD, POST"]
        assert answer.json()["type"] == "https://potluck.test/problems/method-not-allowed"

    async def test_m06_static_files_take_get_and_head(self, client: httpx2.AsyncClient) -> None:
        answer = await client.post("/static/style.css")
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")

    async def test_m06_allow_is_right_behind_a_sub_path(self, app: FastAPI) -> None:
        async with toy.client_of(app, root_path="/kitchen") as client:
            answer = await client.delete("/kitchen/api/things")
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")

    @pytest.mark.parametrize(
        ("status", "slug"),
        [
            (400, "malformed-body"), (401, "unauthenticated"), (403, "forbidden"),
            (404, "not-found"), (406, "not-acceptable"), (413, "body-too-large"),
            (415, "unsupported-media-type"), (422, "invalid"), (428, "precondition-required"),
            (500, "internal"), (503, "unavailable"),
        ],
    )  # fmt: skip
    async def test_its_exceptions_become_the_same_problems_with_their_headers(
        self, client: httpx2.AsyncClient, status: int, slug: str
    ) -> None:
        answer = await client.get(f"/api/things/framework/{status}")
        assert (answer.status_code, answer.json()["status"]) == (status, status)
        assert answer.json()["type"] == f"https://potluck.test/problems/{slug}"
        assert answer.headers["x-hint"] == "yes"

    async def test_a_status_we_have_no_name_for_is_about_blank(
        self, client: httpx2.AsyncClient
    ) -> None:
        answer = await client.get("/api/things/framework/451")
        assert answer.status_code == 451
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == "about:blank"
        assert answer.json()["title"] == "Unavailable For Legal Reasons"

    async def test_what_is_no_refusal_has_no_problem(self, client: httpx2.AsyncClient) -> None:
        answer = await client.get("/api/things/framework/304")
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["x-hint"] == "yes"

    async def test_m01_p04_a_500_tells_nothing_of_the_inside(
        self, client: httpx2.AsyncClient
    ) -> None:
        answer = await client.get("/api/things/boom")
        assert answer.status_code == 500
        assert answer.json()["type"] == "https://potluck.test/problems/internal"
        assert answer.json()["request_id"] == answer.headers["x-request-id"]
        assert re.search(r"secret|/srv|SELECT|Error|Traceback|potluck/", answer.text) is None


class TestPages:
    async def test_the_web_may_answer_with_a_page_instead(
        self, clock: FakeClock, static: Path
    ) -> None:
        async def page_of(request: Request, error: AppError) -> Response | None:
            if "text/html" not in request.headers.get("accept", ""):
                return None
            return HTMLResponse(f"<h1>{error.title}</h1>", error.status)

        async with toy.client_of(toy.build(clock, static=static, page_of=page_of)) as client:
            page = await client.get("/nothing", headers={"Accept": "text/html"})
            document = await client.get("/nothing", headers={"Accept": "application/json"})
        assert (page.status_code, page.text) == (404, f"<h1>{NotFound.title}</h1>")
        assert document.headers["content-type"] == "application/problem+json"


class TestOpenApi:
    @pytest.fixture
    def document(self, app: FastAPI) -> dict[str, Any]:
        return problem_openapi.complete(app.openapi())

    def test_an_operation_lists_its_problems_by_slug(self, document: dict[str, Any]) -> None:
        responses = document["paths"]["/api/things/item/{thing_id}"]["get"]["responses"]
        problem = responses["404"]["content"]["application/problem+json"]
        assert problem["schema"] == {"$ref": "#/components/schemas/Problem"}
        assert list(problem["examples"]) == ["not-found"]
        assert responses["503"]["description"] == "`not-ready`, `unavailable`"
        assert "Retry-After" in responses["503"]["headers"]

    def test_the_edges_own_answers_are_added_to_every_operation(
        self, document: dict[str, Any]
    ) -> None:
        paths = document["paths"]
        assert {"400", "413", "415", "422"} <= paths["/api/things"]["post"]["responses"].keys()
        of_any = {"400", "406", "422", "500", "503"}
        assert paths["/api/things/boom"]["get"]["responses"].keys() == {"200"} | of_any

    def test_the_frameworks_own_error_schema_is_gone(self, document: dict[str, Any]) -> None:
        assert "HTTPValidationError" not in str(document)
        assert {"Problem", "ProblemError"} <= document["components"]["schemas"].keys()
