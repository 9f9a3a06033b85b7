"""A cache of nginx before a real Potluck: nobody can put into it what somebody else gets."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from tests.deploy.proxies import Ports, free_ports, program, running
from tests.factories import PASSWORD
from tests.serving import serving
from tests.web.test_whole_surface import UNKEYED, shared_part

#: As many set it up: what the server lets be kept is kept, and files are whatever it says of them.
CACHE = """\
daemon off; master_process off; pid {folder}/pid; events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/client_body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    proxy_cache_path {folder}/cache keys_zone=kept:1m;
    proxy_cache kept;
    proxy_cache_key $request_uri;
    add_header X-Cache $upstream_cache_status always;
    server {{
        listen 127.0.0.1:{ports.http}; listen 127.0.0.1:{ports.https};
        location / {{ proxy_pass http://127.0.0.1:{backend}; }}
        location ~* \\.(css|js|png|jpg|webp|svg|txt)$ {{
            proxy_pass http://127.0.0.1:{backend};
            proxy_ignore_headers Cache-Control Expires Set-Cookie Vary;
            proxy_cache_valid 200 301 308 1h;
        }}
    }}
}}
"""
#: What the proxy or the transport says for itself.
OF_THE_PROXY = {"x-cache", "connection", "server", "transfer-encoding", "content-length"}


@dataclass(frozen=True)
class Kitchen:
    """A Potluck with a public recipe and a private one, behind a cache."""

    address: str
    public_paths: tuple[str, ...]
    private_path: str
    cookie: str


@pytest.fixture(scope="module")
def kitchen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kitchen]:
    program("nginx")
    folder = tmp_path_factory.mktemp("cached")
    ports = free_ports()
    address = f"http://127.0.0.1:{ports.http}"
    settings = {
        "POTLUCK_DATA_DIR": str(folder / "data"),
        "POTLUCK_BASE_URL": address,
        "POTLUCK_INSECURE_LOCAL_HTTP": "true",
        "POTLUCK_LOG__LEVEL": "warning",  # nobody reads the pipe meanwhile
    }
    with serving(folder, **settings) as server:
        command = nginx_command(folder, ports, server.port)
        with running(command, folder, ports), httpx2.Client(base_url=address) as ada:
            yield furnished(ada, address)


def nginx_command(folder: Path, ports: Ports, backend: int) -> list[str]:
    """Write the configuration; give the command that runs it."""
    text = CACHE.format(folder=folder, ports=ports, backend=backend)
    (folder / "nginx.conf").write_text(text)
    command = [program("nginx"), "-q", "-e", f"{folder}/errors", "-c", f"{folder}/nginx.conf"]
    subprocess.run([*command, "-t"], check=True, capture_output=True)
    return command


def furnished(ada: httpx2.Client, address: str) -> Kitchen:
    """Ada signs up in a browser and saves two recipes by the API."""
    form = ada.get("/signup", headers={"Accept": "text/html"})
    found = re.search(r'name="csrf_token" value="([^"]+)"', form.text)
    assert found
    fields = {"display_name": "Ada", "email": "ada@example.org", "password": PASSWORD}
    own = {"Origin": address}
    signed = ada.post("/signup", data=fields | {"csrf_token": found[1]}, headers=own)
    assert signed.status_code == 303
    login = {"username": "ada@example.org", "password": PASSWORD}
    tokens = ada.post("/api/v1/auth/login", data=login).json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    saved = {
        visibility: ada.post(
            "/api/v1/recipes",
            json={"title": f"{visibility} cake", "visibility": visibility},
            headers=bearer,
        ).json()
        for visibility in ("public", "private")
    }
    feed = f"/households/{saved['public']['household_id']}/recipes.atom"
    static = re.findall(r'href="(/static/css/[^"]+)"', form.text)[0]
    return Kitchen(
        address,
        ("/robots.txt", "/sitemap.xml", feed, static),
        f"/recipes/{saved['private']['id']}/private-cake",
        "; ".join(f"{name}={value}" for name, value in ada.cookies.items()),
    )


def kept_part(answer: httpx2.Response) -> tuple[int, list[tuple[str, str]], bytes]:
    """What the next one gets, too."""
    status, headers, body = shared_part(answer)
    return status, [each for each in headers if each[0] not in OF_THE_PROXY], body


class TestPoisoning:
    @pytest.mark.parametrize("number", range(4))
    def test_s10_j10_after_any_header_a_clean_client_gets_a_clean_answer(
        self, kitchen: Kitchen, number: int
    ) -> None:
        path = kitchen.public_paths[number]
        with httpx2.Client(base_url=kitchen.address) as client:
            for name, value in UNKEYED.items():
                fresh = f"{path}?for={name}"  # a key of its own, which nobody has asked for
                clean = kept_part(client.get(f"{path}?beside={name}"))
                poisoned = client.get(fresh, headers={name: value})
                client.cookies.clear()
                next_one = client.get(fresh)
                assert b"evil" not in next_one.content, name
                assert kept_part(next_one) == clean, name
                assert poisoned.headers["X-Cache"] in {"MISS", "BYPASS"}, name


class TestDeception:
    @pytest.mark.parametrize(
        "suffix", ["/x.css", ".css", ";x.css", "%2Fx.css", "%3Bx.css", "%3Fx.css", "%23x.css"]
    )
    def test_s10_j10_no_name_of_a_file_keeps_somebodys_page_for_strangers(
        self, kitchen: Kitchen, suffix: str
    ) -> None:
        headers = {"Accept": "text/html"}
        mine = headers | {"Cookie": kitchen.cookie}
        with httpx2.Client(base_url=kitchen.address) as client:
            for path in (kitchen.private_path, "/trash", "/account/tokens", "/import"):
                assert client.get(path, headers=mine).status_code == 200, path
                lured = client.get(path + suffix, headers=mine)
                stranger = client.get(path + suffix, headers=headers)
                for answer in (lured, stranger):
                    assert answer.status_code == 404, path
                assert "private cake" not in stranger.text
                assert "Ada" not in stranger.text

    def test_s10_c11_what_somebody_sees_is_kept_for_nobody_else(self, kitchen: Kitchen) -> None:
        headers = {"Accept": "text/html"}
        mine = headers | {"Cookie": kitchen.cookie}
        with httpx2.Client(base_url=kitchen.address) as client:
            for path in ("/", kitchen.private_path, "/trash"):
                seen = client.get(path, headers=mine)
                assert "Ada" in seen.text
                other = client.get(path, headers=headers)
                assert "Ada" not in other.text
                assert "private cake" not in other.text
