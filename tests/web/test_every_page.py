"""What holds for every route of the web UI, found by walking them."""

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from potluck.core import csrf
from potluck.resources import Resources
from potluck.web.deps import VISITOR, OurForm
from potluck.web.routes import docs_router, web_router
from tests.api.recipe_calls import create, delete
from tests.conftest import API
from tests.factories import PASSWORD
from tests.web.browser import Browser
from tests.web.conftest import OpenBrowser

HTML = "text/html; charset=utf-8"
POLICY = (
    "default-src 'none'; script-src 'nonce-NONCE'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)


#: What strangers may post that was mailed to them, or is to be.
MAILED = ("/forgot", "/verify", "/verify/again", "/email-change", "/email-change/cancel")


def routes() -> Iterator[Any]:
    for router in (web_router, docs_router):
        yield from (context.original_route for context in iter_route_contexts(router.routes))


def posts() -> list[str]:
    return [route.path for route in routes() if "POST" in route.methods]


def filled(path: str, id: str) -> str:
    path = path.replace("{recipe_id:uuid}", id).replace(
        "{slug}", "stale" if "problems" in path else "x"
    )
    path = path.replace("{household_id:uuid}", id).replace("{number:int}", "1")
    path = path.replace("{user_id:uuid}", id).replace("{invitation_id:uuid}", id)
    path = path.replace("{job_id:uuid}", id)
    path = path.replace("{token_id:uuid}", id).replace("{session_id:uuid}", id)
    path = path.replace("{user_id:uuid}", id)
    return f"{API}/docs" if path == "/docs" else path


@pytest.fixture
async def recipe_id(as_ada: httpx2.AsyncClient) -> str:
    return str((await create(as_ada, title="Cake", visibility="public"))["id"])


async def crawl(browser: Browser, id: str) -> list[httpx2.Response]:
    """Every page, every form posted empty, and addresses that lead nowhere."""
    answers = []
    for route in routes():
        for method in sorted(route.methods - {"HEAD"}):
            token = {"csrf_token": "wrong"} if method == "POST" else None
            answers.append(await browser.client.request(method, filled(route.path, id), data=token))
    nowhere = ("/nope", "/static/nope.css", f"{API}/recipes/{id}/nope", "/problems/nope")
    answers += [await browser.client.get(path) for path in nowhere]
    answers.append(await browser.client.delete("/trash"))
    answers.append(await browser.client.post("/login", content=b"x" * 1_100_000))
    return answers


class TestForms:
    def test_c05_every_route_that_changes_something_asks_for_our_form(self) -> None:
        unsafe = [route for route in routes() if route.methods - {"GET", "HEAD"}]
        assert len(unsafe) >= 8
        assert [r.path for r in unsafe if OurForm not in r.dependencies] == []
        assert {method for route in unsafe for method in route.methods} == {"POST"}

    @pytest.mark.parametrize("path", posts())
    @pytest.mark.parametrize(
        ("headers", "is_ours"),
        [
            ({"Sec-Fetch-Site": "same-origin"}, True),
            ({"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"}, True),
            ({"Origin": "http://potluck.test"}, True),
            ({"Origin": "https://potluck.test"}, True),
            ({}, False),
            ({"Sec-Fetch-Site": "cross-site"}, False),
            ({"Sec-Fetch-Site": "same-site"}, False),
            ({"Sec-Fetch-Site": "none"}, False),
            ({"Sec-Fetch-Site": "cross-site", "Origin": "https://potluck.test"}, False),
            ({"Origin": "https://evil.example"}, False),
            ({"Origin": "null"}, False),
            ({"Origin": "https://potluck.test.evil.example"}, False),
        ],
    )
    async def test_c05_a_form_of_another_site_is_refused(
        self, browser: Browser, recipe_id: str, path: str, headers: dict[str, str], is_ours: bool
    ) -> None:
        token = csrf.make(browser.resources.csrf_key, VISITOR)
        del browser.client.headers["Sec-Fetch-Site"]
        answer = await browser.client.post(
            filled(path, recipe_id), data={"csrf_token": token}, headers=headers
        )
        refused = answer.status_code == 403 and "sent from another site" in answer.text
        assert refused is not is_ours

    @pytest.mark.parametrize("path", posts())
    async def test_c05_a_form_needs_the_token_of_its_session(
        self, adas: Browser, recipe_id: str, path: str, resources: Resources
    ) -> None:
        others = csrf.make(resources.csrf_key, "0190a0a0-0000-7000-8000-000000000001")
        for token in ({}, {"csrf_token": ""}, {"csrf_token": "x" * 64}, {"csrf_token": others}):
            answer = await adas.client.post(filled(path, recipe_id), data=token)
            assert answer.status_code == 403
            assert "The form has expired" in answer.text


class TestAnswers:
    async def test_j02_every_page_names_its_scripts_by_a_nonce(
        self, adas: Browser, recipe_id: str
    ) -> None:
        nonces = set()
        answers = await crawl(adas, recipe_id)
        pages = [each for each in answers if each.headers.get("Content-Type") == HTML]
        assert len(pages) > 15
        for page in pages:
            policy = page.headers["Content-Security-Policy"]
            (nonce,) = re.findall(r"'nonce-([\w-]{22})'", policy)
            assert policy == POLICY.replace("NONCE", nonce)
            assert set(re.findall(r'nonce="([^"]*)"', page.text)) == {nonce}
            nonces.add(nonce)
        assert len(nonces) == len(pages)

    async def test_j02_what_is_no_page_may_load_nothing(
        self, adas: Browser, recipe_id: str
    ) -> None:
        for answer in await crawl(adas, recipe_id):
            if answer.headers.get("Content-Type") != HTML:
                assert answer.headers["Content-Security-Policy"].startswith("default-src 'none';")

    async def test_c11_no_shared_cache_keeps_a_page(self, adas: Browser, recipe_id: str) -> None:
        for answer in await crawl(adas, recipe_id):
            if answer.headers.get("Content-Type") == HTML:
                assert answer.headers["Cache-Control"] in {"no-store", "private, no-cache"}
                assert "Cookie" in answer.headers["Vary"]

    async def test_c04_every_cookie_is_bound_to_this_host_and_hidden_from_scripts(
        self, browser: Browser, adas: Browser, recipe_id: str
    ) -> None:
        seen: list[str] = []

        async def note(answer: httpx2.Response) -> None:
            seen.extend(answer.headers.get_list("set-cookie"))

        for each in (browser, adas):
            each.client.event_hooks["response"].append(note)
            await crawl(each, recipe_id)
        await browser.open("/signup")
        await browser.send("/signup", display_name="Bo", email="bo@example.org", password=PASSWORD)
        await adas.open(f"/recipes/{recipe_id}")
        await adas.send(f"/recipes/{recipe_id}/delete")
        await adas.send("/logout")
        names = {line.partition("=")[0] for line in seen}
        assert names == {"__Host-potluck", "__Host-potluck-device", "__Host-potluck-flash"}
        for line in seen:
            flags = {each.strip().lower() for each in line.split(";")[1:]}
            assert {"secure", "httponly", "samesite=lax", "path=/"} <= flags
            assert not [each for each in flags if each.startswith("domain")]

    async def test_c06_looking_at_pages_changes_nothing(
        self, adas: Browser, recipe_id: str, statements: list[str], as_ada: httpx2.AsyncClient
    ) -> None:
        await delete(as_ada, (await create(as_ada))["id"])
        statements.clear()
        for route in routes():
            if "GET" in route.methods:
                await adas.client.get(filled(route.path, recipe_id))
        assert statements
        assert [each for each in statements if not each.lstrip().startswith("SELECT")] == []

    async def test_pages_are_not_in_the_document_of_the_api(self, app: FastAPI) -> None:
        assert {
            path
            for path in app.openapi()["paths"]
            if not path.startswith((API, "/health", "/.well"))
        } == set()

    async def test_strangers_are_sent_to_sign_in_where_an_account_is_needed(
        self, browser: Browser, recipe_id: str
    ) -> None:
        for path in ("/import", "/ideas", "/trash", "/recipes/new", f"/recipes/{recipe_id}/edit"):
            await browser.open(path)
            assert (browser.path, browser.field("next")) == ("/login", path)

    async def test_strangers_cannot_post_what_needs_an_account(
        self, open_browser: OpenBrowser, recipe_id: str, resources: Resources
    ) -> None:
        stranger = await open_browser()
        token = csrf.make(resources.csrf_key, VISITOR)
        for path in posts():
            if path not in {"/login", "/logout", "/signup", "/setup", "/reset", *MAILED}:
                answer = await stranger.client.post(
                    filled(path, recipe_id), data={"csrf_token": token}
                )
                assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
