"""S-04: hostile forms to a served Potluck: each is refused, and nothing of it is kept."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from potluck.core import database_url
from potluck.core.config import DatabaseSettings
from potluck.db.session import Database
from tests import databases
from tests.api import hostile_forms
from tests.api.operations import checksum
from tests.conftest import API
from tests.factories import PASSWORD
from tests.services.children.processes import forget_peak, needs_proc, peak_kb
from tests.serving import serving

#: By how much a process grew at its worst, with 20 of these at once (2 cores, CPython 3.11), and
#: what a test allows for another machine. Files wait on the disk; two are in memory at a time,
#: three times each.
MEASURED_MB = {"1,000 files": 5, "100,000 fields": 5, "half boundaries": 5, "a file of 19 MB": 140}
SLACK = 3


@dataclass(frozen=True)
class Target:
    """Where a form goes, by whom it is sent, and what an honest one begins with."""

    client: httpx2.Client
    method: str
    path: str
    fields: dict[str, str]

    def attack(self, name: str) -> httpx2.Response:
        kind, body = hostile_forms.form(name, self.fields)
        headers = {b"Content-Type": kind.encode("latin-1")}
        return self.client.request(self.method, self.path, content=body, headers=headers)


@dataclass(frozen=True)
class Kitchen:
    """A server in which Ada has a recipe and is signed in, by a token and in a browser."""

    url: str
    pid: int
    folder: Path
    targets: dict[str, Target]

    async def stored(self) -> dict[str, object]:
        """What the database and the folders of the server hold."""
        database = Database(database_url.parse(self.url), DatabaseSettings())
        try:
            async with database.reading() as session:
                rows = await checksum(session)
        finally:
            await database.dispose()
        places = [self.folder / "tmp", self.folder / "data" / "media"]
        return {**rows, "files": sorted(path for place in places for path in place.rglob("*.*"))}


@pytest.fixture(scope="module")
def kitchen(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kitchen]:
    folder = tmp_path_factory.mktemp("forms")
    (folder / "tmp").mkdir()
    with (
        databases.database_url(engine, folder, f"potluck_forms_{engine}") as url,
        serving(
            folder,
            TMPDIR=str(folder / "tmp"),
            POTLUCK_DATA_DIR=str(folder / "data"),
            POTLUCK_DATABASE__URL=url,
            POTLUCK_INSECURE_LOCAL_HTTP="true",
            POTLUCK_LOG__LEVEL="error",  # nobody reads the pipe that it logs to
        ) as server,
        httpx2.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=30) as browser,
        httpx2.Client(base_url=browser.base_url, timeout=30) as program,
    ):
        yield Kitchen(url, server.process.pid, folder, targets(browser, program))


def targets(browser: httpx2.Client, program: httpx2.Client) -> dict[str, Target]:
    """Ada signs up, and saves a recipe; every kind of form that takes something."""
    browser.headers |= {"Origin": str(browser.base_url).rstrip("/"), "Accept": "text/html"}
    account = {"display_name": "Ada", "email": "ada@example.org", "password": PASSWORD}
    signed = browser.post("/signup", data=account | form_token(browser, "/signup"))
    assert signed.status_code == 303
    login = {"username": "ada@example.org", "password": PASSWORD}
    tokens = program.post(f"{API}/auth/login", data=login).json()
    program.headers["Authorization"] = f"Bearer {tokens['access_token']}"
    recipe = program.post(f"{API}/recipes", json={"title": "Cake"}).json()["id"]
    token = form_token(browser, "/recipes/new")
    pages = (f"/recipes/{recipe}/cover", "/recipes/new", "/import", "/account/tokens", "/signup")
    return {
        "picture": Target(program, "PUT", f"{API}/recipes/{recipe}/cover", {"focus_x": "1"}),
        "sign-in": Target(program, "POST", f"{API}/auth/login", {"username": "x"}),
        **{path: Target(browser, "POST", path, token) for path in pages},
    }


def form_token(browser: httpx2.Client, path: str) -> dict[str, str]:
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(path).text)
    assert found
    return {"csrf_token": found[1]}


def is_refused(answer: httpx2.Response) -> bool:
    """A refusal that says what is wrong; the picture's page says it after a redirect."""
    if answer.status_code == 303:
        return answer.request.url.path.endswith("/cover")
    kind = answer.headers["Content-Type"].partition(";")[0]
    return 400 <= answer.status_code < 500 and kind in {"application/problem+json", "text/html"}


class TestS04:
    @pytest.mark.parametrize("attack", hostile_forms.NAMES)
    async def test_s04_a_hostile_form_is_a_clean_refusal_and_leaves_nothing(
        self, kitchen: Kitchen, attack: str
    ) -> None:
        before = await kitchen.stored()
        answers = {place: target.attack(attack) for place, target in kitchen.targets.items()}
        taken = {place: each.status_code for place, each in answers.items() if not is_refused(each)}
        assert taken == {}
        assert await kitchen.stored() == before

    @needs_proc
    @pytest.mark.parametrize(("attack", "measured_mb"), MEASURED_MB.items())
    def test_s04_twenty_at_once_need_little_memory(
        self, kitchen: Kitchen, attack: str, measured_mb: int
    ) -> None:
        before_kb = forget_peak(kitchen.pid)
        with ThreadPoolExecutor(20) as crowd:
            answers = list(crowd.map(kitchen.targets["picture"].attack, [attack] * 20))
        # Where pictures are read slowly, some wait too long for their turn.
        assert {each.status_code for each in answers if not is_refused(each)} <= {503}
        assert peak_kb(kitchen.pid) - before_kb < SLACK * measured_mb * 1000
