"""The TLS proxy examples, run for real: what reaches Potluck, and what is never sent twice."""

import http.client
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.deploy.proxies import (
    Backend,
    Ports,
    caddy_command,
    free_ports,
    nginx_command,
    open_backend,
    running,
)
from tests.deploy.tls import make_certificate

COMMANDS = {"nginx": nginx_command, "caddy": caddy_command}


@dataclass(frozen=True)
class Proxy:
    """An example proxy that runs, and the server behind it."""

    ports: Ports
    backend: Backend
    trust: ssl.SSLContext

    def ask(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b""
    ) -> http.client.HTTPResponse:
        """One request over TLS."""
        connection = http.client.HTTPSConnection(
            "localhost", self.ports.https, context=self.trust, timeout=20
        )
        try:
            connection.request(method, path, body=body or None, headers=headers or {})
            answer = connection.getresponse()
            answer.read()
            return answer
        finally:
            connection.close()


@pytest.fixture(scope="module", params=sorted(COMMANDS))
def started(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp(request.param)
    certificate, ports = make_certificate(folder), free_ports()
    with open_backend() as backend:
        command = COMMANDS[request.param](folder, certificate, ports, backend.port)
        with running(command, folder, ports):
            trust = ssl.create_default_context(cafile=str(certificate.chain))
            yield Proxy(ports, backend, trust)


@pytest.fixture
def proxy(started: Proxy) -> Proxy:
    started.backend.requests.clear()
    return started


def test_potluck_learns_how_it_was_reached(proxy: Proxy) -> None:
    assert proxy.ask("GET", "/recipes?q=1", {"Host": "localhost"}).status == 200
    [request] = proxy.backend.requests
    assert request.path == "/recipes?q=1"
    assert request.headers["host"] == "localhost"
    assert request.headers["x-forwarded-proto"] == "https"
    assert request.headers["x-forwarded-for"] == "127.0.0.1"


def test_b06_a_client_cannot_say_where_it_comes_from(proxy: Proxy) -> None:
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http"}
    proxy.ask("GET", "/", forged)
    [request] = proxy.backend.requests
    assert request.headers["x-forwarded-for"] == "127.0.0.1"
    assert request.headers["x-forwarded-proto"] == "https"


def test_nothing_is_served_in_clear(proxy: Proxy) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.ports.http, timeout=5)
    try:
        connection.request("GET", "/recipes", headers={"Host": "localhost"})
        answer = connection.getresponse()
        answer.read()
    finally:
        connection.close()
    assert answer.status == 308
    assert (answer.getheader("Location") or "").startswith("https://localhost")
    assert proxy.backend.requests == []


def test_a_post_that_was_sent_is_not_sent_again(proxy: Proxy) -> None:
    answer = proxy.ask("POST", "/cut", body=b"x")
    assert answer.status == 502
    assert [request.method for request in proxy.backend.requests] == ["POST"]


@pytest.mark.parametrize("started", ["nginx"], indirect=True)  # Caddy leaves it to Potluck
def test_what_no_operation_takes_is_refused_at_the_door(proxy: Proxy) -> None:
    answer = proxy.ask("POST", "/recipes", body=b"x" * 33_600_000)
    assert answer.status == 413
    assert proxy.backend.requests == []
