"""PUT and DELETE /recipes/{recipe_id}/cover."""

import re
import tempfile
from collections.abc import AsyncIterator
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.models import Media, User
from potluck.resources import Resources
from tests.api.recipe_calls import URL, create, etag, faults, patch, read, refusal, writable
from tests.conftest import API, ORIGIN, As, checked_out, gather
from tests.factories import Factories
from tests.queued_jobs import live_jobs
from tests.sent_pictures import cover_url, of, picture, put_cover

PAGE_PICTURE = "https://site.example/cake.jpg"
TYPE = "multipart/form-data; boundary=edge"
BOTH = [("", "extra_forbidden"), ("/file", "missing")]


async def media(session: AsyncSession) -> list[Media]:
    await session.rollback()
    return list(await session.scalars(select(Media).order_by(Media.id)))


async def requests(session: AsyncSession) -> list[str]:
    return [wish.url for wish, _ in await live_jobs(session, "fetch-cover")]


def form(data: bytes, *, name: str = "file", filename: str = 'filename="cake.jpg"') -> bytes:
    """The body of a form with one part, its boundary called `edge`."""
    head = f'--edge\r\nContent-Disposition: form-data; name="{name}"; {filename}\r\n\r\n'
    return head.encode() + data + b"\r\n--edge--\r\n"


@pytest.fixture
def media_dir(resources: Resources) -> Path:
    return resources.settings.media_dir


def spooled() -> int:
    """Files without a name that this process has open in the folder for temporary files."""
    folder = tempfile.gettempdir()
    links = [path for path in Path("/proc/self/fd").iterdir() if path.is_symlink()]
    return sum(str(path.readlink()).startswith(f"{folder}/") for path in links if path.exists())


class TestPut:
    async def test_answers_the_recipe_with_the_picture_its_etag_and_where_it_is(
        self, as_ada: httpx2.AsyncClient, session: AsyncSession
    ) -> None:
        recipe = await create(as_ada)
        before = await etag(as_ada, recipe["id"])

        answer = await put_cover(as_ada, recipe["id"])

        (stored,) = await media(session)
        assert answer.status_code == 200
        assert answer.headers["Content-Location"] == f"{API}/recipes/{recipe['id']}"
        shown = answer.json()["image_url"]
        assert shown == f"{ORIGIN}/media/{recipe['id']}/{stored.id}/cover.webp"
        now = await read(as_ada, recipe["id"])
        assert now.json() == answer.json()
        assert now.headers["ETag"] == answer.headers["ETag"] != before
        assert (answer.json()["version"], answer.json()["revision"]) == (2, 1)
        listed = (await as_ada.get(URL)).json()["items"]
        assert [item["image_url"] for item in listed] == [shown]
        assert (stored.width, stored.height, stored.origin_url) == (640, 480, None)

    async def test_stores_files_in_the_sizes_that_the_row_names(
        self, as_ada: httpx2.AsyncClient, session: AsyncSession, media_dir: Path
    ) -> None:
        recipe = await create(as_ada)
        await put_cover(as_ada, recipe["id"], picture(1600, 1200, "#204060"))
        (stored,) = await media(session)
        assert stored.widths == "480 800 1200"
        names = [f"{w}.{f}" for w in stored.widths.split() for f in stored.formats.split()]
        folder = media_dir / stored.digest[:2]
        noted = folder / f"{stored.digest}.sha256"
        found = {path.name for path in folder.iterdir() if stored.digest in path.name}
        found.remove(noted.name)
        assert found == {f"{stored.digest}-{name}" for name in names}
        assert sorted(noted.read_text().splitlines()) == sorted(
            f"{sha256((folder / name).read_bytes()).hexdigest()}  {name}" for name in found
        )
        assert stored.byte_size == sum(
            path.stat().st_size for path in folder.iterdir() if path.name in found
        )

    async def test_keeps_the_focal_point_that_was_sent(
        self, as_ada: httpx2.AsyncClient, session: AsyncSession
    ) -> None:
        recipe = await create(as_ada)
        answer = await put_cover(as_ada, recipe["id"], data=None)
        assert answer.status_code == 200
        sent = {"focus_x": "15", "focus_y": "100"}
        await as_ada.put(cover_url(recipe["id"]), files=of(picture()), data=sent)
        (stored,) = await media(session)
        assert (stored.focus_x, stored.focus_y) == (15, 100)

    async def test_replaces_the_picture_and_its_address(
        self, as_ada: httpx2.AsyncClient, session: AsyncSession
    ) -> None:
        recipe = await create(as_ada)
        first = (await put_cover(as_ada, recipe["id"])).json()
        second = (await put_cover(as_ada, recipe["id"])).json()
        (stored,) = await media(session)
        assert first["image_url"] != second["image_url"]
        assert str(stored.id) in second["image_url"]

    async def test_leaves_the_document_and_its_history_alone(
        self, as_ada: httpx2.AsyncClient, session: AsyncSession
    ) -> None:
        recipe = await create(as_ada, image_url=PAGE_PICTURE)
        await put_cover(as_ada, recipe["id"])
        revisions = (await as_ada.get(f"{URL}/{recipe['id']}/revisions")).json()["items"]
        assert [each["number"] for each in revisions] == [1]
        first = (await as_ada.get(f"{URL}/{recipe['id']}/revisions/1")).json()
        assert first["recipe"]["image_url"] == PAGE_PICTURE
        assert await requests(session) == []

    async def test_l05_the_name_of_the_file_goes_nowhere(
        self, as_ada: httpx2.AsyncClient, session: AsyncSession, media_dir: Path
    ) -> None:
        names = ["../../x.webp", "CON", "a" * 300, "\u202egpj.exe", "a\\b", ".", "x;y=1"]
        recipe = await create(as_ada)
        for name in names:
            answer = await as_ada.put(cover_url(recipe["id"]), files=of(picture(), name=name))
            assert answer.status_code == 200, name
            assert len(name) < 3 or name not in answer.text
        raw = [b'filename="a\x00b"', b'filename="a\tb"', b"filename*=UTF-8''%0d%0aX%3a1"]
        for words in raw:
            body = form(picture(), filename=words.decode("latin-1"))
            headers = {"Content-Type": TYPE}
            answer = await as_ada.put(cover_url(recipe["id"]), content=body, headers=headers)
            assert answer.status_code in {200, 400, 422}, words
        (stored,) = await media(session)
        found = {path.name for path in (media_dir / stored.digest[:2]).iterdir()}
        ours = re.compile(r"[0-9a-f]{64}(-\d+\.(webp|avif)|\.sha256)")
        assert [name for name in found if not ours.fullmatch(name)] == []

    async def test_l02_the_type_is_known_by_content_alone(self, as_ada: httpx2.AsyncClient) -> None:
        recipe = await create(as_ada)
        for format in ("JPEG", "PNG", "WEBP", "GIF", "AVIF"):
            files = of(picture(format=format), name="x.html", media_type="text/html")
            answer = await as_ada.put(cover_url(recipe["id"]), files=files)
            assert answer.status_code == 200, format

    @pytest.mark.parametrize(
        "data",
        [
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            b"<!doctype html><title>x</title>",
            b"%PDF-1.4 %%EOF",
            b"%!PS-Adobe-3.0 EPSF-3.0",
            b"II*\x00\x08\x00\x00\x00\x00\x00",
            b"",
        ],
        ids=["svg", "html", "pdf", "eps", "tiff", "nothing"],
    )
    async def test_l02_what_is_no_picture_is_refused_whatever_it_is_called(
        self, as_ada: httpx2.AsyncClient, session: AsyncSession, data: bytes
    ) -> None:
        recipe = await create(as_ada)
        answer = await put_cover(as_ada, recipe["id"], data)
        assert faults(answer) == [("/file", "not_a_picture")]
        assert answer.json()["errors"][0]["in"] == "form"
        assert await media(session) == []

    async def test_l08_a_picture_that_is_cut_short_is_refused(
        self, as_ada: httpx2.AsyncClient, session: AsyncSession
    ) -> None:
        recipe = await create(as_ada)
        whole = picture()
        for end in (len(whole) // 3, len(whole) - 300):
            answer = await put_cover(as_ada, recipe["id"], whole[:end])
            assert faults(answer) == [("/file", "unreadable_picture")]
        assert await media(session) == []


class TestForm:
    @pytest.mark.parametrize(
        ("options", "fault"),
        [
            (
                {"files": {"other": ("a.jpg", b"x")}},
                BOTH,
            ),
            ({"files": {"file": (None, "text")}}, [("/file", "not_a_file")]),
            ({"files": of(b"x"), "data": {"focus_x": "101"}}, [("/focus_x", "less_than_equal")]),
            ({"files": of(b"x"), "data": {"focus_y": "-1"}}, [("/focus_y", "greater_than_equal")]),
            ({"files": of(b"x"), "data": {"focus_y": "1.5"}}, [("/focus_y", "int_parsing")]),
            ({"files": of(b"x"), "data": {"focus_x": ""}}, [("/focus_x", "int_parsing")]),
            ({"files": of(b"x"), "data": {"title": "x"}}, [("/title", "extra_forbidden")]),
        ],
        ids=["other part", "text", "too large", "negative", "no whole", "blank", "unknown"],
    )
    async def test_parts_are_what_the_contract_says(
        self, as_ada: httpx2.AsyncClient, options: dict[str, Any], fault: list[tuple[str, str]]
    ) -> None:
        recipe = await create(as_ada)
        answer = await as_ada.put(cover_url(recipe["id"]), **options)
        assert sorted(code for _, code in faults(answer)) == sorted(code for _, code in fault)
        assert {error["in"] for error in answer.json()["errors"]} == {"form"}

    @pytest.mark.parametrize("again", ["file", "focus_x"])
    async def test_a_part_that_comes_twice_is_refused(
        self, as_ada: httpx2.AsyncClient, session: AsyncSession, again: str
    ) -> None:
        recipe = await create(as_ada)
        files: list[Any] = [
            (again, (None, "1")),
            (again, (None, "2")),
            ("file", ("a.jpg", picture())),
        ]
        answer = await as_ada.put(cover_url(recipe["id"]), files=files[again == "file" :])
        assert faults(answer) == [(f"/{again}", "repeated")]
        assert await media(session) == []

    async def test_two_files_are_refused(self, as_ada: httpx2.AsyncClient) -> None:
        recipe = await create(as_ada)
        files = [("file", ("a.jpg", picture())), ("file", ("b.jpg", picture()))]
        answer = await as_ada.put(cover_url(recipe["id"]), files=files)
        assert refusal(answer) == (400, "malformed-body")

    async def test_what_is_no_form_is_415(self, as_ada: httpx2.AsyncClient) -> None:
        recipe = await create(as_ada)
        for kind in ("image/jpeg", "application/x-www-form-urlencoded", ""):
            headers = {"Content-Type": kind} if kind else {}
            answer = await as_ada.put(cover_url(recipe["id"]), content=b"x", headers=headers)
            assert refusal(answer) == (415, "unsupported-media-type"), kind

    @pytest.mark.parametrize("charset", ["undefined", "punycode"])
    async def test_a_charset_that_fails_at_everything_is_400(
        self, as_ada: httpx2.AsyncClient, charset: str
    ) -> None:
        recipe = await create(as_ada)
        headers = {"Content-Type": f"{TYPE}; charset={charset}"}
        answer = await as_ada.put(cover_url(recipe["id"]), content=form(picture()), headers=headers)
        assert refusal(answer) == (400, "malformed-body")

    async def test_a_form_without_boundary_or_end_is_refused(
        self, as_ada: httpx2.AsyncClient, session: AsyncSession
    ) -> None:
        recipe = await create(as_ada)
        whole = form(picture())
        for kind, body in (
            ("multipart/form-data", whole),
            (TYPE, whole[: len(whole) // 2]),
            (TYPE, b"nothing of a form"),
        ):
            answer = await as_ada.put(
                cover_url(recipe["id"]), content=body, headers={"Content-Type": kind}
            )
            assert answer.status_code in {400, 422}
        assert await media(session) == []


class TestRights:
    async def test_who_may_not_change_the_recipe_is_refused_before_the_first_byte(
        self, as_: As, factories: Factories, ada: User, as_ada: httpx2.AsyncClient
    ) -> None:
        recipe = await create(as_ada)
        assert ada.default_household_id
        viewer = await as_(await factories.member(ada.default_household_id, "viewer"))
        foreign = await as_(await factories.user())
        stranger = await as_(None)
        taken = 0

        async def body() -> AsyncIterator[bytes]:
            nonlocal taken
            taken += 1
            yield b"--edge\r\n"

        for client, expected in ((viewer, 403), (foreign, 404), (stranger, 401)):
            answer = await client.put(
                cover_url(recipe["id"]), content=body(), headers={"Content-Type": TYPE}
            )
            assert answer.status_code == expected
            assert (await client.delete(cover_url(recipe["id"]))).status_code == expected
        assert taken == 0

    async def test_a_recipe_in_the_trash_is_404(self, as_ada: httpx2.AsyncClient) -> None:
        recipe = await create(as_ada)
        await as_ada.delete(f"{URL}/{recipe['id']}", headers={"If-Match": "*"})
        assert (await put_cover(as_ada, recipe["id"])).status_code == 404
        assert (await as_ada.delete(cover_url(recipe["id"]))).status_code == 404


class TestIfMatch:
    async def test_is_honoured_when_it_is_sent(
        self, as_ada: httpx2.AsyncClient, session: AsyncSession
    ) -> None:
        recipe = await create(as_ada)
        old = await etag(as_ada, recipe["id"])
        changed = await patch(as_ada, recipe["id"], title="Pie")
        answer = await put_cover(as_ada, recipe["id"], headers={"If-Match": old})
        assert refusal(answer) == (412, "stale")
        assert answer.json()["etag"] == await etag(as_ada, changed["id"])
        removed = await as_ada.delete(cover_url(recipe["id"]), headers={"If-Match": old})
        assert refusal(removed) == (412, "stale")
        assert await media(session) == []
        fresh = {"If-Match": await etag(as_ada, recipe["id"])}
        assert (await put_cover(as_ada, recipe["id"], headers=fresh)).status_code == 200


class TestDelete:
    async def test_takes_the_picture_off_and_the_pages_too(
        self, as_ada: httpx2.AsyncClient, session: AsyncSession
    ) -> None:
        recipe = await create(as_ada, image_url=PAGE_PICTURE)
        before = (await put_cover(as_ada, recipe["id"])).headers["ETag"]
        answer = await as_ada.delete(cover_url(recipe["id"]))
        assert (answer.status_code, answer.content) == (204, b"")
        now = await read(as_ada, recipe["id"])
        assert now.json()["image_url"] is None
        assert now.headers["ETag"] != before
        assert await media(session) == []

    async def test_may_be_repeated(self, as_ada: httpx2.AsyncClient) -> None:
        recipe = await create(as_ada)
        before = await etag(as_ada, recipe["id"])
        for _ in range(2):
            assert (await as_ada.delete(cover_url(recipe["id"]))).status_code == 204
        assert await etag(as_ada, recipe["id"]) == before

    async def test_forgets_a_picture_that_is_still_to_be_fetched(
        self, as_ada: httpx2.AsyncClient, session: AsyncSession
    ) -> None:
        recipe = await create(as_ada, image_url=PAGE_PICTURE)
        assert await requests(session) == [PAGE_PICTURE]
        await as_ada.delete(cover_url(recipe["id"]))
        assert await requests(session) == []


class TestRoundTrip:
    async def test_the_answered_address_sent_back_changes_nothing(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        for members in ({}, {"image_url": PAGE_PICTURE}):
            recipe = await create(as_ada, **members)
            answered = await put_cover(as_ada, recipe["id"])
            headers = {"If-Match": answered.headers["ETag"]}
            for method, body in (
                ("PUT", writable(answered.json())),
                ("PATCH", {"image_url": answered.json()["image_url"]}),
            ):
                again = await as_ada.request(
                    method, f"{URL}/{recipe['id']}", json=body, headers=headers
                )
                assert again.status_code == 200
                assert again.headers["ETag"] == answered.headers["ETag"]
                assert again.json() == answered.json()
            stored = await as_ada.get(f"{URL}/{recipe['id']}/revisions/1")
            assert stored.json()["recipe"]["image_url"] == members.get("image_url")

    async def test_the_address_of_another_recipes_picture_is_like_any_other(
        self, as_ada: httpx2.AsyncClient, session: AsyncSession
    ) -> None:
        first, second = await create(as_ada), await create(as_ada)
        shown = (await put_cover(as_ada, first["id"])).json()["image_url"]
        changed = await patch(as_ada, second["id"], image_url=shown)
        assert changed["image_url"] == shown
        assert await requests(session) == [shown]

    async def test_null_takes_the_picture_off(
        self, as_ada: httpx2.AsyncClient, session: AsyncSession
    ) -> None:
        for method, body in (
            ("PATCH", {"image_url": None}),
            ("PUT", {"title": "Cake", "image_url": None}),
        ):
            recipe = await create(as_ada)
            before = (await put_cover(as_ada, recipe["id"])).headers["ETag"]
            answer = await as_ada.request(
                method, f"{URL}/{recipe['id']}", json=body, headers={"If-Match": before}
            )
            assert answer.json()["image_url"] is None
            assert answer.headers["ETag"] != before
            assert answer.json()["revision"] == 1
            assert await media(session) == []

    async def test_left_out_of_a_put_the_picture_stays(self, as_ada: httpx2.AsyncClient) -> None:
        recipe = await create(as_ada, image_url=PAGE_PICTURE)
        shown = (await put_cover(as_ada, recipe["id"])).json()["image_url"]
        answer = await as_ada.put(
            f"{URL}/{recipe['id']}", json={"title": "Pie"}, headers={"If-Match": "*"}
        )
        assert answer.json()["image_url"] == shown

    async def test_an_address_outside_never_replaces_a_picture_that_was_sent(
        self, as_ada: httpx2.AsyncClient, session: AsyncSession
    ) -> None:
        recipe = await create(as_ada)
        shown = (await put_cover(as_ada, recipe["id"])).json()["image_url"]
        changed = await patch(as_ada, recipe["id"], image_url=PAGE_PICTURE)
        assert changed["image_url"] == shown
        assert await requests(session) == []


class TestUnderWay:
    async def test_no_connection_is_held_while_a_picture_comes_in(
        self, as_ada: httpx2.AsyncClient, resources: Resources
    ) -> None:
        recipe = await create(as_ada)
        held = []

        async def body() -> AsyncIterator[bytes]:
            whole = form(picture())
            for start in range(0, len(whole), 1_000):
                held.append(checked_out(resources))
                yield whole[start : start + 1_000]

        answer = await as_ada.put(
            cover_url(recipe["id"]), content=body(), headers={"Content-Type": TYPE}
        )
        assert answer.status_code == 200
        assert set(held) == {0}

    async def test_many_at_once_all_come_through(
        self, as_ada: httpx2.AsyncClient, session: AsyncSession
    ) -> None:
        made = [await create(as_ada, title=f"Cake {n}") for n in range(5)]
        pictures = [picture(colour=f"#0000{n}0") for n in range(5)]
        answers = await gather(
            *(
                partial(put_cover, as_ada, each["id"], data)
                for each, data in zip(made, pictures, strict=True)
            )
        )
        assert [answer.status_code for answer in answers] == [200] * 5
        assert len(await media(session)) == 5


class TestSize:
    async def test_l01_more_than_the_limit_is_413_announced_or_not(
        self, as_ada: httpx2.AsyncClient, resources: Resources
    ) -> None:
        recipe = await create(as_ada)
        limit = resources.settings.media.max_bytes
        before = spooled()
        announced = await put_cover(as_ada, recipe["id"], b"\xff" * (limit + 20_000))
        assert refusal(announced) == (413, "body-too-large")
        sent = 0

        async def chunks() -> AsyncIterator[bytes]:
            nonlocal sent
            yield form(b"")[: -len(b"\r\n--edge--\r\n")]
            while sent < 5 * limit:
                sent += 65_536
                yield b"\xff" * 65_536

        answer = await as_ada.put(
            cover_url(recipe["id"]), content=chunks(), headers={"Content-Type": TYPE}
        )
        assert refusal(answer) == (413, "body-too-large")
        assert spooled() == before

    async def test_l01_the_limit_is_the_operators_and_holds_for_the_file(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        recipe = await create(as_ada)
        small = picture()
        answer = await put_cover(as_ada, recipe["id"], small + b"\x00" * (19_900_000 - len(small)))
        assert answer.status_code == 200


class TestAborted:
    async def test_l08_nothing_is_left_of_an_upload_that_breaks_off(
        self, app: FastAPI, as_ada: httpx2.AsyncClient, session: AsyncSession
    ) -> None:
        recipe = await create(as_ada)
        before = spooled()
        parts = [form(b"\xff" * 3_000_000)[:2_500_000]]
        answers: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            if parts:
                return {"type": "http.request", "body": parts.pop(), "more_body": True}
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            answers.append(message)

        path = cover_url(recipe["id"])
        headers = [
            (b"content-type", TYPE.encode()),
            (b"authorization", as_ada.headers["Authorization"].encode()),
        ]
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "PUT",
            "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"",
            "headers": [(b"host", b"potluck.test"), *headers],
            "client": ("127.0.0.1", 1), "server": ("potluck.test", 80),
        }  # fmt: skip
        await app(scope, receive, send)  # type: ignore[arg-type]
        assert [each.get("status") for each in answers][:1] == [400]
        assert spooled() == before
        assert await media(session) == []
