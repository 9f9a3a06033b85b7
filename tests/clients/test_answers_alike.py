"""K-07: what the network looks like from here cannot be read off the answers."""

import asyncio
import socket
from datetime import timedelta
from pathlib import Path

import httpcore2
import pytest

from potluck.clients.fetcher.dialling import Dial, dial_address
from potluck.clients.fetcher.fetcher import GuardedFetcher
from potluck.core.errors import FetchRefused, FetchUnreachable, PageProblem
from tests.clients.http_server import ScriptedServer, answer, redirect
from tests.clients.net import Net
from tests.dial_recorder import DialRecorder

PAGE = "http://recipes.example/"


def closed_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


class TestPortsLookAlike:
    """Open but no web server, closed, filtered, broken: one refusal, after the same time."""

    async def _failure(self, net: Net, dial: Dial) -> tuple[type[PageProblem], object, object]:
        fetcher = GuardedFetcher(
            clock=net.clock, resolve=net.resolve, dial=dial, sleep=net.sleep, timeout_s=1.0
        )
        async with fetcher:
            with pytest.raises(PageProblem) as caught:
                await fetcher.page(PAGE, asker="ada")
        return type(caught.value), caught.value.detail, caught.value.extra

    def _through(self, port: int) -> Dial:
        async def dial(address: str, _port: int, timeout_s: float) -> httpcore2.AsyncNetworkStream:
            return await dial_address("127.0.0.1", port, timeout_s)

        return dial

    def _swallowing(self, net: Net) -> Dial:
        """A port that never answers: the time-out for connecting, 0.3 s here, passes."""

        async def dial(address: str, port: int, timeout_s: float) -> httpcore2.AsyncNetworkStream:
            net.clock.advance(timedelta(seconds=0.3))
            await asyncio.Event().wait()
            raise AssertionError

        return dial

    @pytest.mark.parametrize("kind", ["banner", "error page", "closed", "filtered"])
    async def test_k07_failure_says_and_takes_the_same(
        self, kind: str, net: Net, server: ScriptedServer
    ) -> None:
        server.answers["/"] = (
            b"SSH-2.0-OpenSSH_9.6\r\n" if kind == "banner" else answer(status="500 No")
        )
        dials = {
            "banner": self._through(server.port),
            "error page": self._through(server.port),
            "closed": self._through(closed_port()),
            "filtered": self._swallowing(net),
        }
        told = await self._failure(net, dials[kind])
        assert told == (FetchUnreachable, None, {"next_step": FetchUnreachable.next_step})
        assert net.clock.monotonic_s() == pytest.approx(0.4)

    async def test_k07_failure_behind_a_redirect_takes_one_step_from_that_hop(
        self, net: Net, server: ScriptedServer
    ) -> None:
        net.names["closed.example"] = [[]]
        server.answers["/"] = redirect("http://closed.example/")
        async with net.fetcher() as fetcher:
            with pytest.raises(FetchUnreachable):
                await fetcher.page(PAGE, asker="ada")
        assert net.slept == [4.0]

    async def test_k07_late_failure_is_rounded_up_to_the_next_step(
        self, net: Net, server: ScriptedServer
    ) -> None:
        async def late_banner(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            net.clock.advance(timedelta(seconds=5.5))
            writer.write(b"220 mail.example ESMTP\r\n")

        server.answers["/"] = late_banner
        async with net.fetcher() as fetcher:
            with pytest.raises(FetchUnreachable):
                await fetcher.page(PAGE, asker="ada")
        assert net.slept == [2.5]

    @pytest.mark.parametrize(
        "address", ["http://10.1.2.3/", "http://169.254.169.254/", "http://secret.internal/"]
    )
    async def test_k07_refusals_do_not_repeat_the_address(self, address: str, net: Net) -> None:
        for name in ("10.1.2.3", "169.254.169.254", "secret.internal"):
            net.names[name] = [["10.1.2.3"]]
        async with net.fetcher() as fetcher:
            with pytest.raises(FetchRefused) as caught:
                await fetcher.page(address, asker="ada")
        assert caught.value.detail == "The address does not lead to the public internet."


class TestNothingIsCarried:
    """K-07: no proxy, cookie, password or referrer goes along."""

    async def test_k07_environment_is_not_read(
        self,
        net: Net,
        server: ScriptedServer,
        recorder: DialRecorder,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
    ) -> None:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
        netrc = tmp_path / ".netrc"
        netrc.write_text("machine recipes.example login ada password secret\n")
        netrc.chmod(0o600)
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("NETRC", str(netrc))
        server.answers["/"] = answer(b"soup")
        async with net.fetcher() as fetcher:
            await fetcher.page(PAGE, asker="ada")
        assert recorder.dialled == [("127.0.0.1", server.port)]
        assert _header_names(server.heads[0]) == {
            "host", "user-agent", "accept", "accept-encoding", "connection",
        }  # fmt: skip

    async def test_k07_cookies_are_not_kept_between_hops_and_fetches(
        self, net: Net, server: ScriptedServer
    ) -> None:
        server.answers["/"] = answer(
            status="302 Found", Location="/in", Set_Cookie="id=1; Domain=recipes.example; Path=/"
        )
        server.answers["/in"] = answer(b"soup", Set_Cookie="id=2")
        server.answers["/other"] = answer(b"soup")
        async with net.fetcher() as fetcher:
            await fetcher.page(PAGE, asker="ada")
            await fetcher.page(PAGE + "other", asker="ada")
        assert server.targets == ["/", "/in", "/other"]
        assert all("cookie" not in _header_names(head) for head in server.heads)
        assert all("referer" not in _header_names(head) for head in server.heads)

    async def test_each_request_has_its_own_connection(
        self, net: Net, server: ScriptedServer, recorder: DialRecorder
    ) -> None:
        server.answers["/"] = redirect("/in")
        server.answers["/in"] = answer(b"soup")
        async with net.fetcher() as fetcher:
            await fetcher.page(PAGE, asker="ada")
        assert len(recorder.dialled) == 2
        assert all("Connection: close" in head for head in server.heads)

    async def test_fragment_stays_here(self, net: Net, server: ScriptedServer) -> None:
        server.answers["/soup?x=1"] = answer(b"soup")
        async with net.fetcher() as fetcher:
            await fetcher.page(PAGE + "soup?x=1#step", asker="ada")
        assert server.targets == ["/soup?x=1"]


def _header_names(head: str) -> set[str]:
    return {line.split(":")[0].lower() for line in head.split("\r\n")[1:] if line}
