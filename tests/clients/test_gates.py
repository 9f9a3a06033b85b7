import asyncio

import pytest

from potluck.clients.fetcher.gates import Gates
from potluck.clients.fetcher.limits import FetchLimits
from potluck.core.errors import Unavailable
from tests.clients.http_server import Script, ScriptedServer, answer
from tests.clients.net import Net


class Waiting:
    """Holds every answer back until `release`; `arrived` counts the requests that came in."""

    def __init__(self) -> None:
        self.arrived = asyncio.Semaphore(0)
        self.release = asyncio.Event()

    def script(self) -> Script:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.arrived.release()
            await self.release.wait()
            writer.write(answer(b"soup"))

        return talk

    async def for_requests(self, count: int) -> None:
        for _ in range(count):
            await self.arrived.acquire()


class TestPlaces:
    """K-06: four fetches per person, two per host, twenty in all."""

    async def test_k06_fifth_fetch_of_a_person_is_told_to_come_back(
        self, net: Net, server: ScriptedServer
    ) -> None:
        waiting = Waiting()
        server.answers["/"] = waiting.script()
        async with net.fetcher(queue_s=0.05) as fetcher, asyncio.TaskGroup() as tasks:
            pages = [
                tasks.create_task(fetcher.page(f"http://{n}.example/", asker="ada")) for n in "abcd"
            ]
            await waiting.for_requests(4)
            with pytest.raises(Unavailable):
                await asyncio.wait_for(fetcher.page("http://e.example/", asker="ada"), 5)
            other = tasks.create_task(fetcher.page("http://f.example/", asker="bob"))
            await waiting.for_requests(1)
            waiting.release.set()
        assert [page.result().html for page in [*pages, other]] == ["soup"] * 5

    async def test_third_fetch_from_a_host_waits(self, net: Net, server: ScriptedServer) -> None:
        waiting = Waiting()
        server.answers["/"] = waiting.script()
        async with net.fetcher(queue_s=0.05) as fetcher, asyncio.TaskGroup() as tasks:
            for asker in ("ada", "bob"):
                tasks.create_task(fetcher.page("http://a.example/", asker=asker))
            await waiting.for_requests(2)
            with pytest.raises(Unavailable):
                await asyncio.wait_for(fetcher.page("http://a.example/", asker="eve"), 5)
            waiting.release.set()

    async def test_twenty_fetches_run_at_once_and_no_more(self, net: Net) -> None:
        gates = Gates(FetchLimits(queue_s=0.05), clock=net.clock, sleep=net.sleep)
        leave = asyncio.Event()

        async def hold(asker: str) -> None:
            async with gates.asker(asker):
                await leave.wait()

        async with asyncio.TaskGroup() as tasks:
            for n in range(20):
                tasks.create_task(hold(str(n)))
            await asyncio.sleep(0)
            with pytest.raises(Unavailable):
                await asyncio.wait_for(hold("one more"), 5)
            leave.set()
        await asyncio.wait_for(hold("one more"), 5)

    async def test_place_is_given_back_after_a_failure(
        self, net: Net, server: ScriptedServer
    ) -> None:
        server.answers["/"] = answer(status="500 No")
        server.answers["/good"] = answer(b"soup")
        async with net.fetcher(queue_s=0.05) as fetcher:
            results = await asyncio.gather(
                *(fetcher.page(f"http://{n}.example/", asker="ada") for n in "abcd"),
                return_exceptions=True,
            )
            page = await fetcher.page("http://e.example/good", asker="ada")
        assert all(isinstance(result, Exception) for result in results)
        assert page.html == "soup"


class TestPause:
    """One host is asked once a second, so that an import of many pages is no attack."""

    async def test_second_fetch_from_a_host_starts_a_second_later(
        self, net: Net, server: ScriptedServer
    ) -> None:
        server.answers |= {"/1": answer(b"soup"), "/2": answer(b"soup"), "/3": answer(b"soup")}
        async with net.fetcher() as fetcher:
            for path in ("1", "2", "3"):
                await fetcher.page(f"http://recipes.example/{path}", asker="ada")
        assert net.slept == [1.0, 1.0]

    async def test_fetches_at_the_same_moment_are_spread(self, net: Net) -> None:
        gates = Gates(FetchLimits(), clock=net.clock, sleep=net.sleep)
        starts: list[float] = []

        async def enter() -> None:
            async with gates.host("recipes.example", is_known=False):
                starts.append(net.clock.monotonic_s())

        await enter()
        await enter()
        await enter()
        assert starts == [0.0, 1.0, 2.0]

    async def test_another_host_does_not_wait(self, net: Net, server: ScriptedServer) -> None:
        server.answers["/"] = answer(b"soup")
        async with net.fetcher() as fetcher:
            await fetcher.page("http://a.example/", asker="ada")
            await fetcher.page("http://b.example/", asker="ada")
        assert net.slept == []

    async def test_redirect_within_a_site_does_not_wait(
        self, net: Net, server: ScriptedServer
    ) -> None:
        server.answers["/"] = answer(status="301 Moved", Location="/soup")
        server.answers["/soup"] = answer(b"soup")
        async with net.fetcher() as fetcher:
            await fetcher.page("http://recipes.example/", asker="ada")
        assert net.slept == []
