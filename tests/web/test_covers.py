"""Pictures on the pages: cards, the recipe, and the forms that change one."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from potluck.models import User
from potluck.resources import Resources
from potluck.worker import runner
from tests.api.recipe_calls import create, read
from tests.conftest import ORIGIN
from tests.doubles import FakeFetcher
from tests.factories import Factories
from tests.sent_pictures import of, picture, put_cover
from tests.web.browser import Browser
from tests.web.conftest import OpenBrowser
from tests.web.html_reader import Element

CAKE = "https://site.example/cake.jpg"


async def shown(client: httpx2.AsyncClient, **members: Any) -> tuple[str, str]:
    """A recipe with a picture: its id, and the path of the picture's files."""
    recipe = await create(client, **members)
    answer = await put_cover(client, recipe["id"], picture(1600, 1200))
    path = answer.json()["image_url"].removeprefix(ORIGIN)
    return recipe["id"], path.rpartition("/")[0]


async def upload(browser: Browser, id: str, data: bytes) -> None:
    """Fill in the form of the page and send this file."""
    action = f"/recipes/{id}/cover"
    form = browser.form(action)
    assert form.attributes["enctype"] == "multipart/form-data"
    token = form.find("input", name="csrf_token")[0].attributes["value"]
    browser._show(
        await browser.client.post(
            action, files=of(data), data={"csrf_token": token}, follow_redirects=True
        )
    )


def images(page: Element) -> list[dict[str, str]]:
    return [each.attributes for each in page.find("img")]


class TestCards:
    async def test_offer_every_size_as_webp_and_as_avif_where_that_is_smaller(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        _, files = await shown(as_ada, title="Cake")
        page = await adas.open("/")
        (image,) = images(page)
        widths = (480, 800, 1200)
        assert image["srcset"] == ", ".join(f"{files}/{w}.webp {w}w" for w in widths)
        assert image["src"] == f"{files}/cover.webp"
        assert image["alt"] == ""
        for source in page.find("source"):
            assert source.attributes["type"] == "image/avif"
            assert source.attributes["srcset"] == ", ".join(
                f"{files}/{w}.avif {w}w" for w in widths
            )

    async def test_what_they_name_is_there(self, adas: Browser, as_ada: httpx2.AsyncClient) -> None:
        await shown(as_ada)
        page = await adas.open("/")
        sets = [each.attributes["srcset"] for each in (*page.find("img"), *page.find("source"))]
        for path in [entry.split(" ")[0] for text in sets for entry in text.split(", ")]:
            assert (await adas.client.get(path)).status_code == 200

    async def test_load_late_but_for_the_first(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        for title in ("A", "B", "C"):
            await shown(as_ada, title=title)
        page = await adas.open("/")
        assert [each.get("loading") for each in images(page)] == [None, "lazy", "lazy"]
        assert images(page)[0]["fetchpriority"] == "high"

    async def test_bring_the_colour_and_the_focal_point_without_a_style(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        recipe = await create(as_ada)
        await as_ada.put(
            f"/api/v1/recipes/{recipe['id']}/cover",
            files={"file": ("x", picture(colour="#204060"))},
            data={"focus_x": "14", "focus_y": "97"},
        )
        page = await adas.open("/")
        (image,) = images(page)
        assert (image["data-x"], image["data-y"]) == ("10", "100")
        (rect,) = page.find("rect")
        red, green, blue = (int(rect.attributes["fill"][i : i + 2], 16) for i in (1, 3, 5))
        assert abs(red - 0x20) + abs(green - 0x40) + abs(blue - 0x60) < 12
        assert not [each for each in page.inside if "style" in each.attributes]

    async def test_without_a_picture_are_plates(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        await create(as_ada, title="Toast", image_url=CAKE)
        page = await adas.open("/")
        assert images(page) == []
        assert [each.text for each in page.find("svg") if each.text.strip()] == ["T"]

    async def test_cost_no_statement_more(
        self, adas: Browser, as_ada: httpx2.AsyncClient, statements: list[str]
    ) -> None:
        await create(as_ada)
        statements.clear()
        await adas.open("/")
        before = len(statements)
        for _ in range(3):
            await shown(as_ada)
        statements.clear()
        await adas.open("/")
        assert len(statements) == before


class TestRecipe:
    async def test_shows_the_picture_first_of_all(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        id, files = await shown(as_ada)
        (image,) = images(await adas.open(f"/recipes/{id}"))
        assert (image["src"], image["fetchpriority"]) == (f"{files}/cover.webp", "high")

    async def test_a_stranger_sees_that_of_a_public_recipe_and_no_form(
        self, browser: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        id, files = await shown(as_ada, visibility="public")
        page = await browser.open(f"/recipes/{id}")
        assert [each["src"] for each in images(page)] == [f"{files}/cover.webp"]
        assert page.find("input", type="file") == []
        assert (await browser.client.get(f"{files}/480.webp")).status_code == 200

    async def test_says_that_the_picture_is_on_its_way_until_it_is_there(
        self, adas: Browser, as_ada: httpx2.AsyncClient, fetcher: FakeFetcher,
        resources: Resources,
    ) -> None:  # fmt: skip
        fetcher.pictures[CAKE] = picture()
        recipe = await create(as_ada, image_url=CAKE)
        hint = "The picture is on its way"
        assert hint in (await adas.open(f"/recipes/{recipe['id']}")).text
        await runner.run_due(resources)
        page = await adas.open(f"/recipes/{recipe['id']}")
        assert hint not in page.text
        assert len(images(page)) == 1

    async def test_says_nothing_of_a_picture_that_was_given_up(
        self, adas: Browser, as_ada: httpx2.AsyncClient, fetcher: FakeFetcher,
        resources: Resources,
    ) -> None:  # fmt: skip
        fetcher.pictures[CAKE] = b"no picture"
        recipe = await create(as_ada, image_url=CAKE)
        await runner.run_due(resources)
        page = await adas.open(f"/recipes/{recipe['id']}")
        assert "on its way" not in page.text
        assert images(page) == []


class TestForms:
    async def test_a_picture_is_sent_changed_and_removed(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        recipe = await create(as_ada, title="Cake")
        path = f"/recipes/{recipe['id']}"
        await adas.open(path)
        await upload(adas, recipe["id"], picture())
        assert (adas.heading, adas.message) == ("Cake", "The picture is changed.")
        first = images(adas.page)[0]["src"]
        await upload(adas, recipe["id"], picture(colour="#204060"))
        assert images(adas.page)[0]["src"] != first
        await adas.send(f"{path}/cover/remove")
        assert (adas.message, images(adas.page)) == ("The picture is gone.", [])
        assert (await read(as_ada, recipe["id"])).json()["image_url"] is None

    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            (b"", "Choose a picture first."),
            (b"no picture", "JPEG, PNG, WebP, AVIF or GIF"),
            (picture()[:400], "damaged or cut short"),
        ],
        ids=["nothing", "no picture", "cut short"],
    )
    async def test_what_is_wrong_is_said_on_the_next_page(
        self, adas: Browser, as_ada: httpx2.AsyncClient, data: bytes, sentence: str
    ) -> None:
        recipe = await create(as_ada)
        await adas.open(f"/recipes/{recipe['id']}")
        await upload(adas, recipe["id"], data)
        assert sentence in adas.message
        assert images(adas.page) == []

    async def test_more_than_the_limit_is_a_page_of_its_own(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        recipe = await create(as_ada)
        await adas.open(f"/recipes/{recipe['id']}")
        await upload(adas, recipe["id"], b"\xff" * 20_100_000)
        assert adas.answer.status_code == 413

    @pytest.mark.parametrize(
        ("is_member", "sender", "expected"),
        [(False, "same-origin", 401), (True, "cross-site", 403), (True, "same-origin", 403)],
        ids=["stranger", "other site", "no token"],
    )
    async def test_l01_nothing_is_read_of_who_may_not_send(
        self, adas: Browser, browser: Browser, as_ada: httpx2.AsyncClient, is_member: bool,
        sender: str, expected: int,
    ) -> None:  # fmt: skip
        recipe = await create(as_ada)
        taken = 0

        async def body() -> AsyncIterator[bytes]:
            nonlocal taken
            taken += 1
            yield b"--edge--"

        answer = await (adas if is_member else browser).client.post(
            f"/recipes/{recipe['id']}/cover",
            content=body(),
            headers={
                "Content-Type": "multipart/form-data; boundary=edge",
                "Sec-Fetch-Site": sender,
            },
        )
        is_theirs = is_member and sender == "same-origin"
        assert (answer.status_code, taken) == (expected, int(is_theirs))

    async def test_who_may_not_edit_is_offered_none_and_refused(
        self, open_browser: OpenBrowser, as_ada: httpx2.AsyncClient, ada: User,
        factories: Factories,
    ) -> None:  # fmt: skip
        assert ada.default_household_id
        recipe = await create(as_ada)
        viewers = await open_browser(await factories.member(ada.default_household_id, "viewer"))
        page = await viewers.open(f"/recipes/{recipe['id']}")
        assert page.find("input", type="file") == []
        token = page.find("input", name="csrf_token")[0].attributes["value"]
        for action in ("cover", "cover/remove"):
            await viewers.post(f"/recipes/{recipe['id']}/{action}", {"csrf_token": token})
            assert viewers.answer.status_code == 403
