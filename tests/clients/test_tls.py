import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from potluck.clients.fetcher.transport import tls_context
from potluck.core.errors import FetchRefused, FetchUnreachable
from tests.certificates import make_certificate
from tests.clients.http_server import ScriptedServer, answer, redirect
from tests.clients.net import PUBLIC, Net

NAME = "recipes.example"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for `NAME` that signs itself, with its key, in one PEM file."""
    return make_certificate(tmp_path_factory.mktemp("tls") / "recipes.pem", names=(NAME,))


@pytest.fixture
async def server(certificate: Path) -> AsyncIterator[ScriptedServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    async with ScriptedServer(ssl_context=context) as running:
        running.answers["/"] = answer(b"soup")
        yield running


@pytest.fixture
def trusting(certificate: Path) -> ssl.SSLContext:
    """The shipped context, which also trusts the certificate of these tests."""
    context = tls_context()
    context.load_verify_locations(certificate)
    return context


class TestTls:
    """K-02: although the address is pinned, the certificate must be good for the name."""

    async def test_page_is_fetched_over_tls_by_name(
        self, net: Net, server: ScriptedServer, trusting: ssl.SSLContext
    ) -> None:
        async with net.fetcher(ssl_context=trusting) as fetcher:
            page = await fetcher.page(f"https://{NAME}/", asker="ada")
        assert page.html == "soup"
        assert net.dialled == [(PUBLIC, 443)]
        assert server.server_names == [NAME]

    async def test_k02_certificate_of_another_name_is_refused(
        self, net: Net, server: ScriptedServer, trusting: ssl.SSLContext
    ) -> None:
        async with net.fetcher(ssl_context=trusting) as fetcher:
            with pytest.raises(FetchUnreachable):
                await fetcher.page("https://other.example/", asker="ada")
        assert server.heads == []

    async def test_k02_certificate_must_be_good_for_a_literal_address_too(
        self, net: Net, server: ScriptedServer, trusting: ssl.SSLContext
    ) -> None:
        async with net.fetcher(ssl_context=trusting) as fetcher:
            with pytest.raises(FetchUnreachable):
                await fetcher.page(f"https://{PUBLIC}/", asker="ada")
        assert server.heads == []

    async def test_certificate_of_unknown_origin_is_refused(
        self, net: Net, server: ScriptedServer
    ) -> None:
        async with net.fetcher() as fetcher:
            with pytest.raises(FetchUnreachable):
                await fetcher.page(f"https://{NAME}/", asker="ada")
        assert server.heads == []

    async def test_environment_cannot_add_authorities(
        self,
        net: Net,
        server: ScriptedServer,
        certificate: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        async with net.fetcher() as fetcher:
            with pytest.raises(FetchUnreachable):
                await fetcher.page(f"https://{NAME}/", asker="ada")
        assert server.heads == []

    async def test_k03_redirect_from_https_to_http_is_refused(
        self, net: Net, server: ScriptedServer, trusting: ssl.SSLContext
    ) -> None:
        server.answers["/"] = redirect(f"http://{NAME}/")
        async with net.fetcher(ssl_context=trusting) as fetcher:
            with pytest.raises(FetchRefused):
                await fetcher.page(f"https://{NAME}/", asker="ada")
        assert net.dialled == [(PUBLIC, 443)]
