import asyncio
import contextlib
import socket

import httpcore2
import pytest

from potluck.clients.fetcher.dialling import dial_address
from potluck.clients.fetcher.fetcher import GuardedFetcher
from potluck.core.errors import FetchRefused, FetchUnreachable
from tests.clients.http_server import ScriptedServer, answer
from tests.clients.net import PUBLIC, PUBLIC_V6, Net
from tests.dial_recorder import DialRecorder, ForbiddenDialError


class TestJudgingEveryAnswer:
    """K-02: every resolved address must be public, and the judged one is the dialled one."""

    @pytest.mark.parametrize(
        "answers",
        [
            [PUBLIC, "127.0.0.1"],
            ["127.0.0.1", PUBLIC],
            [PUBLIC, PUBLIC_V6, "::1"],
            [PUBLIC, "169.254.169.254", PUBLIC_V6],
        ],
    )
    async def test_k02_one_bad_answer_among_good_ones_refuses_them_all(
        self, answers: list[str], net: Net
    ) -> None:
        net.names["mixed.example"] = [answers]
        async with net.fetcher() as fetcher:
            with pytest.raises(FetchRefused):
                await fetcher.page("http://mixed.example/", asker="ada")
        assert net.dialled == []

    async def test_k02_name_is_looked_up_once_and_the_judged_address_dialled(
        self, net: Net, server: ScriptedServer
    ) -> None:
        net.names["flip.example"] = [[PUBLIC], ["127.0.0.1"]]
        server.answers["/"] = answer(b"soup")
        async with net.fetcher() as fetcher:
            await fetcher.page("http://flip.example/", asker="ada")
        assert net.lookups == ["flip.example"]
        assert net.dialled == [(PUBLIC, 80)]

    async def test_k02_name_that_flips_between_two_fetches_is_judged_again(
        self, net: Net, server: ScriptedServer
    ) -> None:
        net.names["flip.example"] = [[PUBLIC], ["127.0.0.1"]]
        server.answers["/"] = answer(b"soup")
        async with net.fetcher() as fetcher:
            await fetcher.page("http://flip.example/", asker="ada")
            with pytest.raises(FetchRefused):
                await fetcher.page("http://flip.example/other", asker="ada")
        assert net.dialled == [(PUBLIC, 80)]

    async def test_k02_connecting_to_a_literal_address_looks_nothing_up(
        self, server: ScriptedServer, recorder: DialRecorder
    ) -> None:
        stream = await dial_address("127.0.0.1", server.port, 1.0)
        await stream.aclose()
        assert recorder.dialled == [("127.0.0.1", server.port)]

    async def test_name_with_more_than_16_addresses_is_refused(self, net: Net) -> None:
        net.names["many.example"] = [[f"93.184.216.{n}" for n in range(1, 18)]]
        async with net.fetcher() as fetcher:
            with pytest.raises(FetchRefused):
                await fetcher.page("http://many.example/", asker="ada")
        assert net.dialled == []

    async def test_name_without_addresses_is_unreachable(self, net: Net) -> None:
        net.names["none.example"] = [[]]
        async with net.fetcher() as fetcher:
            with pytest.raises(FetchUnreachable):
                await fetcher.page("http://none.example/", asker="ada")

    async def test_slow_name_server_makes_the_page_unreachable(self, net: Net) -> None:
        async def never(host: str, port: int) -> list[str]:
            await asyncio.Event().wait()
            return []

        fetcher = GuardedFetcher(clock=net.clock, resolve=never, sleep=net.sleep, timeout_s=0.1)
        async with fetcher:
            with pytest.raises(FetchUnreachable):
                await fetcher.page("http://slow.example/", asker="ada")


class TestSecondAddress:
    """A machine whose IPv6 leads nowhere still reaches a site that has both."""

    async def test_next_judged_address_is_tried_when_the_first_does_not_answer(
        self, net: Net, server: ScriptedServer
    ) -> None:
        net.names["dual.example"] = [[PUBLIC_V6, PUBLIC]]
        server.answers["/"] = answer(b"soup")
        tried: list[str] = []

        async def dial(address: str, port: int, timeout_s: float) -> httpcore2.AsyncNetworkStream:
            tried.append(address)
            if address == PUBLIC_V6:
                raise httpcore2.ConnectError
            return await dial_address("127.0.0.1", server.port, timeout_s)

        async with GuardedFetcher(clock=net.clock, resolve=net.resolve, dial=dial) as fetcher:
            page = await fetcher.page("http://dual.example/", asker="ada")
        assert page.html == "soup"
        assert tried == [PUBLIC_V6, PUBLIC]


class TestOperatorsExceptions:
    """Exactly the listed pair may be a private address, reached without any translation."""

    async def test_listed_pair_is_reached_on_loopback(
        self, net: Net, server: ScriptedServer
    ) -> None:
        server.answers["/soup"] = answer(b"soup")
        pair = f"127.0.0.1:{server.port}"
        async with GuardedFetcher(clock=net.clock, allow=[pair]) as fetcher:
            page = await fetcher.page(f"http://{pair}/soup", asker="ada")
        assert page.html == "soup"

    async def test_listed_name_is_reached_whatever_it_resolves_to(
        self, net: Net, server: ScriptedServer
    ) -> None:
        net.names["nas.home"] = [["192.168.1.7"]]
        server.answers["/"] = answer(b"soup")
        async with net.fetcher(allow=["NAS.home:8080"]) as fetcher:
            await fetcher.page("http://nas.home:8080/", asker="ada")
        assert net.dialled == [("192.168.1.7", 8080)]

    async def test_another_port_of_the_same_host_is_refused(
        self, net: Net, recorder: DialRecorder
    ) -> None:
        async with GuardedFetcher(clock=net.clock, allow=["127.0.0.1:8080"]) as fetcher:
            with pytest.raises(FetchRefused):
                await fetcher.page("http://127.0.0.1/", asker="ada")
        assert recorder.dialled == []

    async def test_redirect_may_lead_to_a_listed_pair(
        self, net: Net, server: ScriptedServer
    ) -> None:
        net.names["nas.home"] = [["192.168.1.7"]]
        server.answers["/"] = b"HTTP/1.1 302 Found\r\nLocation: http://nas.home:8080/in\r\n\r\n"
        server.answers["/in"] = answer(b"soup")
        async with net.fetcher(allow=["nas.home:8080"]) as fetcher:
            page = await fetcher.page("http://public.example/", asker="ada")
        assert page.url == "http://nas.home:8080/in"


class TestProcessWideRecorder:
    """K-05: whatever opens a connection in a test is seen, also by code that hides the error."""

    async def test_k05_default_dial_is_seen_and_stopped(self) -> None:
        recorder = DialRecorder()
        with pytest.raises(ForbiddenDialError), recorder, contextlib.suppress(BaseException):
            await dial_address("192.0.2.1", 80, 1.0)
        assert recorder.refused == [("192.0.2.1", 80)]

    def test_k05_blocking_socket_is_seen_and_stopped(self) -> None:
        recorder = DialRecorder()
        with (
            pytest.raises(ForbiddenDialError),
            recorder,
            socket.socket() as connecting,
            contextlib.suppress(ForbiddenDialError),
        ):
            connecting.connect_ex(("192.0.2.1", 25))
        assert recorder.refused == [("192.0.2.1", 25)]

    def test_k05_datagram_is_seen_and_stopped(self) -> None:
        recorder = DialRecorder()
        with (
            pytest.raises(ForbiddenDialError),
            recorder,
            socket.socket(type=socket.SOCK_DGRAM) as sending,
            contextlib.suppress(ForbiddenDialError),
        ):
            sending.sendto(b"x", ("192.0.2.1", 53))
        assert recorder.refused == [("192.0.2.1", 53)]
