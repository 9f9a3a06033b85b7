"""Pictures are fetched by the same rules as pages."""

import pytest

from potluck.clients.fetcher.limits import FetchLimits, for_pictures
from potluck.core.errors import (
    FetchRefused,
    FetchTooLarge,
    FetchUnreachable,
    NotAPage,
)
from tests.clients.http_server import ScriptedServer, answer, gzipped, redirect
from tests.clients.net import PUBLIC, Net
from tests.clients.test_fetched_bodies import endless

CAKE = "http://site.example/cake.jpg"


class TestTypes:
    @pytest.mark.parametrize(
        "content_type",
        [
            "image/jpeg", "image/webp", "IMAGE/PNG; q=1", "image/svg+xml",
            "application/octet-stream", "binary/octet-stream",
        ],
    )  # fmt: skip
    async def test_what_may_be_a_picture_is_given_as_it_is(
        self, net: Net, server: ScriptedServer, content_type: str
    ) -> None:
        server.answers["/cake.jpg"] = answer(b"\xff\xd8any", content_type=content_type)
        async with net.fetcher() as fetcher:
            assert await fetcher.picture(CAKE, asker="ada") == b"\xff\xd8any"
        (head,) = server.heads
        assert "Accept: image/*" in head

    @pytest.mark.parametrize("content_type", ["text/html", "application/json", "", "video/mp4"])
    async def test_anything_else_is_not_read(
        self, net: Net, server: ScriptedServer, content_type: str
    ) -> None:
        server.answers["/cake.jpg"] = endless(
            f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\n\r\n".encode(), b"x" * 1_000
        )
        async with net.fetcher() as fetcher:
            with pytest.raises(NotAPage):
                await fetcher.picture(CAKE, asker="ada")

    async def test_a_packed_one_is_unpacked(self, net: Net, server: ScriptedServer) -> None:
        packed = gzipped(b"picture").replace(b"text/html; charset=utf-8", b"image/png")
        server.answers["/cake.jpg"] = packed
        async with net.fetcher() as fetcher:
            assert await fetcher.picture(CAKE, asker="ada") == b"picture"

    @pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", "500 Oops"])
    async def test_any_other_status_counts_as_not_reached(
        self, net: Net, server: ScriptedServer, status: str
    ) -> None:
        server.answers["/cake.jpg"] = answer(b"x", status=status, content_type="image/png")
        async with net.fetcher() as fetcher:
            with pytest.raises(FetchUnreachable):
                await fetcher.picture(CAKE, asker="ada")


class TestRules:
    """K-01, K-03: no picture leads where no page may lead."""

    @pytest.mark.parametrize(
        "url",
        [
            "http://127.0.0.1/cake.jpg", "http://[::1]/cake.jpg", "http://10.0.0.5/cake.jpg",
            "http://169.254.169.254/latest/", "file:///etc/passwd", "http://site.example:6379/",
            "http://ada:secret@site.example/cake.jpg", "data:image/png;base64,AAAA",
        ],
    )  # fmt: skip
    async def test_k01_a_forbidden_address_is_refused(
        self, net: Net, server: ScriptedServer, url: str
    ) -> None:
        for literal in ("127.0.0.1", "::1", "10.0.0.5", "169.254.169.254"):
            net.names[literal] = [[literal]]
        async with net.fetcher() as fetcher:
            with pytest.raises(FetchRefused):
                await fetcher.picture(url, asker="ada")
        assert (net.dialled, server.heads) == ([], [])

    async def test_k03_a_redirect_is_followed_and_judged(
        self, net: Net, server: ScriptedServer
    ) -> None:
        net.names["inside.example"] = [["10.0.0.5"]]
        server.answers["/cake.jpg"] = redirect("http://cdn.example/1.jpg")
        server.answers["/1.jpg"] = answer(b"picture", content_type="image/jpeg")
        server.answers["/pie.jpg"] = redirect("http://inside.example/1.jpg")
        async with net.fetcher() as fetcher:
            assert await fetcher.picture(CAKE, asker="ada") == b"picture"
            with pytest.raises(FetchRefused):
                await fetcher.picture("http://site.example/pie.jpg", asker="ada")
        assert net.dialled == [(PUBLIC, 80)] * 3


class TestLimits:
    async def test_k06_a_picture_may_be_larger_than_a_page_and_has_an_end(
        self, net: Net, server: ScriptedServer
    ) -> None:
        server.answers["/cake.jpg"] = answer(b"x" * 50_000, content_type="image/jpeg")
        server.answers["/pie.jpg"] = answer(b"x" * 50_001, content_type="image/jpeg")
        async with net.fetcher(max_bytes=10_000, max_picture_bytes=50_000) as fetcher:
            assert len(await fetcher.picture(CAKE, asker="ada")) == 50_000
            with pytest.raises(FetchTooLarge):
                await fetcher.picture("http://site.example/pie.jpg", asker="ada")

    def test_it_may_take_half_as_long_again_and_come_in_pieces_as_small(self) -> None:
        limits = for_pictures(FetchLimits(), 20_000_000)
        assert (limits.timeout_s, limits.max_bytes, limits.max_chunks) == (15, 20_000_000, 40_000)
        assert for_pictures(FetchLimits(), 100_000).max_chunks == FetchLimits.max_chunks
