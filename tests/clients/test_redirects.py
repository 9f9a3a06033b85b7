import pytest

from potluck.core.errors import FetchRefused, FetchUnreachable
from tests.clients.http_server import ScriptedServer, answer, redirect
from tests.clients.net import PUBLIC, Net
from tests.dial_recorder import DialRecorder


class TestRedirects:
    """K-03: every hop is judged anew, and there are at most four."""

    @pytest.mark.parametrize(
        "location",
        [
            "http://127.0.0.1/",
            "http://127.0.0.1:8000/",
            "http://169.254.169.254/latest/meta-data/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://127.1/",
            "http://internal.example/",
            "//internal.example/",
            "file:///etc/passwd",
            "gopher://recipes.example/",
            "http://recipes.example:6379/",
            "http://user:secret@recipes.example/",
            "http://recipes.example:port/",
            "http://[::1",
        ],
    )
    async def test_k03_redirect_to_a_forbidden_place_is_refused(
        self, location: str, net: Net, server: ScriptedServer, recorder: DialRecorder
    ) -> None:
        net.names["internal.example"] = [["10.0.0.5"]]
        for literal in ("127.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1"):
            net.names[literal] = [[literal]]
        server.answers["/"] = redirect(location)
        async with net.fetcher() as fetcher:
            with pytest.raises(FetchRefused):
                await fetcher.page("http://recipes.example/", asker="ada")
        assert net.dialled == [(PUBLIC, 80)]
        assert recorder.dialled == [("127.0.0.1", server.port)]

    async def test_k03_name_that_flips_between_hops_is_refused(
        self, net: Net, server: ScriptedServer
    ) -> None:
        net.names["flip.example"] = [[PUBLIC], ["127.0.0.1"]]
        server.answers["/"] = redirect("/again")
        async with net.fetcher() as fetcher:
            with pytest.raises(FetchRefused):
                await fetcher.page("http://flip.example/", asker="ada")
        assert net.dialled == [(PUBLIC, 80)]

    @pytest.mark.parametrize("status", ["301", "302", "303", "307", "308"])
    async def test_page_behind_a_redirect_is_returned_with_its_final_address(
        self, status: str, net: Net, server: ScriptedServer
    ) -> None:
        server.answers["/old"] = redirect("../new?x=1#top", f"{status} Elsewhere")
        server.answers["/new?x=1"] = answer(b"soup")
        async with net.fetcher() as fetcher:
            page = await fetcher.page("http://recipes.example/old", asker="ada")
        assert (page.url, page.html) == ("http://recipes.example/new?x=1", "soup")

    async def test_k03_four_redirects_are_followed(self, net: Net, server: ScriptedServer) -> None:
        for hop in range(4):
            server.answers[f"/{hop}"] = redirect(f"/{hop + 1}")
        server.answers["/4"] = answer(b"soup")
        async with net.fetcher() as fetcher:
            page = await fetcher.page("http://recipes.example/0", asker="ada")
        assert page.url == "http://recipes.example/4"

    async def test_k03_fifth_redirect_is_not_followed(
        self, net: Net, server: ScriptedServer
    ) -> None:
        server.answers["/"] = redirect("/")
        async with net.fetcher() as fetcher:
            with pytest.raises(FetchUnreachable):
                await fetcher.page("http://recipes.example/", asker="ada")
        assert server.targets == ["/"] * 5

    async def test_redirect_to_nowhere_is_unreachable(
        self, net: Net, server: ScriptedServer
    ) -> None:
        server.answers["/"] = answer(status="302 Found")
        async with net.fetcher() as fetcher:
            with pytest.raises(FetchUnreachable):
                await fetcher.page("http://recipes.example/", asker="ada")
