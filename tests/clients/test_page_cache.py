from datetime import timedelta

import pytest

from potluck.clients.fetcher.page import FetchedPage, PageCache
from potluck.core.errors import FetchUnreachable
from tests.clients.http_server import ScriptedServer, answer
from tests.clients.net import Net
from tests.doubles import FakeClock

PAGE = "http://recipes.example/soup"


class TestRemembering:
    """A preview and the import after it are one fetch."""

    async def test_same_page_for_the_same_person_is_fetched_once(
        self, net: Net, server: ScriptedServer
    ) -> None:
        server.answers["/soup"] = answer(b"soup")
        async with net.fetcher() as fetcher:
            first = await fetcher.page(PAGE, asker="ada")
            second = await fetcher.page(PAGE + "#step", asker="ada")
        assert first == second
        assert server.targets == ["/soup"]

    async def test_another_person_fetches_anew(self, net: Net, server: ScriptedServer) -> None:
        server.answers["/soup"] = answer(b"soup")
        async with net.fetcher() as fetcher:
            await fetcher.page(PAGE, asker="ada")
            await fetcher.page(PAGE, asker="bob")
        assert server.targets == ["/soup", "/soup"]

    @pytest.mark.parametrize(("seconds", "requests"), [(599, 1), (600, 2)])
    async def test_page_is_remembered_for_ten_minutes(
        self, seconds: int, requests: int, net: Net, server: ScriptedServer
    ) -> None:
        server.answers["/soup"] = answer(b"soup")
        async with net.fetcher() as fetcher:
            await fetcher.page(PAGE, asker="ada")
            net.clock.advance(timedelta(seconds=seconds))
            await fetcher.page(PAGE, asker="ada")
        assert len(server.targets) == requests

    async def test_failure_is_not_remembered(self, net: Net, server: ScriptedServer) -> None:
        server.answers["/soup"] = answer(status="503 Busy")
        async with net.fetcher() as fetcher:
            with pytest.raises(FetchUnreachable):
                await fetcher.page(PAGE, asker="ada")
            server.answers["/soup"] = answer(b"soup")
            page = await fetcher.page(PAGE, asker="ada")
        assert page.html == "soup"


class TestMemory:
    """Remembered pages never take more than their share."""

    def _page(self, letter: str) -> FetchedPage:
        return FetchedPage(f"http://{letter}.example/", letter * 1_000, "text/html")

    def test_oldest_page_makes_room(self) -> None:
        cache = PageCache(FakeClock(), keep_s=600, max_bytes=2_500)
        for letter in "abc":
            cache.put("ada", letter, self._page(letter))
        assert cache.get("ada", "a") is None
        assert cache.get("ada", "b") == self._page("b")
        assert cache.get("ada", "c") == self._page("c")

    def test_page_larger_than_the_memory_is_not_kept(self) -> None:
        cache = PageCache(FakeClock(), keep_s=600, max_bytes=500)
        cache.put("ada", "a", self._page("a"))
        assert cache.get("ada", "a") is None

    def test_page_put_twice_counts_once(self) -> None:
        cache = PageCache(FakeClock(), keep_s=600, max_bytes=2_500)
        for letter in "abbbb":
            cache.put("ada", letter, self._page(letter))
        assert cache.get("ada", "a") == self._page("a")
