import asyncio
import gzip

import httpx2
import pytest

from potluck.clients.fetcher import guarded_client
from tests.clients.http_server import ScriptedServer, answer, gzipped, redirect
from tests.dial_recorder import DialRecorder


class TestOperatorsAddress:
    """K-05: clients of configured services go through the same guard."""

    async def test_configured_host_may_be_private(self, server: ScriptedServer) -> None:
        server.answers["/v1/status"] = answer(b'{"ok": true}', content_type="application/json")
        async with guarded_client(f"http://127.0.0.1:{server.port}/v1") as client:
            response = await client.get("/status")
        assert (response.status_code, response.json()) == (200, {"ok": True})

    async def test_form_is_sent(self, server: ScriptedServer) -> None:
        received: list[bytes] = []

        async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            received.append(await reader.readexactly(9))
            writer.write(answer(b"taken"))

        server.answers["/token"] = take
        async with guarded_client(f"http://127.0.0.1:{server.port}") as client:
            response = await client.post("/token", data={"code": "soup"})
        assert (response.text, received) == ("taken", [b"code=soup"])

    @pytest.mark.parametrize(
        "address", ["http://127.0.0.1/", "http://169.254.169.254/", "http://[::1]/", "http://a.example:25/"]
    )  # fmt: skip
    async def test_k05_any_other_private_host_is_refused(
        self, address: str, server: ScriptedServer, recorder: DialRecorder
    ) -> None:
        async with guarded_client(f"http://127.0.0.1:{server.port}") as client:
            with pytest.raises(httpx2.ConnectError):
                await client.get(address)
        assert recorder.dialled == []

    async def test_client_without_an_address_reaches_only_public_hosts(
        self, server: ScriptedServer, recorder: DialRecorder
    ) -> None:
        async with guarded_client() as client:
            with pytest.raises(httpx2.ConnectError):
                await client.get(f"http://127.0.0.1:{server.port}/")
        assert recorder.dialled == []

    async def test_redirect_is_handed_back(self, server: ScriptedServer) -> None:
        server.answers["/"] = redirect("/elsewhere")
        async with guarded_client(f"http://127.0.0.1:{server.port}") as client:
            response = await client.get("/")
        assert (response.status_code, server.targets) == (302, ["/"])

    async def test_redirect_that_a_caller_follows_is_judged(
        self, server: ScriptedServer, recorder: DialRecorder
    ) -> None:
        server.answers["/"] = redirect("http://127.0.0.1:1/")
        async with guarded_client(f"http://127.0.0.1:{server.port}") as client:
            with pytest.raises(httpx2.ConnectError):
                await client.get("/", follow_redirects=True)
        assert recorder.dialled == [("127.0.0.1", server.port)]


class TestBounds:
    """K-06, K-07: the same limits, told as errors of httpx2."""

    async def test_k07_cookies_and_proxies_are_not_used(
        self, server: ScriptedServer, recorder: DialRecorder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
        server.answers["/"] = answer(b"1", Set_Cookie="id=1")
        async with guarded_client(f"http://127.0.0.1:{server.port}") as client:
            await client.get("/")
            await client.get("/")
        assert all("ookie" not in head for head in server.heads)
        assert recorder.dialled == [("127.0.0.1", server.port)] * 2

    async def test_packed_answer_is_unpacked(self, server: ScriptedServer) -> None:
        server.answers["/"] = gzipped(b"soup" * 100)
        async with guarded_client(f"http://127.0.0.1:{server.port}") as client:
            response = await client.get("/")
        assert response.content == b"soup" * 100
        assert "content-encoding" not in response.headers

    async def test_k06_bomb_is_too_large(self, server: ScriptedServer) -> None:
        server.answers["/"] = gzipped(bytes(10_000_000))
        async with guarded_client(f"http://127.0.0.1:{server.port}") as client:
            with pytest.raises(httpx2.ReadError):
                await client.get("/")

    async def test_encoding_that_was_not_asked_for_is_an_error(
        self, server: ScriptedServer
    ) -> None:
        server.answers["/"] = answer(gzip.compress(b"soup"), Content_Encoding="br")
        async with guarded_client(f"http://127.0.0.1:{server.port}") as client:
            with pytest.raises(httpx2.DecodingError):
                await client.get("/")

    async def test_k06_silent_service_is_too_slow(self, server: ScriptedServer) -> None:
        async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()

        server.answers["/"] = silence
        async with guarded_client(f"http://127.0.0.1:{server.port}", timeout_s=0.5) as client:
            with pytest.raises(httpx2.ReadTimeout):
                await client.get("/")

    async def test_closed_client_opens_nothing(self, server: ScriptedServer) -> None:
        server.answers["/"] = answer(b"soup")
        client = guarded_client(f"http://127.0.0.1:{server.port}")
        await client.aclose()
        with pytest.raises(RuntimeError):
            await client.get("/")
        assert server.heads == []
