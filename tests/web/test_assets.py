"""Static files: names, references, compression, serving."""

import gzip
import re
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import httpx2
import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Mount

from potluck.core.errors import NotFound
from potluck.web.assets import HashedStatic, preferred_encoding
from potluck.web.templating import STATIC, TEMPLATES

BASIC = {
    "css/app.css": "@layer a, b;\n@import url('./part.css') layer(b);\nbody { color: red }\n",
    "css/part.css": "p { background: url('../icons/plate.svg') }\n",
    "icons/plate.svg": "<svg/>",
    "js/app.js": 'import { a } from "./a.js";\na();\n',
    "js/a.js": "export const a = () => 1;\n",
}


def folder(path: Path, **changes: str) -> Path:
    for name, text in {**BASIC, **changes}.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return path


async def get(
    app: HashedStatic, url: str, *, method: str = "GET", **headers: str
) -> httpx2.Response:
    """Asks for a file through an application that mounts the folder as the real one does."""
    transport = httpx2.ASGITransport(Starlette(routes=[Mount("/static", app)]))
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        client.headers["Accept-Encoding"] = "identity"
        return await client.request(method, url, headers=headers)


class TestName:
    def test_carries_a_hash_of_the_content(self, tmp_path: Path) -> None:
        url = HashedStatic(folder(tmp_path)).url("js/a.js")
        assert re.fullmatch(r"/static/js/a\.[0-9a-f]{8}\.js", url)

    def test_starts_with_the_base_path_of_the_proxy(self, tmp_path: Path) -> None:
        static = HashedStatic(folder(tmp_path))
        assert static.url("js/a.js", "/kitchen") == "/kitchen" + static.url("js/a.js")

    def test_stays_when_the_content_stays(self, tmp_path: Path) -> None:
        one, two = (HashedStatic(folder(tmp_path / name)) for name in ("one", "two"))
        assert [one.url(name) for name in BASIC] == [two.url(name) for name in BASIC]

    def test_of_a_changed_file_changes_with_exactly_those_that_name_it(
        self, tmp_path: Path
    ) -> None:
        before = HashedStatic(folder(tmp_path / "before"))
        after = HashedStatic(folder(tmp_path / "after", **{"icons/plate.svg": "<svg> </svg>"}))
        changed = {name for name in BASIC if before.url(name) != after.url(name)}
        assert changed == {"icons/plate.svg", "css/part.css", "css/app.css"}

    def test_that_does_not_exist_is_an_error_of_the_page(self, tmp_path: Path) -> None:
        with pytest.raises(LookupError, match=r"no static file is named 'js/b\.js'"):
            HashedStatic(folder(tmp_path)).url("js/b.js")

    def test_can_be_asked_for_first(self, tmp_path: Path) -> None:
        static = HashedStatic(folder(tmp_path))
        assert ("js/a.js" in static, "js/b.js" in static) == (True, False)

    def test_of_a_file_of_unknown_type_is_not_served(self, tmp_path: Path) -> None:
        static = HashedStatic(folder(tmp_path, **{"page.html": "<script>", "notes.md": ""}))
        assert static.names == frozenset(BASIC)


class TestReference:
    async def test_imports_of_style_sheets_are_put_in_place(self, tmp_path: Path) -> None:
        static = HashedStatic(folder(tmp_path))
        picture = static.url("icons/plate.svg").removeprefix("/static/")
        answer = await get(static, static.url("css/app.css"))
        assert answer.text == (
            "@layer a, b;\n"
            f"@layer b {{\np {{ background: url('../{picture}') }}\n}}\n"
            "\nbody { color: red }\n"
        )

    async def test_imports_of_scripts_name_the_hashed_file(self, tmp_path: Path) -> None:
        static = HashedStatic(folder(tmp_path))
        name = static.url("js/a.js").rpartition("/")[2]
        answer = await get(static, static.url("js/app.js"))
        assert answer.text == f'import {{ a }} from "./{name}";\na();\n'

    async def test_to_a_missing_file_stays(self, tmp_path: Path) -> None:
        text = "@font-face { src: url('../fonts/none.woff2') }"
        static = HashedStatic(folder(tmp_path, **{"css/fonts.css": text}))
        assert (await get(static, static.url("css/fonts.css"))).text == text

    @pytest.mark.parametrize(
        "files",
        [
            {"js/a.js": 'import "./b.js";', "js/b.js": 'import "./a.js";'},
            {"css/part.css": "@import url('./app.css');"},
        ],
    )
    def test_in_a_circle_is_refused(self, tmp_path: Path, files: dict[str, str]) -> None:
        with pytest.raises(ValueError, match="in a circle"):
            HashedStatic(folder(tmp_path, **files))

    async def test_inside_files_of_other_packages_stays(self, tmp_path: Path) -> None:
        bundle = tmp_path / "bundle.js"
        bundle.write_text('import "./a.js";')
        static = HashedStatic(folder(tmp_path / "own"), extra={"vendor/bundle.js": bundle})
        answer = await get(static, static.url("vendor/bundle.js"))
        assert answer.text == 'import "./a.js";'


class TestAnswer:
    async def test_may_be_kept_for_ever_and_is_taken_for_nothing_else(self, tmp_path: Path) -> None:
        static = HashedStatic(folder(tmp_path))
        answer = await get(static, static.url("js/a.js"))
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
        assert answer.headers["vary"] == "Accept-Encoding"

    @pytest.mark.parametrize("encoding", ["gzip", "br"])
    async def test_is_compressed_when_the_browser_can_read_it(
        self, tmp_path: Path, encoding: str
    ) -> None:
        static = HashedStatic(folder(tmp_path))
        plain = await get(static, static.url("js/a.js"))
        url, accept = static.url("js/a.js"), {"Accept-Encoding": encoding}
        transport = httpx2.ASGITransport(Starlette(routes=[Mount("/static", static)]))
        async with (
            httpx2.AsyncClient(transport=transport, base_url="http://test") as client,
            client.stream("GET", url, headers=accept) as answer,
        ):
            raw = b"".join([chunk async for chunk in answer.aiter_raw()])
        assert answer.headers["content-encoding"] == encoding
        assert answer.headers["content-length"] == str(len(raw))
        unpack = {"gzip": gzip.decompress, "br": brotli.decompress}[encoding]
        assert unpack(raw) == plain.content

    async def test_to_head_has_the_length_and_no_body(self, tmp_path: Path) -> None:
        static = HashedStatic(folder(tmp_path))
        answer = await get(static, static.url("js/a.js"), method="HEAD")
        assert (answer.content, answer.headers["content-length"]) == (b"", "26")

    @pytest.mark.parametrize(
        "path", ["/static/js/a.js", "/static/js/a.00000000.js", "/static/css/..%2f..%2fmain.py"]
    )
    async def test_to_any_other_name_is_not_found(self, tmp_path: Path, path: str) -> None:
        with pytest.raises(NotFound):
            await get(HashedStatic(folder(tmp_path)), path)

    async def test_to_a_writing_method_is_refused_with_those_allowed(self, tmp_path: Path) -> None:
        static = HashedStatic(folder(tmp_path))
        scope = {"type": "http", "method": "POST", "path": "/static/x.js", "headers": []}

        async def never(*_: object) -> None:
            raise AssertionError

        with pytest.raises(HTTPException) as refusal:
            await static(scope, never, never)  # type: ignore[arg-type]
        assert refusal.value.status_code == 405
        assert refusal.value.headers == {"Allow": "GET, HEAD"}

    @pytest.mark.parametrize("strips_prefix", [True, False])
    async def test_is_the_same_below_a_sub_path(
        self, tmp_path: Path, *, strips_prefix: bool
    ) -> None:
        static = HashedStatic(folder(tmp_path))
        app = Starlette(routes=[Mount("/static", static)])
        transport = httpx2.ASGITransport(app, root_path="/kitchen")
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
            answer = await client.get(static.url("js/a.js", "" if strips_prefix else "/kitchen"))
        assert answer.text == BASIC["js/a.js"]


class TestPreferredEncoding:
    @pytest.mark.parametrize(
        ("header", "expected"),
        [
            ("gzip, deflate, br", "br"),
            ("gzip", "gzip"),
            ("GZIP;q=0.5", "gzip"),
            ("br;q=0, gzip", "gzip"),
            ("br; q=0.000, gzip;q=0", None),
            ("br;q=0.001", "br"),
            ("identity", None),
            ("", None),
        ],
    )
    def test_is_the_best_that_is_allowed(self, header: str, expected: str | None) -> None:
        assert preferred_encoding(header) == expected


class TestShippedFiles:
    def test_every_name_in_a_template_exists(self) -> None:
        static = HashedStatic(STATIC)
        sources = [path.read_text("utf-8") for path in TEMPLATES.rglob("*.html")]
        named = {name for text in sources for name in re.findall(r"asset\('([^']+)'\)", text)}
        later = {name for name in named if name.startswith(("fonts/", "vendor/"))}
        assert "css/app.css" in named
        assert named - later <= static.names

    def test_every_icon_in_a_template_exists(self) -> None:
        sources = [path.read_text("utf-8") for path in TEMPLATES.rglob("*.html")]
        named = {name for text in sources for name in re.findall(r"icon\('([^']+)'\)", text)}
        drawn = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text()))
        assert named == drawn

    def test_a_page_loads_at_most_15_kb_of_style_and_of_script(self) -> None:
        for folder_name, suffix in (("css", ".css"), ("js", ".js")):
            files = (STATIC / folder_name).glob(f"*{suffix}")
            packed = sum(len(gzip.compress(file.read_bytes())) for file in files)
            assert 0 < packed < 15_000

    def test_nothing_comes_from_another_origin(self) -> None:
        for path in [*STATIC.rglob("*.css"), *STATIC.rglob("*.js"), *TEMPLATES.rglob("*.html")]:
            text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
            assert not re.search(r"""(?:src|href|url)\s*[=(]\s*["']?(?:https?:)?//""", text), path
