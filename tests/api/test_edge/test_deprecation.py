"""What will go away says so on every answer below its prefix (RFC 9745, RFC 8594)."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import ValidationError

from potluck.api.middleware.deprecation import Deprecations
from potluck.core.config import Deprecation, Settings
from potluck.main import create_app
from tests.api.test_edge import toy
from tests.api.test_edge.test_layers import ANSWERS, ERRORS, Asked
from tests.doubles import FakeClock

NEWS = "https://potluck.test/news"
TABLE = {
    "/api": Deprecation(
        since=datetime(2027, 1, 1, tzinfo=UTC), sunset=datetime(2028, 3, 1, tzinfo=UTC), link=NEWS
    ),
    "/api/things/item": Deprecation(since=datetime(2026, 7, 1, 12, tzinfo=UTC), link=f"{NEWS}/2"),
}
LINK = f'<{NEWS}>; rel="deprecation"; type="text/html"'


@pytest.fixture
async def client(clock: FakeClock, static: Path) -> Any:
    """Calls the toy, all of which lies below /api."""
    app = toy.build(clock, static=static, origins=["https://app.test"], deprecations=TABLE)
    async with toy.client_of(app) as client:
        yield client


class TestM05:
    @pytest.mark.parametrize(
        "asked",
        [
            pytest.param(asked, id=name)
            for name, asked in (ANSWERS | ERRORS).items()
            if asked.path.startswith("/api") and "/item/" not in asked.path
        ],
    )
    async def test_m05_every_answer_tells_since_when_until_when_and_where_to_read_more(
        self, client: httpx2.AsyncClient, asked: Asked
    ) -> None:
        answer = await asked.by(client)
        since = answer.headers["Deprecation"]
        assert since[0] == "@"
        assert datetime.fromtimestamp(int(since[1:]), UTC) == datetime(2027, 1, 1, tzinfo=UTC)
        until = answer.headers["Sunset"]
        assert until == "Wed, 01 Mar 2028 00:00:00 GMT"
        assert parsedate_to_datetime(until).timestamp() >= int(since[1:])
        assert answer.headers["Link"] == LINK

    async def test_m05_of_two_prefixes_the_longer_one_counts(
        self, client: httpx2.AsyncClient
    ) -> None:
        answer = await ANSWERS["not modified"].by(client)
        assert answer.headers["Deprecation"] == "@1782907200"
        assert answer.headers["Link"] == LINK.replace(NEWS, f"{NEWS}/2")
        assert "Sunset" not in answer.headers

    @pytest.mark.parametrize("path", ["/nowhere", "/apis", "/static/style.css", "/"])
    async def test_m05_what_stays_says_nothing(self, client: httpx2.AsyncClient, path: str) -> None:
        answer = await client.get(path)
        assert answer.headers.keys() & {"deprecation", "sunset", "link"} == set()

    async def test_m05_the_sub_path_of_a_proxy_is_no_part_of_the_prefix(
        self, clock: FakeClock, static: Path
    ) -> None:
        app = toy.build(clock, static=static, deprecations=TABLE)
        async with toy.client_of(app, root_path="/recipes") as client:
            for path in ("/recipes/api/things", "/api/things"):
                assert (await client.get(path)).headers["Deprecation"] == "@1798761600"

    async def test_m05_scripts_of_other_origins_may_read_it(
        self, client: httpx2.AsyncClient
    ) -> None:
        answer = await client.get("/api/things", headers={"Origin": "https://app.test"})
        exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
        assert {"Deprecation", "Sunset", "Link"} <= set(exposed)

    async def test_m05_other_links_of_the_answer_stay(self) -> None:
        async def app(_scope: Any, _receive: Any, send: Any) -> None:
            links = [(b"link", b'</p>; rel="next"')]
            await send({"type": "http.response.start", "status": 204, "headers": links})
            await send({"type": "http.response.body"})

        async with toy.client_of(Deprecations(app, table=TABLE)) as client:  # type: ignore[arg-type]
            answer = await client.get("/api")
        assert answer.headers.get_list("Link") == ['</p>; rel="next"', LINK]

    def test_m05_without_a_table_there_is_no_layer(self) -> None:
        def layers(settings: Settings) -> list[Any]:
            return [layer.cls for layer in create_app(settings).user_middleware]

        assert Deprecations not in layers(Settings())
        assert Deprecations in layers(Settings(deprecations=TABLE))


class TestSetting:
    def test_m05_is_a_json_object_of_days_or_instants(self) -> None:
        days = '"since": "2027-01-01", "sunset": "2028-01-01T02:00:00+02:00"'
        text = f'{{"/api/v1": {{{days}, "link": "{NEWS}?v=1#end"}}}}'
        settings = Settings(deprecations=text)
        found = settings.deprecations["/api/v1"]
        assert found.since == datetime(2027, 1, 1, tzinfo=UTC)
        assert found.sunset == datetime(2028, 1, 1, tzinfo=UTC)
        assert found.link == f"{NEWS}?v=1#end"

    @pytest.mark.parametrize(
        ("prefix", "changes", "fault"),
        [
            ("/api", {"sunset": "2026-12-31"}, "sunset must not be earlier than since"),
            ("/api", {"since": "soon"}, "valid datetime"),
            ("/api", {"link": "/news"}, "use the address of a page"),
            ("/api", {"link": 'https://a.example/>; rel="x"'}, "use the address of a page"),
            ("/api", {"link": "https://a.example/\r\nX: y"}, "use the address of a page"),
            ("/api", {"until": "2028-01-01"}, "Extra inputs"),
            ("api", {}, "should match pattern"),
            ("/api/", {}, "should match pattern"),
        ],
    )
    def test_m05_what_would_make_no_good_header_is_refused(
        self, prefix: str, changes: dict[str, str], fault: str
    ) -> None:
        entry = {"since": "2027-01-01", "link": NEWS} | changes
        with pytest.raises(ValidationError, match=fault):
            Settings(deprecations={prefix: entry})

    def test_m05_what_is_no_json_is_refused_without_repeating_it(self) -> None:
        with pytest.raises(ValidationError, match="write it as a JSON object"):
            Settings(deprecations="{/api/v1: soon}")
