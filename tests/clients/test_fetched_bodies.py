import asyncio
import gzip
import tracemalloc
import zlib
from datetime import timedelta

import pytest

from potluck.core.errors import (
    FetchTooLarge,
    FetchTooSlow,
    FetchUnreachable,
    NotAPage,
)
from tests.clients.http_server import Script, ScriptedServer, answer, gzipped
from tests.clients.net import Net

PAGE = "http://recipes.example/"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
SMALL = 10_000
#: Short enough for a test, long enough that a busy machine still gets through the dialling.
BRIEF_S = 1.0


def endless(start: bytes, again: bytes) -> Script:
    """Sends `start`, then `again` until the client has had enough."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while not writer.is_closing():
            writer.write(again)
            await writer.drain()

    return talk


def drip(start: bytes) -> Script:
    """Sends `start`, then one byte at a time, slowly, so that no single read ever times out."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while not writer.is_closing():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    return talk


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Takes the request and says nothing until the client hangs up."""
    await reader.read()


class TestSizes:
    """K-06: no more than the limit, on the wire and unpacked."""

    async def test_k06_page_of_exactly_the_limit_is_read(
        self, net: Net, server: ScriptedServer
    ) -> None:
        server.answers["/"] = answer(b"x" * 10_000)
        async with net.fetcher(max_bytes=SMALL) as fetcher:
            page = await fetcher.page(PAGE, asker="ada")
        assert len(page.html) == 10_000

    async def test_k06_one_byte_more_is_too_large(self, net: Net, server: ScriptedServer) -> None:
        server.answers["/"] = answer(b"x" * 10_001)
        async with net.fetcher(max_bytes=SMALL) as fetcher:
            with pytest.raises(FetchTooLarge):
                await fetcher.page(PAGE, asker="ada")

    async def test_k06_unpacked_page_of_exactly_the_limit_is_read(
        self, net: Net, server: ScriptedServer
    ) -> None:
        server.answers["/"] = gzipped(b"x" * 10_000)
        async with net.fetcher(max_bytes=SMALL) as fetcher:
            page = await fetcher.page(PAGE, asker="ada")
        assert page.html == "x" * 10_000

    async def test_k06_one_unpacked_byte_more_is_too_large(
        self, net: Net, server: ScriptedServer
    ) -> None:
        server.answers["/"] = gzipped(b"x" * 10_001)
        async with net.fetcher(max_bytes=SMALL) as fetcher:
            with pytest.raises(FetchTooLarge):
                await fetcher.page(PAGE, asker="ada")

    async def test_k06_gzip_bomb_is_never_unpacked(self, net: Net, server: ScriptedServer) -> None:
        server.answers["/"] = gzipped(bytes(100_000_000))
        async with net.fetcher() as fetcher:
            tracemalloc.start()
            with pytest.raises(FetchTooLarge):
                await fetcher.page(PAGE, asker="ada")
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        assert peak < 20_000_000

    async def test_k06_endless_body_is_cut(self, net: Net, server: ScriptedServer) -> None:
        server.answers["/"] = endless(OK + b"\r\n", b"x" * 1_000)
        async with net.fetcher() as fetcher:
            with pytest.raises(FetchTooLarge):
                await fetcher.page(PAGE, asker="ada")

    async def test_k06_page_in_crumbs_is_cut(self, net: Net, server: ScriptedServer) -> None:
        crumbs = b"1\r\nx\r\n" * 10_001 + b"0\r\n\r\n"
        server.answers["/"] = OK + b"Transfer-Encoding: chunked\r\n\r\n" + crumbs
        async with net.fetcher() as fetcher:
            with pytest.raises(FetchTooLarge):
                await fetcher.page(PAGE, asker="ada")

    async def test_k06_gzip_that_unpacks_to_nothing_is_cut_on_the_wire(
        self, net: Net, server: ScriptedServer
    ) -> None:
        packer = zlib.compressobj(wbits=31)
        start = packer.compress(b"soup") + packer.flush(zlib.Z_FULL_FLUSH)
        empty_blocks = b"\x00\x00\x00\xff\xff" * 20_000
        server.answers["/"] = answer(start + empty_blocks + packer.flush(), Content_Encoding="gzip")
        async with net.fetcher(max_bytes=SMALL) as fetcher:
            with pytest.raises(FetchTooLarge):
                await fetcher.page(PAGE, asker="ada")

    async def test_k06_endless_head_is_cut(self, net: Net, server: ScriptedServer) -> None:
        server.answers["/"] = endless(b"HTTP/1.1 200 OK\r\n", b"X-More: 1\r\n" * 100)
        async with net.fetcher() as fetcher:
            with pytest.raises(FetchTooLarge):
                await fetcher.page(PAGE, asker="ada")

    @pytest.mark.parametrize(("filler", "is_read"), [(32_000, True), (33_000, False)])
    async def test_k06_head_may_have_32_kib(
        self, filler: int, is_read: bool, net: Net, server: ScriptedServer
    ) -> None:
        server.answers["/"] = answer(b"soup", X_Filler="x" * filler)
        async with net.fetcher() as fetcher:
            if is_read:
                assert (await fetcher.page(PAGE, asker="ada")).html == "soup"
            else:
                with pytest.raises(FetchTooLarge):
                    await fetcher.page(PAGE, asker="ada")

    async def test_k06_endless_interim_answers_are_cut(
        self, net: Net, server: ScriptedServer
    ) -> None:
        server.answers["/"] = endless(b"", b"HTTP/1.1 102 Processing\r\n\r\n" * 50)
        async with net.fetcher() as fetcher:
            with pytest.raises(FetchTooLarge):
                await fetcher.page(PAGE, asker="ada")


class TestTimes:
    """K-06: one time-out around everything."""

    async def test_k06_dripping_body_is_too_slow(self, net: Net, server: ScriptedServer) -> None:
        server.answers["/"] = drip(OK + b"\r\n")
        async with net.fetcher(timeout_s=BRIEF_S) as fetcher:
            with pytest.raises(FetchTooSlow):
                await asyncio.wait_for(fetcher.page(PAGE, asker="ada"), 10)

    async def test_k06_dripping_head_is_too_slow(self, net: Net, server: ScriptedServer) -> None:
        server.answers["/"] = drip(b"HTTP/1.1 200 OK\r\nX-Drip: ")
        async with net.fetcher(timeout_s=BRIEF_S) as fetcher:
            with pytest.raises(FetchTooSlow):
                await asyncio.wait_for(fetcher.page(PAGE, asker="ada"), 10)

    async def test_k06_silent_server_is_too_slow(self, net: Net, server: ScriptedServer) -> None:
        server.answers["/"] = silence
        async with net.fetcher(timeout_s=BRIEF_S) as fetcher:
            with pytest.raises(FetchTooSlow):
                await asyncio.wait_for(fetcher.page(PAGE, asker="ada"), 10)

    async def test_k06_hops_share_one_time_out(self, net: Net, server: ScriptedServer) -> None:
        async def late_redirect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            net.clock.advance(timedelta(seconds=7))
            writer.write(b"HTTP/1.1 302 Found\r\nLocation: /next\r\n\r\n")

        server.answers["/"] = late_redirect
        async with net.fetcher() as fetcher:
            with pytest.raises(FetchTooSlow):
                await asyncio.wait_for(fetcher.page(PAGE, asker="ada"), 10)
        assert server.targets == ["/"]


class TestKinds:
    """K-06: only pages are read."""

    @pytest.mark.parametrize(
        "content_type",
        ["image/svg+xml", "application/pdf", "application/json", "text/plain", "text/html2", ""],
    )
    async def test_k06_other_kind_is_not_a_page(
        self, content_type: str, net: Net, server: ScriptedServer
    ) -> None:
        server.answers["/"] = answer(b"<html>soup</html>", content_type=content_type)
        async with net.fetcher() as fetcher:
            with pytest.raises(NotAPage):
                await fetcher.page(PAGE, asker="ada")

    async def test_k06_body_of_another_kind_is_not_even_awaited(
        self, net: Net, server: ScriptedServer
    ) -> None:
        server.answers["/"] = drip(b"HTTP/1.1 200 OK\r\nContent-Type: image/svg+xml\r\n\r\n")
        async with net.fetcher() as fetcher:
            with pytest.raises(NotAPage):
                await fetcher.page(PAGE, asker="ada")

    @pytest.mark.parametrize("content_type", ["Text/HTML", "application/xhtml+xml; charset=utf-8"])
    async def test_page_is_returned_with_its_media_type(
        self, content_type: str, net: Net, server: ScriptedServer
    ) -> None:
        server.answers["/"] = answer(b"soup", content_type=content_type)
        async with net.fetcher() as fetcher:
            page = await fetcher.page(PAGE, asker="ada")
        assert page.content_type == content_type.lower().split(";")[0]

    @pytest.mark.parametrize("encoding", ["br", "deflate", "zstd", "gzip, gzip"])
    async def test_encoding_that_was_not_asked_for_is_not_a_page(
        self, encoding: str, net: Net, server: ScriptedServer
    ) -> None:
        server.answers["/"] = answer(gzip.compress(b"soup"), Content_Encoding=encoding)
        async with net.fetcher() as fetcher:
            with pytest.raises(NotAPage):
                await fetcher.page(PAGE, asker="ada")

    async def test_broken_gzip_is_not_a_page(self, net: Net, server: ScriptedServer) -> None:
        server.answers["/"] = answer(b"not gzip at all", Content_Encoding="gzip")
        async with net.fetcher() as fetcher:
            with pytest.raises(NotAPage):
                await fetcher.page(PAGE, asker="ada")

    @pytest.mark.parametrize(
        "cut",
        [
            answer(gzip.compress(b"soup" * 999)[:-9], Content_Encoding="gzip"),
            OK + b"Content-Length: 100\r\n\r\nonly this",
            OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nonly",
        ],
    )
    async def test_page_that_was_cut_short_is_unreachable(
        self, cut: bytes, net: Net, server: ScriptedServer
    ) -> None:
        server.answers["/"] = cut
        async with net.fetcher() as fetcher:
            with pytest.raises(FetchUnreachable):
                await fetcher.page(PAGE, asker="ada")

    @pytest.mark.parametrize("status", ["204 No Content", "206 Partial", "404 Not Found", "500 No"])
    async def test_other_status_than_ok_is_unreachable(
        self, status: str, net: Net, server: ScriptedServer
    ) -> None:
        server.answers["/"] = answer(b"" if "204" in status else b"soup", status=status)
        async with net.fetcher() as fetcher:
            with pytest.raises(FetchUnreachable):
                await fetcher.page(PAGE, asker="ada")
