import asyncio

import pytest

from potluck.core.errors import FetchUnreachable
from tests.clients.http_server import ScriptedServer, answer
from tests.clients.net import Net

PAGE = "http://recipes.example/"


class TestClosing:
    """Nothing is open after the fetcher's block."""

    async def test_connection_is_closed_after_each_page(
        self, net: Net, server: ScriptedServer
    ) -> None:
        hung_up = asyncio.Event()

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(answer(b"soup"))
            await reader.read()
            hung_up.set()

        server.answers["/"] = talk
        async with net.fetcher() as fetcher:
            await fetcher.page(PAGE, asker="ada")
            await asyncio.wait_for(hung_up.wait(), 5)

    async def test_fetch_under_way_fails_when_the_fetcher_closes(
        self, net: Net, server: ScriptedServer
    ) -> None:
        asked, hung_up = asyncio.Event(), asyncio.Event()

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            asked.set()
            await reader.read()
            hung_up.set()

        server.answers["/"] = talk
        async with net.fetcher() as fetcher:
            page = asyncio.create_task(fetcher.page(PAGE, asker="ada"))
            await asked.wait()
        with pytest.raises(FetchUnreachable):
            await page
        await asyncio.wait_for(hung_up.wait(), 5)

    async def test_fetch_after_the_end_is_unreachable(
        self, net: Net, server: ScriptedServer
    ) -> None:
        async with net.fetcher() as fetcher:
            pass
        with pytest.raises(FetchUnreachable):
            await fetcher.page(PAGE, asker="ada")
        assert server.heads == []

    async def test_cancelled_fetch_hangs_up(self, net: Net, server: ScriptedServer) -> None:
        asked, hung_up = asyncio.Event(), asyncio.Event()

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            asked.set()
            await reader.read()
            hung_up.set()

        server.answers["/"] = talk
        async with net.fetcher() as fetcher:
            page = asyncio.create_task(fetcher.page(PAGE, asker="ada"))
            await asked.wait()
            page.cancel()
            with pytest.raises(asyncio.CancelledError):
                await page
            await asyncio.wait_for(hung_up.wait(), 5)
