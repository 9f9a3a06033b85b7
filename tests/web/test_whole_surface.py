"""What holds for every kind of answer of the shipped app, pages and programs alike."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from potluck.core.config import Settings
from potluck.main import create_app
from potluck.providers import get_ideas_source
from potluck.resources import Resources
from tests.api.recipe_calls import create
from tests.conftest import API, ORIGIN, Override, client_of
from tests.sent_pictures import picture, put_cover
from tests.web.browser import Browser

HTML = {"Accept": "text/html"}
#: Of every answer (ASVS 3.4.4, 3.4.5, 3.4.8); pictures of public recipes may be shown elsewhere.
CAREFUL = {
    "x-content-type-options": {"nosniff"},
    "referrer-policy": {"strict-origin-when-cross-origin"},
    "cross-origin-opener-policy": {"same-origin"},
    "cross-origin-resource-policy": {"same-origin", "cross-origin"},
}


async def kinds_of_answers(
    client: httpx2.AsyncClient, as_ada: httpx2.AsyncClient, adas: Browser
) -> dict[str, httpx2.Response]:
    """One of each: pages, documents, files, refusals; 304, 404, 405, 413, 500."""
    recipe = await create(as_ada, title="Cake", visibility="public")
    covered = await put_cover(as_ada, recipe["id"], picture(500, 400))
    media = covered.json()["image_url"].removeprefix(ORIGIN)
    page = await client.get("/login", headers=HTML)
    static = re.findall(r'href="(/static/css/[^"]+)"', page.text)[0]
    one = f"{API}/recipes/{recipe['id']}"
    etag = (await client.get(one)).headers["ETag"]
    asked: dict[str, tuple[str, str, dict[str, Any]]] = {
        "page": ("GET", f"/recipes/{recipe['id']}/cake", {"headers": HTML}),
        "moved page": ("GET", f"/recipes/{recipe['id']}", {"headers": HTML}),
        "api docs": ("GET", f"{API}/docs", {"headers": HTML}),
        "page to sign in for": ("GET", "/trash", {"headers": HTML}),
        "page that is not there": ("GET", "/nope", {"headers": HTML}),
        "page with a wrong method": ("DELETE", "/login", {"headers": HTML}),
        "form that is too large": ("POST", "/login", {"content": b"x" * 1_100_000}),
        "form without a token": ("POST", "/login", {"headers": HTML, "data": {"email": "x"}}),
        "head of a page": ("HEAD", "/login", {}),
        "static": ("GET", static, {}),
        "static that is not there": ("GET", "/static/nope.css", {}),
        "static with a wrong method": ("POST", "/static/nope.css", {}),
        "media": ("GET", media, {}),
        "media that is not there": ("GET", f"{media}x", {}),
        "json": ("GET", one, {}),
        "304": ("GET", one, {"headers": {"If-None-Match": etag}}),
        "404": ("GET", f"{API}/nope", {}),
        "405": ("PUT", f"{API}/auth/login", {}),
        "413": ("POST", f"{API}/auth/signup", {"content": b"x" * 1_100_000}),
        "415": ("POST", f"{API}/auth/signup", {"content": b"x"}),
        "422": ("GET", f"{API}/recipes?limit=0", {}),
        "401": ("GET", f"{API}/households", {}),
        "options": ("OPTIONS", f"{API}/recipes", {}),
        "health": ("GET", "/health/live", {}),
        "openapi": ("GET", f"{API}/openapi.json", {}),
        "robots": ("GET", "/robots.txt", {}),
        "sitemap": ("GET", "/sitemap.xml", {}),
        "feed": ("GET", f"/households/{recipe['household_id']}/recipes.atom", {}),
    }
    return {
        "500": await as_ada.get(f"{API}/recipes/ideas"),
        "page that breaks": await adas.client.get("/ideas"),
        **{
            name: await client.request(method, path, **options)
            for name, (method, path, options) in asked.items()
        },
    }


@pytest.fixture
async def answers(
    client: httpx2.AsyncClient, as_ada: httpx2.AsyncClient, adas: Browser, override: Override
) -> dict[str, httpx2.Response]:
    """The ideas are broken on purpose, so that there is a 500."""

    def broken() -> None:
        raise RuntimeError("an error that nobody expected")

    override(get_ideas_source, broken)
    return await kinds_of_answers(client, as_ada, adas)


class TestHeaders:
    async def test_j03_every_kind_of_answer_tells_browsers_to_be_careful(
        self, answers: dict[str, httpx2.Response]
    ) -> None:
        statuses = {answer.status_code for answer in answers.values()}
        assert {200, 303, 304, 308, 401, 404, 405, 413, 415, 422, 500} <= statuses
        for name, answer in answers.items():
            for header, allowed in CAREFUL.items():
                assert answer.headers.get_list(header) == [answer.headers.get(header)], name
                assert answer.headers[header] in allowed, (name, header)
            assert "camera=()" in answer.headers["Permissions-Policy"], name

    async def test_j02_every_answer_has_a_policy_and_none_allows_inline_script(
        self, answers: dict[str, httpx2.Response]
    ) -> None:
        for name, answer in answers.items():
            (policy,) = answer.headers.get_list("Content-Security-Policy")
            assert policy.startswith("default-src 'none'"), name
            assert "unsafe" not in policy, name
            is_page = answer.headers.get("Content-Type", "").startswith("text/html")
            assert ("script-src 'nonce-" in policy) is is_page, name
            if is_page:
                assert {
                    "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
                } <= {each.strip() for each in policy.split(";")}, name  # fmt: skip

    async def test_c11_what_may_be_shared_is_public_and_everything_else_is_not(
        self, answers: dict[str, httpx2.Response]
    ) -> None:
        shared = {
            name for name, each in answers.items() if "public" in each.headers["Cache-Control"]
        }
        assert shared == {"static", "media", "robots", "sitemap", "feed"}
        for name in answers.keys() - shared:
            rules = answers[name].headers["Cache-Control"]
            assert rules in {"no-store", "private, no-cache"}, name

    async def test_o02_no_answer_names_the_software(
        self, answers: dict[str, httpx2.Response]
    ) -> None:
        for name, answer in answers.items():
            assert not {"server", "x-powered-by", "via"} & answer.headers.keys(), name
            assert not re.search(r"uvicorn|starlette|Traceback|/site-packages/", answer.text), name


@asynccontextmanager
async def served_by_https(resources: Resources) -> AsyncIterator[httpx2.AsyncClient]:
    """The same installation at an https address."""
    changes = {"base_url": "https://potluck.test"}
    settings: Settings = resources.settings.model_copy(update=changes)
    app: FastAPI = create_app(settings, clock=resources.clock, works_in_background=False)
    async with app.router.lifespan_context(app), client_of(app) as client:
        yield client


class TestHttps:
    async def test_j03_browsers_are_told_to_come_by_https_for_a_year(
        self, resources: Resources
    ) -> None:
        async with served_by_https(resources) as client:
            for path in ("/", "/nope", f"{API}/recipes", f"{API}/nope", "/health/live"):
                answer = await client.get(path, headers=HTML)
                assert answer.headers["Strict-Transport-Security"] == "max-age=31536000", path


#: Where scanners look (ASVS 13.4.1 to 13.4.6): each of these before each of those.
PLACES = ("", "/api", "/api/v1", "/static", "/admin")
USUAL = (
    ".env", ".env.local", ".git/config", ".git/HEAD", ".gitignore", ".htaccess", ".htpasswd",
    ".svn/entries", ".hg/store", ".DS_Store", ".aws/credentials", ".ssh/id_rsa", ".npmrc",
    "admin/", "administrator", "actuator/env", "backup.zip", "backup.sql", "config.json",
    "config.yml", "console", "debug", "debug/pprof/", "__debug__/", "dump.sql", "info.php",
    "phpinfo.php", "wp-login.php", "wp-admin/", "xmlrpc.php", "server-status", "graphql",
    "graphiql", "redoc", "swagger.json", "potluck.db", "data/potluck.db", "keys/master.key",
    "setup-secret", "requirements.lock", "pyproject.toml", "main.py", "test",
)  # fmt: skip


class TestUsualPaths:
    @pytest.mark.parametrize("place", PLACES)
    async def test_o02_where_scanners_look_there_is_nothing(
        self, adas: Browser, client: httpx2.AsyncClient, place: str
    ) -> None:
        assert len(PLACES) * len(USUAL) >= 200
        for name in USUAL:
            for caller in (adas.client, client):
                answer = await caller.get(f"{place}/{name}")
                assert answer.status_code == 404, f"{place}/{name}"

    @pytest.mark.parametrize("path", ["/", "/static/", "/static/css/", "/media/", "/static"])
    async def test_o02_no_folder_is_listed(self, client: httpx2.AsyncClient, path: str) -> None:
        answer = await client.get(path)
        assert "Index of" not in answer.text
        assert (answer.status_code == 404) is (path != "/")


#: Headers that some software takes for the address, the method or the path of a request, and that
#: no cache has in its key (James Kettle, "Practical Web Cache Poisoning", 2018).
UNKEYED = {
    "X-Forwarded-Host": "evil.example", "X-Forwarded-Scheme": "http", "X-Forwarded-Proto": "ftp",
    "X-Forwarded-Port": "1337", "X-Forwarded-Prefix": "/evil", "X-Forwarded-Path": "/evil",
    "X-Forwarded-Server": "evil.example", "X-Forwarded-For": "127.0.0.1", "X-Forwarded": "evil",
    "Forwarded": "host=evil.example;proto=http", "X-Host": "evil.example",
    "X-HTTP-Host-Override": "evil.example", "X-Original-Host": "evil.example",
    "X-Original-URL": "/evil", "X-Rewrite-URL": "/evil", "X-Original-URI": "/evil",
    "X-HTTP-Method": "POST", "X-HTTP-Method-Override": "POST", "X-Method-Override": "DELETE",
    "X-Real-IP": "127.0.0.1", "X-Client-IP": "127.0.0.1", "True-Client-IP": "127.0.0.1",
    "X-Remote-IP": "127.0.0.1", "X-Remote-Addr": "127.0.0.1", "X-ProxyUser-Ip": "127.0.0.1",
    "X-Url-Scheme": "javascript", "X-Wap-Profile": "http://evil.example/", "Via": "evil",
    "X-Amz-Website-Redirect-Location": "//evil.example", "X-Backend-Host": "evil.example",
    "X-Script-Name": "/evil", "Script-Name": "/evil", "X-Request-URI": "/evil",
    "X-Destination": "evil", "X-Requested-With": "XMLHttpRequest", "X-Debug": "1",
    "Referer": "https://evil.example/", "User-Agent": "<script>evil</script>",
    "Accept-Language": "xx-evil", "Origin": "https://evil.example", "Pragma": "x-evil",
    "Transfer-Encoding-X": "evil", "Cookie": "evil=1; __Host-potluck=evil; potluck_theme=evil",
}  # fmt: skip


class TestUnkeyedHeaders:
    async def test_j10_no_header_changes_what_caches_may_share(
        self, client: httpx2.AsyncClient, as_ada: httpx2.AsyncClient
    ) -> None:
        assert len(UNKEYED) >= 40
        recipe = await create(as_ada, title="Cake", visibility="public")
        covered = await put_cover(as_ada, recipe["id"], picture(500, 400))
        page = await client.get("/login", headers=HTML)
        for path in (
            "/robots.txt",
            "/sitemap.xml",
            "/sitemap-1.xml",
            f"/households/{recipe['household_id']}/recipes.atom",
            covered.json()["image_url"].removeprefix(ORIGIN),
            re.findall(r'href="(/static/css/[^"]+)"', page.text)[0],
            "/.well-known/jwks.json",
        ):
            clean = shared_part(await client.get(path))
            assert clean[0] == 200, path
            assert "public" in dict(clean[1])["cache-control"], path
            for name, value in UNKEYED.items():
                probed = await client.get(path, headers={name: value})
                assert shared_part(probed) == clean, (path, name)

    async def test_j10_what_a_probe_says_is_in_no_answer(
        self, client: httpx2.AsyncClient, as_ada: httpx2.AsyncClient
    ) -> None:
        recipe = await create(as_ada, title="Cake", visibility="public")
        for path in ("/", "/login", f"/recipes/{recipe['id']}/cake", f"{API}/recipes", "/nope"):
            for name, value in UNKEYED.items():
                answer = await client.get(path, headers=HTML | {name: value})
                said = answer.text + str(answer.headers.multi_items())
                assert "evil" not in said, (path, name)


#: Of this one request; no cache takes them for the answer's own.
OF_THE_REQUEST = {"x-request-id", "x-process-time", "server-timing", "date"}


def shared_part(answer: httpx2.Response) -> tuple[int, list[tuple[str, str]], bytes]:
    headers = [each for each in answer.headers.multi_items() if each[0] not in OF_THE_REQUEST]
    return answer.status_code, sorted(headers), answer.content
