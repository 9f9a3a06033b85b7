"""Refusals where a person looks, and where a program asks."""

from pathlib import Path

import httpx2
import pytest
from fastapi.routing import iter_route_contexts

from potluck.api import problems as api_problems
from potluck.core.config import Settings
from potluck.core.errors import Unavailable
from potluck.main import create_app
from potluck.providers import get_read_session
from potluck.services import problem_pages
from potluck.web.errors import prefers_html
from tests.conftest import API, Override
from tests.web.browser import Browser


class TestPrefersHtml:
    @pytest.mark.parametrize(
        "accept",
        [
            "text/html",
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "TEXT/HTML;q=0.9, */*;q=0.1",
            "application/json;q=0.5, text/html",
            "text/html;level=1;q=0.5",
        ],
    )
    def test_browsers_do(self, accept: str) -> None:
        assert prefers_html(accept)

    @pytest.mark.parametrize(
        "accept",
        [
            "",
            "*/*",
            "application/json",
            "application/json, text/html;q=0.9",
            "application/problem+json, text/html;q=0.5",
            "text/html;q=0",
            "text/plain, */*",
            "image/avif,image/webp,*/*;q=0.8",
        ],
    )
    def test_programs_do_not(self, accept: str) -> None:
        assert not prefers_html(accept)


class TestErrorPages:
    async def test_say_what_is_wrong_and_name_the_request(self, browser: Browser) -> None:
        await browser.open("/nope", headers={"X-Request-ID": "abc-1"})
        assert (browser.answer.status_code, browser.heading) == (404, "Nothing on this plate")
        assert browser.page.find("code")[0].text == "abc-1"
        assert browser.page.find("a", href="/problems/not-found")

    async def test_keep_the_frame_of_who_is_signed_in(self, adas: Browser) -> None:
        page = await adas.open("/nope")
        assert page.find("form", action="/logout")

    async def test_a_wrong_method_names_the_right_ones(self, adas: Browser) -> None:
        answer = await adas.client.delete("/trash")
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
        assert answer.headers["Content-Type"].startswith("text/html")

    async def test_an_address_with_one_slash_more_is_nothing(self, browser: Browser) -> None:
        answer = await browser.client.get("/login/")
        assert answer.status_code == 404

    async def test_a_form_that_is_too_large_is_refused_as_a_page(self, adas: Browser) -> None:
        answer = await adas.client.post("/login", content=b"x" * 1_100_000)
        assert answer.status_code == 413
        assert "Too much for one plate" in answer.text

    async def test_a_busy_database_is_a_page_with_a_time_to_wait(
        self, browser: Browser, override: Override
    ) -> None:
        def busy() -> None:
            raise Unavailable(retry_after_s=7)

        override(get_read_session, busy)
        answer = await browser.client.get("/")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
        assert "The kitchen is busy" in answer.text

    async def test_a_failure_of_ours_is_a_page_that_tells_nothing(
        self, browser: Browser, override: Override
    ) -> None:
        def broken() -> None:
            raise RuntimeError("the secret of the house")

        override(get_read_session, broken)
        answer = await browser.client.get("/")
        assert answer.status_code == 500
        assert "We dropped it" in answer.text
        assert "secret" not in answer.text

    async def test_programs_get_the_document(self, client: httpx2.AsyncClient) -> None:
        answer = await client.get("/nope")
        assert answer.headers["Content-Type"] == api_problems.MEDIA_TYPE

    @pytest.mark.parametrize("path", [f"{API}/nope", "/health/nope", "/static/css/nope.css"])
    async def test_the_api_answers_documents_to_browsers_as_well(
        self, browser: Browser, path: str
    ) -> None:
        answer = await browser.client.get(path)
        assert answer.headers["Content-Type"] == api_problems.MEDIA_TYPE


class TestProblemPages:
    @pytest.mark.parametrize("slug", problem_pages.slugs())
    async def test_m01_every_problem_has_its_page(self, browser: Browser, slug: str) -> None:
        await browser.open(f"/problems/{slug}")
        assert browser.answer.status_code == 200
        assert browser.heading == problem_pages.page(slug).title

    async def test_there_is_no_page_for_what_is_no_problem(self, browser: Browser) -> None:
        await browser.open("/problems/nope")
        assert browser.answer.status_code == 404


class TestApiDocs:
    async def test_come_from_our_own_origin(self, browser: Browser) -> None:
        page = await browser.open(f"{API}/docs")
        sources = [each.attributes.get("src", "") for each in page.find("script")]
        sheets = [each.attributes["href"] for each in page.find("link", rel="stylesheet")]
        assert any("swagger-ui-bundle" in each for each in sources)
        for address in [each for each in sources if each] + sheets:
            assert address.startswith("/static/")
            assert (await browser.client.get(address)).status_code == 200

    def test_may_be_left_out(self, tmp_path: Path) -> None:
        for docs in (True, False):
            app = create_app(Settings(data_dir=tmp_path, docs=docs))
            paths = [context.path for context in iter_route_contexts(app.routes)]
            assert (f"{API}/docs" in paths) is docs
