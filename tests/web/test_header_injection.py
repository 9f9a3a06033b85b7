"""Nothing that people send ends a header of ours and begins another."""

import httpx2
import pytest

from potluck.models import User
from tests.conftest import API, As
from tests.factories import Make
from tests.web.browser import Browser

BREAKS = [
    "%0d%0aSet-Cookie:%20a=b",
    "%0aX-Evil:%201",
    "%0dX-Evil:%201",
    "%E5%98%8A%E5%98%8DX-Evil:1",
]


def has_broken_header(answer: httpx2.Response) -> bool:
    whole = b"".join(name + value for name, value in answer.headers.raw)
    return any(sign in whole for sign in (b"\r", b"\n", b"\0")) or "x-evil" in answer.headers


class TestRedirects:
    @pytest.mark.parametrize("sent", BREAKS)
    async def test_j09_s09_an_address_that_was_asked_for_is_quoted(
        self, browser: Browser, sent: str
    ) -> None:
        answer = await browser.client.get(f"/trash?q={sent}")
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/login?next=%2Ftrash")
        assert not has_broken_header(answer)
        assert "a" not in answer.cookies

    @pytest.mark.parametrize("sent", BREAKS)
    async def test_j09_s09_where_to_go_on_is_a_page_of_ours_or_nowhere(
        self, browser: Browser, sent: str
    ) -> None:
        answer = await browser.client.get(f"/login?next=/recipes{sent}")
        assert answer.status_code == 200
        assert not has_broken_header(answer)
        assert "X-Evil" not in answer.text

    @pytest.mark.parametrize("sent", BREAKS[:3])
    async def test_j09_in_a_path_they_are_malformed(self, browser: Browser, sent: str) -> None:
        answer = await browser.client.get(f"/r/a{sent}")
        assert answer.status_code == 400
        assert not has_broken_header(answer)


class TestNames:
    @pytest.mark.parametrize("title", ["a\r\nBcc: x", "a\rb", "a\x00b"])
    async def test_i10_a_title_has_no_carriage_return(
        self, as_: As, make_user: Make[User], title: str
    ) -> None:
        client = await as_(await make_user())
        answer = await client.post(f"{API}/recipes", json={"title": title})
        assert answer.status_code == 422
        assert not has_broken_header(answer)

    async def test_i10_a_formula_is_text_and_no_spreadsheet_is_written(self, adas: Browser) -> None:
        """There is no CSV export: nothing to neutralise until there is one."""
        described = (await adas.client.get(f"{API}/openapi.json")).text
        assert "text/csv" not in described
