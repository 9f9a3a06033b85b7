"""Pages are sent packed, so what is secret in them must not be the same twice (BREACH)."""

import zlib

from tests.web.browser import Browser


async def secrets_of(browser: Browser, path: str) -> set[str]:
    page = await browser.open(path)
    return {str(each.attributes["value"]) for each in page.find("input", name="csrf_token")}


class TestFormTokens:
    async def test_are_others_in_every_rendering(self, adas: Browser) -> None:
        renderings = [await secrets_of(adas, "/recipes/new") for _ in range(5)]
        assert all(renderings)
        assert len(set.union(*renderings)) == sum(len(each) for each in renderings)

    async def test_have_no_part_in_common_that_could_be_guessed_piece_by_piece(
        self, adas: Browser
    ) -> None:
        first, second = [(await secrets_of(adas, "/recipes/new")).pop().encode() for _ in range(2)]
        together = len(zlib.compress(first + second, 9))
        assert together > len(zlib.compress(first, 9)) + 0.7 * len(second)

    async def test_strangers_get_masked_ones_as_well(self, browser: Browser) -> None:
        assert await secrets_of(browser, "/login") != await secrets_of(browser, "/login")
